"""The report of where files wait is what counting every stay one by one says, whatever is kept of days gone by."""

import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import delete, exc, insert, select, text, update

from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations as funds
from grants.lifecycle import sums
from grants.lifecycle.versions import newest
from grants.lifecycle.waiting import FAR, EndedStays, Stay
from grants.lifecycle.work import report, team
from tests.stories.rows import again

PLACES = ("05010101", "05010203", "0502", "05", "07010101", "0702", "18", None)
STEPS = ("draft", "eligibility", "appraisal", "committee")
KINDS = ("livestock", "crafts", None)
LAST = 21


@pytest.fixture
def stays(app):
    """Some hundreds of stays over three weeks, of which none ended on a Sunday; some are open, half of those late."""
    chance, now = random.Random(7), clock.now()  # noqa: S311 (invented stays, no secret)
    version = newest("project").id
    rows = []
    for number in range(300):
        left = now - timedelta(minutes=chance.randrange(LAST * 24 * 60))
        if left.weekday() == 6:
            left -= timedelta(days=1)
        days = int(chance.expovariate(1 / 6))
        rows.append(
            {
                "subject_kind": "project" if number % 50 else "grievance", "subject_id": 10_000 + number,
                "workflow_version_id": version, "step": chance.choice(STEPS), "place_code": chance.choice(PLACES),
                "category": chance.choice(KINDS), "entered_at": now - timedelta(days=400), "order_at": FAR,
                "left_at": left, "working_days": days, "due_at": None, "waits_for": None,
            }
        )  # fmt: skip
        if number % 5 == 0:
            due = now + timedelta(days=chance.choice((-3, 3)))
            rows.append({**rows[-1], "left_at": None, "working_days": None, "due_at": due, "waits_for": "appraiser"})
    with unit_of_work() as session:
        session.execute(insert(Stay.__table__), rows)


