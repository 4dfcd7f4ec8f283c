"""The chart, the rules of booking, and what is not booked yet."""

from datetime import datetime

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import joinedload

from grants.books.models import Account, BookingRule, Calendar, Entry
from grants.core.database import db
from grants.core.errors import NotFound
from grants.funds.models import FundReceipt, Transfer

# Which rule a movement that takes another back follows: none of its own, it turns the entries of the other around.
REVERSALS = ("reverse_pay", "reverse_justify")


def accounts() -> list[Account]:
    """The chart, by number as text: 47111 stands after 4711 and before 4712."""
    return list(db.session.scalars(select(Account).order_by(Account.number)))


def account(number: str) -> Account:
    """The account of this number. Raises NotFound."""
    found = db.session.get(Account, number)
    if found is None:
        raise NotFound(number)
    return found


def versions() -> list[BookingRule]:
    """Every version of every rule, the newest of each first. One query."""
    wanted = select(BookingRule).options(joinedload(BookingRule.by))
    order = (BookingRule.movement, BookingRule.channel, BookingRule.version.desc())
    return list(db.session.scalars(wanted.order_by(*order)))


def current(found: list[BookingRule]) -> list[BookingRule]:
    """The versions that hold now, one for each movement and channel."""
    newest: dict[tuple[str, str], BookingRule] = {}
    for rule in found:
        newest.setdefault((rule.movement, rule.channel), rule)
    return list(newest.values())


def rule_for(found: list[BookingRule], movement: str, channel: str, at: datetime) -> BookingRule | None:
    """The rule by which a movement of an instant is booked: the version that held then, the first one for older times."""
    for wanted in (channel, "any", "bank"):
        here = [rule for rule in found if (rule.movement, rule.channel) == (movement, wanted)]
        if here:
            return next((rule for rule in here if rule.at <= at), here[-1])
    return None


def closed_through():
    """The last day of the months that are closed, or None."""
    return db.session.scalar(select(Calendar.closed_through))


def unbooked_transfers(found: list[BookingRule]):
    """The select of movements that should have entries and have none, the oldest first."""
    booked = exists().where(Entry.transfer_id == Transfer.id)
    original = exists().where(Entry.transfer_id == Transfer.reversal_of_id)
    spans = [_span(found, rule) for rule in found if rule.pairs]
    wanted = or_(false(), *spans, and_(Transfer.kind.in_(REVERSALS), original))
    return select(Transfer).where(~booked, wanted).order_by(Transfer.id)


def _span(found: list[BookingRule], rule: BookingRule):
    """The movements to which one version of a rule applies: from when it was made until the next one."""
    same = sorted(
        (r for r in found if (r.movement, r.channel) == (rule.movement, rule.channel)), key=lambda r: r.version
    )
    place = same.index(rule)
    conditions = [Transfer.kind == rule.movement]
    if place > 0:
        conditions.append(Transfer.at >= rule.at)
    if place + 1 < len(same):
        conditions.append(Transfer.at < same[place + 1].at)
    return and_(*conditions)


def unbooked_receipts(found: list[BookingRule]):
    """The select of a donor's money that has no entries, the oldest first."""
    booked = exists().where(Entry.receipt_id == FundReceipt.id)
    kinds = {rule.movement for rule in found if rule.pairs}
    return select(FundReceipt).where(~booked, FundReceipt.kind.in_(kinds)).order_by(FundReceipt.id)


def without_rule(found: list[BookingRule]) -> list[str]:
    """Kinds of movements that happened and for which there is no rule at all."""
    kinds = set(db.session.scalars(select(Transfer.kind).distinct())) - set(REVERSALS)
    kinds |= set(db.session.scalars(select(FundReceipt.kind).distinct()))
    return sorted(kinds - {rule.movement for rule in found})
