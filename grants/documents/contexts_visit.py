"""What the report of a visit needs (see ``contexts.py``)."""

from datetime import date
from typing import TypedDict

from grants.documents.contexts import Issued, MicroProject, Programme


class Answer(TypedDict):
    """A question as it was asked, and its answer in words."""

    question: str
    answer: str


class AnswerSection(TypedDict):
    title: str
    answers: list[Answer]


class Photo(TypedDict):
    """A small copy of a photo as a ``data:`` address, and the SHA-256 of the photo that is kept."""

    picture: str
    sha256: str


class VisitReport(TypedDict):
    """What somebody saw at a micro-project, for their own signature and that of the group."""

    programme: Programme
    reference: str
    on: date
    project: MicroProject
    group_name: str
    contract: str
    visit: str  # uuid
    visited_on: date
    visitor: str
    met: str
    officer: str | None  # who signs for the group
    position: str | None  # 14,4962 N, 4,1987 O
    verdict: str  # on_track, concerns, off_track
    verdict_words: str
    findings: list[str]
    sections: list[AnswerSection]
    actions: list[str]
    photos: list[Photo]
    issued: Issued
