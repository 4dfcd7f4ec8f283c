"""The contract on screen: issued, filed and signed through the browser."""

import io
import re

import pytest
from PIL import Image

from grants.contracts import queries
from grants.core import clock
from tests.stories import life
from tests.stories.rows import again


@pytest.fixture
def people(make_person):
    return life.team(make_person)


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((480, 640), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def test_from_the_award_to_the_contract_in_force(people, browser_of):
    project = life.awarded_file(people)
    coordinator, agent = browser_of(people.coordinator), browser_of(people.agent)
    base = f"/act/project/{project.reference}"
    form = coordinator.get(f"{base}/issue_contract")
    assert form.status_code == 200 and again(people.coordinator).name in form.text
    wrong = coordinator.post(f"{base}/issue_contract", {"months": "douze", "place": "", "language": "bamanankan"})
    assert wrong.status_code == 422 and "douze" in wrong.text
    given = {"months": "12", "place": "Sofara", "language": "bamanankan", "represented_by": "Kadidia Sow"}
    assert coordinator.post(f"{base}/issue_contract", given).status_code == 302

    contract = queries.live(again(project))
    reference = contract.reference
    assert contract.document.code in agent.get(f"/projects/{project.reference}").text
    assert agent.get(f"/contracts/{reference}").status_code == 200
    assert agent.get(f"/documents/{contract.document.code}.pdf").mimetype == "application/pdf"
    scan = f"/contracts/{reference}/scan"
    assert agent.get(scan).status_code == 200
    assert agent.post(scan, {}).status_code == 422
    pages = [(io.BytesIO(photo()), f"page{number}.jpg") for number in (1, 2)]
    assert agent.post(scan, {"scan": pages}, content_type="multipart/form-data").status_code == 302

    form = coordinator.get(f"{base}/register_signature").text
    officers = list(again(project).group.officers)
    assert all(officer.name in form for officer in officers)
    signed = {
        "signed_on": clock.today().strftime("%d/%m/%Y"),
        "place": "Sofara",
        "language": "bamanankan",
        "reader": "K. Sow",
    }
    for row, officer in enumerate(officers):
        signed |= {
            f"signatures-{row}-officer_id": officer.id,
            f"signatures-{row}-manner": "signature",
            f"signatures-{row}-finger": "",
        }
    wrong = coordinator.post(f"{base}/register_signature", signed)
    assert wrong.status_code == 422 and again(project).step == "signature"
    for row in (0, 1):
        signed |= {f"witnesses-{row}-name": "Moussa Kéita", f"witnesses-{row}-paper": f"NINA {row}"}
    wrong = coordinator.post(f"{base}/register_signature", signed)
    assert wrong.status_code == 422 and "Les deux témoins sont deux personnes différentes" in wrong.text
    for row in (0, 1):
        signed |= {f"witnesses-{row}-name": f"Témoin {row}", f"witnesses-{row}-paper": f"NINA {row}"}
    assert coordinator.post(f"{base}/register_signature", signed).status_code == 302
    assert again(project).step == "contribution"
    shown = agent.get(f"/contracts/{reference}").text
    assert "Témoin 0" in shown and len(re.findall(r"/files/[0-9a-f-]+/small", shown)) == 2


def test_another_territory_sees_no_contract(people, browser_of, make_person):
    project = life.issued(people, life.awarded_file(people))
    contract = queries.live(project)
    stranger = browser_of(make_person("agent", place="01"))
    for path in (f"/contracts/{contract.reference}", f"/contracts/{contract.reference}/scan"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/documents/{contract.document.code}.pdf").status_code == 404
    appraiser = browser_of(people.appraisers[0])
    assert appraiser.get(f"/contracts/{contract.reference}").status_code == 200
    assert appraiser.post(f"/contracts/{contract.reference}/scan", {}).status_code == 403
