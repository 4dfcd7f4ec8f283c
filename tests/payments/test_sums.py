"""What finance reads on one page agrees with what it reads on another, to the franc, and is followed down to its rows."""

import re

import sqlalchemy as sa

from grants.books.queries import ageing, planning
from grants.core import clock
from grants.core.database import db
from grants.core.money import format_francs
from grants.funds.models import AwardBalance, Envelope
from grants.payments import worklist
from grants.payments.models import Tranche
from tests.payments.test_batches import another_file, to_wallet
from tests.payments.test_splits import beside, limit, prepared, said, tranche_of
from tests.stories import life
from tests.stories.rows import again


def test_the_pages_of_finance_agree_to_the_franc(house, browser_of):
    people = house.people
    # One tranche paid and not justified, one that may be paid today, one that left in two parts of which one is paid.
    other, third = another_file(people), another_file(people)
    life.paid(people, other)
    to_wallet(house)
    beside(house, kind="wallet", institution="Moov Money", number="66 11 22 33")
    limit(house, wallet_cap=tranche_of(house).amount // 2 + 1)
    order = life.released(people, prepared(house, "shared"))
    order = said(house, order, 1, "paid", paid_on=clock.today(), reference="OM-1")
    officer = again(people.officer)
    counts = worklist.counts(officer, worklist.Filters())
    assert {code: one.number for code, one in counts.items()} == {
        "payable": 1,
        "waiting": 1,
        "paid": 1,
        "unjustified": 1,
    }
    assert counts["waiting"].amount == order.amount
    # The ledger, the envelope and the pages.
    held = db.session.scalars(sa.select(AwardBalance)).all()
    envelope = db.session.scalar(sa.select(Envelope))
    assert counts["paid"].amount == envelope.paid == sum(one.paid for one in held)
    old = ageing.buckets(officer, ageing.Filters())
    lines = ageing.lines(officer, ageing.Filters()).items
    assert (
        counts["unjustified"].amount == sum(one.amount for one in old.values()) == sum(one.unjustified for one in held)
    )
    assert (
        counts["unjustified"].amount
        == sum(row.left for row in lines)
        == sum(row[2] for row in ageing.by_region(officer, ageing.Filters()))
    )
    # What is still to come is every tranche less what was paid; a week and a region are parts of it.
    coming = planning.coming(officer, planning.Filters())
    promised = db.session.scalar(sa.select(sa.func.sum(Tranche.amount)))
    total = sum(one.amount for one in coming)
    assert total == promised - counts["paid"].amount
    assert (
        total == sum(one.amount for one in planning.weeks(coming)) == sum(row[2] for row in planning.by_region(coming))
    )
    assert counts["waiting"].amount == sum(one.amount for one in coming if one.why == "order")
    assert counts["payable"].amount == sum(one.amount for one in coming if one.why == "now")
    assert third.reference in {one.reference for one in coming if one.why == "now"}
    # Each number of the page leads to its rows, and they add up to it.
    page = browser_of(people.officer)
    shown = page.get("/payments").text
    for view, one in counts.items():
        assert f"view={view}" in shown
        rows = getattr(worklist, view)(officer, worklist.Filters()).items
        assert len(rows) == one.number
        assert digits(format_francs(one.amount)) in digits(page.get(f"/payments?view={view}").text)


def digits(text):
    return re.sub(r"[^0-9a-zA-Z]", "", re.sub(r"<[^>]+>", "", text))
