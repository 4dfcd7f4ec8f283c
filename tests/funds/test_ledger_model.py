"""Whatever movements are asked for in whatever order, the ledger does what a few lines of plain Python say."""

import itertools

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from grants.core.database import db
from grants.core.errors import Problems
from grants.funds import operations as ledger
from grants.funds import queries
from grants.funds.models import COUNTERS, Envelope

_keys = itertools.count()
AMOUNTS = st.one_of(st.integers(1, 40), st.integers(1, 4000))


class Model:
    """The counters of an envelope of 10 millions and of two micro-projects, in francs."""

    def __init__(self, ceiling: int):
        self.ceiling = ceiling
        self.of = [dict.fromkeys(COUNTERS, 0), dict.fromkeys(COUNTERS, 0)]

    def all(self, counter: str) -> int:
        return sum(one[counter] for one in self.of)

    def most(self, verb: str, which: int) -> int:
        one = self.of[which]
        unjustified = one["paid"] - one["justified"] - one["refunded"]
        return {
            "reserve": self.ceiling - self.all("reserved") - self.all("committed"),
            "release": one["reserved"],
            "commit": one["reserved"],
            "uncommit": one["committed"] - one["paid"],
            "pay": one["committed"] - one["paid"],
            "justify": unjustified,
            "refund": unjustified,
            "reverse_pay": unjustified,
            "reverse_justify": one["justified"],
        }[verb]

    def move(self, verb: str, which: int, amount: int) -> None:
        changes = {
            "reserve": {"reserved": 1}, "release": {"reserved": -1}, "commit": {"reserved": -1, "committed": 1},
            "uncommit": {"committed": -1}, "pay": {"paid": 1}, "justify": {"justified": 1}, "refund": {"refunded": 1},
            "reverse_pay": {"paid": -1}, "reverse_justify": {"justified": -1},
        }  # fmt: skip
        for counter, sign in changes[verb].items():
            self.of[which][counter] += sign * amount


VERBS = ("reserve", "release", "commit", "uncommit", "pay", "justify", "refund")


class LedgerMachine(RuleBasedStateMachine):
    """The state machine; a test gives it the house and two micro-projects. Each run ends with a rollback."""

    house = projects = None

    def __init__(self):
        super().__init__()
        db.session.rollback()
        self.model = Model(10_000)
        self.done = []
        size = 10_000_000 - 10_000
        ledger.withdraw(self.house.envelope, size, key=f"m{next(_keys)}", reference="Petit", by=self.house.coordinator)

    @rule(verb=st.sampled_from(VERBS), which=st.integers(0, 1), amount=AMOUNTS)
    def move(self, verb, which, amount):
        key = f"m{next(_keys)}"
        allowed = amount <= self.model.most(verb, which)
        try:
            made = getattr(ledger, verb)(
                self.projects[which], amount, key=key, reference="R", by=self.house.coordinator
            )
        except ledger.NotEnough as refused:
            assert not allowed
            assert refused.left == self.model.most(verb, which)  # noqa: PT017  (each outcome has its place)
            return
        assert allowed
        self.model.move(verb, which, amount)
        self.done.append((made, verb, which, amount, key))

    @rule(at=st.integers(0, 50), other=st.booleans())
    def again(self, at, other):
        if not self.done:
            return
        made, verb, which, amount, key = self.done[at % len(self.done)]
        if verb.startswith("reverse"):
            return
        try:
            twin = getattr(ledger, verb)(
                self.projects[which], amount + other, key=key, reference="R", by=self.house.coordinator
            )
        except Problems:
            assert other
            return
        assert not other
        assert twin.id == made.id

    @rule(at=st.integers(0, 50))
    def take_back(self, at):
        candidates = [one for one in self.done if one[1] in ("pay", "justify")]
        if not candidates:
            return
        made, verb, which, amount, _key = candidates[at % len(candidates)]
        back = f"reverse_{verb}"
        taken = any(one[1] == back and one[0].reversal_of_id == made.id for one in self.done)
        allowed = not taken and amount <= self.model.most(back, which)
        key = f"m{next(_keys)}"
        try:
            reverse = getattr(ledger, back)(made, key=key, reference="Retour", by=self.house.coordinator)
        except Problems:
            assert not allowed
            return
        assert allowed
        self.model.move(back, which, amount)
        self.done.append((reverse, back, which, amount, key))

    @invariant()
    def counters_agree(self):
        envelope = db.session.get(Envelope, self.house.envelope.id, populate_existing=True)
        assert envelope.ceiling == self.model.ceiling
        assert {name: getattr(envelope, name) for name in COUNTERS} == {name: self.model.all(name) for name in COUNTERS}
        for project, wanted in zip(self.projects, self.model.of, strict=True):
            held = queries.balance(project)
            assert {name: getattr(held, name) for name in COUNTERS} == wanted

    def teardown(self):
        assert queries.check() == []
        db.session.rollback()


# So many steps on each engine: SQLite takes 10 000, PostgreSQL, where each statement is a journey, a part of them.
RUNS = {"sqlite": (100, 100), "postgresql": (20, 75)}


@pytest.mark.slow
def test_the_ledger_agrees_with_a_small_model(house, engine):
    here = {"house": house, "projects": [house.project(), house.project()]}
    examples, steps = RUNS[engine]
    run_state_machine_as_test(
        type("Here", (LedgerMachine,), here),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
