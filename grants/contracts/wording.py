"""What a contract says: built from frozen data, the approved revision, the decision, the rules of the call."""

from collections.abc import Mapping
from functools import lru_cache

from flask_babel import gettext as _

from grants.appraisal.models import Screening
from grants.calls import rules as call_rules
from grants.committee.models import AgendaItem
from grants.contracts.clauses.facts import facts
from grants.contracts.clauses.parts import SPECIAL, SPECIAL_AFTER, parts
from grants.contracts.clauses.reading import read
from grants.contracts.clauses.setting import TooLong, blocks
from grants.contracts.parties import condition_words, group_party, micro_project, payee, programme, terms
from grants.core.database import db
from grants.core.errors import Problem, Problems, Refused
from grants.core.money import format_francs
from grants.core.quantities import counted
from grants.projects.editions import kind_of
from grants.projects.models import Project
from grants.questionnaires import describe


def context(
    project: Project,
    *,
    months: int,
    start: str | None,
    place: str,
    represented_by: str,
    language: str,
    texts: Mapping[str, str],
    reference: str | None = None,
) -> dict:
    """The context of the document "contract" (see `documents.contexts.Contract`), without `issued`.

    `texts` are the words of each part of the contract, by its code. Raises Refused where the decision or the screening of the
    approved revision is missing, and for a text that cannot be set with what this file holds.
    """
    item = awarding(project)
    rules = call_rules.parse(project.call.rules)
    content, sums = project.last_revision.content, project.last_revision.content["sums"]
    tranches = tranche_table(project, item.amount, rules)
    group = group_party(project.group)
    if any(paper["kind"] == "assembly_minutes" for paper in content["papers"]):
        group["mandate"] = terms()["mandate"]
    whole = {
        "programme": programme(project, represented_by),
        "group": group,
        "project": micro_project(project),
        "people": _people(project),
        "call": f"{project.call.title} ({project.call.reference})",
        "decision": _decision(item),
        "costs": {
            "grant": item.amount, "cash": sums["own_cash"], "in_kind": sums["own_kind"], "others": 0,
            "in_kind_valuation": None,
        },
        "tranches": tranches,
        "payee": payee(project.group.account, rules),
        "rules": _rules(rules, months, start),
        "reports": [dict(report) for report in terms()["reports"]],
        "indicators": [{"name": one.label["fr"], "target": ""} for one in kind_of(project).indicators],
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
        "plan": _plan(project),
        "schedule": _schedule(tranches, rules, months, shares=len(rules.plan_for(item.amount, project.kind))),
    }  # fmt: skip
    whole["coded_pages"] = coded_pages(whole)
    whole["draft"] = False
    whole["articles"] = articles(whole, texts, reference, kind_of(project).label["fr"])
    return whole


def coded_pages(whole: dict) -> int:
    """How many pages at the most this contract may have: so many get a code of their own."""
    rows = sum(len(part["rows"]) for part in whole["plan"]) + len(whole["screening"]["answers"])
    return 16 + (len(whole["budget"]) + len(whole["schedule"]) + rows) // 14


def articles(whole: dict, texts: Mapping[str, str], reference: str | None, kind: str) -> list[dict]:
    """The articles of a contract, set from their texts and the facts of a file; the provisions of the kind stand with the
    group's duties. Raises Refused for a text that is not sound, or that grows too long.
    """
    said = facts(whole, reference)
    made = []
    for part in parts().values():
        if part.code == SPECIAL:
            continue
        found = _set(part, texts[part.code], said, part.number)
        if part.code == SPECIAL_AFTER and texts.get(SPECIAL):
            title = f"{parts()[SPECIAL].title} ({kind[:1].lower()}{kind[1:]})"
            found.append({"kind": "heading", "table": "", "runs": [{"text": title, "look": ""}], "items": []})
            found += _set(parts()[SPECIAL], texts[SPECIAL], said, part.number)
        made.append({"number": part.number, "title": part.title, "blocks": found})
    return made


def _set(part, text: str, said: dict, number: int) -> list[dict]:
    try:
        nodes = _nodes(text)
    except _Unsound as found:
        raise Refused(
            _("The text of “%(part)s” is not sound: %(fault)s", part=part.heading, fault=found.args[0])
        ) from None
    try:
        return blocks(nodes, said, article=number)
    except TooLong:
        text = _("With the data of this file, “%(part)s” grows beyond what a contract can hold.", part=part.heading)
        raise Refused(text) from None


