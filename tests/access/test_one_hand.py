"""Wherever a second person must look, whoever stands in for the first is not one, in whichever order the two act."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from grants.access import people as administration
from grants.appraisal import operations as appraisal
from grants.contracts import operations as contracts
from grants.contracts import queries as contract_queries
from grants.contracts.amendments.queries import granted_lines
from grants.contracts.clauses.installing import install_shipped
from grants.contracts.operations import scans, texts
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.followup import operations as followup
from grants.followup import queries as followup_queries
from grants.funds import operations as funds
from grants.funds.models import Fund
from grants.groups import operations as groups
from tests.access.test_interims import lend
from tests.stories import life
from tests.stories.appraisal import checked, eligible, points
from tests.stories.calls import open_call
from tests.stories.funds import envelope
from tests.stories.groups import registered_group, verified_group
from tests.stories.projects import submitted, upload
from tests.stories.rows import again


@pytest.fixture(params=["sqlite"])
def engine(request):
    """What counts as one hand does not depend on the engine."""
    return request.param


class Place:
    """One four-eyes rule: `begin` is the first act (by its doer), `judge` the second one on what it made."""

    roles: tuple = ()
    place: str | None = "05"

    def __init__(self, make_person):
        self.make_person = make_person

    def begin(self, by):
        raise NotImplementedError

    def judge(self, made, by):
        raise NotImplementedError


class Accounts(Place):
    roles = ("appraiser",)

    def begin(self, by):
        return registered_group(by)

    def judge(self, group, by):
        groups.verify_account(again(group).account, how="RIB de la banque vu", by=by)


class Transfers(Place):
    roles, place = ("coordinator",), None

    def __init__(self, make_person):
        super().__init__(make_person)
        self.source = envelope(make_person("coordinator"))

    def begin(self, by):
        with unit_of_work() as session:
            source, made = again(self.source), new_uuid()
            fund = session.get_one(Fund, source.fund_id)
            target = funds.open_envelope(f"P-{made[-8:]}".upper(), "Microprojets de Gao", fund=fund, by=again(by))
            return funds.propose_reallocation(
                source, target, 1_000_000, paper="Lettre 2026-19", reason="La région de Gao a plus de dossiers.",
                key=made, by=again(by),
            )  # fmt: skip

    def judge(self, proposal, by):
        funds.confirm_reallocation(again(proposal), by=by)


class Sheets(Place):
    """Two sheets are those of two people."""

    roles = ("appraiser",)

    def __init__(self, make_person):
        super().__init__(make_person)
        self.people = life.team(make_person)
        self.call = open_call(self.people.admin, envelope(self.people.coordinator))
        self.made = {}

    def begin(self, by):
        if by.id not in self.made:
            agent, appraiser = self.people.agent, self.people.appraisers[0]
            project = submitted(agent, verified_group(agent, appraiser), again(self.call), "livestock")
            self.made[by.id] = checked(eligible(project, appraiser), appraiser)
            self._file(self.made[by.id], by)
        return self.made[by.id]

    def _file(self, project, by):
        with unit_of_work():
            row = again(project)
            appraisal.file_score_sheet(
                row, scores=points(row), opinion="favourable", comment="Le marché est proche.", by=again(by)
            )

    def judge(self, project, by):
        row = again(project)
        appraisal.file_score_sheet(row, scores=points(row), opinion="favourable", comment="Bien tenu.", by=by)


class Scans(Place):
    roles = ("coordinator",)

    def __init__(self, make_person):
        super().__init__(make_person)
        self.people = life.team(make_person)
        self.project = life.signed(self.people, life.issued(self.people, life.awarded_file(self.people)))

    def begin(self, by):
        with unit_of_work():
            contract = contract_queries.live(again(self.project))
            contracts.file_scan(contract, [life.paper_of(contract)], by=again(by))
        return contract

    def judge(self, contract, by):
        row = next(one for one in again(contract).scan_pages if one.page is None)
        contracts.state_page(again(contract), row.position, page=8, reason="Les signatures", by=by)


class Vouchers(Place):
    roles = ("agent", "monitor")

    def __init__(self, make_person):
        super().__init__(make_person)
        people = life.team(make_person)
        self.project = life.paid(people, life.contributed(people, life.in_force(people, life.awarded_file(people))))
        self.number = 0

    def begin(self, by):
        self.number += 1
        with unit_of_work():
            file = again(self.project)
            values = {
                "tranche_id": followup_queries.paid_tranches(file)[-1].id,
                "budget_position": granted_lines(file)[0]["position"], "label": f"Béliers {self.number}",
                "supplier": "Marché de Sofara", "spent_on": clock.today(), "amount": 10_000, "voucher": [upload("recu.pdf")],
            }  # fmt: skip
            return followup.enter_expense(file, values, by=again(by))

    def judge(self, expense, by):
        followup.judge_expense(again(expense), accepted=10_000, reason="", by=by)


@pytest.mark.parametrize("kind", [Accounts, Transfers, Sheets, Scans, Vouchers])
def test_a_person_and_their_interim_are_one_both_ways(app, make_person, monkeypatch, kind):
    place = kind(make_person)
    really_read = scans._read

    def last_page_unread(upload):
        *read, last = really_read(upload)
        return [*read, replace(last, code=None, page=None)]

    # Whose scan is filed from here on lacks a page that a machine could read.
    monkeypatch.setattr(scans, "_read", last_page_unread)
    giver = make_person(*place.roles, place=place.place, name="Awa Traoré")
    first, second = make_person("auditor", name="Bakary Sow"), make_person("auditor", name="Coumba Ba")
    for stand_in in (first, second):
        lend(giver, stand_in, *place.roles)
    other = make_person(*place.roles, place=place.place, name="Demba Ly")

    # Who acts first, who comes after, and whose name the refusal says.
    attacks = [(giver, giver), (giver, first), (first, giver), (first, second)]
    refusals = set()
    for before, after in attacks:
        made = place.begin(before)
        with pytest.raises(Refused) as refused, unit_of_work():
            place.judge(made, again(after))
        refusals.add(str(refused.value.reasons[0]))
    assert len(refusals) >= 2
    # Somebody else is the second person, also for what was done in another's name.
    made = place.begin(second)
    with unit_of_work():
        place.judge(made, again(other))


def test_neither_publishes_what_one_of_them_wrote(app, make_person):
    with unit_of_work():
        install_shipped()
    both, stand_in = make_person("admin", "coordinator"), make_person("auditor", name="Bakary Sow")
    lend(both, stand_in, "coordinator")
    with unit_of_work():
        found = contract_queries.set_of("programme_duties")
        text = "Le Programme verse chaque tranche dans les {rules.pay_days} jours ouvrables et le dit au Groupement."
        texts.draft(found, text=text, reason="Délai plus clair", by=again(both))
        texts.put_forward(found, by=again(both))
    for person, said in ((both, "écrit ce texte"), (stand_in, re.escape(both.name))):
        with pytest.raises(Refused, match=said), unit_of_work():
            texts.publish(contract_queries.set_of("programme_duties"), valid_from=clock.today(), by=again(person))


def test_nobody_gives_a_role_to_their_interim_nor_to_whom_they_stand_in_for(app, make_person):
    one, two = make_person("admin", "agent", place=None), make_person("admin", "monitor", place=None)
    values = {"role": "finance_controller", "place_code": None, "valid_from": clock.today()}
    lend(one, two, "agent")
    for by, person in ((one, two), (two, one)):
        with pytest.raises(Refused, match=r"intérim|stand in"), unit_of_work():
            administration.grant(again(person), values, by=again(by))
    with unit_of_work(), clock.at(clock.now() + timedelta(days=30)):
        # The interim is over.
        administration.grant(again(two), values, by=again(one))
    db.session.rollback()
