"""Rehearsing a new version on past files: reads only, changes nothing."""

from dataclasses import dataclass

from sqlalchemy import desc, func, select

from grants.core.database import db
from grants.lifecycle import registry
from grants.lifecycle.versions.histories import histories
from grants.lifecycle.versions.published import definition_by_id, newest
from grants.workflow import Definition
from grants.workflow.rehearsal import Report, rehearse

MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The report, how many files of the kind there are in all, and the page of each file that would go otherwise."""

    report: Report
    total: int
    urls: dict[str, str]


def rehearse_on_past(definition: Definition, *, most: int = MOST_FILES) -> Rehearsal:
    """Try a definition on the `most` latest files of its kind. Raises LookupError for a kind that has no files here."""
    kind = registry.kinds[definition.subject]
    model = kind.model
    # What these pages show of a file is its reference: nothing else of it is loaded.
    total = db.session.scalar(select(func.count()).select_from(model))
    latest = list(db.session.scalars(select(model).order_by(desc(model.id)).limit(most)).unique())
    previous = definition_by_id(newest(definition.subject).id)
    report = rehearse(definition, histories(latest, with_roles=True), old=previous)
    changed = {one.reference for one in report.changed}
    urls = {one.reference: kind.url(one) for one in latest if one.reference in changed}
    return Rehearsal(report, total, urls)
