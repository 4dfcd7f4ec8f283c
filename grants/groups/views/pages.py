"""The list of groups, a group, what is entered about it, and the second look at its account."""

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.access.forms import IdentityForm
from grants.core.errors import NotFound, Refused
from grants.core.formatting import moment
from grants.core.web import page
from grants.groups import forms, operations, queries, takeaway
from grants.groups.accounts import looks_like_nina, show_number
from grants.groups.guards import missing_to_apply
from grants.groups.labels import KIND_LABELS, LANGUAGES, PAPER_LABELS, office_label
from grants.groups.models import OFFICES, Group
from grants.groups.sections import sections
from grants.groups.views import bp
from grants.places import queries as places

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@allowed("groups.view")
def index():
    form = forms.FilterForm(request.args)
    form.region.choices = forms.choices({region.code: region.name for region in places.regions()}, _("All regions"))
    shown = queries.listed(current_person(), **_filters(form), after=request.args.get("after"))
    return page(
        "groups/index.html",
        filters=form,
        groups=shown.items,
        places=places.labels_of({group.place_code for group in shown.items}),
        kinds=KIND_LABELS,
        account_state=takeaway.account_state,
        next=url_for(".index", **_asked(), after=shown.next) if shown.next else None,
        first=url_for(".index", **_asked()) if "after" in request.args else None,
        take_away=url_for(".take_away", **_asked()),
        narrowed=any(_filters(form).values()),
    )


@bp.get("/groups.xlsx")
@allowed("groups.view")
def take_away():
    form = forms.FilterForm(request.args)
    groups = queries.to_take_away(current_person(), **_filters(form))
    content = takeaway.workbook(groups, places.labels_of({group.place_code for group in groups}))
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": "attachment; filename=groupements.xlsx"})


def _filters(form: forms.FilterForm) -> dict:
    region = form.region.data or ""
    return {
        "text": form.q.data or "",
        "place": region if region.isdecimal() and region.isascii() else "",
        "kind": form.kind.data if form.kind.data in KIND_LABELS else "",
    }


def _asked() -> dict:
    """The filters of the address, to be kept in the addresses of the page."""
    return {name: request.args[name] for name in ("q", "region", "kind") if request.args.get(name)}


@bp.route("/new", methods=["GET", "POST"])
@allowed("groups.register")
def register():
    form = forms.GroupForm(person=current_person())
    if _looking_up() or not form.validate_on_submit():
        return page("groups/edit.html", form=form, group=None)
    with form.catching():
        group = operations.register(form.group_values(), by=current_person())
        flash(_("%(name)s is registered under %(reference)s. Now name its officers and its account.", name=group.name,
                reference=group.reference))  # fmt: skip
        return redirect(url_for(".show", reference=group.reference))
    return page("groups/edit.html", form=form, group=None)


@bp.route("/<reference>/edit", methods=["GET", "POST"])
@allowed("groups.register")
def edit(reference: str):
    group = _group(reference)
    policy.require(current_person(), "groups.register", group)
    known = {name: getattr(group, name) for name in (*operations.KEPT, *operations.CONSENT)}
    place = places.by_code(group.place_code)
    known |= {"place_text": place.name if place else "", "place_searched": place.name if place else ""}
    form = forms.GroupForm(data=known, person=current_person(), group=group)
    if not _looking_up() and form.validate_on_submit():
        with form.catching():
            operations.correct(group, form.group_values(), by=current_person())
            flash(_("What is known of the group is corrected."))
            return redirect(url_for(".show", reference=reference))
    return page("groups/edit.html", form=form, group=group)


def _looking_up() -> bool:
    """Whether the form came only to look up its place."""
    return request.method == "POST" and "look_up" in request.form


@bp.get("/<reference>")
@allowed("groups.view")
def show(reference: str):
    group, person = _group(reference), current_person()
    officers = {officer.office: officer for officer in group.officers}
    return page(
        "groups/show.html",
        group=group,
        place=places.labels_of([group.place_code])[group.place_code],
        officers=[(office, officers.get(office)) for office in OFFICES],
        may_change=policy.sees(person, "groups.register", group),
        may_verify=policy.sees(person, "groups.verify_account", group),
        offers=_offers(group, person),
        sections=[(s, context) for s in sections() if policy.sees(person, s.right, group)
                  if (context := s.build(group, person)) is not None],
        history=[
            {"when": moment(event.at), "text": journal.sentence(event), "detail": _detail(event), "mark": event.hash[:12]}
            for event in journal.history(group, limit=30)
        ],
        kinds=KIND_LABELS, languages=LANGUAGES, papers=PAPER_LABELS, office_label=office_label, show_number=show_number,
    )  # fmt: skip


