"""What is due, done from the terminal: `flask tick` once, `flask worker` again and again."""

import signal
import threading

import click
from flask.cli import with_appcontext

from grants.core import periodic


@click.command("tick")
@with_appcontext
def tick():
    """Do what is due now: fire timers, write the daily mails, send what waits. May run twice at once."""
    failed = _round()
    if failed:
        raise click.ClickException(f"failed: {', '.join(failed)}")


@click.command("worker")
@click.option(
    "--every", type=click.IntRange(1, 3600), default=30, show_default=True, help="Seconds between two rounds."
)
@with_appcontext
def worker(every):
    """Do what is due, again and again, until it is told to stop. What it was doing is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    click.echo(f"At work every {every} s; SIGTERM ends it.")
    while not stop.is_set():
        _round()
        stop.wait(every)


def _round() -> list[str]:
    """One round; the names of the jobs that failed."""
    outcomes = periodic.run_all()
    for outcome in outcomes:
        if outcome.error is not None:
            click.echo(f"{outcome.name}: {type(outcome.error).__name__}: {outcome.error}", err=True)
        elif outcome.count:
            click.echo(f"{outcome.name}: {outcome.count}")
    return [outcome.name for outcome in outcomes if outcome.error is not None]
