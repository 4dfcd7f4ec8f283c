"""What administrators and auditors look at: whether the journal holds, and the workflows that files run on."""

from collections import Counter

from flask import Blueprint, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, select

from grants import journal
from grants.access import allowed
from grants.access.labels import ROLE_LABELS
from grants.access.models import Person
from grants.core import navigation
from grants.core.database import db
from grants.core.errors import NotFound
from grants.core.paging import keyset
from grants.core.texts import language, pick
from grants.core.web import page
from grants.journal.models import Event
from grants.journal.queries import check_all
from grants.lifecycle import registry
from grants.lifecycle.models import WorkflowVersion
from grants.lifecycle.running import role_words
from grants.workflow import load
from grants.workflow.drawing import draw, table

bp = Blueprint("oversight", __name__)

# What events are about that have no workflow of their own.
_WORDS = {
    "call": _l("Call"), "committee": _l("Committee"), "contract": _l("Contract"), "document": _l("Document"),
    "donor": _l("Donor"), "envelope": _l("Envelope"), "fund": _l("Fund"), "group": _l("Group"),
    "group_import": _l("List taken over"), "place_edition": _l("Edition"), "visit": _l("Visits"),
}  # fmt: skip

navigation.entry(92, _l("Workflows"), "oversight.workflows", "workflow.view")
navigation.entry(94, _l("Journal"), "oversight.history", "journal.view")


@bp.get("/journal")
@allowed("journal.view")
def history():
    """The whole chain checked anew, and the latest acts of everybody."""
    count, breaks = check_all()
    latest = keyset(select(Event), order=[Event.id.desc()], after=request.args.get("after"), size=40)
    return page(
        "lifecycle/journal.html", count=count, breaks=breaks, latest=latest, sentence=journal.sentence,
        subject=_subject,
    )  # fmt: skip


def _subject(event: Event) -> dict:
    """What an event is about: its name, and its page where it has one."""
    kind = registry.kinds.get(event.subject_kind)
    subject = db.session.get(kind.model, event.subject_id) if kind else None
    if event.subject_kind == "person":
        return {"label": db.session.get_one(Person, event.subject_id).name, "url": None}
    if subject is None:
        return {"label": _WORDS.get(event.subject_kind, event.subject_kind), "url": None}
    return {"label": kind.title(subject), "url": kind.url(subject)}


@bp.get("/workflows")
@allowed("workflow.view")
def workflows():
    """The published versions, with how many subjects run on each."""
    versions = list(db.session.scalars(select(WorkflowVersion).order_by(WorkflowVersion.name, WorkflowVersion.version)))
    running = Counter()
    for kind in registry.kinds.values():
        model = kind.model
        counts = db.session.execute(
            select(model.workflow_version_id, func.count())
            .where(model.waits_for.is_not(None))
            .group_by(model.workflow_version_id)
        )
        running.update(dict(counts.all()))
    titles = {version.id: pick(load(version.source).title) for version in versions}
    return page("lifecycle/workflows.html", versions=versions, running=running, titles=titles)


@bp.get("/workflows/<name>/<int:version>")
@allowed("workflow.view")
def workflow(name: str, version: int):
    """One version: its drawing, and who takes which action at which step."""
    row = db.session.scalar(
        select(WorkflowVersion).where(WorkflowVersion.name == name, WorkflowVersion.version == version)
    )
    if row is None:
        raise NotFound(name)
    definition = load(row.source)
    return page(
        "lifecycle/workflow.html",
        row=row,
        definition=definition,
        # Drawn by us from the definition, every text of it escaped.
        drawing=Markup(draw(definition, locale=language(), role_words=role_words())),  # noqa: S704
        rows=[
            {
                "step": pick(definition.place(entry.step).label),
                "role": str(ROLE_LABELS[entry.role]),
                "action": pick(entry.action.label),
                "to": pick(definition.place(entry.to).label),
            }
            for entry in table(definition)
        ],
    )
