"""Signing in and out, choosing a password."""

import hashlib
from datetime import timedelta

import phonenumbers
from flask_babel import gettext as _
from sqlalchemy import select

from grants import journal
from grants.access import sign_ins
from grants.access.models import Activation, Person, find_by_login
from grants.access.sign_ins import Identity, hasher
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems
from grants.core.references import new_code
from grants.core.unit_of_work import afterwards

ACTIVATION_LIFE = timedelta(days=7)
LEAST_LENGTH, MOST_LENGTH = 12, 200
# Words of this house that a guesser tries first.
_POOR = ("benkan", "bɛnkan", "bamako", "motdepasse", "password", "123456789", "azertyuiop", "qwertyuiop", "mali2026")


def normal_login(login: str) -> str:
    """A login as it is stored: an address in lower case, a telephone number as E.164."""
    login = login.strip()
    if "@" in login:
        return login.lower()
    try:
        return phonenumbers.format_number(phonenumbers.parse(login, "ML"), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return login


def sign_in(login: str, password: str, *, address: str, device: str) -> Identity:
    """Sign a person in. Raises Problems, the same for an unknown account and a wrong password."""
    login = normal_login(login)
    sign_ins.refuse_while_waiting(login, address, "password")
    person = db.session.scalar(find_by_login(login))
    if not sign_ins.password_is_right(person, password):
        afterwards(lambda: sign_ins.note_failure(login, address))
        raise Problems(Problem(_("The address, the number or the password is not right."), "password"))
    if hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hasher.hash(password)
    sign_ins.forget_failures(login, address)
    identity = sign_ins.open_for(person, address=address, device=device)
    journal.record(person, "sign_in", by=person)
    return identity


def sign_out(identity: Identity) -> None:
    """End a sign-in."""
    sign_ins.end(identity.row)
    journal.record(identity.person, "sign_out", by=identity.person)


def set_password(person: Person, password: str, *, by: Person) -> None:
    """Give a person a new password; every sign-in of theirs ends."""
    _check_password(password, person)
    person.password_hash = hasher.hash(password)
    sign_ins.end_all(person)
    journal.record(person, "set_password", by=by)


def change_password(person: Person, present: str, password: str) -> None:
    """Change one's own password."""
    if not sign_ins.password_is_right(person, present):
        raise Problems(Problem(_("This is not your present password."), "present"))
    set_password(person, password, by=person)


def _check_password(password: str, person: Person) -> None:
    plain = "".join(password.lower().split())
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        raise Problems(Problem(_("Choose at least %(least)s characters.", least=LEAST_LENGTH), "password"))
    parts = [p for p in person.name.lower().split() if len(p) > 3]
    if len(set(plain)) < 5 or any(len(plain.replace(word, "")) < 6 for word in _POOR if word in plain):
        raise Problems(Problem(_("This password is too easy to guess."), "password"))
    if any(part in plain and len(plain) - len(part) < 8 for part in parts):
        raise Problems(Problem(_("This password is too close to your name."), "password"))


def issue_activation(person: Person, *, by: Person | None) -> str:
    """A new one-time code for a person, to be given to them in person; codes given before no longer hold."""
    db.session.execute(
        db.update(Activation)
        .where(Activation.person_id == person.id, Activation.used_at.is_(None))
        .values(used_at=clock.now())
    )
    code = new_code()
    db.session.add(
        Activation(
            code_hash=_code_hash(code),
            person_id=person.id,
            created_by_id=by.id if by else None,
            expires_at=clock.now() + ACTIVATION_LIFE,
        )
    )
    journal.record(person, "issue_activation", by=by)
    return code


def activate(code: str, password: str, *, address: str) -> Person:
    """Use a code once: the person gets the password they chose."""
    sign_ins.refuse_while_waiting("activation", address, "code")
    row = db.session.scalar(select(Activation).where(Activation.code_hash == _code_hash(code)).with_for_update())
    if row is None or row.used_at is not None or row.expires_at < clock.now():
        afterwards(lambda: sign_ins.note_failure(f"activation {address}", address))
        raise Problems(
            Problem(_("This code does not hold, or no longer. Ask the administrator for a new one."), "code")
        )
    person = db.session.get_one(Person, row.person_id)
    set_password(person, password, by=person)
    row.used_at = clock.now()
    return person


def _code_hash(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
