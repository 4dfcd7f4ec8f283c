"""Proposing a change of a contract, printing it, filing the signed paper, and letting it hold."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants import lifecycle
from grants.access import policy
from grants.contracts import parties
from grants.contracts import queries as contracts
from grants.contracts.amendments import queries
from grants.contracts.amendments.models import Amendment
from grants.contracts.operations import LONGEST_MONTHS
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Refused, collect
from grants.core.money import format_francs, share
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.projects.models import Project

# While money is out or to come; afterwards there is nothing left to change.
CHANGEABLE = ("contribution", "disbursement", "followup", "suspended")


def propose(project: Project, values: dict, *, by) -> Amendment:
    """Propose a change. `values`: lines (position → francs), months, terms, reason.

    The lines must add up to what they add up to now: an amount beyond the award is no amendment. Raises Problems, Refused.
    """
    policy.require(by, "contracts.amend", project)
    contract = contracts.live(project)
    if project.step not in CHANGEABLE or contract is None or contract.in_force_at is None:
        raise Refused(_("Only a contract in force can be changed, while its micro-project goes on."))
    if any(one.waits_for is not None for one in queries.of_contract(contract)):
        raise Refused(_("Another change of this contract is under way: it is settled first."))
    lines = queries.granted_lines(project)
    asked = [{**_plain(line), "amount": values["lines"].get(line["position"])} for line in lines]
    months, terms = values.get("months"), (values.get("terms") or "").strip()
    before = {"lines": [_plain(line) for line in lines], "months": queries.months(contract)}
    after = {"lines": asked, "months": months}
    collect(*_problems(before, after, terms, (values.get("reason") or "").strip()))
    moved = sum(max(0, new["amount"] - old["amount"]) for old, new in zip(before["lines"], asked, strict=True))
    ceiling = share(contract.amount, contract.content["rules"]["move_percent"])
    amendment = Amendment(
        reference=new_reference("AV"),
        project=project,
        contract=contract,
        place_code=project.place_code,
        before=before,
        after=after,
        moved=moved,
        by_notice=moved <= ceiling and months == before["months"] and not terms,
        terms=terms,
        reason=values["reason"].strip(),
    )
    lifecycle.begin(amendment, by=by, data={"moved": moved, "months": months, "by_notice": amendment.by_notice})
    return amendment


def _plain(line: dict) -> dict:
    return {"position": line["position"], "label": line["label"], "amount": line["amount"]}


def _problems(before: dict, after: dict, terms: str, reason: str) -> list[Problem | None]:
    found: list[Problem | None] = [
        Problem(_("Write the amount of this line, 0 where nothing is left."), f"line_{line['position']}")
        for line in after["lines"]
        if line["amount"] is None or line["amount"] < 0
    ]
    if not found:
        was, now = (sum(line["amount"] for line in side["lines"]) for side in (before, after))
        if was != now:
            found.append(
                Problem(
                    _(
                        "The lines add up to %(now)s, not to %(was)s. An amount beyond the award is decided by a committee.",
                        now=format_francs(now),
                        was=format_francs(was),
                    ),
                    f"line_{after['lines'][-1]['position']}",
                )
            )
    months = after["months"]
    if months is None or not 1 <= months <= LONGEST_MONTHS:
        found.append(Problem(_("From 1 to %(most)s months.", most=LONGEST_MONTHS), "months"))
    elif not found and before == after and not terms:
        found.append(Problem(_("Nothing would change."), "reason"))
    found.append(None if len(reason) >= 10 else Problem(_("Write a whole sentence."), "reason"))
    return found


def issue(amendment: Amendment, *, place: str, represented_by: str, language: str, by) -> Amendment:
    """Number and print an accepted change, for both parties to sign. Raises Problems for what cannot be printed."""
    project, contract = amendment.project, amendment.contract
    taken = select(func.max(Amendment.number)).where(Amendment.contract_id == contract.id)
    number = (db.session.scalar(taken) or 0) + 1
    rows = zip(amendment.before["lines"], amendment.after["lines"], strict=True)
    context = {
        "programme": parties.programme(project, represented_by),
        "reference": amendment.reference,
        "number": number,
        "on": clock.today(),
        "group": parties.group_party(project.group),
        "project": parties.micro_project(project),
        "contract": contract.reference,
        "contract_on": contract.signed_on,
        "grant": contract.amount,
        "lines": [{"label": old["label"], "before": old["amount"], "after": new["amount"]} for old, new in rows],
        "moved": amendment.moved,
        "months_before": amendment.before["months"],
        "months_after": amendment.after["months"],
        "terms": [line for line in amendment.terms.splitlines() if line.strip()],
        "reason": amendment.reason,
        "reading": {"language": language, "place": place, "on": None, "reader": None, "reader_paper": None},
        "witnesses": [],
    }
    document = documents.issue("amendment", amendment, reference=amendment.reference, context=context, by=by)
    amendment.number, amendment.document = number, document
    db.session.flush()
    return amendment


def sign(amendment: Amendment, values: dict, *, by) -> None:
    """File the signed paper. `values`: signed_on, place, scan (uploads)."""
    issued_on = amendment.document.issued_at.astimezone(clock.BAMAKO).date()
    day = values["signed_on"]
    collect(
        Problem(_("The amendment was printed later than this day."), "signed_on") if day < issued_on else None,
        Problem(_("This day is still to come."), "signed_on") if day > clock.today() else None,
    )
    amendment.scan = documents.attach(values["scan"][0], amendment, by=by)
    amendment.signed_on, amendment.signed_at_place = day, values["place"].strip()
    db.session.flush()


def bring_into_force(amendment: Amendment, *, by) -> None:
    """Let the change hold; whoever verifies the contract is told of a signed amendment."""
    amendment.in_force_at = clock.now()
    document = amendment.contract.document
    if amendment.number is not None and document.state == "valid":
        reason = f"Avenant n° {amendment.number} du {amendment.signed_on:%d/%m/%Y} ({amendment.reference})"
        documents.amend(document, by=by, reason=reason)
    db.session.flush()
