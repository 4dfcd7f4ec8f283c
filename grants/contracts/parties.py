"""The parties, the place and the account of a micro-project as the papers name them: in French, as plain data."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import current_app
from flask_babel import force_locale

from grants.core.texts import pick
from grants.documents.french import day
from grants.groups.accounts import show_number
from grants.groups.models import Group, PaymentAccount
from grants.places import queries as places
from grants.projects.editions import kind_of
from grants.projects.models import Project


@cache
def terms() -> Mapping[str, Any]:
    """What contracts say beside the facts of a file (`terms.toml`)."""
    return MappingProxyType(tomllib.loads(Path(__file__).with_name("terms.toml").read_text(encoding="utf-8")))


def programme(project: Project, represented_by: str | None = None) -> dict:
    """Who pays: the programme, its donor and the agreement under which it does."""
    fund = project.call.envelope.fund
    return {
        "name": current_app.config["PROGRAMME"],
        "unit": None,
        "address": None,
        "phone": None,
        "funder": fund.donor.name,
        "agreement": fund.agreement,
        "represented_by": represented_by,
        "role": terms()["role"],
    }


def where(code: str, village: str | None, point: Mapping[str, str] | None = None) -> dict:
    """A place with what lies above it; `point` is in degrees, as the application gives it."""
    chain = {place.kind: place for place in [*places.ancestors(code), *filter(None, [places.by_code(code)])]}
    top = chain.get("region") or chain.get("district")
    with force_locale("fr"):
        region = places.title(top) if top is not None else code
    return {
        "village": village or None,
        "commune": chain["commune"].name if "commune" in chain else None,
        "cercle": chain["cercle"].name if "cercle" in chain else None,
        "region": region[:1].lower() + region[1:],
        "code": code,
        "latitude": float(point["latitude"]) if point else None,
        "longitude": float(point["longitude"]) if point else None,
    }


def group_party(group: Group) -> dict:
    """The group with its seat, its members, and the officers who sign for it."""
    registration = None
    if group.registration_number and group.kind != "informal":
        registration = f"n°\u00a0{group.registration_number} du {day(group.registration_date)}"
        if group.registration_authority:
            registration += f", {group.registration_authority}"
    return {
        "name": group.name,
        "form": terms()["group_forms"][group.kind],
        "registration": registration,
        "seat": where(group.place_code, group.village),
        "members": {
            "total": group.members, "women": group.women, "men": group.men, "youth": group.youth, "disabled": None,
        },
        "mandate": None,
        "officers": [
            {"name": one.name, "role": office_words(one.office, one.sex), "paper": _paper(one)} for one in group.officers
        ],
    }  # fmt: skip


def office_words(office: str, sex: str | None) -> str:
    """An office in French, for a woman or a man: « trésorière »."""
    return terms()["offices"]["F" if sex == "F" else "M"][office]


def _paper(officer) -> str | None:
    if not officer.paper_number:
        return None
    return f"{terms()['papers'].get(officer.paper_kind, terms()['papers']['other'])}\u00a0{officer.paper_number}"


def micro_project(project: Project) -> dict:
    """What is financed, from the revision that was approved."""
    content = project.last_revision.content
    kind = kind_of(project)
    sections = kind.questionnaire.sections_of(content["answers"])
    people, site = sections.get("people", {}), sections.get("site", {})
    benefit = [number for number in (people.get("direct"), people.get("indirect")) if number is not None]
    return {
        "reference": project.reference,
        "title": content["title"],
        "kind": (kind.label["fr"] if not isinstance(kind.label, str) else pick(kind.label)).lower(),
        "summary": None,
        "place": where(project.place_code, site.get("name") or project.group.village, site.get("point")),
        "revision": project.revision,
        "beneficiaries": sum(benefit) or None,
    }


def payee(account: PaymentAccount, rules) -> dict:
    """Where the money goes, and who bears what that costs by the rules of the call."""
    return {
        "mode": terms()["payment_modes"][account.kind],
        "institution": account.institution,
        "account": show_number(account.kind, account.number),
        "holder": account.holder,
        "fees": terms()["fees"][rules.fees_borne_by],
    }


def condition_words(code: str, rules) -> str:
    """A condition of a tranche as the contract writes it, by the rules of its call."""
    return terms()["conditions"][code].format(percent=rules.justify_percent, months=rules.retention_months)
