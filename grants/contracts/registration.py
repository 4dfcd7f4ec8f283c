"""What contracts give to the house."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants import journal
from grants.access import policy
from grants.committee import matters
from grants.contracts import effects, file_section, forms, guards, many, queries  # noqa: F401  (importing registers what they hold)
from grants.contracts.amendments import acts as _acts  # noqa: F401
from grants.contracts.amendments import forms as _forms  # noqa: F401
from grants.contracts.amendments import letters
from grants.contracts.amendments import queries as amendments
from grants.contracts.amendments.models import Amendment
from grants.contracts.models import Contract
from grants.core import navigation
from grants.core.database import db
from grants.core.money import format_francs
from grants.documents.ownership import shows_files
from grants.lifecycle import Kind, register_kind, via
from grants.projects.models import Project

navigation.entry(87, _l("Contracts to issue"), "contract_batches.index", many.RIGHT)
navigation.entry(88, _l("Contract texts"), "clauses.index", "clauses.view")

journal.say("project", "file_contract_scan", _l("Scan of the signed contract filed"))
journal.say("project", "state_scan_page", _l("Page of the scan stated by a person"))
journal.say("clause_set", "draft", _l("Text drafted"))
journal.say("clause_set", "change", _l("Draft of the text changed"))
journal.say("clause_set", "put_forward", _l("Text put forward"))
journal.say("clause_set", "send_back", _l("Text sent back to its author"))
journal.say("clause_set", "discard", _l("Draft of the text discarded"))
journal.say("clause_set", "publish", _l("Text published"))

register_kind(
    Kind(
        code="contract",
        model=Contract,
        load=queries.find,
        url=lambda contract: url_for("contracts.show", reference=contract.reference),
        title=lambda contract: _("Contract of %(title)s", title=contract.project.title),
    )
)


register_kind(
    Kind(
        code="amendment",
        model=Amendment,
        load=amendments.find,
        url=lambda amendment: url_for("amendments.show", reference=amendment.reference),
        title=lambda amendment: _("Change of the contract of %(title)s", title=amendment.project.title),
        eager=(joinedload(Amendment.project).joinedload(Project.group),),
        words=_l("Amendments"),
    )
)


def _heard(amendment: Amendment) -> matters.Change:
    """An amendment of the amount as a session sees it."""
    return matters.Change(
        subject=amendment,
        project=amendment.project,
        before=amendment.amount_before,
        asked=amendment.amount_after,
        reason=amendment.reason,
        address=lambda: url_for("amendments.show", reference=amendment.reference),
        words=_(
            "Change of the grant of “%(title)s” from %(before)s to %(after)s",
            title=amendment.project.title,
            before=format_francs(amendment.amount_before),
            after=format_francs(amendment.amount_after),
        ),
        refusal=lambda item: letters.draw(amendment, item),
    )


matters.matter(Amendment, _heard)


@via("contracts.signing")
def _where_contracts_come_into_force(project) -> str | None:
    contract = queries.live(project)
    return url_for("contracts.show", reference=contract.reference) if contract is not None else None


@shows_files("amendment")
def _amendment_files(person, amendment_id: int) -> bool:
    project = db.session.scalar(select(Project).join(Amendment).where(Amendment.id == amendment_id))
    return project is not None and policy.sees(person, "contracts.view", project)


@shows_files("contract")
def _files(person, contract_id: int) -> bool:
    project = db.session.scalar(select(Project).join(Contract).where(Contract.id == contract_id))
    return project is not None and policy.sees(person, "contracts.view", project)
