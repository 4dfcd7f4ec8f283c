"""The pages of finance: one money, seen by those who should, released only by whoever is really there."""

import io
import re

import pytest
from PIL import Image

from grants.access import sign_ins
from grants.calls.models import Call
from grants.core import clock
from grants.core.database import db
from grants.core.money import format_number
from grants.core.unit_of_work import unit_of_work
from grants.payments import queries
from tests.stories import life
from tests.stories.appraisal import recommended
from tests.stories.committee import awarded
from tests.stories.groups import verified_group
from tests.stories.projects import submitted
from tests.stories.rows import again

PASSWORD = "quatre bœufs et un puits"


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((480, 640), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def with_password(person):
    with unit_of_work():
        again(person).password_hash = sign_ins.hasher.hash(PASSWORD)
    return again(person)


def state(page) -> dict:
    """The hidden fields of the page of an act."""
    return dict(re.findall(r'name="(state_revision|once)" value="([^"]+)"', page.text))


def test_from_the_finance_page_to_the_receipt(house, browser_of):
    people, project = house.people, house.project
    officer = browser_of(people.officer)
    shown = officer.get("/payments")
    assert shown.status_code == 200 and project.reference in shown.text
    tranche = queries.tranches(again(project))[0]
    twice = [officer.post("/payments/prepare", {"tranche": str(tranche.id)}) for _ in range(2)]
    order = queries.current_order(again(project))
    assert [answer.status_code for answer in twice] == [200, 200]
    assert f"/payments/{order.reference}" in twice[0].text
    # The second time it says why not.
    assert f"/payments/{order.reference}" not in twice[1].text and order.reference in twice[1].text

    base, own = f"/act/payment_order/{order.reference}", f"/payments/{order.reference}"
    verifier, releaser = browser_of(people.controllers[0]), browser_of(with_password(people.controllers[1]))
    assert f"{base}/verify" not in officer.get(own).text
    assert f"{base}/verify" in verifier.get(own).text
    assert verifier.post(f"{base}/verify", {}).status_code == 302
    assert releaser.post(f"{base}/release", {"password": "pas le bon du tout"}).status_code == 422
    assert again(order).step == "verified"
    page = releaser.get(f"{base}/release")
    assert releaser.post(f"{base}/release", {"password": PASSWORD, **state(page)}).status_code == 302
    assert again(order).step == "sent"

    paid = {"paid_on": clock.today().strftime("%d/%m/%Y"), "bank_reference": "avis 77"}
    assert officer.post(f"{base}/confirm", {**paid, "bank_reference": ""}).status_code == 422
    assert officer.post(f"{base}/confirm", paid).status_code == 302
    assert again(order).bank_reference == "AVIS 77"
    agent = browser_of(people.agent)
    assert agent.get(own).status_code == 200
    assert again(order).account_number not in agent.get(own).text.replace("\u00a0", "")
    said = life.acknowledged(again(order))
    rows = {
        f"{name}-{number}-{key}": value
        for name in ("signatures", "witnesses")
        for number, row in enumerate(said[name])
        for key, value in row.items()
    }
    received = {
        "received_on": paid["paid_on"], "place": "Sofara", "language": "bamanankan", "reader": "Kadidia Sow", **rows,
        "receipt": (io.BytesIO(photo()), "d.jpg"),
    }  # fmt: skip
    form = {"content_type": "multipart/form-data"}
    assert agent.post(f"{base}/record_receipt", received, **form).status_code == 302
    assert again(order).step == "received" and again(project).step == "followup"
    for view in ("waiting", "paid", "unjustified"):
        listed = officer.get(f"/payments?view={view}")
        assert listed.status_code == 200
        assert (project.title in listed.text) is (view != "waiting"), view
    for path in (f"/projects/{project.reference}/tranches", f"/projects/{project.reference}?part=money"):
        assert order.reference in officer.get(path).text


def test_guessing_the_password_is_slowed_down(house, browser_of):
    people = house.people
    order = life.prepared(people, house.project)
    with unit_of_work():
        life.lifecycle.perform(again(order), "verify", by=again(people.controllers[0]), data={})
    releaser = browser_of(with_password(people.controllers[1]))
    asked = releaser.get(f"/act/payment_order/{order.reference}/release").text
    # Who gives the password reads once more what leaves, and to whom.
    assert again(order).reference in asked and format_number(again(order).amount) in asked
    assert again(house.project).group.name in asked
    for number in range(sign_ins.FREE_FAILURES):
        assert (
            releaser.post(f"/act/payment_order/{order.reference}/release", {"password": f"essai {number}"}).status_code
            == 422
        )
    answer = releaser.post(f"/act/payment_order/{order.reference}/release", {"password": PASSWORD})
    assert answer.status_code == 422 and again(order).step == "verified"


@pytest.mark.parametrize(
    "role", ["agent", "appraiser", "monitor", "coordinator", "admin", "auditor", "finance_officer"]
)
def test_nobody_else_signs_by_a_forged_post(house, browser_of, make_person, role):
    order = life.prepared(house.people, house.project)
    browser = browser_of(make_person(role, place="05" if role in ("agent", "appraiser", "monitor") else None))
    for action in ("verify", "release"):
        browser.post(f"/act/payment_order/{order.reference}/{action}", {"password": PASSWORD})
    assert (again(order).step, again(order).verified_by_id) == ("prepared", None)


def test_who_may_not_prepare_is_refused_and_other_territories_find_nothing(house, browser_of, make_person):
    path = f"/projects/{house.project.reference}/tranches/1/order"
    for role, place, status in (
        ("agent", "05", 403),
        ("finance_controller", None, 403),
        ("finance_officer", "01", 404),
    ):
        assert browser_of(make_person(role, place=place)).post(path, {}).status_code == status, role
    assert queries.current_order(again(house.project)) is None
    order = life.prepared(house.people, house.project)
    stranger = browser_of(make_person("agent", place="01"))
    assert stranger.get(f"/payments/{order.reference}").status_code == 404
    assert stranger.get(f"/projects/{house.project.reference}/tranches").status_code == 404
    assert stranger.get("/payments").status_code == 403
    far = browser_of(make_person("monitor", place="01")).get("/payments?view=waiting")
    assert far.status_code == 200 and order.reference not in far.text


def test_three_times_the_lines_cost_the_same(house, browser_of, count_queries):
    people = house.people
    officer = browser_of(people.officer)

    def cost(view):
        with count_queries() as count:
            assert officer.get(f"/payments?view={view}").status_code == 200
        return count()

    officer.get("/payments")
    first = {view: cost(view) for view in ("payable", "unjustified")}
    life.prepared(people, house.project)
    first["waiting"] = cost("waiting")
    life.released(people, queries.current_order(again(house.project)))
    life.received(people, queries.current_order(again(house.project)))
    first["paid"] = cost("paid")
    for project in _more(people, 2):
        life.prepared(people, project)
    second = {"waiting": cost("waiting")}
    for project in _more(people, 2):
        life.paid(people, project)
    second |= {view: cost(view) for view in ("paid", "unjustified")}
    _more(people, 2)
    second["payable"] = cost("payable")
    assert {view: second[view] for view in first} == first | {"unjustified": second["unjustified"]}
    assert max(second.values()) <= 12


def _more(people, number):
    call = db.session.scalar(db.select(Call))
    for _ in range(number):
        group = verified_group(people.agent, people.appraisers[0])
        file = submitted(people.agent, group, again(call))
        project = awarded(recommended(file, people.appraisers))
        yield life.contributed(people, life.in_force(people, project))
