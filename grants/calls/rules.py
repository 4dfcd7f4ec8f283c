"""The rules of a call: tranche plans, committee levels, score grid, questions, quotas, chasing. Data, checked whole.

A call keeps its rules as plain data (`Call.rules`) and a file keeps the rules of its call; `parse` turns them into a frozen
`Rules` and tells every mistake at once, each with the field of the call's form where it is mended. Francs are whole,
shares are whole percents, periods are days.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from typing import Any

from grants.calls.rule_reading import Reading
from grants.core.errors import Problems
from grants.core.money import share

LEVELS = ("local", "regional", "national")
# What must be true before a tranche is paid; payments says how each is checked.
CONDITIONS = (
    "contract_in_force",
    "account_verified",
    "contribution_proven",
    "previous_justified",
    "visit_on_track",
    "training_held",
)
# What a call may let somebody lift for one tranche, with a reason, and the roles among which it names who. The signature,
# the verified account and the persons of a payment are not among them: nobody lifts those.
LIFTABLE = ("contribution_proven", "previous_justified", "visit_on_track", "training_held")
LIFTERS = ("coordinator", "monitor", "finance_controller")
# Who bears what it costs to send and to withdraw a grant; `shared`: sending the programme, withdrawing the group.
FEES_BORNE_BY = ("programme", "group", "shared")
# What the part of a grant for works that was kept back waits for.
RETENTION_CONDITIONS = (
    "contract_in_force",
    "account_verified",
    "previous_justified",
    "works_accepted",
    "guarantee_over",
)


@dataclass(frozen=True, slots=True)
class TranchePlan:
    """The shares in which a grant of at most `up_to` francs is paid (None: whatever its amount)."""

    up_to: int | None
    percents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A tranche as it is planned. Francs; `held` is what is kept back of it until the works are accepted for good."""

    number: int
    percent: int
    amount: int
    held: int
    conditions: tuple[str, ...]
    retention: bool = False


@dataclass(frozen=True, slots=True)
class CommitteeLevel:
    """The committee that decides on amounts of at most `up_to` francs (None: whatever the amount)."""

    level: str
    up_to: int | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of the score grid: points from 0 to `most`, that count for `weight` out of 100."""

    code: str
    label: Mapping[str, str]
    weight: int
    most: int


@dataclass(frozen=True, slots=True)
class EligibilityQuestion:
    """A question to be answered by yes before a file is appraised; `help` says what to look at."""

    code: str
    label: Mapping[str, str]
    help: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Quotas:
    """The least share of the awarded amounts that goes to groups mostly of women, and mostly of young people. Percent."""

    women: int
    youth: int


@dataclass(frozen=True, slots=True)
class ChaseDays:
    """Days after a payment without justification: a reminder, then a suspension, then a formal notice."""

    remind: int
    suspend: int
    notice: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one call. `data` is what they were read from, complete in itself."""

    tranche_plans: tuple[TranchePlan, ...]
    works_kinds: tuple[str, ...]
    works_percents: tuple[int, ...]
    retention_percent: int  # of each tranche of works, kept back
    retention_months: int  # from the acceptance of the works
    lifting: Mapping[str, str]  # condition → the role that may lift it
    tranche_conditions: tuple[tuple[str, ...], ...]
    committee_levels: tuple[CommitteeLevel, ...]
    score_grid: tuple[Criterion, ...]
    score_gap_limit: int
    least_score: int
    eligibility_questions: tuple[EligibilityQuestion, ...]
    quotas: Quotas
    justify_percent: int
    chase_days: ChaseDays
    visit_days: int  # days after a payment
    visit_days_watched: int
    fees_borne_by: str  # one of FEES_BORNE_BY; the programme where the call does not say
    appeal_days: int  # after the letter is received; 0 where the call sets no delay
    small_grant: int | None  # francs; the most for which the simpler way is open, where the call has one
    data: Mapping[str, Any]

    def plan_for(self, amount: int, kind: str) -> tuple[int, ...]:
        """The percents of the tranches of a grant of `amount` francs to a micro-project of this kind; their sum is 100."""
        if kind in self.works_kinds:
            return self.works_percents
        return next(plan.percents for plan in self.tranche_plans if plan.up_to is None or amount <= plan.up_to)

    def conditions_for(self, number: int) -> tuple[str, ...]:
        """The codes of what must be true before tranche `number` (from 1) is paid; the last ones hold for all later."""
        return self.tranche_conditions[min(number, len(self.tranche_conditions)) - 1]

    def schedule(self, grant: int, kind: str) -> tuple[Part, ...]:
        """The tranches of a grant, with what is kept back of works as a last one; their sum is the grant, to the franc.

        Raises ValueError where the grant is so small that a tranche would be empty.
        """
        percents = self.plan_for(grant, kind)
        kept = self.retention_percent if kind in self.works_kinds else 0
        found = []
        for number, (percent, whole) in enumerate(zip(percents, amounts(percents, grant), strict=True), 1):
            held = share(whole, kept)
            found.append(Part(number, percent, whole - held, held, self.conditions_for(number)))
        if total := sum(part.held for part in found):
            found.append(Part(len(found) + 1, kept, total, 0, RETENTION_CONDITIONS, retention=True))
        return tuple(found)

    def level_for(self, amount: int) -> str:
        """The level of the committee that decides on `amount` francs."""
        return next(one.level for one in self.committee_levels if one.up_to is None or amount <= one.up_to)

    def total(self, points: Mapping[str, int]) -> int:
        """The total out of 100 of a sheet: points by criterion, weighted, rounded half up. Raises KeyError for a gap."""
        exact = sum(Fraction(c.weight * points[c.code], c.most) for c in self.score_grid)
        return floor(exact + Fraction(1, 2))


