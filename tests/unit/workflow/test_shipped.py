"""The definitions that come with the product: sound, complete, and safe on random walks."""

import ast
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants import workflow
from grants.workflow import Actor, Known, check, load, load_promises, offers

DEFINITIONS = Path(workflow.__file__).parent / "definitions"
HOUSE = Path(workflow.__file__).parents[1] / "lifecycle" / "house_promises.toml"
ROLES = frozenset(
    [
        "agent",
        "appraiser",
        "secretary",
        "member",
        "chair",
        "coordinator",
        "finance_officer",
        "finance_controller",
        "monitor",
        "grievance_officer",
        "admin",
        "auditor",
    ]
)
# What slices provide is looked up when a definition is published: tests/lifecycle/test_definitions.py.
KNOWN = Known(roles=ROLES, house_promises=load_promises(HOUSE))


@pytest.fixture(params=["project", "payment_order"])
def money(request):
    return load(DEFINITIONS / f"{request.param}.toml")


def test_it_is_proved(shipped):
    assert [fault.text("en") for fault in check(load(shipped), KNOWN)] == []


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_act_has_words_for_when_it_is_done(path):
    """A history says what was done, never what somebody could do."""
    definition = load(path)
    told = {f"{step.code}.{act.code}": (act.past, act.label) for step, act in definition.acts()}
    if definition.created_as:
        told["created"] = (definition.created_past, definition.created_label)
    for name, (past, label) in told.items():
        assert past is not None, name
        for locale in ("fr", "en"):
            assert past.get(locale, "").strip(), (name, locale)
            assert past[locale] != label[locale], (name, locale)


def test_two_people_a_role_are_enough(shipped):
    people = {role: {f"{role} 1", f"{role} 2"} for role in ROLES}
    assert check(load(shipped), Known(holders=people)) == []


def test_those_who_administer_or_audit_take_no_business_decision(shipped):
    for _step, action in load(shipped).acts():
        assert not {"admin", "auditor"} & set(action.by)


def test_what_cannot_be_undone_says_its_consequence_before(shipped):
    for step, action in load(shipped).acts():
        harsh = action.kind == "warning" and action.to in load(shipped).ends
        assert action.confirm or not harsh, f"{step.code}.{action.code}"


def test_a_step_offers_one_obvious_way_forward(shipped):
    for step in load(shipped).steps.values():
        assert any(action.kind == "primary" for action in step.actions.values()), step.code


def test_french_typography(shipped):
    definition = load(shipped)
    words = [place.label["fr"] for place in (*definition.steps.values(), *definition.ends.values())]
    words += [place.public["fr"] for place in definition.steps.values()]
    for _step, action in definition.acts():
        words += [text["fr"] for text in (action.label, action.hint, action.confirm) if text]
    for sentence in words:
        assert "'" not in sentence
        assert not any(f" {mark}" in sentence for mark in ":;?!"), sentence


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        # An award straight from appraisal, without committee.
        ("project", 'to = "committee"\nby = ["appraiser"]', 'to = "contract"\nby = ["appraiser"]'),
        # Money before the contract is signed.
        ("project", 'to = "signature"\nby = ["coordinator"]', 'to = "disbursement"\nby = ["coordinator"]'),
        # The one who recommends may award.
        ("project", 'apart_from = ["submit", "resubmit", "recommend"]', 'apart_from = ["submit", "resubmit"]'),
        # The account is not looked at before the contract.
        (
            "project",
            'needs = ["groups.account_verified", "groups.mandates_valid"]',
            'needs = ["groups.mandates_valid"]',
        ),
        # One controller verifies and releases.
        ("payment_order", '"take_account", "verify", "confirm"', '"take_account", "confirm"'),
        # The one who prepared verifies.
        ("payment_order", '["prepare", "retry"', '["retry"'),
        # A failed payment goes out again without being verified again.
        ("payment_order", 'to = "prepared"\nby = ["finance_officer"]', 'to = "sent"\nby = ["finance_officer"]'),
        # Release without verification.
        ("payment_order", 'to = "verified"\nby = ["finance_controller"]', 'to = "sent"\nby = ["finance_controller"]'),
        # A contract in force though a page of its paper is missing.
        ("contract", 'needs = ["contracts.whole_scan", ', "needs = ["),
        # Signed by the group without having been read.
        ("contract", 'to = "read_aloud"', 'to = "signed_by_group"'),
        # Whoever copied the signatures brings it into force.
        ("contract", 'apart_from = ["record_group_signatures"]\n', ""),
        # Minutes of a session without quorum.
        ("committee_session", 'needs = ["committee.quorum"]\n', ""),
        # The system decides, commits, verifies, pays.
        ("project", 'by = ["chair"]', 'by = ["chair", "system"]'),
        (
            "project",
            'by = ["coordinator"]\napart_from = ["submit", "resubmit"]',
            'by = ["system"]\napart_from = ["submit", "resubmit"]',
        ),
        ("payment_order", 'to = "verified"\nby = ["finance_controller"]', 'to = "verified"\nby = ["system"]'),
        ("payment_order", 'created_by = ["finance_officer"]', 'created_by = ["finance_officer", "system"]'),
        ("committee_session", 'by = ["chair"]', 'by = ["system"]'),
    ],
)
def test_the_usual_ways_to_weaken_it_are_refused(file, old, new):
    text = (DEFINITIONS / f"{file}.toml").read_text(encoding="utf-8")
    assert old in text
    codes = {fault.code for fault in check(load(text.replace(old, new, 1)), KNOWN)}
    broken = {"promise_broken", "apart_broken", "house_promise_broken", "house_apart_broken", "house_people_broken"}
    assert codes & broken


