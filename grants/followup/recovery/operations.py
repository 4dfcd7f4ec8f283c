"""Claiming what was not justified, agreeing on instalments, taking money back, reminding, and writing off by a committee."""

from collections import Counter
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from grants import lifecycle
from grants.access import policy
from grants.committee.counting import voters_present
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused, collect
from grants.core.money import format_francs
from grants.core.references import new_reference
from grants.core.unit_of_work import unit_of_work
from grants.followup import queries as followup
from grants.followup.recovery import papers, queries
from grants.followup.recovery.models import Instalment, Recovery, Reminder, Schedule, WriteOff, WriteOffVote
from grants.funds import operations as ledger
from grants.lifecycle import SYSTEM
from grants.payments import queries as payments

MOST_INSTALMENTS = 24
CHOICES = ("for", "against", "abstain")
LONGEST = timedelta(days=5 * 366)
# Days before and after the day of an instalment on which its letters are written.
BEFORE, AFTER, AGAIN = 7, 1, 30


def why_no_claim(project) -> list[str]:
    """Everything that keeps a claim from being made on a micro-project now; nothing where one may be."""
    reasons = []
    if project.step not in ("followup", "suspended", "terminated"):
        reasons.append(_("A balance is claimed back at the end of the follow-up, or from a suspended or ended file."))
    elif project.step == "followup" and payments.next_unpaid(payments.tranches(project)) is not None:
        reasons.append(_("Tranches are still to be paid: what is not justified holds them up already."))
    if (waiting := followup.waiting_amount(project)) > 0:
        reasons.append(_("Vouchers of %(amount)s wait to be judged.", amount=format_francs(waiting)))
    if (open_one := queries.under_way(project)) is not None:
        reasons.append(_("The claim %(reference)s is under way already.", reference=open_one.reference))
    if not queries.calculation(project).amount:
        reasons.append(_("Everything that was paid is accounted for: there is nothing to claim."))
    return reasons


def claim(project, values: dict, *, by) -> Recovery:
    """Decide what a group has to give back, with its calculation. `values`: unspent (francs that it still holds), reason.

    Raises Refused with everything that stands in the way, Problems for what was given.
    """
    policy.require(by, "recovery.claim", project)
    lifecycle.hold(project)
    if gaps := why_no_claim(project):
        raise Refused(*gaps)
    found, unspent = queries.calculation(project), values.get("unspent") or 0
    reason = (values.get("reason") or "").strip()
    most = found.amount - found.ineligible
    collect(
        Problem(queries.too_much_unspent(most), "unspent") if not 0 <= unspent <= most else None,
        Problem(_("Say why, in a sentence."), "reason") if len(reason) < 10 else None,
    )
    recovery = Recovery(
        reference=new_reference("RC"), project=project, place_code=project.place_code, claimed_on=clock.today(),
        paid=found.paid, settled=found.paid - found.amount, amount=found.amount, unspent=unspent,
        ineligible=found.ineligible, unproven=most - unspent, reason=reason,
    )  # fmt: skip
    data = {
        "project": project.reference, "paid": found.paid, "justified": found.justified, "refunded": found.refunded,
        "amount": found.amount, "unspent": unspent, "ineligible": found.ineligible, "unproven": most - unspent,
    }  # fmt: skip
    lifecycle.begin(recovery, by=by, data=data)
    recovery.document = papers.letter(recovery, "claim", by=by)
    db.session.flush()
    return recovery


def agree(recovery: Recovery, rows: list[dict], *, by) -> Schedule:
    """Let a schedule hold. `rows`: due_on, amount in francs; they add up to what is left. Raises Problems, all at once."""
    given = [row for row in rows if row.get("due_on") or row.get("amount")]
    collect(*_schedule_problems(recovery, given))
    schedule = Schedule(recovery=recovery, number=len(recovery.schedules) + 1, total=recovery.left, by=by)
    db.session.add(schedule)
    db.session.flush()
    for number, row in enumerate(given, 1):
        db.session.add(Instalment(schedule_id=schedule.id, number=number, due_on=row["due_on"], amount=row["amount"]))
    db.session.flush()
    recovery.schedule = schedule.number
    db.session.flush()
    db.session.expire(recovery, ["schedules"])
    db.session.expire(schedule, ["instalments"])
    return schedule


def _schedule_problems(recovery: Recovery, rows: list[dict]) -> list[Problem | None]:
    field, today = "instalments", clock.today()
    if not rows:
        return [Problem(_("Write at least one instalment: a day and an amount."), field)]
    if len(rows) > MOST_INSTALMENTS:
        return [Problem(_("At most %(most)s instalments.", most=MOST_INSTALMENTS), field)]
    found: list[Problem | None] = []
    for number, row in enumerate(rows, 1):
        if not row.get("due_on") or not row.get("amount"):
            found.append(Problem(_("Instalment %(number)s needs its day and its amount.", number=number), field))
        elif not today <= row["due_on"] <= today + LONGEST:
            found.append(Problem(_("Instalment %(number)s: choose a day from today on.", number=number), field))
    days = [row["due_on"] for row in rows if row.get("due_on")]
    if days != sorted(set(days)):
        found.append(Problem(_("The days follow one another."), field))
    total = sum(row.get("amount") or 0 for row in rows)
    if total != recovery.left:
        text = _(
            "The instalments add up to %(total)s, not to the %(left)s that are to be given back.",
            total=format_francs(total),
            left=format_francs(recovery.left),
        )
        found.append(Problem(text, field))
    return found


