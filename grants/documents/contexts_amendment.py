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


class GrantRefusal(TypedDict):
    """The session of a committee that refused another amount of the grant."""

    committee: str
    on: date
    minutes: str


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


class AmendmentRefusal(TypedDict):
    """What the programme writes to a group whose change of contract it refused."""

    programme: Programme
    reference: str
    on: date
    group: Group
    project: MicroProject
    contract: str
    contract_on: date
    amendment: str
    proposed_on: date
    why: str
    refused_by: GrantRefusal | None  # None where the coordinator refused
    reason: str
    grant: int  # francs: as it stays
    grant_asked: int | None  # None where the amount was to stay
    months: int
    months_asked: int | None
    lines: list[ChangedLine]  # those alone that were to change
    terms: list[str]
    agent: str
    issued: Issued
