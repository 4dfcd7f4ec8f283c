"""Commands about the books."""

import click
from flask.cli import with_appcontext

from grants.books import operations
from grants.books.queries import checking
from grants.core.unit_of_work import unit_of_work


@click.group("books")
def books():
    """Entries made from the ledger."""


@books.command("catch-up")
@with_appcontext
def catch_up():
    """Put the shipped chart in place where there is none, and book what is not booked. May be run again and again."""
    with unit_of_work():
        operations.install_chart()
        count = operations.catch_up()
    click.echo(f"{count} movements booked.")
    if differences := checking.differences():
        raise click.ClickException(" ".join(differences))
