"""Groups for the tests, made by playing the real operations."""

import itertools
from datetime import timedelta

from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.groups import operations
from grants.groups.accounts import iban_of, rib_key
from grants.groups.models import Group
from tests.stories.rows import again

_numbers = itertools.count(1)
OFFICERS = {
    "president": ("Aïssata Dembélé", "F", "+22366710001"),
    "treasurer": ("Fanta Coulibaly", "F", "+22366710002"),
    "secretary": ("Oumar Traoré", "M", "+22366710003"),
}


def iban(number: int) -> str:
    """A sound Malian IBAN, another one for each number."""
    first22 = f"ML01601001{number:012d}"
    return iban_of(first22 + rib_key(first22))


def group_values(place: str = "0501", **over) -> dict:
    """What the form of a group gives, sound and different each time."""
    number = next(_numbers)
    return {
        "name": f"Coopérative Sabugnuma {number} des femmes",
        "kind": "scoops",
        "registration_number": f"{number:04d}/P-CM-2021",
        "registration_date": clock.today() - timedelta(days=800),
        "registration_authority": "Préfet",
        "place_code": place,
        "village": "Sofara",
        "women": 24,
        "men": 3,
        "youth": 11,
        "language": "bamanankan",
        "phone": "+22366712345",
        "activity": "Embouche ovine et petit commerce",
        "consent_on": clock.today(),
        "consent_text": "2026-1",
        "consent_language": "bamanankan",
        "consent_witness": "Mamadou Kéita, chef de village",
        **over,
    }


def officer_values(office: str = "president", **over) -> dict:
    """What the form of an officer gives: a mandate of three years that began a year ago."""
    name, sex, phone = OFFICERS[office]
    return {
        "name": name,
        "sex": sex,
        "phone": phone,
        "paper_kind": "nina",
        "paper_number": "12345678901234K",
        "mandate_from": clock.today() - timedelta(days=365),
        "mandate_until": clock.today() + timedelta(days=730),
        **over,
    }


def account_values(**over) -> dict:
    """What the form of an account gives: a bank account that no other group has."""
    return {
        "kind": "bank",
        "institution": "BNDA",
        "number": iban(next(_numbers)),
        "holder": "Coopérative Sabugnuma",
        **over,
    }


def registered_group(by, place: str = "0501", **over) -> Group:
    """A group with its consent, three officers and an account that nobody has verified yet. Committed.

    `by` is an agent or appraiser whose territory holds `place`; `over` replaces values of the group.
    """
    with unit_of_work():
        person = again(by)
        group = operations.register(group_values(place, **over), by=person)
        for office in OFFICERS:
            operations.appoint(group, office, officer_values(office), by=person)
        operations.add_account(group, account_values(holder=group.name), by=person)
    again(by)
    return again(group)


def verified_group(by, verifier, place: str = "0501", **over) -> Group:
    """A registered group whose account a second person has verified. Committed."""
    group = registered_group(by, place, **over)
    with unit_of_work():
        person = again(verifier)
        operations.verify_account(again(group).account, how="RIB de la banque vu avec la trésorière", by=person)
    again(verifier)
    return again(group)
