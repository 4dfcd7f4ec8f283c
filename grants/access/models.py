"""People, their roles in territories, their sign-ins."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants import journal
from grants.core import clock
from grants.core.database import Model, UtcDateTime, append_only, trigger


class Person(Model):
    """Somebody who signs in. Beneficiary groups have no account: an agent acts for them.

    `phone` is E.164, `email` lower case; at least one of them is there, and either serves to sign in.
    """

    __tablename__ = "person"
    __subject__ = "person"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    grants: Mapped[list["RoleGrant"]] = relationship(
        foreign_keys="RoleGrant.person_id", order_by="RoleGrant.id", lazy="selectin", back_populates="person"
    )

    # Interims that both have signed and nobody has ended; whether they hold today is asked each time.
    received: Mapped[list["Delegation"]] = relationship(
        primaryjoin="and_(Delegation.receiver_id == Person.id, Delegation.giver_signed_at.is_not(None), "
        "Delegation.receiver_signed_at.is_not(None), Delegation.ended_at.is_(None))",
        viewonly=True,
        order_by="Delegation.id",
    )

    @property
    def own_grants(self) -> list["RoleGrant"]:
        """The roles that were given to this person and hold today."""
        return [g for g in self.grants if g.valid]

    @property
    def valid_grants(self) -> list:
        """The roles that hold today, those lent to this person after their own (`Lent`)."""
        return [*self.own_grants, *(lent for delegation in self.received for lent in delegation.holds())]

    @property
    def roles(self) -> frozenset[str]:
        """The codes of the roles held today, in whatever territory."""
        return frozenset(g.role for g in self.valid_grants)

    def __repr__(self) -> str:
        return f"<Person {self.id} {self.name}>"


class RoleGrant(Model):
    """A role held by a person in a territory: a place and all below it, or the whole programme where empty."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="dates"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked"),
        Index("ix_role_grant_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(30))
    place_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    # Empty for the first administrator, whom nobody could appoint.
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="grants")

    @property
    def valid(self) -> bool:
        today = clock.today()
        return (
            self.revoked_at is None
            and self.valid_from <= today
            and (self.valid_until is None or today <= self.valid_until)
        )

    def covers(self, place_code: str | None) -> bool:
        """Whether the territory holds a place; the whole programme holds every place and what has none."""
        if self.place_code is None:
            return True
        return place_code is not None and place_code.startswith(self.place_code)


