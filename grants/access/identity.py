"""Making sure that it is still this person: their password typed again, at the moment of an act that asks for it.

`confirm` is the only maker of a confirmation. It holds for one person, one act, the subjects that were on the screen and a
few minutes: a browser left open releases no money, and what was typed for one order does not release another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _

from grants import journal
from grants.access import sign_ins
from grants.access.models import Person
from grants.core import clock
from grants.core.errors import Problem, Problems, Refused
from grants.core.unit_of_work import afterwards

HOLDS = timedelta(minutes=5)
_made_here = object()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a person (by id) gave their password for an act on subjects (kind and id), at an instant.

    Only `confirm` makes one; made elsewhere it raises TypeError.
    """

    person_id: int
    action: str
    subjects: frozenset[tuple[str, int]]
    at: datetime
    _maker: object = field(repr=False, compare=False)

    def __post_init__(self):
        if self._maker is not _made_here:
            raise TypeError("a confirmation is made by confirming a password")


def confirm(person: Person, password: str, *, action: str, subjects: Iterable, address: str) -> Confirmation:
    """Check the password of a person who is signed in already, for an act on these subjects.

    It is slowed down and kept in the journal like a sign-in. Raises Problems (field `password`) where the password is
    wrong, or where too many were tried.
    """
    login = person.email or person.phone
    sign_ins.refuse_while_waiting(login, address, "password")
    if not sign_ins.password_is_right(person, password):
        afterwards(lambda: sign_ins.note_failure(login, address))
        raise Problems(Problem(_("This is not your password."), "password"))
    sign_ins.forget_failures(login, address)
    about = frozenset(map(_key, subjects))
    journal.record(
        person,
        "confirm_identity",
        by=person,
        data={"action": action, "subjects": [f"{kind}:{number}" for kind, number in sorted(about)]},
    )
    return Confirmation(person.id, action, about, clock.now(), _made_here)


def require(identity: Confirmation | None, person, action: str, subject) -> None:
    """Raise `Refused` unless this is a confirmation of this person for this act on this subject, at most `HOLDS` old.

    The system has no password: it is always refused.
    """
    if (
        not isinstance(identity, Confirmation)
        or person is None
        or person.id is None
        or (identity.person_id, identity.action) != (person.id, action)
        or _key(subject) not in identity.subjects
    ):
        raise Refused(_("Confirm your password: without it this act is not taken."))
    if not timedelta(0) <= clock.now() - identity.at <= HOLDS:
        raise Refused(_("Your password was confirmed too long ago. Confirm it once more."))


def _key(subject) -> tuple[str, int]:
    return (subject.__subject__, subject.id)
