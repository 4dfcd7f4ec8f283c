"""A contract says what was decided, binds once it is signed by those it names, and is never quietly replaced."""

import io

import pypdf
import pytest

from grants import lifecycle
from grants.access.models import RoleGrant
from grants.contracts import operations, queries
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.money import format_francs, format_number
from grants.core.unit_of_work import unit_of_work
from grants.documents import storage
from grants.funds import queries as funds
from grants.groups import operations as groups
from tests.stories import life
from tests.stories.appraisal import photo, recommended
from tests.stories.committee import awarded
from tests.stories.groups import officer_values
from tests.stories.projects import upload
from tests.stories.rows import again


@pytest.fixture
def people(make_person):
    return life.team(make_person)


@pytest.fixture
def project(people):
    return life.issued(people, life.awarded_file(people))


def text_of(contract) -> str:
    pages = pypdf.PdfReader(io.BytesIO(storage.get(contract.document.sha256))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def signatures(project, **over) -> dict:
    officers = list(project.group.officers)
    return {
        "signed_on": clock.today(),
        "place": "Sofara",
        "language": "bamanankan",
        "reader": "Kadidia Sow",
        "signatures": [{"officer_id": str(one.id), "manner": "thumbprint", "finger": "left_thumb"} for one in officers],
        "witnesses": [{"name": "Moussa Kéita", "paper": "NINA 1"}, {"name": "Ami Diallo", "paper": "CNI 2"}],
        **over,
    }


def sign(people, project, *, by=None, **over):
    with unit_of_work():
        file = again(project)
        data = signatures(file, **over)
        lifecycle.perform(file, "register_signature", by=again(by or people.coordinator), data=data)
    return again(project)


def filed(people, project, *uploads):
    with unit_of_work():
        contract = queries.live(again(project))
        operations.file_scan(contract, list(uploads) or [upload("convention.pdf")], by=again(people.agent))


def test_the_contract_is_printed_from_what_was_frozen(people, project):
    contract = queries.live(project)
    said = text_of(contract)
    assert contract.reference.startswith("CV-") and contract.amount == project.granted
    assert contract.document.code in said
    assert project.group.name in said.replace("- ", "")
    for tranche in contract.content["tranches"]:
        assert " ".join(format_number(tranche["amount"]).split()) in said
    assert sum(tranche["amount"] for tranche in contract.content["tranches"]) == contract.amount
    assert contract.content["budget_note"] is None


def test_a_lower_grant_is_said_in_the_budget_annex_and_no_line_is_scaled(people):
    file = recommended(life.submitted_file(people), people.appraisers)
    asked = file.requested
    project = life.issued(people, awarded(file, amount=asked - 200_000))
    contract = queries.live(project)
    assert contract.amount == asked - 200_000
    assert sum(line["grant"] for line in contract.content["budget"]) == asked
    assert format_francs(asked - 200_000) in contract.content["budget_note"]
    assert "plafond" in text_of(contract)


def test_nothing_binds_before_the_signed_paper_is_filed(people, project):
    with pytest.raises(Refused):
        sign(people, project)
    filed(people, project)
    project = sign(people, project)
    contract = queries.live(project)
    assert project.step == "contribution" and contract.in_force_at is not None
    assert {one.office for one in contract.signatures} == {"president", "treasurer", "secretary"}
    assert funds.balance(project).committed == contract.amount


def test_all_that_is_wrong_with_the_signatures_is_said_at_once(people, project):
    filed(people, project)
    officers = list(project.group.officers)
    given = [{"officer_id": str(officers[0].id), "manner": "thumbprint", "finger": ""}]
    with pytest.raises(Problems) as found:
        sign(people, project, signatures=given, witnesses=[{"name": "Seul", "paper": ""}, {"name": "", "paper": ""}])
    said = [(problem.field, str(problem)) for problem in found.value.problems]
    assert [field for field, _text in said] == ["signatures", "signatures", "signatures", "witnesses"]
    assert all(any(officer.name in text for _field, text in said) for officer in officers)
    assert again(project).step == "signature"


@pytest.mark.parametrize("forged", ["999999", "x' OR 1=1", ""])
def test_only_the_officers_of_the_group_sign(people, project, forged):
    filed(people, project)
    given = [*signatures(project)["signatures"], {"officer_id": forged, "manner": "signature", "finger": ""}]
    with pytest.raises(Problems):
        sign(people, project, signatures=given)


def test_a_witness_is_somebody_else(people, project):
    filed(people, project)
    name = project.group.officers[0].name
    same = [{"name": "Ami Diallo", "paper": "1"}, {"name": "ami diallo", "paper": "2"}]
    for witnesses in (same, [{"name": name, "paper": "1"}, {"name": "Ami Diallo", "paper": "2"}]):
        with pytest.raises(Problems) as found:
            sign(people, project, witnesses=witnesses)
        assert [problem.field for problem in found.value.problems] == ["witnesses"]


def test_a_new_officer_asks_for_a_new_contract(people, project):
    filed(people, project)
    with unit_of_work():
        values = officer_values("treasurer", name="Kadia Sangaré")
        groups.appoint(again(project).group, "treasurer", values, by=again(people.agent))
    with pytest.raises(Problems, match="Kadia Sangaré"):
        sign(people, project)
    first = queries.live(project).document
    with unit_of_work():
        reason = {"reason": "La trésorière a changé."}
        lifecycle.perform(again(project), "redo_contract", by=again(people.coordinator), data=reason)
    assert again(first).state == "cancelled"
    project = life.issued(people, again(project))
    assert queries.live(project).document_id != first.id
    assert any(one["name"] == "Kadia Sangaré" for one in queries.live(project).content["group"]["officers"])
    filed(people, project)
    assert sign(people, project).step == "contribution"


def test_pages_may_be_photos_and_the_last_filing_counts(people, project):
    filed(people, project, upload("mauvais.pdf"))
    filed(people, project, photo("page1.jpg"), photo("page2.jpg"), photo("page3.jpg"))
    names = [file.name for file in queries.scan_pages(queries.live(again(project)))]
    assert names == ["page1.jpg", "page2.jpg", "page3.jpg"]
    sign(people, project)
    with pytest.raises(Refused):
        filed(people, project)


def test_cancelling_the_award_cancels_the_paper(people, project):
    document = queries.live(project).document
    with unit_of_work():
        reason = {"reason": "Le groupement renonce au financement."}
        lifecycle.perform(again(project), "cancel_award", by=again(people.coordinator), data=reason)
    assert again(document).state == "cancelled" and queries.live(again(project)) is None
    assert funds.balance(project).reserved == 0


def test_who_submitted_does_not_record_the_signature(people, project):
    filed(people, project)
    with unit_of_work():
        db.session.add(RoleGrant(person_id=people.agent.id, role="coordinator", valid_from=clock.today()))
    with pytest.raises(Refused, match="Déposer la demande"):
        sign(people, project, by=people.agent)
