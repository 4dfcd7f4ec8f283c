"""What amendments offer to their workflow: what must be true, and what its acts change."""

from collections.abc import Callable

from flask_babel import gettext as _

from grants.contracts.amendments import operations
from grants.core.money import format_francs
from grants.documents import operations as documents
from grants.lifecycle import Reason, effect, guard

# What later slices know of the money that is spent already: `f(project, lines)` yields the reasons against new lines.
_cover_checks: list[Callable] = []


def covers(check: Callable) -> Callable:
    """Register `check(project, lines)`, which yields a reason for each line that would hold less than was spent on it."""
    _cover_checks.append(check)
    return check


@guard("amendments.by_notice")
def by_notice(amendment, by):
    """A small move between lines, and nothing else."""
    if not amendment.by_notice:
        percent = amendment.contract.content["rules"]["move_percent"]
        yield Reason(
            _(
                "%(moved)s would move, or the time or the terms change: beyond %(percent)s of the grant an amendment is signed.",
                moved=format_francs(amendment.moved),
                percent=f"{percent}\u00a0%",
            )
        )


@guard("amendments.by_signature")
def by_signature(amendment, by):
    """More than a small move."""
    if amendment.by_notice:
        yield Reason(_("This move is small enough to be taken note of; nothing has to be signed."))


@guard("amendments.contract_holds")
def contract_holds(amendment, by):
    """The contract is in force, its micro-project goes on, and nothing else was changed meanwhile."""
    contract = amendment.contract
    if contract.cancelled_at is not None or contract.in_force_at is None:
        yield Reason(_("The contract %(reference)s is not in force.", reference=contract.reference))
    if amendment.project.step not in operations.CHANGEABLE:
        yield Reason(_("The micro-project has come to its end."))


@guard("amendments.covers_vouchers")
def covers_vouchers(amendment, by):
    """No line would hold less than what was spent on it."""
    for check in _cover_checks:
        yield from check(amendment.project, amendment.after["lines"])


@effect("amendments.issue")
def issue(amendment, act) -> None:
    """Number and print the amendment."""
    operations.issue(
        amendment,
        place=act.data["place"],
        represented_by=act.data["represented_by"],
        language=act.data["language"],
        by=act.by,
    )
    act.note(number=amendment.number, code=amendment.document.code, fingerprint=amendment.document.data_sha256)


@effect("amendments.sign")
def sign(amendment, act) -> None:
    """File the signed paper."""
    operations.sign(amendment, act.data, by=act.by)
    act.note(signed_on=amendment.signed_on, sha256=amendment.scan.sha256)


@effect("amendments.bring_into_force")
def bring_into_force(amendment, act) -> None:
    """The change holds from now on."""
    operations.bring_into_force(amendment, by=act.by)
    act.note(moved=amendment.moved, months=amendment.after["months"])


@effect("amendments.cancel_paper")
def cancel_paper(amendment, act) -> None:
    """The printed paper no longer holds."""
    documents.cancel(amendment.document, by=act.by, reason=act.reason)
