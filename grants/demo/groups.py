"""Groups: registered by an agent, with officers and an account; most accounts verified by a second person."""

import random
from datetime import timedelta

from grants.core import clock
from grants.demo.names import LANGUAGES, Names
from grants.demo.world import Guild, World
from grants.groups import operations
from grants.groups.accounts import iban_of, rib_key
from grants.groups.models import OFFICES
from grants.places import queries as places

_ACTIVITIES = (
    "Embouche et petit commerce",
    "Maraîchage et transformation",
    "Commerce de céréales",
    "Élevage et artisanat",
)
_BANKS = (("BNDA", "ML043"), ("BDM-SA", "ML016"), ("BMS-SA", "ML102"))
_KINDS = ("scoops", "scoops", "association", "gie", "coop_ca")


def invent(number: int, region: str, names: Names, chance: random.Random) -> Guild:
    """A group of a region, with the names of its officers."""
    village = names.village(region)
    officers = {office: (names.person(region, sex := chance.choice("FFM")), sex) for office in OFFICES}
    return Guild(number, names.group(village), village, chance.randint(9, 34), chance.randint(0, 14), officers)


def register(guild: Guild, world: World, chance: random.Random) -> None:
    """Register a group with its three officers and its account."""
    agent = world.cast.teams[guild.region].agents[guild.number % 2]
    # The communes are there only where the full list of places was installed.
    place = guild.village.commune if places.by_code(guild.village.commune) else guild.village.cercle
    today = clock.today()
    group = operations.register(
        {
            "name": guild.name,
            "kind": _KINDS[guild.number % len(_KINDS)],
            "registration_number": f"{guild.number + 41:03d}/P-{guild.village.cercle}-{today.year - 3}",
            "registration_date": today - timedelta(days=chance.randint(500, 1200)),
            "registration_authority": "Préfet",
            "place_code": place,
            "village": guild.village.name,
            "women": guild.women,
            "men": guild.men,
            "youth": guild.youth,
            "language": chance.choice(LANGUAGES[guild.region]),
            "phone": f"+2237600{guild.number:04d}",
            "activity": _ACTIVITIES[guild.number % len(_ACTIVITIES)],
            "consent_on": today,
            "consent_text": "2026-1",
            "consent_language": chance.choice(LANGUAGES[guild.region]),
            "consent_witness": "Le chef de village",
        },
        by=agent,
    )
    for number, (office, (name, sex)) in enumerate(guild.officers.items()):
        operations.appoint(group, office, _officer(guild, number, name, sex, chance), by=agent)
    operations.add_account(group, _account(guild), by=agent)
    guild.group = group


def _officer(guild: Guild, number: int, name: str, sex: str, chance: random.Random) -> dict:
    since = clock.today() - timedelta(days=chance.randint(60, 300))
    return {
        "name": name,
        "sex": sex,
        "phone": f"+22366{guild.number:03d}{number:03d}",
        "paper_kind": "nina",
        "paper_number": f"{'2' if sex == 'F' else '1'}{guild.number:06d}{number:07d}K",
        "mandate_from": since,
        "mandate_until": since + timedelta(days=3 * 365),
    }


def _account(guild: Guild) -> dict:
    """Every fifth group is paid by mobile money, the others at a bank."""
    if guild.number % 5 == 4:
        return {
            "kind": "wallet",
            "institution": "Orange Money",
            "number": f"7600{guild.number:04d}",
            "holder": guild.name[:120],
        }
    bank, code = _BANKS[guild.number % len(_BANKS)]
    first22 = f"{code}01001{guild.number + 4127:012d}"
    return {
        "kind": "bank",
        "institution": bank,
        "number": iban_of(first22 + rib_key(first22)),
        "holder": guild.name[:120],
    }


def verify(guild: Guild, world: World) -> None:
    """The regional team has seen that the account is the group's."""
    appraiser = world.cast.teams[guild.region].appraisers[0]
    account = guild.group.account
    bank, wallet = "Relevé d’identité bancaire vu avec la trésorière", "Appel de l’opérateur, nom confirmé"
    operations.verify_account(account, how=bank if account.kind == "bank" else wallet, by=appraiser)
