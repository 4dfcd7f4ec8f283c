"""The rules of the house that no other tool holds: sizes, names, who may commit, what must not be written down."""

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 60
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="asks git which files belong to the project")


def files(*patterns: str) -> list[Path]:
    """The project's own files: committed, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for path in (ROOT / name for name in sorted(names.split("\0")) if name) if path.is_file()]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_files_stay_readable_in_one_sitting():
    counted = {
        short(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in files("*.py", "script/*")
        if not short(path).startswith("migrations/")  # a revision lists every table once and is read by its number
    }
    assert {name: lines for name, lines in counted.items() if lines > LINES_OF_A_FILE} == {}


def test_functions_stay_readable_at_a_glance():
    long = [
        f"{short(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in files("*.py")
        if not short(path).startswith(("tests/", "migrations/"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_modules_are_named_for_what_they_do():
    named = [short(path) for path in files("*.py") if NAMES_THAT_SAY_NOTHING & {path.stem, *path.parent.parts}]
    assert named == []


def calls(path: Path):
    """Every call `owner.name()` in a file, as (line, owner, name)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func.value), node.func.attr


def test_only_the_clock_asks_what_time_it_is():
    asked = [
        f"{short(path)}:{line} {owner}.{name}()"
        for path in files("grants/*.py")
        if short(path) != "grants/core/clock.py"
        for line, owner, name in calls(path)
        if name in {"now", "utcnow", "today"} and owner.split(".")[-1] in {"datetime", "date"}
    ]
    assert asked == []


def test_a_form_s_own_checks_raise_what_wtforms_shows():
    """WTForms turns ValidationError into a message beside the field; any other error ends the request."""
    wrong = [
        f"{short(path)}:{inner.lineno} {node.name}"
        for path in files("grants/*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("validate_")
        if [one.arg for one in node.args.args] == ["self", "field"]
        for inner in ast.walk(node)
        if isinstance(inner, ast.Raise) and "ValueError" in ast.unparse(inner)
    ]
    assert wrong == []


def test_only_the_unit_of_work_commits():
    commits = [
        f"{short(path)}:{line}"
        for path in files("grants/*.py")
        if short(path) != "grants/core/unit_of_work.py"
        for line, owner, name in calls(path)
        if name == "commit" and owner.endswith("session")
    ]
    assert commits == []


def test_no_file_names_a_machine_or_a_registry():
    # Spelled in pieces, so that this file does not name them either.
    places = ["/" + "work/main", "/" + "work/shared", "/" + "root/"]
    hosts = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com", "deb" + ".debian.org"]
    wanted = re.compile("|".join(map(re.escape, places + hosts)))
    named = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a workbook
        named += [f"{short(path)}: {found.group()}" for found in wanted.finditer(text)]
    assert named == []


def test_locks_hold_checksums_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        packages = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert all("--hash=sha256:" in package for package in packages), path.name
        assert "://" not in text, path.name


def test_what_the_docs_point_at_exists():
    broken = []
    for path in files("*.md"):
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{short(path)} links to {target}")
        for name in re.findall(r"`((?:script|docs|tests|templates|grants|static/css|static/js)/[\w./-]+)`", text):
            if not (ROOT / name).exists() and not (path.parent / name).exists():
                broken.append(f"{short(path)} names {name}")
    assert broken == []


def imported(path: Path) -> set[str]:
    """The outermost names that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_what_runs_is_in_the_list_of_what_runs_needs():
    """A package that only the tests bring is not there on a server."""
    providers = packages_distributions()
    wanted = {canonical(line) for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()}
    absent = set()
    for path in files("grants/*.py", "migrations/*.py", "config.py", "wsgi.py", "gunicorn.conf.py"):
        for name in imported(path) - sys.stdlib_module_names - {"grants", "config", "wsgi"}:
            if not {canonical(package) for package in providers.get(name, [name])} & wanted:
                absent.add(f"{short(path)} imports {name}, which requirements.in does not name")
    assert sorted(absent) == []


def canonical(requirement: str) -> str:
    """The name of a requirement as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement.strip())[0]).lower()
