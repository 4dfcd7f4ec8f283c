"""How tranches follow another amount: to the franc, with what is kept back of works."""

from types import SimpleNamespace

import pytest

from grants.calls.rules import default_rules
from grants.core.errors import Problems
from grants.payments import replanning


def row(number, amount, held=0, state="open", *, retention=False) -> dict:
    return {
        "id": number, "number": number, "percent": 0, "amount": amount, "held": held, "retention": retention,
        "state": state,
    }  # fmt: skip


@pytest.fixture
def planned(monkeypatch):
    """`planned(rows, amount)`: (number, amount, held) of each tranche after the change, 5 % of works being kept back."""
    project = SimpleNamespace(call=SimpleNamespace(rules=default_rules() | {"retention_percent": 5}))

    def plan(rows, amount):
        monkeypatch.setattr(replanning, "now", lambda project: rows)
        monkeypatch.setattr(
            replanning.queries, "tranches", lambda project: [SimpleNamespace(number=r["number"]) for r in rows]
        )
        _before, after = replanning.preview(project, amount)
        assert sum(one["amount"] for one in after) == amount
        return [(one["number"], one["amount"], one["held"]) for one in after]

    return plan


@pytest.mark.parametrize(
    ("rows", "amount", "wanted"),
    [
        # What is paid stays; the others keep their proportions, and the last one takes what rounding leaves.
        (
            [row(1, 500, state="paid"), row(2, 300), row(3, 200)],
            1101,
            [(1, 500, 0), (2, 360, 0), (3, 241, 0)],
        ),
        ([row(1, 500, state="ordered"), row(2, 500)], 500, [(1, 500, 0), (2, 0, 0)]),
        ([row(1, 500, state="paid")], 700, [(1, 500, 0), (2, 200, 0)]),
        # What is kept back follows, and is paid as the last tranche whatever comes between.
        (
            [row(1, 950, 50, "paid"), row(2, 950, 50), row(3, 100, retention=True)],
            3000,
            [(1, 950, 50), (2, 1900, 100), (3, 150, 0)],
        ),
        (
            [row(1, 950, 50, "paid"), row(2, 50, retention=True)],
            1400,
            [(1, 950, 50), (2, 380, 20), (3, 70, 0)],
        ),
    ],
)
def test_open_tranches_share_what_is_left(planned, rows, amount, wanted):
    assert planned(rows, amount) == wanted


def test_what_is_paid_or_kept_back_of_it_stays(planned):
    rows = [row(1, 950, 50, "paid"), row(2, 50, retention=True)]
    assert planned(rows, 1000) == [(1, 950, 50), (2, 50, 0)]
    with pytest.raises(Problems):
        planned(rows, 999)
