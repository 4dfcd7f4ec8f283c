"""Drafting, changing and publishing a call. Once published, its rules are frozen (the database refuses any change)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from grants import journal
from grants.access import policy
from grants.calls import rules as call_rules
from grants.calls.kinds import kinds as known_kinds
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused
from grants.core.formatting import day
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.funds.models import Envelope
from grants.places.queries import labels_of


def draft_call(
    *,
    title: str,
    summary: str,
    envelope: Envelope | None,
    opens_on: date,
    closes_on: date,
    places: list[str],
    kinds: list[str],
    least_grant: int,
    most_grant: int,
    own_contribution_percent: int,
    rules: Mapping[str, Any],
    by,
) -> Call:
    """Write a call that nobody sees yet. Amounts in francs; no places means the whole country.

    Raises `Problems` with everything that is wrong in it, the rules included.
    """
    policy.require(by, "calls.manage")
    given = {
        "title": title,
        "summary": summary,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "places": sorted(set(places)),
        "kinds": sorted(set(kinds)),
        "least_grant": least_grant,
        "most_grant": most_grant,
        "own_contribution_percent": own_contribution_percent,
        "rules": dict(rules),
    }
    _check(given, envelope)
    call = Call(reference=new_reference("AP"), envelope_id=envelope.id, created_by_id=by.id, **given)
    db.session.add(call)
    db.session.flush()
    journal.record(call, "draft", by=by, data={"title": title})
    return call


def change_call(call: Call, *, envelope: Envelope | None, by, **given) -> Call:
    """Change a call that is not published; takes the same values as `draft_call`. Refused once it is published."""
    policy.require(by, "calls.manage")
    _lock(call)
    if call.published_at is not None:
        raise Refused(_("This call is published: its rules no longer change."))
    given = given | {"places": sorted(set(given["places"])), "kinds": sorted(set(given["kinds"]))}
    given["rules"] = dict(given["rules"])
    _check(given, envelope)
    before = {name: getattr(call, name) for name in (*given, "envelope_id")}
    for name, value in given.items():
        setattr(call, name, value)
    call.envelope_id = envelope.id
    db.session.flush()
    db.session.expire(call, ["envelope"])
    changed = sorted(name for name, value in before.items() if getattr(call, name) != value)
    if changed:
        journal.record(call, "change", by=by, data={"changed": changed})
    return call


def publish_call(call: Call, *, by) -> Call:
    """Publish a call: from now on its rules are what applicants were promised. Happens once."""
    policy.require(by, "calls.manage")
    _lock(call)
    if call.published_at is not None:
        raise Refused(_("This call is published already."))
    problems = list(_against_publishing(call))
    if problems:
        raise Problems(problems)
    call.published_at, call.published_by_id = clock.now(), by.id
    db.session.flush()
    journal.record(call, "publish", by=by, data={"envelope": call.envelope.code, "closes_on": call.closes_on})
    return call


def _lock(call: Call) -> None:
    db.session.flush()
    db.session.refresh(call, with_for_update={"of": Call})


def _check(given: Mapping[str, Any], envelope: Envelope | None) -> None:
    problems = list(_wrong(given, envelope))
    try:
        call_rules.parse(given["rules"])
    except Problems as found:
        problems += found.problems
    if problems:
        raise Problems(problems)


def _wrong(given: Mapping[str, Any], envelope: Envelope | None):
    for name in ("title", "summary"):
        if not (given[name] or "").strip():
            yield Problem(_("This is needed."), name)
    if envelope is None:
        yield Problem(_("Choose the envelope that pays."), "envelope")
    if given["closes_on"] < given["opens_on"]:
        yield Problem(_("The last day comes before the first."), "closes_on")
    if given["least_grant"] <= 0:
        yield Problem(_("The smallest grant is above zero."), "least_grant")
    if given["most_grant"] < given["least_grant"]:
        yield Problem(_("The largest grant is below the smallest."), "most_grant")
    if not 0 <= given["own_contribution_percent"] <= 100:
        yield Problem(_("A percentage is from 0 to 100."), "own_contribution_percent")
    if not given["kinds"]:
        yield Problem(_("Choose at least one kind of micro-project."), "kinds")
    for code in given["kinds"]:
        if code not in known_kinds():
            yield Problem(_("There is no kind of micro-project called %(code)s.", code=code), "kinds")
    for code, label in sorted(labels_of(given["places"]).items()):
        if label == code:
            yield Problem(_("There is no place with the code %(code)s.", code=code), "places")


def _against_publishing(call: Call):
    """What would make the promise empty."""
    envelope = call.envelope
    if call.closes_on < clock.today():
        yield Problem(_("The last day of the call is past."), "closes_on")
    if call.closes_on > envelope.fund.closes_on:
        text = _(
            "The call is open until %(day)s, but the fund “%(fund)s” ends on %(end)s.",
            day=day(call.closes_on),
            fund=envelope.fund.name,
            end=day(envelope.fund.closes_on),
        )
        yield Problem(text, "closes_on")
    if envelope.available < call.least_grant:
        text = _(
            "The envelope “%(name)s” has only %(left)s available.",
            name=envelope.name,
            left=format_francs(envelope.available),
        )
        yield Problem(text, "envelope")
