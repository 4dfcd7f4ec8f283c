"""The stand-alone verifier, run as anybody would run it: on an export, without our code."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from grants import journal
from grants.core.database import db
from grants.core.unit_of_work import unit_of_work
from grants.journal.models import Checkpoint

TOOL = Path(__file__).parents[2] / "tools" / "verify_journal.py"


def acts(person, count):
    for number in range(count):
        with unit_of_work():
            journal.record(person, "noted", by=person, data={"number": number}, reason="« ɲɛnɛ »\n\t\x7f\u2028")


def sealed():
    with unit_of_work():
        journal.checkpoint()


@pytest.fixture
def people(make_person):
    made = [make_person("agent", place="05") for _ in range(3)]
    for person in made:
        acts(person, 4)
    return made


def run(path, *papers):
    done = subprocess.run(
        [sys.executable, "-I", str(TOOL), str(path), *papers], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def export(app, people, tmp_path):
    sealed()
    acts(people[0], 2)
    sealed()
    path = tmp_path / "journal.jsonl"
    result = app.test_cli_runner().invoke(args=["journal", "export", str(path)])
    assert result.exit_code == 0, result.output
    return path


def changed(path, how):
    """The export with its lines changed by somebody who can change them."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    lines = how(lines) or lines
    other = path.with_name("changed.jsonl")
    other.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return run(other)


def test_it_is_short_and_needs_nothing():
    lines = TOOL.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 100
    assert {line.split()[1] for line in lines if line.startswith(("import ", "from "))} <= set(sys.stdlib_module_names)


def test_an_honest_export_holds(export, people):
    root = db.session.get_one(Checkpoint, 2).root
    assert run(export, f"2:{root[:12]}") == (0, "The journal holds.\n", "")
    assert run(export, "2:000000000000")[0] == 1
    assert run(export, f"9:{root[:12]}")[0] == 1


def test_the_export_of_one_subject_holds_and_its_cut_shows(app, export, people, tmp_path):
    path = tmp_path / "one.jsonl"
    result = app.test_cli_runner().invoke(
        args=["journal", "export", str(path), "--subject", "person", str(people[0].id)]
    )
    assert result.exit_code == 0 and run(path) == (0, "The journal holds.\n", "")
    events = [line for line in path.read_text(encoding="utf-8").split("\n")[:-1] if '"type":"event"' in line]
    assert len(events) == 6 and all(f'"subject_id":{people[0].id},' in line for line in events)
    status, said, _error = changed(
        path, lambda lines: [one for one in lines if (one["type"], one.get("seq")) != ("event", 6)]
    )
    assert status == 1 and "cut off" in said


def _event(lines, seq):
    return next(
        n
        for n, one in enumerate(lines)
        if one["type"] == "event" and one["subject_kind"] == "person" and one["seq"] == seq
    )


def _swap(lines):
    one, two = _event(lines, 2), _event(lines, 3)
    lines[one], lines[two] = lines[two], lines[one]


def _renumber(lines):
    one, two = _event(lines, 2), _event(lines, 3)
    lines[one]["seq"], lines[two]["seq"] = 3, 2
    lines[one], lines[two] = lines[two], lines[one]


def _without(lines, wanted):
    return [one for one in lines if not wanted(one)]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (lambda lines: lines[_event(lines, 2)].update(reason="autre"), "event 2 was changed"),
        (lambda lines: lines.pop(_event(lines, 2)) and None, "event 2 is missing"),
        (_swap, "changed places"),
        (_renumber, "event 2 was changed"),
        (lambda lines: _without(lines, lambda one: one["type"] == "event" and one["seq"] > 3), "the end is cut off"),
        (
            lambda lines: _without(lines, lambda one: one["type"] == "leaf" and one["position"] == 1),
            "one is missing before it",
        ),
        (
            lambda lines: _without(lines, lambda one: one["type"] == "checkpoint" and one["number"] == 1),
            "one is missing before it",
        ),
        (
            lambda lines: _without(lines, lambda one: one["type"] == "checkpoint" and one["number"] == 2),
            "counts other leaves",
        ),
        (lambda lines: lines[1].update(events=99), "checkpoint 1: changed"),
        (lambda lines: lines[:-1], "the export itself is cut off"),
        (lambda lines: lines[:-4], "the export itself is cut off"),
    ],
)
def test_what_was_done_to_an_export_is_found(export, how, words):
    status, said, error = changed(export, how)
    assert status == 1 and words in said and error == "", said + error


def test_any_byte_that_changes_is_found(export):
    text = export.read_text(encoding="utf-8").split("\n")[:-1]
    draw = random.Random(7)  # noqa: S311  (not for secrets)
    for _time in range(25):
        at = draw.randrange(1, len(text) - 1)
        line = json.loads(text[at])
        key = draw.choice([name for name in line if name not in ("type", "signature")])
        line[key] = "changed" if isinstance(line[key], str) else 77_777
        other = export.with_name("byte.jsonl")
        other.write_text("\n".join([*text[:at], json.dumps(line), *text[at + 1 :]]) + "\n", encoding="utf-8")
        assert run(other)[0] == 1, (at, key)
