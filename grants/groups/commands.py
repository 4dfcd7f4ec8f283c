"""Groups from the command line: `flask groups import FILE.xlsx --as EMAIL`."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from grants.access.models import find_by_login
from grants.core.database import db
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.documents import operations as documents
from grants.documents.checking import examine
from grants.groups import importing
from grants.groups.models import GroupImport

groups = AppGroup("groups", help="Beneficiary groups.")


@groups.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="The e-mail address or telephone of who takes the list over.")
@click.option("--dry-run", is_flag=True, help="Tell what would be registered, and register nothing.")
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file of answers, by the key of their question.",
)
def import_(file: Path, login: str, dry_run: bool, answers_file: Path | None):
    """Register every row of FILE that is ready; what is wrong or doubtful is told with its row and column."""
    try:
        answers = json.loads(answers_file.read_text(encoding="utf-8")) if answers_file else {}
    except ValueError as damage:
        raise click.ClickException(f"{answers_file.name}: {damage}") from None
    try:
        with unit_of_work() as session:
            person = session.scalar(find_by_login(login))
            if person is None:
                raise click.ClickException(f"nobody signs in with {login}")
            _tell(importing.rehearse(file.read_bytes(), by=person, answers=answers))
            made = None if dry_run else _carry_out(file, person, answers)
            told = f"{made.registered} groups registered, list {made.uuid}." if made else "Nothing was registered."
        db.session.remove()
    except Problems as found:
        raise click.ClickException("\n".join(str(problem) for problem in found.problems)) from None
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(told)


def _carry_out(file: Path, person, answers: dict[str, str]) -> GroupImport:
    examined = examine(file.read_bytes(), file.name, ("sheet",))
    made = importing.carry_out(examined.data, by=person, answers=answers, file_name=file.name)
    documents.store(examined, by=person, subject=made)
    return made


def _tell(rehearsal: importing.Rehearsal) -> None:
    for problem in rehearsal.sheet.problems:
        if problem.key is None:
            click.echo(f"{problem.severity}: {problem}")
    for problem, rows in rehearsal.questions():
        click.echo(f"question: {problem.message} ({', '.join(f'{row}' for row in rows)})")
        click.echo(f"  {json.dumps(problem.key, ensure_ascii=False)}:")
        for candidate in problem.candidates:
            click.echo(f"    {json.dumps(candidate.value, ensure_ascii=False)}  {candidate.label}")
    counts = rehearsal.counts
    names = {"ready": "ready", "there": "already registered", "choice": "to be decided", "error": "with errors",
             "left_out": "left out"}  # fmt: skip
    click.echo(", ".join(f"{counts[state]} {name}" for state, name in names.items()) + ".")
