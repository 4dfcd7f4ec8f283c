"""The team's work, and where files wait."""

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import allowed, current_person, enters, territory
from grants.access.labels import role_label
from grants.core import clock, navigation
from grants.core.sheets import download
from grants.core.texts import pick
from grants.core.web import page
from grants.lifecycle import registry
from grants.lifecycle.versions import definition_of
from grants.lifecycle.work import report, team
from grants.lifecycle.work.chart import Bar, bars
from grants.lifecycle.work.forms import ReportFilter, TeamFilter
from grants.lifecycle.work.mine import subjects_of

bp = Blueprint("team", __name__)
waiting_bp = Blueprint("waiting", __name__)
blueprints = (bp, waiting_bp)

navigation.entry(62, _l("Team"), "team.show", "work.team")
navigation.entry(64, _l("Where files wait"), "waiting.show_report", "work.report")


@bp.get("/team")
@allowed("work.team")
def show():
    """What waits for whom in the person's territory, and what of it is late."""
    person = current_person()
    form = TeamFilter(request.args)
    place = form.narrow(team.territories(person, team.RIGHT))
    role, step = request.args.get("role", ""), request.args.get("step", "")
    late = team.late_stays(person, place=place, role=role, step=step, after=request.args.get("after"))
    found = team.desks(person, place=place)
    kept = {name: value for name, value in (("place", place), ("role", role), ("step", step)) if value}
    return page(
        "lifecycle/team.html",
        desks=found,
        form=form,
        place=place,
        kept=kept,
        chosen=next((p for d in found for p in d.posts if d.role == role and f"{p.kind}/{p.step}" == step), None),
        lines=list(_lines(late.items, person)),
        next=late.next,
        first="after" in request.args,
    )


def _lines(stays, person):
    subjects = subjects_of(stays)
    for stay in stays:
        subject = subjects.get((stay.subject_kind, stay.subject_id))
        if subject is None:
            continue
        kind = registry.kinds[stay.subject_kind]
        label = pick(definition_of(subject).place(stay.step).label)
        yield {
            "title": kind.title(subject),
            # Who leads a team sees what waits in it, also where the page itself is for others.
            "url": kind.url(subject) if enters(person, kind.url(subject)) else None,
            "note": f"{subject.inbox_note} · {label}" if subject.inbox_note else label,
            "role": role_label(stay.waits_for),
            "late": max(0, (clock.now() - stay.due_at).days),
            "escalated": stay.escalated_at is not None,
        }


@waiting_bp.get("/waiting")
@allowed("work.report")
def show_report():
    """How long each step took, as bars and as a table, and what stands there now."""
    form, asked = _asked()
    found = report.rows(current_person(), **asked)
    lines = [
        Bar(_line_label(row, asked["by"]), row.median, row.ninetieth, bool(row.late)) for row in found if row.passed
    ]
    title = _("Working days by step: half went on within the first number, nine in ten within the second")
    return page(
        "lifecycle/waiting.html",
        form=form,
        rows=found,
        by=asked["by"],
        period=asked["period"],
        group_label=lambda row: _group_label(row, asked["by"]),
        chart=bars(lines, title=title) if lines else None,
        beside=report.told_beside(current_person(), asked["kind"]),
        kept={name: request.args[name] for name in ("place", "kind", "by", "since", "until") if request.args.get(name)},
    )


@waiting_bp.get("/waiting.<any(xlsx, csv):format>")
@allowed("work.report")
def export(format: str):
    """The table to take away, as it is shown."""
    _form, asked = _asked()
    found = report.rows(current_person(), **asked)
    heading = [
        _("Step"), _("Region") if asked["by"] == "region" else _("Kind"), _("Went on in the period"),
        _("Median, working days"), _("90th percentile, working days"), _("Standing there now"), _("Late now"),
    ]  # fmt: skip
    lines = [
        [
            row.label, _group_label(row, asked["by"]), row.passed, row.median, row.ninetieth, row.standing, row.late,
        ]
        for row in found
    ]  # fmt: skip
    if asked["by"] == "step":
        heading, lines = heading[:1] + heading[2:], [line[:1] + line[2:] for line in lines]
    word = _("waiting")
    name = f"{word}-{asked['period'].first}-{asked['period'].last}"
    return download(heading, lines, name=name, title=_("Where files wait"), format=format)


def _asked() -> tuple[ReportFilter, dict]:
    form = ReportFilter(request.args)
    # Days that cannot be read are told beside their field, and the whole year is shown.
    form.validate()
    kinds = {code: str(kind.words) for code, kind in registry.kinds.items() if kind.words}
    form.kind.choices = list(kinds.items())
    by = {"step": _("Step only"), "region": _("Region"), "kind": _("Kind of micro-project")}
    form.by.choices = list(by.items())
    form.kind.data = form.kind.data if form.kind.data in kinds else "project"
    form.by.data = form.by.data if form.by.data in by else "step"
    place = form.narrow(team.territories(current_person(), report.RIGHT))
    first, last = form.period()
    for field, day in ((form.since, first), (form.until, last)):
        if not field.errors:
            # What was understood is shown, also where nothing was given.
            field.data, field.typed = day, None
    return form, {
        "period": report.Period(first, last),
        "kind": form.kind.data,
        "by": form.by.data,
        "place": place,
    }


def _group_label(row: report.Row, by: str) -> str:
    if by == "step":
        return ""
    if row.group is None:
        return _("Whole programme") if by == "region" else "—"
    return territory.label(row.group) if by == "region" else report.category_label(row.group)


def _line_label(row: report.Row, by: str) -> str:
    return row.label if by == "step" else f"{row.label} · {_group_label(row, by)}"