def write_off(recovery: Recovery, values: dict, *, by) -> WriteOff:
    """Record the decision of a committee in session with the vote of each member, and take the debt off.

    `values`: session (id), votes (person_id, choice: `for`, `against`, `abstain`; empty where somebody did not vote), reason.
    Raises Problems, all at once.
    """
    session = next((one for one in queries.chaired(recovery, by) if str(one.id) == str(values.get("session"))), None)
    reason = (values.get("reason") or "").strip()
    if session is None:
        raise Problems(Problem(_("Choose a session under way in which you preside."), "session"))
    cast = {str(row.get("person_id")): row["choice"] for row in values.get("votes") or () if row.get("choice")}
    there = {str(person.id): person for person in voters_present(session)}
    counts, quorum = Counter(cast.values()), session.committee.quorum
    strange = cast.keys() - there.keys() or counts.keys() - set(CHOICES)
    collect(
        Problem(_("Only members who are present in this session vote."), "votes") if strange else None,
        Problem(_("The quorum is %(quorum)s votes.", quorum=quorum), "votes") if len(cast) < quorum else None,
        Problem(_("There is no majority for it: refuse it instead."), "votes")
        if cast and counts["for"] <= counts["against"]
        else None,
        Problem(_("Say why, in a sentence."), "reason") if len(reason) < 10 else None,
    )
    for key, choice in sorted(cast.items()):
        row = WriteOffVote(recovery_id=recovery.id, session_id=session.id, person_id=there[key].id, choice=choice)
        db.session.add(row)
    db.session.flush()
    decision = WriteOff(
        recovery=recovery, project_id=recovery.project_id, session=session, amount=recovery.left,
        votes_for=counts["for"], votes_against=counts["against"], abstentions=counts["abstain"], reason=reason,
        proposed_by_id=recovery.proposed_by_id, by=by,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    reference = f"{recovery.project.reference} · {session.reference}"[:80]
    ledger.write_off(recovery.project, decision.amount, key=f"write_off:{decision.id}", reference=reference, by=by)
    db.session.refresh(recovery, ["written_off"])
    return decision


# ---------------------------------------------------------------------------------------------------------- reminders


def due_letters(today: date) -> list[int]:
    """The claims of which a letter is to be written and was not: about their next instalment."""
    wanted = queries.loaded().where(Recovery.step == "running").order_by(Recovery.id)
    written = {(one.instalment_id, one.kind) for one in db.session.scalars(select(Reminder))}
    found = []
    for recovery in db.session.scalars(wanted).unique():
        line = _next(recovery)
        kind = _kind(line, today) if line else None
        if kind and (line.instalment.id, kind) not in written:
            found.append(recovery.id)
    return found


def _next(recovery: Recovery) -> queries.Line | None:
    """The first instalment that is not paid whole."""
    return next((line for line in queries.lines(recovery) if line.left), None)


def _kind(line: queries.Line, today: date) -> str | None:
    days = (today - line.instalment.due_on).days
    return "again" if days >= AGAIN else "after" if days >= AFTER else "before" if days >= -BEFORE else None


def remind_all() -> int:
    """Write every letter that is due, each once and in a transaction of its own; how many there were."""
    with unit_of_work():
        waiting = due_letters(clock.today())
    done = 0
    for recovery_id in waiting:
        with unit_of_work():
            recovery = db.session.get_one(Recovery, recovery_id)
            lifecycle.hold(recovery)
            # Another worker may have been quicker.
            if recovery_id in due_letters(clock.today()):
                lifecycle.perform(recovery, "remind", by=SYSTEM)
                done += 1
    return done


def remind(recovery: Recovery, *, by) -> Reminder:
    """Write the letter about the next instalment, by how far its day is. Raises Refused where that one was written."""
    line = _next(recovery)
    if line is None:
        raise Refused(_("Every instalment is paid."))
    kind = _kind(line, clock.today()) or "before"
    taken = select(Reminder.id).where(Reminder.instalment_id == line.instalment.id, Reminder.kind == kind)
    if db.session.scalar(taken) is not None:
        raise Refused(_("This letter about instalment %(number)s was written already.", number=line.instalment.number))
    letter = papers.letter(recovery, kind, by=by, line=line)
    made = Reminder(recovery_id=recovery.id, instalment=line.instalment, kind=kind, document=letter)
    db.session.add(made)
    db.session.flush()
    return made
