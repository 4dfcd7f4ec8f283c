"""Eight processes award from one envelope at once: never a franc over, and nobody locked out."""

import multiprocessing
import warnings

import pytest

from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as ledger
from grants.funds import queries
from grants.funds.models import Envelope

PROCESSES, ATTEMPTS, AMOUNT, CEILING = 8, 60, 7, 1000


def _award(app, project_id: int, person_id: int, start, results) -> None:
    """What one process does: 60 awards, each in a transaction of its own."""
    from grants.access.models import Person
    from grants.projects.models import Project

    db.session.remove()
    done, refused, errors = 0, 0, []
    start.wait(60)
    for number in range(ATTEMPTS):
        try:
            with unit_of_work() as session:
                project, by = session.get(Project, project_id), session.get(Person, person_id)
                ledger.reserve(project, AMOUNT, key=f"{project_id}-{number}", reference="Course", by=by)
            done += 1
        except ledger.NotEnough:
            refused += 1
        except Exception as error:  # noqa: BLE001  (whatever it was, the test fails with it)
            errors.append(repr(error)[:300])
    results.put((done, refused, errors))


@pytest.mark.slow
def test_eight_processes_never_award_a_franc_too_much(house, app):
    with unit_of_work():
        ledger.withdraw(house.envelope, 10_000_000 - CEILING, key="small", reference="Course", by=house.coordinator)
    ids = [house.project().id for _ in range(PROCESSES)]
    by_id, envelope_id = house.coordinator.id, house.envelope.id
    db.session.remove()
    with warnings.catch_warnings():
        # Newer Pythons warn of a fork beside threads; the children open connections of their own.
        warnings.simplefilter("ignore")
        context = multiprocessing.get_context("fork")
        start, results = context.Barrier(PROCESSES), context.Queue()
        racers = [context.Process(target=_award, args=(app, one, by_id, start, results)) for one in ids]
        for racer in racers:
            racer.start()
        found = [results.get(timeout=120) for _ in racers]
        for racer in racers:
            racer.join(20)
    assert [errors for _done, _refused, errors in found if errors] == []
    done = sum(done for done, _refused, _errors in found)
    refused = sum(refused for _done, refused, _errors in found)
    envelope = db.session.get(Envelope, envelope_id)
    assert done == CEILING // AMOUNT
    assert refused == PROCESSES * ATTEMPTS - done
    assert (envelope.reserved, envelope.available) == (done * AMOUNT, CEILING - done * AMOUNT)
    assert queries.check() == []
