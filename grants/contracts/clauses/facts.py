"""What the names of the vocabulary stand for in one file: words in French, ready to print; None where nobody knows yet."""

from grants.core.money import format_francs, format_number, francs_in_words
from grants.documents import french


def facts(context: dict, reference: str | None = None) -> dict:
    """The values of every word and list, from the context of a contract (`documents.contexts.Contract`)."""
    programme, group, project = context["programme"], context["group"], context["project"]
    return {
        **{f"programme.{name}": programme[name] for name in programme if name != "phone"},
        **_group(group),
        **_project(project),
        **{f"project.{name}": _written(number) for name, number in context["people"].items()},
        "call": context["call"],
        **_decision(context["decision"]),
        "contract.reference": reference,
        **_costs(context["costs"]),
        **{f"payee.{name}": value for name, value in context["payee"].items()},
        "tranches.count": french.letters(len(context["tranches"])),
        "tranches": [_tranche(one) for one in context["tranches"]],
        **_rules(context["rules"]),
        "indicators": [{"name": one["name"]} for one in context["indicators"]],
        "screening.category": context["screening"]["category"],
        "screening.measures": [{"text": text} for text in context["screening"]["measures"]],
        "screening.exclusions": [{"text": text} for text in context["screening"]["exclusions"]],
        **{f"complaints.{name}": _written(value) for name, value in context["complaints"].items()},
        "court": context["court"],
        "originals": french.letters(context["originals"]),
        "reading.language": context["reading"]["language"],
        "reading.place": context["reading"]["place"],
    }


def place_words(place: dict) -> str:
    """A place with what lies above it and its code: « Sofara, cercle de Djenné, région de Mopti (code 0501) »."""
    above = (("", "village"), ("commune de ", "commune"), ("cercle de ", "cercle"), ("", "region"))
    return (
        ", ".join(f"{before}{place[name]}" for before, name in above if place[name]) + f" (code\u00a0{place['code']})"
    )


def _written(value) -> str | None:
    return format_number(value) if isinstance(value, int) else value


def _group(group: dict) -> dict:
    members = group["members"]
    return {
        "group.name": group["name"],
        "group.form": group["form"],
        "group.registration": group["registration"]
        or (None if "récépissé" in group["form"] else "récépissé en cours de délivrance"),
        "group.seat": place_words(group["seat"]),
        "group.members": format_number(members["total"]),
        "group.women": format_number(members["women"]),
        "group.men": format_number(members["men"]),
        "group.youth": _written(members["youth"]),
        "group.mandate": group["mandate"],
        "group.officers": [{name: one[name] for name in ("name", "role", "paper")} for one in group["officers"]],
    }


def _project(project: dict) -> dict:
    place = project["place"]
    point = french.coordinates(place) if place["latitude"] is not None and place["longitude"] is not None else None
    return {
        "project.reference": project["reference"],
        "project.title": project["title"],
        "project.kind": project["kind"],
        "project.place": place_words(place),
        "project.point": point,
        "project.revision": str(project["revision"]),
        "project.beneficiaries": _written(project["beneficiaries"]),
    }


def _decision(decision: dict) -> dict:
    return {
        "decision.committee": decision["committee"],
        "decision.day": french.day(decision["on"]),
        "decision.minutes": decision["minutes"],
        "decision.rank": _written(decision["rank"]),
        "decision.conditions": [{"text": text} for text in decision["conditions"]],
    }


def _costs(costs: dict) -> dict:
    own = costs["cash"] + costs["in_kind"]
    sums = {"total": costs["grant"] + own + costs["others"], "grant": costs["grant"], "own": own}
    return {
        **{f"costs.{name}": format_francs(amount) if amount else None for name, amount in sums.items()},
        **{f"costs.{name}.words": francs_in_words(amount) if amount else None for name, amount in sums.items()},
        "costs.in_kind": format_francs(costs["in_kind"]) if costs["in_kind"] else None,
    }


def _tranche(tranche: dict) -> dict:
    return {
        "number": str(tranche["number"]),
        "percent": str(tranche["percent"]),
        "amount": format_francs(tranche["amount"]),
        "words": francs_in_words(tranche["amount"]),
        "conditions": "\u00a0; ".join(tranche["conditions"]),
    }


def _rules(rules: dict) -> dict:
    written = {f"rules.{name}": _written(value) for name, value in rules.items()}
    written["rules.months.words"] = french.letters(rules["months"])
    written["rules.quote_threshold"] = format_francs(rules["quote_threshold"])
    return written
