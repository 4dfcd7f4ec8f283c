"""What is promised about an application while it is written, submitted and returned: on both engines."""

import pytest
import sqlalchemy as sa

from grants import journal, lifecycle
from grants.core.database import db
from grants.core.errors import NotFound, Problems, Refused, Stale
from grants.core.unit_of_work import unit_of_work
from grants.projects import comparing, content, operations, parts
from grants.projects.editions import kind_of
from grants.projects.models import Project, Revision
from tests.stories.answers import BUDGETS
from tests.stories.groups import registered_group
from tests.stories.projects import answers_of, complete_draft, draft, returned, submitted, upload
from tests.stories.rows import again


def places_refused(act) -> set:
    with pytest.raises(Problems) as found:
        act()
    return {problem.field for problem in found.value.problems}


def test_a_draft_begins_with_reference_place_and_journal(agent, group, call):
    project = draft(agent, group, call)
    assert project.reference.startswith("MP-")
    assert (project.step, project.waits_for, project.place_code) == ("draft", "agent", group.place_code)
    assert project.kind_hash == kind_of(project).hash
    assert [event.action for event in journal.history(project)] == ["begin"]


def test_everything_wrong_with_a_beginning_is_said_at_once(agent, group, make_person, call):
    def act():
        operations.start_draft(call=call, group=group, kind="crafts", title="ab", by=agent)

    assert places_refused(act) == {"kind", "title"}


def test_the_same_form_twice_begins_one_application(agent, group, call):
    first = draft(agent, group, call, uuid="0190f5fe-7c00-7a00-8000-000000000001")
    again_ = draft(agent, group, call, uuid="0190f5fe-7c00-7a00-8000-000000000001")
    assert first.id == again_.id


def test_a_group_has_one_running_file_of_a_kind_under_a_call(agent, group, call):
    draft(agent, group, call)
    assert places_refused(lambda: draft(agent, group, call)) == {"kind"}
    assert draft(agent, group, call, "commerce").id


def test_an_agent_of_another_territory_writes_nothing(agent, far_agent, group, call):
    with pytest.raises(Refused):
        draft(far_agent, group, call)
    project = draft(agent, group, call)
    with pytest.raises(Refused):
        operations.save_budget(project, BUDGETS["livestock"], by=far_agent)
    with pytest.raises(Refused):
        operations.attach_paper(project, "quotes", upload(), by=far_agent)
    assert not project.budget and not project.papers


@pytest.mark.parametrize("kind", ["livestock", "moto_taxi", "commerce"])
def test_an_application_of_each_kind_is_written_and_submitted(agent, group, call, kind):
    project = complete_draft(agent, group, call, kind)
    assert [(p.code, [str(g) for g in p.gaps]) for p in parts.parts(project) if p.gaps] == []
    assert {p.state for p in parts.parts(project)} == {"complete"}
    with unit_of_work():
        lifecycle.perform(project, "submit", by=again(agent))
    project = again(project)
    assert (project.step, project.revision, project.waits_for) == ("eligibility", 1, "appraiser")
    frozen = project.last_revision
    assert frozen.content["sums"]["requested"] == project.requested == frozen.requested
    assert frozen.content_hash == content.digest(frozen.content)
    assert {paper["kind"] for paper in frozen.content["papers"]} == {paper.kind for paper in project.papers}
    assert frozen.content["group"]["account"]["ends_in"] == project.group.account.number[-4:]
    assert project.group.account.number not in str(frozen.content)


def test_an_empty_draft_says_every_part_that_is_missing(agent, group, call):
    project = draft(agent, group, call, spoke_for_group="")
    with pytest.raises(Refused) as found:
        lifecycle.perform(project, "submit", by=agent)
    reasons = " ".join(str(reason) for reason in found.value.reasons)
    for part in parts.parts(project):
        assert part.gaps and str(part.title) in reasons
    assert project.revision == 0 and project.step == "draft"


def test_a_budget_says_all_its_problems_each_at_its_line(agent, group, call):
    project = draft(agent, group, call)
    good = BUDGETS["livestock"][0]
    lines = [
        good,
        {**good, "label": " ", "quantity": 0},
        {**good, "category": "gold", "paid_by": "nobody", "unit_price": None},
    ]
    assert places_refused(lambda: operations.save_budget(project, lines, by=agent)) == {
        "lines-1-label", "lines-1-quantity", "lines-2-category", "lines-2-paid_by", "lines-2-unit_price",
    }  # fmt: skip
    assert db.session.scalar(sa.text("SELECT count(*) FROM budget_line")) == 0


