"""What letters and the papers of the end need (see ``contexts.py``)."""

from datetime import date
from typing import TypedDict

from grants.documents.contexts import Group, Indicator, Issued, MicroProject, Milestone, Programme, Reading, Witness


class Letter(TypedDict):
    """The decision on a file, told to its group."""

    programme: Programme
    reference: str
    on: date
    group: str
    place: str  # Sofara, commune de Fakala, cercle de Djenné
    project: str  # reference
    title: str
    call: str
    committee: str | None  # None where the eligibility check refused
    held_on: date | None
    minutes: str | None
    rank: int | None
    score: str | None  # "78,5"
    asked: int
    amount: int | None  # None in a letter of refusal
    conditions: list[str]
    reason: str | None
    appeal_days: int | None  # None where the call has no rule: no delay is printed then
    appeal_until: date | None
    issued: Issued


class Heard(TypedDict):
    """The session that heard an appeal."""

    name: str
    held_on: date
    minutes: str


class AppealLetter(TypedDict):
    """What the programme writes to a group about its appeal: that it came, or what became of it."""

    programme: Programme
    reference: str
    on: date
    what: str  # receipt, inadmissible, upheld, granted
    group: str
    place: str
    project: str
    title: str
    call: str
    appeal: str
    against: str  # ineligible, rejected
    refused_on: date
    told_on: date
    lodged_on: date
    way: str  # written, spoken
    spoken_by: str
    reasons: str
    papers: int
    heard: Heard | None
    reason: str | None
    issued: Issued


class Asset(TypedDict):
    name: str
    quantity: str
    state: str | None
    place: str | None


class Acceptance(TypedDict):
    """What was to be delivered or built: printed before, filled in and signed on the spot."""

    programme: Programme
    reference: str
    on: date
    project: MicroProject
    group: Group
    contract: str
    assets: list[Asset]
    reading: Reading
    witnesses: list[Witness]
    issued: Issued


class Spending(TypedDict):
    """A line of the budget: planned, and what was accepted of its vouchers, in francs."""

    label: str
    planned: int
    accepted: int


class ClosingReport(TypedDict):
    programme: Programme
    reference: str
    on: date
    project: MicroProject
    group_name: str
    contract: str
    grant: int
    paid: int
    justified: int
    refunded: int
    written_off: int
    own_proven: int
    spending: list[Spending]
    payments: list[Milestone]  # tranche, day, amount
    visits: list[Indicator]  # day, verdict
    report: str
    assets: list[Asset]
    accepted_on: date
    accepted_with: str
    prepared_by: str
    issued: Issued


class Due(TypedDict):
    """An instalment: until which day, and how much of it is left, in francs."""

    number: int
    day: date
    left: int


class RecoveryLetter(TypedDict):
    """What a group has to give back: the claim with its calculation, or the reminder of one instalment."""

    programme: Programme
    reference: str
    on: date
    kind: str  # claim, before, after, again
    claim: str
    project: MicroProject
    group: Group
    contract: str
    paid: int
    settled: int
    amount: int
    unspent: int
    ineligible: int
    unproven: int
    refunded: int
    left: int
    reason: str
    due: Due | None
    instalments: list[Due]
    issued: Issued


class RefundReceipt(TypedDict):
    """The programme acknowledges what a group gave back."""

    programme: Programme
    reference: str
    on: date
    project: MicroProject
    group_name: str
    contract: str
    claim: str | None
    amount: int
    refunded_on: date
    bank_reference: str
    left: int
    received_by: str
    issued: Issued
