"""Workflows at the terminal: prove, draw, list, rehearse, move. Publishing has no command: it takes two people at screens."""

from pathlib import Path

import click
from flask.cli import AppGroup

from grants.access.models import Person
from grants.core.database import db, mode
from grants.core.errors import NotFound, Problems, Refused
from grants.core.unit_of_work import unit_of_work
from grants.lifecycle import registry, sums
from grants.lifecycle.running import role_words
from grants.lifecycle.versions import listing, relocating
from grants.lifecycle.versions.checking import MOST_SIGNS, examine
from grants.lifecycle.versions.trying import MOST_FILES, rehearse_on_past
from grants.workflow import Definition, DefinitionError
from grants.workflow.drawing import draw
from grants.workflow.moving import load_map

workflow = AppGroup("workflow", help="Workflow definitions, their versions, and the files that run on them.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@workflow.command("check")
@click.argument("file", type=_FILE)
def check(file: Path):
    """Prove a definition against the files under way; every fault is named with its step and path."""
    definition = _sound(file)
    click.echo(f"{definition.name} {definition.version} holds.")


@workflow.command("list")
def list_versions():
    """The published versions, with how many files are under way on each."""
    running = listing.running()
    for found in listing.workflows():
        for row in found.versions:
            people = f"{row.proposed_by.name} / {row.published_by.name}" if row.published_by else "came with Bɛnkan"
            click.echo(f"{row.name} {row.version}  {row.published_at:%Y-%m-%d}  {running[row.id]} under way  {people}")


@workflow.command("draw")
@click.argument("file", type=_FILE)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
def draw_file(file: Path, language: str):
    """Draw a definition as SVG, to the standard output. One that has faults is drawn as far as it can be read."""
    click.echo(draw(_read(file), locale=language, role_words=role_words()))


@workflow.command("rehearse")
@click.argument("file", type=_FILE)
@click.option(
    "--files", "most", type=click.IntRange(1), default=MOST_FILES, show_default=True, help="How many, the latest first."
)
@click.option("--all", "named", is_flag=True, help="Name every file that would go otherwise.")
def rehearse(file: Path, most: int, named: bool):
    """Try a definition on past files: what would have gone otherwise. Changes nothing."""
    definition = _read(file)
    if definition.subject not in registry.kinds:
        raise click.ClickException(f"no files of the kind {definition.subject} exist here")
    with mode("read"):
        db.session.rollback()
        found = rehearse_on_past(definition, most=most)
        db.session.rollback()
    report = found.report
    click.echo(
        f"{report.files} of {found.total} files, {report.acts} acts: {report.unchanged} files go just as they did."
    )
    for count in report.counts:
        click.echo(f"{count.files} files, {count.acts} times: {count.finding.text('en')}")
    for changed in report.changed if named else ():
        for finding in changed.findings:
            click.echo(f"{changed.reference}: {finding.text('en')}")


@workflow.command("move")
@click.option(
    "--workflow", "name", required=True, help="The name that stands in the definition, for example micro-project."
)
@click.option("--from", "source", type=int, required=True)
@click.option("--to", "target", type=int, required=True)
@click.option(
    "--map",
    "map_file",
    type=_FILE,
    help='A TOML file: [steps], then a line old = "new" for each step that goes elsewhere.',
)
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option("--by", "sign_in", required=True, help="The e-mail address of the administrator who answers for it.")
def move(name: str, source: int, target: int, map_file: Path | None, dry_run: bool, sign_in: str):
    """Move all running files from one published version to another: all of them, or none."""
    mapping = {}
    if map_file is not None:
        try:
            mapping = load_map(map_file)
        except (DefinitionError, UnicodeDecodeError) as error:
            raise click.ClickException(str(error)) from None
    try:
        with unit_of_work():
            act = relocating.try_move if dry_run else relocating.move
            found = act(name, source, target, mapping, by=_administrator(sign_in))
    except NotFound:
        raise click.ClickException(f"{name} has no such version; see “flask workflow list”") from None
    except Problems as found:
        for problem in found.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException("nothing was moved") from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    for before, after, count in found.routes:
        click.echo(f"{count} files: {before} -> {after}")
    for problem in relocating.refusals(found):
        click.echo(str(problem), err=True)
    if not found.plan.fits:
        raise click.ClickException("not every file fits: nothing would be moved")
    click.echo(f"{len(found.plan.verdicts)} files {'would move' if dry_run else 'moved'} to version {target}.")


def _administrator(sign_in: str) -> Person:
    person = db.session.scalar(db.select(Person).where(Person.email == sign_in.strip().lower(), Person.active))
    if person is None:
        raise click.ClickException(f"nobody signs in as {sign_in}")
    return person


def _read(file: Path) -> Definition:
    """The definition in a file, with or without broken promises. Stops the command with every fault of form."""
    found = _examined(file)
    if found.definition is None:
        _stop(found)
    return found.definition


def _sound(file: Path) -> Definition:
    found = _examined(file)
    if found.sentences("en"):
        _stop(found)
    return found.definition


def _examined(file: Path):
    if file.stat().st_size > MOST_SIGNS * 4:
        raise click.ClickException(f"{file.name} is too long for a definition")
    try:
        return examine(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name} is not text in UTF-8") from None


def _stop(found) -> None:
    for sentence in found.sentences("en"):
        click.echo(sentence, err=True)
    raise click.ClickException("the definition is refused")


@workflow.command("recount")
def recount():
    """Count anew what the report of where files wait keeps, as after its check found a difference."""
    with unit_of_work():
        sums.recount()
    click.echo(f"{sums.keep()} days counted.")
