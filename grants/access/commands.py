"""People from the command line: `flask people add-admin --name NAME --email ADDRESS`."""

import click
from flask import current_app
from flask.cli import AppGroup

from grants.access import people as operations
from grants.core.errors import Problems, Refused
from grants.core.unit_of_work import unit_of_work

people = AppGroup("people", help="People who sign in.")


@people.command("add-admin")
@click.option("--name", required=True, help="Given name and surname.")
@click.option("--email", required=True, help="The address with which the administrator signs in.")
def add_admin(name: str, email: str):
    """Make the first administrator; tells the one-time code with which they choose their password."""
    try:
        with unit_of_work():
            person, code = operations.add_first_administrator({"name": name, "email": email})
            told = f"{person.name} is the administrator and signs in with {person.email}."
    except Problems as found:
        raise click.ClickException("\n".join(str(problem) for problem in found.problems)) from None
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(told)
    click.echo(f"One-time code, for 7 days: {code}")
    click.echo(f"It is used at {current_app.config['PUBLIC_URL']}/activate")
