"""People, their roles in territories, their sign-ins."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants import journal
from grants.core import clock
from grants.core.database import Model, UtcDateTime


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

    @property
    def valid_grants(self) -> list["RoleGrant"]:
        """The roles that hold today."""
        return [g for g in self.grants if g.valid]

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


def find_by_login(login: str):
    """The select of the person who signs in with an e-mail address or a telephone number (E.164)."""
    return select(Person).where(or_(Person.email == login.lower(), Person.phone == login))
