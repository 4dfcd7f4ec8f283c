"""At every step of every workflow, every role posts what it may not: nothing moves, and only what is allowed is offered.

One life of each kind is played by real operations and stopped at each step. What is expected there is read off the
definition by hand. Each role posts every action of the step that it may not take (also one that has a page of its own), and who
may take something posts actions of other steps too, in turn. A step at which no life stopped fails the test.
"""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from grants.access.rights import ROLES
from grants.appraisal.operations import answer_eligibility
from grants.committee.models import Committee
from grants.contracts import queries as contract_queries
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.followup.models import PlannedVisit
from grants.groups import operations as groups
from grants.journal.models import Event
from grants.lifecycle import definition_of, offers, perform, registry
from grants.lifecycle.versions import newest
from grants.payments import queries as payment_queries
from grants.workflow import load
from tests.contracts.test_amendments import ISSUE, propose
from tests.contracts.test_amounts import asked, granted
from tests.followup.test_recovery import claimed, in_thirds
from tests.payments.test_comebacks import came_back
from tests.payments.test_comebacks import stated as reported
from tests.payments.test_returns import described
from tests.stories import appeals, committee, grievances, life
from tests.stories.appraisal import all_yes, checked, eligible, sheet
from tests.stories.calls import open_call
from tests.stories.funds import envelope
from tests.stories.groups import account_values, registered_group, verified_group
from tests.stories.identity import confirmed
from tests.stories.projects import complete_draft, returned, submitted
from tests.stories.rows import again

REASON = "Un motif assez long pour passer."
# How many actions of other steps are posted by each who may act.
FOREIGN = 3
RETURNED = {"reason": "Il manque le devis du hangar.", "parts": ["budget"]}


@pytest.fixture(params=["sqlite"])
def engine(request):
    """Who may act does not depend on the engine."""
    return request.param


def may(subject, person, action: str) -> bool:
    """Whether the definition lets this person take the action now: their role, apart from others, all guards met."""
    act = definition_of(subject).steps[subject.step].actions.get(action)
    if act is None or not {grant.role for grant in person.valid_grants} & set(act.by):
        return False
    apart = select(Event.id).where(
        Event.subject_kind == subject.__subject__,
        Event.subject_id == subject.id,
        Event.action.in_(act.apart_from),
        Event.actor_id == person.id,
    )
    if db.session.scalar(apart.limit(1)):
        return False
    return not any(list(registry.guards[name](subject, person)) for name in act.needs)


def trace(subject) -> tuple:
    """All that an act would change: where it stands, how often it moved, and how much the journal holds."""
    row = again(subject)
    return row.step, row.waits_for, row.due_at, row.state_revision, db.session.scalar(select(func.count(Event.id)))


class Sweep:
    """The people of a house with their browsers, who try everything wherever a life stops."""

    def __init__(self, app, browser_of, make_person, people):
        self.app, self.people = app, people
        held = {
            "agent": people.agent, "appraiser": people.appraisers[0], "secretary": people.secretary, "chair": people.chair,
            "member": people.members[0], "coordinator": people.coordinator, "finance_officer": people.officer,
            "finance_controller": people.controllers[0], "monitor": people.monitor, "admin": people.admin,
        }  # fmt: skip
        self.actors = {role: held.get(role) or make_person(role) for role in ROLES}
        self.actors |= {"second grievance officer": make_person("grievance_officer")}
        self.actors |= {"second appraiser": people.appraisers[1], "second controller": people.controllers[1]}
        self.browsers = {}
        for name, person in self.actors.items():
            self.browsers[name] = browser_of(again(person))
            self.browsers[name].get("/interims")
        self.seen, self.reasons, self.foreign, self.posts = set(), {}, {}, 0

    def __call__(self, subject):
        """Everybody tries everything on this subject, where it stands."""
        kind, step = subject.__subject__, again(subject).step
        self.seen.add((kind, step))
        definition = definition_of(again(subject))
        here = list(definition.steps[step].actions)
        elsewhere = [*sorted({action.code for _step, action in definition.acts()} - set(here)), "no_such_action"]
        allowed = 0
        for name, person in self.actors.items():
            row, who = again(subject), again(person)
            offered = {offer.action.code: offer for offer in offers(row, who)}
            assert list(offered) == here, (step, name)
            expected = {code: may(row, who, code) for code in here}
            assert {code: offer.allowed for code, offer in offered.items()} == expected, (step, name)
            allowed += sum(expected.values())
            if name in ("chair", "auditor"):
                self._keep_reasons(definition.steps[step], row, who)
            vias = {code for code in here if definition.steps[step].actions[code].via}
            before = trace(subject)
            forged = [code for code in here if not expected[code] or code in vias]
            if any(expected.values()):
                forged += self._of_other_steps(kind, elsewhere)
            # A second person of a role is offered the same or less; the first one's posts tell enough.
            for code in forged if name in ROLES else ():
                answer = self._post(name, kind, row.reference, code, before[3])
                assert answer in (302, 403, 404, 409, 422), (step, name, code, answer)
            assert trace(subject) == before, (step, name, forged)
        return allowed

    def _of_other_steps(self, kind, elsewhere) -> list[str]:
        """A few actions of other steps, the next ones each time."""
        first = self.foreign.get(kind, 0)
        self.foreign[kind] = first + FOREIGN
        return [elsewhere[number % len(elsewhere)] for number in range(first, first + FOREIGN)]

    def _post(self, name, kind, reference, code, revision) -> int:
        db.session.rollback()
        browser, data = self.browsers[name], {"state_revision": revision, "once": f"{self.posts}", "reason": REASON}
        self.posts += 1
        with self.app.app_context():
            # Past the browser of the tests: its strict reading of each page takes longer than the post.
            data["csrf_token"] = browser.csrf
            path = f"/act/{kind}/{reference}/{code}"
            return FlaskClient.open(browser, path, method="POST", data=data, buffered=True).status_code

    def _keep_reasons(self, step, row, who):
        for action in step.actions.values():
            for guard in action.needs:
                for reason in registry.guards[guard](row, who):
                    self.reasons.setdefault(str(reason), set()).add(guard)


