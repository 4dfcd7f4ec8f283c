"""How fast the journal is verified, from 1 000 to 500 000 events, on either engine.

    .venv/bin/python benchmarks/journal_verify.py [--postgresql | --both] [--sizes 1000,100000,500000]

Fills an empty, migrated database in a temporary folder with chained events (ten a subject), seals them in checkpoints,
verifies them (three times, the best is told, since others use the machine), and compares with the bare SHA-256 of the same
bytes. Prints how the time of an event grows from size to size. The target is 100 000 events a second.
"""

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measuring import application
from grants.core import clock
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.journal import checkpoints, reading
from grants.journal.chain import FIELDS, FORMAT, GENESIS, canonical, digest
from grants.journal.models import Event, Head
from grants.journal.verifying import check

EACH = 10


def fill(there: int, count: int) -> None:
    """Write events until there are `count`, ten a subject, as `journal.record` would."""
    begun = clock.now()
    for first in range(there // EACH + 1, count // EACH + 1, 2000):
        events, heads = [], []
        for subject in range(first, min(first + 2000, count // EACH + 1)):
            prev = GENESIS
            for seq in range(1, EACH + 1):
                values = dict.fromkeys(FIELDS) | {
                    "format": FORMAT, "subject_kind": "project", "subject_id": subject, "seq": seq,
                    "at": begun + timedelta(seconds=subject + seq), "actor_name": "Aminata Sangaré", "action": "recommend",
                    "from_step": "appraisal", "to_step": "committee", "prev_hash": prev,
                    "data": canonical({"amount": 1_250_000 + seq, "place": "05030401", "note": "Réserve sur l’apport"}),
                }  # fmt: skip
                prev = digest(SimpleNamespace(**values))
                events.append(values | {"hash": prev})
            heads.append({"subject_kind": "project", "subject_id": subject, "seq": EACH, "hash": prev, "sealed_seq": 0})
        with unit_of_work() as session:
            session.execute(db.insert(Event), events)
            session.execute(db.insert(Head), heads)
            checkpoints.checkpoint()


def settle() -> None:
    """Let PostgreSQL finish writing what was filled in; a journal that grew by the day was tidied up long ago."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
            connection.exec_driver_sql("CHECKPOINT")


def bare() -> float:
    """Seconds for nothing but the hashes: the same number of bytes, already in memory."""
    with reading.snapshot() as connection:
        rows = [b"".join(str(value).encode() for value in row) for row in reading.events(connection, "project")]
    begun = time.perf_counter()
    for row in rows:
        hashlib.sha256(row).hexdigest()
    return time.perf_counter() - begun


def one_more() -> float:
    """Seconds for a checkpoint when one subject of all has changed."""
    with unit_of_work() as session:
        session.execute(db.text("UPDATE journal_head SET seq = seq + 1 WHERE subject_id = 7"))
        begun = time.perf_counter()
        checkpoints.checkpoint()
        took = time.perf_counter() - begun
        session.rollback()
    return took


def measure(count: int) -> float:
    """Verify what is there and print how long it takes; microseconds an event."""
    settle()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs = []
    for _run in range(3):
        begun, worked = time.perf_counter(), time.process_time()
        found = check()
        runs.append((time.perf_counter() - begun, time.process_time() - worked))
    took, worked = min(runs)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    if found.breaks or found.events != count:
        raise SystemExit(f"the journal should hold: {found}")
    hashing, sealing = bare(), one_more()
    print(
        f"{found.events:>8} events, {found.checkpoints} checkpoints, {took:.2f} s: {found.events / took:,.0f} events/s "
        f"({found.events / worked:,.0f} a second of processor); "
        f"{took / hashing:.1f} × the bare SHA-256; {grown} MiB more memory than before; "
        f"a checkpoint after one act on one of {found.subjects} subjects: {sealing * 1000:.1f} ms",
        flush=True,
    )
    return took / count * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--both", action="store_true", help="on one engine after the other")
    parser.add_argument("--sizes", default="1000,100000,500000", help="numbers of events, rising")
    options = parser.parse_args()
    if options.both:
        for more in ([], ["--postgresql"]):
            # One process an engine: an application belongs to one database.
            subprocess.run([sys.executable, __file__, *more, "--sizes", options.sizes], check=True)  # noqa: S603 (itself)
        return
    print("PostgreSQL" if options.postgresql else "SQLite")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        app = application(Path(folder), postgresql=options.postgresql, files=0)
        with app.app_context():
            there, each = 0, []
            for size in [int(size) for size in options.sizes.split(",")]:
                fill(there, size)
                there = size
                each.append((size, measure(size)))
            db.session.remove()
            db.engine.dispose()
    (first, least), (last, most) = each[0], each[-1]
    print(f"an event takes {least:.1f} µs among {first}, {most:.1f} µs among {last}: {most / least:.2f} ×")


if __name__ == "__main__":
    main()
