"""Papers that prove a condition of payment, and conditions lifted for one tranche by somebody apart from its payment."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.calls.rules import LIFTABLE
from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only, refuse
from grants.documents.models import StoredFile
from grants.payments.models import PaymentAttempt, PaymentOrder, Tranche
from grants.projects.models import Project

PROVEN = ("training_held", "works_accepted")


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class ConditionProof(Model):
    """A paper that shows a condition to be met: who was trained, that the works were accepted. The latest one counts."""

    __tablename__ = "condition_proof"
    __table_args__ = (
        CheckConstraint(f"code IN ({_codes(PROVEN)})", name="code"),
        CheckConstraint("note <> ''", name="note"),
        Index("ix_condition_proof_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    code: Mapped[str] = mapped_column(String(30))
    proven_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    project: Mapped[Project] = relationship()
    file: Mapped[StoredFile] = relationship()
    by: Mapped[Person] = relationship()


class ConditionLift(Model):
    """A condition that does not hold a tranche up: by whom, in which role, and why. For good, for this tranche alone."""

    __tablename__ = "condition_lift"
    __table_args__ = (
        # Neither the signature nor the verified account nor anything of the payment itself: nobody lifts those.
        CheckConstraint(f"code IN ({_codes(LIFTABLE)})", name="code"),
        CheckConstraint("length(reason) >= 10", name="reason"),
        UniqueConstraint("tranche_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tranche_id: Mapped[int] = mapped_column(ForeignKey("tranche.id"))
    code: Mapped[str] = mapped_column(String(30))
    role: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    tranche: Mapped[Tranche] = relationship()
    by: Mapped[Person] = relationship()


append_only(ConditionProof.__table__)
append_only(ConditionLift.__table__)


refuse(
    ConditionLift.__table__,
    "condition_lift_is_asked_for",
    "INSERT",
    "NOT EXISTS (SELECT 1 FROM tranche WHERE tranche.id = NEW.tranche_id "
    "AND CAST(tranche.conditions AS TEXT) LIKE '%\"' || NEW.code || '\"%')",
    "this tranche does not have this condition",
)
_APART = "who lifts a condition is none of the people of the payment"
refuse(
    ConditionLift.__table__,
    "condition_lift_apart",
    "INSERT",
    "EXISTS (SELECT 1 FROM payment_order WHERE payment_order.tranche_id = NEW.tranche_id AND payment_order.live "
    "AND NEW.by_id IN (payment_order.prepared_by_id, payment_order.verified_by_id, payment_order.released_by_id))",
    _APART,
)
for _when, _of in (("INSERT", ""), ("UPDATE", "tranche_id, prepared_by_id, verified_by_id, released_by_id")):
    refuse(
        PaymentOrder.__table__,
        f"payment_order_apart_from_lifts_{_when.lower()}",
        f"{_when} OF {_of}" if _of else _when,
        "EXISTS (SELECT 1 FROM condition_lift WHERE condition_lift.tranche_id = NEW.tranche_id "
        "AND condition_lift.by_id IN (NEW.prepared_by_id, NEW.verified_by_id, NEW.released_by_id))",
        _APART,
    )
# What nobody can lift, said once more where the money leaves.
refuse(
    PaymentAttempt.__table__,
    "payment_attempt_on_a_signed_contract",
    "INSERT",
    "NOT EXISTS (SELECT 1 FROM payment_order JOIN tranche ON tranche.id = payment_order.tranche_id "
    "JOIN contract ON contract.id = tranche.contract_id JOIN payment_account ON payment_account.id = NEW.account_id "
    "WHERE payment_order.id = NEW.order_id AND contract.in_force_at IS NOT NULL AND contract.cancelled_at IS NULL "
    "AND payment_account.verified_at IS NOT NULL)",
    "no payment without a contract in force and a verified account",
)
refuse(
    PaymentAttempt.__table__,
    "payment_attempt_after_acceptance",
    "INSERT",
    "EXISTS (SELECT 1 FROM payment_order JOIN tranche ON tranche.id = payment_order.tranche_id "
    "WHERE payment_order.id = NEW.order_id AND tranche.retention AND NOT EXISTS (SELECT 1 FROM condition_proof "
    "WHERE condition_proof.project_id = tranche.project_id AND condition_proof.code = 'works_accepted'))",
    "what was kept back is paid once the works are accepted",
)
