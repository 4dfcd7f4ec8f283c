"""What the pages about workflows read: versions with the files under way on them, drafts, the text to begin with."""

import re
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants.access.models import Person
from grants.core.database import db
from grants.core.errors import NotFound
from grants.lifecycle import registry
from grants.lifecycle.models import Draft, WorkflowVersion
from grants.lifecycle.versions.checking import standing
from grants.lifecycle.versions.published import definition_by_id
from grants.workflow import Definition

_NUMBER = re.compile(r"^(\s*version\s*=\s*)\d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow: its name, the definition of its newest version, all its versions, the newest first."""

    name: str
    definition: Definition
    versions: list[WorkflowVersion]


def _loaded(query):
    people = (WorkflowVersion.proposed_by, WorkflowVersion.published_by)
    return query.options(*(joinedload(person).lazyload(Person.grants) for person in people))


def workflows() -> list[Workflow]:
    """All workflows by name."""
    rows = db.session.scalars(
        _loaded(select(WorkflowVersion)).order_by(WorkflowVersion.name, WorkflowVersion.version.desc())
    )
    found: dict[str, list[WorkflowVersion]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(row)
    return [Workflow(name, definition_by_id(versions[0].id), versions) for name, versions in found.items()]


def running() -> Counter:
    """How many files are under way, by the id of their version. A query for each kind of file."""
    counted: Counter = Counter()
    for kind in registry.kinds:
        for (version, _step), count in standing(kind).items():
            counted[version] += count
    return counted


def versions_of(name: str) -> list[WorkflowVersion]:
    """The versions of a workflow, the newest first. Raises NotFound where there is none."""
    rows = list(
        db.session.scalars(
            _loaded(select(WorkflowVersion))
            .where(WorkflowVersion.name == name)
            .order_by(WorkflowVersion.version.desc())
        )
    )
    if not rows:
        raise NotFound(name)
    return rows


def numbered(versions: list[WorkflowVersion], version: int) -> WorkflowVersion:
    """The version of this number among those of a workflow. Raises NotFound."""
    row = next((one for one in versions if one.version == version), None)
    if row is None:
        raise NotFound(str(version))
    return row


def drafts(limit: int = 50) -> list[Draft]:
    """The drafts that wait for somebody, then those that were given up, the latest first in each."""
    return list(
        db.session.scalars(
            select(Draft)
            .options(joinedload(Draft.author).lazyload(Person.grants))
            .where(Draft.state != "published")
            .order_by(Draft.state == "withdrawn", Draft.changed_at.desc(), Draft.id.desc())
            .limit(limit)
        )
    )


def draft(token: str) -> Draft:
    """The draft of this token. Raises NotFound."""
    row = db.session.scalar(
        select(Draft)
        .where(Draft.token == token)
        .options(joinedload(Draft.author).lazyload(Person.grants), joinedload(Draft.published))
    )
    if row is None:
        raise NotFound(token)
    return row


def text_to_begin_with(versions: list[WorkflowVersion]) -> str:
    """The text of the newest version with the next number, for whoever writes the following one."""
    newest = versions[0]
    return _NUMBER.sub(rf"\g<1>{newest.version + 1}", newest.source, count=1)
