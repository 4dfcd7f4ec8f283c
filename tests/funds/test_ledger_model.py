"""Whatever movements are asked for in whatever order, the ledger does what a few lines of plain Python say."""

import itertools

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.exc import DBAPIError

from grants.committee.models import Committee, Session
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems
from grants.followup.recovery.models import Recovery, WriteOff
from grants.funds import operations as ledger
from grants.funds import queries
from grants.funds.models import COUNTERS, Envelope
from grants.lifecycle.models import WorkflowVersion

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
        unjustified = one["paid"] - one["justified"] - one["refunded"] - one["written_off"]
        return {
            "reserve": self.ceiling - self.all("reserved") - self.all("committed"),
            "release": one["reserved"],
            "commit": one["reserved"],
            "uncommit": one["committed"] - one["paid"],
            "pay": one["committed"] - one["paid"],
            "justify": unjustified,
            "refund": unjustified,
            "write_off": unjustified,
            "reverse_pay": unjustified,
            "reverse_justify": one["justified"],
        }[verb]

    def move(self, verb: str, which: int, amount: int) -> None:
        changes = {
            "reserve": {"reserved": 1}, "release": {"reserved": -1}, "commit": {"reserved": -1, "committed": 1},
            "uncommit": {"committed": -1}, "pay": {"paid": 1}, "justify": {"justified": 1}, "refund": {"refunded": 1},
            "write_off": {"written_off": 1},
            "reverse_pay": {"paid": -1}, "reverse_justify": {"justified": -1},
        }  # fmt: skip
        for counter, sign in changes[verb].items():
            self.of[which][counter] += sign * amount


VERBS = ("reserve", "release", "commit", "uncommit", "pay", "justify", "refund")


class LedgerMachine(RuleBasedStateMachine):
    """The state machine; a test gives it the house and two micro-projects. Each run ends with a rollback."""

    house = projects = decisions = None

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

    @rule(which=st.integers(0, 1), amount=AMOUNTS)
    def write_off(self, which, amount):
        """With the row of a committee's decision; without one the database refuses whatever the amount is."""
        project, by, allowed = (
            self.projects[which],
            self.house.coordinator,
            amount <= self.model.most("write_off", which),
        )
        if allowed and not amount % 8:
            with pytest.raises(DBAPIError), db.session.begin_nested():
                ledger.write_off(project, amount, key=f"m{next(_keys)}", reference="R", by=by)
        key = f"write_off:{self.decisions(project, amount) if allowed else 0}"
        try:
            made = ledger.write_off(project, amount, key=key, reference="R", by=by)
        except ledger.NotEnough as refused:
            assert not allowed
            assert refused.left == self.model.most("write_off", which)  # noqa: PT017  (each outcome has its place)
            return
        assert allowed
        self.model.move("write_off", which, amount)
        self.done.append((made, "write_off", which, amount, key))

    @rule(at=st.integers(0, 50), other=st.booleans())
    def again(self, at, other):
        if not self.done:
            return
        made, verb, which, amount, key = self.done[at % len(self.done)]
        if verb.startswith("reverse") or verb == "write_off":
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


def _decisions(engine: str, by):
    """`decide(project, amount)`: the id of a decision of a committee, as if one sat whenever it is asked.

    How a committee comes to decide is tested elsewhere: here its own checks are put aside, until the rollback.
    """
    running = {"step": "ended", "step_since": clock.now(), "state_revision": 1}

    def sit() -> int:
        for name in ("write_off_by_the_committee", "write_off_by_its_votes"):
            aside = (
                f"ALTER TABLE write_off DISABLE TRIGGER {name}" if engine == "postgresql" else f"DROP TRIGGER {name}"
            )
            db.session.execute(sa.text(aside))
        running["workflow_version_id"] = db.session.scalar(sa.select(WorkflowVersion.id).limit(1))
        committee = _put(Committee, code="C", name="Comité", level="national", quorum=2)
        values = {"committee_id": committee, "held_on": clock.today(), "venue": "Mopti", "prepared_by_id": by.id}
        return _put(Session, reference="S", **values, **running)

    def decide(project, amount: int) -> int:
        number = next(_keys)
        session = db.session.scalar(sa.select(Session.id).where(Session.reference == "S")) or sit()
        claim = _put(
            Recovery, reference=f"R{number}", project_id=project.id, place_code="05", claimed_on=clock.today(), paid=amount,
            settled=0, amount=amount, unspent=0, ineligible=0, unproven=amount, reason="Solde", refunded=0, written_off=0,
            **running,
        )  # fmt: skip
        return _put(
            WriteOff, recovery_id=claim, project_id=project.id, session_id=session, amount=amount, votes_for=2,
            votes_against=0, abstentions=0, reason="Groupement dispersé", proposed_by_id=by.id, by_id=by.id + 1,
            at=clock.now(),
        )  # fmt: skip

    return decide


def _put(model, **values) -> int:
    return db.session.execute(sa.insert(model.__table__).values(**values)).inserted_primary_key[0]


# So many steps on each engine: SQLite takes 10 000, PostgreSQL, where each statement is a journey, a part of them.
RUNS = {"sqlite": (100, 100), "postgresql": (20, 75)}


@pytest.mark.slow
def test_the_ledger_agrees_with_a_small_model(house, engine):
    here = {"house": house, "projects": [house.project(), house.project()]}
    here["decisions"] = staticmethod(_decisions(engine, house.coordinator))
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
