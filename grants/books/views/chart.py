"""The chart of accounts, and how each kind of movement is booked."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person
from grants.books import forms, operations
from grants.books.labels import CHANNEL_LABELS, account_label, movement_label
from grants.books.queries import checking, rules
from grants.books.views.blueprint import bp, tabs
from grants.core.web import page


@bp.get("/accounts")
@allowed("books.view")
def chart():
    """The rules that hold now, those that held before, and the accounts."""
    versions, accounts = rules.versions(), rules.accounts()
    order = {movement: place for place, movement in enumerate(operations.bookable())}
    current = sorted(rules.current(versions), key=lambda rule: (order.get(rule.movement, len(order)), rule.channel))
    return page(
        "books/chart.html",
        tabs=tabs("chart"),
        accounts=accounts,
        names={one.number: account_label(one) for one in accounts},
        current=current,
        older=[rule for rule in versions if rule not in current],
        movement_label=movement_label,
        channel_labels=CHANNEL_LABELS,
        differences=checking.differences(),
    )


@bp.route("/accounts/new", methods=["GET", "POST"])
@allowed("books.manage")
def new_account():
    """Open an account."""
    form = forms.AccountForm()
    if form.validate_on_submit():
        with form.catching():
            made = operations.open_account(form.number.data, form.name(), by=current_person())
            flash(_("The account %(number)s is open.", number=made.number))
            return redirect(url_for(".chart"))
    return page("books/edit.html", form=form, title=_("New account"), back=(_("Accounts"), url_for(".chart")))


@bp.route("/accounts/<number>/name", methods=["GET", "POST"])
@allowed("books.manage")
def rename(number: str):
    """Write the name of an account anew."""
    account = rules.account(number)
    form = forms.AccountForm(data={"number": number, **{f"name_{one}": account.name.get(one) for one in ("fr", "en")}})
    del form.number
    if form.validate_on_submit():
        with form.catching():
            operations.rename_account(account, form.name(), by=current_person())
            flash(_("The account has its new name."))
            return redirect(url_for(".account", number=number))
    title = _("Name of the account %(number)s", number=number)
    return page("books/edit.html", form=form, title=title, back=(_("Accounts"), url_for(".chart")))


@bp.route("/booking/<movement>/<channel>", methods=["GET", "POST"])
@allowed("books.manage")
def rule(movement: str, channel: str):
    """Book a kind of movement otherwise from now on."""
    found = [one for one in rules.current(rules.versions()) if (one.movement, one.channel) == (movement, channel)]
    if not found:
        abort(404)
    names = ("debit", "credit", "also_debit", "also_credit")
    form = forms.RuleForm(data={name: getattr(found[0], name) or "" for name in names})
    if form.validate_on_submit():
        with form.catching():
            operations.set_rule(movement, channel, form.pairs(), reason=form.reason.data, by=current_person())
            flash(_("It is booked so from now on; what was booked stays."))
            return redirect(url_for(".chart"))
    title = _("Booking of “%(movement)s”", movement=movement_label(movement))
    return page("books/edit.html", form=form, title=title, back=(_("Accounts"), url_for(".chart")))
