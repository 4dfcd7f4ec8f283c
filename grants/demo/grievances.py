"""Six complaints of the demonstration: one closed, one in mediation, one contested, one sealed, one that holds a payment, one
that nobody has taken up in time."""

import random
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from grants import lifecycle
from grants.access import people
from grants.access.models import Person
from grants.access.people import grant
from grants.core import clock
from grants.core.database import db
from grants.core.references import new_uuid
from grants.demo.cast import DOMAIN
from grants.demo.names import Names
from grants.demo.timeline import Timeline
from grants.demo.world import World
from grants.grievances import operations
from grants.grievances.models import Grievance
from grants.payments.conditions import PAYABLE_STEP
from grants.projects.models import Project

_FIRST_DAY = -46


class _Office:
    """Those who handle complaints, and the complaints by a name of our own."""

    def __init__(self, world: World):
        self.world = world
        self.there: dict[str, Grievance] = {}

    def hire(self) -> None:
        """A colleague for the officer: a contested answer is examined by another person."""
        admin = self.world.cast.admin
        name = Names(random.Random("plaintes")).person(None, "F")  # noqa: S311 (an invented person, no secret)
        values = {"name": name, "email": f"plaintes2@{DOMAIN}", "phone": None, "locale": "fr"}
        person, _code = people.add(values, by=admin)
        since = clock.today() - timedelta(days=1)
        grant(person, {"role": "grievance_officer", "place_code": None, "valid_from": since}, by=admin)
        person.password_hash = admin.password_hash

    def officer(self, login: str = "plaintes") -> Person:
        return db.session.scalars(select(Person).where(Person.email == f"{login}@{DOMAIN}")).one()

    def lodge(self, name: str, /, **values) -> None:
        """On the public page."""
        given = {**_EMPTY, **values}
        self.there[name], _code = operations.lodge(given, token=new_uuid(), address=f"demo {name}")

    def register(self, name: str, /, **values) -> None:
        """As the officer writes it down."""
        given = {**_EMPTY, **values}
        self.there[name], _code = operations.register(given, token=new_uuid(), by=self.officer())

    def on_file(self, name: str, /, **values) -> None:
        """About a file of which a tranche is to be paid."""
        project = db.session.scalars(
            select(Project).where(Project.step == PAYABLE_STEP).order_by(Project.step_since, Project.id).limit(1)
        ).one_or_none()
        named = project.reference if project is not None else ""
        place = project.place_code[:2] if project is not None else "05"
        self.register(name, file_named=named, place_code=place, **values)

    def act(self, name: str, action: str, login: str = "plaintes", **data) -> None:
        grievance = self._again(name)
        lifecycle.perform(grievance, action, by=self.officer(login), data=data)

    def write(self, name: str, words: str) -> None:
        operations.add_note(self._again(name), words, by=self.officer())

    def read(self, name: str, purpose: str) -> None:
        operations.open_sealed(self._again(name), purpose, by=self.officer())

    def told(self, name: str) -> None:
        self.act(name, "close", told_how="phone", told_on=clock.today())

    def hold(self, name: str) -> None:
        """Keep the next tranche of the file from being paid."""
        grievance = self._again(name)
        if grievance.project is not None:
            named = grievance.project.reference
            values = {"category": grievance.category, "file_named": named, "holds_payments": True}
            operations.classify(grievance, values, by=self.officer())

    def _again(self, name: str) -> Grievance:
        return db.session.get_one(Grievance, self.there[name].id)


_EMPTY = {"village": "", "file_named": "", "name": "", "phone": None, "may_contact": False}


def plan(timeline: Timeline, world: World) -> None:
    """Let people complain, and be answered, in the last weeks."""
    office = _Office(world)
    acts = [
        (_FIRST_DAY, office.hire),
        *_paid_short(office),
        *_herders(office),
        *_not_chosen(office),
        *_sealed(office),
        *_scales(office),
        (-7.3, partial(office.register, "late", channel="box", category="delay", place_code="18", village="Hombori",
                       words="Nous avons déposé notre demande il y a trois mois. Personne ne nous a répondu depuis.")),
    ]  # fmt: skip
    for day, act in acts:
        timeline.add(timeline.instant(day), act)
    # Last of all: what is paid today is paid before.
    timeline.add(timeline.now, partial(office.hold, "scales"))


def _paid_short(office: _Office):
    yield -44.4, partial(
        office.lodge, "short", category="money", place_code="05", village="Sofara", name="Fatoumata Cissé",
        phone="+22366712345", may_contact=True,
        words="La banque nous a remis moins que le montant écrit dans la convention. Le caissier parle de frais.",
    )  # fmt: skip
    yield -43.2, partial(office.act, "short", "acknowledge")
    yield (
        -38.5,
        partial(office.write, "short", "Relevé demandé à l’agence. Entendu la trésorière : 12 500 F CFA manquent."),
    )
    yield -33.3, partial(
        office.act, "short", "answer", finding="partly",
        answer="La banque a retenu des frais de tenue de compte qui ne vous avaient pas été annoncés. Rien d’autre ne manque.",
        measure="La comptabilité demande à la banque de rendre les frais avant la fin du mois, et vous rappelle.",
    )  # fmt: skip
    yield -32.4, partial(office.told, "short")


def _herders(office: _Office):
    yield -24.6, partial(
        office.lodge, "herders", category="group", place_code="04", village="Diabaly",
        words="Le parc à bétail du groupement ferme le passage vers la mare. Les éleveurs de passage n’ont plus d’accès.",
    )  # fmt: skip
    yield -23.3, partial(office.act, "herders", "acknowledge")
    yield -18.5, partial(
        office.act, "herders", "refer", service="mediation",
        words="Le comité de réconciliation de la commune réunit le groupement et les éleveurs autour du tracé du passage.",
    )  # fmt: skip


def _not_chosen(office: _Office):
    yield -30.6, partial(
        office.register, "choice", channel="phone", category="selection", place_code="19", village="Bankass",
        name="Hamidou Ongoïba", phone="+22376543210", may_contact=True,
        words="Notre demande a été rejetée alors que celle du village voisin, plus chère, a été retenue.",
    )  # fmt: skip
    yield -29.4, partial(office.act, "choice", "acknowledge")
    yield -20.3, partial(
        office.act, "choice", "answer", finding="unfounded",
        answer="Les notes des deux évaluations sont proches et conformes. Votre dossier manquait d’un apport en nature justifié.",
        measure="",
    )  # fmt: skip
    yield -9.5, partial(
        office.act, "choice", "contest",
        words="L’apport en nature était écrit dans la demande : la main-d’œuvre de vingt membres pendant dix jours.",
    )  # fmt: skip


def _sealed(office: _Office):
    yield -6.5, partial(
        office.register, "sealed", channel="office", category="sea_sh", place_code="06", village="",
        words="Une membre d’un groupement rapporte des propositions répétées d’un visiteur, liées à la signature du dossier.",
    )  # fmt: skip
    yield -6.4, partial(office.read, "sealed", "Prise en charge et orientation vers le service social")
    yield -6.3, partial(office.act, "sealed", "acknowledge")


def _scales(office: _Office):
    yield -3.6, partial(
        office.on_file, "scales", channel="agent", category="works", village="", name="Un membre du groupement",
        words="Les béliers livrés sont plus petits que ceux que le devis annonçait, et deux étaient malades.",
    )  # fmt: skip
    yield -2.4, partial(office.act, "scales", "acknowledge")
