"""Envelopes, and the ledger that moves their counters.

The life of an amount: reserved (decision) → committed (signed contract) → paid (tranche) → justified or refunded. Each
movement is one row that nobody can change; inserting it moves the counters by a trigger, and the CHECKs between the
counters refuse what must never be, on both engines and whatever code asks.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.access.models import Person
from grants.core import clock
from grants.core.database import Francs, Model, UtcDateTime, append_only, refuse, trigger
from grants.funds.models.agreements import Fund

# What a movement adds to (+) and takes from (-) the counters.
MOVEMENTS: dict[str, dict[str, int]] = {
    "endow": {"ceiling": +1},
    "withdraw": {"ceiling": -1},
    "shift_in": {"ceiling": +1},
    "shift_out": {"ceiling": -1},
    "reserve": {"reserved": +1},
    "release": {"reserved": -1},
    "commit": {"reserved": -1, "committed": +1},
    "uncommit": {"committed": -1},
    "pay": {"paid": +1},
    "justify": {"justified": +1},
    "refund": {"refunded": +1},
    "write_off": {"written_off": +1},
    "reverse_pay": {"paid": -1},
    "reverse_justify": {"justified": -1},
}
# What belongs to an envelope alone, and counts against what its donor agreed to.
FILLS = ("endow", "withdraw", "shift_in", "shift_out")
# What takes money out of a fund, or brings it back.
SPENDING = {"pay": +1, "reverse_pay": -1, "refund": -1}
COUNTERS = ("reserved", "committed", "paid", "justified", "refunded", "written_off")


def _kinds(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _counters(*extra: str) -> tuple[CheckConstraint, ...]:
    rules = {
        "reserved": "reserved >= 0",
        "committed": "committed >= 0",
        "paid": "paid >= 0 AND paid <= committed",
        "settled": "justified >= 0 AND refunded >= 0 AND written_off >= 0 AND justified + refunded + written_off <= paid",
        **dict(pair.split(": ") for pair in extra),
    }
    return tuple(CheckConstraint(rule, name=name) for name, rule in rules.items())


class Envelope(Model):
    """Money set aside for a purpose. Francs; the counters move by `Transfer` only.

    `place_code` is where its micro-projects must lie (a place and all below it), `kind` what they must be; empty: anywhere,
    any. Which calls draw on it, the calls say.
    """

    __tablename__ = "envelope"
    __subject__ = "envelope"
    __table_args__ = _counters("ceiling: reserved + committed <= ceiling")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    place_code: Mapped[str | None] = mapped_column(String(12))
    kind: Mapped[str | None] = mapped_column(String(40))
    ceiling: Mapped[Francs] = mapped_column(default=0)
    reserved: Mapped[Francs] = mapped_column(default=0)
    committed: Mapped[Francs] = mapped_column(default=0)
    paid: Mapped[Francs] = mapped_column(default=0)
    justified: Mapped[Francs] = mapped_column(default=0)
    refunded: Mapped[Francs] = mapped_column(default=0)
    written_off: Mapped[Francs] = mapped_column(default=0)

    fund: Mapped[Fund] = relationship(lazy="joined")

    @property
    def available(self) -> int:
        """What may still be awarded, in francs."""
        return self.ceiling - self.reserved - self.committed


class AwardBalance(Model):
    """The same counters for one micro-project: never paid beyond its contract, never justified beyond its payments."""

    __tablename__ = "award_balance"
    __table_args__ = _counters()

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True, autoincrement=False)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"))
    reserved: Mapped[Francs] = mapped_column(default=0)
    committed: Mapped[Francs] = mapped_column(default=0)
    paid: Mapped[Francs] = mapped_column(default=0)
    justified: Mapped[Francs] = mapped_column(default=0)
    refunded: Mapped[Francs] = mapped_column(default=0)
    written_off: Mapped[Francs] = mapped_column(default=0)

    @property
    def unjustified(self) -> int:
        """What was paid and is neither justified nor given back nor written off, in francs."""
        return self.paid - self.justified - self.refunded - self.written_off


class Transfer(Model):
    """One movement of money, for ever. `key` makes it happen once, `reversal_of` names what a correction takes back."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(f"kind IN ({_kinds(MOVEMENTS)})", name="kind"),
        CheckConstraint(f"(kind IN ({_kinds(FILLS)})) = (project_id IS NULL)", name="project"),
        CheckConstraint("(kind IN ('shift_in', 'shift_out')) = (reallocation_id IS NOT NULL)", name="reallocation"),
        CheckConstraint("(kind LIKE 'reverse%') = (reversal_of_id IS NOT NULL)", name="reversal"),
        UniqueConstraint("reallocation_id", "kind"),
        Index("ix_transfer_envelope_id", "envelope_id"),
        Index("ix_transfer_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    amount: Mapped[Francs]
    # What it is for, in words that a reference begins: an order, a contract, a voucher.
    reference: Mapped[str] = mapped_column(String(80))
    reversal_of_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"), unique=True)
    # The transfer between envelopes of which it is one leg.
    reallocation_id: Mapped[int | None] = mapped_column(ForeignKey("reallocation.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    by: Mapped[Person | None] = relationship()


append_only(Transfer.__table__)


def _moved(counter: str) -> str:
    cases = " ".join(
        f"WHEN '{kind}' THEN {'' if signs[counter] > 0 else '-'}NEW.amount"
        for kind, signs in MOVEMENTS.items()
        if counter in signs
    )
    return f"{counter} = {counter} + CASE NEW.kind {cases} ELSE 0 END"


_ENVELOPE = f"UPDATE envelope SET {', '.join(_moved(c) for c in ('ceiling', *COUNTERS))} WHERE id = NEW.envelope_id;"
_BALANCE = (
    f"UPDATE award_balance SET {', '.join(_moved(c) for c in COUNTERS)} "
    "WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id;"
)
_FUND = (
    f"UPDATE fund SET {_moved('ceiling').replace('ceiling', 'endowed')} "
    f"WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ({_kinds(FILLS)});"
)
_SPENT = (
    "UPDATE fund SET spent = spent + CASE NEW.kind WHEN 'pay' THEN NEW.amount ELSE -NEW.amount END "
    f"WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ({_kinds(SPENDING)});"
)
_MOVES = f"{_ENVELOPE} {_BALANCE} {_FUND} {_SPENT}"


def _summed(table: str, key: str, names: Iterable[str], *, among: str = "moved", extra: str = "") -> str:
    """Move the counters of a table by what all new movements of one statement come to."""
    sums = ", ".join(
        "SUM(CASE moved.kind {} ELSE 0 END) AS {}".format(
            " ".join(
                f"WHEN '{kind}' THEN {signs[name]} * moved.amount" for kind, signs in _SIGNS.items() if name in signs
            ),
            name,
        )
        for name in names
    )
    sets = ", ".join(f"{name} = {table}.{name} + sums.{name}" for name in names)
    return f"UPDATE {table} SET {sets} FROM (SELECT {key}, {sums} FROM {among} GROUP BY {key}) AS sums WHERE {extra};"


# What a movement does to the counters of its fund, beside those of its envelope and its micro-project.
_SIGNS = {
    kind: signs
    | ({"endowed": signs["ceiling"]} if kind in FILLS else {})
    | ({"spent": SPENDING[kind]} if kind in SPENDING else {})
    for kind, signs in MOVEMENTS.items()
}
# PostgreSQL keeps each version of a row until the transaction ends: a counter that ten thousand movements of one statement
# moved one by one would leave ten thousand of them, which every next step walks through. It is moved once by their sum.
_SUMS = " ".join(
    (
        _summed("envelope", "moved.envelope_id", ("ceiling", *COUNTERS), extra="envelope.id = sums.envelope_id"),
        _summed(
            "award_balance", "moved.project_id, moved.envelope_id", COUNTERS,
            extra="award_balance.project_id = sums.project_id AND award_balance.envelope_id = sums.envelope_id",
        ),
        _summed(
            "fund", "envelope.fund_id", ("endowed", "spent"), extra="fund.id = sums.fund_id",
            among="moved JOIN envelope ON envelope.id = moved.envelope_id "
            f"WHERE moved.kind IN ({_kinds((*FILLS, *SPENDING))})",
        ),
    )
)  # fmt: skip
trigger(
    Transfer.__table__,
    "transfer_moves_counters",
    sqlite=f"AFTER INSERT ON transfer BEGIN {_MOVES} END",
    postgresql=(
        f"{_SUMS} RETURN NULL;", "AFTER INSERT ON transfer REFERENCING NEW TABLE AS moved FOR EACH STATEMENT"
    ),
)  # fmt: skip


def _refuse(name: str, of: str, condition: str, message: str) -> None:
    """Refuse a movement of those that `of` names where the condition holds, on both engines.

    PostgreSQL enters the function of a trigger at a price, and for the other movements it need not.
    """
    refuse(Transfer.__table__, f"transfer_{name}", "INSERT", f"{of} AND {condition}", message, of=of)


# A movement for a project that has no balance in this envelope would move one counter and not the other.
_refuse(
    "needs_balance",
    "NEW.project_id IS NOT NULL",
    "NOT EXISTS (SELECT 1 FROM award_balance WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id)",
    "no balance of this project in this envelope",
)
# A correction takes back one whole movement of the same kind, project and envelope: UNIQUE(reversal_of) alone would let
# a reversal name one movement and take back another.
_refuse(
    "reverses_its_twin",
    "NEW.reversal_of_id IS NOT NULL",
    "NOT EXISTS "
    "(SELECT 1 FROM transfer AS original WHERE original.id = NEW.reversal_of_id AND original.amount = NEW.amount "
    "AND original.project_id = NEW.project_id AND original.envelope_id = NEW.envelope_id "
    "AND NEW.kind = 'reverse_' || original.kind)",
    "a reversal takes back one whole movement",
)
# An envelope for a region or a kind of micro-project is spent on nothing else.
_refuse(
    "keeps_the_purpose",
    "NEW.kind = 'reserve'",
    "EXISTS (SELECT 1 FROM envelope JOIN project ON project.id = NEW.project_id "
    "WHERE envelope.id = NEW.envelope_id "
    "AND (substr(project.place_code, 1, length(envelope.place_code)) <> envelope.place_code "
    "OR project.kind <> envelope.kind))",
    "this envelope is for another region or kind",
)
_refuse(
    "is_a_confirmed_leg",
    "NEW.reallocation_id IS NOT NULL",
    "NOT EXISTS (SELECT 1 FROM reallocation "
    "WHERE reallocation.id = NEW.reallocation_id AND reallocation.confirmed_at IS NOT NULL "
    "AND reallocation.amount = NEW.amount AND (NEW.kind = 'shift_out' AND reallocation.source_id = NEW.envelope_id "
    "OR NEW.kind = 'shift_in' AND reallocation.target_id = NEW.envelope_id))",
    "a transfer between envelopes has two people and two legs",
)
# What a group owes is given up by a committee: one row of its decision for one movement of just its amount.
_refuse(
    "written_off_by_a_committee",
    "NEW.kind = 'write_off'",
    "NOT EXISTS (SELECT 1 FROM write_off WHERE NEW.key = 'write_off:' || write_off.id "
    "AND write_off.project_id = NEW.project_id AND write_off.amount = NEW.amount)",
    "only a committee writes a debt off",
)
