"""What complaints add to the archive of a file: those that who asks may read, and nothing of the others.

A sealed complaint goes with it only for one who handles such complaints and has opened it, saying why: that it was taken
along is kept as a look at it. Who complains is never in an archive.
"""

from sqlalchemy import select

from grants.access import policy
from grants.core.database import db
from grants.documents.archiving import Contents, additions
from grants.grievances import operations, queries
from grants.grievances.models import Grievance


def _add(person, project_id: int, contents: Contents) -> None:
    wanted = select(Grievance).where(Grievance.project_id == project_id).order_by(Grievance.id)
    told = []
    for grievance in db.session.scalars(wanted):
        if grievance.sealed:
            if not policy.sees(person, queries.SEALED, grievance) or queries.opened_until(grievance, person) is None:
                continue
            contents.noted.append(_look(grievance.id, person.id))
        elif not policy.sees(person, queries.VIEW, grievance):
            continue
        contents.subjects.append((Grievance.__subject__, grievance.id))
        told.append(_told(grievance))
    contents.data["plaintes"] = told


def _look(grievance_id: int, person_id: int):
    return lambda: operations.note_look(grievance_id, person_id)


def _told(grievance: Grievance) -> dict:
    return {
        "reference": grievance.reference,
        "sealed": grievance.sealed,
        "category": grievance.category,
        "channel": grievance.channel,
        "lodged_at": grievance.lodged_at,
        "village": grievance.village,
        "words": grievance.words,
        "step": grievance.step,
        "holds_payments": grievance.holds_payments,
        "answers": [
            {"number": one.number, "finding": one.finding, "words": one.words, "measure": one.measure, "at": one.at}
            for one in grievance.answers
        ],
        # What those who examine note down stays with them.
        "told_on": grievance.told_on,
        "told_how": grievance.told_how,
        "end_reason": grievance.end_reason,
    }


additions.setdefault("project", []).append(_add)
