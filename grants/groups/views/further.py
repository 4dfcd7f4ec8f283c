"""Accounts beside the main one: entered, verified by a second person, closed."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person, policy
from grants.access.forms import IdentityForm
from grants.core.errors import NotFound, Refused
from grants.core.web import page
from grants.groups import forms, further_accounts, operations, queries
from grants.groups.accounts import show_number
from grants.groups.models import Group, PaymentAccount
from grants.groups.views import bp
from grants.groups.views.pages import not_alone


@bp.route("/<reference>/accounts/new", methods=["GET", "POST"])
@allowed("groups.register")
def further_account(reference: str):
    """Enter an account beside the main one."""
    group = _group(reference, "groups.register")
    form = IdentityForm.added_to(forms.FurtherAccountForm)()
    form.confirms("add_further_account", group)
    form.officer_id.choices = forms.choices({str(one.id): one.name for one in group.officers}, _("Choose"))
    if form.validate_on_submit():
        with form.catching():
            values = form.account_values() | {"officer_id": form.officer_id.data}
            further_accounts.add(group, values, by=current_person(), identity=form.confirmation)
            flash(_("The account is entered. Another person must verify it before anything is sent to it."))
            return redirect(url_for(".show", reference=reference) + "#account")
    return page("groups/further_account.html", form=form, group=group)


@bp.route("/<reference>/accounts/<int:account_id>/verify", methods=["GET", "POST"])
@allowed("groups.verify_account")
def verify_further_account(reference: str, account_id: int):
    """The second look at an account beside the main one."""
    group = _group(reference, "groups.verify_account")
    account, person = _account(group, account_id), current_person()
    form = forms.VerifyForm()
    if form.validate_on_submit():
        if form.account.data != str(account.id):
            raise Refused(_("This account has been replaced meanwhile."))
        with form.catching():
            operations.verify_account(account, how=form.how.data, by=person)
            flash(_("The account is verified."))
            return redirect(url_for(".show", reference=reference) + "#account")
    form.account.data = account.id
    return page(
        "groups/verify.html",
        form=form,
        group=group,
        entered=account,
        show_number=show_number,
        own=not_alone(account, person) if operations.entered_by(account, person) else None,
    )


@bp.post("/<reference>/accounts/<int:account_id>/close")
@allowed("groups.register")
def close_further_account(reference: str, account_id: int):
    """Close an account beside the main one."""
    group = _group(reference, "groups.register")
    further_accounts.close(_account(group, account_id), by=current_person())
    flash(_("The account is closed: nothing is sent to it any more."))
    return redirect(url_for(".show", reference=reference) + "#account")


def _group(reference: str, right: str) -> Group:
    group = queries.visible(reference, current_person())
    policy.require(current_person(), right, group)
    return group


def _account(group: Group, account_id: int) -> PaymentAccount:
    found = queries.further_account(group, account_id)
    if found is None:
        raise NotFound(str(account_id))
    return found
