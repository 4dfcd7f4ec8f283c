"""How long whole pages take when 100 000 files stand in the house.

    .venv/bin/python -m benchmarks.pages [--postgresql] [--sizes 1000,100000] [--only PART]

A demonstration is made in a temporary folder and then copied row by row, with other ids and references: files, groups,
contracts, payments, stays, the journal, the books, what people were told. Each page is asked through the whole application
by the person who sees most of it, the best of three rounds of ten; printed are the median and the 95th percentile in
milliseconds of processor (with PostgreSQL also of the process that serves us) and the number of statements. The promise is
50 ms at 100 000 files.
Copies hold the same text and the same days: what is measured is how pages grow, not what one finds in them.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import LIMIT, application, middle_and_end, server_processor

# What grows with the files. Papers, checks and printed clauses are only read on the page of one file.
GROWN = (
    "beneficiary_group", "officer", "payment_account", "project", "step_stay", "journal_event", "journal_head", "notice",
    "committee_session", "agenda_item", "attendance", "contract", "tranche", "award_balance", "payment_order",
    "payment_attempt", "attempt_outcome", "payment_receipt", "transfer", "book_entry", "expense", "contribution", "visit",
    "planned_visit", "grievance", "grievance_complainant", "recovery", "refund", "amendment", "document", "closing",
    "revision", "timer",
)  # fmt: skip
DEMONSTRATION = 60
# Pages that begin with what is looked for; {…} is filled with rows of the demonstration.
ASKED = (
    "/projects?q=embouche", "/projects?step=disbursement", "/groups?q=sofara", "/payments?step=sent", "/search?q=Sofara",
    "/projects/{project}", "/projects/{project}?part=money", "/projects/{project}?part=followup", "/groups/{group}",
    "/payments/{order}", "/contracts/{contract}", "/committee/sessions/{session}", "/v/{document}",
)  # fmt: skip
# Files to take away grow with what they hold; nobody waits for them as for a page.
FILES = ("take", "export", "csv", "xlsx", "worker.js")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--sizes", default="1000,100000", help="how many files, in growing order")
    parser.add_argument("--only", default="", help="pages whose address holds this")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        app = application(Path(folder), postgresql=options.postgresql, files=DEMONSTRATION)
        found = {}
        with app.app_context():
            grow = _growing()
            pages = [(person, path) for person, path in _pages(app) if options.only in path]
            for size in sizes:
                began = time.perf_counter()
                grow(size)
                print(f"{size:>7} files after {time.perf_counter() - began:.0f} s", flush=True)
                for person, path in pages:
                    found.setdefault(path, []).append(_timed(app, person, path))
        _report(found, sizes)


# -------------------------------------------------------------------------------------------------------- rows like those


def _growing():
    """`grow(size)`: bring the house to so many files, with copies of all that the demonstration holds of them."""
    from grants.core.database import db

    tables = [db.metadata.tables[name] for name in GROWN]
    with db.engine.begin() as connection:
        files = connection.scalar(sa.select(sa.func.count()).select_from(sa.table("project")))
        step = 1 + max(
            connection.scalar(sa.select(sa.func.max(column))) or 0
            for table in tables for column in table.primary_key if column.type.python_type is int
        )  # fmt: skip
        if connection.dialect.name == "sqlite":
            for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
    there = 0

    def grow(size: int) -> None:
        nonlocal there
        copies = max(0, -(-size // files) - 1)
        db.session.remove()
        # Past the engine's transactions: what is copied was right once, nothing is checked again and no counter moved.
        raw = db.engine.raw_connection()
        cursor = raw.cursor()
        if db.engine.dialect.name == "sqlite":
            cursor.execute("PRAGMA query_only = OFF")
            cursor.execute("PRAGMA foreign_keys = OFF")
        else:
            cursor.execute("SET session_replication_role = replica")
        for table in tables:
            cursor.execute(_copied(table, step, there + 1, copies))
        raw.commit()
        cursor.execute("ANALYZE")
        raw.commit()
        raw.invalidate()
        there = max(there, copies)

    return grow


def _copied(table: sa.Table, step: int, first: int, last: int) -> str:
    """The statement that copies the first rows of a table, once for each number from first to last."""
    chosen = [_alike(column, step) for column in table.columns if column.computed is None]
    names = ", ".join(column.name for column in table.columns if column.computed is None)
    key = next(column for column in table.primary_key if column.type.python_type is int)
    return (
        f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) "  # noqa: S608
        f"INSERT INTO {table.name} ({names}) SELECT {', '.join(chosen)} FROM {table.name} CROSS JOIN numbers "
        f"WHERE {key.name} < {step} AND n <= {last}"
    )


def _alike(column: sa.Column, step: int) -> str:
    """What stands in a column of a copy: other ids of what is copied too, another end of what must be unique, else the same."""
    targets = {key.column.table.name for key in column.foreign_keys}
    of_a_copy = column.name == "subject_id" or (targets & set(GROWN)) or (column.primary_key and not targets)
    if of_a_copy and column.type.python_type is int:
        return f"{column.name} + n * {step}"
    if column.type.python_type is str and _is_unique(column):
        length = getattr(column.type, "length", None) or 200
        return f"substr({column.name}, 1, {length - 7}) || '~' || n"
    if column.type.python_type is int and _is_unique(column):
        return f"{column.name} + n * {step}"
    return column.name


def _is_unique(column: sa.Column) -> bool:
    """Whether a copy must not say the same here: alone, or first of several columns that tell rows apart by no id of theirs."""
    for rule in column.table.constraints | column.table.indexes:
        if not (isinstance(rule, sa.UniqueConstraint) or getattr(rule, "unique", False)) or column not in set(
            rule.columns
        ):
            continue
        told_apart = any(
            one.name == "subject_id" or {key.column.table.name for key in one.foreign_keys} & set(GROWN)
            for one in rule.columns
        )
        if not told_apart and column is next(one for one in rule.columns if one.type.python_type in (int, str)):
            return True
    return bool(column.unique)


# ----------------------------------------------------------------------------------------------------------------- pages


def _pages(app):
    """(person, address) of every page that asks for nothing, and of some that do, for the one who sees most there."""
    from grants.access import policy
    from grants.access.gate import PUBLIC, SIGNED_IN, entrance
    from grants.access.models import Person
    from grants.core.database import db

    everybody = db.session.scalars(sa.select(Person).order_by(Person.id)).unique().all()
    widest = sorted(everybody, key=lambda one: (not any(g.place_code is None for g in one.valid_grants), one.id))
    addresses = app.url_map.bind("")
    filled = [path.format(**_rows()) for path in ASKED]
    plain = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    for path in sorted(path for path in plain if not path.startswith(("/health", "/gallery"))) + filled:
        if any(part in path for part in FILES):
            continue
        wanted = entrance(addresses.match(path.partition("?")[0])[0])
        if wanted in (PUBLIC, SIGNED_IN):
            yield (widest[0].id if wanted == SIGNED_IN else None), path
        elif wanted is not None:
            yield next((one.id for one in widest if policy.may(one, wanted)), None), path


def _rows() -> dict[str, str]:
    """What stands in the addresses of single rows: a file that was paid, and what belongs to it."""
    from grants.core.database import db

    def first(statement: str) -> str:
        return db.session.scalar(sa.text(statement + " LIMIT 1"))

    of_paid = (
        "FROM payment_order JOIN project ON project.id = payment_order.project_id WHERE payment_order.step = 'received'"
    )
    return {
        "project": first(f"SELECT project.reference {of_paid}"),
        "group": first("SELECT reference FROM beneficiary_group"),
        "order": first(f"SELECT payment_order.reference {of_paid}"),
        "contract": first("SELECT reference FROM contract WHERE step = 'in_force'"),
        "session": first("SELECT reference FROM committee_session"),
        "document": first("SELECT code FROM document"),
    }


def _timed(app, person_id: int | None, path: str) -> tuple[float, float, int, int]:
    """The best of three rounds: median and 95th percentile in milliseconds, the number of statements, the answer's code."""
    client = _browser(app, person_id)
    asked = []
    from grants.core.database import db

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("PRAGMA", "BEGIN", "SET ")):
            asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    code = _asked(app, client, path)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    # Three rounds of ten; what is far beyond the promise is not asked thirty times.
    first = _processor(app, client, path)
    count, times = (1, 2) if first > 10 * LIMIT else (3, 10)
    rounds = [middle_and_end([_processor(app, client, path) for _time in range(times)]) for _number in range(count)]
    return *(min(figures) for figures in zip(*rounds, strict=True)), len(asked), code


