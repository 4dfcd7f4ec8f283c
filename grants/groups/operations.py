"""What changes about groups: registered, corrected, officers appointed, accounts added and verified."""

from collections.abc import Callable
from types import SimpleNamespace

from flask_babel import gettext as _

from grants import journal
from grants.access import identity as identities
from grants.access import policy
from grants.access.identity import Confirmation
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.core.references import new_reference, new_uuid
from grants.groups import accounts, queries
from grants.groups.labels import KIND_LABELS, LANGUAGES
from grants.groups.models import OFFICES, Group, Officer, PaymentAccount
from grants.groups.names import registration_key, search_name
from grants.places import queries as places

KEPT = (
    "name", "kind", "registration_number", "registration_date", "registration_authority", "place_code", "village", "women",
    "men", "youth", "language", "phone", "activity",
)  # fmt: skip
CONSENT = ("consent_on", "consent_text", "consent_language", "consent_witness")
OFFICER = ("name", "sex", "phone", "paper_kind", "paper_number", "mandate_from", "mandate_until")


# What a later slice does when a group is paid elsewhere from now on: `f(group)`, in the transaction of the change.
account_listeners: list[Callable[[Group], None]] = []


def on_new_account(listener: Callable[[Group], None]) -> Callable[[Group], None]:
    """Register what must happen once a group has another account."""
    account_listeners.append(listener)
    return listener


# What is held before an account changes: files come before accounts wherever both are held.
account_holders: list[Callable[[Group], object]] = []


def before_new_account(holder: Callable[[Group], object]) -> Callable[[Group], object]:
    """Register what must be held, `f(group)`, before a group gets another account."""
    account_holders.append(holder)
    return holder


def register(values: dict, *, by, uuid: str | None = None) -> Group:
    """Register a group. `values` holds the fields of `KEPT` and `CONSENT`.

    Raises Problems, all at once; a receipt that another group has is one of them. `uuid` comes from a phone or a list
    that may be sent twice: the group made the first time is returned.
    """
    policy.require(by, "groups.register")
    if uuid and (there := queries.by_uuid(uuid)):
        policy.require(by, "groups.register", there)
        return there
    group = Group(uuid=uuid or new_uuid(), registered_by=by)
    with db.session.no_autoflush:
        _check(group, values, by)
        _fill(group, values)
    group.reference = new_reference("GR")
    db.session.add(group)
    db.session.flush()
    journal.record(group, "register", by=by, data={"name": group.name, "place": group.place_code})
    return group


def correct(group: Group, values: dict, *, by) -> Group:
    """Correct what is known of a group; what changed is kept in the journal. Raises Problems."""
    policy.require(by, "groups.register", group)
    before = {name: getattr(group, name) for name in (*KEPT, *CONSENT)}
    values = {**before, **values}
    _check(group, values, by)
    _fill(group, values)
    changed = {name: [before[name], getattr(group, name)] for name in before if before[name] != getattr(group, name)}
    # Telephones and who witnessed are personal: that they changed is history enough.
    changed.update({name: True for name in ("phone", "consent_witness") if name in changed})
    db.session.flush()
    if changed:
        journal.record(group, "correct", by=by, data={"changed": changed})
    return group


def _check(group: Group, values: dict, by) -> None:
    """Raise all that is wrong with the values of a group, at once."""
    women, men, youth = (values.get(name) or 0 for name in ("women", "men", "youth"))
    number, place = _text(values, "registration_number"), _text(values, "place_code")
    taken = queries.by_registration(number, place) if number and place else None
    consent = values.get("consent_on")
    collect(
        _needed(values, "name", _("The name of the group is needed.")),
        None if values.get("kind") in KIND_LABELS else Problem(_("Choose the kind of group."), "kind"),
        _needed(values, "village", _("The village is needed.")),
        _wrong_place(place, by),
        Problem(_("A group has at least one member."), "women") if women + men <= 0 else None,
        Problem(_("There are more young members than members."), "youth") if youth > women + men else None,
        Problem(_("A receipt has its date."), "registration_date")
        if number and not values.get("registration_date")
        else None,
        Problem(belongs_to(taken, by), "registration_number") if taken is not None and taken.id != group.id else None,
        Problem(_("Choose a language of the list."), "language")
        if values.get("language") and values["language"] not in LANGUAGES
        else None,
        Problem(_("Write who witnessed that the group agreed."), "consent_witness")
        if consent and not _text(values, "consent_witness")
        else None,
        Problem(_("This day is still to come."), "consent_on") if consent and consent > clock.today() else None,
        *_too_long(Group, values, (*KEPT, *CONSENT)),
    )


