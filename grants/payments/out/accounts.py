"""The accounts of the programme from which payments leave, and the layouts of operators' lists."""

from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.groups import accounts as numbers
from grants.payments.out.layouts import Layout
from grants.payments.out.models import PayerAccount, WalletProfile, WalletProfileVersion


def open_payer(values: dict, *, by) -> PayerAccount:
    """Open an account of the programme for the payments of a fund. `values`: fund, kind, institution, number, holder.

    Raises Problems: a number that holds a slip, or a second open account of the same fund, kind and institution.
    """
    policy.require(by, "payments.configure")
    fund, kind = values["fund"], values["kind"]
    institution = (values["institution"] or "").strip()
    number, wrong = _number(kind, values["number"])
    collect(
        Problem(_("Choose the fund."), "fund") if fund is None else None,
        None if kind in ("bank", "wallet") else Problem(_("Say whether a bank or a wallet."), "kind"),
        None if institution else Problem(_("Write the bank or the operator."), "institution"),
        wrong,
        None if (values["holder"] or "").strip() else Problem(_("Write whose name the account is in."), "holder"),
        _second(fund, kind, institution),
    )
    payer = PayerAccount(
        fund_id=fund.id,
        kind=kind,
        institution=institution,
        number=number,
        holder=values["holder"].strip(),
        opened_by_id=by.id,
    )
    db.session.add(payer)
    db.session.flush()
    journal.record(payer, "open", by=by, data={"fund": fund.code, "institution": institution, "ends_in": number[-4:]})
    return payer


def _number(kind, text) -> tuple[str | None, Problem | None]:
    text = (text or "").strip()
    if not text:
        return None, Problem(_("The number of the account is needed."), "number")
    if kind != "bank":
        # What an operator calls the account of a business follows no common rule.
        return text, None
    try:
        return numbers.read_bank(text), None
    except ValueError as refusal:
        return None, Problem(str(refusal), "number")


def _second(fund, kind, institution) -> Problem | None:
    if fund is None:
        return None
    wanted = select(PayerAccount.id).where(
        PayerAccount.fund_id == fund.id,
        PayerAccount.kind == kind,
        PayerAccount.institution == institution,
        PayerAccount.closed_at.is_(None),
    )
    if db.session.scalar(wanted) is None:
        return None
    return Problem(_("This fund has an open account there already: close it first."), "institution")


def close_payer(payer: PayerAccount, *, by) -> None:
    """Close an account of the programme: nothing leaves it any more."""
    policy.require(by, "payments.configure")
    db.session.refresh(payer, with_for_update={"of": PayerAccount})
    if payer.closed_at is not None:
        raise Refused(_("This account is closed already."))
    payer.closed_at = clock.now()
    db.session.flush()
    journal.record(payer, "close", by=by, data={"ends_in": payer.number[-4:]})


def save_profile(
    profile: WalletProfile | None, name: str, operator: str, layout: Layout, *, by
) -> WalletProfileVersion:
    """Keep a layout: of a new list, or as the next version of one. An unchanged layout makes no version."""
    policy.require(by, "payments.configure")
    name, operator = (name or "").strip(), (operator or "").strip()
    twin = select(WalletProfile.id).where(WalletProfile.name == name)
    if profile is not None:
        twin = twin.where(WalletProfile.id != profile.id)
    collect(
        None if name else Problem(_("Give the list a name."), "name"),
        Problem(_("Another list has this name."), "name") if db.session.scalar(twin) is not None else None,
        None if operator else Problem(_("Write the operator as it stands on the accounts."), "operator"),
        *layout.problems(),
    )
    if profile is None:
        profile = WalletProfile(name=name, operator=operator)
        db.session.add(profile)
        db.session.flush()
    else:
        db.session.refresh(profile, with_for_update={"of": WalletProfile})
        profile.name, profile.operator = name, operator
        if profile.versions and profile.current.layout == layout.data():
            return profile.current
    version = WalletProfileVersion(
        profile_id=profile.id,
        number=len(profile.versions) + 1,
        layout=layout.data(),
        made_by_id=by.id,
        made_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    db.session.expire(profile, ["versions"])
    journal.record(profile, "save", by=by, data={"name": name, "operator": operator, "version": version.number})
    return version