def _processor(app, client, path: str) -> float:
    """Milliseconds of processor that a page takes, here and in the process of PostgreSQL that serves us."""
    from grants.core.database import db

    theirs = server_processor()
    db.session.rollback()
    busy = time.thread_time()
    _asked(app, client, path)
    taken = (time.thread_time() - busy) * 1000
    if theirs is not None:
        taken += server_processor() - theirs
        db.session.rollback()
    return taken


def _asked(app, client, path: str) -> int:
    """Ask for a page in a context of its own, as a server does; the answer's code."""
    with app.app_context():
        return client.get(path).status_code


def _browser(app, person_id: int | None):
    """A browser in which this person is signed in; nobody where there is none."""
    from grants.access import sign_ins
    from grants.access.models import Person
    from grants.core.database import db
    from grants.core.unit_of_work import unit_of_work

    client = app.test_client()
    if person_id is not None:
        with unit_of_work():
            token = sign_ins.open_for(
                db.session.get_one(Person, person_id), address="127.0.0.1", device="benchmark"
            ).token
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
    return client


def _report(found: dict, sizes: list[int]) -> None:
    print(f"\n{'':<44}{''.join(f'{size:>18}' for size in sizes)}{'growth':>9}{'statements':>12}")
    for path, figures in sorted(found.items(), key=lambda item: -item[1][-1][1]):
        cells = "".join(f"{f'{median:.1f} / {high:.1f}':>18}" for median, high, *_rest in figures)
        last = figures[-1]
        said = "" if last[3] == 200 else f"  answered {last[3]}"
        beyond = "  beyond 50 ms" if last[1] > LIMIT else ""
        print(f"{path[:43]:<44}{cells}{last[0] / figures[0][0]:>8.1f}×{last[2]:>12}{said}{beyond}")


if __name__ == "__main__":
    main()
