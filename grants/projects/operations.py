"""What changes about an application while it is written."""

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal, lifecycle
from grants.access import policy
from grants.calls import kinds
from grants.core import clock
from grants.core.database import db
from grants.core.errors import NotFound, Problem, Problems, Refused, collect
from grants.core.money import MOST
from grants.core.references import new_reference, new_uuid
from grants.core.uploads import Upload
from grants.documents import operations as documents
from grants.places.spelling import fold
from grants.projects import content, editions, parts
from grants.projects.models import BudgetLine, Paper, Project
from grants.questionnaires import stored_with

MOST_LINES = 60
MOST_FILES = 40
MOST_QUANTITY = 1_000_000
OTHER_PAPER = "other"
SHORTEST_TITLE = 5


def start_draft(
    *, call, group, kind: str, title: str, spoke_for_group: str = "", uuid: str | None = None, by
) -> Project:
    """Begin an application for a group under an open call.

    Raises Problems, all at once (fields call, group, kind, title); Refused outside the agent's territory. `uuid` comes
    from a form or a phone that may send twice: the draft made the first time is returned.
    """
    policy.require(by, "projects.draft", group)
    if uuid and (there := db.session.scalar(select(Project).where(Project.uuid == uuid))):
        policy.require(by, "projects.draft", there)
        return there
    title = " ".join((title or "").split())
    known = kind in kinds.kinds()
    collect(
        None if call.is_open else Problem(_("This call is not open."), "call"),
        None if in_zone(call, group) else Problem(_("The group is outside the zone of this call."), "group"),
        None if known and kind in call.kinds else Problem(_("Choose one of the kinds that the call takes."), "kind"),
        _title_problem(title),
        _twin_problem(call, group, kind),
    )
    edition = editions.keep(kinds.kind(kind))
    project = Project(
        uuid=uuid or new_uuid(),
        reference=new_reference("MP"),
        title=title,
        search_title=fold(title),
        kind=kind,
        kind_hash=edition.hash,
        call=call,
        group=group,
        place_code=group.place_code,
        answers={},
        agent=by,
        spoke_for_group=(spoke_for_group or "").strip()[:120],
    )
    lifecycle.begin(
        project, by=by, data={"title": title, "kind": kind, "call": call.reference, "group": group.reference}
    )
    return project


def in_zone(call, group) -> bool:
    """Whether a group lies in the zone of a call; a call without places is for the whole country."""
    return not call.places or any(group.place_code.startswith(code) for code in call.places)


def _title_problem(title: str) -> Problem | None:
    if len(title) < SHORTEST_TITLE:
        return Problem(_("Give a title that says what will be done, such as “Fattening of 40 sheep”."), "title")
    if len(title) > 160:
        return Problem(_("The title is too long: %(longest)s signs at most.", longest=160), "title")
    return None


def _twin_problem(call, group, kind: str) -> Problem | None:
    twin = db.session.scalar(
        select(Project).where(
            Project.call_id == call.id,
            Project.group_id == group.id,
            Project.kind == kind,
            Project.waits_for.is_not(None),
        )
    )
    if twin is None:
        return None
    return Problem(
        _("The group has a file of this kind under this call already: %(reference)s.", reference=twin.reference), "kind"
    )


def _open(project: Project, code: str, by) -> None:
    """Lock a file for writing one part. Raises Refused outside the territory, in another step, for a locked part."""
    lifecycle.hold(project)
    policy.require(by, "projects.draft", project)
    if project.step not in content.WRITABLE:
        raise Refused(_("This application was submitted: it can no longer be changed here."))
    wanted = parts.part(project, code)
    if wanted is None:
        raise NotFound(code)
    if not wanted.open:
        raise Refused(_("“%(part)s” was not opened for correction.", part=wanted.title))


def _not_overtaken(seen: str | None, now: object) -> None:
    if seen is not None and seen != content.fingerprint(now):
        raise Problems(
            _("Somebody else has saved this part meanwhile. What you typed is kept: compare, then save again.")
        )


def save_section(project: Project, section: str, answers: dict, *, by, seen: str | None = None) -> Project:
    """Keep the answers of one section, as `questionnaires.answers` gives them. Gaps are allowed in a draft.

    `seen` is the `content.fingerprint` of the answers that the person began from; other ones raise Problems.
    """
    _open(project, parts.SECTION + section, by)
    before = content.section_answers(project, section)
    _not_overtaken(seen, before)
    questionnaire = editions.kind_of(project).questionnaire
    after = stored_with(questionnaire, project.answers, section, answers)
    if after != project.answers:
        project.answers = after
        db.session.flush()
        journal.record(project, "save_section", by=by, data={"section": section})
    return project


