"""Each check has a definition in broken/ that breaks it and nothing else; a check that has none fails here."""

from dataclasses import replace
from pathlib import Path

import pytest

from grants.workflow import DefinitionError, check, load, load_promises
from grants.workflow.faults import _TEXTS, arrows

BROKEN = Path(__file__).parent / "broken"
# What some proofs are held against, beside what the host of the sound definition provides.
HELD_AGAINST = {
    "too_few_people": {"holders": {"worker": {"awa"}, "chief": {"bakary", "cheick"}, "director": {"coumba"}}},
    "step_removed": {"standing": {"asked": 4, "suspended": 2, "vanished": 0}},
    "house_promise_broken": {"house_promises": '[[promises]]\nnever = "effect:leave.pay"\nwithout = ["action:sign"]\n'},
    "house_apart_broken": {"house_promises": '[[promises]]\napart = ["return", "approve"]\n'},
    "house_confirmed_broken": {"house_promises": '[[promises]]\nconfirmed = ["action:approve"]\n'},
    "house_people_broken": {"house_promises": '[[promises]]\nby_people = ["action:approve"]\n'},
}
# Where the fault lies, and the path that shows it, for the proofs that walk.
SHOWN = {
    "no_way_out": ("incomplete", None, "asked —return→ incomplete"),
    "too_few_people": ("approved", "pay", "asked —approve→ approved —pay→ done"),
    "timer_loop": ("incomplete", "remind", "asked —wait→ incomplete —remind→ asked"),
    "leads_to_obsolete": ("asked", "return", "asked —return→ incomplete"),
    "step_removed": ("suspended", None, ""),
    "promise_broken": ("approved", "pay", "asked —return→ incomplete —shortcut→ approved —pay→ done"),
    "apart_broken": ("asked", "approve", "asked —approve→ approved"),
    "people_broken": ("approved", "pay", "approved —pay→ done"),
    "confirmed_broken": ("approved", "pay", "approved —pay→ done"),
    "house_confirmed_broken": ("asked", "approve", "asked —approve→ approved"),
    "house_promise_broken": ("approved", "pay", "asked —approve→ approved —pay→ done"),
    "house_apart_broken": ("asked", "approve", "asked —return→ incomplete —resend→ asked —approve→ approved"),
    "house_people_broken": ("asked", "approve", "asked —approve→ approved"),
}


def faults_of(leave, code: str):
    """All that is wrong with a broken definition, its form first."""
    more = dict(HELD_AGAINST.get(code, {}))
    if "house_promises" in more:
        more["house_promises"] = load_promises(more["house_promises"])
    try:
        return check(load(BROKEN / f"{code}.toml"), replace(leave.known, **more))
    except DefinitionError as error:
        return error.problems


def test_every_check_has_its_definition():
    assert {path.stem for path in BROKEN.glob("*.toml")} == set(_TEXTS)


@pytest.mark.parametrize("code", sorted(_TEXTS))
def test_it_is_refused_for_this_alone(leave, code):
    found = faults_of(leave, code)
    assert {fault.code for fault in found} == {code}, [fault.text("en") for fault in found]
    for fault in found:
        for locale in ("fr", "en"):
            assert fault.text(locale).startswith(f"{code}.toml")
            assert "{" not in fault.text(locale).replace("{ fr", "")


@pytest.mark.parametrize("code", sorted(SHOWN))
def test_it_names_step_action_and_path(leave, code):
    fault = faults_of(leave, code)[0]
    assert (fault.step, fault.action, arrows(fault.path)) == SHOWN[code]
    assert fault.step in fault.text("fr")
    assert arrows(fault.path) in fault.text("fr")


@pytest.mark.parametrize("code", sorted(_TEXTS))
def test_mended_it_is_sound(leave, code):
    """The rest of the file is the sound definition: what is refused is what was changed."""
    assert check(leave.definition(), leave.known) == []
    lines = (BROKEN / f"{code}.toml").read_text(encoding="utf-8").splitlines()
    sound = leave.text.splitlines()
    assert sum(line in lines for line in sound) > len(sound) - 10
