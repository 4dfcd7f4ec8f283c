"""Lodging complaints and handling them. The journal keeps what was done and by whom, never what the complaint says."""

import secrets

from flask_babel import gettext as _

from grants import journal, lifecycle
from grants.access import SYSTEM, policy, sign_ins
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.references import CODE_SIGNS, new_reference
from grants.core.unit_of_work import afterwards
from grants.grievances import queries
from grants.grievances.labels import CHANNELS, FINDINGS, SERVICES, TOLD, categories
from grants.grievances.models import Answer, Complainant, Grievance, Note, Reading
from grants.places.queries import regions

SHORTEST, LONGEST = 20, 5000
# What the throttle of sign-ins counts these under: nobody's account.
_LODGING, _FOLLOWING = "complaint from", "complaint"


# ------------------------------------------------------------------------------------------------------- lodging


def lodge(values: dict, *, token: str, address: str) -> tuple[Grievance, str | None]:
    """Lodge a complaint on the public page. Returns it with the code to follow it, which is kept nowhere.

    The same form sent twice is one complaint: the second time there is no code. Raises Problems.
    """
    if (there := queries.by_token(token)) is not None:
        return there, None
    sign_ins.refuse_while_waiting(f"{_LODGING} {address}", address)
    collect(*_problems(values))
    project = queries.project_named(values.get("file_named") or "")
    # Many people share the address of a mobile network: the first few of an hour are free.
    sign_ins.note_failure(f"{_LODGING} {address}", f"{_LODGING} {address}")
    return _begin(values, token, "page", project, by=SYSTEM)


def register(values: dict, *, token: str, by) -> tuple[Grievance, str | None]:
    """Register a complaint that somebody brought, told or wrote. Raises Problems, Refused; returns as `lodge`."""
    policy.require(by, queries.HANDLE)
    if (there := queries.by_token(token)) is not None:
        policy.require(by, queries.HANDLE, there)
        return there, None
    named = values.get("file_named") or ""
    project = queries.project_named(named)
    found = list(_problems(values))
    if values.get("channel") not in set(CHANNELS) - {"page"}:
        found.append(Problem(_("Say how the complaint came."), "channel"))
    if named and (project is None or not policy.sees(by, "projects.view", project)):
        found.append(
            Problem(_("There is no such file in your territory. Compare the reference with the paper."), "file_named")
        )
    collect(*found)
    return _begin(values, token, values["channel"], project, by=by)


def _problems(values: dict):
    words = values.get("words") or ""
    if values.get("category") not in categories():
        yield Problem(_("Say what the complaint is about."), "category")
    if values.get("place_code") not in {place.code for place in regions()}:
        yield Problem(_("Choose the region."), "place_code")
    if not SHORTEST <= len(words) <= LONGEST:
        yield Problem(_("Say what happened in a few sentences: 20 to 5000 signs."), "words")
    if values.get("may_contact") and not values.get("phone"):
        yield Problem(_("To be called, leave a telephone number."), "phone")


def _begin(values, token, channel, project, *, by):
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(8))
    grievance = Grievance(
        reference=new_reference("GV"),
        token=token[:36],
        code_hash=sign_ins.hasher.hash(code),
        channel=channel,
        category=values["category"],
        sealed=categories()[values["category"]].sealed or bool(values.get("sealed")),
        holds_payments=False,
        project=project,
        place_code=project.place_code if project is not None else values["place_code"],
        village=values.get("village") or "",
        file_named=values.get("file_named") or "",
        words=values["words"],
        registered_by_id=by.id,
        lodged_at=clock.now(),
    )
    if by is not SYSTEM and not policy.sees(by, queries.HANDLE, grievance):
        raise Problems(Problem(_("This region is not in your territory."), "place_code"))
    lifecycle.begin(grievance, by=by, data={"channel": channel, "sealed": grievance.sealed})
    name, phone = values.get("name") or "", values.get("phone")
    if name or phone:
        may_contact = bool(values.get("may_contact"))
        db.session.add(Complainant(grievance_id=grievance.id, name=name, phone=phone, may_contact=may_contact))
        db.session.flush()
    return grievance, f"{code[:4]}-{code[4:]}"


# ------------------------------------------------------------------------------------------------------ following


def follow(reference: str, code: str, *, address: str) -> Grievance:
    """The complaint of a reference for one who knows its code. Slowed down like a sign-in. Raises Problems."""
    about = f"{_FOLLOWING} {reference.strip().upper()}"
    sign_ins.refuse_while_waiting(about, address)
    found = queries.followed(reference, code)
    if found is None:
        afterwards(lambda: sign_ins.note_failure(about, address))
        raise Problems(Problem(_("The reference or the code is not right. Compare both with what you noted."), "code"))
    return found


# ------------------------------------------------------------------------------------------------------- handling