def _detail(event) -> str:
    """Who did it, and the person or account that it was about."""
    said = event.values
    if event.action == "appoint":
        return _("%(name)s, %(office)s · %(by)s", name=said["name"], office=office_label(said["office"]),
                 by=event.actor_name)  # fmt: skip
    if "ends_in" in said:
        return _("ending in %(end)s · %(by)s", end=said["ends_in"], by=event.actor_name)
    return event.actor_name


def _offers(group: Group, person) -> list[dict]:
    """What this person can do with the group now, and why not."""
    found = []
    account = group.account
    if account and not account.verified_at and policy.sees(person, "groups.verify_account", group):
        own = operations.entered_by(account, person)
        found.append({
            "label": _("Verify the account"), "url": url_for(".verify_account", reference=group.reference),
            "allowed": not own, "reasons": [not_alone(account, person)] if own else [],
            "note": None if own else _("Entered by %(name)s. Compare it with the bank slip.", name=account.added_by.name),
        })  # fmt: skip
    if "projects.new" in current_app.view_functions and policy.sees(person, "projects.draft", group):
        missing = [str(message) for message in missing_to_apply(group)]
        found.append({
            "label": _("New application"), "url": url_for("projects.new", group=group.reference), "allowed": True,
            "note": _("It can be written now; before it is submitted, this is needed:") if missing else None,
            "reasons": missing,
        })  # fmt: skip
    return found


@bp.route("/<reference>/officers/<office>", methods=["GET", "POST"])
@allowed("groups.register")
def appoint(reference: str, office: str):
    group = _group(reference)
    policy.require(current_person(), "groups.register", group)
    if office not in OFFICES:
        raise NotFound(office)
    present = next((officer for officer in group.officers if officer.office == office), None)
    # One who came with a list without a mandate is completed; one with a mandate is replaced.
    noted = present if present is not None and present.mandate_from is None else None
    form = forms.OfficerForm(data={name: getattr(noted, name) for name in operations.OFFICER} if noted else None)
    if form.validate_on_submit():
        with form.catching():
            officer = operations.appoint(group, office, form.values(), by=current_person())
            if officer.paper_kind == "nina" and not looks_like_nina(officer.paper_number or ""):
                flash(_("A NINA has 14 digits and a letter: compare the number with the card."), "warning")
            flash(_("%(name)s is on record: %(office)s.", name=officer.name, office=office_label(office, officer.sex)))
            return redirect(url_for(".show", reference=reference))
    return page(
        "groups/officer.html",
        form=form,
        group=group,
        office=office,
        present=present if noted is None else None,
        office_label=office_label,
    )


@bp.route("/<reference>/account", methods=["GET", "POST"])
@allowed("groups.register")
def account(reference: str):
    group = _group(reference)
    policy.require(current_person(), "groups.register", group)
    # Another account sends the money elsewhere: one's password is asked. The first one does not.
    form = (IdentityForm.added_to(forms.AccountForm) if group.account else forms.AccountForm)()
    if group.account:
        form.confirms("add_account", group)
    if form.validate_on_submit():
        with form.catching():
            identity = getattr(form, "confirmation", None)
            operations.add_account(group, form.account_values(), by=current_person(), identity=identity)
            flash(_("The account is entered. Another person must verify it before the group can be paid."))
            return redirect(url_for(".show", reference=reference))
    return page("groups/account.html", form=form, group=group, show_number=show_number)


@bp.route("/<reference>/account/verify", methods=["GET", "POST"])
@allowed("groups.verify_account")
def verify_account(reference: str):
    group, person = _group(reference), current_person()
    policy.require(person, "groups.verify_account", group)
    if group.account is None:
        raise NotFound(reference)
    form = forms.VerifyForm()
    if form.validate_on_submit():
        if form.account.data != str(group.account.id):
            raise Refused(_("This account has been replaced meanwhile."))
        with form.catching():
            operations.verify_account(group.account, how=form.how.data, by=person)
            flash(_("The account of %(name)s is verified.", name=group.name))
            return redirect(url_for(".show", reference=reference))
    form.account.data = group.account.id
    return page("groups/verify.html", form=form, group=group, entered=group.account, show_number=show_number,
                own=not_alone(group.account, person) if operations.entered_by(group.account, person) else None)  # fmt: skip


def not_alone(account, person) -> str:
    """Why whoever entered an account does not verify it."""
    refusal = policy.one_hand(person, account.added_by, _("You entered this account: another person must verify it."))
    return str(refusal.reasons[0])


def _group(reference: str) -> Group:
    return queries.visible(reference, current_person())
