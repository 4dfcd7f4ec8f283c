"""The pages about calls: what is open to whom, by which rules, and how a call is made."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy, public
from grants.calls import blank_forms, forms, operations, queries
from grants.calls.guards import zone_words
from grants.calls.kinds import kinds
from grants.calls.labels import CONDITION_LABELS, FEES_LABELS, LEVEL_LABELS, STATE_LABELS, STATE_TONES
from grants.calls.rules import default_rules, parse
from grants.core.errors import NotFound, Refused
from grants.core.web import page

bp = Blueprint("calls", __name__, url_prefix="/calls")


@bp.get("")
@allowed("calls.view")
def index():
    """All calls that the person may see."""
    chosen = forms.CallFilter(request.args)
    state = chosen.state.data or None
    found = queries.calls_for(current_person(), state=state, after=request.args.get("after"))
    return page(
        "calls/index.html",
        filter=chosen,
        state=state,
        found=found,
        zones=queries.zones(found.items),
        next_page=found.next and url_for(".index", state=state, after=found.next),
        first_page=request.args.get("after") and url_for(".index", state=state),
        **_words(),
    )


@bp.get("/open")
@public
def open_now():
    """The calls that take applications today, for everybody."""
    found = queries.open_calls()
    return page("calls/open.html", calls=found, zones=queries.zones(found), **_words())


@bp.get("/forms/<kind>.pdf")
@public
def blank_form(kind: str):
    """The questionnaire of a kind to print and to fill in by hand; it holds nothing about anybody."""
    if kind not in kinds():
        raise NotFound()
    response = Response(blank_forms.pdf(kinds()[kind]), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"formulaire-{kind}.pdf")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/<reference>")
@allowed("calls.view")
def show(reference: str):
    """One call with its rules in words."""
    call = queries.call(reference, person=current_person())
    manages = policy.may(current_person(), "calls.manage")
    return page(
        "calls/show.html",
        call=call,
        rules=parse(call.rules),
        zone=zone_words(call),
        history=journal.history(call, limit=20) if manages else [],
        sentence=journal.sentence,
        **_words(),
    )


@bp.route("/new", methods=["GET", "POST"])
@allowed("calls.manage")
def new():
    """Write a call; it begins with the programme's usual rules."""
    form = forms.CallForm(data=forms.data_of_rules(default_rules()) | {"own_contribution_percent": 10})
    return _edit(form, None)


@bp.route("/<reference>/edit", methods=["GET", "POST"])
@allowed("calls.manage")
def edit(reference: str):
    """Change a call that is not published."""
    call = queries.call(reference, person=current_person())
    if call.published_at is not None:
        raise Refused(_("This call is published: its rules no longer change."))
    return _edit(forms.CallForm(data=forms.data_of(call)), call)


def _edit(form, call):
    added = request.form.get("add")
    if added in form.LISTS:
        form[added].append_entry()
    elif form.validate_on_submit():
        with form.catching():
            person = current_person()
            if call is None:
                made = operations.draft_call(**form.call_values(), by=person)
                flash(_("The call is drafted. Read it through, then publish it."))
            else:
                made = operations.change_call(call, **form.call_values(), by=person)
                flash(_("The call is changed."))
            return redirect(url_for(".show", reference=made.reference))
    return page(
        "calls/edit.html",
        form=form,
        call=call,
        cancel=url_for(".show", reference=call.reference) if call else url_for(".index"),
    )


@bp.route("/<reference>/publish", methods=["GET", "POST"])
@allowed("calls.manage")
def publish(reference: str):
    """Say once more what publishing means, and publish."""
    call = queries.call(reference, person=current_person())
    if call.published_at is not None and request.method == "GET":
        return redirect(url_for(".show", reference=reference))
    form = forms.PublishForm()
    if form.validate_on_submit():
        with form.catching():
            operations.publish_call(call, by=current_person())
            flash(_("The call is published."))
            return redirect(url_for(".show", reference=reference))
    return page("calls/publish.html", form=form, call=call, zone=zone_words(call), kinds=kinds())


def _words() -> dict:
    """What every page about calls needs to say codes in words."""
    return {
        "kinds": kinds(),
        "state_of": queries.state_of,
        "state_labels": STATE_LABELS,
        "state_tones": STATE_TONES,
        "level_labels": LEVEL_LABELS,
        "condition_labels": CONDITION_LABELS,
        "fees_labels": FEES_LABELS,
    }
