"""What amendments offer to their workflow: what must be true, and what its acts change."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.contracts.amendments import letters, money, operations, queries
from grants.core.errors import Problems
from grants.core.money import format_francs
from grants.core.texts import pick
from grants.documents import operations as documents
from grants.lifecycle import SYSTEM, Reason, definition_of, effect, guard, perform
from grants.lifecycle.registry import after_act
from grants.projects.models import Project

# What later slices know of the money that is spent already: `f(project, lines)` yields the reasons against new lines.
_cover_checks: list[Callable] = []


def covers(check: Callable) -> Callable:
    """Register `check(project, lines)`, which yields a reason for each line that would hold less than was spent on it."""
    _cover_checks.append(check)
    return check


@guard("amendments.by_notice", _l("a small move between lines, and nothing else"))
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


@guard("amendments.by_signature", _l("more than a small move, the amount stays"))
def by_signature(amendment, by):
    """More than a small move, and the amount of the grant stays."""
    if amendment.amount_after is not None:
        words = {"before": format_francs(amendment.amount_before), "after": format_francs(amendment.amount_after)}
        yield Reason(
            _("The grant would change from %(before)s to %(after)s: a committee decides on it first.", **words)
        )
    if amendment.by_notice:
        moved = format_francs(amendment.moved)
        yield Reason(
            _("This move of %(moved)s is small enough to be taken note of; nothing has to be signed.", moved=moved)
        )


@guard("amendments.file_ended", _l("the micro-project is at its end"))
def file_ended(amendment, by):
    """The micro-project is at its end, so that nothing of it can be changed any more."""
    if amendment.project.step in operations.CHANGEABLE:
        label = pick(definition_of(amendment.project).place(amendment.project.step).label)
        yield Reason(_("The micro-project goes on: it is at “%(step)s”.", step=label))


@guard("amendments.another_amount", _l("the amount of the grant changes"))
def another_amount(amendment, by):
    """Committees hear about amounts; anything else is not theirs."""
    if amendment.amount_after is None:
        grant = format_francs(queries.amount(amendment.contract))
        yield Reason(_("The grant stays at %(amount)s: no committee has to decide.", amount=grant))


@guard("amendments.amount_possible", _l("the envelope holds the new amount"))
def amount_possible(amendment, by):
    """The envelope holds the increase; what is paid or ordered fits into the new amount; nothing else changed the grant."""
    if amendment.amount_after is None:
        return
    if queries.amount(amendment.contract) != amendment.amount_before:
        words = {
            "now": format_francs(queries.amount(amendment.contract)),
            "then": format_francs(amendment.amount_before),
        }
        yield Reason(_("The grant is %(now)s, and was %(then)s when this was proposed.", **words))
    if (gap := operations.short_of(amendment.project, amendment.difference)) is not None:
        yield Reason(gap)
    try:
        money.preview(amendment.project, amendment.amount_after)
    except Problems as found:
        for problem in found.problems:
            yield Reason(problem.message)


@guard("amendments.tranches_as_printed", _l("no tranche was ordered since the printing"))
def tranches_as_printed(amendment, by):
    """No tranche was ordered since the amendment was printed."""
    if amendment.amount_after is None:
        return
    try:
        _before, planned = money.preview(amendment.project, amendment.amount_after)
    except Problems:
        planned = None
    if planned != amendment.after.get("tranches"):
        yield Reason(money.outdated())


@guard("amendments.contract_holds", _l("the contract is in force and nothing else changed it"))
def contract_holds(amendment, by):
    """The contract is in force, its micro-project goes on, and nothing else was changed meanwhile."""
    contract = amendment.contract
    if contract.cancelled_at is not None or contract.in_force_at is None:
        yield Reason(_("The contract %(reference)s is not in force.", reference=contract.reference))
    if amendment.project.step not in operations.CHANGEABLE:
        label = pick(definition_of(amendment.project).place(amendment.project.step).label)
        yield Reason(_("The micro-project is at “%(step)s”: its contract is no longer changed.", step=label))


@guard("amendments.covers_vouchers", _l("no line holds less than was spent on it"))
def covers_vouchers(amendment, by):
    """No line would hold less than what was spent on it."""
    for check in _cover_checks:
        yield from check(amendment.project, amendment.after["lines"])


@effect("amendments.issue", _l("issues the amendment"))
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


@effect("amendments.tell_refusal", _l("issues the letter of refusal"))
def tell_refusal(amendment, act) -> None:
    """Issue the letter that tells the group why its contract stays as it is."""
    document = letters.issue(amendment, act.reason, by=act.by)
    act.note(letter=document.reference)


@effect("amendments.reserve", _l("reserves the increase"))
def reserve(amendment, act) -> None:
    """What the grant grows by is set aside."""
    operations.lock(amendment.project)
    money.reserve(amendment, by=act.by)
    act.note(before=amendment.amount_before, reserved=max(0, amendment.difference))


@effect("amendments.release", _l("gives the reserved money back"))
def release(amendment, act) -> None:
    """What was set aside goes back; the printed paper no longer holds."""
    act.note(released=money.release(amendment, by=act.by))


@effect("amendments.sign", _l("keeps the signatures of the amendment"))
def sign(amendment, act) -> None:
    """File the signed paper."""
    operations.sign(amendment, act.data, by=act.by)
    act.note(signed_on=amendment.signed_on, sha256=amendment.scan.sha256)


@effect("amendments.bring_into_force", _l("brings the amendment into force"))
def bring_into_force(amendment, act) -> None:
    """The change holds from now on."""
    operations.bring_into_force(amendment, by=act.by)
    act.note(moved=amendment.moved, months=amendment.after["months"], amount=amendment.amount_after)


@effect("amendments.cancel_paper", _l("cancels the printed amendment"))
def cancel_paper(amendment, act) -> None:
    """The printed paper no longer holds."""
    documents.cancel(amendment.document, by=act.by, reason=act.reason)


@effect("amendments.lapse", _l("lets the amendment lapse"))
def lapse(amendment, act) -> None:
    """The file has come to its end: nothing is left to change, and nothing stays reserved."""
    act.note(released=money.release(amendment, by=act.by))
    if amendment.document is not None and amendment.document.state == "valid":
        documents.cancel(amendment.document, by=act.by, reason="Le micro-projet a pris fin avant la signature.")


@after_act
def settle_what_is_left(subject, event, definition, action) -> None:
    """A change that is under way lapses with its file."""
    if not isinstance(subject, Project) or event.from_step not in operations.CHANGEABLE:
        return
    if subject.step in operations.CHANGEABLE:
        return
    amendment = queries.under_way(subject)
    if amendment is not None and "lapse" in definition_of(amendment).place(amendment.step).actions:
        perform(amendment, "lapse", by=SYSTEM)
