"""How long a return takes: 10 000 rows that match nothing, and 10 000 that each confirm a payment, on either engine.

    .venv/bin/python benchmarks/returns.py [--postgresql] [--rows 10000]

The database is a small demonstration in a temporary folder, in which one payment is copied as often as a file confirms: a
tenth of the rows first, then all of them, and last a file whose last row but one is refused once the money of all the others
was moved: nothing of it may stay. Told are seconds of the clock, and of the processor: of this process and of the one of
PostgreSQL that serves it, which hardly change when others use the machine. The promise is ten of them for 10 000 rows.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import application

LIMIT = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--rows", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        app = application(Path(folder), postgresql=options.postgresql)
        with app.test_request_context():
            print(f"{'PostgreSQL' if options.postgresql else 'SQLite'}, seconds    clock   processor")
            slow = [took for took in _measured(options.rows) if took > LIMIT * max(1, options.rows / 10_000)]
    sys.exit(1 if slow else 0)


def _measured(rows: int):
    """The seconds of the processor that each file takes, told as they are found."""
    from grants.core.database import db

    people = _people()
    for name, data in (("table", _table(rows)), ("camt.054", _advice(rows))):
        yield _told(f"{name}, {rows} rows of nobody", data, people)
    took = []
    for first, count in ((1_000_000, max(1, rows // 10)), (2_000_000, rows)):
        lines = _confirming(first, count)
        took.append(_told(f"table, {count} rows that pay", _file(lines), people))
        yield took[-1]
    lines = _confirming(3_000_000, rows)
    before = _counts()
    with _last_but_one_refused():
        yield _told(f"table, {rows} rows, one refused", _file(lines), people, refused=True)
    assert _counts() == before, "something stayed of a file that was refused"  # noqa: S101
    print(f"ten times the rows take {took[1] / took[0]:.1f} times as long")
    db.session.rollback()


def _people() -> dict[str, int]:
    from grants.access.models import Person
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work
    from grants.payments.back import layouts, operations

    people = {role: person.id for person in db.session.scalars(db.select(Person)) for role in person.roles}
    columns = (
        ("reference", "Ref"),
        ("account", "Compte"),
        ("amount", "Montant"),
        ("day", "Date"),
        ("bank_reference", "T"),
    )
    db.session.rollback()
    with unit_of_work():
        reading = layouts.Reading(columns=columns)
        operations.save_profile("bench", reading, by=db.session.get(Person, people["coordinator"]))
    return people


def _told(name: str, data: bytes, people: dict[str, int], *, refused: bool = False) -> float:
    from grants.access.models import Person
    from grants.core.database import db
    from grants.core.errors import Problems
    from grants.core.unit_of_work import unit_of_work
    from grants.payments.back import operations, queries

    started, used = time.perf_counter(), time.process_time()
    served = [0.0, 0.0]
    try:
        with unit_of_work():
            server = _server()
            served[0] = _used(server)
            profile = next(one for one in queries.profiles("return") if one.name == "bench")
            try:
                operations.apply(data, profile, name=name, by=db.session.get(Person, people["finance_officer"]))
            finally:
                served[1] = _used(server)
        ended = "applied"
    except Problems:
        ended = "refused"
    took = time.process_time() - used + served[1] - served[0]
    print(f"{name:<34} {time.perf_counter() - started:8.2f} {took:8.2f}  {ended}", flush=True)
    if refused != (ended == "refused"):
        sys.exit(f"{name}: {ended}")
    return took


@contextmanager
def _last_but_one_refused():
    """The last but one of many payments is refused after all of them were entered in the ledger."""
    from grants.core.errors import Refused
    from grants.lifecycle import NotAll, registry

    pay = registry.effects["funds.pay"]

    def late(order, act):
        return pay(order, act)

    def refuses(acts):
        pay.each(acts)
        raise NotAll({len(acts) - 2: Refused("refused")})

    late.each = refuses
    registry.effects["funds.pay"] = late
    try:
        yield
    finally:
        registry.effects["funds.pay"] = pay


def _server() -> int | None:
    """The process of PostgreSQL that serves this transaction."""
    from grants.core.database import db

    return db.session.scalar(db.text("SELECT pg_backend_pid()")) if db.engine.dialect.name == "postgresql" else None


def _used(process: int | None) -> float:
    """The seconds of the processor that a process has used."""
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _counts() -> list[tuple[str, int]]:
    from grants.core.database import Base, db

    db.session.rollback()
    return [
        (table.name, db.session.scalar(db.select(db.func.count()).select_from(table)))
        for table in Base.metadata.sorted_tables
    ]


def _confirming(first: int, count: int) -> list[str]:
    """The lines of a file that confirms as many payments, which are made for it."""
    from grants.core import clock
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work
    from grants.payments.models import PaymentOrder
    from grants.projects.models import Project
    from tests.stories.sent import sent_copies

    with unit_of_work() as session:
        order = session.scalars(
            db.select(PaymentOrder).where(PaymentOrder.sent_at.is_not(None), PaymentOrder.id < 1_000_000)
        ).first()
        places = tuple(session.scalars(db.select(Project.place_code).distinct().where(Project.id < 1_000_000)))
        references = sent_copies(order, count, first=first, places=places)
        amount, day = order.amount, clock.today().strftime("%d/%m/%Y")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    db.session.remove()
    return [f"{one};;{amount};{day};Q{first + n}\n" for n, one in enumerate(references)]


def _table(rows: int) -> bytes:
    return _file([f"VIR {n};ML13ML04301001000000{n:08d};{1000 + n};20/11/2026;T{n}\n" for n in range(rows)])


def _file(lines: list[str]) -> bytes:
    return ("Ref;Compte;Montant;Date;T\n" + "".join(lines)).encode()


def _advice(rows: int) -> bytes:
    entries = "".join(
        f'<Ntry><Amt Ccy="XOF">{1000 + n}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>'
        f"<NtryDtls><TxDtls><Refs><EndToEndId>V{n}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for n in range(rows)
    )
    space = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
    return (
        f'<Document xmlns="{space}"><BkToCstmrDbtCdtNtfctn><Ntfctn>{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>'
    ).encode()


if __name__ == "__main__":
    main()
