"""What an amendment needs (see ``contexts.py``)."""

from datetime import date
from typing import TypedDict

from grants.documents.contexts import Group, Issued, MicroProject, Programme, Reading, Witness


class ChangedLine(TypedDict):
    """A line of the budget before and after, in francs."""

    label: str
    before: int
    after: int


class ChangedTranche(TypedDict):
    """A tranche before and after, in francs: None where there was none, 0 where it is no longer paid."""

    number: int
    before: int | None
    after: int
    settled: bool  # paid or ordered: it stays
    retention: bool  # it pays what was kept back of works


class GrantDecision(TypedDict):
    """The decision of a committee on another amount of the grant."""

    committee: str
    on: date
    minutes: str
    conditions: list[str]


class Amendment(TypedDict):
    """A numbered change of a contract, for both parties to sign."""

    programme: Programme
    reference: str
    number: int
    on: date
    group: Group
    project: MicroProject
    contract: str
    contract_on: date
    grant: int
    grant_before: int | None  # None where the amount stays
    decision: GrantDecision | None
    tranches: list[ChangedTranche]  # empty where the amount stays
    lines: list[ChangedLine]
    moved: int
    months_before: int
    months_after: int
    terms: list[str]
    reason: str
    reading: Reading
    witnesses: list[Witness]
    issued: Issued
