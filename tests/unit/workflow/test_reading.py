"""A definition is read whole or refused with everything that is wrong."""

import pytest

from grants.workflow import DefinitionError, Duration, load, load_promises


def codes(source: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load(source)
    return [fault.code for fault in caught.value.problems]


def test_what_is_written_is_what_is_read(leave):
    definition = leave.definition()
    assert (definition.name, definition.version, definition.subject) == ("leave", 1, "leave")
    assert (definition.created_as, definition.created_by) == ("ask", ("worker",))
    asked = definition.steps["asked"]
    assert (asked.owner, asked.within, asked.phase, asked.pauses) == ("chief", Duration(5, "wd"), "request", False)
    assert [(str(late.after), late.tell, late.escalate) for late in asked.late] == [
        ("0 wd", ("owner",), False),
        ("2 d", ("director",), True),
    ]
    approve = asked.actions["approve"]
    assert (approve.to, approve.by, approve.apart_from) == ("approved", ("chief",), ("ask",))
    assert (approve.needs, approve.does, approve.asks, approve.kind) == (("leave.days_left",), (), None, "secondary")
    assert asked.actions["return"].reopens
    assert definition.ends["done"].tone == "good"
    assert definition.steps_of("request") == ("asked",)


def test_what_the_system_does_and_what_was_taken_out(leave):
    rule = '{ after = "2 d", tell = ["director"], escalate = true, takes = "return" }'
    changed = leave.with_change('{ after = "2 d", tell = ["director"], escalate = true }', rule)
    definition = load(changed.replace("pauses = true", "pauses = true\nobsolete = true"))
    assert [late.takes for late in definition.steps["asked"].late] == [None, "return"]
    assert [step.code for step in definition.steps.values() if step.obsolete] == ["incomplete"]


def test_an_act_is_told_once_it_is_done_and_may_ask_who_it_is(leave):
    source = leave.with_change(
        'label = { fr = "Approuver", en = "Approve" }',
        'label = { fr = "Approuver", en = "Approve" }\npast = { fr = "Approuvé", en = "Approved" }\nconfirm_identity = true',
    ).replace("created_label =", 'created_past = { fr = "Demandé", en = "Asked" }\ncreated_label =')
    definition = load(source)
    approve, send_back = definition.steps["asked"].actions.values()
    assert (approve.confirm_identity, send_back.confirm_identity) == (True, False)
    told = [definition.action_past(code)["fr"] for code in ("approve", "return", "ask", "unknown")]
    assert told == ["Approuvé", "Renvoyer", "Demandé", "unknown"]


@pytest.mark.parametrize(
    "promise",
    [
        'by_people = ["guard:leave.days_left"]',
        'by_people = ["action:ask"]\napart = ["ask", "pay"]',
        "by_people = []",
        'confirmed = ["action:ask"]\nby_people = ["action:ask"]',
    ],
)
def test_a_promise_says_one_thing(leave, promise):
    assert set(codes(leave.with_more(f"\n[[promises]]\n{promise}\n"))) <= {"bad_reference", "bad_promise"}


def test_order_of_steps_and_actions_is_that_of_the_file(leave):
    definition = leave.definition()
    assert list(definition.steps) == ["asked", "incomplete", "approved"]
    assert list(definition.steps["asked"].actions) == ["approve", "return"]


def test_a_step_without_public_words_shows_its_label_and_an_end_its_public_words(leave):
    definition = leave.definition()
    assert definition.steps["asked"].public["fr"] == "Demandé"
    assert definition.steps["approved"].public["fr"] == "Accordé"
    assert definition.ends["done"].label["en"] == "Done"


def test_the_hash_follows_the_content_not_the_comments(leave):
    same = load("# a remark\n\n" + leave.text)
    other = load(leave.with_change('within = "48 h"', 'within = "49 h"'))
    assert same.content_hash == leave.definition().content_hash
    assert hash(same) == hash(leave.definition())
    assert same == leave.definition()
    assert other.content_hash != same.content_hash


def test_the_order_of_the_buttons_is_content(leave):
    approved = leave.text.index("[steps.asked.actions.approve]")
    returned = leave.text.index("[steps.asked.actions.return]")
    after = leave.text.index("[steps.incomplete]")
    text = leave.text
    swapped = text[:approved] + text[returned:after] + text[approved:returned] + text[after:]
    assert load(swapped).content_hash != leave.definition().content_hash


def test_nothing_that_was_read_can_be_changed(leave):
    definition = leave.definition()
    with pytest.raises(TypeError):
        definition.steps["asked"] = None
    with pytest.raises(TypeError):
        definition.steps["asked"].actions["approve"] = None
    with pytest.raises(AttributeError):
        definition.start = "approved"
    with pytest.raises(TypeError):
        definition.steps["asked"].label["fr"] = "Autre"


def test_a_path_and_its_name_are_files(leave, tmp_path):
    path = tmp_path / "leave.toml"
    path.write_text(leave.text, encoding="utf-8")
    assert load(path).content_hash == load(str(path)).content_hash == leave.definition().content_hash
    assert load(path).file == "leave.toml"
    assert load(path).source == leave.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = 1', 'version = 1\nlanguage = "fr"'),
        ('tone = "good"', 'tone = "good"\ncolour = "red"'),
        ('pauses = true', 'pauses = true\npause = true'),
        ('apart_from = ["ask"]', 'apart_form = ["ask"]'),
        ('{ after = "0 wd", tell = ["owner"] }', '{ after = "0 wd", tells = ["owner"] }'),
        ('renewed = true', 'renewed = true\nrenew = true'),
        ('[phases.request]', '[phases.request]\ncolour = "red"'),
        ('[workflow]', '[settings]\n[workflow]'),
    ],
)  # fmt: skip
def test_an_unknown_key_is_refused_wherever_it_stands(leave, old, new):
    assert codes(leave.with_change(old, new)) == ["unknown_key"]


