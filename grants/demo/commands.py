"""The demonstration from the terminal: `flask demo load`, `flask demo sign-ins`."""

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from grants.core.errors import Problems, Refused
from grants.demo import loading
from grants.demo.cast import PASSWORD, sign_ins


@click.group("demo")
def demo():
    """Invented people, groups and files, to look around in."""


@demo.command("load")
@click.option(
    "--size", type=click.IntRange(1, 5000), default=loading.DEFAULT_SIZE, show_default=True, help="How many files."
)
@with_appcontext
def load(size):
    """Fill an empty database with a demonstration. Never in production."""
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("this is a production installation: invented files have no place in it")
    if reason := loading.why_not():
        raise click.ClickException(reason)
    began = time.monotonic()
    try:
        with click.progressbar(length=1000, label="Playing fourteen months") as bar:
            found = loading.load(size, lambda done, of: bar.update(done * 1000 // of - bar.pos))
    except (Refused, Problems) as stopped:
        raise click.ClickException(f"the load stopped: {stopped}") from stopped
    click.echo(f"{found.people} people, {found.groups} groups, {sum(found.steps.values())} files:")
    for step, count in found.steps.items():
        click.echo(f"  {step:<14}{count:>4}")
    click.echo(f"{found.events} events in the journal; the chain and the funds hold. {time.monotonic() - began:.0f} s.")


@demo.command("sign-ins")
@with_appcontext
def show_sign_ins():
    """The address, and somebody for every role; the address alone where there is no demonstration."""
    click.echo(current_app.config["PUBLIC_URL"])
    found = sign_ins()
    if not found:
        return
    for role, name, login in found:
        click.echo(f"  {role:<20}{login:<32}{name}")
    click.echo(f"Password of everybody: {PASSWORD}")
