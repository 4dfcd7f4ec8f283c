"""What an application must be to be submitted, and what submitting and returning it change."""

from flask_babel import lazy_gettext as _l

from grants.core.database import db
from grants.lifecycle import Reason, effect, guard
from grants.projects import content, parts
from grants.projects.models import Project, Revision


@guard("projects.application_complete", _l("the application is complete"))
def application_complete(project: Project, by):
    """Every part is complete; one reason a part, which says the gap itself where there is only one.

    Whether the budget is what the call allows is asked by a guard of its own (`calls.within_terms`).
    """
    for part in parts.parts(project):
        if part.gaps and not (part.code == parts.BUDGET and project.budget):
            yield Reason(parts.summary(part))


@effect("projects.freeze_revision", _l("freezes the application"))
def freeze_revision(project: Project, act) -> None:
    """Freeze what is submitted as the next revision. The journal keeps its number and its hash."""
    frozen = content.frozen_content(project)
    revision = Revision(
        project_id=project.id,
        number=project.revision + 1,
        content=frozen,
        content_hash=content.digest(frozen),
        requested=project.requested,
        note=(act.data.get("note") or "").strip(),
        submitted_by=act.by,
        submitted_at=act.at,
    )
    db.session.add(revision)
    project.revision = revision.number
    project.unlocked = None
    db.session.flush()
    db.session.expire(project, ["revisions", "last_revision"])
    act.note(revision=revision.number, content_hash=revision.content_hash, requested=revision.requested)


@effect("projects.reopen", _l("opens the application for changes"))
def reopen(project: Project, act) -> None:
    """Unlock the parts chosen for correction; the others stay as they were submitted."""
    project.unlocked = list(act.data["parts"])
    act.note(parts=project.unlocked)
