"""Each proof has a definition that breaks it, and a message that names the step and the path."""

import time
from dataclasses import replace

import pytest

from grants.workflow import Known, check, load, load_promises
from grants.workflow.faults import _TEXTS, Fault


def faults_of(leave, source, known=None):
    return check(load(source), known or leave.known)


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, [fault.text("en") for fault in faults]
    return faults[0]


def test_a_sound_definition_has_no_fault(leave):
    assert check(leave.definition(), leave.known) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "step", "action"),
    [
        ('start = "asked"', 'start = "nowhere"', "unknown_start", None, None),
        ('to = "done"', 'to = "don"', "unknown_step", "approved", "pay"),
        ('apart_from = ["ask"]', 'apart_from = ["ask", "asks"]', "unknown_action", "asked", "approve"),
        ('owner = "director"', 'owner = "directeur"', "unknown_role", "approved", None),
        ('by = ["director", "chief"]', 'by = ["director", "boss"]', "unknown_role", "approved", "pay"),
        ('tells = ["worker"]', 'tells = ["works"]', "unknown_role", "asked", "approve"),
        ('tell = ["director"]', 'tell = ["boss"]', "unknown_role", "asked", None),
        ('created_by = ["worker"]', 'created_by = ["guest"]', "unknown_role", None, None),
        ('needs = ["leave.days_left"]', 'needs = ["leave.days_left", "leave.x"]', "unknown_guard", "asked", "approve"),
        ('does = ["leave.pay"]', 'does = ["leave.pay", "leave.x"]', "unknown_effect", "approved", "pay"),
        ('asks = "leave.reason"', 'asks = "leave.x"', "unknown_form", "asked", "return"),
        ('phase = "request"', 'phase = "requests"', "unknown_phase", "asked", None),
        ('never = "effect:leave.pay"', 'never = "step:x"', "unknown_step", None, None),
        ('without = ["action:approve", "guard', 'without = ["action:aprove", "guard', "unknown_action", None, None),
        ('apart = ["ask", "approve", "pay"]', 'apart = ["ask", "payer"]', "unknown_action", None, None),
    ],
)
def test_a_name_that_does_not_resolve(leave, old, new, code, step, action):
    found = faults_of(leave, leave.with_change(old, new))
    assert (code, step, action) in [(fault.code, fault.step, fault.action) for fault in found]


def test_without_a_host_names_of_the_host_are_not_checked(leave):
    assert check(leave.definition(), Known()) == []


LOOSE = """
[steps.forgotten]
label = { fr = "Oublié", en = "Forgotten" }
owner = "chief"
within = "2 d"
[steps.forgotten.actions.go]
label = { fr = "Aller", en = "Go" }
to = "done"
by = ["chief"]
"""


def test_a_step_that_nobody_can_reach(leave):
    fault = only(faults_of(leave, leave.with_more(LOOSE)))
    assert (fault.code, fault.step) == ("unreachable", "forgotten")


def test_an_end_that_nobody_can_reach(leave):
    more = '[ends.lost]\npublic = { fr = "Perdu", en = "Lost" }\n'
    fault = only(faults_of(leave, leave.with_more(more)))
    assert (fault.code, fault.step) == ("unreachable", "lost")


def test_a_step_from_which_no_end_can_be_reached_and_how_one_gets_there(leave):
    source = leave.with_change('to = "asked"', 'to = "incomplete"')
    fault = only(faults_of(leave, source))
    assert (fault.code, fault.step) == ("no_way_out", "incomplete")
    assert fault.path == ("asked", "return", "incomplete")
    assert "asked —return→ incomplete" in fault.text("fr")


def test_a_definition_without_end(leave):
    source = leave.text.replace('[ends.done]\npublic = { fr = "Terminé", en = "Done" }\ntone = "good"\n', "")
    assert "no_ends" in [fault.code for fault in faults_of(leave, source.replace('to = "done"', 'to = "asked"'))]


@pytest.mark.parametrize("by", ["by = []", 'by = ["boss"]', ""])
def test_an_action_that_nobody_can_take(leave, by):
    found = faults_of(leave, leave.with_change('by = ["director", "chief"]', by))
    assert ("nobody", "approved", "pay") in [(fault.code, fault.step, fault.action) for fault in found]


def test_an_action_apart_from_itself(leave):
    source = leave.with_change('apart_from = ["ask", "approve"]', 'apart_from = ["ask", "approve", "pay"]')
    assert only(faults_of(leave, source)).code == "apart_from_itself"


