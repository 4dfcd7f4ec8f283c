"""Sign-ins: passwords, tokens and the throttle.

Figures: Argon2id with t=2, 19 MiB, p=1 (OWASP), about 25 ms on two cores. A token is 256 bits; the database holds its
SHA-256. Idle limits are kept in the signed cookie (a read never writes), absolute ones in the row.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import session
from flask_babel import gettext as _
from flask_login import UserMixin
from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import joinedload

from grants.access.models import Person, SignIn, SignInFailure
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Problem, Problems

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked for unknown accounts too, so that the time of the answer does not tell which exist.
_NOBODY = hasher.hash(secrets.token_hex(16))

# Who holds money or decisions is signed out sooner than an agent in the field.
_STRICT = frozenset({"finance_officer", "finance_controller", "coordinator", "admin", "chair"})
IDLE = {"strict": timedelta(hours=1), "field": timedelta(days=7)}
ABSOLUTE = {"strict": timedelta(hours=12), "field": timedelta(days=30)}
FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
MEMORY = timedelta(hours=1)

_beside: dict[str, Callable[[ColumnElement], ScalarSelect]] = {}


class Identity(UserMixin):
    """What the sign-in library keeps: a live row and its person. `beside` are the numbers that stand on every page."""

    def __init__(self, row: SignIn, token: str, beside: dict[str, int] | None = None):
        self.row, self.person, self.token, self.beside = row, row.person, token, beside or {}

    def get_id(self) -> str:
        return self.token


def regime(person: Person) -> str:
    return "strict" if person.roles & _STRICT else "field"


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def password_is_right(person: Person | None, password: str) -> bool:
    """Check a password, in the same time whether or not there is such a person."""
    try:
        hasher.verify(person.password_hash if person and person.password_hash else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return person is not None and person.password_hash is not None and person.active


def open_for(person: Person, *, address: str, device: str) -> Identity:
    """Open a sign-in for a person on one device."""
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=token_hash(token),
        person=person,
        expires_at=clock.now() + ABSOLUTE[regime(person)],
        address=address[:45],
        device=device[:200],
    )
    db.session.add(row)
    db.session.flush()
    return Identity(row, token)


def find_row(token: str) -> SignIn | None:
    """The sign-in of a token, live or ended."""
    return db.session.scalars(_of(token)).unique().one_or_none()


def _of(token: str) -> Select:
    # With the person and the roles in one query: every page asks this.
    held = joinedload(SignIn.person).joinedload(Person.grants)
    return select(SignIn).options(held).where(SignIn.token_hash == token_hash(token))


def beside(name: str, number: Callable[[ColumnElement], ScalarSelect]) -> None:
    """Register a number of the person signed in for every page: `f(person_id)`, asked in the query of the sign-in."""
    _beside[name] = number


def _found(token: str) -> tuple[SignIn | None, dict[str, int]]:
    query = _of(token).add_columns(*(number(SignIn.person_id) for number in _beside.values()))
    row = db.session.execute(query).unique().one_or_none()
    return (row[0], dict(zip(_beside, row[1:], strict=True))) if row else (None, {})


def find_live(token: str) -> Identity | None:
    """The sign-in of a token while it holds: not ended, not too old, not left idle, the person still active."""
    row, numbers = _found(token)
    now = clock.now()
    if row is None or row.ended_at is not None or row.expires_at <= now or not row.person.active:
        return None
    seen = session.get("seen")
    idle_from = datetime.fromisoformat(seen) if isinstance(seen, str) else row.created_at
    if now - idle_from > IDLE[regime(row.person)]:
        return None
    # Once a minute is enough, and spares the phone a cookie on each answer.
    if now - idle_from > timedelta(minutes=1) or seen is None:
        session["seen"] = now.isoformat()
    return Identity(row, token, numbers)


def end(row: SignIn) -> None:
    """End a sign-in: every copy of its cookie is dead from here on."""
    row.ended_at = row.ended_at or clock.now()
    db.session.flush()


def end_all(person: Person) -> None:
    """End every sign-in of a person, after a change of password or roles."""
    db.session.execute(
        db.update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


# -------------------------------------------------------------------------------------------------------- throttle


def keys(login: str, address: str) -> tuple[str, str]:
    """The keys under which failures are counted: the account aimed at, and where the attempt comes from."""
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in (f"login:{login.lower()}", f"from:{address}"))


def waiting_time(login: str, address: str) -> timedelta:
    """How long to wait before the next attempt: nothing at first, then doubling up to 15 minutes.

    An account is never locked for good: somebody else's attempts would lock its owner out. An address may fail four
    times as often as an account, since an office shares one.
    """
    now, longest = clock.now(), timedelta(0)
    rows = db.session.execute(
        select(SignInFailure.key, func.count(), func.max(SignInFailure.at))
        .where(SignInFailure.key.in_(keys(login, address)), SignInFailure.at > now - MEMORY)
        .group_by(SignInFailure.key)
    ).all()
    account_key = keys(login, address)[0]
    for key, count, last in rows:
        free = FREE_FAILURES if key == account_key else FREE_FAILURES * 4
        if count >= free:
            wait = min(timedelta(seconds=2 ** min(count - free + 1, 20)), LONGEST_WAIT)
            longest = max(longest, last + wait - now)
    return longest


def refuse_while_waiting(login: str, address: str, field: str | None = None) -> None:
    """Raise Problems (of the field) where too many attempts failed and the next one is not due yet, with the minutes left."""
    wait = waiting_time(login, address)
    if wait > timedelta(0):
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        raise Problems(Problem(_("Too many attempts. Try again in %(minutes)s min.", minutes=minutes), field))


def note_failure(login: str, address: str) -> None:
    """Count a failed attempt, and forget those that are too old to matter."""
    db.session.add_all([SignInFailure(key=key) for key in keys(login, address)])
    db.session.execute(db.delete(SignInFailure).where(SignInFailure.at < clock.now() - MEMORY))


def forget_failures(login: str, address: str) -> None:
    """A right password clears what was counted against the account."""
    db.session.execute(db.delete(SignInFailure).where(SignInFailure.key == keys(login, address)[0]))
