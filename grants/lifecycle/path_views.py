"""The way a file went: its workflow with its own path lit up, and the same as a list of acts."""

from flask import Blueprint
from markupsafe import Markup

from grants import journal
from grants.access import allowed, current_person
from grants.core.errors import NotFound
from grants.core.texts import language, pick
from grants.core.web import page
from grants.lifecycle import registry
from grants.lifecycle.running import role_words
from grants.lifecycle.versions import definition_of
from grants.workflow import draw

bp = Blueprint("lifecycle_path", __name__)


@bp.get("/workflows/<kind>/<reference>/path")
@allowed("work.view")
def show(kind: str, reference: str):
    """The acts of one subject on the drawing of its workflow, for whoever sees the subject."""
    what = registry.kinds.get(kind)
    subject = what.load(reference, current_person()) if what else None
    if subject is None:
        raise NotFound(reference)
    definition = definition_of(subject)
    moves = [event for event in reversed(journal.history(subject, limit=1000)) if event.to_step]
    taken = [(event.from_step, event.action) for event in moves if event.from_step]
    here = definition.place(subject.step)
    return page(
        "lifecycle/path.html",
        subject=subject,
        definition=definition,
        title=what.title(subject),
        back=what.url(subject),
        place=here,
        end=definition.is_end(subject.step),
        rows=[_row(event, definition) for event in moves],
        # Drawn by us from the definition, every text of it escaped.
        drawing=Markup(draw(definition, taken, subject.step, language(), role_words=role_words())),  # noqa: S704
    )


def _row(event, definition) -> dict:
    return {
        "at": event.at,
        "act": journal.sentence(event),
        "who": event.who,
        "to": _label(definition, event.to_step),
        "reason": event.reason,
    }


def _label(definition, code: str) -> str:
    """The name of a place; a step of an earlier version that is gone keeps its code."""
    place = definition.steps.get(code) or definition.ends.get(code)
    return pick(place.label) if place else code.replace("_", " ")