def _fill(group: Group, values: dict) -> None:
    for name in KEPT:
        value = values.get(name)
        setattr(group, name, (value.strip() or None) if isinstance(value, str) else value)
    group.women, group.men, group.youth = (values.get(name) or 0 for name in ("women", "men", "youth"))
    group.activity = group.activity or ""
    if group.registration_number:
        group.registration_key = registration_key(group.registration_number, group.place_code)
    else:
        group.registration_key = group.registration_date = group.registration_authority = None
    group.search_name = search_name(group.name)
    for name in CONSENT:
        setattr(group, name, (values.get(name) or None) if values.get("consent_on") else None)


def _wrong_place(code: str, by) -> Problem | None:
    if not code:
        return Problem(_("Choose the commune or at least the cercle."), "place_code")
    if len(code) < 4 or places.by_code(code) is None:
        return Problem(_("There is no such place: choose the commune or at least the cercle."), "place_code")
    if not policy.sees(by, "groups.register", SimpleNamespace(place_code=code)):
        return Problem(_("This place is not in your territory."), "place_code")
    return None


def belongs_to(other: Group, by) -> str:
    """Whose receipt it is already; of a group out of sight nothing more than that it exists."""
    if policy.sees(by, "groups.view", other):
        return _("This receipt number belongs to %(name)s (%(reference)s).", name=other.name, reference=other.reference)
    return _("This receipt number belongs to a group outside your territory: ask the regional team.")


def _text(values: dict, name: str) -> str:
    return (values.get(name) or "").strip()


def _needed(values: dict, name: str, message: str) -> Problem | None:
    return None if _text(values, name) else Problem(message, name)


def _too_long(model: type, values: dict, names: tuple[str, ...]) -> list[Problem]:
    """A problem for each text longer than its column: PostgreSQL would refuse it, SQLite would not."""
    limits = {name: getattr(model.__table__.c[name].type, "length", None) for name in names}
    return [
        Problem(_("Write at most %(limit)s characters.", limit=limit), name)
        for name, limit in limits.items()
        if limit and len(_text(values, name) if isinstance(values.get(name), str) else "") > limit
    ]


def appoint(group: Group, office: str, values: dict, *, by) -> Officer:
    """Appoint an officer; whoever held the office until now leaves it. `values` holds the fields of `OFFICER`."""
    policy.require(by, "groups.register", group)
    since = values.get("mandate_from")
    collect(
        None if values.get("sex") in ("F", "M") else Problem(_("Say whether a woman or a man."), "sex"),
        None if since else Problem(_("Say since when."), "mandate_from"),
        *_officer_problems(office, values),
    )
    return _seat(group, office, values, by=by)


def note_officer(group: Group, office: str, values: dict, *, by) -> Officer:
    """Keep an officer as a list names them: the name is needed, sex and mandate are asked for later."""
    policy.require(by, "groups.register", group)
    collect(*_officer_problems(office, values))
    return _seat(group, office, values, by=by)


def _officer_problems(office: str, values: dict) -> list[Problem | None]:
    since, until = values.get("mandate_from"), values.get("mandate_until")
    return [
        None if office in OFFICES else Problem(_("Choose an office."), "office"),
        _needed(values, "name", _("The name is needed.")),
        Problem(_("The mandate ends before it begins."), "mandate_until")
        if since and until and until < since
        else None,
        Problem(_("Write the number of the paper."), "paper_number")
        if values.get("paper_kind") and not _text(values, "paper_number")
        else None,
        *_too_long(Officer, values, ("name", "phone", "paper_kind", "paper_number")),
    ]


def _seat(group: Group, office: str, values: dict, *, by) -> Officer:
    former = queries.officer(group, office)
    if former is not None:
        former.ended_on = clock.today()
        db.session.flush()
    officer = Officer(group_id=group.id, office=office, **{name: values.get(name) or None for name in OFFICER})
    db.session.add(officer)
    db.session.flush()
    db.session.expire(group, ["officers"])
    journal.record(group, "appoint", by=by, data={"office": office, "name": officer.name})
    return officer


