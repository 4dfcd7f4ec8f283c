"""Changes of contracts in force: small moves are noted, more is signed by both parties."""

import io
import zipfile

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.exc import IntegrityError

from grants import lifecycle
from grants.contracts.amendments import letters, operations, queries
from grants.contracts.amendments.models import Amendment
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs
from grants.documents.models import Job
from grants.followup import archive
from tests.stories import life
from tests.stories.appraisal import photo
from tests.stories.rows import again

pytestmark = pytest.mark.stands("contributed")

ISSUE = {"place": "Sofara", "represented_by": "Oumou Sangaré", "language": "bamanankan"}


def moved(project, francs: int) -> dict:
    """The lines with some francs taken from the first and given to the second."""
    lines = {line["position"]: line["amount"] for line in queries.granted_lines(project)}
    first, second = list(lines)[:2]
    return lines | {first: lines[first] - francs, second: lines[second] + francs}


def propose(project, by, francs: int = 0, **over) -> Amendment:
    with unit_of_work():
        found = again(project)
        values = {
            "lines": moved(found, francs),
            "months": queries.months(life.contract_queries.live(found)),
            "terms": "",
            "reason": "Le prix de l’aliment a monté.",
            **over,
        }
        made = operations.propose(found, values, by=again(by))
    return again(made)


def act(amendment, action: str, by, **data):
    with unit_of_work():
        lifecycle.perform(again(amendment), action, by=again(by), data=data)
    return again(amendment)


def scan():
    return [photo("avenant.jpg")]


def test_a_small_move_is_taken_note_of(people, project):
    amendment = propose(project, people.agent, 20_000)
    assert amendment.by_notice and amendment.waits_for == "coordinator"
    with pytest.raises(Refused):
        act(amendment, "accept", people.coordinator, **ISSUE)
    amendment = act(amendment, "take_note", people.coordinator)
    assert amendment.step == "noted" and amendment.number is None
    now = {line["position"]: line["amount"] for line in queries.granted_lines(again(project))}
    assert now == {line["position"]: line["amount"] for line in amendment.after["lines"]}
    assert amendment.contract.document.state == "valid"


def test_more_time_is_signed_by_both_and_told_to_whoever_verifies(people, project, client):
    amendment = propose(project, people.monitor, 0, months=24)
    assert not amendment.by_notice
    with pytest.raises(Refused) as refusal:
        act(amendment, "take_note", people.coordinator)
    assert "avenant" in str(refusal.value).lower() or "amendment" in str(refusal.value)
    amendment = act(amendment, "accept", people.coordinator, **ISSUE)
    assert (amendment.step, amendment.number) == ("to_sign", 1) and amendment.in_force_at is None
    amendment = act(
        amendment, "record_signature", people.coordinator, signed_on=clock.today(), place="Sofara", scan=scan()
    )
    assert amendment.step == "in_force" and amendment.scan_id
    assert queries.months(amendment.contract) == 24
    page = client.get(f"/v/{amendment.contract.document.code}").text
    assert "Avenant" in page and amendment.reference in page
    assert client.get(f"/v/{amendment.document.code}").status_code == 200


def test_a_proposal_tells_every_mistake_at_once(people, project):
    with pytest.raises(Problems):
        propose(project, people.agent, 0)
    with pytest.raises(Problems) as problems:
        propose(project, people.agent, 0, months=0, reason="", lines={})
    assert {problem.field for problem in problems.value.problems} >= {"months", "reason"}


def test_one_change_at_a_time_and_not_by_its_own_judge(people, project):
    propose(project, people.agent, 20_000)
    with pytest.raises(Refused):
        propose(project, people.monitor, 10_000)
    with pytest.raises(Refused), unit_of_work():
        operations.propose(again(project), {"lines": {}}, by=again(people.coordinator))


