"""Published definitions: which one a new file takes, which one a running file has."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from grants.access.labels import ROLE_LABELS
from grants.core.database import db
from grants.lifecycle import registry
from grants.lifecycle.models import WorkflowVersion
from grants.workflow import Definition, DefinitionError, Known, check, load, load_promises

SHIPPED = Path(__file__).parents[2] / "workflow" / "definitions"
HOUSE_PROMISES = Path(__file__).parents[1] / "house_promises.toml"


def known() -> Known:
    """What a definition may name: what the slices registered, and the promises of the house."""
    return Known(
        roles=frozenset(ROLE_LABELS),
        guards=frozenset(registry.guards),
        effects=frozenset(registry.effects),
        forms=frozenset(registry.input_forms),
        house_promises=load_promises(HOUSE_PROMISES),
    )


def proved(source: str | Path) -> Definition:
    """Read a definition and check it. Raises `DefinitionError` with every fault."""
    definition = load(source)
    if faults := check(definition, known()):
        raise DefinitionError(faults)
    return definition


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of the definitions that come with the product.

    `there` are their published versions; `shadowed` the definitions whose number the programme has given to a version of
    its own, which stays.
    """

    there: list[WorkflowVersion]
    shadowed: list[Definition]


def install_shipped(folder: Path | None = None) -> Installed:
    """Publish the definitions that come with the product where they are not there yet.

    A number that the programme has published under already is never taken from it: the definition is named in the
    answer, and whoever maintains the product gives it a higher number.
    """
    found = Installed([], [])
    for path in sorted((folder or SHIPPED).glob("*.toml")):
        definition = proved(path)
        row = version_of(definition.name, definition.version)
        if row is None:
            row = WorkflowVersion(
                name=definition.name,
                version=definition.version,
                subject=definition.subject,
                content_hash=definition.content_hash,
                source=path.read_text(encoding="utf-8"),
            )
            db.session.add(row)
            db.session.flush()
        elif row.content_hash != definition.content_hash:
            found.shadowed.append(definition)
            continue
        found.there.append(row)
    return found


def version_of(name: str, version: int) -> WorkflowVersion | None:
    """The published version of this workflow with this number, if there is one."""
    return db.session.scalar(
        select(WorkflowVersion).where(WorkflowVersion.name == name, WorkflowVersion.version == version)
    )


def newest(subject_kind: str) -> WorkflowVersion:
    """The version that a new subject of this kind takes."""
    row = db.session.scalar(
        select(WorkflowVersion)
        .where(WorkflowVersion.subject == subject_kind)
        .order_by(WorkflowVersion.version.desc(), WorkflowVersion.id.desc())
        .limit(1)
    )
    if row is None:
        raise LookupError(f"no workflow is published for {subject_kind}: run “flask setup”")
    return row


def newest_definitions(subject_kinds: Iterable[str]) -> dict[str, Definition]:
    """What new subjects of these kinds run on, by kind; one that has no published workflow is left out. One query."""
    rows = db.session.execute(
        select(WorkflowVersion.subject, WorkflowVersion.id)
        .where(WorkflowVersion.subject.in_(list(subject_kinds)))
        .order_by(WorkflowVersion.version, WorkflowVersion.id)
    )
    last = {kind: version_id for kind, version_id in rows}  # noqa: C416  (a row is no pair for `dict`)
    return {kind: definition_by_id(version_id) for kind, version_id in last.items()}


def definition_of(subject) -> Definition:
    """The definition that a subject runs on."""
    return definition_by_id(subject.workflow_version_id)


def definition_by_id(version_id: int) -> Definition:
    """The definition of a published version."""
    return _by_id(version_id, db.engine.url.render_as_string())


# A published version never changes, so what was read once holds; the address of the database keeps tests apart.
@functools.lru_cache(maxsize=64)
def _by_id(version_id: int, _database: str) -> Definition:
    return load(db.session.get_one(WorkflowVersion, version_id).source)
