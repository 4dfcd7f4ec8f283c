"""Pages of the books ask the database the same number of questions for more rows."""

import pytest

from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.funds.models import Fund
from tests.stories.rows import again

PAGES = (
    "/books", "/books?account=521", "/books/balance", "/books/accounts", "/books/accounts/47111", "/books/months",
    "/books/unjustified", "/books/plan", "/books/plan?week=later", "/funds/transfers", "/funds/check", "/funds/agreements/F-PCS-MOPTI-2026",
)  # fmt: skip


@pytest.mark.slow
def test_pages_cost_the_same_for_three_times_the_rows(house, browser_of, count_queries):
    controller = browser_of(house.controller)

    def more(start, count):
        for number in range(start, start + count):
            with unit_of_work() as session:
                fund = session.get_one(Fund, house.fund_id)
                other = funds.open_envelope(f"E-{number}", "Autre", fund=fund, by=again(house.people.coordinator))
                funds.endow(other, 1000, key=f"e{number}", reference="L", by=again(house.people.coordinator))
                funds.justify(again(house.project), 10, key=f"j{number}", reference="F", by=again(house.officer))
                funds.propose_reallocation(
                    other, again(house.envelope()), 10, paper="Lettre", reason="Plus de dossiers là-bas", key=f"p{number}",
                    by=again(house.officer),
                )  # fmt: skip
                funds.record_receipt(
                    fund, kind="receipt", amount=10, cents=None, moved_on=fund.opens_on, bank_reference=f"R{number}",
                    key=f"r{number}", by=again(house.officer),
                )  # fmt: skip
                funds.check_ledger()

    def costs():
        found = {}
        for path in PAGES:
            with count_queries() as count:
                assert controller.get(path).status_code == 200, path
            found[path] = count()
        return found

    more(0, 3)
    few = costs()
    more(3, 6)
    assert costs() == few
    assert max(few.values()) <= 12, few
