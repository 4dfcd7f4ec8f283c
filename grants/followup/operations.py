"""What changes after the money: shares proven, visits made, vouchers entered and judged, refunds, the closing prepared.

Amounts are whole francs. Each verb says who may do it; what counts as enough is asked by the guards.
"""

from flask_babel import gettext as _

from grants import journal
from grants.access import policy
from grants.contracts.amendments.queries import granted_lines
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.money import format_francs
from grants.core.references import new_uuid
from grants.documents.operations import attach
from grants.followup import planning, queries
from grants.followup.models import Closing, Contribution, Expense, Refund, Visit, VisitPhoto
from grants.followup.recovery import papers
from grants.funds import operations as ledger
from grants.funds.queries import balance
from grants.lifecycle import hold

# Where vouchers may be entered and judged, and money come back: while there is something to account for.
ACCOUNTED = ("disbursement", "followup", "suspended")


def _stands(project, steps: tuple[str, ...]) -> None:
    """Hold the file. Raises Refused where it stands at another step."""
    hold(project)
    if project.step not in steps:
        raise Refused(_("This file stands at another step: this cannot be recorded on it now."))


def _text(values: dict, name: str, message: str, least: int = 1) -> Problem | None:
    return None if len((values.get(name) or "").strip()) >= least else Problem(message, name)


def _past(values: dict, name: str) -> Problem | None:
    day = values.get(name)
    if day is None:
        return Problem(_("The day is needed."), name)
    return Problem(_("This day is still to come."), name) if day > clock.today() else None


def _file(values: dict, name: str, message: str) -> Problem | None:
    return None if values.get(name) else Problem(message, name)


