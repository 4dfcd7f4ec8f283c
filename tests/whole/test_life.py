"""One micro-project from the group to the closed file, through the real operations, on both engines."""

from grants import journal
from grants.core.database import db
from grants.funds import queries as funds
from grants.funds.models import Envelope
from grants.journal.queries import check_all
from grants.payments import queries as payments
from tests.stories import life
from tests.stories.rows import again


def test_from_the_group_to_the_closed_file(make_person):
    people = life.team(make_person)
    project = life.awarded_file(people)
    grant = project.granted
    assert project.step == "contract" and funds.balance(project).reserved == grant

    project = life.in_force(people, project)
    assert project.step == "contribution"
    assert (funds.balance(project).reserved, funds.balance(project).committed) == (0, grant)

    project = life.contributed(people, project)
    tranches = payments.tranches(project)
    assert sum(tranche.amount for tranche in tranches) == grant and len(tranches) > 1
    for number, _tranche in enumerate(tranches, start=1):
        assert project.step == "disbursement"
        project = life.paid(people, project)
        assert project.step == "followup"
        project = life.justified(people, life.visited(people, project))
        if number < len(tranches):
            with life.unit_of_work():
                life.lifecycle.perform(again(project), "open_next_tranche", by=again(people.monitor), data={})
            project = again(project)

    project = life.closed(people, project)
    assert project.step == "closed" and project.waits_for is None

    money, envelope = funds.balance(project), db.session.scalar(db.select(Envelope))
    assert (money.committed, money.paid, money.justified, money.unjustified) == (grant, grant, grant, 0)
    assert (envelope.committed, envelope.paid, envelope.justified) == (grant, grant, grant)
    assert funds.check() == []
    count, breaks = check_all()
    assert breaks == [] and count > 40
    steps = [event.to_step for event in reversed(journal.history(project)) if event.to_step]
    assert steps[0] == "draft" and steps[-1] == "closed" and steps.count("disbursement") == len(tranches)