# Random walks ---------------------------------------------------------------------------------

# Everybody holds every role: nothing but the separation of people stands in the way.
PEOPLE = [Actor(n, ROLES) for n in range(4)]


class AllMet:
    """A file on which every condition is met; only what people did counts."""

    def __init__(self):
        self.journal: list[tuple[str, int]] = []

    def who_did(self, action: str) -> Mapping[int, str]:
        return {person: str(person) for act, person in self.journal if act == action}

    def unmet(self, guard: str):
        return ()


@st.composite
def walks(draw_, definition):
    """Acts of random people, from the start until an end or until the walk is long enough."""
    facts, step, places, done = AllMet(), definition.start, [definition.start], []
    if definition.created_as:
        facts.journal.append((definition.created_as, draw_(st.integers(0, 3))))
    for _ in range(draw_(st.integers(0, 40))):
        if definition.is_end(step):
            break
        actor = draw_(st.sampled_from(PEOPLE))
        allowed = [offer.action for offer in offers(definition, step, actor, facts) if offer.allowed]
        if not allowed:
            continue
        action = draw_(st.sampled_from(allowed))
        facts.journal.append((action.code, actor.person_id))
        done.append(action)
        step = action.to
        places.append(step)
    return facts.journal, done, places


def apart_pairs(definition) -> list[tuple[str, ...]]:
    return [promise.apart for promise in definition.promises if promise.apart]


@pytest.mark.parametrize("file", ["project", "payment_order", "committee_session", "contract"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_walk_breaks_a_promise(file, data):
    definition = load(DEFINITIONS / f"{file}.toml")
    journal, done, _places = data.draw(walks(definition))
    for group in apart_pairs(definition):
        doers = {code: {person for act, person in journal if act == code} for code in group}
        for code in group:
            others = set().union(*(doers[other] for other in group if other != code))
            assert not doers[code] & others
    for promise in definition.promises:
        if promise.never:
            _holds(definition, promise, done)


def _holds(definition, promise, done):
    """Replay: whenever the target happens, every requirement must have happened before (since the last reopening)."""
    met = {f"action:{definition.created_as}"}
    for action in done:
        met |= {f"action:{action.code}", *(f"guard:{guard}" for guard in action.needs)}
        for effect in action.does:
            if promise.never == f"effect:{effect}":
                assert met >= set(promise.without)
            met.add(f"effect:{effect}")
        if promise.never in (f"action:{action.code}", f"step:{action.to}"):
            assert met >= set(promise.without)
        met.add(f"step:{action.to}")
        if promise.renewed and action.reopens:
            met = {f"step:{action.to}"}


@pytest.mark.parametrize("file", ["project", "payment_order", "committee_session", "contract"])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_from_wherever_a_walk_stops_an_end_can_still_be_reached(file, data):
    definition = load(DEFINITIONS / f"{file}.toml")
    journal, _done, places = data.draw(walks(definition))
    facts = AllMet()
    facts.journal = journal
    # Four people always suffice: somebody may take some action, until an end is within reach.
    seen, waiting = {places[-1]}, [places[-1]]
    while waiting:
        step = waiting.pop()
        if definition.is_end(step):
            return
        for actor in PEOPLE:
            for offer in offers(definition, step, actor, facts):
                if offer.allowed and offer.action.to not in seen:
                    seen.add(offer.action.to)
                    waiting.append(offer.action.to)
    raise AssertionError(f"stuck at {places[-1]} after {journal}")


# The package can be taken out -----------------------------------------------------------------


def test_the_engine_needs_nothing_but_python():
    foreign = set()
    for path in Path(workflow.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            foreign |= {name for name in names if not name.startswith("grants.workflow")
                        and name.partition(".")[0] not in sys.stdlib_module_names}  # fmt: skip
    assert foreign == set()