def add_account(group: Group, values: dict, *, by, identity: Confirmation | None = None) -> PaymentAccount:
    """Say where a group is paid. The account of before is closed; the new one must be verified by somebody else.

    `values`: kind (bank or wallet), institution, number (as typed: a RIB, an IBAN, a mobile number), holder. To replace an
    account takes `identity`, a fresh confirmation of the person for this group: money would go elsewhere.
    """
    policy.require(by, "groups.register", group)
    number, wrong = _read_number(values)
    shared = queries.other_holder(group, number) if number else None
    collect(
        None if values.get("kind") in ("bank", "wallet") else Problem(_("Say whether a bank or a wallet."), "kind"),
        _needed(values, "institution", _("Write the bank or the operator.")),
        wrong,
        Problem(account_of(shared, by), "number") if shared is not None else None,
        Problem(_("The group has this account already: close it among its other accounts first."), "number")
        if number and queries.holds(group, number, main=False)
        else None,
        _needed(values, "holder", _("Write whose name the account is in.")),
        *_too_long(PaymentAccount, values, ("institution", "holder")),
    )
    former = queries.account(group)
    if former is not None:
        identities.require(identity, by, "add_account", group)
        for hold in account_holders:
            hold(group)
        former.closed_at = clock.now()
        db.session.flush()
    account = PaymentAccount(
        group=group,
        added_by=by,
        kind=values["kind"],
        institution=_text(values, "institution"),
        number=number,
        holder=_text(values, "holder"),
    )
    db.session.add(account)
    db.session.flush()
    db.session.expire(group, ["account"])
    journal.record(group, "add_account", by=by, data={"kind": account.kind, "ends_in": account.number[-4:]})
    for listener in account_listeners:
        listener(group)
    return account


def _read_number(values: dict) -> tuple[str | None, Problem | None]:
    text = _text(values, "number")
    if not text:
        return None, Problem(_("The number of the account is needed."), "number")
    read = {"bank": accounts.read_bank, "wallet": accounts.read_wallet}.get(values.get("kind"))
    if read is None:
        return None, None
    try:
        return read(text), None
    except ValueError as refusal:
        return None, Problem(str(refusal), "number")


def account_of(other: Group, by) -> str:
    """Whose account it is already; of a group out of sight nothing more than that it exists."""
    if policy.sees(by, "groups.view", other):
        return _(
            "This account is already that of %(name)s (%(reference)s).", name=other.name, reference=other.reference
        )
    return _("This account is already that of a group outside your territory: ask the regional team.")


def entered_by(account: PaymentAccount, by) -> bool:
    """Whether this account is of this person's own hand, or of that of their interim."""
    act = "add_account" if account.main else "add_further_account"
    hands = {account.added_by_id} | journal.hands(account.group, act, since=account.added_at)
    return policy.are_one(by, hands, "groups.verify_account", account.group)


def verify_account(account: PaymentAccount, *, how: str, by) -> PaymentAccount:
    """A second person has seen that the account is the group's; `how` says what they saw.

    Raises Refused for whoever entered it, and where it was replaced or verified meanwhile.
    """
    policy.require(by, "groups.verify_account", account.group)
    db.session.refresh(account, with_for_update={"of": PaymentAccount})
    if account.closed_at is not None:
        raise Refused(_("This account has been replaced meanwhile."))
    if account.verified_at is not None:
        raise Refused(_("%(name)s has already verified this account.", name=account.verified_by.name))
    if entered_by(account, by):
        raise policy.one_hand(by, account.added_by, _("You entered this account: another person must verify it."))
    how = (how or "").strip()
    collect(
        Problem(_("Write what you saw: the bank slip, the call to the operator …"), "how") if len(how) < 5 else None,
        *_too_long(PaymentAccount, {"verified_how": how}, ("verified_how",)),
    )
    account.verified_by, account.verified_at, account.verified_how = by, clock.now(), how
    db.session.flush()
    journal.record(account.group, "verify_account", by=by, data={"ends_in": account.number[-4:]}, reason=how)
    return account
