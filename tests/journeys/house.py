"""A whole installation for a browser: a database of its own, a server that listens, and people with passwords."""

import logging
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

import config
from grants import create_app, journal
from grants.access import people
from grants.access.models import Person, RoleGrant
from grants.access.operations import set_password
from grants.core import clock
from grants.core.database import db
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from tests.stories import life
from tests.stories.calls import envelope, open_call

PASSWORD = "karité et mil au grenier de Sofara"
NAMES = {
    "agent": ["Ramata Diarra"],
    "appraiser": ["Moctar Guindo", "Salimata Togo"],
    "secretary": ["Nana Kassambara"],
    "chair": ["Bakary Niaré"],
    "member": ["Ina Kouriba", "Lassina Koné", "Djénéba Cissé"],
    "coordinator": ["Oumou Sangaré"],
    "finance_officer": ["Seydou Berthé"],
    "finance_controller": ["Fatoumata Maïga", "Abdoulaye Sissoko"],
    "monitor": ["Hamidou Tapily"],
    "admin": ["Youssouf Ballo"],
}


class _Quiet(WSGIRequestHandler):
    """The server's own lines say nothing that the application's log does not."""

    def log_request(self, code="-", size="-"):
        """Nothing."""


def make_house(folder: Path, port: int):
    """The application of an installation in this folder, with its database brought up to date and set up."""
    settings = config.read(
        {
            "BENKAN_ENV": "test",
            "BENKAN_SECRET_KEY": "only for the journey " * 2,
            "BENKAN_DATABASE_URL": f"sqlite:///{folder / 'benkan.sqlite3'}",
            "BENKAN_STORAGE_PATH": str(folder / "files"),
            "BENKAN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
    )
    app = create_app(settings)
    with app.app_context():
        for command in (["db", "upgrade"], ["setup"]):
            done = app.test_cli_runner().invoke(args=command, catch_exceptions=False)
            assert done.exit_code == 0, done.output
        db.session.remove()
    return app


def populate(app) -> dict[str, str]:
    """The people of a region, their committee, an envelope and an open call; gives the sign-in of each by part."""
    left = {role: iter(names) for role, names in NAMES.items()}
    logins = {}

    def make_person(role: str, place: str | None = None) -> Person:
        name = next(left[role])
        number = sum(key.startswith(role) for key in logins) + 1
        login = f"{role.replace('_', '-')}{number}@benkan.example"
        with unit_of_work() as session:
            person = Person(uuid=new_uuid(), name=name, email=login, locale="fr", active=True)
            session.add(person)
            session.flush()
            session.add(RoleGrant(person_id=person.id, role=role, place_code=place, valid_from=clock.today()))
            journal.record(person, "add", by=person, data={"name": name})
        logins[f"{role}{number}"] = login
        return person

    with app.app_context():
        team = life.team(make_person)
        with unit_of_work():
            admin = people.get(life.again(team.admin).uuid)
            set_password(admin, PASSWORD, by=admin)
            for person in db.session.scalars(db.select(Person).where(Person.id != admin.id)):
                # One password for all: hashed once.
                person.password_hash = admin.password_hash
        open_call(life.again(team.admin), envelope(life.again(team.coordinator)))
        db.session.remove()
    return logins


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(app, port: int):
    """The application answering browsers on this port until the end of the block; gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
