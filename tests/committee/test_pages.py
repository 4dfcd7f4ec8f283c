"""What people see and do in the committee's pages, and what those who forge a post get."""

import io

import sqlalchemy as sa

from grants.committee import queries
from grants.committee.models import Vote
from grants.core.database import db
from grants.funds.models import Transfer
from tests.stories.committee import closed, convened, decided, in_session, voted
from tests.stories.rows import again


def room(session, project=None, tail: str = "") -> str:
    return f"/committee/sessions/{session.reference}" + (f"/files/{project.reference}{tail}" if project else "")


def test_a_session_from_the_convocation_to_the_signed_minutes(house, waiting_file, browser_of):
    file = waiting_file()
    reference, title = file.reference, file.title
    secretary, chair = browser_of(house.secretary), browser_of(house.chair)
    answer = secretary.post("/committee/sessions/new", {"committee": "REG-05", "held_on": "", "venue": ""})
    assert answer.status_code == 422
    from grants.core import clock

    day = clock.today().strftime("%d/%m/%Y")
    answer = secretary.post("/committee/sessions/new", {"committee": "REG-05", "held_on": day, "venue": "Sévaré"})
    assert answer.status_code == 302
    home = answer.location.removesuffix("/agenda")
    assert title in secretary.get(home + "/agenda").text
    assert secretary.post(home + "/agenda", {"files": [reference]}).location == home
    ids = [house.chair.id, house.members[0].id, house.members[1].id]
    assert secretary.post(home + "/attendance", {"present": ids}).status_code == 302
    number = home.rpartition("/")[2]
    assert secretary.post(f"/act/committee_session/{number}/open").status_code == 302
    page = f"{home}/files/{reference}"
    for person in (house.chair, *house.members):
        browser = browser_of(person)
        assert number in browser.get("/").text or "PV-" in browser.get(home).text
        assert browser.get(page).status_code == 200
        assert browser.post(page + "/vote", {"choice": "for"}).status_code == 302
    answer = chair.post(page + "/decision", {"decision": "award", "amount": "", "conditions": "Registre tenu"})
    assert answer.status_code == 422 and "Registre tenu" in answer.text
    sent = {"decision": "award", "amount": "1 200 000", "conditions": "Registre tenu", "once": "abc"}
    assert chair.post(page + "/decision", sent).status_code == 302
    assert chair.post(page + "/decision", sent).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count()).where(Transfer.kind == "reserve")) == 1
    assert chair.post(f"/act/committee_session/{number}/close").status_code == 302
    scan = {"scan": (io.BytesIO(b"%PDF-1.4\n" + b"1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"), "pv.pdf")}
    secretary.post(home + "/scan", scan, content_type="multipart/form-data")
    assert "PDF" in secretary.get(home).text
    shown = browser_of(house.coordinator).get(f"/projects/{reference}?part=decision").text
    assert "Registre tenu" in shown and number in shown


def test_a_vote_is_refused_to_whoever_has_none(house, waiting_file, browser_of, make_person):
    file = waiting_file()
    session = in_session(house.committee, [file])
    member = browser_of(house.members[0])
    vote = room(session, file, "/vote")
    assert member.post(room(session, file, "/conflict"), {"tie": ""}).status_code == 422
    assert member.post(room(session, file, "/conflict"), {"tie": "Frère de la trésorière"}).status_code == 302
    assert member.post(vote, {"choice": "for"}).status_code == 403
    assert browser_of(house.secretary).post(vote, {"choice": "for"}).status_code == 403
    assert browser_of(house.admin).post(vote, {"choice": "for"}).status_code == 403
    for stranger in (make_person("member", place="05"), make_person("chair", place="07")):
        assert browser_of(stranger).post(vote, {"choice": "for"}).status_code == 404
        assert browser_of(stranger).get(room(session)).status_code == 404
    assert browser_of(house.members[1]).post(vote, {"choice": "maybe"}).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 0


def test_nothing_is_voted_or_decided_after_the_decision(house, waiting_file, browser_of):
    file = waiting_file()
    session = in_session(house.committee, [file])
    voted(session, file)
    decided(session, file, amount=700_000)
    assert browser_of(house.members[0]).post(room(session, file, "/vote"), {"choice": "against"}).status_code == 403
    again_ = browser_of(house.vice).post(room(session, file, "/decision"), {"decision": "reject", "reason": "Non"})
    assert again_.status_code == 409
    assert browser_of(house.secretary).post(room(session, file, "/take-off")).status_code == 403
    assert again(file).granted == 700_000


