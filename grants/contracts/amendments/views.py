"""The pages on which a change of a contract is proposed and followed."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from grants import journal
from grants.access import allowed, current_person, policy
from grants.contracts import queries as contracts
from grants.contracts.amendments import forms, letters, money, operations, queries
from grants.core.errors import NotFound, Problems
from grants.core.web import page
from grants.lifecycle import definition_of
from grants.lifecycle.panel import panel
from grants.projects import queries as projects
from grants.projects.file_sections import gathered
from grants.projects.path import badge

bp = Blueprint("amendments", __name__)


@bp.route("/projects/<reference>/amendments/new", methods=["GET", "POST"])
@allowed("contracts.amend")
def new(reference: str):
    """Propose a change of the contract of a file."""
    person = current_person()
    project = projects.visible(reference, person)
    policy.require(person, "contracts.amend", project)
    contract = contracts.live(project)
    if contract is None:
        raise NotFound(reference)
    form = forms.proposal_form(queries.granted_lines(project), queries.months(contract))
    if form.validate_on_submit():
        with form.catching():
            amendment = operations.propose(project, form.values(), by=person)
            flash(_("The change is proposed."))
            return redirect(url_for(".show", reference=amendment.reference))
    return page(
        "contracts/amendment_new.html",
        form=form,
        project=project,
        contract=contract,
        percent=contract.content["rules"]["move_percent"],
        granted=queries.amount(contract),
        settled=sum(row["amount"] for row in money.now(project) if row["state"] != "open"),
    )


@bp.get("/amendments/<reference>")
@allowed("contracts.view")
def show(reference: str):
    """What changes, why, and how far it has come."""
    person = current_person()
    amendment = queries.visible(reference, person)
    rows = [
        {
            "label": old["label"],
            "before": old["amount"],
            "after": new["amount"],
            "change": new["amount"] - old["amount"],
        }
        for old, new in zip(amendment.before["lines"], amendment.after["lines"], strict=True)
    ]
    return page(
        "contracts/amendment.html",
        amendment=amendment,
        project=amendment.project,
        badge=badge(amendment, definition_of(amendment)),
        rows=rows,
        total=sum(row["after"] for row in rows),
        total_before=sum(row["before"] for row in rows),
        tranches=_tranches(amendment),
        decision=queries.decision(amendment),
        letter=letters.issued(amendment) if amendment.step == "refused" else None,
        sees_session=policy.may(person, "committee.view"),
        offers=panel(amendment, person) if amendment.waits_for else None,
        events=gathered(journal.history(amendment)),
    )


def _tranches(amendment) -> list[dict]:
    """The tranches before and after another amount: as printed, else as they would be now; nothing where they cannot be."""
    if amendment.amount_after is None:
        return []
    before, after = amendment.before.get("tranches"), amendment.after.get("tranches")
    if after is None:
        if amendment.waits_for is None:
            return []
        try:
            before, after = money.preview(amendment.project, amendment.amount_after)
        except Problems:
            return []
    was = {row["id"]: row["amount"] for row in before}
    return [row | {"before": was.get(row["id"])} for row in after]