@pytest.fixture
def sweep(app, browser_of, make_person, people):
    return Sweep(app, browser_of, make_person, people)


def act(subject, action: str, by, **data):
    with unit_of_work():
        row, who = again(subject), again(by)
        identity = confirmed(who, action, row) if action == "release" else None
        perform(row, action, by=who, data=data, identity=identity)
    return again(subject)


def test_every_role_tries_every_action_at_every_step(sweep, people):
    project = application(sweep, people)
    refusal(sweep, people, project)
    project = decision(sweep, people, project)
    project = contract(sweep, people, project)
    project = money(sweep, people, project)
    after_the_money(sweep, people, project)
    complaint(sweep, people)
    everywhere = {(kind, step.code) for kind in registry.kinds for step in steps_of(kind)}
    assert sweep.seen == everywhere
    # The refusals prove something only because there are many, and because others may.
    assert sweep.posts > 1000
    names_what_stands_in_the_way(sweep.reasons)


def steps_of(kind: str):
    row = newest(kind)
    return [step for step in load(row.source).steps.values() if not step.obsolete]


def application(sweep, people):
    group = verified_group(people.agent, people.appraisers[0])
    call = open_call(people.admin, envelope(people.coordinator))
    project = complete_draft(people.agent, group, call)
    assert sweep(project)
    project = act(project, "submit", people.agent)
    assert sweep(project)
    project = returned(people.appraisers[0], project, parts=["budget"])
    assert sweep(project)
    project = act(project, "resubmit", people.agent)
    project = eligible(project, people.appraisers[0])
    assert sweep(project)
    project = checked(project, people.appraisers[0])
    sheet(project, people.appraisers[0])
    sweep(project)
    sheet(project, people.appraisers[1])
    return act(project, "recommend", people.appraisers[0])


def decision(sweep, people, project):
    sweep(project)
    found = db.session.scalar(select(Committee))
    session = committee.convened(found, [project])
    assert sweep(session)
    act(session, "cancel", people.secretary, reason=REASON)
    session = committee.in_session(found, [project])
    sweep(session)
    committee.voted(session, project)
    sweep(project)
    project = committee.decided(session, project)
    session = committee.closed(session)
    sweep(session)
    return project


def refusal(sweep, people, standing):
    """A file that is refused at its eligibility check, and appeals."""
    found = db.session.scalar(select(Committee))
    group = registered_group(people.agent, name="Groupement Jigiya de Fatoma")
    project = submitted(people.agent, group, again(standing).call)
    with unit_of_work():
        answers = all_yes(project) | {"no_debt": {"answer": "no", "note": REASON}}
        answer_eligibility(again(project), answers, by=again(people.appraisers[0]))
    project = act(project, "declare_ineligible", people.appraisers[0], reason=REASON)
    assert sweep(project)
    project = appeals.told(project, people.agent)
    assert sweep(project)
    project = appeals.lodged(project, people.agent)
    assert sweep(project)
    project = appeals.admitted(project, people.coordinator)
    sweep(project)
    session = committee.in_session(found, [project])
    committee.voted(session, project, "against")
    sweep(project)
    committee.decided(session, project, "uphold_refusal")
    committee.closed(session)


def contract(sweep, people, project):
    assert sweep(project)
    project = life.issued(people, project)
    assert sweep(project)
    paper = contract_queries.live(project)
    assert sweep(paper)
    life.read_aloud(people, project)
    assert sweep(paper)
    life.act_on_contract(people.agent, project, "record_group_signatures", **life.signature_values(again(project)))
    assert sweep(paper)
    life.act_on_contract(
        people.coordinator, project, "record_programme_signature", signed_on=life.clock.today(), name="Kadidia Sow"
    )
    sweep(paper)
    life.filed(people, project)
    life.act_on_contract(people.coordinator, project, "bring_into_force")
    sweep(again(project))
    return life.contributed(people, project)


