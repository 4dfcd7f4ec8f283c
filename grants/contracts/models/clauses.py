"""The texts of contracts: for the whole programme, a call, a kind of micro-project, or both; dated, and fixed once published."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only, trigger


class ClauseSet(Model):
    """One part of the contract for those whom it is written for; `code` names both: `costs`, `special:livestock`.

    Without call and kind it is for the whole programme. The most specific text that holds is the one that is printed.
    """

    __tablename__ = "clause_set"
    __subject__ = "clause_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(90), unique=True)
    part: Mapped[str] = mapped_column(String(30), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    kind: Mapped[str | None] = mapped_column(String(40))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    call: Mapped[Call | None] = relationship()
    versions: Mapped[list["ClauseVersion"]] = relationship(order_by="ClauseVersion.number", back_populates="clause_set")


class ClauseVersion(Model):
    """A text, numbered within its set: a draft, put forward, published by somebody else than wrote it, from a day on.

    Texts that come with the product (`shipped`) have nobody behind them. A published version is never changed or removed.
    """

    __tablename__ = "clause_version"
    __table_args__ = (
        UniqueConstraint("set_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("(published_at IS NULL) = (valid_from IS NULL)", name="dated"),
        CheckConstraint(
            "(shipped AND written_by_id IS NULL AND published_by_id IS NULL AND published_at IS NOT NULL) OR "
            "(NOT shipped AND written_by_id IS NOT NULL AND (published_at IS NULL) = (published_by_id IS NULL))",
            name="people",
        ),
        CheckConstraint("published_by_id <> written_by_id", name="two_people"),
        CheckConstraint("shipped OR published_at IS NULL OR put_forward_at IS NOT NULL", name="put_forward"),
        Index(
            "uq_clause_version_draft",
            "set_id",
            unique=True,
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("clause_set.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    # Why the text changes, in a line, for who reads the versions later.
    reason: Mapped[str] = mapped_column(String(300), default="")
    shipped: Mapped[bool] = mapped_column(default=False)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    put_forward_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_from: Mapped[date | None]

    clause_set: Mapped[ClauseSet] = relationship(back_populates="versions")
    written_by: Mapped[Person | None] = relationship(foreign_keys=[written_by_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])


class ContractClause(Model):
    """Which version of a part a contract was printed with."""

    __tablename__ = "contract_clause"
    __table_args__ = (UniqueConstraint("contract_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    part: Mapped[str] = mapped_column(String(30))
    version_id: Mapped[int] = mapped_column(ForeignKey("clause_version.id"))

    version: Mapped[ClauseVersion] = relationship()


append_only(ContractClause.__table__)
for _verb in ("UPDATE", "DELETE"):
    trigger(
        ClauseVersion.__table__,
        f"clause_version_published_no_{_verb.lower()}",
        sqlite=(
            f"BEFORE {_verb} ON clause_version WHEN OLD.published_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a published text is never changed'); END"
        ),
        postgresql=(
            "RAISE EXCEPTION 'a published text is never changed';",
            f"BEFORE {_verb} ON clause_version FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)",
        ),
    )
