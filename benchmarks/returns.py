"""How long a return of 10 000 rows takes to be read, matched and kept, as a table and as a camt.054.

    .venv/bin/python benchmarks/returns.py [--rows 10000]

The database is a small demonstration in a temporary folder, on SQLite. The promise is ten seconds for 10 000 rows.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
LIMIT = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "BENKAN_ENV": "test", "BENKAN_SECRET_KEY": "x" * 48, "BENKAN_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "BENKAN_STORAGE_PATH": f"{folder}/files",
        }  # fmt: skip
        slow = [took for took in _measured(rows) if took > LIMIT]
    sys.exit(1 if slow else 0)


def _measured(rows: int):
    from grants import create_app
    from grants.access.models import Person
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work
    from grants.payments.back import layouts, operations, queries

    app = create_app()
    for command in (["db", "upgrade"], ["setup"], ["demo", "load", "--size", "8"]):
        result = app.test_cli_runner().invoke(args=command)
        if result.exit_code:
            sys.exit(result.output[-2000:])
    with app.test_request_context():
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
        for name, data in (("table", _table(rows)), ("camt.054", _advice(rows))):
            started = time.perf_counter()
            with unit_of_work():
                profile, by = queries.profiles("return")[0], db.session.get(Person, people["finance_officer"])
                operations.apply(data, profile, name=name, by=by)
            took = time.perf_counter() - started
            print(f"{name}: {rows} rows in {took:.2f} s")
            yield took


def _table(rows: int) -> bytes:
    lines = (f"VIR {n};ML13ML04301001000000{n:08d};{1000 + n};20/11/2026;T{n}\n" for n in range(rows))
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
