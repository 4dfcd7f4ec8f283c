"""A definition that follows another: what files did before an obsolete step counts, and what they did not."""

from dataclasses import replace

import pytest

from grants.workflow import check, load

# "approved" was taken out; those who stand there are paid by the new step.
PAID = """
[steps.payable]
label = { fr = "À payer", en = "To pay" }
owner = "director"
within = "2 d"
[steps.payable.actions.pay]
label = { fr = "Payer", en = "Pay" }
to = "done"
by = ["director", "chief"]
apart_from = ["ask", "approve"]
does = ["leave.pay"]
"""


@pytest.fixture
def later(leave) -> str:
    text = leave.with_change('to = "approved"', 'to = "payable"').replace("version = 1", "version = 2")
    text = text.replace("[steps.approved]\n", "[steps.approved]\nobsolete = true\n")
    old = text[text.index("[steps.approved.actions.pay]") : text.index("[ends.done]")]
    move = '[steps.approved.actions.go_on]\nlabel = { fr = "Continuer", en = "Go on" }\nto = "payable"\nby = ["director"]\n'
    return text.replace(old, f"{move}\n{PAID}\n")


def test_what_happened_before_the_obsolete_step_counts(leave, later):
    earlier = [leave.definition()]
    assert check(load(later), replace(leave.known, earlier=earlier, standing={"approved": 3})) == []


def test_what_did_not_happen_there_breaks_the_promise_with_its_path(leave, later):
    shortcut = (
        '\n[steps.incomplete.actions.shortcut]\nlabel = { fr = "x", en = "x" }\nto = "approved"\nby = ["chief"]\n'
    )
    earlier = [load(leave.with_more(shortcut))]
    assert check(load(later), leave.known) == []
    found = check(load(later), replace(leave.known, earlier=earlier))
    assert {fault.code for fault in found} == {"promise_broken"}
    assert found[0].path == (
        "asked", "return", "incomplete", "shortcut", "approved", "go_on", "payable", "pay", "done",
    )  # fmt: skip


def test_who_acted_before_the_obsolete_step_is_not_forgotten(leave, later):
    free = later.replace('apart_from = ["ask", "approve"]', 'apart_from = ["ask"]')
    found = check(load(free), replace(leave.known, earlier=[leave.definition()]))
    assert {(fault.code, fault.data["other"], fault.action) for fault in found} == {("apart_broken", "approve", "pay")}


def test_an_obsolete_step_of_two_versions_ago_is_followed_through_both(leave, later):
    third = later.replace("version = 2", "version = 3")
    shortcut = (
        '\n[steps.incomplete.actions.shortcut]\nlabel = { fr = "x", en = "x" }\nto = "approved"\nby = ["chief"]\n'
    )
    versions = [load(leave.with_more(shortcut)), load(later)]
    found = check(load(third), replace(leave.known, earlier=versions))
    assert {fault.code for fault in found} == {"promise_broken"}
    assert check(load(third), replace(leave.known, earlier=[leave.definition(), load(later)])) == []
