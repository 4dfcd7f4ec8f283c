"""What the minutes of a session need (see ``contexts.py``)."""

from datetime import date
from typing import TypedDict

from grants.documents.contexts import Indicator, Issued, Programme


class Attendee(TypedDict):
    name: str
    role: str
    present: bool
    excused: bool


class Conflict(TypedDict):
    member: str
    project: str  # reference
    reason: str


class Ruling(TypedDict):
    """What a session decided about one file."""

    rank: int | None
    reference: str
    title: str
    group: str
    place: str
    score: str | None  # "78,5"
    asked: int
    decided: str  # "award", "reject", "adjourn"
    amount: int | None
    conditions: list[str]
    reason: str | None
    votes_for: int
    votes_against: int
    abstentions: int


class AppealRuling(TypedDict):
    """What a session decided about the appeal of a group."""

    reference: str
    project: str
    title: str
    group: str
    against: str  # ineligible, rejected
    lodged_on: date
    decided: str  # "reopen", "uphold", "adjourn"
    conditions: list[str]
    reason: str | None
    votes_for: int
    votes_against: int
    abstentions: int


class ChangeRuling(TypedDict):
    """What a session decided about a change of a grant. `before` and `asked` are whole grants, in francs."""

    reference: str
    project: str
    title: str
    group: str
    before: int
    asked: int
    decided: str  # "award", "reject", "adjourn"
    conditions: list[str]
    reason: str | None
    votes_for: int
    votes_against: int
    abstentions: int


class Minutes(TypedDict):
    programme: Programme
    reference: str
    number: int | None
    committee: str
    call: str
    on: date
    place: str
    opened: str  # 9 h 15
    closed: str
    chair: str
    secretary: str
    attendance: list[Attendee]
    members: int
    quorum: int
    conflicts: list[Conflict]
    rulings: list[Ruling]
    changes: list[ChangeRuling]
    appeals: list[AppealRuling]
    drawn: int  # what the decisions took from the envelope
    envelope: int
    envelope_before: int  # left before the session
    quotas: list[Indicator]
    remarks: str | None
    issued: Issued
