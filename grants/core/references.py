"""References that people copy by hand, and identifiers that machines make."""

import os
import re
import secrets
import time
import uuid

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grants.core import clock
from grants.core.database import Model, db

# Letters that nobody mistakes for a digit or for one another, on paper and over the telephone.
LETTERS = "ACDEFGHJKLMNPQRTVWXYZ"
CODE_SIGNS = "23456789ACDEFGHJKMNPQRTVWXYZ"
# References, with the number of an attempt where there is one, and codes of documents, as they stand in a text.
WRITTEN = re.compile(r"\b(?:[A-Z]{2}-\d{4}-\d{4,}-[A-Z](?:-\d+)?|[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})\b")


class ReferenceCounter(Model):
    """The last number given, per kind of thing and year."""

    __tablename__ = "reference_counter"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class HeldReference(Model):
    """A reference that is printed before what it numbers is stored: taken by nobody else until then.

    `holder` says for what, such as `project-17`; without one it was given back, and is the next to be taken.
    """

    __tablename__ = "held_reference"
    __table_args__ = (UniqueConstraint("kind", "year", "holder"),)
    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    holder: Mapped[str | None] = mapped_column(String(40))


def check_letter(text: str) -> str:
    """The letter that shows a miscopied reference: every single wrong digit and every swap of neighbours changes it.

    Every weight, and every difference of two neighbouring weights, is coprime to the 21 letters.
    """
    weights = (1, 2, 4, 5, 10, 11, 13, 17, 19, 20, 16, 8)
    digits = [int(sign, 36) for sign in text if sign.isalnum()]
    return LETTERS[sum(d * weights[i % len(weights)] for i, d in enumerate(digits)) % len(LETTERS)]


def new_reference(kind: str, *, holder: str | None = None) -> str:
    """The next reference of a kind this year, such as `MP-2026-0417-K`; the one that is held for `holder`, where one is."""
    year = clock.today().year
    return (holder and _taken(kind, year, holder)) or _given_back(kind, year) or _counted(kind, year)


def hold_reference(kind: str, holder: str) -> str:
    """The reference that will number what is made for `holder`: the same one until `new_reference` takes it."""
    year = clock.today().year
    reference = new_reference(kind, holder=holder)
    db.session.execute(db.insert(HeldReference).values(reference=reference, kind=kind, year=year, holder=holder))
    return reference


def give_back(kind: str, holder: str) -> None:
    """Let another have what is held for `holder`, if anything is: no number is left out."""
    db.session.execute(
        db.update(HeldReference).where(HeldReference.kind == kind, HeldReference.holder == holder).values(holder=None)
    )


def _taken(kind: str, year: int, holder: str) -> str | None:
    mine = db.delete(HeldReference).where(
        HeldReference.kind == kind, HeldReference.year == year, HeldReference.holder == holder
    )
    return db.session.execute(mine.returning(HeldReference.reference)).scalar()


def _given_back(kind: str, year: int) -> str | None:
    free = (
        db.select(HeldReference.reference)
        .where(HeldReference.kind == kind, HeldReference.year == year, HeldReference.holder.is_(None))
        .order_by(HeldReference.reference)
        .limit(1)
        # Two at once take two; SQLite has one writer and ignores this.
        .with_for_update(skip_locked=True)
    )
    first = db.delete(HeldReference).where(HeldReference.reference == free.scalar_subquery())
    return db.session.execute(first.returning(HeldReference.reference)).scalar()


def _counted(kind: str, year: int) -> str:
    statement = db.text(
        "INSERT INTO reference_counter (kind, year, last) VALUES (:kind, :year, 1) "
        "ON CONFLICT (kind, year) DO UPDATE SET last = reference_counter.last + 1 RETURNING last"
    )
    number = db.session.execute(statement, {"kind": kind, "year": year}).scalar_one()
    stem = f"{kind}-{year}-{number:04d}"
    return f"{stem}-{check_letter(stem)}"


def is_reference(text: str, kind: str) -> bool:
    """Whether a text is a well-formed reference of a kind, its check letter included."""
    stem, _, letter = text.rpartition("-")
    return stem.startswith(f"{kind}-") and len(letter) == 1 and check_letter(stem) == letter


def new_code() -> str:
    """An unguessable code that people type, to verify a document or to open an account, such as `7KQ4-M2XD-93TA` (57 bits)."""
    signs = "".join(secrets.choice(CODE_SIGNS) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def new_uuid() -> str:
    """A UUID of version 7 (RFC 9562): ordered by time, so that indexes grow at their end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return str(uuid.UUID(int=value | (0x7 << 76) | (0x2 << 62)))
