"""The pages of sessions: the list, the room, a file in it, agenda, attendance, the signed minutes."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal, lifecycle
from grants.access import allowed, current_person, policy
from grants.appraisal.queries import scoring
from grants.committee import appeals, committee_views, forms, matters, minutes, operations, queries
from grants.committee.appeals.labels import AGAINST_LABELS, WAY_LABELS
from grants.committee.counting import ballot, present_ids, voters_present, voting_seats
from grants.committee.labels import CHOICE_LABELS, DECISION_LABELS, DECISION_OF, DECISION_TONES, OFFICE_LABELS
from grants.core.formatting import moment
from grants.core.forms import choices
from grants.core.money import format_francs
from grants.core.references import new_uuid
from grants.core.texts import language, pick
from grants.core.web import page
from grants.lifecycle.panel import panel
from grants.projects.queries import visible

bp = Blueprint("committee", __name__, url_prefix="/committee")
blueprints = (bp, committee_views.bp)
LATEST = 8


@bp.get("/sessions")
@allowed("committee.view")
def sessions():
    """The sessions that this person sees, the latest first."""
    person, code = current_person(), request.args.get("committee", "")
    found = queries.sessions(person, after=request.args.get("after"), committee=code)
    return page(
        "committee/sessions.html",
        found=found,
        code=code,
        committees=queries.committees(person),
        states={session.id: _state(session) for session in found.items},
        next=url_for(".sessions", after=found.next, committee=code or None) if found.next else None,
    )


def _state(session) -> tuple[str, str]:
    """Where a session stands, in words and with the tone of a tag."""
    definition = lifecycle.definition_of(session)
    tones = {"in_session": "now", "signed": "ok", "cancelled": "neutral"}
    tone = "late" if session.late else tones.get(session.step, "done")
    return pick(definition.place(session.step).label), tone


@bp.route("/sessions/new", methods=["GET", "POST"])
@allowed("committee.prepare")
def convene():
    """A new session of a committee that this person prepares."""
    person = current_person()
    mine = queries.prepared_by(person)
    form = forms.SessionForm()
    form.committee.choices = choices((committee.code, committee.name) for committee in mine)
    if form.validate_on_submit():
        chosen = next((c for c in mine if c.code == form.committee.data), None) or abort(404)
        with form.catching():
            made = operations.convene(chosen, held_on=form.held_on.data, venue=form.venue.data, by=person)
            flash(_("The session is convened. Put files on its agenda."))
            return redirect(url_for(".agenda", reference=made.reference))
    return page("committee/convene.html", form=form, mine=mine)


@bp.get("/sessions/<reference>")
@allowed("committee.view")
def session(reference: str):
    """The room: what can be done, the agenda by rank, who is there, what is left, the quotas."""
    person = current_person()
    found = queries.visible_session(reference, person)
    calls = {item.project.call for item in found.agenda}
    prepares = policy.sees(person, "committee.prepare", found)
    return page(
        "committee/session.html",
        session=found,
        state=_state(found),
        offers=[*_own_work(found, person, prepares), *panel(found, person)],
        lines=[(line, ballot(line.item), _line_state(line.item, person)) for line in queries.ranking(found)],
        present=present_ids(found),
        there=len(voters_present(found)),
        voting=len(voting_seats(found)),
        envelopes=sorted({call.envelope for call in calls}, key=lambda envelope: envelope.code),
        granted=sum(item.drawn for item in found.agenda),
        quotas=[
            (quota, minutes.quota_name(quota, len(calls) > 1), minutes.quota_target(quota))
            for quota in queries.quotas(calls)
        ],
        prepares=prepares and found.step in queries.OPEN,
        offices=OFFICE_LABELS,
        others=minutes.also_decided(found),
        awaiting=matters.awaiting(found) if found.step in queries.OPEN and policy.may(person, "recovery.view") else [],
        events=[_told(event) for event in journal.history(found, limit=LATEST)],
    )


def _own_work(session, person, prepares: bool) -> list[dict]:
    """What there is to do beside the actions of the workflow, as `ui.offers` shows it."""

    def work(label, endpoint, note, tone="secondary"):
        url = url_for(endpoint, reference=session.reference)
        return {"label": label, "url": url, "allowed": True, "reasons": [], "note": note, "tone": tone}

    found = []
    if prepares and session.step in queries.OPEN:
        found.append(work(_("Take the attendance"), ".attendance", _("May be corrected as people come and go.")))
        found.append(work(_("Put files on the agenda"), ".agenda", _("Those that wait for this committee.")))
    if session.step == "minutes" and (prepares or policy.sees(person, "committee.decide", session)):
        note = _("Print the minutes, have them signed, and scan them.")
        tone = "secondary" if session.signed_scan_id else "primary"
        found.append(work(_("File the signed minutes"), ".scan", note, tone))
    return found


def _line_state(item, person) -> tuple[object, str]:
    """How far a file is for this person, in words and with the tone of a tag."""
    if item.decision:
        return DECISION_LABELS[item.decision], DECISION_TONES[item.decision]
    if item.session.step == "in_session" and operations.why_no_vote(item, person) is None:
        if any(vote.person_id == person.id for vote in item.votes):
            return _("I have voted"), "done"
        return _("My vote is awaited"), "now"
    return _("To be decided"), "neutral"


def _told(event) -> dict:
    text = f"{journal.sentence(event)} · {event.who}"
    file = event.values.get("file") or ", ".join(event.values.get("files", []))
    detail = " · ".join(part for part in (file, event.reason) if part)
    return {"when": moment(event.at), "text": text, "detail": detail, "mark": event.hash[:12]}


@bp.route("/sessions/<reference>/agenda", methods=["GET", "POST"])
@allowed("committee.prepare")
def agenda(reference: str):
    """The files that wait for the committee, to be ticked."""
    person = current_person()
    found = _prepared(reference, person)
    waiting, changes = queries.waiting(found.committee), queries.changes_waiting(found.committee)
    form = forms.AgendaForm()
    form.files.choices = choices(
        [
            *(
                (p.reference, f"{p.title} · {p.group.name} · {format_francs(p.requested)} · {p.reference}")
                for p in waiting
            ),
            *((one.reference, f"{one.words} · {one.project.group.name} · {one.reference}") for one in changes),
        ]
    )
    if form.validate_on_submit():
        with form.catching():
            by_reference = {one.reference: one.subject for one in changes}
            asked = form.files.data or ()
            # What is no change that waits here is a file; one that the person does not see is a 404.
            files = [visible(one, person) for one in asked if one not in by_reference]
            chosen = [by_reference[one] for one in asked if one in by_reference]
            operations.put_on_agenda(found, files, changes=chosen, by=person)
            return redirect(url_for(".session", reference=reference))
    return page("committee/agenda.html", session=found, form=form, waiting=waiting or changes)


@bp.route("/sessions/<reference>/attendance", methods=["GET", "POST"])
@allowed("committee.prepare")
def attendance(reference: str):
    """Who is there."""
    found = _prepared(reference, current_person())
    form = forms.AttendanceForm(data={"present": sorted(present_ids(found))})
    form.present.choices = choices(
        (seat.person_id, f"{seat.person.name} · {seat.quality or OFFICE_LABELS[seat.office]}")
        for seat in found.committee.seats
    )
    if form.validate_on_submit():
        with form.catching():
            operations.record_attendance(found, form.present.data or (), by=current_person())
            flash(_("Attendance recorded."))
            return redirect(url_for(".session", reference=reference))
    return page("committee/attendance.html", session=found, form=form)


@bp.route("/sessions/<reference>/scan", methods=["GET", "POST"])
@allowed("committee.view")
def scan(reference: str):
    """The scan of the signed minutes."""
    person = current_person()
    found = queries.visible_session(reference, person)
    if not policy.sees(person, "committee.decide", found):
        policy.require(person, "committee.prepare", found)
    form = forms.ScanForm()
    if form.validate_on_submit():
        with form.catching():
            operations.file_scan(found, form.scan.one, by=person)
            flash(_("The scan is filed. Now record the minutes as signed."))
            return redirect(url_for(".session", reference=reference))
    return page("committee/scan.html", session=found, form=form)


# ------------------------------------------------------------------------------------------------- a file in the room


@bp.get("/sessions/<reference>/files/<file>")
@allowed("committee.view")
def file(reference: str, file: str):
    """One file in the room: what it is about, conflicts, the vote, the decision. Made for a telephone."""
    found, item = _item(reference, file)
    return _file_page(found, item)


def _file_page(found, item, **posted):
    person, project = current_person(), item.project
    may_vote = found.step == "in_session" and not item.decision and policy.sees(person, "committee.vote", found)
    own = next((vote.choice for vote in item.votes if vote.person_id == person.id), None)
    subject = matters.subject_of(item)
    appeal = appeals.of_item(item)
    offers = [
        o
        for o in lifecycle.offers(subject, person)
        if o.action.via == "committee.session" and o.concerns_me and not appeals.of_another_kind(appeal, o.action)
    ]
    lines = queries.ranking(found)
    at = next(i for i, line in enumerate(lines) if line.item.id == item.id)
    return page(
        "committee/file.html",
        session=found,
        item=item,
        project=project,
        change=matters.change_of(item),
        appeal=appeal,
        appeal_papers=appeals.papers([appeal]).get(appeal.id, ()) if appeal else (),
        why_refused=appeals.why_refused(appeal) if appeal else None,
        against=AGAINST_LABELS,
        ways=WAY_LABELS,
        line=lines[at],
        following=lines[at + 1].item.project if at + 1 < len(lines) else None,
        votes=ballot(item),
        sheets=scoring(project).sheets if policy.sees(person, "appraisal.view", project) else (),
        envelope=project.call.envelope,
        may_vote=may_vote,
        why_no_vote=operations.why_no_vote(item, person) if may_vote else None,
        own=own,
        offers=[(o, [reason.in_locale(language()) for reason in o.reasons]) for o in offers]
        if not item.decision
        else [],
        conflict_form=posted.get("conflict_form") or _conflict_form(found),
        may_declare=_may_declare(found, item, person),
        may_take_off=policy.sees(person, "committee.prepare", found)
        and found.step in queries.OPEN
        and not item.decision,
        decision_form=posted.get("decision_form") or _decision_form(item),
        form=posted.get("decision_form") or posted.get("conflict_form"),
        choices=CHOICE_LABELS,
        labels=DECISION_LABELS,
        tones=DECISION_TONES,
        once=request.form.get("once") or new_uuid(),
        state_revision=request.form.get("state_revision", subject.state_revision),
    )


def _decision_form(item) -> forms.RoomDecisionForm:
    """What a decision says; a change is granted as it was asked for and an appeal grants nothing, so without an amount."""
    form = forms.RoomDecisionForm(amount=item.project.requested)
    if item.matter_kind is not None:
        del form.amount
    if item.is_appeal:
        del form.conditions
        form.reason.description = _("Needed for each decision on an appeal: the group is told it.")
    return form


def _conflict_form(found) -> forms.ConflictForm:
    """The secretary chooses whose conflict it is; everybody else declares their own."""
    form, person = forms.ConflictForm(), current_person()
    if policy.sees(person, "committee.prepare", found):
        form.person.choices = choices((str(s.person_id), s.person.name) for s in found.committee.seats)
    else:
        del form.person
    return form


def _may_declare(found, item, person) -> bool:
    seated = any(seat.person_id == person.id for seat in found.committee.seats)
    return found.step in queries.OPEN and not item.decision and seated


@bp.post("/sessions/<reference>/files/<file>/vote")
@allowed("committee.vote")
def vote(reference: str, file: str):
    """Vote, or vote otherwise."""
    _found, item = _item(reference, file)
    operations.cast_vote(item, request.form.get("choice", ""), by=current_person())
    flash(_("Your vote is cast. It may be changed until the decision."))
    return redirect(url_for(".file", reference=reference, file=file))


@bp.post("/sessions/<reference>/files/<file>/conflict")
@allowed("committee.view")
def conflict(reference: str, file: str):
    """Declare a conflict of interest."""
    found, item = _item(reference, file)
    form, person = _conflict_form(found), current_person()
    if form.validate_on_submit():
        with form.catching():
            whose = person
            if "person" in form:
                whose = next((s.person for s in found.committee.seats if str(s.person_id) == form.person.data), None)
            operations.declare_conflict(item, person=whose, reason=form.tie.data, by=person)
            flash(_("The conflict of interest is recorded."))
            return redirect(url_for(".file", reference=reference, file=file))
    return _file_page(found, item, conflict_form=form)


@bp.post("/sessions/<reference>/files/<file>/decision")
@allowed("committee.decide")
def decision(reference: str, file: str):
    """Decide on the file."""
    found, item = _item(reference, file)
    form = _decision_form(item)
    if form.validate_on_submit():
        with form.catching():
            operations.decide(
                item,
                form.decision.data,
                amount=form.amount.data if "amount" in form else None,
                conditions=form.conditions.data if "conditions" in form else "",
                reason=form.reason.data,
                by=current_person(),
                expected_revision=request.form.get("state_revision", type=int),
                idempotency_key=request.form.get("once") or None,
            )
            flash(_("Done: %(act)s.", act=DECISION_LABELS[DECISION_OF[form.decision.data]]))
            return redirect(url_for(".session", reference=reference))
    return _file_page(found, item, decision_form=form)


@bp.post("/sessions/<reference>/files/<file>/take-off")
@allowed("committee.prepare")
def take_off(reference: str, file: str):
    """Take the file off the agenda."""
    _found, item = _item(reference, file)
    operations.take_off(item, by=current_person())
    flash(_("The file is off the agenda; it goes on waiting."))
    return redirect(url_for(".session", reference=reference))


def _item(reference: str, file: str):
    found = queries.visible_session(reference, current_person())
    return found, queries.item_of(found, file)


def _prepared(reference: str, person):
    found = queries.visible_session(reference, person)
    policy.require(person, "committee.prepare", found)
    return found
