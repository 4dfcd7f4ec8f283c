"""The difference of two versions in words: everything that differs is said, in both languages."""

from dataclasses import fields, replace

import pytest

from grants.workflow import load
from grants.workflow.definition import Action, End, Step
from grants.workflow.difference import difference

ROLES = {role: {"fr": f"{role} (fr)", "en": f"{role} (en)"} for role in ("worker", "chief", "director")}


def said(leave, old: str, new: str) -> dict:
    """Place → sentences in French, where one piece of the sound definition is changed."""
    parts = difference(leave.definition(), load(leave.with_change(old, new)), role_words=ROLES)
    return {part.place: [change.text("fr") for change in part.changes] for part in parts}


def test_another_number_or_comment_is_no_difference(leave):
    later = load("# a comment\n" + leave.with_change("version = 1", "version = 2"))
    assert difference(leave.definition(), later) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ('within = "5 wd"', 'within = "3 wd"', "asked", "Délai : 3 jours ouvrables, au lieu de 5 jours ouvrables."),
        ('owner = "chief"', 'owner = "director"', "asked", "Qui doit agir : director (fr), au lieu de chief (fr)."),
        ('by = ["director", "chief"]', 'by = ["director"]', "approved", "« Payer », rôle, en moins : chief (fr)."),
        ('needs = ["leave.days_left"]', "", "asked", "« Approuver », condition, en moins : « leave.days_left »."),
        (
            'to = "incomplete"',
            'to = "done"',
            "asked",
            "« Renvoyer », mène à : « Terminé », au lieu de « À compléter ».",
        ),
        ('apart_from = ["ask"]', "", "asked", "« Approuver », interdit à qui a fait, en moins : « Demander »."),
        ('"Congé"', '"Absence"', None, "Titre : « Absence », au lieu de « Congé »."),
        ('tone = "good"', 'tone = "bad"', "done", "Sens de la fin : « bad », au lieu de « good »."),
        ("reopens = true", "", "asked", "« Renvoyer », rouvre le dossier : non, au lieu de oui."),
        (
            'after = "0 wd", tell',
            'after = "1 wd", tell',
            "asked",
            "Rappel de retard : 1 jour ouvrable après l’échéance",
        ),
    ],
)
def test_each_change_is_said_at_its_place(leave, old, new, place, sentence):
    found = said(leave, old, new)
    assert list(found) == [place]
    assert len(found[place]) == 1 and found[place][0].replace("\u00a0", " ").startswith(sentence), found


def test_steps_and_actions_that_come_and_go(leave):
    text = leave.text.replace("[steps.incomplete]", "[steps.sent_back]").replace(
        "[steps.incomplete.actions.resend]", "[steps.sent_back.actions.resend]"
    )
    text = text.replace('to = "incomplete"', 'to = "sent_back"')
    parts = difference(leave.definition(), load(text), role_words=ROLES)
    english = {part.place: [change.text("en") for change in part.changes] for part in parts}
    assert english["sent_back"][0] == "New step."
    assert "New action: “Send again”, by worker (en), which leads to “Asked”." in english["sent_back"]
    assert english["incomplete"] == ["Step taken out."]
    assert list(english)[-1] == "incomplete"  # what was taken out stands last


def test_promises_that_come_and_go(leave):
    found = said(leave, 'apart = ["ask", "approve", "pay"]', 'apart = ["ask", "approve"]')
    assert [sentence.split(" ")[1] for sentence in found[None]] == ["retirée\u00a0:", "nouvelle\u00a0:"]


def test_a_text_that_changed_in_one_language_is_shown_to_readers_of_the_other(leave):
    parts = difference(leave.definition(), load(leave.with_change('en = "Asked"', 'en = "Requested"')))
    assert "Requested" in parts[0].changes[0].text("fr")


def test_another_order_alone_is_said(leave):
    head, rest = leave.text.split("[steps.approved]")
    steps, ends = rest.split("[ends.done]")
    moved = head.replace("[steps.asked]", "[steps.approved]" + steps + "[steps.asked]", 1) + "[ends.done]" + ends
    assert [change.code for part in difference(leave.definition(), load(moved)) for change in part.changes] == ["order"]


@pytest.mark.parametrize("of", [Step, Action, End])
def test_no_key_can_change_unsaid(leave, of):
    """A field that the comparison forgot would let a change slip by."""
    from dataclasses import replace

    base = leave.definition()
    step = base.steps["asked"]
    for one in fields(of):
        if one.name in ("code", "actions"):
            continue
        if of is Step:
            changed = replace(
                base, steps={**base.steps, "asked": replace(step, **{one.name: _other(getattr(step, one.name))})}
            )
        elif of is Action:
            action = step.actions["approve"]
            other = replace(action, **{one.name: _other(getattr(action, one.name))})
            changed = replace(
                base, steps={**base.steps, "asked": replace(step, actions={**step.actions, "approve": other})}
            )
        else:
            end = base.ends["done"]
            changed = replace(
                base, ends={**base.ends, "done": replace(end, **{one.name: _other(getattr(end, one.name))})}
            )
        sentences = [
            change.text(loc) for part in difference(base, changed) for change in part.changes for loc in ("fr", "en")
        ]
        assert sentences, one.name


def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return (*value, value[0]) if value and not isinstance(value[0], str) else (*value, "other")
    if hasattr(value, "keys"):
        return {**value, "fr": "Autre"}
    if hasattr(value, "unit"):
        return type(value)(value.amount + 1, value.unit)
    return {"fr": "Autre", "en": "Other"} if value is None else "other"


def test_shipped_definitions_do_not_differ_from_themselves(shipped):
    assert difference(load(shipped), load(shipped)) == []


def test_conditions_and_effects_go_by_the_words_of_the_host(leave):
    words = {"leave.balance": {"fr": "il reste des jours", "en": "days are left"}}
    old = leave.definition()
    step, action = next((step, action) for step, action in old.acts() if not action.needs)
    more = replace(action, needs=("leave.balance", "leave.other"), does=(*action.does, "leave.unnamed"))
    steps = {**old.steps, step.code: replace(step, actions={**step.actions, action.code: more})}
    parts = difference(old, replace(old, steps=steps), name_words=words)
    said = " ".join(change.text("fr") for part in parts for change in part.changes)
    assert "il reste des jours" in said and "leave.balance" not in said
    assert "leave.other" in said and "leave.unnamed" in said