def test_separation_that_leaves_nobody_among_the_people_there_are(leave):
    enough = {"worker": {"awa"}, "chief": {"bakary"}, "director": {"coumba"}}
    assert check(leave.definition(), replace(leave.known, holders=enough)) == []
    # Bakary is the only chief and the only director: he approves, and nobody is left to pay.
    alone = {"worker": {"awa"}, "chief": {"bakary"}, "director": {"bakary"}}
    fault = only(check(leave.definition(), replace(leave.known, holders=alone)))
    assert (fault.code, fault.step, fault.action) == ("too_few_people", "approved", "pay")


def test_three_acts_that_are_all_apart_need_three_people(leave):
    two = {"worker": {"awa", "bakary"}, "chief": {"awa", "bakary"}, "director": {"awa", "bakary"}}
    assert [f.code for f in check(leave.definition(), replace(leave.known, holders=two))] == ["too_few_people"]
    three = {role: {*people, "coumba"} for role, people in two.items()}
    assert check(leave.definition(), replace(leave.known, holders=three)) == []


def test_waiting_without_owner(leave):
    assert only(faults_of(leave, leave.with_change('owner = "worker"\n', ""))).code == "no_owner"


def test_waiting_without_time_limit_unless_the_other_side_must_act(leave):
    assert only(faults_of(leave, leave.with_change('within = "48 h"\n', ""))).code == "no_deadline"
    assert only(faults_of(leave, leave.with_change("pauses = true\n", ""))).code == "no_deadline"
    assert only(faults_of(leave, leave.with_change('within = "5 wd"\n', ""))).code == "late_without_deadline"


@pytest.mark.parametrize(
    ("old", "new", "step", "action"),
    [
        ('title = { fr = "Congé", en = "Leave" }', 'title = { fr = "Congé" }', None, None),
        ('label = { fr = "Payer", en = "Pay" }', 'label = { fr = "Payer", en = " " }', "approved", "pay"),
        ('label = { fr = "Demande", en = "Request" }', 'label = { fr = "Demande" }', None, None),
        ('public = { fr = "Accordé", en = "Granted" }', 'public = { fr = "Accordé" }', "approved", None),
        ('tells = ["worker"]', 'hint = { fr = "Un mot" }', "asked", "approve"),
        ('tells = ["worker"]', 'confirm = { fr = "Sûr ?" }', "asked", "approve"),
        ('created_label = { fr = "Demander", en = "Ask" }', 'created_label = { fr = "Demander" }', None, None),
        ('apart = ["ask", "approve", "pay"]', 'apart = ["ask", "approve", "pay"]\nwhy = { fr = "x" }', None, None),
    ],
)
def test_a_text_missing_in_one_language(leave, old, new, step, action):
    fault = only(faults_of(leave, leave.with_change(old, new)))
    assert (fault.code, fault.step, fault.action) == ("label_missing", step, action)
    assert fault.data["language"] == "en"
    assert "anglais" in fault.text("fr")


def test_a_step_without_any_label(leave):
    found = faults_of(leave, leave.with_change('label = { fr = "À compléter", en = "To complete" }\n', ""))
    assert [(fault.code, fault.data["language"]) for fault in found] == [
        ("label_missing", "fr"),
        ("label_missing", "en"),
    ]


# Promises on every path -----------------------------------------------------------------------

SHORTCUT = """
[steps.incomplete.actions.shortcut]
label = { fr = "Raccourci", en = "Shortcut" }
to = "approved"
by = ["director"]
"""


def test_a_side_path_around_an_approval_is_found_and_shown(leave):
    found = faults_of(leave, leave.with_more(SHORTCUT))
    broken = [fault for fault in found if fault.code == "promise_broken"]
    assert [fault.data["value"] for fault in broken] == ["action:approve", "guard:leave.days_left"]
    assert broken[0].path == ("asked", "return", "incomplete", "shortcut", "approved", "pay", "done")
    assert (broken[0].step, broken[0].action) == ("approved", "pay")
    for locale in ("fr", "en"):
        assert "asked —return→ incomplete —shortcut→ approved —pay→ done" in broken[0].text(locale)


def test_a_promise_about_a_step(leave):
    source = leave.with_more(SHORTCUT).replace('never = "effect:leave.pay"', 'never = "step:approved"')
    fault = next(fault for fault in faults_of(leave, source) if fault.code == "promise_broken")
    assert (fault.step, fault.path[-2:]) == ("approved", ("shortcut", "approved"))


