"""A contract says what was decided, is signed by those it names, and is never quietly replaced."""

import io

import pypdf
import pytest
from sqlalchemy.exc import DatabaseError

from grants import lifecycle
from grants.access.models import RoleGrant
from grants.contracts import queries
from grants.contracts.clauses.parts import parts
from grants.contracts.models import Signature
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.money import format_francs, format_number, francs_in_words
from grants.core.unit_of_work import unit_of_work
from grants.documents import storage
from grants.funds import queries as funds
from grants.groups import operations as groups
from grants.groups.models import Officer
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.committee import awarded
from tests.stories.groups import officer_values
from tests.stories.rows import again

pytestmark = pytest.mark.stands("issued")


def live(project):
    return queries.live(again(project))


def text_of(contract) -> str:
    pages = pypdf.PdfReader(io.BytesIO(storage.get(contract.document.sha256))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def sign(people, project, *, by=None, **over):
    life.act_on_contract(
        by or people.agent, project, "record_group_signatures", **life.signature_values(again(project), **over)
    )


def fields(found) -> list[str]:
    return [problem.field for problem in found.value.problems]


# What it says ---------------------------------------------------------------------------------------------------------


@pytest.mark.stands("team")
@pytest.mark.parametrize("kind", ["livestock", "moto_taxi"])
def test_the_contract_is_printed_from_what_was_frozen(people, kind):
    project = life.issued(people, life.awarded_file(people, kind))
    contract = live(project)
    said = text_of(contract).replace("- ", "")
    assert contract.reference.startswith("CV-") and contract.amount == project.granted
    assert contract.document.code in said and project.group.name in said
    assert [article["number"] for article in contract.content["articles"]] == list(range(1, 21))
    for part in parts().values():
        if part.number:
            assert part.title.replace("- ", "") in said
    assert francs_in_words(contract.amount) in said
    for tranche in contract.content["tranches"]:
        assert " ".join(format_number(tranche["amount"]).split()) in said
    assert sum(tranche["amount"] for tranche in contract.content["tranches"]) == contract.amount
    assert contract.content["budget_note"] is None
    for annex in ("Annexe 1. Budget", "Annexe 2. Plan", "Annexe 3. Examen", "Annexe 4. Calendrier"):
        assert annex in said
    own = {"livestock": "certificat de bonne santé", "moto_taxi": "carte grise"}[kind]
    assert own in said and f"Page {contract.pages} / {contract.pages}" in said


def test_a_contract_keeps_the_versions_of_its_texts(people, project):
    rows = queries.printed_texts(live(project))
    assert {row.part for row in rows} == set(parts())
    special = next(row for row in rows if row.part == "special")
    assert special.version.clause_set.kind == "livestock"
    rows[0].version_id = special.version_id
    with pytest.raises(DatabaseError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.stands("team")
def test_a_lower_grant_is_said_in_the_budget_annex_and_no_line_is_scaled(people):
    file = recommended(life.submitted_file(people), people.appraisers)
    asked = file.requested
    project = life.issued(people, awarded(file, amount=asked - 200_000))
    contract = live(project)
    assert contract.amount == asked - 200_000
    assert sum(line["grant"] for line in contract.content["budget"]) == asked
    assert format_francs(asked - 200_000) in contract.content["budget_note"]
    assert "plafond" in text_of(contract)


# Signing --------------------------------------------------------------------------------------------------------------


def test_the_steps_come_in_their_order_and_nothing_is_committed_before_the_last(people, project):
    contract = live(project)
    assert contract.step == "prepared" and contract.waits_for == "agent"
    with pytest.raises(Refused):
        sign(people, project)
    with pytest.raises(Refused):
        life.act_on_contract(people.coordinator, project, "bring_into_force")
    with pytest.raises(Refused, match="signé"):
        life.filed(people, project)
    life.signed(people, project)
    assert live(project).step == "signed" and funds.balance(project).committed == 0
    with pytest.raises(Refused, match="copie"):
        life.act_on_contract(people.coordinator, project, "bring_into_force")
    with pytest.raises(Refused), unit_of_work():
        lifecycle.perform(again(project), "register_signature", by=again(people.coordinator))
    life.filed(people, project)
    life.act_on_contract(people.coordinator, project, "bring_into_force")
    contract, project = live(project), again(project)
    assert (contract.step, project.step) == ("in_force", "contribution") and contract.in_force_at is not None
    assert {one.office for one in contract.signatures} == {"president", "treasurer", "secretary"}
    assert funds.balance(project).committed == contract.amount


def test_all_that_is_wrong_with_the_signatures_is_said_at_once(people, project):
    life.read_aloud(people, project)
    officers = list(again(project).group.officers)
    today = clock.today()
    given = [{"officer_id": str(officers[0].id), "manner": "thumbprint", "finger": "", "signed_on": today, "paper": ""}]
    with pytest.raises(Problems) as found:
        sign(people, project, signatures=given, witnesses=[{"name": "Seul", "paper": ""}, {"name": "", "paper": ""}])
    assert fields(found) == ["signatures", "signatures", "signatures", "witnesses"]
    said = [str(problem) for problem in found.value.problems]
    assert all(any(officer.name in text for text in said) for officer in officers)
    assert live(project).step == "read_aloud"


@pytest.mark.parametrize("forged", ["999999", "x' OR 1=1", ""])
def test_only_the_officers_of_the_group_sign(people, project, forged):
    life.read_aloud(people, project)
    own = life.signature_values(again(project))["signatures"]
    given = [*own, {**own[0], "officer_id": forged}]
    with pytest.raises(Problems):
        sign(people, project, signatures=given)


def test_nobody_signs_before_the_reading_nor_after_the_end_of_the_mandate(people, project):
    life.read_aloud(people, project)
    own = life.signature_values(again(project))["signatures"]
    from datetime import timedelta

    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(Problems) as found:
        sign(people, project, signatures=[{**one, "signed_on": yesterday} for one in own])
    assert fields(found) == ["signatures"] * 3
    with unit_of_work():
        officer = db.session.get_one(Officer, int(own[0]["officer_id"]))
        officer.mandate_until = yesterday
    with pytest.raises(Problems, match="mandat") as found:
        sign(people, project)
    assert fields(found) == ["signatures"]


def test_a_mandate_known_to_have_ended_before_stops_the_last_step_too(people, project):
    from datetime import timedelta

    life.filed(people, life.signed(people, project))
    with unit_of_work():
        again(project).group.officers[1].mandate_until = clock.today() - timedelta(days=1)
    with pytest.raises(Refused, match="mandat"):
        life.act_on_contract(people.coordinator, project, "bring_into_force")
    assert funds.balance(again(project)).committed == 0


def test_signatures_by_hand_need_no_witness_but_a_thumbprint_needs_two(people, project):
    life.read_aloud(people, project)
    nobody = [{"name": "", "paper": ""}, {"name": "", "paper": ""}]
    with pytest.raises(Problems) as found:
        sign(people, project, witnesses=nobody)
    assert fields(found) == ["witnesses"]
    by_hand = [
        {**one, "manner": "signature", "finger": ""} for one in life.signature_values(again(project))["signatures"]
    ]
    sign(people, project, signatures=by_hand, witnesses=nobody)
    assert live(project).witnesses == []


def test_a_witness_is_somebody_else(people, project):
    life.read_aloud(people, project)
    name = again(project).group.officers[0].name
    same = [{"name": "Ami Diallo", "paper": "1"}, {"name": "ami diallo", "paper": "2"}]
    for witnesses in (same, [{"name": name, "paper": "1"}, {"name": "Ami Diallo", "paper": "2"}]):
        with pytest.raises(Problems) as found:
            sign(people, project, witnesses=witnesses)
        assert fields(found) == ["witnesses"]


def test_a_new_officer_asks_for_a_new_contract(people, project):
    life.read_aloud(people, project)
    with unit_of_work():
        values = officer_values("treasurer", name="Kadia Sangaré")
        groups.appoint(again(project).group, "treasurer", values, by=again(people.agent))
    with pytest.raises(Problems, match="Kadia Sangaré"):
        sign(people, project)
    first = live(project)
    life.act_on_contract(people.coordinator, project, "cancel", reason="La trésorière a changé.")
    assert (again(first).step, again(first).document.state, again(project).step) == (
        "cancelled",
        "cancelled",
        "contract",
    )
    project = life.in_force(people, project)
    assert again(first).document.replacement.id == live(project).document_id
    assert any(one["name"] == "Kadia Sangaré" for one in live(project).content["group"]["officers"])
    assert project.step == "contribution"


def test_only_the_person_whom_the_contract_names_signs_for_the_programme(people, project):
    life.read_aloud(people, project)
    sign(people, project)
    with pytest.raises(Problems, match="Kadidia Sow"):
        life.act_on_contract(
            people.coordinator, project, "record_programme_signature", signed_on=clock.today(), name="Un autre"
        )


def test_beginning_again_sets_the_signatures_aside_and_keeps_them(people, project):
    life.signed(people, project)
    life.act_on_contract(people.coordinator, project, "start_again", reason="Le jour était faux.")
    contract = live(project)
    assert contract.step == "prepared" and contract.signatures == [] and contract.read_on is None
    kept = db.session.scalars(db.select(Signature).where(Signature.contract_id == contract.id)).all()
    assert len(kept) == 3 and all(one.withdrawn_at for one in kept)
    life.filed(people, life.signed(people, project))
    life.act_on_contract(people.coordinator, project, "bring_into_force")
    assert len(live(project).signatures) == 3


def test_who_copied_the_signatures_does_not_bring_it_into_force(people, project):
    life.read_aloud(people, project)
    sign(people, project, by=people.coordinator)
    life.act_on_contract(
        people.coordinator, project, "record_programme_signature", signed_on=clock.today(), name="Kadidia Sow"
    )
    life.filed(people, project)
    with pytest.raises(Refused):
        life.act_on_contract(people.coordinator, project, "bring_into_force")


def test_who_submitted_does_not_bring_it_into_force(people, project):
    life.filed(people, life.signed(people, project))
    with unit_of_work():
        db.session.add(RoleGrant(person_id=people.agent.id, role="coordinator", valid_from=clock.today()))
    with pytest.raises((Refused, Problems)):
        life.act_on_contract(people.agent, project, "bring_into_force")
    assert live(project).in_force_at is None


def test_cancelling_the_award_cancels_the_paper(people, project):
    contract = live(project)
    with unit_of_work():
        reason = {"reason": "Le groupement renonce au financement."}
        lifecycle.perform(again(project), "cancel_award", by=again(people.coordinator), data=reason)
    assert again(contract).document.state == "cancelled" and live(project) is None
    assert again(contract).step == "cancelled" and funds.balance(project).reserved == 0