def test_the_generic_page_of_an_action_goes_round_nothing(house, waiting_file, browser_of):
    file = waiting_file()
    session = in_session(house.committee, [file])
    forged, chair = f"/act/project/{file.reference}/award", browser_of(house.chair)
    assert chair.post(forged, {"amount": "500000"}).status_code == 403
    voted(session, file, "against")
    # The decision is taken in the room of the session alone, whatever its votes say.
    assert chair.post(forged, {"amount": "500000"}).status_code == 403
    assert again(file).step == "committee"
    assert queries.item_of(again(session), file.reference).decision is None


def test_an_award_beyond_the_envelope_is_told_beside_its_field(house, waiting_file, browser_of):
    files = [waiting_file() for _ in range(3)]
    session = in_session(house.committee, files)
    for file in files:
        voted(session, file)
    asked = files[0].requested
    for file in files[: 5_000_000 // asked]:
        decided(session, file)
    last = files[5_000_000 // asked]
    answer = browser_of(house.chair).post(room(session, last, "/decision"), {"decision": "award", "amount": str(asked)})
    assert answer.status_code == 422 and "Microprojets de Mopti" in answer.text
    assert again(last).granted is None


def test_pages_of_others_territories_and_roles(house, waiting_file, browser_of, make_person):
    session = convened(house.committee, [waiting_file()])
    far = browser_of(make_person("secretary", place="07"))
    for page in ("", "/agenda", "/attendance", "/scan"):
        assert far.get(room(session) + page).status_code == 404
    assert browser_of(house.agent).get(room(session)).status_code == 403
    auditor = browser_of(make_person("auditor"))
    assert auditor.get(room(session)).status_code == 200
    assert auditor.get(room(session) + "/agenda").status_code == 403
    for reader in (house.chair, house.members[0], house.coordinator, house.appraisers[0]):
        assert browser_of(reader).get("/committee/sessions").status_code == 200
        assert browser_of(reader).post(room(session) + "/attendance", {"present": []}).status_code == 403


def test_administrators_found_committees_and_give_seats(house, browser_of, make_person):
    admin = browser_of(house.admin)
    newcomer = make_person("member", place="05", name="Kadiatou Dicko")
    uuid = newcomer.uuid
    assert admin.get("/committees").status_code == 200
    assert admin.post("/committees/new", {"name": "", "level": "", "place_code": "", "quorum": ""}).status_code == 422
    sent = {"name": "Comité national", "level": "national", "place_code": "", "quorum": "5"}
    assert admin.post("/committees/new", sent).location == "/committees/NAT"
    assert "Kadiatou Dicko" in admin.get("/committees/REG-05/seats/new").text
    assert admin.post("/committees/REG-05/seats/new", {"person": uuid, "office": "chair"}).status_code == 422
    seat = {"person": uuid, "office": "member", "quality": "Jeunes"}
    assert admin.post("/committees/REG-05/seats/new", seat).status_code == 302
    assert "Kadiatou Dicko" in admin.get("/committees/REG-05").text
    seat_id = next(s.id for s in again(house.committee).seats if s.person_id == newcomer.id)
    assert admin.post(f"/committees/REG-05/seats/{seat_id}/end").status_code == 302
    assert admin.post("/committees/REG-05/quorum", {"quorum": "1"}).status_code == 422
    assert admin.post("/committees/REG-05/quorum", {"quorum": "2"}).status_code == 302
    assert browser_of(house.coordinator).post("/committees/REG-05/quorum", {"quorum": "3"}).status_code == 403


def test_lists_and_rooms_cost_the_same_however_long(house, waiting_file, browser_of, count_queries):
    member, first = browser_of(house.members[0]), waiting_file()
    session = in_session(house.committee, [first])

    def cost(path) -> int:
        assert member.get(path).status_code == 200
        with count_queries() as count:
            member.get(path)
        return count()

    few = cost(room(session)), cost("/committee/sessions")
    from grants.committee import operations
    from grants.core.unit_of_work import unit_of_work

    more = [waiting_file(), waiting_file()]
    with unit_of_work():
        operations.put_on_agenda(again(session), [again(p) for p in more], by=again(house.secretary))
    for file in more:
        voted(session, file)
    for file in [first, *more]:
        voted(session, file)
        decided(session, file, "adjourn")
    closed(session)
    for _ in range(2):
        convened(house.committee)
    assert cost("/committee/sessions") <= few[1] <= 12
    assert cost(room(session)) <= few[0] + 2
