"""Commands about the funds."""

import click
from flask.cli import with_appcontext

from grants.funds import queries


@click.group("funds")
def funds():
    """Envelopes and the ledger."""


@funds.command("check")
@with_appcontext
def check():
    """Compare every counter with the sum of its movements; ends with an error where they differ."""
    differences = queries.check()
    for found in differences:
        click.echo(str(found), err=True)
    if differences:
        raise click.ClickException(f"{len(differences)} counters are not the sum of their movements")
    click.echo("Every counter is the sum of its movements.")