def test_a_refused_change_is_told_by_a_letter(people, project, browser_of, make_person):
    amendment = propose(project, people.agent, 0, months=24)
    coordinator, address = browser_of(people.coordinator), f"/act/amendment/{amendment.reference}/refuse"
    assert browser_of(people.agent).post(address, {"reason": "Non, rien ne le justifie."}).status_code == 403
    assert coordinator.post(address, {"reason": ""}).status_code == 422 and letters.issued(again(amendment)) is None
    # A sign that no paper can show is said beside its field, and nothing has happened.
    assert coordinator.post(address, {"reason": "Non \U0001f600 merci."}).status_code == 422
    assert again(amendment).step == "proposed"
    assert coordinator.post(address, {"reason": "La saison laisse le temps voulu."}).status_code == 302
    amendment = again(amendment)
    letter = letters.issued(amendment)
    told = letter.parameters
    assert (amendment.step, told["reason"]) == ("refused", "La saison laisse le temps voulu.")
    assert (told["refused_by"], told["grant"], told["grant_asked"]) == (None, again(project).granted, None)
    assert (told["months"], told["months_asked"], told["lines"]) == (queries.months(amendment.contract), 24, [])
    assert told["agent"] == people.agent.name and told["amendment"] == amendment.reference
    page = browser_of(people.agent).get(f"/amendments/{amendment.reference}").text
    assert f"/documents/{letter.code}" in page and "La saison laisse le temps voulu." in page
    elsewhere = browser_of(make_person("coordinator", place="07"))
    assert elsewhere.get(f"/documents/{letter.code}.pdf").status_code == 404
    with unit_of_work():
        archive.ask(again(project), by=again(people.coordinator))
    jobs.work()
    db.session.rollback()
    job = db.session.scalar(sa.select(Job).where(Job.kind == "archive"))
    with zipfile.ZipFile(jobs.results() / job.result) as packed:
        assert any(again(letter).reference in name for name in packed.namelist()), packed.namelist()


def test_a_line_keeps_what_was_spent_on_it(people, project):
    project = life.paid(people, project)
    project = life.justified(people, life.visited(people, project))
    line = queries.granted_lines(again(project))[0]
    amendment = propose(project, people.agent, line["amount"])
    with pytest.raises(Refused) as refusal:
        act(amendment, "accept", people.coordinator, **ISSUE)
    assert line["label"] in str(refusal.value)


def test_the_database_wants_the_signed_paper(people, project):
    amendment = propose(project, people.agent, 0, months=24)
    early = sa.update(Amendment).where(Amendment.id == amendment.id).values(in_force_at=clock.now())
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(early)


def test_from_the_file_to_the_signed_amendment_on_screen(people, project, browser_of, make_person):
    agent, coordinator = browser_of(people.agent), browser_of(people.coordinator)
    assert "/amendments/new" in agent.get(f"/projects/{project.reference}?part=contract").text
    form = f"/projects/{project.reference}/amendments/new"
    fields = {f"line_{position}": str(amount) for position, amount in moved(again(project), 0).items()}
    refused = agent.post(form, {**fields, "months": "24", "reason": "", "terms": "Les réunions se tiennent le lundi."})
    assert refused.status_code == 422 and "se tiennent le lundi" in refused.text
    answer = agent.post(form, {**fields, "months": "24", "reason": "Les pluies ont retardé l’achat.", "terms": ""})
    assert answer.status_code == 302
    amendment = db.session.scalar(sa.select(Amendment))
    address = f"/act/amendment/{amendment.reference}"
    assert agent.post(f"{address}/accept", ISSUE).status_code == 403
    assert (
        browser_of(make_person("coordinator", place="07")).get(f"/amendments/{amendment.reference}").status_code == 404
    )
    assert amendment.reference in coordinator.get("/").text or "Modification" in coordinator.get("/").text
    assert coordinator.post(f"{address}/accept", ISSUE).status_code == 302
    signed = {"signed_on": f"{clock.today():%d/%m/%Y}", "place": "Sofara"}
    assert coordinator.post(f"{address}/record_signature", signed).status_code == 422
    picture = io.BytesIO()
    Image.effect_noise((480, 640), 60).convert("RGB").save(picture, "JPEG")
    sent = {**signed, "scan": (io.BytesIO(picture.getvalue()), "avenant.jpg")}
    answer = coordinator.post(f"{address}/record_signature", sent, content_type="multipart/form-data")
    assert answer.status_code == 302
    shown = agent.get(f"/amendments/{amendment.reference}").text
    assert "En vigueur" in shown and "24" in shown
