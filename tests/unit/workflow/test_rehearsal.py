"""A version tried on past files: what would have gone otherwise, counted and file by file."""

from grants.workflow import load
from grants.workflow.past import Act, File
from grants.workflow.rehearsal import rehearse


def past(definition, *moves, reference: str = "C-1", step: str | None = None) -> File:
    """A file that went through these acts: (action, person, roles) from where it stood."""
    here = definition.start
    acts = [Act("ask", None, here, (1,), ("Awa",), {"worker"})]
    for code, person, roles in moves:
        action = definition.steps[here].actions[code]
        acts.append(Act(code, here, action.to, (person,), (f"P{person}",), roles, action))
        here = action.to
    return File(reference, step or here, tuple(acts))


WHOLE = (("approve", 2, {"chief"}), ("pay", 3, {"director"}))


def kinds(leave, text: str, *moves) -> list[tuple]:
    old = leave.definition()
    report = rehearse(load(text), [past(old, *moves)], old=old)
    return [(count.finding.kind, count.finding.action, count.finding.detail) for count in report.counts]


def test_the_same_version_changes_nothing(leave):
    report = rehearse(leave.definition(), [past(leave.definition(), *WHOLE), past(leave.definition(), reference="C-2")])
    assert (report.files, report.acts, report.unchanged, report.counts) == (2, 4, 2, ())


def test_an_act_that_would_not_have_existed(leave):
    text = leave.with_change("[steps.asked.actions.approve]", "[steps.asked.actions.agree]").replace(
        '"approve"', '"agree"'
    )
    assert ("absent", "approve", None) in kinds(leave, text, *WHOLE)


def test_one_difference_does_not_hide_those_after_it(leave):
    text = leave.with_change("[steps.asked.actions.approve]", "[steps.asked.actions.agree]").replace(
        '"approve"', '"agree"'
    )
    text = text.replace("action:approve", "action:agree").replace('by = ["director", "chief"]', 'by = ["chief"]')
    assert kinds(leave, text, *WHOLE) == [("absent", "approve", None), ("not_allowed", "pay", None)]


def test_a_role_that_would_not_have_been_allowed(leave):
    assert kinds(leave, leave.with_change('by = ["director", "chief"]', 'by = ["chief"]'), *WHOLE) == [
        ("not_allowed", "pay", None)
    ]


def test_a_person_who_would_have_been_kept_apart(leave):
    old = load(leave.with_change('apart_from = ["ask", "approve"]', 'apart_from = ["ask"]'))
    report = rehearse(leave.definition(), [past(old, ("approve", 2, {"chief"}), ("pay", 2, {"chief"}))])
    assert [(count.finding.kind, count.finding.detail) for count in report.counts] == [("apart", "approve")]


def test_a_guard_that_would_have_been_asked(leave):
    text = leave.with_change(
        'apart_from = ["ask", "approve"]', 'apart_from = ["ask", "approve"]\nneeds = ["leave.days_left"]'
    )
    assert kinds(leave, text, *WHOLE) == [("guard", "pay", "leave.days_left")]


def test_a_file_that_would_end_elsewhere(leave):
    text = leave.with_change('to = "approved"', 'to = "done"')
    assert kinds(leave, text, WHOLE[0]) == [("elsewhere", "approve", "done"), ("ends_elsewhere", None, "done")]


def test_a_file_at_a_step_that_is_gone(leave):
    text = leave.text.replace("steps.incomplete", "steps.sent_back").replace('"incomplete"', '"sent_back"')
    found = kinds(leave, text, ("return", 2, {"chief"}))
    assert ("gone", None, None) in found and ("elsewhere", "return", "sent_back") in found


def test_an_act_of_the_system_is_no_matter_of_roles(leave):
    old = leave.definition()
    action = old.steps["asked"].actions["approve"]
    file = File(
        "C-1",
        "approved",
        (
            Act("ask", None, "asked", (1,), ("Awa",), {"worker"}),
            Act("approve", "asked", "approved", (), (), frozenset(), action),
        ),
    )
    assert rehearse(old, [file]).counts == ()


def test_findings_are_counted_by_acts_and_by_files(leave):
    old = leave.definition()
    back = (("return", 2, {"chief"}), ("resend", 1, {"worker"}))
    files = [past(old, *back, *back, reference="C-1"), past(old, *back, reference="C-2"), past(old, reference="C-3")]
    report = rehearse(
        load(leave.with_change('by = ["worker"]\n\n[steps.approved]', 'by = ["chief"]\n\n[steps.approved]')), files
    )
    assert [(count.acts, count.files) for count in report.counts] == [(3, 2)]
    assert [one.reference for one in report.changed] == ["C-1", "C-2"] and report.unchanged == 1
    assert "Send again" in report.counts[0].finding.text("en") and "Redéposer" in report.counts[0].finding.text("fr")
