"""Tables of the places and of the official lists (editions) that they come from."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database import Json, Model, UtcDateTime


class PlaceEdition(Model):
    """One official list of places, named by its code ("2023"); exactly one is current, the others stay readable."""

    __tablename__ = "place_edition"
    __subject__ = "place_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(400))
    licence: Mapped[str] = mapped_column(String(120))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Nobody when the list came with the program and was put in at installation.
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    current: Mapped[bool] = mapped_column(default=False)

    imported_by = relationship("Person", foreign_keys=[imported_by_id])

    __table_args__ = (
        Index(
            "uq_place_edition_one_current",
            "current",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )


class Place(Model):
    """A region (2 digits), cercle (4), arrondissement (6; 4 in Bamako) or commune (8) of an edition.

    The code of a place begins with that of the place above it. Other tables keep the code: it says where something lies
    even after a newer edition has become current. A place that a newer list no longer has is marked obsolete, never removed.
    """

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(ForeignKey("place_edition.code"))
    code: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(15))
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(String(8))
    # Other spellings under which people know the place.
    aliases: Mapped[list] = mapped_column(Json, default=list)
    # A region made after 2012: the name of the region it was part of, because older lists still say so.
    former_region: Mapped[str | None] = mapped_column(String(80))
    # Name and aliases as `spelling.key` writes them, between bars: "|barouelli|baraoueli|".
    search: Mapped[str] = mapped_column(String(400))
    obsolete_since: Mapped[date | None]

    parent = relationship(
        "Place",
        primaryjoin="and_(foreign(Place.parent_code) == remote(Place.code), foreign(Place.edition) == remote(Place.edition))",
        viewonly=True,
        uselist=False,
    )

    __table_args__ = (
        # Named by hand: the usual name would be that of the unique code of an edition.
        UniqueConstraint("edition", "code", name="uq_place_code_in_edition"),
        ForeignKeyConstraint(["edition", "parent_code"], ["place.edition", "place.code"]),
        CheckConstraint("kind IN ('region', 'district', 'cercle', 'arrondissement', 'commune')", name="kind"),
        CheckConstraint(
            "(kind IN ('region', 'district') AND length(code) = 2)"
            " OR (kind = 'cercle' AND length(code) = 4)"
            " OR (kind = 'arrondissement' AND length(code) = CASE WHEN substr(code, 1, 2) = '00' THEN 4 ELSE 6 END)"
            " OR (kind = 'commune' AND length(code) = 8)",
            name="code_length",
        ),
        CheckConstraint(
            "(length(code) = 2 AND parent_code IS NULL)"
            " OR (length(code) > 2 AND parent_code = substr(code, 1, length(code) - 2))",
            name="parent",
        ),
        Index("ix_place_code", "code"),
        Index("ix_place_edition_parent_code", "edition", "parent_code"),
    )

    # How deep in the country each kind lies, for sorting.
    DEPTH: ClassVar[dict[str, int]] = {"region": 0, "district": 0, "cercle": 1, "arrondissement": 2, "commune": 3}

    def __repr__(self) -> str:
        return f"<Place {self.code} {self.name}>"


class PlaceImport(Model):
    """An uploaded list that waits for somebody to look at what it would change; gone once it is confirmed or discarded."""

    __tablename__ = "place_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(36), unique=True)
    edition: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(400))
    licence: Mapped[str] = mapped_column(String(120))
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
