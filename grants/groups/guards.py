"""What groups must be for a file to go on."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core import clock
from grants.core.formatting import day
from grants.groups.labels import office_label
from grants.groups.models import OFFICES
from grants.lifecycle import Reason, guard


@guard("groups.fit_to_apply", _l("consent, officers and account are there"))
def fit_to_apply(project, by):
    """Consent given, the three officers known, an account named."""
    yield from missing_to_apply(project.group)


def missing_to_apply(group):
    """The reasons for which a group cannot apply yet; none where it can."""
    if group.consent_on is None:
        yield Reason(_("The group %(name)s has not yet agreed that its data are kept (consent).", name=group.name))
    if group.registration_number is None and group.kind != "informal":
        yield Reason(
            _(
                "The receipt of the group %(name)s is missing; while it is being issued, register the group as informal.",
                name=group.name,
            )
        )
    yield from _missing_officers(group)
    if group.account is None:
        yield Reason(_("The group %(name)s has no bank account or wallet yet.", name=group.name))


@guard("groups.account_verified", _l("the group’s account is verified"))
def account_verified(project, by):
    """Where the money goes was checked by a second person."""
    account = project.group.account
    if account is None:
        yield Reason(_("The group %(name)s has no bank account or wallet yet.", name=project.group.name))
    elif account.verified_at is None:
        yield Reason(
            _(
                "The account ending in %(end)s, entered on %(day)s, has not been verified by a second person.",
                end=account.number[-4:],
                day=day(account.added_at),
            )
        )


@guard("groups.mandates_valid", _l("those who sign hold office today"))
def mandates_valid(project, by):
    """Those who will sign hold their office today."""
    yield from _missing_officers(project.group)
    for officer in project.group.officers:
        if officer.mandate_from is None:
            yield Reason(
                _(
                    "The mandate of %(name)s, %(office)s, is not known.",
                    name=officer.name,
                    office=office_label(officer.office, officer.sex),
                )
            )
        if officer.mandate_until is not None and officer.mandate_until < clock.today():
            yield Reason(
                _(
                    "The mandate of %(name)s, %(office)s, ended on %(day)s.",
                    name=officer.name,
                    office=office_label(officer.office, officer.sex),
                    day=day(officer.mandate_until),
                )
            )


def _missing_officers(group):
    held = {officer.office for officer in group.officers}
    for office in OFFICES:
        if office not in held:
            yield Reason(_("The group has no %(office)s on record.", office=office_label(office)))
