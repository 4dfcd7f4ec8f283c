"""Proposing a change of a contract, printing it, filing the signed paper, and letting it hold."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants import lifecycle
from grants.access import policy
from grants.contracts import parties
from grants.contracts import queries as contracts
from grants.contracts.amendments import money, queries
from grants.contracts.amendments.models import Amendment
from grants.contracts.operations import LONGEST_MONTHS
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.money import format_francs, share
from grants.core.references import new_reference
from grants.documents import operations as documents
from grants.projects.models import Project

# While money is out or to come; afterwards there is nothing left to change.
CHANGEABLE = ("contribution", "disbursement", "followup", "suspended")


def propose(project: Project, values: dict, *, by) -> Amendment:
    """Propose a change. `values`: lines (position → francs), months, terms, reason.

    Where the lines add up to something else, the grant changes by the difference: a committee decides on it, and the
    envelope must hold it. Raises Problems, Refused.
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
    more, less = _steps(before["lines"], asked)
    moved, granted = min(more, less), queries.amount(contract)
    collect(*_amount_problems(project, granted, granted + more - less, asked))
    ceiling = share(granted, contract.content["rules"]["move_percent"])
    amendment = Amendment(
        reference=new_reference("AV"),
        project=project,
        contract=contract,
        place_code=project.place_code,
        before=before,
        after=after,
        moved=moved,
        by_notice=more == less and moved <= ceiling and months == before["months"] and not terms,
        amount_before=granted if more != less else None,
        amount_after=granted + more - less if more != less else None,
        terms=terms,
        reason=values["reason"].strip(),
    )
    lifecycle.begin(amendment, by=by, data=_told(amendment))
    return amendment


def _told(amendment: Amendment) -> dict:
    facts = {"moved": amendment.moved, "months": amendment.after["months"], "by_notice": amendment.by_notice}
    if amendment.amount_after is not None:
        facts |= {"amount_before": amendment.amount_before, "amount_after": amendment.amount_after}
    return facts


def _steps(before: list[dict], after: list[dict]) -> tuple[int, int]:
    """By how much lines grow and by how much others shrink, in francs."""
    steps = [new["amount"] - old["amount"] for old, new in zip(before, after, strict=True)]
    return sum(step for step in steps if step > 0), -sum(step for step in steps if step < 0)


def _amount_problems(project: Project, granted: int, wanted: int, lines: list[dict]):
    """What keeps the grant from becoming what the lines add up to."""
    field = f"line_{lines[-1]['position']}" if lines else "reason"
    if wanted == granted:
        return
    if wanted <= 0:
        yield Problem(_("Nothing would be left of the grant: end the contract instead."), field)
        return
    if (gap := short_of(project, wanted - granted)) is not None:
        yield Problem(gap, field)
    try:
        money.preview(project, wanted)
    except Problems as found:
        for problem in found.problems:
            yield Problem(problem.message, field)


def short_of(project: Project, more: int) -> str | None:
    """Why the envelope of a file does not hold so many francs more, or None."""
    envelope = project.call.envelope
    if more <= envelope.available:
        return None
    return _(
        "The grant would grow by %(more)s; the envelope “%(name)s” has only %(left)s available.",
        more=format_francs(more),
        name=envelope.name,
        left=format_francs(envelope.available),
    )


def _plain(line: dict) -> dict:
    return {"position": line["position"], "label": line["label"], "amount": line["amount"]}


def _problems(before: dict, after: dict, terms: str, reason: str) -> list[Problem | None]:
    found: list[Problem | None] = [
        Problem(_("Write the amount of this line, 0 where nothing is left."), f"line_{line['position']}")
        for line in after["lines"]
        if line["amount"] is None or line["amount"] < 0
    ]
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
    lock(project)
    if amendment.amount_after is not None:
        before, after = money.preview(project, amendment.amount_after)
        amendment.before = amendment.before | {"tranches": before}
        amendment.after = amendment.after | {"tranches": after}
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
        "grant": amendment.amount_after or queries.amount(contract),
        "grant_before": amendment.amount_before,
        "decision": _decision(amendment),
        "tranches": _tranche_rows(amendment),
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


def lock(project: Project) -> None:
    """Hold the file until the end of the transaction: no tranche is ordered while a change of it is settled.

    Raises Refused where the micro-project has ended meanwhile.
    """
    lifecycle.hold(project)
    if project.step not in CHANGEABLE:
        raise Refused(_("The micro-project has come to its end."))


def _decision(amendment: Amendment) -> dict | None:
    """The decision of the committee on another amount, as the paper quotes it."""
    item = queries.decision(amendment)
    if item is None:
        return None
    return {
        "committee": item.session.committee.name,
        "on": item.session.held_on,
        "minutes": item.session.reference,
        "conditions": [line.strip() for line in item.conditions.splitlines() if line.strip()],
    }


def _tranche_rows(amendment: Amendment) -> list[dict]:
    """The tranches before and after, in francs; None where there was none before."""
    before = {row["id"]: row["amount"] for row in amendment.before.get("tranches", ())}
    return [
        {
            "number": row["number"],
            "before": before.get(row["id"]),
            "after": row["amount"],
            "settled": row["state"] != "open",
            "retention": row["retention"],
        }
        for row in amendment.after.get("tranches", ())
    ]


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
    if amendment.amount_after is not None:
        lock(amendment.project)
        money.settle(amendment, by=by)
        amendment.project.granted = amendment.amount_after
        db.session.flush()
    amendment.in_force_at = clock.now()
    document = amendment.contract.document
    if amendment.number is not None and document.state == "valid":
        reason = f"Avenant n° {amendment.number} du {amendment.signed_on:%d/%m/%Y} ({amendment.reference})"
        documents.amend(document, by=by, reason=reason)
    db.session.flush()