def money(sweep, people, project):
    sweep(project)
    order = life.prepared(people, project)
    assert sweep(order)
    order = act(order, "hold", people.coordinator, reason=REASON)
    assert sweep(order)
    order = act(act(order, "lift", people.controllers[0], reason=REASON), "verify", people.controllers[0])
    assert sweep(order)
    order = act(order, "release", people.controllers[1])
    assert sweep(order)
    order = act(order, "report_unknown", people.officer, reason=REASON)
    assert sweep(order)
    order = act(order, "report_failure", people.officer, reason=REASON)
    assert sweep(order)
    with unit_of_work():
        group, agent = again(project).group, again(people.agent)
        values = account_values(holder=group.name)
        groups.add_account(group, values, by=agent, identity=confirmed(agent, "add_account", group))
    order = act(order, "send_back", people.officer) if again(order).step == "failed" else again(order)
    assert sweep(order)
    with unit_of_work():
        group = again(project).group
        groups.verify_account(group.account, how="RIB de la banque vu", by=again(people.appraisers[0]))
    order = life.released(people, act(order, "take_account", people.officer))
    order = act(order, "confirm", people.officer, paid_on=life.clock.today(), bank_reference="AVIS-1")
    assert sweep(order)
    described(people)
    order = reported(order, came_back(order, people.officer), people.officer)
    assert sweep(order)
    order = act(order, "dismiss_return", people.controllers[0], reason=REASON)
    act(order, "record_receipt", people.officer, **life.acknowledged(again(order)))
    return again(project)


def after_the_money(sweep, people, project):
    sweep(project)
    (plan,) = db.session.scalars(select(PlannedVisit))
    assert sweep(plan)
    life.visited(people, project, verdict="concerns")
    assert sweep(plan)
    act(plan, "settle", people.monitor, reason=REASON)
    amendment = propose(project, people.agent, 400_000)
    assert sweep(amendment)
    amendment = act(amendment, "accept", people.coordinator, **ISSUE)
    assert sweep(amendment)
    act(amendment, "give_up", people.coordinator, reason=REASON)
    amendment = asked(people, project, 100_000)
    assert not sweep(amendment)
    amendment = granted(people, amendment)
    assert sweep(amendment)
    act(amendment, "give_up", people.coordinator, reason=REASON)
    project = act(project, "suspend", people.coordinator, reason=REASON)
    assert sweep(project)
    claim = claimed(people, project, unspent=0)
    assert sweep(claim)
    claim = act(claim, "agree_instalments", people.monitor, instalments=in_thirds(claim))
    assert sweep(claim)
    claim = act(claim, "propose_write_off", people.coordinator, reason=REASON)
    sweep(claim)
    act(act(claim, "refuse_write_off", people.chair, reason=REASON), "withdraw", people.coordinator, reason=REASON)
    project = act(project, "resume", people.coordinator, reason=REASON)
    project = life.justified(people, life.visited(people, project))
    while payment_queries.next_unpaid(payment_queries.tranches(again(project))):
        act(project, "open_next_tranche", people.monitor)
        project = life.justified(people, life.visited(people, life.paid(people, again(project))))
    project = act(project, "start_closing", people.monitor)
    sweep(project)


def complaint(sweep, people):
    officer = sweep.actors["grievance_officer"]
    found, _code = grievances.registered(officer)
    assert sweep(found)
    found = grievances.examined(officer, found)
    assert sweep(found)
    found = grievances.act(officer, found, "answer", **grievances.ANSWER)
    assert sweep(found)
    found = act(found, "contest", officer, words=REASON)
    assert sweep(found)
    found = act(found, "answer_again", sweep.actors["second grievance officer"], **grievances.ANSWER)
    assert sweep(found)
    other, _code = grievances.registered(officer)
    other = grievances.examined(officer, other)
    assert sweep(act(other, "refer", officer, service="mediation", words=REASON))


def names_what_stands_in_the_way(reasons):
    """What a guard says differs from what all others say, and names a figure, a day, a paper or somebody."""
    assert len(reasons) > 25
    assert not [text for text in reasons if not re.search(r"\d|«|[a-zé,’] [A-ZÉ]\w", text)]
    for text, guards in reasons.items():
        assert len(guards) == 1, (text, guards)


@pytest.mark.stands("submitted")
def test_what_is_allowed_is_taken_by_a_post(people, project, browser_of):
    appraiser = people.appraisers[0]
    assert may(again(project), again(appraiser), "return_for_completion")
    before = trace(project)
    answer = browser_of(appraiser).post(
        f"/act/project/{project.reference}/return_for_completion",
        {"state_revision": before[3], "once": "x", **RETURNED},
    )
    after = trace(project)
    assert answer.status_code == 302
    assert (after[0], after[3]) == ("completion", before[3] + 1)
    assert after[4] > before[4]
