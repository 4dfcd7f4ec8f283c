"""The pages of committees and their seats."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy, territory
from grants.committee import forms, queries, seats
from grants.committee.labels import LEVEL_LABELS, OFFICE_LABELS
from grants.core.errors import NotFound
from grants.core.formatting import moment
from grants.core.forms import choices
from grants.core.web import page

bp = Blueprint("committees", __name__, url_prefix="/committees")


@bp.get("")
@allowed("committee.view")
def index():
    """The committees that this person sees."""
    return page("committee/committees.html", committees=queries.committees(current_person()), levels=LEVEL_LABELS)


@bp.route("/new", methods=["GET", "POST"])
@allowed("committee.manage")
def found():
    """A new committee."""
    form = forms.CommitteeForm()
    form.place_code.choices = choices([("", _("None")), *territory.choices()])
    if form.validate_on_submit():
        with form.catching():
            made = seats.found_committee(**form.values(), by=current_person())
            flash(_("The committee is founded. Give its seats."))
            return redirect(url_for(".show", code=made.code))
    return page("committee/found.html", form=form)


@bp.get("/<code>")
@allowed("committee.view")
def show(code: str):
    """A committee: its seats, its quorum, its history."""
    person = current_person()
    committee = queries.committee(code, person)
    return page(
        "committee/committee.html",
        committee=committee,
        levels=LEVEL_LABELS,
        offices=OFFICE_LABELS,
        manages=policy.sees(person, "committee.manage", committee),
        events=[_told(event) for event in journal.history(committee, limit=30)],
    )


@bp.route("/<code>/seats/new", methods=["GET", "POST"])
@allowed("committee.manage")
def seat(code: str):
    """A new seat, for somebody who holds a committee's role in the territory."""
    committee = queries.committee(code, current_person())
    people = queries.candidates(committee)
    form = forms.SeatForm()
    form.person.choices = choices([("", _("Choose")), *((person.uuid, person.name) for person in people)])
    if form.validate_on_submit():
        with form.catching():
            chosen = next((person for person in people if person.uuid == form.person.data), None)
            seats.seat_member(
                committee, person=chosen, office=form.office.data, quality=form.quality.data, by=current_person()
            )
            flash(_("The seat is given."))
            return redirect(url_for(".show", code=code))
    return page("committee/seat.html", committee=committee, form=form, people=people)


@bp.post("/<code>/seats/<int:seat_id>/end")
@allowed("committee.manage")
def end(code: str, seat_id: int):
    """End a mandate."""
    committee = queries.committee(code, current_person())
    found_seat = next((one for one in committee.seats if one.id == seat_id), None)
    if found_seat is None:
        raise NotFound(str(seat_id))
    seats.end_seat(found_seat, by=current_person())
    flash(_("The seat is ended."))
    return redirect(url_for(".show", code=code))


@bp.route("/<code>/quorum", methods=["GET", "POST"])
@allowed("committee.manage")
def quorum(code: str):
    """Another quorum."""
    committee = queries.committee(code, current_person())
    form = forms.QuorumForm(quorum=committee.quorum)
    if form.validate_on_submit():
        with form.catching():
            seats.change_quorum(committee, form.quorum.data, by=current_person())
            flash(_("Changed."))
            return redirect(url_for(".show", code=code))
    return page("committee/quorum.html", committee=committee, form=form)


def _told(event) -> dict:
    text = f"{journal.sentence(event)} · {event.who}"
    return {"when": moment(event.at), "text": text, "detail": event.values.get("person"), "mark": event.hash[:12]}
