"""Accounts beside the main one: a bank account to fall back to, wallets of officers to share an amount among.

Each is verified by a second person like the main account. An officer's wallet serves only while the officer holds office.
"""

from flask_babel import gettext as _

from grants import journal
from grants.access import identity as identities
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.groups import accounts, queries
from grants.groups.models import Group, Officer, PaymentAccount
from grants.groups.operations import account_of


def add(group: Group, values: dict, *, by, identity: identities.Confirmation | None = None) -> PaymentAccount:
    """Enter an account beside the main one. `values`: kind, institution, number, holder, and officer_id for a wallet.

    `identity` confirms who it is for `add_further_account`: money may go elsewhere from now on. Raises
    Problems, all at once; an account that this or another group has already is one of them.
    """
    policy.require(by, "groups.register", group)
    kind, institution = values.get("kind"), (values.get("institution") or "").strip()
    holder, officer = (values.get("holder") or "").strip(), _officer(group, values)
    number, slip = _number(kind, (values.get("number") or "").strip())
    shared = queries.other_holder(group, number) if number else None
    own = number is not None and (queries.holds(group, number, main=True) or queries.holds(group, number, main=False))
    collect(
        None if kind in ("bank", "wallet") else Problem(_("Say whether a bank or a wallet."), "kind"),
        None if institution else Problem(_("Write the bank or the operator."), "institution"),
        slip,
        Problem(account_of(shared, by), "number") if shared is not None else None,
        Problem(_("The group has this account already."), "number") if own else None,
        None if holder else Problem(_("Write whose name the account is in."), "holder"),
        Problem(_("Say whose wallet it is: an officer in office."), "officer_id")
        if kind == "wallet" and officer is None
        else None,
        Problem(_("Write at most %(limit)s characters.", limit=80), "institution") if len(institution) > 80 else None,
        Problem(_("Write at most %(limit)s characters.", limit=160), "holder") if len(holder) > 160 else None,
    )
    identities.require(identity, by, "add_further_account", group)
    account = PaymentAccount(
        group=group,
        added_by=by,
        kind=kind,
        institution=institution,
        number=number,
        holder=holder,
        main=False,
        officer_id=officer.id if kind == "wallet" else None,
    )
    db.session.add(account)
    db.session.flush()
    db.session.expire(group, ["other_accounts"])
    journal.record(group, "add_further_account", by=by, data={"kind": kind, "ends_in": number[-4:]})
    return account


def close(account: PaymentAccount, *, by) -> None:
    """Close an account beside the main one: nothing is sent to it any more."""
    policy.require(by, "groups.register", account.group)
    db.session.refresh(account, with_for_update={"of": PaymentAccount})
    if account.main or account.closed_at is not None:
        raise Refused(_("This account is closed already."))
    account.closed_at = clock.now()
    db.session.flush()
    db.session.expire(account.group, ["other_accounts"])
    journal.record(account.group, "close_further_account", by=by, data={"ends_in": account.number[-4:]})


def serves(account: PaymentAccount) -> bool:
    """Whether money may be sent to an account today: open, verified, and its officer in office by a known mandate."""
    if account.closed_at is not None or account.verified_at is None:
        return False
    officer = account.officer
    if officer is None:
        return True
    today = clock.today()
    return (
        officer.ended_on is None
        and officer.mandate_from is not None
        and officer.mandate_from <= today
        and (officer.mandate_until is None or officer.mandate_until >= today)
    )


def _officer(group: Group, values: dict) -> Officer | None:
    return next((one for one in group.officers if str(one.id) == str(values.get("officer_id") or "")), None)


def _number(kind: str | None, text: str) -> tuple[str | None, Problem | None]:
    if not text:
        return None, Problem(_("The number of the account is needed."), "number")
    read = {"bank": accounts.read_bank, "wallet": accounts.read_wallet}.get(kind)
    if read is None:
        return None, None
    try:
        return read(text), None
    except ValueError as refusal:
        return None, Problem(str(refusal), "number")
