"""What a contract says: built from frozen data, the approved revision, the decision, the rules of the call."""

from flask_babel import gettext as _

from grants.appraisal.models import Screening
from grants.calls import rules as call_rules
from grants.committee.models import AgendaItem
from grants.contracts.parties import condition_words, group_party, micro_project, payee, programme, terms
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused
from grants.core.money import format_francs
from grants.projects.editions import kind_of
from grants.projects.models import Project


def context(
    project: Project, *, months: int, start: str | None, place: str, represented_by: str, language: str
) -> dict:
    """The context of the document "contract" (see `documents.contexts.Contract`), without `issued`.

    Raises Refused where the decision or the screening of the approved revision is missing.
    """
    item = awarding(project)
    rules = call_rules.parse(project.call.rules)
    content, sums = project.last_revision.content, project.last_revision.content["sums"]
    tranches = tranche_table(project, item.amount, rules)
    return {
        "programme": programme(project, represented_by),
        "group": group_party(project.group),
        "project": micro_project(project),
        "call": f"{project.call.title} ({project.call.reference})",
        "decision": _decision(item),
        "legal_basis": list(terms()["legal_basis"]),
        "costs": {
            "grant": item.amount, "cash": sums["own_cash"], "in_kind": sums["own_kind"], "others": 0,
            "in_kind_valuation": None,
        },
        "tranches": tranches,
        "payee": payee(project.group.account),
        "rules": _rules(rules, months, start),
        "clauses": _clauses(project),
        "reports": [dict(report) for report in terms()["reports"]] + _indicators(project),
        "indicators": [],
        "screening": _screening(project),
        "complaints": {
            "phone": None, "place": None, "days": terms()["days"]["complaint"], "languages": f"{language} ou français",
        },
        "court": terms()["court"],
        "originals": terms()["originals"],
        "reading": {"language": language, "place": place, "on": None, "reader": None, "reader_paper": None},
        "witnesses": [],
        "budget": [_line(line) for line in content["budget"]],
        "budget_note": _budget_note(item.amount, sums["requested"]),
        "schedule": _schedule(tranches, rules, months),
    }  # fmt: skip


def awarding(project: Project) -> AgendaItem:
    """The decision by which the micro-project was granted. Raises Refused where there is none."""
    item = db.session.scalars(
        db.select(AgendaItem)
        .where(AgendaItem.project_id == project.id, AgendaItem.decision == "award")
        .order_by(AgendaItem.decided_at.desc(), AgendaItem.id.desc())
        .limit(1)
    ).first()
    if item is None:
        raise Refused(_("No decision of a committee grants this micro-project anything."))
    return item


def tranche_table(project: Project, amount: int, rules: call_rules.Rules) -> list[dict]:
    """The tranches of a grant as the contract shows them; their sum is the grant. Francs.

    Raises Problems for a grant that is too small to be paid in tranches.
    """
    percents = rules.plan_for(amount, project.kind)
    try:
        parts = call_rules.amounts(percents, amount)
    except ValueError:
        raise Problems(
            Problem(_("%(amount)s is too little to be paid in tranches.", amount=format_francs(amount)))
        ) from None
    return [
        {
            "number": number,
            "percent": percent,
            "amount": part,
            "conditions": [condition_words(code, rules.justify_percent) for code in rules.conditions_for(number)],
        }
        for number, (percent, part) in enumerate(zip(percents, parts, strict=True), 1)
    ]


def _decision(item: AgendaItem) -> dict:
    session = item.session
    minutes = session.minutes.reference if session.minutes else session.reference
    return {
        "committee": session.committee.name[:1].lower() + session.committee.name[1:],
        "on": session.held_on,
        "minutes": minutes,
        "rank": None,
        "conditions": [line.strip(" -–•") for line in item.conditions.splitlines() if line.strip(" -–•")],
    }


def _rules(rules: call_rules.Rules, months: int, start: str | None) -> dict:
    days, figures = terms()["days"], terms()["figures"]
    return {
        "months": months,
        "start": start or None,
        "pay_days": days["pay"],
        "justify_percent": rules.justify_percent,
        "chase_days": rules.chase_days.remind,
        "suspend_days": rules.chase_days.suspend,
        "notice_days": rules.chase_days.notice,
        "correct_days": days["correct"],
        "dispute_days": days["dispute"],
        **{name: figures[name] for name in ("move_percent", "quote_threshold", "asset_years", "keep_years")},
    }


def _clauses(project: Project) -> list[dict]:
    kind = kind_of(project)
    if not kind.clauses:
        return []
    return [
        {
            "title": f"Dispositions propres au micro-projet ({kind.label['fr'].lower()})",
            "paragraphs": list(kind.clauses),
        }
    ]


def _indicators(project: Project) -> list[dict]:
    names = [indicator.label["fr"] for indicator in kind_of(project).indicators]
    if not names:
        return []
    return [{"name": "Indicateurs suivis\u00a0: " + "\u00a0; ".join(names), "due": "relevés à chaque visite"}]


def _screening(project: Project) -> dict:
    found = db.session.scalar(
        db.select(Screening).where(Screening.project_id == project.id, Screening.revision == project.revision)
    )
    if found is None:
        raise Refused(_("The environmental and social screening of this revision is missing."))
    words = terms()["screening"]
    return {
        "category": words[found.risk_class],
        "measures": [line.strip(" -–•") for line in found.measures.splitlines() if line.strip(" -–•")],
        "exclusions": list(words["exclusions"]),
    }


def _line(line: dict) -> dict:
    shares = {"grant": 0, "cash": 0, "in_kind": 0, line["paid_by"]: line["amount"]}
    return {
        "label": line["label"],
        "quantity": f"{line['quantity']} {line['unit']}",
        "unit_cost": line["unit_price"],
        "amount": line["amount"],
        **shares,
    }


def _budget_note(granted: int, asked: int) -> str | None:
    """A lower grant is never spread over the lines in silence: the ceiling is said, and the group revises its own plan."""
    if granted >= asked:
        return None
    return (
        f"Ce budget est celui de la demande, qui sollicitait {format_francs(asked)}. Le comité a accordé "
        f"{format_francs(granted)}\u00a0: ce montant est le plafond de la subvention, quelles que soient les lignes ci-dessous. "
        "Le Groupement remet au Programme, avant la tranche 1, son plan révisé dans cette limite\u00a0; "
        "il est joint à la convention."
    )


def _schedule(tranches: list[dict], rules: call_rules.Rules, months: int) -> list[dict]:
    words, pay_days = terms()["schedule"], terms()["days"]["pay"]

    def line(key: str, who: str, **values) -> dict:
        what, when = words[key], words[f"{key}_when"]
        return {"what": what.format(**values), "when": when.format(**values), "who": words[who]}

    found = [line("signature", "both"), line("contribution", "group")]
    for tranche in tranches:
        found.append(line("tranche", "programme", number=tranche["number"], percent=tranche["percent"], days=pay_days))
        found.append(line("report", "both", number=tranche["number"], days=rules.chase_days.remind))
    return [*found, line("end", "group", months=months), line("closing", "both")]


def signed_by(content: dict) -> list[dict]:
    """The officers whom a contract names as its signatories: name, role, paper."""
    return content["group"]["officers"]
