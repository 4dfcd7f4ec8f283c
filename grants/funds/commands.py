"""Commands about the funds."""

import click
from flask.cli import with_appcontext

from grants.core.unit_of_work import unit_of_work
from grants.funds import operations


@click.group("funds")
def funds():
    """Envelopes and the ledger."""


@funds.command("check")
@with_appcontext
def check():
    """Compare every counter with the sum of its movements, keep the result; ends with an error where they differ."""
    with unit_of_work():
        found = operations.check_ledger()
        differences, compared = list(found.differences), found.compared
    for one in differences:
        click.echo(one, err=True)
    if differences:
        raise click.ClickException(f"{len(differences)} things do not add up")
    click.echo(f"{compared} counters compared: each is the sum of its movements.")
