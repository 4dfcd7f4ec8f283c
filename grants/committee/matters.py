"""What a session hears beside new files: changes of what was granted. A later slice registers the kind of subject.

Such a subject has a life of its own; at one of its steps it waits for the secretary, and the actions that leave this step
are taken in the session (`via = "committee.session"`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from grants.committee.models import AgendaItem, Committee, Session
from grants.core.database import db
from grants.documents.operations import Draft
from grants.projects.models import Project


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what was granted, as the session sees it. `before` and `asked` are whole grants, in francs.

    `address()` is its own page. `refusal(item)` is the letter that tells the group that the session refused it; None where it
    was written before.
    """

    subject: object
    project: Project
    before: int
    asked: int
    reason: str
    address: Callable[[], str]
    words: str
    refusal: Callable[[AgendaItem], Draft | None]

    @property
    def reference(self) -> str:
        return self.subject.reference


_kinds: dict[str, tuple[type, Callable]] = {}


def matter(model: type, read: Callable[[object], Change]) -> None:
    """Register a kind of subject: its model (with `project`, `project_id` and a step), and how a session sees one."""
    _kinds[model.__subject__] = (model, read)


def subject_of(item: AgendaItem):
    """What a decision on a line of the agenda is taken on: the file, or the change."""
    if not item.is_change:
        return item.project
    return db.session.get_one(_kinds[item.matter_kind][0], item.matter_id)


def change_of(item: AgendaItem) -> Change | None:
    """The change that a line of the agenda is about, or None for a new file."""
    return _kinds[item.matter_kind][1](subject_of(item)) if item.is_change else None


def of_subject(subject) -> Change:
    """A change as a session sees it."""
    return _kinds[subject.__subject__][1](subject)


def waiting(place_code: str | None, most: int) -> Iterator[Change]:
    """The changes of a territory (all of them for None) that wait for a session and stand on no open agenda."""
    for kind, (model, read) in _kinds.items():
        heard = (
            select(AgendaItem.id)
            .join(Session, Session.id == AgendaItem.session_id)
            .where(
                AgendaItem.matter_kind == kind,
                AgendaItem.matter_id == model.id,
                AgendaItem.decision.is_(None),
                Session.step.in_(("planned", "in_session")),
            )
        )
        wanted = (
            select(model)
            .join(model.project)
            .options(joinedload(model.project).options(joinedload(Project.group), joinedload(Project.call)))
            .where(model.waits_for == "secretary", ~heard.exists())
        )
        if place_code is not None:
            wanted = wanted.where(Project.place_code.startswith(place_code, autoescape=True))
        for subject in db.session.scalars(wanted.order_by(model.step_since, model.id).limit(most)):
            yield read(subject)


def waits_here(mine, here) -> list:
    """The conditions for micro-projects with a change that waits for a secretary whose committees are `mine`."""
    return [
        exists().where(model.project_id == Project.id, model.waits_for == "secretary", Committee.id.in_(mine), here)
        for model, _read in _kinds.values()
    ]


_awaiting: list[Callable[[Session], list[dict]]] = []


def awaits_a_session(find: Callable[[Session], list[dict]]) -> Callable:
    """Register what a later slice puts to committees beside files and changes: title, note, amount and url of each."""
    if find not in _awaiting:
        _awaiting.append(find)
    return find


def awaiting(session: Session) -> list[dict]:
    """What a session may decide that is on no agenda, as its page shows it."""
    return [one for find in _awaiting for one in find(session)]
