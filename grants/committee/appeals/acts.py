"""What appeals offer to workflows: what must be true, what their acts change, and when the window closes."""

from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.calls.rules import parse
from grants.committee import letters
from grants.committee.appeals import queries
from grants.committee.appeals.models import Appeal, RefusalNotice
from grants.committee.labels import DECISION_OF
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Stale, collect
from grants.core.formatting import day
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.lifecycle import Reason, definition_of, effect, guard
from grants.lifecycle.holidays import calendar
from grants.projects.models import Project, own_dues
from grants.workflow import due


def _end_of(on: date) -> datetime:
    return datetime.combine(on, time(23, 59), clock.BAMAKO)


def _lodging(definition, step: str) -> bool:
    """Whether appeals are lodged at a step."""
    return any("appeals.lodge" in action.does for action in getattr(definition.place(step), "actions", {}).values())


def window_closes(project: Project, step: str) -> datetime | None:
    """The step at which a group may appeal is due at the end of the last day that it was told."""
    if not _lodging(definition_of(project), step):
        return None
    told = queries.notice(project)
    return _end_of(told.until) if told is not None else None


own_dues.append(window_closes)


# -------------------------------------------------------------------------------------------------------------- guards


@guard("appeals.window_open", _l("the time to appeal runs"))
def window_open(project: Project, by):
    """The time for an appeal is not over, but for the days that a paper written in time takes to reach the office."""
    told = queries.notice(project)
    if told is not None and clock.today() > told.until + timedelta(days=queries.GRACE_DAYS):
        yield Reason(_("The time for an appeal ended on %(day)s.", day=day(told.until)))


@guard("appeals.window_over", _l("the time to appeal is over"))
def window_over(project: Project, by):
    """The time for an appeal has run out, and the days of grace too."""
    told = queries.notice(project)
    if told is not None and clock.today() < told.until + timedelta(days=queries.GRACE_DAYS):
        yield Reason(_("The group may appeal until %(day)s.", day=day(told.until)))


@guard("appeals.not_lodged", _l("no appeal was lodged"))
def not_lodged(project: Project, by):
    """No appeal was lodged against this refusal before."""
    told = queries.notice(project)
    before = next((one for one in queries.of_project(project) if told is not None and one.notice_id == told.id), None)
    if before is not None:
        words = {"reference": before.reference, "day": day(before.lodged_on)}
        yield Reason(_("An appeal against this refusal was lodged on %(day)s: %(reference)s.", **words))


@guard("appeals.about_eligibility", _l("the appeal is about eligibility"))
def about_eligibility(project: Project, by):
    """The appeal is against a declaration that the file is not eligible."""
    appeal = queries.under_way(project)
    if appeal is None or appeal.notice.against != "ineligible":
        yield Reason(_("%(file)s was refused by a committee, not at the eligibility check.", file=project.reference))


@guard("appeals.about_decision", _l("the appeal is about the decision of a committee"))
def about_decision(project: Project, by):
    """The appeal is against the decision of a committee."""
    appeal = queries.under_way(project)
    if appeal is None or appeal.notice.against != "rejected":
        yield Reason(_("%(file)s was refused at the eligibility check, not by a committee.", file=project.reference))


# ------------------------------------------------------------------------------------------------------------- effects


def _there(found):
    """What an act is about; `Stale` where somebody was quicker and it is there no more."""
    if found is None:
        raise Stale(_("This file has moved meanwhile. Look at the page again before you go on."))
    return found


@effect("appeals.tell_ineligible", _l("tells the group that it is not eligible"))
def tell_ineligible(project: Project, act) -> None:
    """Issue the letter that tells the group why its application is not eligible."""
    document = letters.of_ineligibility(project, act.reason, by=act.by)
    act.note(letter=document.reference)


@effect("appeals.record_notice", _l("keeps when the group was told"))
def record_notice(project: Project, act) -> None:
    """Keep on which day who was told: from then on the group may appeal."""
    refused = _there(queries.refusal(project))
    refused_on = refused.at.astimezone(clock.BAMAKO).date()
    told_on, told_to = act.data.get("told_on"), " ".join((act.data.get("told_to") or "").split())
    collect(
        Problem(_("Say on which day the group was told."), "told_on") if told_on is None else None,
        Problem(_("This day is still to come."), "told_on") if told_on and told_on > clock.today() else None,
        Problem(_("The file was refused on %(day)s, later than this.", day=day(refused_on)), "told_on")
        if told_on and told_on < refused_on
        else None,
        None if told_to else Problem(_("Say who was told."), "told_to"),
    )
    notice = RefusalNotice(
        project_id=project.id,
        against="ineligible" if refused.action == "declare_ineligible" else "rejected",
        refused_on=refused_on,
        told_on=told_on,
        told_to=told_to,
        until=_last_day(project, act.action, told_on),
        by_id=act.by.id,
        at=act.at,
    )
    db.session.add(notice)
    db.session.flush()
    act.note(told_on=told_on, told_to=told_to, until=notice.until)


