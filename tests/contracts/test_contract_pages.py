"""The contract on screen: issued, read, signed, filed and brought into force through the browser."""

import io

import pypdf
import pytest

from grants.contracts import queries
from grants.core import clock
from grants.documents import storage
from tests.stories.rows import again


def scan_of(contract, *, pages=None, blind=()) -> tuple:
    """The printed pages as one PDF of the scanner; `blind` ones came out white."""
    source, writer, out = (
        pypdf.PdfReader(io.BytesIO(storage.get(contract.document.sha256))),
        pypdf.PdfWriter(),
        io.BytesIO(),
    )
    for number in pages or range(1, len(source.pages) + 1):
        if number in blind:
            writer.add_blank_page(595, 842)
        else:
            writer.add_page(source.pages[number - 1])
    writer.write(out)
    return io.BytesIO(out.getvalue()), "scan.pdf"


def today() -> str:
    return clock.today().strftime("%d/%m/%Y")


def signed_form(project) -> dict:
    given = {"place": "Sofara"}
    for row, officer in enumerate(again(project).group.officers):
        given |= {
            f"signatures-{row}-officer_id": officer.id,
            f"signatures-{row}-manner": "thumbprint" if row == 0 else "signature",
            f"signatures-{row}-finger": "left_thumb" if row == 0 else "",
            f"signatures-{row}-signed_on": today(),
            f"signatures-{row}-paper": "NINA 1",
        }
    for row in (0, 1):
        given |= {f"witnesses-{row}-name": f"Témoin {row}", f"witnesses-{row}-paper": f"NINA {row}"}
    return given


@pytest.mark.stands("awarded")
def test_from_the_award_to_the_contract_in_force(people, project, browser_of):
    coordinator, agent = browser_of(people.coordinator), browser_of(people.agent)
    file = f"/act/project/{project.reference}"
    form = coordinator.get(f"{file}/issue_contract")
    assert form.status_code == 200 and again(people.coordinator).name in form.text
    wrong = coordinator.post(f"{file}/issue_contract", {"months": "douze", "place": "", "language": "bamanankan"})
    assert wrong.status_code == 422 and "douze" in wrong.text
    given = {"months": "12", "place": "Sofara", "language": "bamanankan", "represented_by": "Kadidia Sow"}
    assert coordinator.post(f"{file}/issue_contract", given).status_code == 302

    contract = queries.live(again(project))
    page, act = f"/contracts/{contract.reference}", f"/act/contract/{contract.reference}"
    assert contract.document.code in agent.get(page).text
    assert page in agent.get("/").text  # My work shows it to who must read it
    assert agent.get(f"/documents/{contract.document.code}.pdf").mimetype == "application/pdf"
    reading = {
        "read_on": today(),
        "place": "Sofara",
        "language": "bamanankan",
        "reader": "K. Sow",
        "audio_played": "no",
    }
    wrong = agent.post(f"{act}/record_reading", reading)
    assert wrong.status_code == 422 and "K. Sow" in wrong.text
    assert agent.post(f"{act}/record_reading", {**reading, "present": "Le bureau"}).status_code == 302

    form = agent.get(f"{act}/record_group_signatures").text
    assert "Enregistrer les signatures apposées sur le papier" in form
    assert all(officer.name in form for officer in again(project).group.officers)
    signed = signed_form(project)
    twice = {**signed, "witnesses-1-name": "Témoin 0"}
    wrong = agent.post(f"{act}/record_group_signatures", twice)
    assert wrong.status_code == 422 and "Les deux témoins sont deux personnes différentes" in wrong.text
    assert agent.post(f"{act}/record_group_signatures", signed).status_code == 302
    assert page in coordinator.get("/").text
    given = {"name": "Kadidia Sow", "signed_on": today()}
    assert coordinator.post(f"{act}/record_programme_signature", given).status_code == 302

    scan = f"{page}/scan"
    assert coordinator.post(f"{act}/bring_into_force").status_code == 403
    assert agent.post(scan, {}).status_code == 422
    few = agent.post(scan, {"scan": [scan_of(contract, pages=(1, 2))]}, content_type="multipart/form-data")
    assert few.status_code == 422 and "La convention a" in few.text
    sent = agent.post(scan, {"scan": [scan_of(contract, blind=(2,))]}, content_type="multipart/form-data")
    assert sent.status_code == 302
    assert agent.get(f"{scan}/2").status_code == 403
    assert coordinator.get(f"{scan}/1").status_code == 404
    assert coordinator.get(f"{scan}/2").status_code == 200
    assert coordinator.post(f"{scan}/2", {"page": "3", "reason": "x"}).status_code == 422
    assert coordinator.post(f"{scan}/2", {"page": "2", "reason": "Article 3 lisible"}).status_code == 302
    assert coordinator.post(f"{act}/bring_into_force").status_code == 302
    assert again(project).step == "contribution"
    shown = agent.get(page).text
    assert "Témoin 0" in shown and "Article 3 lisible" in shown
    assert agent.get(f"/projects/{project.reference}?part=contract").status_code == 200


@pytest.mark.stands("issued")
def test_another_territory_sees_no_contract(people, project, browser_of, make_person):
    contract = queries.live(project)
    stranger = browser_of(make_person("agent", place="01"))
    page = f"/contracts/{contract.reference}"
    for path in (page, f"{page}/scan", f"/act/contract/{contract.reference}/record_reading"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/documents/{contract.document.code}.pdf").status_code == 404
    assert stranger.post(f"/act/contract/{contract.reference}/record_reading", {}).status_code == 404
    appraiser = browser_of(people.appraisers[0])
    assert appraiser.get(page).status_code == 200
    assert appraiser.post(f"{page}/scan", {}).status_code == 403


@pytest.mark.stands("in_force")
def test_a_contract_s_page_costs_the_same_with_many_pages(people, project, browser_of, count_queries):
    browser = browser_of(people.coordinator)
    page = f"/contracts/{queries.live(project).reference}"
    browser.get(page)
    with count_queries() as count:
        browser.get(page)
    assert count() <= 12, count()
