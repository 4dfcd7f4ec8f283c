"""The people of the demonstration: somebody for every role, a team in each region, and how they sign in."""

from dataclasses import dataclass, field
from datetime import timedelta

from grants import journal
from grants.access import people
from grants.access.models import Person, RoleGrant
from grants.access.operations import set_password
from grants.core import clock
from grants.core.database import db
from grants.core.references import new_uuid
from grants.demo.names import REGIONS, Names

PASSWORD = "parole de demonstration 2026"  # noqa: S105 (of invented people, in a house that is not in production)
DOMAIN = "demo.test"
MEMBERS = 3
QUALITIES = ("collectivités", "services techniques", "organisations de femmes")


@dataclass
class Seats:
    """Who sits in a committee."""

    chair: Person
    secretary: Person
    members: list[Person]

    @property
    def voters(self) -> list[Person]:
        return [self.chair, *self.members]


@dataclass
class Team:
    """Who works in a region."""

    agents: list[Person]
    appraisers: list[Person]
    monitor: Person
    seats: Seats


@dataclass
class Cast:
    """Everybody."""

    admin: Person
    auditor: Person
    coordinator: Person
    officer: Person
    controllers: list[Person]
    teams: dict[str, Team] = field(default_factory=dict)
    national: Seats | None = None


class _Hiring:
    """Adds people, one after the other, by the first administrator."""

    def __init__(self, names: Names):
        self.names = names
        self.admin = self._first()
        set_password(self.admin, PASSWORD, by=self.admin)

    def _first(self) -> Person:
        """The first administrator: nobody is there yet who could add them."""
        admin = Person(
            uuid=new_uuid(), name=self.names.person(None, "F"), email=f"admin@{DOMAIN}", locale="fr", active=True
        )
        db.session.add(admin)
        db.session.flush()
        admin.grants.append(RoleGrant(role="admin", valid_from=clock.today(), granted_by_id=admin.id))
        db.session.flush()
        journal.record(admin, "add", by=None, data={"name": admin.name})
        return admin

    def hire(self, role: str, login: str, region: str | None = None, sex: str = "") -> Person:
        """A person with one role in a region, or in the whole programme."""
        name = self.names.person(region, sex or self.names.chance.choice("FM"))
        values = {"name": name, "email": f"{login}@{DOMAIN}", "phone": None, "locale": "fr"}
        person, _code = people.add(values, by=self.admin)
        since = clock.today() - timedelta(days=1)
        people.grant(person, {"role": role, "place_code": region, "valid_from": since}, by=self.admin)
        # Everybody has the same password: it is hashed once.
        person.password_hash = self.admin.password_hash
        journal.record(person, "set_password", by=self.admin)
        return person

    def seats(self, where: str, region: str | None) -> Seats:
        """A chair, a secretary and the members of a committee."""
        return Seats(
            self.hire("chair", f"presidence.{where}", region),
            self.hire("secretary", f"secretariat.{where}", region),
            [
                self.hire("member", f"membre{number}.{where}", region, "F" if number == MEMBERS else "")
                for number in range(1, MEMBERS + 1)
            ],
        )

    def team(self, region: str) -> Team:
        """Two agents, two appraisers, a monitor and a committee for a region."""
        where = REGIONS[region]
        return Team(
            [self.hire("agent", f"agent{number}.{where}", region) for number in (1, 2)],
            [self.hire("appraiser", f"evaluation{number}.{where}", region) for number in (1, 2)],
            self.hire("monitor", f"suivi.{where}", region),
            self.seats(where, region),
        )


def hire_everybody(names: Names) -> Cast:
    """Add everybody with their roles and the one password."""
    hiring = _Hiring(names)
    cast = Cast(
        admin=hiring.admin,
        auditor=hiring.hire("auditor", "audit"),
        coordinator=hiring.hire("coordinator", "coordination"),
        officer=hiring.hire("finance_officer", "comptabilite"),
        controllers=[hiring.hire("finance_controller", f"controle{number}") for number in (1, 2)],
    )
    hiring.hire("grievance_officer", "plaintes")
    for region in REGIONS:
        cast.teams[region] = hiring.team(region)
    cast.national = hiring.seats("national", None)
    db.session.flush()
    return cast


def sign_ins() -> list[tuple[str, str, str]]:
    """One sign-in per role, of the demonstration's own people: role, name, login."""
    rows = db.session.execute(
        db.select(RoleGrant.role, Person.name, Person.email)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.email.endswith(f"@{DOMAIN}"))
        .order_by(Person.id)
    )
    found: dict[str, tuple[str, str, str]] = {}
    for role, name, login in rows:
        if role not in found or (login.endswith(f".mopti@{DOMAIN}") and ".mopti" not in found[role][2]):
            found[role] = (role, name, login)
    return list(found.values())
