"""Commands for the terminal, each a thin call of an operation: `flask --app wsgi …`."""

import click
from flask import Flask
from flask.cli import with_appcontext

from grants.core.unit_of_work import unit_of_work


def init_app(app: Flask) -> None:
    """Give the commands to an application."""
    from grants.access.commands import people
    from grants.books.commands import books
    from grants.demo.commands import demo
    from grants.docs_pages import docs
    from grants.documents.commands import documents, files
    from grants.funds.commands import funds
    from grants.groups.commands import groups
    from grants.journal.commands import journal
    from grants.lifecycle.versions.commands import workflow
    from grants.messages.commands import tick, worker
    from grants.places.commands import places

    for command in (
        setup,
        journal,
        workflow,
        people,
        places,
        groups,
        funds,
        books,
        files,
        documents,
        docs,
        demo,
        tick,
        worker,
    ):
        app.cli.add_command(command)
    app.cli.commands.pop("shell", None)


@click.command("setup")
@with_appcontext
def setup():
    """Put in place what every installation needs: places, workflows, texts of contracts, the chart of the books."""
    from grants.books import operations as ledger_books
    from grants.contracts.clauses.installing import install_shipped as install_texts
    from grants.lifecycle import install_shipped, timers
    from grants.places.operations import install_base

    with unit_of_work():
        install_base(by=None)
        installed = install_shipped()
        install_texts()
        timers.catch_up()
        ledger_books.install_chart()
        ledger_books.catch_up()
    click.echo(f"Places are there; workflows: {', '.join(f'{v.name} {v.version}' for v in installed.there)}.")
    for definition in installed.shadowed:
        click.echo(
            f"{definition.name}: the version {definition.version} that comes with the product was not installed, because "
            "the programme has published another one under this number. Files go on with the programme's own.",
            err=True,
        )