class Delegation(Model):
    """An interim: for some days one person lends roles to another, in a territory within their own.

    It counts only once both have signed, and no longer once it is ended. It gives rights: the giver keeps theirs, and
    what is done under it is recorded as done on behalf of the giver.
    """

    __tablename__ = "delegation"
    __subject__ = "delegation"
    __table_args__ = (
        CheckConstraint("giver_id <> receiver_id", name="two_people"),
        CheckConstraint("valid_until >= valid_from", name="dates"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"),
        Index("ix_delegation_receiver_id", "receiver_id"),
        Index("ix_delegation_giver_id", "giver_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    giver_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receiver_signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    giver: Mapped[Person] = relationship(foreign_keys=[giver_id], lazy="joined", innerjoin=True)
    receiver: Mapped[Person] = relationship(foreign_keys=[receiver_id], lazy="joined", innerjoin=True)
    lent: Mapped[list["DelegatedRole"]] = relationship(lazy="selectin", order_by="DelegatedRole.role")

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(one.role for one in self.lent)

    def holds(self) -> list["Lent"]:
        """What it lends today: only what the giver holds by themselves at this moment, and no longer than they do."""
        if self.state != "running" or not (self.giver.active and self.receiver.active):
            return []
        found = []
        for grant in self.giver.own_grants:
            wider, narrower = sorted((grant.place_code or "", self.place_code or ""), key=len)
            if grant.role in self.roles and narrower.startswith(wider):
                found.append(Lent(grant.role, narrower or None, self.giver))
        return found

    @property
    def state(self) -> str:
        """`ended`, `unsigned`, `over`, `coming` or `running`."""
        if self.ended_at is not None:
            return "ended"
        if self.valid_until < clock.today():
            return "over"
        if self.giver_signed_at is None or self.receiver_signed_at is None:
            return "unsigned"
        return "running" if self.valid_from <= clock.today() else "coming"


@dataclass(frozen=True, slots=True)
class Lent:
    """A role as an interim lends it today: where the giver holds it and the interim reaches."""

    role: str
    place_code: str | None
    giver: Person

    def covers(self, place_code: str | None) -> bool:
        """Whether the territory holds a place."""
        if self.place_code is None:
            return True
        return place_code is not None and place_code.startswith(self.place_code)


class DelegatedRole(Model):
    """A role that an interim lends. Administering and auditing are never lent."""

    __tablename__ = "delegation_role"
    __table_args__ = (CheckConstraint("role NOT IN ('admin', 'auditor', 'system')", name="lendable"),)

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)


append_only(DelegatedRole.__table__)
_LATE = (
    "EXISTS (SELECT 1 FROM delegation WHERE id = NEW.delegation_id "
    "AND (giver_signed_at IS NOT NULL OR receiver_signed_at IS NOT NULL))"
)
trigger(
    DelegatedRole.__table__,
    "delegation_role_before_signing",
    sqlite=f"BEFORE INSERT ON delegation_role WHEN {_LATE} "
    "BEGIN SELECT RAISE(ABORT, 'what is lent is settled before anybody signs'); END",
    postgresql=(
        f"IF {_LATE} THEN RAISE EXCEPTION 'what is lent is settled before anybody signs'; END IF; RETURN NEW;",
        "BEFORE INSERT ON delegation_role FOR EACH ROW",
    ),
)
_FIXED = "giver_id, receiver_id, place_code, valid_from, valid_until, reason, created_by_id, created_at"
_SIGNED = (
    "(OLD.giver_signed_at IS NOT NULL AND NEW.giver_signed_at IS NOT OLD.giver_signed_at) "
    "OR (OLD.receiver_signed_at IS NOT NULL AND NEW.receiver_signed_at IS NOT OLD.receiver_signed_at) "
    "OR (OLD.ended_at IS NOT NULL)"
)
trigger(
    Delegation.__table__,
    "delegation_fixed",
    sqlite=f"BEFORE UPDATE OF {_FIXED} ON delegation "
    "BEGIN SELECT RAISE(ABORT, 'an interim is ended, never changed'); END",
    postgresql=(
        "RAISE EXCEPTION 'an interim is ended, never changed';",
        f"BEFORE UPDATE OF {_FIXED} ON delegation FOR EACH ROW",
    ),
)
trigger(
    Delegation.__table__,
    "delegation_signed_once",
    sqlite=f"BEFORE UPDATE ON delegation WHEN {_SIGNED} "
    "BEGIN SELECT RAISE(ABORT, 'a signature is never taken back'); END",
    postgresql=(
        "RAISE EXCEPTION 'a signature is never taken back';",
        f"BEFORE UPDATE ON delegation FOR EACH ROW WHEN ({_SIGNED.replace('IS NOT OLD', 'IS DISTINCT FROM OLD')})",
    ),
)
trigger(
    Delegation.__table__,
    "delegation_no_delete",
    sqlite="BEFORE DELETE ON delegation BEGIN SELECT RAISE(ABORT, 'an interim is ended, never removed'); END",
    postgresql=("RAISE EXCEPTION 'an interim is ended, never removed';", "BEFORE DELETE ON delegation FOR EACH ROW"),
)


class System:
    """The house acting by itself (timers). It has no account and no territory; a definition says what it may do."""

    id = None
    name = journal.SYSTEM_NAME
    roles = frozenset({"system"})
    valid_grants = ()


SYSTEM = System()


class SignIn(Model):
    """A sign-in on one device: the cookie holds a token, this row its hash. Ending the row ends every copy."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    address: Mapped[str] = mapped_column(String(45))
    device: Mapped[str] = mapped_column(String(200))

    person: Mapped[Person] = relationship(lazy="joined")


class SignInFailure(Model):
    """A failed sign-in, for the throttle: by account and by address, forgotten as time passes."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Activation(Model):
    """A one-time code by which a person chooses their own password. Only its hash is kept."""

    __tablename__ = "activation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Model):
    """The filters of a list under a name, for one person: the path of the list and the query of its address."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "path", "query"), UniqueConstraint("person_id", "path", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    path: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))


def find_by_login(login: str):
    """The select of the person who signs in with an e-mail address or a telephone number (E.164)."""
    return select(Person).where(or_(Person.email == login.lower(), Person.phone == login))