def test_a_budget_adds_up_by_who_pays_and_can_be_saved_again(agent, group, call):
    project = draft(agent, group, call)
    operations.save_budget(project, BUDGETS["livestock"], by=agent)
    assert (project.requested, project.own_cash, project.own_kind) == (2_850_000, 300_000, 165_000)
    operations.save_budget(project, BUDGETS["livestock"][:2], by=agent)
    assert (project.requested, project.own_cash, project.own_kind, len(project.budget)) == (2_790_000, 0, 0, 2)
    assert [line.position for line in project.budget] == [1, 2]


def test_too_small_a_contribution_keeps_the_file_from_being_submitted(agent, group, call):
    project = complete_draft(agent, group, call)
    operations.save_budget(project, BUDGETS["livestock"][:3], by=agent)
    assert parts.contribution_gap(project) == 285_000
    with pytest.raises(Refused):
        lifecycle.perform(project, "submit", by=agent)


def test_saving_what_is_there_already_adds_nothing_to_the_journal(agent, group, call):
    project = complete_draft(agent, group, call)
    before = len(journal.history(project))
    operations.save_budget(project, BUDGETS["livestock"], by=agent)
    section = kind_of(project).questionnaire.section("people")
    operations.save_section(project, "people", answers_of(project, section), by=agent)
    assert len(journal.history(project)) == before


def test_the_second_of_two_who_write_the_same_section_is_told(agent, make_person, group, call):
    other = make_person("agent", place="05")
    project = draft(agent, group, call)
    seen = content.fingerprint(None)
    operations.save_section(project, "site", {"name": "Sofara"}, by=agent, seen=seen)
    with pytest.raises(Problems):
        operations.save_section(project, "site", {"name": "Ailleurs"}, by=other, seen=seen)
    assert content.section_answers(project, "site") == {"name": "Sofara"}


def test_the_same_file_twice_is_one_paper_and_a_removed_one_stays_on_record(agent, group, call):
    project = draft(agent, group, call)
    first = operations.attach_paper(project, "quotes", upload("devis.pdf", b"%PDF-1.4 one"), by=agent)
    second = operations.attach_paper(project, "quotes", upload("devis.pdf", b"%PDF-1.4 one"), by=agent)
    assert first.id == second.id and len(project.papers) == 1
    operations.remove_paper(project, first.file.uuid, by=agent)
    assert project.papers == []
    assert db.session.scalar(sa.text("SELECT count(*) FROM paper WHERE removed_at IS NOT NULL")) == 1
    with pytest.raises(NotFound):
        operations.remove_paper(project, first.file.uuid, by=agent)


def test_a_paper_that_nobody_asks_for_needs_a_name(agent, group, call):
    project = draft(agent, group, call)
    assert places_refused(lambda: operations.attach_paper(project, "other", upload(), by=agent)) == {"note"}
    assert places_refused(lambda: operations.attach_paper(project, "selfie", upload(), by=agent)) == {"kind"}
    assert (
        operations.attach_paper(project, "other", upload(), note="Lettre du maire", by=agent).note == "Lettre du maire"
    )


def test_nothing_is_written_once_submitted(agent, group, call):
    project = submitted(agent, group, call)
    for act in (
        lambda: operations.save_section(project, "site", {}, by=agent),
        lambda: operations.save_budget(project, [], by=agent),
        lambda: operations.attach_paper(project, "quotes", upload(), by=agent),
        lambda: operations.remove_paper(project, project.papers[0].file.uuid, by=agent),
        lambda: operations.set_spokesperson(project, "Autre", by=agent),
        lambda: operations.retitle(project, "Tout autre chose", by=agent),
    ):
        with pytest.raises(Refused):
            act()