def test_a_misspelt_key_is_named_with_the_one_that_was_meant(leave):
    with pytest.raises(DefinitionError) as caught:
        load(leave.with_change('apart_from = ["ask"]', 'apart_form = ["ask"]'))
    (fault,) = caught.value.problems
    assert (fault.step, fault.action) == ("asked", "approve")
    assert "apart_from" in fault.text("en")
    assert "apart_form" in fault.text("fr")
    assert "vouliez-vous dire" in fault.text("fr")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("version = 1", "version = 0", "bad_value"),
        ("version = 1", "version = true", "wrong_kind"),
        ("version = 1", 'version = "1"', "wrong_kind"),
        ('name = "leave"\n', "", "missing_key"),
        ('start = "asked"\n', "", "missing_key"),
        ('to = "done"\n', "", "missing_key"),
        ('within = "48 h"', 'within = "48"', "bad_duration"),
        ('within = "48 h"', "within = 48", "wrong_kind"),
        ('by = ["director", "chief"]', 'by = "director"', "wrong_kind"),
        ('by = ["director", "chief"]', 'by = [""]', "wrong_kind"),
        ('tone = "good"', 'tone = "lovely"', "bad_value"),
        ('tells = ["worker"]', 'kind = "huge"', "bad_value"),
        ("pauses = true", 'pauses = "yes"', "wrong_kind"),
        ('label = { fr = "Payer", en = "Pay" }', 'label = "Pay"', "wrong_kind"),
        ('label = { fr = "Payer", en = "Pay" }', 'label = { french = "Payer" }', "wrong_kind"),
        ("[steps.incomplete]", '[steps."In complete"]', "bad_code"),
        ("[ends.done]", "[ends.approved]", "step_and_end"),
        ('never = "effect:leave.pay"', 'never = "pay"', "bad_reference"),
        ('without = ["action:approve", "guard:leave.days_left"]', 'without = ["approve"]', "bad_reference"),
        ('without = ["action:approve", "guard:leave.days_left"]\n', "", "bad_promise"),
        ('apart = ["ask", "approve", "pay"]', 'apart = ["ask"]', "bad_promise"),
    ],
)
def test_each_mistake_of_form_is_named(leave, old, new, code):
    assert code in codes(leave.with_change(old, new))


def test_all_mistakes_come_at_once(leave):
    text = leave.with_change("version = 1", "version = 0").replace('within = "48 h"', 'within = "soon"')
    found = codes(text.replace("renewed = true", "renew = true"))
    assert sorted(found) == ["bad_duration", "bad_value", "unknown_key"]


def test_what_is_not_toml_says_where(leave):
    with pytest.raises(DefinitionError) as caught:
        load(leave.with_change("version = 1", "version = "))
    (fault,) = caught.value.problems
    assert fault.code == "not_toml"
    assert "line" in fault.text("en")


@pytest.mark.parametrize(
    "text", ["steps = 3", "[workflow]\nsteps = []", "steps = { a = 1 }", "[[steps]]", "promises = [1]"]
)
def test_a_file_of_another_shape_is_refused_and_nothing_breaks(text):
    assert codes(text + "\n")


def test_promises_of_a_house_stand_in_a_file_of_their_own():
    promises = load_promises('[[promises]]\nnever = "step:paid"\nwithout = ["action:sign"]\nsubject = "project"\n')
    assert [(p.never, p.without, p.subject) for p in promises] == [("step:paid", ("action:sign",), "project")]
    with pytest.raises(DefinitionError):
        load_promises('[[promises]]\nnever = "step:paid"\nunless = ["action:sign"]\n')


def test_the_example_of_the_design_is_read():
    definition = load(
        """
        [workflow]
        name = "micro-project"
        version = 1
        subject = "project"
        start = "draft"
        title = { fr = "Micro-projet", en = "Micro-project" }
        [steps.appraisal]
        label = { fr = "Évaluation", en = "Appraisal" }
        public = { fr = "En cours d’examen", en = "Being examined" }
        owner = "appraiser"
        within = "10 wd"
        late = [{ after = "0 wd", tell = ["owner"] }, { after = "5 wd", tell = ["coordinator"], escalate = true }]
        [steps.appraisal.actions.recommend]
        label = { fr = "Proposer au comité", en = "Recommend to the committee" }
        to = "committee"
        by = ["appraiser"]
        apart_from = ["submit"]
        needs = ["appraisal.two_scores", "appraisal.screening_done"]
        does = ["committee.enter_waiting_list"]
        tells = ["secretary", "agent"]
        asks = "appraisal.recommendation"
        [ends.closed]
        public = { fr = "Clos", en = "Closed" }
        [[promises]]
        never = "step:disbursement"
        without = ["action:award", "action:register_signature"]
        [[promises]]
        apart = ["submit", "recommend", "award"]
        """
    )
    assert definition.steps["appraisal"].actions["recommend"].tells == ("secretary", "agent")
