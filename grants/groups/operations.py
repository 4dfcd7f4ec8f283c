"""What changes about groups: registered, corrected, officers appointed, accounts added and verified."""

from flask_babel import gettext as _

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.references import new_reference, new_uuid
from grants.groups import queries
from grants.groups.models import OFFICES, Group, Officer, PaymentAccount
from grants.groups.names import search_name

KEPT = (
    "name", "kind", "registration_number", "registration_date", "registration_authority", "place_code", "village", "women",
    "men", "youth", "language", "phone", "activity",
)  # fmt: skip
CONSENT = ("consent_on", "consent_text", "consent_language", "consent_witness")


def register(values: dict, *, by, uuid: str | None = None) -> Group:
    """Register a group. `values` holds the fields of `KEPT` and `CONSENT`.

    Raises Problems, all at once; a receipt that another group has is one of them. `uuid` comes from a phone that may
    send the same group twice: the group made the first time is returned.
    """
    if uuid and (there := queries.by_uuid(uuid)):
        policy.require(by, "groups.register", there)
        return there
    group = Group(uuid=uuid or new_uuid(), registered_by=by)
    _fill(group, values, by)
    group.reference = new_reference("GR")
    db.session.add(group)
    db.session.flush()
    journal.record(group, "register", by=by, data={"name": group.name, "place": group.place_code})
    return group


def correct(group: Group, values: dict, *, by) -> Group:
    """Correct what is known of a group; what changed is kept in the journal."""
    policy.require(by, "groups.register", group)
    before = {name: getattr(group, name) for name in KEPT}
    _fill(group, {**{name: getattr(group, name) for name in (*KEPT, *CONSENT)}, **values}, by)
    changed = {name: [before[name], getattr(group, name)] for name in KEPT if before[name] != getattr(group, name)}
    # Telephones are personal: that one changed is history enough.
    if "phone" in changed:
        changed["phone"] = True
    if changed:
        journal.record(group, "correct", by=by, data={"changed": changed})
    return group


def _fill(group: Group, values: dict, by) -> None:
    women, men, youth = (values.get(name) or 0 for name in ("women", "men", "youth"))
    number = (values.get("registration_number") or "").strip() or None
    taken = queries.by_registration_number(number) if number else None
    consent = values.get("consent_on")
    collect(
        _needed(values, "name", _("The name of the group is needed.")),
        _needed(values, "village", _("The village is needed.")),
        _needed(values, "place_code", _("Choose the commune or at least the cercle.")),
        Problem(_("A group has at least one member."), "women") if women + men == 0 else None,
        Problem(_("There are more young members than members."), "youth") if youth > women + men else None,
        Problem(_("A receipt has its date."), "registration_date")
        if number and not values.get("registration_date")
        else None,
        Problem(
            _("This receipt number belongs to %(name)s (%(reference)s).", name=taken.name, reference=taken.reference),
            "registration_number",
        )
        if taken is not None and taken.id != group.id
        else None,
        Problem(_("Write who witnessed that the group agreed."), "consent_witness")
        if consent and not values.get("consent_witness")
        else None,
    )
    for name in KEPT:
        setattr(group, name, values.get(name))
    group.women, group.men, group.youth = women, men, youth
    group.activity = values.get("activity") or ""
    group.registration_number = number
    group.registration_date = values.get("registration_date") if number else None
    group.registration_authority = (values.get("registration_authority") or None) if number else None
    group.search_name = search_name(group.name)
    for name in CONSENT:
        setattr(group, name, (values.get(name) or None) if consent else None)
    if not policy.sees(by, "groups.register", group):
        raise Problems(Problem(_("This place is not in your territory."), "place_code"))


def _needed(values: dict, name: str, message: str) -> Problem | None:
    return None if (values.get(name) or "").strip() else Problem(message, name)


def appoint(group: Group, office: str, values: dict, *, by) -> Officer:
    """Appoint an officer; whoever held the office until now leaves it.

    `values`: name, sex (F or M), phone, paper_kind, paper_number, mandate_from, mandate_until.
    """
    policy.require(by, "groups.register", group)
    if office not in OFFICES:
        raise Problems(Problem(_("Choose an office."), "office"))
    until = values.get("mandate_until")
    collect(
        _needed(values, "name", _("The name is needed.")),
        None if values.get("sex") in ("F", "M") else Problem(_("Say whether a woman or a man."), "sex"),
        None if values.get("mandate_from") else Problem(_("Say since when."), "mandate_from"),
        Problem(_("The mandate ends before it begins."), "mandate_until")
        if until and values.get("mandate_from") and until < values["mandate_from"]
        else None,
    )
    former = queries.officer(group, office)
    if former is not None:
        former.ended_on = clock.today()
        db.session.flush()
    officer = Officer(
        group_id=group.id,
        office=office,
        **{
            name: values.get(name) or None
            for name in ("name", "sex", "phone", "paper_kind", "paper_number", "mandate_from", "mandate_until")
        },
    )
    db.session.add(officer)
    db.session.flush()
    db.session.expire(group, ["officers"])
    journal.record(group, "appoint", by=by, data={"office": office, "name": officer.name})
    return officer


def add_account(group: Group, values: dict, *, by) -> PaymentAccount:
    """Say where a group is paid. The account of before is closed; the new one must be verified by somebody else.

    `values`: kind (bank or wallet), institution, number (IBAN or E.164, checked by the form), holder.
    """
    policy.require(by, "groups.register", group)
    collect(
        None if values.get("kind") in ("bank", "wallet") else Problem(_("Say whether a bank or a wallet."), "kind"),
        _needed(values, "institution", _("Write the bank or the operator.")),
        _needed(values, "number", _("The number of the account is needed.")),
        _needed(values, "holder", _("Write whose name the account is in.")),
    )
    shared = queries.other_holder(group, values["number"])
    if shared is not None:
        raise Problems(
            Problem(_("This account is already that of %(name)s (%(reference)s).", name=shared.name,
                      reference=shared.reference), "number")
        )  # fmt: skip
    former = queries.account(group)
    if former is not None:
        former.closed_at = clock.now()
        db.session.flush()
    account = PaymentAccount(
        group=group, added_by=by, **{name: values[name] for name in ("kind", "institution", "number", "holder")}
    )
    db.session.add(account)
    db.session.flush()
    db.session.expire(group, ["account"])
    journal.record(group, "add_account", by=by, data={"kind": account.kind, "ends_in": account.number[-4:]})
    return account


def verify_account(account: PaymentAccount, *, how: str, by) -> PaymentAccount:
    """A second person has seen that the account is the group's; `how` says what they saw."""
    policy.require(by, "groups.verify_account", account.group)
    db.session.refresh(account, with_for_update={"of": PaymentAccount})
    if account.closed_at is not None:
        raise Refused(_("This account has been replaced meanwhile."))
    if account.verified_at is not None:
        raise Refused(_("%(name)s has already verified this account.", name=account.verified_by.name))
    if account.added_by_id == by.id:
        raise Refused(_("You entered this account: another person must verify it."))
    if len((how or "").strip()) < 5:
        raise Problems(Problem(_("Write what you saw: the bank slip, the call to the operator …"), "how"))
    account.verified_by, account.verified_at, account.verified_how = by, clock.now(), how.strip()
    db.session.flush()
    journal.record(account.group, "verify_account", by=by, data={"ends_in": account.number[-4:]}, reason=how.strip())
    return account