def test_after_a_return_only_the_chosen_parts_are_open(agent, appraiser, group, call):
    project = returned(appraiser, submitted(agent, group, call), parts=["budget", "section:account"])
    assert project.step == "completion"
    assert {p.code for p in parts.parts(project) if p.open} == {"budget", "section:account", "spokesperson"}
    with pytest.raises(Refused):
        operations.save_section(project, "site", {}, by=agent)
    with pytest.raises(Refused):
        operations.attach_paper(project, "quotes", upload(), by=agent)
    with pytest.raises(Refused):
        operations.retitle(project, "Tout autre chose", by=agent)
    operations.save_budget(project, BUDGETS["livestock"][:-1], by=agent)


def test_a_correction_that_calls_for_another_paper_opens_the_papers(agent, appraiser, group, call):
    project = returned(appraiser, submitted(agent, group, call), parts=["section:care"])
    with pytest.raises(Refused):
        operations.attach_paper(project, "grazing_agreement", upload(), by=agent)
    answers = {**project.answers["sections"]["care"], "grazing": True, "grazing_path": "Par la piste de l’ouest"}
    operations.save_section(project, "care", answers, by=agent)
    operations.attach_paper(project, "grazing_agreement", upload(), by=agent)
    assert not parts.part(project, "papers").gaps


def test_a_second_revision_is_frozen_and_its_difference_reads_in_words(agent, appraiser, group, call):
    project = returned(appraiser, submitted(agent, group, call), parts=["budget", "section:care", "papers"])
    lines = [{**BUDGETS["livestock"][0], "quantity": 38}, *BUDGETS["livestock"][1:]]
    operations.save_budget(project, lines, by=agent)
    operations.save_section(project, "care", {**project.answers["sections"]["care"], "deaths": 3}, by=agent)
    operations.attach_paper(project, "quotes", upload("nouveau devis.pdf"), by=agent)
    with unit_of_work():
        lifecycle.perform(project, "resubmit", by=again(agent))
    project = again(project)
    assert (project.revision, project.unlocked, project.step) == (2, None, "eligibility")
    old, new = (revision.content for revision in project.revisions)
    changes = {
        change.label: (change.before, change.after) for change in comparing.differences(kind_of(project), old, new)
    }
    assert changes["Animaux · Béliers de 12 à 18 mois"][0].startswith(
        "40\u00a0têtes × 48\u202f000 = 1\u202f920\u202f000"
    )
    assert changes["Animaux · Béliers de 12 à 18 mois"][1].startswith(
        "38\u00a0têtes × 48\u202f000 = 1\u202f824\u202f000"
    )
    assert ("", "nouveau devis.pdf") in changes.values()
    assert len(changes) == 4  # the line, its sum, the answer, the paper


def test_a_frozen_revision_cannot_be_altered_or_removed(agent, group, call):
    project = submitted(agent, group, call)
    for statement in (
        "UPDATE revision SET requested = 1",
        "DELETE FROM revision",
        "UPDATE kind_edition SET code = 'x'",
    ):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"):
            db.session.execute(sa.text(statement))
        db.session.rollback()
    assert db.session.get(Revision, project.last_revision.id).requested == 2_850_000


def test_two_presses_of_the_button_submit_once(agent, group, call):
    project = complete_draft(agent, group, call)
    first = lifecycle.perform(project, "submit", by=agent, idempotency_key="press")
    second = lifecycle.perform(project, "submit", by=agent, idempotency_key="press")
    assert first.id == second.id and project.revision == 1


def test_who_comes_late_is_told(agent, appraiser, group, call):
    project = submitted(agent, group, call)
    seen = project.state_revision
    project = returned(appraiser, project, parts=["budget"])
    with pytest.raises(Stale):
        lifecycle.perform(project, "return_for_completion", by=appraiser, data={}, expected_revision=seen)


def test_a_kind_that_changed_later_is_read_as_the_file_began_with_it(agent, group, call):
    from grants.projects import editions

    project = complete_draft(agent, group, call)
    original = editions.kinds.kinds
    editions._by_hash.cache_clear()
    try:
        editions.kinds.kinds = dict
        assert kind_of(project).hash == project.kind_hash
        assert {p.state for p in parts.parts(project)} == {"complete"}
    finally:
        editions.kinds.kinds = original
        editions._by_hash.cache_clear()


def test_the_other_group_of_the_agent_is_not_touched(agent, group, call):
    other = registered_group(agent)
    first, second = draft(agent, group, call), draft(agent, other, call)
    operations.save_budget(first, BUDGETS["livestock"], by=agent)
    assert db.session.get(Project, second.id).requested == 0