def test_a_promise_about_an_action_and_one_about_an_end(leave):
    for never in ("action:pay", "step:done"):
        source = leave.text.replace('never = "effect:leave.pay"', f'never = "{never}"')
        assert check(load(source), leave.known) == []
        found = check(load(source + SHORTCUT), leave.known)
        assert {fault.code for fault in found} == {"promise_broken"}


def test_a_requirement_may_be_a_step_or_an_effect(leave):
    sound = '[[promises]]\nnever = "step:done"\nwithout = ["step:approved", "effect:leave.pay", "action:ask"]\n'
    assert faults_of(leave, leave.with_more(sound)) == []
    broken = '[[promises]]\nnever = "step:done"\nwithout = ["step:incomplete"]\n'
    assert only(faults_of(leave, leave.with_more(broken))).path == ("asked", "approve", "approved", "pay", "done")


def test_an_act_may_meet_the_requirement_itself(leave):
    sound = '[[promises]]\nnever = "effect:leave.pay"\nwithout = ["action:pay"]\n'
    assert faults_of(leave, leave.with_more(sound)) == []


def test_arriving_somewhere_comes_after_the_act_that_leads_there(leave):
    late = '[[promises]]\nnever = "effect:leave.pay"\nwithout = ["step:done"]\n'
    assert only(faults_of(leave, leave.with_more(late))).path == ("asked", "approve", "approved", "pay", "done")


def test_effects_of_one_act_happen_in_their_order(leave):
    known = replace(leave.known, effects={"leave.pay", "leave.count"})
    promise = '[[promises]]\nnever = "effect:leave.pay"\nwithout = ["effect:leave.count"]\n'
    first = leave.with_change('does = ["leave.pay"]', 'does = ["leave.count", "leave.pay"]')
    after = leave.with_change('does = ["leave.pay"]', 'does = ["leave.pay", "leave.count"]')
    assert faults_of(leave, first + promise, known) == []
    assert only(faults_of(leave, after + promise, known)).code == "promise_broken"


def test_a_renewed_promise_lets_nothing_count_from_before_a_reopening(leave):
    back = """
[steps.approved.actions.reopen]
label = { fr = "Rouvrir", en = "Reopen" }
to = "payable"
by = ["director"]
reopens = true
[steps.payable]
label = { fr = "À payer", en = "To pay" }
owner = "director"
within = "2 d"
[steps.payable.actions.pay]
label = { fr = "Payer", en = "Pay" }
to = "done"
by = ["director"]
apart_from = ["ask", "approve"]
does = ["leave.pay"]
"""
    found = faults_of(leave, leave.with_more(back))
    assert {fault.code for fault in found} == {"promise_broken"}
    assert found[0].path == ("asked", "approve", "approved", "reopen", "payable", "pay", "done")
    once = leave.with_more(back).replace("renewed = true\n", "")
    assert faults_of(leave, once) == []


def test_people_apart_on_every_path_even_round_a_loop(leave):
    again = """
[steps.approved.actions.reconsider]
label = { fr = "Reconsidérer", en = "Reconsider" }
to = "asked"
by = ["director"]
"""
    source = leave.with_more(again).replace('["ask", "approve", "pay"]', '["ask", "reconsider", "approve"]')
    found = [fault for fault in faults_of(leave, source) if fault.code == "apart_broken"]
    pairs = {(fault.data["other"], fault.action) for fault in found}
    assert pairs == {("reconsider", "approve"), ("approve", "reconsider"), ("ask", "reconsider")}
    loop = next(fault for fault in found if fault.action == "approve")
    assert loop.path == ("asked", "approve", "approved", "reconsider", "asked", "approve", "approved")


def test_the_creating_act_counts_for_separation(leave):
    fault = only(faults_of(leave, leave.with_change('apart_from = ["ask"]', "apart_from = []")))
    assert (fault.code, fault.data["other"], fault.action) == ("apart_broken", "ask", "approve")
    assert fault.path == ("asked", "approve", "approved")


