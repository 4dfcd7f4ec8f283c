"""What is read of notices and mails."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from grants import journal
from grants.access.models import Person
from grants.core.database import db
from grants.core.paging import keyset
from grants.lifecycle import registry
from grants.messages.models import MailChoice, Notice

SIZE = 25


@dataclass(frozen=True, slots=True)
class News:
    """A notice as it is shown. `title` and `url` are None where the subject is no longer within the person's territory."""

    id: int
    words: str
    title: str | None
    subject: object
    kind: registry.Kind | None
    actor: str
    at: datetime
    role: str
    unread: bool


def unread(person: Person) -> int:
    """How many notices a person has not read."""
    return db.session.scalar(select(unread_of(person.id)))


def unread_of(person_id) -> ScalarSelect:
    """The same as a part of another query; `person_id` may be a column of it."""
    mine = select(func.count(Notice.id)).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return mine.scalar_subquery()


def news(person: Person, *, after: str | None = None) -> tuple[list[News], str | None]:
    """A person's notices, the latest first, and the token of the next page."""
    page = keyset(select(Notice).where(Notice.person_id == person.id), order=[Notice.id.desc()], after=after, size=SIZE)
    return described(page.items, person), page.next


def described(notices: list[Notice], person: Person) -> list[News]:
    """Notices in words. One query for each kind of subject among them."""
    subjects = _subjects(notices)
    found = []
    for notice in notices:
        event = notice.event
        subject = subjects.get((event.subject_kind, event.subject_id))
        mine = subject is not None and any(grant.covers(subject.place_code) for grant in person.valid_grants)
        kind = registry.kinds.get(event.subject_kind)
        found.append(
            News(
                id=notice.id,
                words=journal.sentence(event),
                title=kind.title(subject) if mine else None,
                subject=subject if mine else None,
                kind=kind,
                actor=event.who,
                at=notice.at,
                role=notice.role,
                unread=notice.read_at is None,
            )
        )
    return found


def _subjects(notices: list[Notice]) -> dict[tuple[str, int], object]:
    wanted: dict[str, set[int]] = {}
    for notice in notices:
        wanted.setdefault(notice.event.subject_kind, set()).add(notice.event.subject_id)
    found = {}
    for code, ids in wanted.items():
        if kind := registry.kinds.get(code):
            for subject in db.session.scalars(select(kind.model).where(kind.model.id.in_(ids))).unique():
                found[code, subject.id] = subject
    return found


def wants_daily(person: Person) -> bool:
    """Whether a person gets the daily mail: yes, until they say no."""
    return db.session.scalar(select(MailChoice.daily).where(MailChoice.person_id == person.id)) is not False
