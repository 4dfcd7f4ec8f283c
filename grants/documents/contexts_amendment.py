"""What an amendment needs (see ``contexts.py``)."""

from datetime import date
from typing import TypedDict

from grants.documents.contexts import Group, Issued, MicroProject, Programme, Reading, Witness


class ChangedLine(TypedDict):
    """A line of the budget before and after, in francs."""

    label: str
    before: int
    after: int


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
    lines: list[ChangedLine]
    moved: int
    months_before: int
    months_after: int
    terms: list[str]
    reason: str
    reading: Reading
    witnesses: list[Witness]
    issued: Issued
