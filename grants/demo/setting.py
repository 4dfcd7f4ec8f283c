"""What must stand before a group can apply: the money, the committees, the calls."""

from dataclasses import dataclass
from datetime import date, timedelta

from grants.access import saved_views
from grants.books import operations as books
from grants.calls import operations as calls
from grants.calls.models import Call
from grants.calls.rules import default_rules
from grants.committee import seats
from grants.committee.models import Committee
from grants.core import clock
from grants.demo.cast import QUALITIES, Cast, Seats
from grants.demo.names import REGIONS
from grants.funds import operations as funds
from grants.funds.models import Envelope

KINDS = ["commerce", "crafts", "food_processing", "livestock", "moto_taxi"]
# Days from today on which the two calls open and close, and what their envelopes hold (francs).
FIRST, SECOND = (-425, -215), (-190, 45)
AMOUNTS = {"first": 15_000_000, "second": 60_000_000, "reserve": 5_000_000}
_CAPITALS = {"04": "Ségou", "05": "Mopti", "06": "Tombouctou", "07": "Gao", "18": "Douentza", "19": "Bandiagara"}


@dataclass
class Money:
    """The two envelopes, and the reserve of their fund."""

    first: Envelope
    second: Envelope
    reserve: Envelope


def open_money(cast: Cast, *, times: int = 1) -> Money:
    """A donor, its agreement, and an envelope for each call; `times` as much in them for more files."""
    by, year = cast.coordinator, clock.today().year
    donor = funds.open_donor("BPD", "Banque des peuples pour le développement", by=by)
    fund = funds.open_fund(
        f"COHESION-{year}",
        "Cohésion sociale et relance économique locale",
        agreement=f"Accord de don n° BPD/ML/{year}-017",
        donor=donor,
        # a quarter more than the two envelopes hold at first
        currency="EUR",
        rate=6_559_570,
        agreed_cents=_in_cents(sum(AMOUNTS.values()) * times * 5 // 4),
        signed_on=clock.today(),
        opens_on=date(year, 1, 1),
        closes_on=date(year + 5, 12, 31),
        by=by,
    )
    made = []
    for name, code, words in (
        ("first", f"MP-{year}", "Micro-projets, premier appel"),
        ("second", f"MP-{year + 1}", "Micro-projets, deuxième appel"),
        ("reserve", f"RES-{year}", "Réserve du programme"),
    ):
        envelope = funds.open_envelope(code, words, fund=fund, by=by)
        reference = f"Lettre d’allocation {code}"
        funds.endow(envelope, AMOUNTS[name] * times, key=f"endow:{code}", reference=reference, by=by)
        made.append(envelope)
    return Money(*made)


def receive(cast: Cast, envelope: Envelope, amount: int, number: int) -> None:
    """The donor sends money, in euros."""
    funds.record_receipt(
        envelope.fund, kind="receipt", amount=amount, cents=amount * 1_000_000 // envelope.fund.rate,
        moved_on=clock.today(), bank_reference=f"SWIFT {number:03d}", key=f"receipt:{number}", by=cast.officer,
    )  # fmt: skip


def move_reserve(cast: Cast, money: Money) -> None:
    """A part of the reserve goes to the second call: the officer proposes, a controller confirms. Another one waits."""
    for number, amount, confirmed in ((4, 2_000_000, True), (5, 1_500_000, False)):
        proposal = funds.propose_reallocation(
            money.reserve, money.second, amount, paper=f"Lettre du comité de pilotage n° {number}",
            reason="La deuxième session a retenu plus de dossiers que prévu.", key=f"demo:{amount}", by=cast.officer,
        )  # fmt: skip
        if confirmed:
            funds.confirm_reallocation(proposal, by=cast.controllers[0])


def close_months(cast: Cast) -> None:
    """The months that ended more than forty days ago are closed, and everything is compared once."""
    funds.check_ledger()
    while (following := books.next_month()) and following[1] < clock.today() - timedelta(days=40):
        books.close_month(f"{following[0]:%Y-%m}", by=cast.controllers[0])


def keep_views(cast: Cast) -> None:
    """Some keep the filters of the list of files that they look at each day."""
    for person, query, name in (
        (cast.coordinator, "late=y", "Dossiers en retard"),
        (cast.coordinator, "step=committee", "En attente du comité"),
        (cast.auditor, "step=closed", "Dossiers clos"),
    ):
        saved_views.keep(person, "/projects", query, name)


def _in_cents(francs: int) -> int:
    """Hundredths of a euro, rounded up to whole thousands of euros."""
    return -(-francs * 10_000 // (6_559_570 * 1_000)) * 100_000


def rules_of(key: str) -> dict:
    """The rules as they are shipped. Under the second call stables and pens count as works: a part is kept back."""
    works = {"works_kinds": ["livestock"], "works_percents": [60, 40]} if key == "second" else {}
    return default_rules() | works


def publish(cast: Cast, envelope: Envelope, title: str, closes_on: date, rules: dict) -> Call:
    """Write and publish a call for the six regions, by these rules; it opens today."""
    call = calls.draft_call(
        title=title,
        summary="Pour les groupements de femmes, de jeunes et de personnes déplacées du centre et du nord : activités qui font "
        "vivre et qui rapprochent.",
        envelope=envelope,
        opens_on=clock.today(),
        closes_on=closes_on,
        places=sorted(REGIONS),
        kinds=KINDS,
        least_grant=200_000,
        most_grant=5_000_000,
        own_contribution_percent=10,
        rules=rules,
        by=cast.admin,
    )
    return calls.publish_call(call, by=cast.admin)


def found_committees(cast: Cast) -> dict[str | None, Committee]:
    """A committee for each region, and the national one under None."""
    found = {}
    for region, capital in _CAPITALS.items():
        name = f"Comité régional de sélection de {capital}"
        found[region] = _found(cast, name, "regional", region, cast.teams[region].seats)
    found[None] = _found(cast, "Comité national de sélection", "national", None, cast.national)
    return found


def _found(cast: Cast, name: str, level: str, place: str | None, people: Seats) -> Committee:
    by = cast.admin
    made = seats.found_committee(name=name, level=level, place_code=place, quorum=3, by=by)
    seats.seat_member(made, person=people.chair, office="chair", quality="gouvernorat" if place else "ministère", by=by)
    for person, quality in zip(people.members, QUALITIES, strict=True):
        seats.seat_member(made, person=person, office="member", quality=quality, by=by)
    seats.seat_member(made, person=people.secretary, office="secretary", quality="équipe du programme", by=by)
    return made
