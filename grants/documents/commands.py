"""Files and documents from the command line: `flask files …`, `flask documents …`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.unit_of_work import unit_of_work
from grants.documents import jobs, operations, queries, sealing, storage

files = AppGroup("files", help="Stored files and issued documents.")


@files.command("check")
def check():
    """Read every stored file and compare it with its SHA-256; ends with 1 where one is gone or changed."""
    count, broken = 0, 0
    for digest in queries.all_digests():
        count += 1
        try:
            storage.get(digest)
        except storage.Damaged as damage:
            broken += 1
            click.echo(str(damage), err=True)
    click.echo(f"{count} contents read, {broken} gone or changed.")
    if broken:
        raise SystemExit(1)


@files.command("tidy")
@click.option("--days", default=7, show_default=True, help="Age from which a file that no form took up is removed.")
def tidy(days: int):
    """Remove files that were kept for a form which never came back."""
    with unit_of_work():
        digests = operations.forget_kept(days=days)
    # A second transaction: were the first undone, its rows would name bytes that are gone.
    with unit_of_work():
        gone = operations.drop_unnamed(digests)
    click.echo(f"{gone} kept files removed.")


documents = AppGroup("documents", help="Issued documents: seal, background work.")


@documents.command("make-test-certificate")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", default="Bɛnkan (essai)", show_default=True, help="The name in the certificate.")
@click.option("--password", default="", help="The password of the file; none where left out.")
def make_test_certificate(path: Path, name: str, password: str):
    """Make a certificate for trials; documents sealed with it are called unknown by every reader."""
    if path.exists():
        raise click.ClickException(f"{path} exists already: choose another name.")
    sealing.make_test_certificate(path, password, name=name)
    click.echo(f"{path} made. Set BENKAN_SIGNING_CERTIFICATE={path} (and BENKAN_SIGNING_PASSWORD) and start again.")


@documents.command("work")
def do_work():
    """Do the background work that waits, until none is left; several may run at once."""
    click.echo(f"{jobs.work()} jobs taken up.")
