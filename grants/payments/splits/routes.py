"""The ways in which an amount may reach a group within the limits of wallets: whole, in several days, shared, or by a bank."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants.core import clock
from grants.core.database import db
from grants.core.money import format_francs
from grants.groups.further_accounts import serves
from grants.groups.models import Group, PaymentAccount
from grants.payments import settings
from grants.payments.splits.models import WalletMonth

# No transfer is put off longer than this.
HORIZON = timedelta(days=92)
LABELS = {
    "whole": _l("At once, to the main account"),
    "days": _l("On several days, to the same wallet"),
    "shared": _l("Today, shared among wallets"),
    "bank": _l("To the bank account of the group"),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a route: to which account, how many francs, and the day from which it may leave."""

    account: PaymentAccount
    amount: int
    leaves_on: date


@dataclass(frozen=True, slots=True)
class Route:
    """A way for an amount to reach a group: its transfers, or why it is not possible (`gap`). `cost` is that of withdrawal."""

    code: str
    transfers: tuple[Transfer, ...]
    cost: int
    gap: str | None = None

    @property
    def label(self) -> str:
        return str(LABELS[self.code])

    @property
    def possible(self) -> bool:
        return self.gap is None

    @property
    def digest(self) -> str:
        """What was on the screen: a route that has become another meanwhile is looked at anew."""
        said = "|".join(f"{one.account.id}:{one.account.number}:{one.amount}:{one.leaves_on}" for one in self.transfers)
        return hashlib.sha256(f"{self.code}|{said}".encode()).hexdigest()[:16]


def month_of(day: date) -> str:
    """The month of a day as `WalletMonth` writes it."""
    return f"{day:%Y-%m}"


def sent_in(number: str, month: str) -> int:
    """What a wallet was sent in a month and did not fail, in francs."""
    wanted = select(WalletMonth.sent).where(WalletMonth.number == number, WalletMonth.month == month)
    return db.session.scalar(wanted) or 0


def routes(group: Group, amount: int) -> list[Route]:
    """Every way in which an amount may reach a group today, those that are not possible with what stands in the way."""
    return [_whole(group, amount), _days(group, amount), _shared(group, amount), _bank(group, amount)]


def route(code: str, group: Group, amount: int) -> Route | None:
    """One way by its code; None for a code that there is not."""
    made = {"whole": _whole, "days": _days, "shared": _shared, "bank": _bank}.get(code)
    return made(group, amount) if made else None


def over_the_limits(account: PaymentAccount, amount: int, day: date) -> list[str]:
    """Why a wallet may not be sent an amount on a day: at once, or in that month. Nothing for a bank account."""
    if account.kind != "wallet":
        return []
    cap = settings.value("wallet_cap", day)
    found = []
    if amount > cap:
        text = _("A wallet may hold %(cap)s at most: pay in several times, or to a bank account of the group.",
                 cap=format_francs(cap))  # fmt: skip
        found.append(text)
    return found + over_the_month(account, amount, day)


def over_the_month(account: PaymentAccount, amount: int, day: date) -> list[str]:
    """Why a wallet may not be sent an amount in the month of a day."""
    month_cap, sent = settings.value("wallet_month_cap", day), sent_in(account.number, month_of(day))
    if sent + amount <= month_cap:
        return []
    text = _(
        "The wallet ending in %(end)s may receive %(cap)s in a month, and %(sent)s was sent to it: pay in several "
        "times, or to a bank account.",
        end=account.number[-4:], cap=format_francs(month_cap), sent=format_francs(sent),
    )  # fmt: skip
    return [text]


def _whole(group: Group, amount: int) -> Route:
    account, today = group.account, clock.today()
    if account is None or not serves(account):
        return Route("whole", (), 0, _("The main account is not verified."))
    gaps = over_the_limits(account, amount, today)
    return _made("whole", [Transfer(account, amount, today)], gaps[0] if gaps else None)


def _days(group: Group, amount: int) -> Route:
    """The same wallet, as much as it may take at once, one transfer a working day, over months if a month is full."""
    account, today = group.account, clock.today()
    if account is None or account.kind != "wallet" or not serves(account):
        return Route("days", (), 0, _("The main account is no verified wallet."))
    day, left, transfers = today, amount, []
    room: dict[str, int] = {}
    while left and day <= today + HORIZON:
        month = month_of(day)
        if month not in room:
            room[month] = settings.value("wallet_month_cap", day) - sent_in(account.number, month)
        part = min(left, settings.value("wallet_cap", day), room[month])
        if part > 0 and (day.weekday() < 5 or day == today):
            transfers.append(Transfer(account, part, day))
            left, room[month] = left - part, room[month] - part
        day = day + timedelta(days=1) if room[month] > 0 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    gap = None
    if left:
        gap = _("Within three months this wallet takes %(sum)s: %(left)s is left.", sum=format_francs(amount - left),
                left=format_francs(left))  # fmt: skip
    return _made("days", transfers, gap or _nothing_to_spread(transfers, account))


def _shared(group: Group, amount: int) -> Route:
    """The main wallet and those of officers in office, each as much as it may take today."""
    today = clock.today()
    main = [group.account] if group.account is not None else []
    wallets = [one for one in (*main, *group.other_accounts) if one.kind == "wallet" and serves(one)]
    left, transfers = amount, []
    for account in wallets:
        room = settings.value("wallet_month_cap") - sent_in(account.number, month_of(today))
        part = min(left, settings.value("wallet_cap"), room)
        if part > 0:
            transfers.append(Transfer(account, part, today))
            left -= part
    gap = None
    if len(wallets) < 2:
        gap = _("The group has no second wallet that was verified: enter the wallet of an officer on its page.")
    elif left:
        gap = _("Together its wallets take %(sum)s today: %(left)s is left.", sum=format_francs(amount - left),
                left=format_francs(left))  # fmt: skip
    return _made("shared", transfers, gap or _nothing_to_spread(transfers, group.account))


def _bank(group: Group, amount: int) -> Route:
    main = [group.account] if group.account is not None else []
    bank = next((one for one in (*main, *group.other_accounts) if one.kind == "bank" and serves(one)), None)
    if bank is None:
        return Route("bank", (), 0, _("The group has no bank account that was verified: enter it on its page."))
    return _made("bank", [Transfer(bank, amount, clock.today())], None)


def _nothing_to_spread(transfers: list[Transfer], main: PaymentAccount | None) -> str | None:
    """A way that comes out as one transfer to the main account today is the first way over again."""
    if len(transfers) == 1 and transfers[0].account is main and transfers[0].leaves_on == clock.today():
        return _("The main account takes the amount at once: there is nothing to spread.")
    return None


def _made(code: str, transfers: list[Transfer], gap: str | None) -> Route:
    cost = sum(settings.withdrawal_cost(one.amount) for one in transfers if one.account.kind == "wallet")
    return Route(code, tuple(transfers), cost, gap)
