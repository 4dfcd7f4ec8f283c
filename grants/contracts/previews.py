"""Looking at a text before it holds: the contract of a real file, printed for the eye only and never kept."""

from flask_babel import gettext as _
from sqlalchemy import select

from grants.access import policy
from grants.contracts import queries, wording
from grants.contracts.clauses.parts import parts
from grants.contracts.models import ClauseSet, ClauseVersion
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.documents import rendering
from grants.documents.kinds import KINDS
from grants.projects.models import Project

CODE = "0000-0000-0000"


def holding(found: ClauseSet) -> ClauseVersion | None:
    """The version of a set that holds today."""
    held = [one for one in found.versions if one.valid_from and one.valid_from <= clock.today()]
    return max(held, key=lambda one: (one.valid_from, one.number), default=None)


def general_text(found: ClauseSet) -> str:
    """What a text of its own starts from: the text that would be printed without it, else the one that was shipped."""
    try:
        return queries.texts_for(found.call_id, found.kind, clock.today())[found.part].text
    except Refused:
        return parts()[found.part].text


def files_for(found: ClauseSet, person, most: int = 8) -> list[Project]:
    """Some granted files to which a text applies, the latest first, as far as this person sees them."""
    wanted = select(Project).where(
        Project.granted.is_not(None), policy.in_sight(person, "projects.view", Project.place_code)
    )
    if found.call_id is not None:
        wanted = wanted.where(Project.call_id == found.call_id)
    if found.kind is not None:
        wanted = wanted.where(Project.kind == found.kind)
    return list(db.session.scalars(wanted.order_by(Project.id.desc()).limit(most)).unique())


def file_of(reference: str, person) -> Project | None:
    """The granted file of a reference, where this person sees it."""
    project = db.session.scalar(select(Project).where(Project.reference == reference.strip().upper()))
    if project is None or project.granted is None or not policy.sees(person, "projects.view", project):
        return None
    return project


def pdf(project: Project, found: ClauseSet, version: ClauseVersion, *, by) -> bytes:
    """The contract of a file with one version put in; « Aperçu » stands on every page, and no code leads anywhere.

    Raises Refused where the file cannot have a contract yet, Problems for what cannot be printed.
    """
    texts = {part: one.text for part, one in queries.texts_for(project.call_id, project.kind, clock.today()).items()}
    texts[found.part] = version.text
    if project.group.account is None:
        raise Refused(_("The group has no bank account or wallet yet."))
    context = wording.context(
        project, months=12, start=None, place=project.group.village, represented_by=by.name,
        language=project.group.language or "bamanankan", texts=texts, reference=None,
    )  # fmt: skip
    context |= {"draft": True, "issued": _stamp()}
    try:
        return rendering.paper(KINDS["contract"].template, context)
    except rendering.RenderingFailed as failed:
        raise Problems(_("This text cannot be printed as it stands.")) from failed


def _stamp() -> dict:
    return {
        "reference": "APERÇU", "code": CODE, "address": f"https://apercu.invalid/v/{CODE}", "host": "aperçu sans valeur",
        "template_version": KINDS["contract"].version, "fingerprint": "0" * 64, "on": clock.today(),
        "journal_seq": None, "journal_head": None, "checkpoint": None, "checkpoint_root": None,
    }  # fmt: skip