def test_promises_of_the_house_hold_whatever_the_definition_says(leave):
    house = load_promises(
        """
        [[promises]]
        never = "effect:leave.pay"
        without = ["action:sign"]
        [[promises]]
        subject = "other"
        never = "effect:leave.pay"
        without = ["action:countersign"]
        [[promises]]
        never = "effect:what.is_not_here"
        without = ["action:sign"]
        [[promises]]
        apart = ["approve", "return", "not_here"]
        """
    )
    found = check(leave.definition(), replace(leave.known, house_promises=house))
    promise, separation = found
    assert (promise.code, promise.data["value"]) == ("house_promise_broken", "action:sign")
    assert promise.path == ("asked", "approve", "approved", "pay", "done")
    assert (separation.code, separation.data["other"], separation.action) == ("house_apart_broken", "return", "approve")


def test_what_is_for_people_is_never_the_system_s(leave):
    known = replace(leave.known, roles={*leave.known.roles, "system"})
    mine = leave.with_more('\n[[promises]]\nby_people = ["effect:leave.pay", "action:ask", "step:done"]\n')
    assert check(load(mine), known) == []
    broken = mine.replace('by = ["director", "chief"]', 'by = ["director", "system"]').replace(
        'created_by = ["worker"]', 'created_by = ["worker", "system"]'
    )
    found = check(load(broken), known)
    assert [(fault.code, fault.action, fault.data["value"]) for fault in found] == [
        ("people_broken", "pay", "effect:leave.pay"),
        ("people_broken", "ask", "action:ask"),
        ("people_broken", "pay", "step:done"),
    ]
    house = load_promises('[[promises]]\nby_people = ["action:approve"]\n')
    source = leave.with_change('by = ["chief"]\napart_from', 'by = ["chief", "system"]\napart_from')
    (fault,) = check(load(source), replace(known, house_promises=house))
    assert (fault.code, fault.step, fault.action) == ("house_people_broken", "asked", "approve")


def test_a_promise_about_people_names_what_is_there(leave):
    found = faults_of(leave, leave.with_more('\n[[promises]]\nby_people = ["effect:leave.pey"]\n'))
    assert [(fault.code, fault.data["value"]) for fault in found] == [("unknown_effect", "leave.pey")]


# Messages and size ----------------------------------------------------------------------------


def test_every_fault_speaks_both_languages():
    data = {
        "key": "k", "value": "v", "known": ["vv"], "kind": "text", "language": "fr", "error": "e", "start": "s",
        "others": "o", "count": 3, "never": "step:x", "other": "a",
    }  # fmt: skip
    for code in _TEXTS:
        french, english = (Fault(code, "f.toml", "s", "a", ("s", "a", "t"), data).text(loc) for loc in ("fr", "en"))
        assert french != english
        assert "{" not in french.replace("{ fr", "")
        assert french.startswith("f.toml, étape «\u00a0s\u00a0», action «\u00a0a\u00a0»\u00a0:")
        assert english.startswith("f.toml, step “s”, action “a”:")
        assert english.endswith("Path: s —a→ t.")


def test_an_unknown_language_reads_french():
    assert Fault("no_ends").text("bm") == Fault("no_ends").text("fr")


def large_definition(steps: int) -> str:
    lines = [
        "[workflow]", 'name = "large"', "version = 1", 'subject = "large"', 'start = "s0"',
        'title = { fr = "Grand", en = "Large" }',
    ]  # fmt: skip
    lines.append('[ends.done]\npublic = { fr = "Fin", en = "End" }')
    words = 'label = { fr = "x", en = "x" }'
    for n in range(steps):
        lines.append(f'[steps.s{n}]\n{words}\nowner = "r"\nwithin = "1 d"')
        targets = [
            f"s{n + 1}" if n + 1 < steps else "done",
            f"s{n // 2}",
            f"s{n * 7 % steps}",
            f"s{n * 13 % steps}",
            "done",
        ]
        lines += [
            f'[steps.s{n}.actions.a{m}]\n{words}\nto = "{to}"\nby = ["r"]\napart_from = ["a{(m + 1) % 5}"]'
            for m, to in enumerate(targets)
        ]
    lines += [f'[[promises]]\nnever = "step:s{n}"\nwithout = ["action:a1", "step:s{n // 2}"]' for n in range(1, 20)]
    lines += ['[[promises]]\napart = ["a0", "a1", "a2", "a3", "a4"]']
    return "\n".join(lines)


def test_a_thousand_steps_are_checked_in_seconds():
    definition = load(large_definition(1000))
    assert sum(1 for _ in definition.acts()) == 5000
    begun = time.perf_counter()
    check(definition, Known(roles={"r"}))
    # The target is 2 seconds; a loaded machine gets more.
    assert time.perf_counter() - begun < 10
