"""The definitions that come with the product, against what the slices provide for them."""

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


def test_what_is_registered_is_used_somewhere(app, definitions):
    acts = [action for definition in definitions for _step, action in definition.acts()]
    assert set(registry.guards) - {guard for act in acts for guard in act.needs} == set()
    assert set(registry.effects) - {effect for act in acts for effect in act.does} == set()
    assert set(registry.input_forms) - {act.asks for act in acts} == set()


def test_each_kind_of_subject_has_its_definition(app, definitions):
    assert {definition.subject for definition in definitions} == set(registry.kinds)
