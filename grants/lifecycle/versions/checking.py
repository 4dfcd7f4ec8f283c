"""Checking the text of a definition, whatever it is: everything wrong with it at once, in words."""

from collections import Counter
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import func, select

from grants.core.database import db
from grants.lifecycle import registry
from grants.lifecycle.models import WorkflowVersion
from grants.lifecycle.versions.published import definition_by_id, known
from grants.workflow import Definition, DefinitionError, Fault, Known, check, load

# A definition of a hundred steps has some 100 000 signs; TOML of any size can keep a server busy.
MOST_SIGNS = 400_000
# Deeper than any definition is written; the reader goes down one call a level, and a dotted key costs the square of its dots.
_DEEPEST, _MOST_DOTS = 100, 200


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of a text: the definition where it can be read, all faults, what kept it from being read at all."""

    definition: Definition | None
    faults: tuple[Fault, ...] = ()
    unreadable: str | None = None

    def sentences(self, locale: str) -> list[str]:
        """Everything wrong, a sentence each; empty when it is sound."""
        return [*([self.unreadable] if self.unreadable else []), *(fault.text(locale) for fault in self.faults)]


def examine(source: str) -> Examined:
    """Read and prove the text of a definition. Never raises for what the text says."""
    if _depth(source) > _DEEPEST or any(line.count(".") > _MOST_DOTS for line in source.splitlines()):
        return Examined(None, unreadable=_("The lists or tables are nested too deeply to be a definition."))
    try:
        # A text that ends in “.toml” must not be taken for the name of a file of the server.
        definition = load(source if "\n" in source else f"{source}\n")
    except DefinitionError as found:
        return Examined(None, tuple(found.problems))
    except (ValueError, RecursionError, OverflowError):
        return Examined(
            None, unreadable=_("The text cannot be read as a definition: a number is too long, for instance.")
        )
    return Examined(definition, tuple(check(definition, known_for(definition))))


def _depth(source: str) -> int:
    """How deeply brackets are nested at most, strings and comments counted in: a limit, not a reading."""
    depth = deepest = 0
    for sign in source:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth = max(0, depth - 1)
    return deepest


def known_for(definition: Definition) -> Known:
    """What a new version is held against: what the house provides, the files under way and the versions they run on."""
    running = standing(definition.subject)
    earlier = [version_id for version_id, _step in running]
    ordered = db.session.scalars(
        select(WorkflowVersion.id)
        .where(WorkflowVersion.id.in_(set(earlier)), WorkflowVersion.name == definition.name)
        .order_by(WorkflowVersion.version)
    )
    steps: Counter = Counter()
    for (_version, step), count in running.items():
        steps[step] += count
    return replace(known(), standing=dict(steps), earlier=tuple(definition_by_id(one) for one in ordered))


def standing(subject: str) -> Counter:
    """How many files of a kind are under way, by the id of their version and their step."""
    kind = registry.kinds.get(subject)
    if kind is None:
        return Counter()
    model = kind.model
    rows = db.session.execute(
        select(model.workflow_version_id, model.step, func.count())
        .where(model.waits_for.is_not(None))
        .group_by(model.workflow_version_id, model.step)
    )
    return Counter({(version, step): count for version, step, count in rows})