class _Unsound(Exception):
    """The first fault of a text."""


@lru_cache(256)
def _nodes(text: str) -> tuple:
    """What a text is made of: the same for every file of a batch. An unsound one is read anew each time."""
    nodes, faults = read(text)
    if faults:
        raise _Unsound(faults[0])
    return tuple(nodes)


def awarding(project: Project) -> AgendaItem:
    """The decision by which the micro-project was granted. Raises Refused where there is none."""
    item = db.session.scalars(
        db.select(AgendaItem)
        .where(AgendaItem.project_id == project.id, AgendaItem.decision == "award", AgendaItem.matter_kind.is_(None))
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
    try:
        parts = rules.schedule(amount, project.kind)
    except ValueError:
        raise Problems(
            Problem(_("%(amount)s is too little to be paid in tranches.", amount=format_francs(amount)))
        ) from None
    return [
        {
            "number": part.number,
            "percent": part.percent,
            "amount": part.amount,
            "conditions": [*(condition_words(code, rules) for code in part.conditions), *_held(part, rules)],
        }
        for part in parts
    ]


def _held(part: call_rules.Part, rules: call_rules.Rules) -> list[str]:
    """What is kept back of a tranche of works, in words."""
    words = terms()["conditions"]["held"]
    return [words.format(percent=rules.retention_percent, held=format_francs(part.held))] if part.held else []


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


def _people(project: Project) -> dict:
    """Whom the micro-project serves, as the application counts them."""
    said = kind_of(project).questionnaire.sections_of(project.last_revision.content["answers"]).get("people", {})
    counted = {name: said.get(name) for name in ("direct", "women", "youth", "disabled", "displaced")}
    counted["direct"] = counted["direct"] or project.group.members
    # « dont 0 personnes déplacées » says nothing.
    return {name: number or None for name, number in counted.items()}


def _plan(project: Project) -> list[dict]:
    """The approved plan: what the application says, part by part; its tables row by row."""
    shown = describe(kind_of(project).questionnaire, project.last_revision.content["answers"], "fr")
    return [
        {
            "title": section.title,
            "rows": [
                {"label": item.label, "value": _told(item)}
                for item in (*section.items, *section.results)
                if item.answered
            ],
        }
        for section in shown
    ]


def _told(item) -> str:
    if item.table is None:
        return item.value
    columns = item.table.columns
    return " — ".join(
        ", ".join(f"{name}\u00a0: {cell}" for name, cell in zip(columns, row, strict=True) if cell)
        for row in item.table.rows
    )


def _screening(project: Project) -> dict:
    found = db.session.scalar(
        db.select(Screening).where(Screening.project_id == project.id, Screening.revision == project.revision)
    )
    if found is None:
        raise Refused(_("The environmental and social screening of this revision is missing."))
    words = terms()["screening"]
    shown = describe(kind_of(project).screening_sheet, found.answers, "fr")
    return {
        "answers": [
            {"label": item.label, "value": item.value} for section in shown for item in section.items if item.value
        ],
        "category": words[found.risk_class],
        "measures": [line.strip(" -–•") for line in found.measures.splitlines() if line.strip(" -–•")],
        "exclusions": list(words["exclusions"]),
    }


def _line(line: dict) -> dict:
    shares = {"grant": 0, "cash": 0, "in_kind": 0, line["paid_by"]: line["amount"]}
    return {
        "label": line["label"],
        "quantity": counted(line["quantity"], line["unit"], "fr"),
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


def _schedule(tranches: list[dict], rules: call_rules.Rules, months: int, *, shares: int) -> list[dict]:
    """What happens when. What follows the `shares` of the plan is what was kept back of them."""
    words, pay_days = terms()["schedule"], terms()["days"]["pay"]

    def line(key: str, who: str, **values) -> dict:
        what, when = words[key], words.get(f"{key}_when", words["tranche_when"])
        return {"what": what.format(**values), "when": when.format(**values), "who": words[who]}

    found = [line("signature", "both"), line("contribution", "group")]
    for tranche in tranches:
        key = "tranche" if tranche["number"] <= shares else "retention"
        found.append(line(key, "programme", number=tranche["number"], percent=tranche["percent"], days=pay_days))
        found.append(line("report", "both", number=tranche["number"], days=rules.chase_days.remind))
    return [*found, line("end", "group", months=months), line("closing", "both")]


def signed_by(content: dict) -> list[dict]:
    """The officers whom a contract names as its signatories: name, role, paper."""
    return content["group"]["officers"]
