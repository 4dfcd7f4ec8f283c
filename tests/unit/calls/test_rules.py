"""The rules of a call: what they decide, and what is told to who writes them wrong. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.calls.rules import LEVELS, amounts, default_rules, parse
from grants.core.errors import Problems


@pytest.fixture
def rules():
    return parse(default_rules())


@pytest.mark.parametrize(
    ("amount", "kind", "percents"),
    [
        (1, "livestock", (60, 40)),
        (1_000_000, "livestock", (60, 40)),
        (1_000_001, "livestock", (50, 30, 20)),
        (90_000_000, "commerce", (50, 30, 20)),
        (400_000, "water_point", (30, 40, 30)),
    ],
)
def test_the_plan_depends_on_amount_and_kind(rules, amount, kind, percents):
    assert rules.plan_for(amount, kind) == percents


@pytest.mark.parametrize(
    ("amount", "level"),
    [(1, "local"), (500_000, "local"), (500_001, "regional"), (3_000_000, "regional"), (3_000_001, "national")],
)
def test_the_committee_depends_on_the_amount(rules, amount, level):
    assert rules.level_for(amount) == level


@given(grant=st.integers(100, 10**12), percents=st.lists(st.integers(1, 30), min_size=1, max_size=7))
def test_tranches_are_the_grant_to_the_franc(grant, percents):
    percents = (*percents, 100 - sum(percents)) if sum(percents) < 100 else (50, 30, 20)
    parts = amounts(percents, grant)
    assert sum(parts) == grant
    assert len(parts) == len(percents)
    for part, percent in zip(parts, percents, strict=True):
        assert part > 0
        assert abs(part - grant * percent / 100) < len(percents) + grant * 1e-12


def test_rounding_goes_to_the_last_tranche():
    assert amounts((60, 40), 999_999) == (599_999, 400_000)
    with pytest.raises(ValueError):
        amounts((30, 40, 25, 5), 3)


@given(grant=st.integers(100, 10**12), kept=st.integers(0, 20), kind=st.sampled_from(["water_point", "livestock"]))
def test_what_is_kept_back_of_works_is_a_tranche_of_its_own(grant, kept, kind):
    parts = parse(default_rules() | {"retention_percent": kept}).schedule(grant, kind)
    assert sum(part.amount for part in parts) == grant
    assert all(part.amount > 0 and part.held >= 0 for part in parts)
    last = parts[-1]
    assert last.retention == (kind == "water_point" and sum(part.held for part in parts) > 0)
    if last.retention:
        assert last.amount == sum(part.held for part in parts)
        assert {"works_accepted", "guarantee_over"} <= set(last.conditions)
    assert not any(part.retention for part in parts[:-1])


def test_a_condition_is_lifted_only_by_a_role_that_may(rules):
    assert rules.lifting["visit_on_track"] == "coordinator"
    assert parse({name: value for name, value in default_rules().items() if name != "lifting"}).lifting == {}
    with pytest.raises(Problems) as found:
        parse(default_rules() | {"lifting": {"visit_on_track": "finance_officer"}})
    assert [problem.field for problem in found.value.problems] == ["lift_visit_on_track"]


def test_later_tranches_share_the_last_conditions(rules):
    assert "contribution_proven" in rules.conditions_for(1)
    assert "previous_justified" not in rules.conditions_for(1)
    assert rules.conditions_for(2) == rules.conditions_for(7)
    assert {"previous_justified", "visit_on_track"} <= set(rules.conditions_for(2))


def test_a_sheet_counts_out_of_a_hundred(rules):
    best = {criterion.code: criterion.most for criterion in rules.score_grid}
    assert rules.total(best) == 100
    assert rules.total(dict.fromkeys(best, 0)) == 0
    assert rules.total(best | {"cohesion": 2}) == 85
    # 3 of 5 everywhere is 60; one point of a weight of 15 is 3.
    assert rules.total(dict.fromkeys(best, 3) | {"inclusion": 4}) == 63
    with pytest.raises(KeyError):
        rules.total({"cohesion": 5})


@given(points=st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_a_total_stays_between_nothing_and_a_hundred(points):
    rules = parse(default_rules())
    total = rules.total({c.code: p for c, p in zip(rules.score_grid, points, strict=True)})
    assert 0 <= total <= 100


def test_the_shipped_rules_are_whole_and_one_s_own(rules):
    assert sum(criterion.weight for criterion in rules.score_grid) == 100
    assert [one.level for one in rules.committee_levels] == list(LEVELS)
    assert (rules.justify_percent, rules.score_gap_limit, rules.least_score) == (80, 20, 50)
    assert (rules.chase_days.remind, rules.chase_days.suspend, rules.chase_days.notice) == (30, 60, 90)
    changed = default_rules()
    changed["tranche_plans"].clear()
    assert default_rules()["tranche_plans"]


WRONG = [
    ("tranche_plans", []),
    ("tranche_plans", [{"percents": [50, 40]}]),
    ("tranche_plans", [{"percents": [100.0]}]),
    ("tranche_plans", [{"percents": [50, 0, 50]}]),
    ("tranche_plans", [{"percents": [150, -50]}]),
    ("tranche_plans", [{"up_to": 5, "percents": [100]}]),
    ("tranche_plans", [{"percents": [100]}, {"percents": [50, 50]}]),
    ("tranche_plans", [{"up_to": 9, "percents": [100]}, {"up_to": 5, "percents": [100]}, {"percents": [100]}]),
    ("works_percents", "30/70"),
    ("retention_percent", 21),
    ("appeal_days", 91),
    ("retention_months", 0),
    ("lifting", {"contract_in_force": "coordinator"}),
    ("lifting", {"account_verified": "coordinator"}),
    ("lifting", ["visit_on_track"]),
    ("tranche_conditions", []),
    ("tranche_conditions", [["a_friend_agrees"]]),
    ("committee_levels", [{"level": "national", "up_to": 5}, {"level": "local"}]),
    ("committee_levels", [{"level": "local", "up_to": 5}, {"level": "local"}]),
    ("committee_levels", [{"level": "village"}]),
    ("committee_levels", [{"level": "national", "up_to": 5}]),
    ("committee_levels", None),
    ("score_grid", []),
    ("score_grid", [{"code": "a", "label": {"fr": "A", "en": "A"}, "weight": 99}]),
    ("score_grid", [{"code": "a", "label": {"fr": "A"}, "weight": 100}]),
    ("score_grid", [{"code": "a", "label": {"fr": "A", "en": "A"}, "weight": 50}] * 2),
    ("score_grid", [{"code": "A b", "label": {"fr": "A", "en": "A"}, "weight": 100}]),
    ("score_grid", [{"code": "a", "label": {"fr": "A", "en": "A"}, "weight": 100, "most": 0}]),
    ("eligibility_questions", []),
    ("eligibility_questions", [{"code": "a", "label": {"fr": "", "en": "A"}}]),
    ("quota_women", 101),
    ("quota_youth", None),
    ("justify_percent", True),
    ("score_gap_limit", 0),
    ("chase_remind", "30"),
    ("chase_suspend", 20),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_is_wrong_is_told_with_its_field(field, value):
    with pytest.raises(Problems) as found:
        parse(default_rules() | {field: value})
    assert {problem.field for problem in found.value.problems} == {field}


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(Problems) as found:
        parse({})
    fields = {problem.field for problem in found.value.problems}
    assert {
        "tranche_plans",
        "works_percents",
        "committee_levels",
        "score_grid",
        "quota_women",
        "chase_notice",
    } <= fields