def prove_contribution(project, values: dict, *, by) -> Contribution:
    """Record a part of the group's own share with its proof. `values`: kind, amount, proven_on, note, proof (uploads)."""
    policy.require(by, "followup.prove", project)
    _stands(project, ("contribution",))
    collect(
        None if values.get("kind") in ("cash", "in_kind") else Problem(_("Say whether cash or in kind."), "kind"),
        None if values.get("amount") else Problem(_("The amount is needed."), "amount"),
        _past(values, "proven_on"),
        _file(values, "proof", _("Add the bank slip, or the valuation sheet.")),
        _text(values, "note", _("Say what was given and how it was valued."))
        if values.get("kind") == "in_kind"
        else None,
    )
    file = attach(values["proof"][0], project, by=by)
    row = Contribution(
        project_id=project.id,
        kind=values["kind"],
        amount=values["amount"],
        proven_on=values["proven_on"],
        note=values.get("note") or "",
        file=file,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    journal.record(
        project, "prove_contribution", by=by, data={"kind": row.kind, "amount": row.amount, "sha256": file.sha256}
    )
    return row


def record_visit(project, values: dict, answers: list[dict], *, by, uuid: str | None = None) -> Visit:
    """Record a visit; it answers the one that was planned. `answers` are the questions as they were asked, with their
    answers, in words.

    `values`: visited_on, met, verdict (on_track, concerns, off_track), findings, actions, latitude and longitude in
    millionths of a degree (or None), photos (uploads). A visit sent twice from a phone (same `uuid`) is recorded once.
    """
    policy.require(by, "followup.visit", project)
    if uuid and (there := queries.visit_by_uuid(project, uuid)):
        return there
    _stands(project, planning.VISITED)
    verdict = values.get("verdict")
    collect(
        _past(values, "visited_on"),
        _text(values, "met", _("Write whom you met.")),
        None
        if verdict in ("on_track", "concerns", "off_track")
        else Problem(_("Say whether the activity is on track."), "verdict"),
        _text(values, "findings", _("Write what you saw."), 10),
        _text(values, "actions", _("Write what must be done, by whom and until when."), 10)
        if verdict in ("concerns", "off_track")
        else None,
        _file(values, "photos", _("Add at least one photo of the site.")),
    )
    visit = Visit(
        uuid=uuid or new_uuid(),
        project_id=project.id,
        visited_on=values["visited_on"],
        met=values["met"].strip(),
        answers=journal.operations.plain(answers),
        verdict=verdict,
        findings=values["findings"].strip(),
        actions=(values.get("actions") or "").strip(),
        latitude=values.get("latitude"),
        longitude=values.get("longitude"),
        by=by,
    )
    db.session.add(visit)
    for upload in values["photos"]:
        visit.photos.append(VisitPhoto(file=attach(upload, project, by=by)))
    db.session.flush()
    planning.close_with(project, visit, by=by)
    journal.record(
        project, "record_visit", by=by, data={"day": visit.visited_on, "verdict": verdict, "photos": len(visit.photos)}
    )
    return visit


def enter_expense(project, values: dict, *, by) -> Expense:
    """Enter a voucher. `values`: tranche_id, budget_position, label, supplier, spent_on, amount, voucher (uploads)."""
    policy.require(by, "followup.justify", project)
    _stands(project, ACCOUNTED)
    _no_claim(project)
    tranche = next((t for t in queries.paid_tranches(project) if t.id == values.get("tranche_id")), None)
    lines = {line["position"] for line in granted_lines(project)}
    collect(
        None if tranche else Problem(_("Choose a tranche that the group has received."), "tranche_id"),
        None
        if values.get("budget_position") in lines
        else Problem(_("Choose a line of the budget."), "budget_position"),
        _text(values, "label", _("Write what was bought.")),
        _text(values, "supplier", _("Write from whom.")),
        _past(values, "spent_on"),
        None if values.get("amount") else Problem(_("The amount is needed."), "amount"),
        _file(values, "voucher", _("Add the receipt or invoice.")),
    )
    left = balance(project).unjustified - queries.waiting_amount(project)
    if values["amount"] > left:
        raise Problems(
            Problem(_("Only %(left)s of what was paid is still to be justified.", left=format_francs(left)), "amount")
        )
    file = attach(values["voucher"][0], project, by=by)
    expense = Expense(
        project_id=project.id,
        tranche=tranche,
        budget_position=values["budget_position"],
        label=values["label"].strip(),
        supplier=values["supplier"].strip(),
        spent_on=values["spent_on"],
        amount=values["amount"],
        voucher=file,
        entered_by=by,
    )
    db.session.add(expense)
    db.session.flush()
    data = {"amount": expense.amount, "label": expense.label, "sha256": file.sha256}
    journal.record(project, "enter_expense", by=by, data=data)
    return expense


def judge_expense(expense: Expense, *, accepted: int, reason: str, by) -> Expense:
    """Accept a voucher in whole, in part or not at all; what is not accepted has its reason. By another person."""
    project = queries.project_of(expense)
    policy.require(by, "followup.accept", project)
    _stands(project, ACCOUNTED)
    db.session.refresh(expense, with_for_update={"of": Expense})
    if expense.judged_at is not None:
        raise Refused(_("%(name)s has already judged this voucher.", name=expense.judged_by.name))
    told = {"label": expense.label, "amount": expense.amount, "sha256": expense.voucher.sha256}
    hands = {expense.entered_by_id} | journal.hands(project, "enter_expense", **told)
    if policy.are_one(by, hands, "followup.accept", project):
        raise policy.one_hand(by, expense.entered_by, _("You entered this voucher: another person must judge it."))
    _no_claim(project)
    collect(
        Problem(_("No more than the amount of the voucher can be accepted."), "accepted")
        if accepted is None or not 0 <= accepted <= expense.amount
        else None,
        Problem(_("Say why the voucher is not accepted in full."), "reason")
        if accepted is not None and accepted < expense.amount and len(reason.strip()) < 5
        else None,
    )
    expense.accepted, expense.reason = accepted, reason.strip()
    expense.judged_by, expense.judged_at = by, clock.now()
    db.session.flush()
    if accepted:
        reference = f"{project.reference} · {expense.label}"[:80]
        ledger.justify(project, accepted, key=f"justify:{expense.id}", reference=reference, by=by)
    journal.record(
        project, "judge_expense", by=by, reason=expense.reason,
        data={"amount": expense.amount, "accepted": accepted, "label": expense.label},
    )  # fmt: skip
    return expense


def record_refund(project, values: dict, *, by) -> Refund:
    """Record money that the group gave back by itself. `values`: amount, refunded_on, bank_reference, slip (uploads).

    Money that comes back on a claim is recorded on the claim.
    """
    policy.require(by, "followup.refund", project)
    _stands(project, ACCOUNTED)
    _no_claim(project)
    return take_back(project, values, by=by)


def take_back(project, values: dict, *, by, recovery=None) -> Refund:
    """Take money back from a group, on a claim where there is one, and issue the receipt for it. Raises Problems."""
    reference, left = (values.get("bank_reference") or "").strip(), balance(project).unjustified
    collect(
        None if values.get("amount") else Problem(_("The amount is needed."), "amount"),
        Problem(_("Only %(left)s is still to be given back.", left=format_francs(left)), "amount")
        if (values.get("amount") or 0) > left
        else None,
        _past(values, "refunded_on"),
        _text(values, "bank_reference", _("Write the reference of the bank or operator.")),
        Problem(_("A refund with this reference is recorded already."), "bank_reference")
        if reference and queries.refund_by_reference(reference)
        else None,
        _file(values, "slip", _("Add the slip.")),
    )
    file = attach(values["slip"][0], project, by=by)
    given = {**values, "bank_reference": reference}
    claim = recovery.reference if recovery is not None else None
    row = Refund(
        project_id=project.id,
        amount=values["amount"],
        refunded_on=values["refunded_on"],
        bank_reference=reference,
        slip=file,
        recovery_id=recovery.id if recovery is not None else None,
        document=papers.receipt(project, given, left=left - values["amount"], claim=claim, by=by),
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    ledger.refund(
        project, row.amount, key=f"refund:{reference}", reference=f"{project.reference} · {reference}"[:80], by=by
    )
    journal.record(project, "record_refund", by=by, data={"amount": row.amount, "sha256": file.sha256})
    return row


def _no_claim(project) -> None:
    """Raise Refused while a claim is under way: what it was calculated from does not move meanwhile."""
    if (claim := queries.open_claim(project)) is not None:
        raise Refused(
            _(
                "The claim %(reference)s is under way: money is recorded there, vouchers once it is withdrawn.",
                reference=claim,
            )
        )


def prepare_closing(project, values: dict, *, by) -> Closing:
    """Record the acceptance of what was bought and built. `values`: accepted_on, accepted_with, report, assets, scan.

    `assets` are rows of label, quantity, state and place. Recorded again while the file is being closed, it replaces
    what was recorded before; the journal keeps both.
    """
    policy.require(by, "followup.accept", project)
    _stands(project, ("closing",))
    closing = queries.closing(project)
    assets = [row for row in values.get("assets") or [] if (row.get("label") or "").strip()]
    collect(
        _past(values, "accepted_on"),
        _text(values, "accepted_with", _("Write who was there: town hall, technical service, group.")),
        _text(values, "report", _("Write what was achieved, in a few sentences."), 20),
        None if assets else Problem(_("List at least one thing that the group keeps."), "assets"),
        None if values.get("scan") or closing else Problem(_("Add the signed acceptance minutes."), "scan"),
    )
    scan = attach(values["scan"][0], project, by=by) if values.get("scan") else closing.scan
    if closing is None:
        closing = Closing(project_id=project.id)
        db.session.add(closing)
    closing.scan = scan
    closing.accepted_on, closing.accepted_with = values["accepted_on"], values["accepted_with"].strip()
    closing.report, closing.assets = values["report"].strip(), assets
    closing.prepared_by, closing.prepared_at = by, clock.now()
    db.session.flush()
    journal.record(project, "prepare_closing", by=by, data={"day": closing.accepted_on, "assets": len(assets)})
    return closing
