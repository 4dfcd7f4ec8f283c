"""One request, one transaction: reads cannot write, and only what ended well is kept."""

import pytest
import sqlalchemy as sa
from flask import Blueprint, abort

from grants.access import Person, public
from grants.core.database import db, mode
from grants.core.errors import Problems, Refused
from grants.core.references import new_uuid
from grants.core.unit_of_work import afterwards, unit_of_work
from grants.core.web import csrf


def someone(name: str) -> Person:
    return Person(uuid=new_uuid(), name=name, email=f"{name}@example.org", locale="fr")


def names() -> set[str]:
    return set(db.session.scalars(sa.select(Person.name)))


@pytest.mark.parametrize("statement", ["DELETE FROM person", "INSERT INTO reference_counter VALUES ('XX', 2026, 1)"])
def test_the_engine_keeps_reads_from_writing(app, statement):
    with mode("read"), pytest.raises(sa.exc.DBAPIError, match=r"(?i)read.?only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
    with unit_of_work():
        db.session.execute(sa.text("INSERT INTO reference_counter VALUES ('XX', 2026, 1)"))


@pytest.fixture
def endings(app):
    """Views that write somebody and end in each way there is."""
    if "endings" in app.blueprints:
        return app
    bp = Blueprint("endings", __name__, url_prefix="/endings")

    def ends(how: str):
        @bp.route(f"/{how}", methods=["GET", "POST"], endpoint=how)
        @csrf.exempt
        @public
        def view():
            db.session.add(someone(how))
            db.session.flush()
            afterwards(lambda: db.session.add(someone(f"{how}-afterwards")))
            match how:
                case "well":
                    return {"ended": "well"}
                case "with_errors":
                    return {"ended": "with errors"}, 422
                case "refused":
                    raise Refused("no")
                case "problems":
                    raise Problems("no")
                case "absent":
                    abort(404)
            raise RuntimeError(how)

    for how in ("well", "with_errors", "refused", "problems", "absent", "broken"):
        ends(how)
    app._got_first_request = False
    app.register_blueprint(bp)
    return app


@pytest.mark.parametrize(
    ("how", "status"),
    [("well", 200), ("with_errors", 422), ("refused", 403), ("problems", 422), ("absent", 404), ("broken", 500)],
)
def test_only_what_ended_well_is_kept(endings, how, status, monkeypatch):
    monkeypatch.setitem(endings.config, "PROPAGATE_FAULTS", False)
    client = endings.test_client()
    answer = client.open(f"/endings/{how}", method="POST")
    assert answer.status_code == status
    assert (how in names()) == (status == 200)
    assert f"{how}-afterwards" in names()


def test_a_get_that_writes_is_a_fault(endings, monkeypatch):
    monkeypatch.setitem(endings.config, "PROPAGATE_FAULTS", False)
    answer = endings.test_client().get("/endings/well")
    assert answer.status_code == 500 and "Un incident s’est produit" in answer.text
    assert "well" not in names()


def test_a_fault_has_a_number_that_the_log_has_too(endings, monkeypatch, caplog):
    import re

    monkeypatch.setitem(endings.config, "PROPAGATE_FAULTS", False)
    answer = endings.test_client().open("/endings/broken", method="POST")
    number = re.search(r"<strong>([0-9A-F]{8})</strong>", answer.text).group(1)
    assert number in caplog.text and "RuntimeError" not in answer.text