def brute(period, *, by, territories, place):
    """{(step, group): (median, ninetieth, passed, standing, late)}, by looking at each stay."""

    def inside(code):
        there = None in territories or any((code or "").startswith(t) for t in territories)
        return there and (code or "").startswith(place)

    days, standing, late, now = {}, Counter(), Counter(), clock.now()
    for stay in db.session.scalars(select(Stay).where(Stay.subject_kind == "project")):
        if not inside(stay.place_code):
            continue
        region = stay.place_code[:2] if stay.place_code else None
        key = stay.step, {"step": None, "region": region, "kind": stay.category}[by]
        if stay.left_at is None:
            standing[key] += 1
            late[key] += bool(stay.due_at and stay.due_at < now)
        elif period.first <= stay.left_at.astimezone(clock.BAMAKO).date() <= period.last:
            days.setdefault(key, []).append(stay.working_days)
    found = {}
    for key in days.keys() | standing.keys():
        row = sorted(days.get(key, []))
        ranks = [row[-(-len(row) * share // 100) - 1] if row else None for share in (50, 90)]
        found[key] = *ranks, len(row), standing[key], late[key]
    return found


def told(person, period, **asked):
    return {
        (row.step, row.group): (row.median, row.ninetieth, row.passed, row.standing, row.late)
        for row in report.rows(person, period, kind="project", **asked)
    }


def compare(readers, rounds: int, seed: int = 1) -> None:
    chance, today = random.Random(seed), clock.today()  # noqa: S311
    for _round in range(rounds):
        first = today - timedelta(days=chance.randrange(-2, LAST + 5))
        period = report.Period(first, first + timedelta(days=chance.randrange(60)))
        person, territories = chance.choice(readers)
        place = chance.choice(("", "", "05", "0501", "05010203", "18"))
        by = chance.choice(report.BY)
        expected = brute(period, by=by, territories=territories, place=place)
        assert told(person, period, by=by, place=place) == expected, (period, by, territories, place)


@pytest.fixture
def readers(make_person):
    """Those who read the report: of the programme, of a region, and of parts of regions beside a whole one."""
    from grants.access.models import RoleGrant

    programme, region = make_person("auditor"), make_person("monitor", place="05")
    mixed = make_person("monitor", place="07")
    with unit_of_work() as session:
        (grant,) = again(mixed).grants
        for code in ("0501", "050102", "0702"):
            session.add(
                RoleGrant(
                    person_id=mixed.id, role="monitor", place_code=code, valid_from=grant.valid_from,
                    granted_by_id=grant.granted_by_id,
                )
            )  # fmt: skip
    return [
        (again(programme), {None}), (again(region), {"05"}), (again(mixed), {"07", "0501", "050102", "0702"}),
    ]  # fmt: skip


def kept() -> list[datetime]:
    query = select(EndedStays.until).where(EndedStays.subject_kind == "project").distinct().order_by(EndedStays.until)
    return list(db.session.scalars(query))


def test_the_report_is_what_counting_each_stay_says(stays, readers):
    compare(readers, 8)
    assert sums.keep() > 17 and sums.keep() == 0
    compare(readers, 30)
    days = kept()
    assert not any(until.astimezone(clock.BAMAKO).time() != time() or until.weekday() == 0 for until in days)
    assert funds.check_ledger().differences == []


def test_postgresql_counts_what_stands_in_one_process_and_only_there(stays, readers, engine):
    if engine != "postgresql":
        pytest.skip("a setting of PostgreSQL")
    helpers = text("SHOW max_parallel_workers_per_gather")
    usual = db.session.scalar(helpers)
    today = clock.today()
    for ask in (lambda by: report.rows(by, report.Period(today, today), kind="project"), team.desks):
        ask(readers[0][0])
        assert db.session.scalar(helpers) == "0" != usual
        db.session.rollback()
        assert db.session.scalar(helpers) == usual


def test_what_ended_before_a_count_makes_the_database_drop_it(stays, readers):
    sums.keep()
    days = kept()
    old = db.session.scalar(
        select(Stay).where(Stay.subject_kind == "project", Stay.left_at.between(days[9], days[10])).limit(1)
    )
    values = {column.name: getattr(old, column.name) for column in Stay.__table__.columns if column.name != "region"}
    changes = (
        (update(Stay).where(Stay.id == old.id).values(working_days=99), days[:10]),
        (update(Stay).where(Stay.id == old.id).values(left_at=days[4] - timedelta(hours=1)), days[:4]),
        (insert(Stay).values(values | {"id": 900_000, "left_at": days[7] - timedelta(hours=1)}), days[:7]),
        (delete(Stay).where(Stay.id == 900_000), days[:7]),
        (update(Stay).where(Stay.id == old.id).values(category="crafts", step="committee"), days[:4]),
    )
    for number, (change, left) in enumerate(changes):
        with unit_of_work() as session:
            session.execute(change)
        assert kept() == left
        compare(readers, 4, seed=number)
        sums.keep()
        compare(readers, 4, seed=number)
        assert sums.differences() == []
    # An open stay says nothing of what ended; one that ends now changes nothing of days gone by.
    there = kept()
    with unit_of_work() as session:
        session.execute(update(Stay).where(Stay.left_at.is_(None)).values(left_at=clock.now(), working_days=1))
    assert kept() == there
    compare(readers, 4)


def test_a_day_is_counted_once_it_is_over_and_by_one_of_two(stays, readers):
    sums.keep()
    newest_day = kept()[-1]
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(), clock.BAMAKO)
    with unit_of_work() as session:
        session.execute(
            update(Stay).where(Stay.left_at.is_(None), Stay.subject_kind == "project")
            .values(left_at=midnight - timedelta(minutes=1), working_days=1)
        )  # fmt: skip
    with clock.at(midnight + timedelta(minutes=59)):
        sums.keep()
        assert kept()[-1] <= midnight - timedelta(days=1)
    with clock.at(midnight + timedelta(minutes=61)):
        assert sums.keep() >= 1 and kept()[-1] == midnight.astimezone(UTC) > newest_day
        with unit_of_work():
            # Whoever was quicker wrote the same.
            assert sums._write("project", midnight, sums._cells("project", midnight)) is None
        assert sums.differences() == []


def test_the_check_tells_what_is_false_and_counting_anew_mends_it(app, stays, readers):
    sums.keep()
    with pytest.raises(exc.DBAPIError, match="made anew"), unit_of_work() as session:
        session.execute(update(EndedStays).values(days=[[1, 1]]))
    with unit_of_work() as session:
        session.execute(
            delete(EndedStays).where(
                EndedStays.subject_kind == "project", EndedStays.until == kept()[-1], EndedStays.step == "draft"
            )
        )
    assert len(sums.differences()) == len(funds.check_ledger().differences) == 1
    runner = app.test_cli_runner()
    db.session.rollback()
    assert runner.invoke(args=["funds", "check"]).exit_code == 1
    assert runner.invoke(args=["workflow", "recount"]).exit_code == 0
    assert runner.invoke(args=["funds", "check"]).exit_code == 0
    compare(readers, 6)


@pytest.mark.parametrize(
    ("places", "place", "regions", "below"),
    [
        ({None, "05"}, "", None, ()), ({None}, "05", {"05"}, ()), ({None}, "0501", set(), ("0501",)),
        ({"05"}, "0501", set(), ("0501",)), ({"05", "0501"}, "", {"05"}, ()), ({"0501", "0502"}, "05", set(), ("0501", "0502")),
        ({"07"}, "05", set(), ()), (set(), "", set(), ()), ({"07", "0501"}, "", {"07"}, ("0501",)),
    ],
)  # fmt: skip
def test_where_a_report_counts(places, place, regions, below):
    found = report.reach(places, place)
    assert found.regions == regions and found.places == below