def classify(grievance: Grievance, values: dict, *, by) -> None:
    """Say what a complaint is about, on which file it bears, whether it is sealed and whether it holds payments.

    Raises Refused once it has ended, Problems otherwise. What is sealed stays so.
    """
    policy.require(by, queries.HANDLE, grievance)
    _still_open(grievance)
    named = values.get("file_named") or ""
    project = queries.project_named(named)
    category = categories().get(values.get("category"))
    collect(
        Problem(_("Say what the complaint is about."), "category") if category is None else None,
        Problem(_("There is no such file in your territory. Compare the reference with the paper."), "file_named")
        if named and (project is None or not policy.sees(by, queries.HANDLE, project))
        else None,
        Problem(_("Name the file whose payments are suspended."), "file_named")
        if values.get("holds_payments") and not named
        else None,
    )
    before = _classes(grievance)
    grievance.category = category.code
    grievance.project = project
    grievance.project_id = project.id if project is not None else None
    grievance.sealed = grievance.sealed or category.sealed or bool(values.get("sealed"))
    grievance.holds_payments = bool(values.get("holds_payments"))
    changed = [name for name, value in _classes(grievance).items() if value != before[name]]
    if changed:
        # Which of them changed, not to what: a category alone may say who is meant.
        data = {"changed": changed, "sealed": grievance.sealed, "holds_payments": grievance.holds_payments}
        journal.record(grievance, "classify", by=by, data=data)


def _classes(grievance: Grievance) -> dict:
    return {name: getattr(grievance, name) for name in ("category", "project_id", "sealed", "holds_payments")}


def add_note(grievance: Grievance, words: str, *, by) -> None:
    """Write down what the examination brought. Raises Refused once it has ended, Problems."""
    policy.require(by, queries.HANDLE, grievance)
    _still_open(grievance)
    collect(_too_short(words, "note"))
    _note(grievance, "note", words, by=by)
    journal.record(grievance, "note", by=by)


def _still_open(grievance: Grievance) -> None:
    if grievance.waits_for is None:
        raise Refused(_("This complaint has ended: it is read, no longer changed."))


def _too_short(words: str | None, field: str) -> Problem | None:
    if 10 <= len(words or "") <= LONGEST:
        return None
    return Problem(_("Write a whole sentence: 10 to 5000 signs."), field)


def _note(grievance: Grievance, kind: str, words: str, *, by, service: str | None = None) -> None:
    db.session.add(
        Note(grievance_id=grievance.id, kind=kind, service=service, words=words, by_id=by.id, at=clock.now())
    )
    db.session.flush()


# --------------------------------------------------------------------------------------------------- sealed ones


def open_sealed(grievance: Grievance, purpose: str, *, by) -> None:
    """Open a sealed complaint for a while, for a purpose that is kept. Raises Refused, Problems (field `purpose`)."""
    policy.require(by, queries.SEALED, grievance)
    collect(
        None
        if 10 <= len(purpose or "") <= 300
        else Problem(_("Say in a sentence why you read it: 10 to 300 signs."), "purpose")
    )
    db.session.add(Reading(grievance_id=grievance.id, person_id=by.id, purpose=purpose, at=clock.now()))
    journal.record(grievance, "open_sealed", by=by)


def note_look(grievance_id: int, person_id: int) -> None:
    """Keep that somebody looked at an opened complaint. For `unit_of_work.afterwards`: a page cannot write by itself."""
    db.session.add(Reading(grievance_id=grievance_id, person_id=person_id, purpose=None, at=clock.now()))


# ------------------------------------------------------------------------------ what the actions of the workflow do


def record_answer(grievance: Grievance, values: dict, *, by) -> Answer:
    """Keep an answer: what was found, in words, and what will be done. Raises Problems."""
    finding, measure = values.get("finding"), values.get("measure") or ""
    collect(
        None if finding in FINDINGS else Problem(_("Say what the examination found."), "finding"),
        _too_short(values.get("answer"), "answer"),
        Problem(_("Say what will be done, by whom and by when."), "measure")
        if finding in ("founded", "partly") and len(measure) < 10
        else None,
    )
    answer = Answer(
        grievance_id=grievance.id,
        number=len(queries.answers(grievance)) + 1,
        finding=finding,
        words=values["answer"],
        measure=measure,
        by_id=by.id,
        at=clock.now(),
    )
    db.session.add(answer)
    grievance.answered_at = answer.at
    # Whoever complained is to be told of this answer.
    grievance.told_on, grievance.told_how = None, None
    db.session.flush()
    return answer


def record_referral(grievance: Grievance, values: dict, *, by) -> None:
    """Keep to which service a complaint was referred, and what is awaited of it. Raises Problems."""
    known = values.get("service") in SERVICES
    collect(None if known else Problem(_("Say to which service."), "service"), _too_short(values.get("words"), "words"))
    _note(grievance, "referral", values["words"], by=by, service=values["service"])


def record_contest(grievance: Grievance, values: dict, *, by) -> None:
    """Keep what the person says against the answer. Raises Problems."""
    collect(_too_short(values.get("words"), "words"))
    _note(grievance, "contest", values["words"], by=by)


def record_told(grievance: Grievance, values: dict) -> None:
    """Keep how and when the person was told of the answer: not before it was given. Raises Problems."""
    told_on, how = values.get("told_on"), values.get("told_how")
    early = told_on is not None and told_on < grievance.answered_at.astimezone(clock.BAMAKO).date()
    late = told_on is not None and told_on > clock.today()
    collect(
        None if how in TOLD else Problem(_("Say how the person was told."), "told_how"),
        Problem(_("Say on which day the person was told."), "told_on") if told_on is None else None,
        Problem(_("The answer was given later than this day."), "told_on") if early else None,
        Problem(_("This day is still to come."), "told_on") if late else None,
    )
    grievance.told_on, grievance.told_how = told_on, how


def record_end(grievance: Grievance, values: dict) -> None:
    """Keep why a complaint ended without an answer. Raises Problems."""
    collect(_too_short(values.get("why"), "why"))
    grievance.end_reason = values["why"]