def _last_day(project: Project, action: str, told_on: date) -> date:
    """The last day for an appeal: by the rule of the call, or by the workflow where the call sets no delay."""
    if days := parse(project.call.rules).appeal_days:
        return told_on + timedelta(days=days)
    definition = definition_of(project)
    window = definition.steps[definition.steps[project.step].actions[action].to]
    return (
        due(_end_of(told_on), window.within, calendar()).astimezone(clock.BAMAKO).date() if window.within else told_on
    )


@effect("appeals.lodge", _l("registers the appeal"))
def lodge(project: Project, act) -> None:
    """Take the appeal in, with its papers, and give the group its receipt."""
    told = _there(queries.notice(project))
    on, reasons = act.data.get("lodged_on"), (act.data.get("reasons") or "").strip()
    spoken_by, way = " ".join((act.data.get("spoken_by") or "").split()), act.data.get("way")
    collect(
        Problem(_("Say on which day the group asked for it."), "lodged_on") if on is None else None,
        Problem(_("This day is still to come."), "lodged_on") if on and on > clock.today() else None,
        Problem(_("The group was told of the refusal on %(day)s, later than this.", day=day(told.told_on)), "lodged_on")
        if on and on < told.told_on
        else None,
        Problem(_("The time for an appeal ended on %(day)s.", day=day(told.until)), "lodged_on")
        if on and on > told.until
        else None,
        None if spoken_by else Problem(_("Say who spoke for the group."), "spoken_by"),
        None if way in ("written", "spoken") else Problem(_("Say how the group spoke."), "way"),
        None if len(reasons) >= 10 else Problem(_("Write a whole sentence: 10 to 4000 signs."), "reasons"),
    )
    appeal = Appeal(
        reference=new_reference("RC"), project_id=project.id, notice=told, lodged_on=on, way=way, spoken_by=spoken_by,
        reasons=reasons, taken_by_id=act.by.id, taken_at=act.at,
    )  # fmt: skip
    db.session.add(appeal)
    files = [documents.attach(one, appeal, by=act.by) for one in act.data.get("papers") or ()]
    db.session.flush()
    receipt = letters.about_appeal(appeal, "receipt", papers=len(files), by=act.by)
    act.note(
        appeal=appeal.reference, lodged_on=on, way=way, papers=[one.sha256 for one in files], receipt=receipt.reference
    )


def _examined(project: Project, act, finding: str) -> Appeal:
    appeal = _there(queries.under_way(project))
    appeal.examined_by_id, appeal.examined_at, appeal.finding = act.by.id, act.at, finding.strip()
    act.note(appeal=appeal.reference)
    return appeal


@effect("appeals.admit", _l("admits the appeal"))
def admit(project: Project, act) -> None:
    """The appeal goes to a committee, with what was found."""
    finding = act.data.get("finding") or ""
    collect(None if len(finding.strip()) >= 10 else Problem(_("Write a whole sentence: 10 to 4000 signs."), "finding"))
    _examined(project, act, finding)
    db.session.flush()


@effect("appeals.dismiss", _l("dismisses the appeal"))
def dismiss(project: Project, act) -> None:
    """The appeal ends at its examination, and the group is told why."""
    collect(None if act.reason else Problem(_("Give the reason: the group is told it."), "reason"))
    appeal = _examined(project, act, act.reason)
    appeal.outcome, appeal.decided_by_id, appeal.decided_at = "inadmissible", act.by.id, act.at
    db.session.flush()
    answer = letters.about_appeal(appeal, "inadmissible", reason=act.reason, by=act.by)
    act.note(letter=answer.reference)


@effect("appeals.record_outcome", _l("keeps the outcome of the appeal"))
def record_outcome(project: Project, act) -> None:
    """What the session decided about the appeal; its letter is written once the session is closed."""
    appeal = _there(queries.under_way(project))
    appeal.outcome = "granted" if DECISION_OF[act.action] == "reopen" else "upheld"
    appeal.decided_by_id, appeal.decided_at = act.by.id, act.at
    db.session.flush()
    act.note(appeal=appeal.reference)
