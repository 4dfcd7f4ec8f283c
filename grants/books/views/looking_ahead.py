"""What is not justified and since when, and the cash plan of the coming tranches."""

from flask import request, url_for
from flask_babel import gettext as _

from grants.access import allowed, current_person
from grants.books import export, forms
from grants.books.labels import BUCKETS, REASONS
from grants.books.queries import ageing, planning
from grants.books.views.blueprint import bp, sent, tabs
from grants.core.web import page

MOST_SHOWN = 200


@bp.get("/unjustified")
@allowed("books.view")
def unjustified():
    """What was paid and is not justified, by age."""
    person = current_person()
    chosen = forms.PlanFilter(request.args)
    filters, kept = chosen.age(request.args.get("bucket", "")), chosen.kept()
    found = ageing.lines(person, filters, after=request.args.get("after"))
    here = {**kept, "bucket": filters.bucket} if filters.bucket else kept
    return page(
        "books/unjustified.html",
        tabs=tabs("unjustified"),
        filter=chosen,
        kept=kept,
        bucket=filters.bucket,
        labels=BUCKETS,
        buckets=ageing.buckets(person, filters),
        regions=chosen.regions,
        by_region=ageing.by_region(person, filters),
        found=found,
        next_page=found.next and url_for(".unjustified", after=found.next, **here),
        first_page=request.args.get("after") and url_for(".unjustified", **here),
    )


@bp.get("/plan")
@allowed("books.view")
def plan():
    """The tranches that are expected, week by week, beside the money in hand."""
    chosen = forms.PlanFilter(request.args)
    filters, kept = chosen.plan(), chosen.kept()
    found = planning.coming(current_person(), filters)
    weeks = planning.weeks(found)
    week = request.args.get("week") or ""
    rows = planning.of_week(found, week) if week else []
    funds = sorted({one.fund for one in found})
    return page(
        "books/plan.html",
        tabs=tabs("plan"),
        filter=chosen,
        kept=kept,
        weeks=weeks,
        most=max((one.amount for one in weeks[:-1]), default=0),
        planned=sum(one.amount for one in weeks),
        soon=sum(one.amount for one in weeks[:13]),
        suspended=planning.of_week(found, "suspended"),
        funds=funds if len(funds) in (2, 3) else [],
        regions=chosen.regions,
        by_region=planning.by_region(found),
        in_hand=planning.in_hand(filters),
        week=week,
        rows=rows[:MOST_SHOWN],
        more=len(rows) - MOST_SHOWN,
        reasons=REASONS,
    )


@bp.get("/plan.xlsx")
@allowed("books.view")
def take_plan():
    """The plan to take away: a row for each tranche."""
    chosen = forms.PlanFilter(request.args)
    heading = [
        _("Week of"), _("Expected on"), _("Why then"), _("Fund"), _("Envelope"), _("Region"), _("Micro-project"),
        _("Title"), _("Group"), _("Tranche"), _("Amount"),
    ]  # fmt: skip
    rows = (
        [
            one.week, one.day, str(REASONS[one.why]), one.fund, one.envelope,
            chosen.regions.get(one.region, one.region), one.reference, one.title, one.group, one.number, one.amount,
        ]
        for one in planning.coming(current_person(), chosen.plan())
    )  # fmt: skip
    return sent(export.xlsx_file(_("Cash plan"), heading, rows), "plan", "xlsx")
