"""The pages of complaints: for everybody without an account, and for those who handle them."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy, public
from grants.core import clock
from grants.core.paging import Page
from grants.core.references import new_uuid
from grants.core.texts import pick
from grants.core.unit_of_work import afterwards
from grants.core.web import page
from grants.grievances import forms, operations, queries
from grants.grievances.labels import CHANNELS, FINDINGS, SERVICES, TOLD, categories
from grants.grievances.models import Grievance
from grants.lifecycle.panel import panel
from grants.lifecycle.versions import definition_of
from grants.places.queries import labels_of

# How long the page with the code may be loaded again, on a line that breaks.
_SHOWN_FOR = timedelta(minutes=15)
_KEPT = "complaint"
_TONES = {"closed": "ok", "withdrawn": "neutral", "inadmissible": "neutral", "answered": "done", "final": "done"}

bp = Blueprint("grievances", __name__, url_prefix="/grievances")
public_bp = Blueprint("complaints", __name__, url_prefix="/complaints")
blueprints = (bp, public_bp)


# ------------------------------------------------------------------------------------------------- for everybody


@public_bp.route("", methods=["GET", "POST"])
@public
def lodge():
    form = forms.LodgeForm()
    if form.validate_on_submit():
        with form.catching():
            values = form.values()
            made = operations.lodge(values, token=_token(form), address=request.remote_addr or "")
            return _lodged(*made, "complaints.thanks")
    _new_token(form)
    return page("complaints/lodge.html", form=form)


@public_bp.get("/thanks")
@public
def thanks():
    return page("complaints/thanks.html", kept=_kept())


@public_bp.route("/follow", methods=["GET", "POST"])
@public
def follow():
    form = forms.FollowForm(reference=request.args.get("reference"))
    if form.validate_on_submit():
        with form.catching():
            found = operations.follow(form.reference.data, form.code.data, address=request.remote_addr or "")
            place = definition_of(found).place(found.step)
            return page("complaints/state.html", grievance=found, words=pick(place.public), findings=FINDINGS)
    # Not typed anew on a small telephone, but never sent back to a screen that others see.
    form.code.data = None
    return page("complaints/follow.html", form=form)


def _token(form) -> str:
    return (form.token.data or "")[:36] or new_uuid()


def _new_token(form) -> None:
    form.token.data = _token(form)


def _lodged(grievance: Grievance, code: str | None, endpoint: str):
    """On to the page that shows the code, once: it is kept nowhere but in this browser, for some minutes."""
    if code is not None:
        until = clock.now() + _SHOWN_FOR
        session[_KEPT] = {"reference": grievance.reference, "code": code, "until": until.isoformat()}
    return redirect(url_for(endpoint))


def _kept() -> dict | None:
    kept = session.get(_KEPT)
    return kept if kept and datetime.fromisoformat(kept["until"]) > clock.now() else None


# --------------------------------------------------------------------------------------- for those who handle them


@bp.get("")
@allowed("grievances.view")
def index():
    person = current_person()
    form = forms.FilterForm(request.args)
    filters = form.filters()
    found = queries.listed(person, filters, after=request.args.get("after"))
    kept = {name: value for name, value in form.data.items() if value}
    return page(
        "grievances/index.html",
        filters=form,
        narrowed=any((filters.q, filters.category, filters.place, filters.state)),
        found=found,
        counts=queries.counts(person),
        next=found.next and url_for(".index", after=found.next, **kept),
        first=request.args.get("after") and url_for(".index", **kept),
        **_words(found),
    )


@bp.get("/sealed")
@allowed("grievances.sealed")
def sealed():
    found = queries.sealed_listed(current_person(), after=request.args.get("after"))
    return page(
        "grievances/sealed.html",
        found=found,
        next=found.next and url_for(".sealed", after=found.next),
        first=request.args.get("after") and url_for(".sealed"),
        **_words(found),
    )


def _words(found: Page) -> dict:
    return {
        "categories": categories(),
        "standing": _standing,
        "places": labels_of({one.place_code[:2] for one in found.items}),
    }


def _standing(grievance: Grievance) -> tuple[str, str]:
    """Where a complaint stands, and the tone for it."""
    words = pick(definition_of(grievance).place(grievance.step).label)
    return words, "late" if grievance.late and grievance.waits_for else _TONES.get(grievance.step, "now")


@bp.route("/register", methods=["GET", "POST"])
@allowed("grievances.handle")
def register():
    form = forms.RegisterForm(file_named=request.args.get("file"))
    if form.validate_on_submit():
        with form.catching():
            made = operations.register(form.values(), token=_token(form), by=current_person())
            return _lodged(*made, "grievances.registered")
    _new_token(form)
    return page("grievances/register.html", form=form)


@bp.get("/registered")
@allowed("grievances.handle")
def registered():
    kept = _kept()
    found = queries.find(kept["reference"], current_person()) if kept else None
    return page("grievances/registered.html", kept=kept, grievance=found)


@bp.get("/<reference>")
@allowed("grievances.view")
def show(reference: str):
    grievance = queries.visible(reference, current_person())
    return _page(grievance, forms.NoteForm(), forms.OpenForm())


@bp.post("/<reference>/open")
@allowed("grievances.sealed")
def open_sealed(reference: str):
    grievance = queries.visible(reference, current_person())
    form = forms.OpenForm()
    if grievance.sealed and form.validate_on_submit():
        with form.catching():
            operations.open_sealed(grievance, form.purpose.data, by=current_person())
            return redirect(url_for(".show", reference=reference))
    return _page(grievance, forms.NoteForm(formdata=None), form, form=form)


@bp.post("/<reference>/notes")
@allowed("grievances.handle")
def note(reference: str):
    grievance = queries.for_handling(reference, current_person())
    form = forms.NoteForm()
    if form.validate_on_submit():
        with form.catching():
            operations.add_note(grievance, form.note.data, by=current_person())
            flash(_("The note is kept."))
            return redirect(url_for(".show", reference=reference))
    return _page(grievance, form, forms.OpenForm(formdata=None), form=form)


@bp.route("/<reference>/classify", methods=["GET", "POST"])
@allowed("grievances.handle")
def classify(reference: str):
    grievance = queries.for_handling(reference, current_person())
    if grievance.sealed and not _opened(grievance):
        return redirect(url_for(".show", reference=reference))
    named = grievance.project.reference if grievance.project else grievance.file_named
    form = forms.ClassifyForm(
        category=grievance.category,
        file_named=named,
        holds_payments=grievance.holds_payments,
        sealed=grievance.sealed,
    )
    if grievance.sealed:
        del form.sealed
    if form.validate_on_submit():
        with form.catching():
            operations.classify(grievance, form.values(), by=current_person())
            flash(_("The complaint is classified."))
            return redirect(url_for(".show", reference=reference))
    return page("grievances/classify.html", form=form, grievance=grievance)


def _opened(grievance: Grievance) -> bool:
    """Whether the person may read the words of a complaint now. Each look at an opened one is kept."""
    if not grievance.sealed:
        return True
    person_id, grievance_id = current_person().id, grievance.id
    if queries.opened_until(grievance, current_person()) is None:
        return False
    afterwards(lambda: operations.note_look(grievance_id, person_id))
    return True


def _page(grievance: Grievance, note_form, open_form, *, form=None):
    """The page of a complaint; of a sealed one that is shut, no more than its reference and where it stands."""
    person = current_person()
    opened = _opened(grievance)
    handles = policy.sees(person, queries.HANDLE, grievance)
    return page(
        "grievances/show.html",
        form=form,
        grievance=grievance,
        opened=opened,
        standing=_standing(grievance),
        offers=panel(grievance, person),
        handles=handles,
        note_form=note_form if handles and grievance.waits_for else None,
        open_form=open_form,
        category=categories()[grievance.category],
        place=labels_of([grievance.place_code])[grievance.place_code],
        who=queries.complainant(grievance, person) if opened else None,
        knows_who=policy.sees(person, queries.IDENTITY, grievance),
        answers=queries.answers(grievance) if opened else [],
        notes=queries.notes(grievance) if opened else [],
        readings=queries.readings(grievance) if opened and grievance.sealed else [],
        history=journal.history(grievance, limit=60),
        sentence=journal.sentence,
        channels=CHANNELS,
        findings=FINDINGS,
        services=SERVICES,
        told=TOLD,
    )
