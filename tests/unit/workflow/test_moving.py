"""Moving running files: each fits where every promise still holds for it, or says what is in the way."""

import pytest

from grants.workflow import DefinitionError, load, load_promises
from grants.workflow.moving import load_map, plan
from grants.workflow.past import Act, File
from tests.unit.workflow.test_rehearsal import WHOLE, past


def judged(leave, text: str, file: File, mapping=None, **more):
    found = plan(leave.definition(), load(text.replace("version = 1", "version = 2")), mapping or {}, [file], **more)
    return found, [obstacle.code for verdict in found.verdicts for obstacle in verdict.obstacles]


def test_files_stay_at_their_step_by_default(leave):
    found, codes = judged(leave, leave.text, past(leave.definition(), WHOLE[0]))
    assert found.fits and codes == [] and found.verdicts[0].to == "approved"


def test_an_orphan_is_refused_by_name(leave):
    text = leave.text.replace("steps.incomplete", "steps.sent_back").replace('"incomplete"', '"sent_back"')
    file = past(leave.definition(), ("return", 2, {"chief"}))
    found, codes = judged(leave, text, file)
    assert codes == ["orphan"] and not found.fits and found.refused[0].reference == "C-1"
    found, codes = judged(leave, text, file, {"incomplete": "sent_back"})
    assert found.fits and found.verdicts[0].to == "sent_back"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"nowhere": "asked"}, "unknown_source"),
        ({"asked": "nowhere"}, "unknown_target"),
        ({"asked": "done"}, "ends_nothing"),
        ({"done": "asked"}, "ended"),
    ],
)
def test_a_map_that_leads_astray(leave, mapping, code):
    found, _codes = judged(leave, leave.text, past(leave.definition()), mapping)
    assert [problem.code for problem in found.problems] == [code] and not found.fits
    assert all(problem.text(locale) for problem in found.problems for locale in ("fr", "en"))


def test_a_file_is_not_carried_past_what_it_needs(leave):
    """Mapped straight to where it is paid, a file would be paid without having been approved."""
    found, codes = judged(leave, leave.text, past(leave.definition()), {"asked": "approved"})
    assert codes == ["unmet", "unmet"]
    text = found.refused[0].obstacles[0].text("en")
    assert "Approve" in text and text.endswith("Path: approved —pay→ done.")


def test_a_promise_of_the_new_version_asks_for_the_past(leave):
    text = leave.with_more('\n[[promises]]\nnever = "step:done"\nwithout = ["action:return"]\n')
    _found, codes = judged(leave, text, past(leave.definition(), WHOLE[0]))
    assert codes == ["unmet"]
    back = (("return", 2, {"chief"}), ("resend", 1, {"worker"}), WHOLE[0])
    assert judged(leave, text, past(leave.definition(), *back))[0].fits


def test_what_comes_later_on_every_path_need_not_have_happened(leave):
    text = leave.with_more('\n[[promises]]\nnever = "step:done"\nwithout = ["action:pay"]\n')
    assert judged(leave, text, past(leave.definition(), WHOLE[0]))[0].fits


def test_what_happened_before_a_reopening_does_not_count_again(leave):
    """The promise is renewed: approved, then sent back, then carried to the payment by the map."""
    old = leave.definition()
    approve, back = old.steps["asked"].actions["approve"], old.steps["asked"].actions["return"]
    acts = [*past(old, WHOLE[0]).acts, Act("return", "approved", "asked", (4,), ("D",), None, back)]
    file = File("C-1", "asked", tuple(acts))
    _found, codes = judged(leave, leave.text, file, {"asked": "approved"})
    assert codes == ["unmet", "unmet"]
    again = File("C-1", "asked", (*acts, Act("approve", "asked", "approved", (5,), ("E",), None, approve)))
    assert judged(leave, leave.text, again, {"asked": "approved"})[0].fits


def test_house_promises_hold_for_arrivals_too(leave):
    house = load_promises('[[promises]]\nsubject = "leave"\nnever = "effect:leave.pay"\nwithout = ["action:resend"]\n')
    _found, codes = judged(leave, leave.text, past(leave.definition(), WHOLE[0]), house_promises=house)
    assert codes == ["unmet"]
    named, _codes = judged(
        leave, leave.text, past(leave.definition(), WHOLE[0]), house_promises=house,
        name_words={"leave.pay": {"fr": "paie le congé", "en": "pays the leave"}},
    )  # fmt: skip
    (obstacle,) = named.refused[0].obstacles
    assert "l’effet «\u00a0paie le congé\u00a0»" in obstacle.text("fr") and "pays the leave" in obstacle.text("en")
    other = load_promises(
        '[[promises]]\nsubject = "another"\nnever = "effect:leave.pay"\nwithout = ["action:resend"]\n'
    )
    assert judged(leave, leave.text, past(leave.definition(), WHOLE[0]), house_promises=other)[0].fits


def test_one_person_in_two_parts_that_the_version_keeps_apart(leave):
    old = load(leave.with_change('apart_from = ["ask"]\n', ""))
    file = past(old, ("approve", 1, {"chief"}))
    found, codes = judged(leave, leave.text, file)
    assert codes == ["same_person"] and "Awa" in found.refused[0].obstacles[0].text("fr")


def test_a_renamed_act_would_forget_who_did_it(leave):
    text = leave.text.replace('created_as = "ask"', 'created_as = "request"').replace('"ask"', '"request"')
    _found, codes = judged(leave, text, past(leave.definition(), WHOLE[0]))
    assert "missing" in codes


def test_an_act_that_would_not_be_kept_from_its_doer(leave):
    """On no path of the new version does a return come before the payment, but this file had one."""
    text = leave.with_change(
        "[ends.done]",
        '[steps.aside]\nlabel = { fr = "À part", en = "Aside" }\nowner = "chief"\npauses = true\n\n[steps.aside.actions.pay]\nlabel = { fr = "Payer", en = "Pay" }\nto = "done"\nby = ["chief"]\n\n[ends.done]',
    )
    text = text.replace('needs = ["leave.days_left"]\ntells', 'needs = ["leave.days_left"]\ndoes = []\ntells')
    _found, codes = judged(leave, text, past(leave.definition()), {"asked": "aside"})
    assert codes == ["open"]


def test_a_map_is_read_whole_or_refused():
    assert load_map('[steps]\nasked = "approved"\n') == {"asked": "approved"}
    assert load_map("") == {}
    for wrong in ("steps = 3", "[steps]\nasked = 4", "[other]", "[steps", "a = " + "[" * 5000):
        with pytest.raises(DefinitionError):
            load_map(wrong)


def test_a_thousand_files_are_judged_at_once(leave):
    import time

    files = [past(leave.definition(), *WHOLE[:1], reference=f"C-{n}") for n in range(1000)]
    began = time.perf_counter()
    found = plan(leave.definition(), leave.definition(), {}, files)
    assert found.fits and len(found.verdicts) == 1000 and time.perf_counter() - began < 1
