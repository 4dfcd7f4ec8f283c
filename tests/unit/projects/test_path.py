"""The path of a file, its standing, and what is taken away of lists: no database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel

from grants.calls.kinds import kind
from grants.core import clock
from grants.projects import comparing, takeaway
from grants.projects.path import badge, rail, standing
from grants.workflow import load

DEFINITION = load(Path(__file__).parents[3] / "grants" / "workflow" / "definitions" / "project.toml")
NOW = datetime(2026, 3, 27, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_french():
    app = Flask(__name__)
    root = Path(__file__).parents[3]
    app.config.update(BABEL_DEFAULT_LOCALE="fr", BABEL_TRANSLATION_DIRECTORIES=str(root / "grants" / "translations"))
    Babel(app)
    with app.test_request_context(), clock.at(NOW):
        yield


def file(step: str, due: int | None = None):
    """A file at a step, due in so many days (None: nobody's turn)."""
    due_at = None if due is None else NOW + timedelta(days=due)
    return SimpleNamespace(
        step=step,
        due_at=due_at,
        late=due_at is not None and due_at < NOW,
        days_late=max(0, -due or 0) if due is not None else 0,
        step_since=NOW,
    )


def moved(*steps: str):
    """The events of a file that went through these steps, a day apart."""
    pairs = zip((None, *steps), steps, strict=False)
    return [
        SimpleNamespace(from_step=before, to_step=after, at=NOW - timedelta(days=20 - rank))
        for rank, (before, after) in enumerate(pairs)
    ]


def states(items):
    return [item["state"] for item in items]


def test_phases_behind_are_done_with_their_day_and_the_present_one_has_its_date():
    items = rail(file("appraisal", due=4), DEFINITION, moved("draft", "eligibility", "appraisal"))
    assert states(items) == ["done", "done", "now", *["todo"] * 5]
    assert [item["note"] for item in items[:4]] == ["8 mars", "9 mars", "avant le 31 mars", ""]


def test_a_late_file_says_since_when():
    items = rail(file("appraisal", due=-3), DEFINITION, moved("draft", "eligibility", "appraisal"))
    assert items[2]["state"] == "late" and items[2]["note"] == "échue le 24 mars"
    assert standing(file("appraisal", due=-3), DEFINITION) == ("Évaluation", "late", "en retard de 3 jours")
    assert badge(file("appraisal", due=-3), DEFINITION)[0] == "Évaluation · en retard de 3 jours"


def test_a_returned_file_stands_in_its_first_phase_again():
    items = rail(file("completion", due=15), DEFINITION, moved("draft", "eligibility", "appraisal", "completion"))
    assert states(items) == ["now", *["todo"] * 7]


def test_a_closed_file_is_done_everywhere():
    way = (
        "draft",
        "eligibility",
        "appraisal",
        "committee",
        "contract",
        "disbursement",
        "followup",
        "closing",
        "closed",
    )
    items = rail(file("closed"), DEFINITION, moved(*way))
    assert states(items) == ["done"] * 8
    assert standing(file("closed"), DEFINITION)[1] == "ok"


@pytest.mark.parametrize(
    ("way", "seen"),
    [
        # Refused at eligibility: the refusal is told in the committee’s phase, but nobody appraised the file.
        ("draft eligibility refusal", ["done", "done", "skipped", "now", *["todo"] * 4]),
        ("draft eligibility refusal appeal_window rejected", ["done", "done", "skipped", "done", *["skipped"] * 4]),
        ("draft eligibility rejected", ["done", "done", *["skipped"] * 6]),
        ("draft eligibility completion withdrawn", ["done", *["skipped"] * 7]),
        ("draft withdrawn", ["done", *["skipped"] * 7]),
        ("draft eligibility appraisal withdrawn", ["done", "done", "done", *["skipped"] * 5]),
        (
            "draft eligibility appraisal committee contract signature contribution terminated",
            ["done"] * 5 + ["skipped"] * 3,
        ),
        # An appeal that was upheld goes on where it was refused: appraisal is ahead again.
        (
            "draft eligibility refusal appeal_window appeal_check appeal_hearing eligibility",
            ["done", "now", *["todo"] * 6],
        ),
    ],
)
def test_what_was_never_gone_through_is_neither_done_nor_to_come(way, seen):
    steps = way.split()
    assert states(rail(file(steps[-1]), DEFINITION, moved(*steps))) == seen


def test_what_comes_next_is_named_only_where_the_file_may_come_there():
    for step, leads_on in (("committee", True), ("signature", True), ("refusal", False), ("appeal_hearing", False)):
        items = rail(file(step), DEFINITION, moved("draft", "eligibility", step))
        assert next(item for item in items if item["state"] == "now")["leads_on"] is leads_on, step


def test_a_rejected_file_stops_where_it_was():
    items = rail(file("rejected"), DEFINITION, moved("draft", "eligibility", "rejected"))
    assert items[1]["note"].startswith("Rejeté")
    assert standing(file("rejected"), DEFINITION)[1] == "late"


@pytest.mark.parametrize("text", ["=1+1", "+22366", "-3", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_is_made_plain(text):
    assert takeaway.harmless(text) == "'" + text
    assert f"'{text}" in takeaway.as_csv(["a"], [[text]]).decode("utf-8-sig").replace('"', "")


def test_csv_keeps_accents_for_spreadsheets_and_leaves_what_is_not_there_empty():
    content = takeaway.as_csv(["Référence", "Accordé"], [["MP", None]])
    assert content.startswith(b"\xef\xbb\xbf") and content.decode("utf-8-sig").splitlines()[1] == "MP;"


def content(**over):
    sums = {"requested": 100, "own_cash": 0, "own_kind": 0, "total": 100}
    whole = {"title": "Embouche", "answers": {}, "budget": [], "papers": [], "sums": sums, "spoke_for_group": "Awa"}
    return {**whole, "group": {"name": "Benkadi", "officers": [], "account": None}, **over}


def line(label: str, quantity: int):
    return {"category": "animals", "label": label, "unit": "tête", "quantity": quantity, "unit_price": 10,
            "amount": quantity * 10, "paid_by": "grant"}  # fmt: skip


def test_the_same_content_differs_in_nothing():
    assert comparing.differences(kind("livestock"), content(), content()) == []


def test_lines_that_came_went_and_changed_are_told_apart():
    old, new = (
        content(budget=[line("Béliers", 4), line("Chèvres", 2)]),
        content(budget=[line("Béliers", 5), line("Vaches", 1)]),
    )
    changes = {c.label: (bool(c.before), bool(c.after)) for c in comparing.differences(kind("livestock"), old, new)}
    assert changes == {
        "Animaux · Béliers": (True, True),
        "Animaux · Chèvres": (True, False),
        "Animaux · Vaches": (False, True),
    }


def test_a_replaced_paper_is_one_gone_and_one_come():
    def paper(name):
        return {"kind": "quotes", "note": "", "name": name, "sha256": name}

    found = comparing.differences(kind("livestock"), content(papers=[paper("a.pdf")]), content(papers=[paper("b.pdf")]))
    assert [(c.label, c.before, c.after) for c in found] == [
        ("Devis ou factures pro forma", "a.pdf", ""), ("Devis ou factures pro forma", "", "b.pdf"),
    ]  # fmt: skip