def amounts(percents: tuple[int, ...], grant: int) -> tuple[int, ...]:
    """The tranches of a grant in whole francs; their sum is the grant, exactly. The last one takes what rounding leaves.

    Raises ValueError where the grant is so small that a tranche would be empty.
    """
    parts = [share(grant, percent) for percent in percents[:-1]]
    parts.append(grant - sum(parts))
    if min(parts) <= 0:
        raise ValueError(f"{grant} francs cannot be paid in {len(percents)} tranches")
    return tuple(parts)


def parse(data: Mapping[str, Any]) -> Rules:
    """Read the rules of a call. Raises `Problems` with every mistake, in words and with its field."""
    reading = Reading(data)
    found = Rules(
        tranche_plans=tuple(TranchePlan(*row) for row in reading.plans()),
        works_kinds=reading.codes("works_kinds"),
        works_percents=reading.works_percents(),
        retention_percent=reading.optional("retention_percent", 0, 20, 0),
        retention_months=reading.optional("retention_months", 1, 36, 12),
        lifting=reading.lifting(LIFTABLE, LIFTERS),
        tranche_conditions=reading.conditions(CONDITIONS),
        committee_levels=tuple(CommitteeLevel(*row) for row in reading.levels(LEVELS)),
        score_grid=tuple(Criterion(*row) for row in reading.grid()),
        score_gap_limit=reading.whole("score_gap_limit", 1, 100),
        least_score=reading.whole("least_score", 0, 100),
        eligibility_questions=tuple(EligibilityQuestion(*row) for row in reading.questions()),
        quotas=Quotas(reading.whole("quota_women", 0, 100), reading.whole("quota_youth", 0, 100)),
        justify_percent=reading.whole("justify_percent", 1, 100),
        chase_days=ChaseDays(*reading.chase_days()),
        visit_days=reading.days("visit_days", 30),
        visit_days_watched=reading.days("visit_days_watched", 15),
        fees_borne_by=reading.one_of("fees_borne_by", FEES_BORNE_BY, "programme"),
        appeal_days=reading.optional("appeal_days", 0, 90, 0),
        small_grant=reading.small_grant(),
        data=data,
    )
    if reading.problems:
        raise Problems(reading.problems)
    return found


@cache
def _shipped() -> bytes:
    return Path(__file__).with_name("default_rules.toml").read_bytes()


def default_rules() -> dict[str, Any]:
    """The rules that a new call begins with, as plain data; a copy of one's own."""
    return tomllib.loads(_shipped().decode())
