"""My work, and the page on which an action is taken."""

from flask import Blueprint, abort, flash, redirect, request
from flask_babel import gettext as _

from grants.access import allowed, current_person, role_label
from grants.access.forms import IdentityForm
from grants.core import clock
from grants.core.errors import Refused
from grants.core.forms import Form
from grants.core.references import new_uuid
from grants.core.texts import language, pick
from grants.core.web import page
from grants.lifecycle import holiday_pages, oversight, path_views, registry
from grants.lifecycle.running import offers, perform
from grants.lifecycle.versions import moving_pages
from grants.lifecycle.work import pages
from grants.lifecycle.work.figures import figures
from grants.lifecycle.work.forms import WorkFilter
from grants.lifecycle.work.mine import Filters, due_words, work_of

bp = Blueprint("work", __name__)
blueprints = (bp, oversight.bp, path_views.bp, moving_pages.bp, *pages.blueprints, holiday_pages.bp)


@bp.get("/")
@allowed("work.view")
def mine():
    person = current_person()
    form = WorkFilter.of(person, request.args)
    filters = Filters(**{name: value or "" for name, value in form.data.items()})
    after = request.args.get("after")
    return page(
        "lifecycle/work.html",
        work=work_of(person, filters, after=after),
        due_words=due_words,
        roles=", ".join(role_label(role) for role in sorted(person.roles)),
        today=clock.today(),
        filters=form,
        narrowed=filters.any,
        kept={name: value for name, value in form.data.items() if value},
        first=bool(after),
        figures=figures(person),
    )


@bp.route("/act/<kind>/<reference>/<action>", methods=["GET", "POST"])
@allowed("work.view")
def act(kind: str, reference: str, action: str):
    """The page of one action: its consequence, what it asks, and the button."""
    person = current_person()
    what = registry.kinds.get(kind) or abort(404)
    subject = what.load(reference, person) or abort(404)
    offer = next((o for o in offers(subject, person) if o.action.code == action), None)
    if offer is not None and offer.action.via:
        # Done by what its own page records, never by a post to this one.
        if request.method == "POST":
            raise Refused(_("This is done on a page of its own."))
        return redirect(registry.vias[offer.action.via](subject) or what.url(subject))
    form = _form(offer, subject)
    if form.validate_on_submit():
        with form.catching():
            perform(
                subject,
                action,
                by=person,
                data=form.values(),
                expected_revision=request.form.get("state_revision", type=int),
                idempotency_key=request.form.get("once", type=str) or None,
                identity=getattr(form, "confirmation", None),
            )
            flash(_("Done: %(act)s.", act=pick(offer.action.label) if offer else action), "success")
            return redirect(what.url(subject))
    if offer is None:
        flash(_("This step has passed: the file has moved on."), "info")
        return redirect(what.url(subject))
    return page(
        getattr(form, "template", "lifecycle/action.html"),
        form=form,
        offer=offer,
        reasons=[reason.in_locale(language()) for reason in offer.reasons],
        subject=subject,
        title=what.title(subject),
        back=what.url(subject),
        once=request.form.get("once") or new_uuid(),
        state_revision=request.form.get("state_revision", subject.state_revision),
    )


def _form(offer, subject) -> Form:
    asks = offer.action.asks if offer else None
    cls = registry.input_forms[asks] if asks else Form
    if offer and offer.action.confirm_identity:
        cls = IdentityForm.added_to(cls)
    form = cls.for_subject(subject) if hasattr(cls, "for_subject") else cls()
    if isinstance(form, IdentityForm):
        form.confirms(offer.action.code, subject)
    return form
