"""What is promised about eligibility, screening, field checks and scores: on both engines."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.appraisal import operations, queries
from grants.appraisal.models import EligibilityCheck, ScoreSheet
from grants.appraisal.registration import sheets_to_file
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.projects.editions import kind_of
from tests.stories.appraisal import (
    all_yes,
    check_values,
    checked,
    eligible,
    points,
    recommended,
    screening_answers,
    sheet,
)
from tests.stories.projects import returned
from tests.stories.rows import again


def places_refused(act) -> set:
    with pytest.raises(Problems) as found:
        act()
    return {problem.field for problem in found.value.problems}


def reasons(project, action, person) -> list[str]:
    offer = next(o for o in lifecycle.offers(again(project), again(person)) if o.action.code == action)
    return [str(reason) for reason in offer.reasons]


def test_every_question_must_be_answered_with_yes_to_be_eligible(project, first):
    questions = queries.rules_of(project).eligibility_questions
    assert len(reasons(project, "declare_eligible", first)) == len(questions)
    with unit_of_work():
        answers = all_yes(project) | {
            "no_debt": {"answer": "no", "note": "Une subvention de 2024 n’est pas justifiée."}
        }
        operations.answer_eligibility(again(project), answers, by=again(first))
    (reason,) = reasons(project, "declare_eligible", first)
    assert "Une subvention de 2024" in reason
    assert reasons(project, "declare_ineligible", first) == []


def test_nobody_is_turned_away_without_a_finding(project, first):
    with unit_of_work():
        operations.answer_eligibility(again(project), all_yes(project), by=again(first))
    assert len(reasons(project, "declare_ineligible", first)) == 1
    with unit_of_work():
        lifecycle.perform(again(project), "declare_eligible", by=again(first))
    assert again(project).step == "appraisal"


def test_a_no_needs_its_reason_and_all_problems_are_told_at_once(project, first):
    answers = {
        "no_debt": {"answer": "no", "note": " "},
        "not_excluded": {"answer": "perhaps", "note": ""},
        "made_up": {"answer": "yes", "note": ""},
    }
    wrong = places_refused(lambda: operations.answer_eligibility(project, answers, by=first))
    assert wrong == {"note_no_debt", "answer_not_excluded", "answer_made_up"}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EligibilityCheck)) == 0


def test_an_answer_may_be_corrected_and_the_journal_keeps_both(project, first, second):
    with unit_of_work():
        file = again(project)
        operations.answer_eligibility(file, {"no_debt": {"answer": "no", "note": "Dette en cours"}}, by=again(first))
        operations.answer_eligibility(file, {"no_debt": {"answer": "yes", "note": ""}}, by=again(second))
        operations.answer_eligibility(file, {"no_debt": {"answer": "yes", "note": ""}}, by=again(second))
    assert queries.checks(again(project))["no_debt"].answer == "yes"
    told = [e.values["answers"] for e in journal.history(project) if e.action == "answer_eligibility"]
    assert told == [{"no_debt": ["yes", ""]}, {"no_debt": ["no", "Dette en cours"]}]


def test_the_database_refuses_a_no_without_reason(project, first):
    db.session.add(EligibilityCheck(project_id=project.id, revision=1, code="x", answer="no", note="", by_id=first.id))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_another_region_and_another_step_are_refused(project, first, far_appraiser):
    with pytest.raises(Refused):
        operations.answer_eligibility(project, all_yes(project), by=far_appraiser)
    with pytest.raises(Refused):
        operations.file_score_sheet(project, scores=points(project), opinion="favourable", comment="x", by=first)
    eligible(project, first)
    with pytest.raises(Refused):
        operations.answer_eligibility(again(project), all_yes(project), by=again(first))


@pytest.mark.parametrize(
    ("yes", "risk"), [((), "C"), (("trees",), "B"), (("trees", "land_conflict"), "B"), (("weapons",), "A")]
)
def test_the_worst_answer_gives_the_class(project, first, yes, risk):
    eligible(project, first)
    with unit_of_work():
        found = operations.screen(again(project), screening_answers(kind_of(project), *yes), by=again(first))
    assert again(found).risk_class == risk
    assert bool(again(found).measures) == (risk == "B")
    told = reasons(project, "recommend", first)
    assert any("classe A" in reason or "class A" in reason for reason in told) == (risk == "A")


def test_a_screening_with_gaps_is_refused_with_each_of_them(project, first):
    eligible(project, first)
    kind = kind_of(project)
    answers = screening_answers(kind) | {"trees": True}
    del answers["partisan"]
    wrong = places_refused(lambda: operations.screen(again(project), answers, by=again(first)))
    assert wrong == {"screening.trees_measure", "screening.partisan"}


def test_a_field_check_tells_all_its_gaps_and_must_confirm(project, first):
    eligible(project, first)
    empty = dict.fromkeys(("met", "findings"), " ") | {"visited_on": None, "confirmed": None, "photo": None}
    wrong = places_refused(lambda: operations.record_field_check(again(project), **empty, by=again(first)))
    assert wrong == {"visited_on", "met", "findings", "confirmed", "photo"}
    tomorrow = clock.today() + timedelta(days=1)
    late = check_values(visited_on=tomorrow)
    assert places_refused(lambda: operations.record_field_check(again(project), **late, by=again(first))) == {
        "visited_on"
    }
    with unit_of_work():
        operations.record_field_check(again(project), **check_values(confirmed=False), by=again(first))
    assert any("n’a pas confirmé" in r or "did not confirm" in r for r in reasons(project, "recommend", first))
    with unit_of_work():
        operations.record_field_check(again(project), **check_values(), by=again(first))
    assert queries.field_check(again(project)).confirmed


def test_two_sheets_close_together_are_enough(project, first, second, third):
    eligible(project, first)
    checked(project, first)
    (missing,) = [r for r in reasons(project, "recommend", first) if "Oumar Cissé" in r]
    assert "Fanta Diarra" in missing and "Aminata Touré" in missing
    assert sheet(project, first, 5).total == 100
    (missing,) = [r for r in reasons(project, "recommend", first) if "Oumar Cissé" in r]
    there, awaited = missing.split("Attendu")
    assert "celle de Fanta Diarra (" in there and "Fanta Diarra" not in awaited and "Oumar Cissé" in awaited
    assert sheet(project, second, 4).total == 80
    assert queries.scoring(again(project)).average == Decimal("90.0")
    assert reasons(project, "recommend", first) == []
    with pytest.raises(Refused):
        sheet(project, third)


def test_a_gap_calls_a_third_sheet_and_the_reason_says_how_far(project, first, second, third):
    eligible(project, first)
    checked(project, first)
    # cohesion weighs 25 and viability 20: 45 points of difference at most, 31 here.
    sheet(project, first, 5)
    sheet(project, second, 5, cohesion=0, viability=4, feasibility=4)
    (reason,) = reasons(project, "recommend", first)
    assert "31" in reason and "Aminata Touré" in reason
    sheet(project, third, 4)
    assert reasons(project, "recommend", first) == []
    assert queries.scoring(again(project)).average == Decimal("83.0")


def test_an_appraiser_files_one_sheet_and_it_never_changes(project, first):
    eligible(project, first)
    made = sheet(project, first)
    with pytest.raises(Refused):
        sheet(project, first, 2)
    twin = {
        name: getattr(made, name) for name in ("project_id", "revision", "appraiser_id", "scores", "opinion", "comment")
    }
    db.session.rollback()
    db.session.add(ScoreSheet(**twin, total=3))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()
    for change in ("UPDATE score_sheet SET total = 99", "DELETE FROM score_sheet"):
        with pytest.raises(sa.exc.DatabaseError):
            db.session.execute(sa.text(change))
        db.session.rollback()
    assert again(made).total == 80


def test_whoever_submitted_does_not_score(call, make_person, first):
    from tests.stories.groups import registered_group
    from tests.stories.projects import submitted

    both = make_person("agent", "appraiser", place="05", name="Les Deux")
    file = submitted(both, registered_group(both), call)
    eligible(file, first)
    with pytest.raises(Refused, match=r"submitted|déposé"):
        sheet(file, both)
    assert queries.scoring(again(file)).sheets == ()


def test_a_sheet_tells_every_mistake_at_once(project, first):
    eligible(project, first)
    scores = points(project, 4, cohesion=6, viability=-1) | {"ability": None}

    def act():
        operations.file_score_sheet(again(project), scores=scores, opinion="great", comment=" ", by=again(first))

    assert places_refused(act) == {"score_cohesion", "score_viability", "score_ability", "opinion", "comment"}


def test_sheets_stay_hidden_until_they_cannot_sway_anybody(project, first, second, third, make_person):
    auditor = make_person("auditor")
    eligible(project, first)
    sheet(project, first, 5)

    def seen(person):
        file = again(project)
        return [s.appraiser.name for s in queries.visible_sheets(file, queries.scoring(file), again(person))]

    assert seen(first) == ["Fanta Diarra"]
    assert seen(second) == [] and seen(auditor) == []
    sheet(project, second, 2)
    assert seen(first) == seen(second) == seen(auditor) == ["Fanta Diarra", "Oumar Cissé"]
    assert seen(third) == []
    sheet(project, third, 3)
    assert len(seen(third)) == 3
    # Nor does the journal give points away.
    assert all("total" not in e.values and "scores" not in e.values for e in journal.history(project))


def test_a_returned_file_is_judged_anew(project, agent, first, second):
    eligible(project, first)
    checked(project, first)
    sheet(project, first)
    returned(first, project, parts=["budget"])
    assert queries.scoring(again(project)).sheets == ()
    with unit_of_work():
        lifecycle.perform(again(project), "resubmit", by=again(agent))
    file = again(project)
    assert (queries.checks(file), queries.screening(file), queries.field_check(file)) == ({}, None, None)
    eligible(project, second)
    sheet(project, first, 3)
    kept = db.session.scalars(sa.select(ScoreSheet).order_by(ScoreSheet.id)).all()
    assert [(s.revision, s.superseded_at is None) for s in kept] == [(1, False), (2, True)]


def test_recommending_takes_a_file_to_the_waiting_list(project, first, second):
    recommended(project, [first, second])
    file = again(project)
    assert (file.step, file.waits_for) == ("committee", "secretary")
    assert queries.averages([file.id]) == {file.id: Decimal("80.0")}


def test_my_work_says_which_reading_is_mine(app, project, first, second, third):
    def work(person) -> list[str]:
        with app.test_request_context():
            return [f"{item.title} · {item.why}" for item in sheets_to_file(again(person))]

    eligible(project, first)
    (line,) = work(first)
    assert "Embouche" in line
    sheet(project, first)
    assert work(first) == []
    assert len(work(second)) == 1
    sheet(project, second)
    assert work(third) == []
