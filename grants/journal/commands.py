"""The journal from the command line: `flask journal verify`, `checkpoint`, `export`, `make-key`."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.unit_of_work import unit_of_work
from grants.journal import checkpoints, checks, exporting, signing
from grants.journal.verifying import check

journal = AppGroup("journal", help="The append-only history.")


@journal.command("verify")
@click.option(
    "--public-key", "files", multiple=True, type=click.Path(exists=True, dir_okay=False), help="A key that may sign."
)
@click.option(
    "--printed", multiple=True, metavar="NUMBER:ROOT", help="A checkpoint as a paper names it, such as 12:9f3cb71e04aa."
)
def verify(files, printed):
    """Check the whole journal; tells the first fault of each subject and ends with 1 where it does not hold."""
    try:
        keys = {signing.public_hex(file) for file in files} | checks.own_keys()
    except signing.KeyFault as fault:
        raise click.ClickException(str(fault)) from None
    found = check(keys=keys, printed=[_on_paper(text) for text in printed])
    for one in found.breaks:
        place = f"{one.subject_kind} {one.subject_id}" + (f", {one.seq}" if one.seq else "")
        click.echo(f"{place}: {one.what} [{one.code}]", err=True)
    if found.breaks:
        raise click.ClickException(f"the journal does not hold at {len(found.breaks)} places")
    click.echo(f"{found.events} events of {found.subjects} subjects, {found.checkpoints} checkpoints: the chain holds.")


def _on_paper(text: str) -> tuple[int, str]:
    number, _colon, root = text.partition(":")
    root = "".join(root.split()).lower()
    if not number.isdigit() or not root or set(root) - set("0123456789abcdef"):
        raise click.BadParameter(f"{text}: write NUMBER:ROOT, such as 12:9f3cb71e04aa")
    return int(number), root


@journal.command("checkpoint")
@click.option("--daily", is_flag=True, help="Only where none was made yet today.")
def checkpoint(daily: bool):
    """Take up what changed since the last checkpoint."""
    try:
        with unit_of_work():
            made = checkpoints.daily() if daily else checkpoints.checkpoint()
            told = (
                f"Checkpoint {made.number}: {made.root}, {made.events} events of {made.subjects} subjects"
                if made
                else ""
            )
            signed = ", signed." if made and made.signature else "."
    except signing.KeyFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(told + signed if told else "Nothing to take up.")


@journal.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--subject", nargs=2, type=(str, int), default=None, metavar="KIND ID", help="Only what is about one subject."
)
def export(file: str, subject):
    """Write the journal to FILE (- for the terminal) as lines of JSON, for `tools/verify_journal.py`."""
    about = [subject] if subject else []
    if file == "-":
        sys.stdout.writelines(exporting.lines(*about))
        return
    with Path(file).open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(exporting.lines(*about))
    click.echo(f"Written to {file}.")


@journal.command("proof")
@click.argument("kind")
@click.argument("number", type=int)
def proof(kind: str, number: int):
    """Prove that the head of a subject is in the newest checkpoint."""
    found = checkpoints.inclusion(kind, number)
    if found is None:
        raise click.ClickException("no checkpoint has taken up this subject")
    click.echo(json.dumps(found, indent=1))


@journal.command("make-key")
@click.argument("file", type=click.Path(dir_okay=False))
def make_key(file: str):
    """Make the key that signs checkpoints; FILE is for this server alone, FILE.pub for everybody."""
    try:
        public = signing.make(file)
    except signing.KeyFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"Public key: {public}")
    click.echo(f"Set BENKAN_JOURNAL_KEY={file}, and hand {file}.pub to those who verify.")
