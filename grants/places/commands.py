"""Places from the command line: `flask places install`, `flask places import FOLDER --edition 2023`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.errors import Problems
from grants.core.unit_of_work import unit_of_work
from grants.places import official, operations

places = AppGroup("places", help="Regions, cercles, arrondissements and communes.")


@places.command("install")
def install():
    """Put in the places that come with the program: regions, cercles, the arrondissements of Bamako."""
    with unit_of_work():
        report = operations.install_base()
    click.echo(f"{len(report.added)} places added, {report.unchanged} already there.")


@places.command("rehearse")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--edition", required=True, help="The name of the list, for example 2023.")
def rehearse(source: Path, edition: str):
    """Tell what importing SOURCE (a folder, or a zip or CSV file) would change, and change nothing."""
    report = operations.rehearse_import(_read(source), edition=edition)
    _tell(report)
    if report.faults:
        raise SystemExit(1)


@places.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--edition", required=True, help="The name of the list, for example 2023.")
@click.option("--source-name", default="", help="Where the list comes from, as the edition should say it.")
@click.option("--licence", default="", help="The licence of the list.")
def import_(source: Path, edition: str, source_name: str, licence: str):
    """Take over the official list in SOURCE (a folder, or a zip or CSV file), whole or not at all."""
    try:
        with unit_of_work():
            report = operations.import_official(_read(source), edition=edition, source=source_name, licence=licence)
    except Problems as problems:
        for problem in problems.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException(f"{len(problems.problems)} faults: nothing was imported.") from None
    _tell(report)


def _read(source: Path) -> official.Listing:
    if source.is_dir():
        return official.read_folder(source)
    return official.read_upload(source.name, source.read_bytes())


def _tell(report: operations.Report) -> None:
    for fault in report.faults:
        click.echo(str(fault), err=True)
    for code, old, new in report.renamed:
        click.echo(f"{code}: {old} -> {new}")
    for code, name in report.obsolete:
        click.echo(f"{code}: {name} becomes obsolete")
    click.echo(
        f"Edition {report.edition}: {len(report.added)} added, {len(report.renamed)} renamed, {len(report.revived)} brought "
        f"back, {len(report.obsolete)} obsolete, {report.unchanged} unchanged, {len(report.faults)} faults."
    )
