"""The definitions that come with the product, against what the slices provide for them."""

from pathlib import Path

import pytest

from grants.lifecycle import registry
from grants.lifecycle.versions import SHIPPED, known
from grants.workflow import check, load


@pytest.fixture
def definitions():
    return [load(path) for path in sorted(SHIPPED.glob("*.toml"))]


def test_all_are_proved_with_what_is_registered(app, definitions):
    for definition in definitions:
        assert [fault.text("en") for fault in check(definition, known())] == []


# What files that began with an earlier version of a workflow still ask.
FORMER_FORMS = {"contracts.signatures"}
FORMER_GUARDS, FORMER_EFFECTS = {"contracts.signed_scan_filed"}, {"contracts.bring_into_force"}
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_what_is_registered_is_used_somewhere(app, definitions):
    # The examples of the guide show what a programme may ask beside.
    every = [*definitions, *(load(path) for path in sorted(EXAMPLES.glob("*.toml")))]
    acts = [action for definition in every for _step, action in definition.acts()]
    assert set(registry.guards) - {guard for act in acts for guard in act.needs} == FORMER_GUARDS
    assert set(registry.effects) - {effect for act in acts for effect in act.does} == FORMER_EFFECTS
    assert set(registry.input_forms) - {act.asks for act in acts} == FORMER_FORMS


def test_each_condition_and_effect_of_a_definition_is_called_something(app, definitions):
    acts = [action for definition in definitions for _step, action in definition.acts()]
    named = {name for act in acts for name in (*act.needs, *act.does)}
    assert {name for name in named if registry.words[name] == name} == set()


def test_each_kind_of_subject_has_its_definition(app, definitions):
    assert {definition.subject for definition in definitions} == set(registry.kinds)
