"""Moving money from one envelope to another: proposed by one person, confirmed by a second.

Confirming is one UPDATE of one row; the database itself then writes both legs into the ledger, so there is no moment
and no program in which only one of them is there, and no leg without two people.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Model, UtcDateTime, refuse, trigger
from grants.funds.models.ledger import Envelope


class Reallocation(Model):
    """A transfer between two envelopes of one fund. Francs. It ends confirmed or refused, and then never changes."""

    __tablename__ = "reallocation"
    __subject__ = "reallocation"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("source_id <> target_id", name="envelopes"),
        CheckConstraint("confirmed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),
        CheckConstraint("(refused_at IS NULL) = (refused_by_id IS NULL)", name="refused"),
        CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name="one_end"),
        CheckConstraint("refused_at IS NULL OR refusal <> ''", name="refusal"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    # By which a form that is sent twice proposes once.
    key: Mapped[str] = mapped_column(String(80), unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    amount: Mapped[Francs]
    paper: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str] = mapped_column(String(500), default="")

    source: Mapped[Envelope] = relationship(foreign_keys=[source_id])
    target: Mapped[Envelope] = relationship(foreign_keys=[target_id])
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])
    refused_by: Mapped[Person | None] = relationship(foreign_keys=[refused_by_id])

    @property
    def state(self) -> str:
        """`proposed`, `confirmed` or `refused`."""
        return "confirmed" if self.confirmed_at else "refused" if self.refused_at else "proposed"


_TABLE = Reallocation.__table__
_OTHER_FUND = (
    "(SELECT fund_id FROM envelope WHERE id = NEW.source_id) <> (SELECT fund_id FROM envelope WHERE id = NEW.target_id)"
)
_BORN = "NEW.confirmed_at IS NOT NULL OR NEW.refused_at IS NOT NULL"
_ENDED = "OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL"
_REWRITTEN = " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("reference", "source_id", "target_id", "amount", "proposed_by_id")
)

refuse(_TABLE, "reallocation_in_one_fund", "INSERT", _OTHER_FUND, "money stays in its fund")
refuse(_TABLE, "reallocation_is_proposed_first", "INSERT", _BORN, "a transfer between envelopes is proposed first")
refuse(
    _TABLE,
    "reallocation_keeps_its_end",
    "UPDATE",
    f"{_ENDED} OR {_REWRITTEN}",
    "a transfer between envelopes is not rewritten",
)
refuse(_TABLE, "reallocation_stays", "DELETE", "OLD.id IS NOT NULL", "a transfer between envelopes is not removed")

_LEGS = " ".join(
    "INSERT INTO transfer (key, kind, envelope_id, amount, reference, reallocation_id, by_id, at) VALUES "
    f"('{kind}:' || NEW.reference, '{kind}', NEW.{side}_id, NEW.amount, NEW.reference, NEW.id, "
    "NEW.confirmed_by_id, NEW.confirmed_at);"
    for kind, side in (("shift_out", "source"), ("shift_in", "target"))
)
_CONFIRMED = "NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL"
trigger(
    _TABLE,
    "reallocation_moves_both_legs",
    sqlite=f"AFTER UPDATE ON reallocation WHEN {_CONFIRMED} BEGIN {_LEGS} END",
    postgresql=(
        f"IF {_CONFIRMED} THEN {_LEGS} END IF; RETURN NEW;",
        "AFTER UPDATE ON reallocation FOR EACH ROW",
    ),
)