def save_budget(project: Project, lines: list[dict], *, by, seen: str | None = None) -> Project:
    """Keep the budget: `lines` holds category, label, unit, quantity (whole), unit_price (francs) and paid_by.

    Raises Problems with everything wrong, each at `lines-<index>-<name>`.
    """
    _open(project, parts.BUDGET, by)
    before = content.draft_content(project)["budget"]
    _not_overtaken(seen, before)
    collect(*_line_problems(project, lines))
    fresh = [
        {**{name: line[name] for name in ("category", "quantity", "unit_price", "paid_by")},
         "label": line["label"].strip(), "unit": line["unit"].strip(), "amount": line["quantity"] * line["unit_price"]}
        for line in lines
    ]  # fmt: skip
    if (
        [{**line} for line in fresh] == [{key: line[key] for key in fresh[0]} for line in before]
        if fresh
        else not before
    ):
        return project
    project.budget.clear()
    # The old lines leave first: a position is taken once.
    db.session.flush()
    project.budget.extend(BudgetLine(position=rank, **line) for rank, line in enumerate(fresh, start=1))
    project.requested, project.own_cash, project.own_kind = (
        sum(line["amount"] for line in fresh if line["paid_by"] == payer) for payer in content.PAYERS
    )
    db.session.flush()
    sums = {"lines": len(fresh), "requested": project.requested, "own": project.own_cash + project.own_kind}
    journal.record(project, "save_budget", by=by, data=sums)
    return project


def _line_problems(project: Project, lines: list[dict]):
    if len(lines) > MOST_LINES:
        yield Problem(_("A budget has %(most)s lines at most.", most=MOST_LINES), "lines")
    categories = {category.code for category in editions.kind_of(project).categories}
    for index, line in enumerate(lines):
        place = f"lines-{index}-"
        if line.get("category") not in categories:
            yield Problem(_("Choose what the line is for."), place + "category")
        if not (line.get("label") or "").strip():
            yield Problem(_("Say what is bought."), place + "label")
        if not (line.get("unit") or "").strip():
            yield Problem(_("Say in what unit it is counted."), place + "unit")
        quantity, price = line.get("quantity"), line.get("unit_price")
        if not isinstance(quantity, int) or not 0 < quantity <= MOST_QUANTITY:
            yield Problem(_("The quantity is a whole number above zero."), place + "quantity")
        if not isinstance(price, int) or price <= 0:
            yield Problem(_("The unit price is an amount above zero."), place + "unit_price")
        elif isinstance(quantity, int) and quantity * price > MOST:
            yield Problem(_("This line is too large: check the number of zeros."), place + "unit_price")
        if line.get("paid_by") not in content.PAYERS:
            yield Problem(_("Say who pays."), place + "paid_by")


def attach_paper(project: Project, kind: str, upload: Upload, *, by, note: str = "") -> Paper:
    """Attach a file as a paper of a kind (`other` for one that the kind of micro-project does not name).

    The same file twice for the same paper is one paper.
    """
    _open(project, parts.PAPERS, by)
    known = {paper.code for paper in editions.kind_of(project).papers if paper.at == "submission"}
    collect(
        None if kind in known | {OTHER_PAPER} else Problem(_("Choose which paper it is."), "kind"),
        Problem(_("Say what this paper is."), "note") if kind == OTHER_PAPER and not note.strip() else None,
        Problem(_("An application holds %(most)s files at most.", most=MOST_FILES), "files")
        if len(project.papers) >= MOST_FILES
        else None,
    )
    file = documents.attach(upload, project, by=by)
    for paper in project.papers:
        if paper.kind == kind and paper.file.sha256 == file.sha256:
            return paper
    paper = Paper(project_id=project.id, kind=kind, note=note.strip()[:200], file=file, added_by_id=by.id)
    db.session.add(paper)
    db.session.flush()
    db.session.expire(project, ["papers"])
    journal.record(project, "attach_paper", by=by, data={"paper": kind, "sha256": file.sha256})
    return paper


def remove_paper(project: Project, file_uuid: str, *, by) -> Paper:
    """Take a paper out of the draft, by the uuid of its file. The file and earlier revisions keep it."""
    _open(project, parts.PAPERS, by)
    paper = next((p for p in project.papers if p.file.uuid == file_uuid), None)
    if paper is None:
        raise NotFound(file_uuid)
    paper.removed_at = clock.now()
    db.session.flush()
    db.session.expire(project, ["papers"])
    journal.record(project, "remove_paper", by=by, data={"paper": paper.kind, "sha256": paper.file.sha256})
    return paper


def set_spokesperson(project: Project, name: str, *, by) -> Project:
    """Say who of the group spoke for it when this was written."""
    _open(project, parts.SPOKESPERSON, by)
    name = " ".join((name or "").split())
    collect(
        None if name else Problem(_("Write the name of who spoke for the group."), "spoke_for_group"),
        Problem(_("This name is too long."), "spoke_for_group") if len(name) > 120 else None,
    )
    if name != project.spoke_for_group:
        project.spoke_for_group = name
        db.session.flush()
        journal.record(project, "set_spokesperson", by=by, data={"name": name})
    return project


def retitle(project: Project, title: str, *, by) -> Project:
    """Give a draft another title; once submitted the title stays."""
    _open(project, parts.SPOKESPERSON, by)
    title = " ".join((title or "").split())
    if title == project.title:
        return project
    if project.revision:
        raise Refused(_("The title stays as it was submitted."))
    collect(_title_problem(title))
    before, project.title, project.search_title = project.title, title, fold(title)
    db.session.flush()
    journal.record(project, "retitle", by=by, data={"title": [before, title]})
    return project
