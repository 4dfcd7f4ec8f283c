"""Prove a definition before it may run: nothing dangling, no dead end, every promise on every path.

Nothing is sampled: each proof is a walk over the whole graph, and what is refused comes with the
path that shows it.
"""

from collections.abc import Iterator

from grants.workflow.definition import Definition
from grants.workflow.faults import Fault
from grants.workflow.proofs.known import Known
from grants.workflow.proofs.names import names, texts
from grants.workflow.proofs.paths import Paths
from grants.workflow.proofs.people import people
from grants.workflow.proofs.promises import promises
from grants.workflow.proofs.shape import shape
from grants.workflow.proofs.timers import timers

__all__ = ["Known", "check"]

_NOTHING_KNOWN = Known()


def check(definition: Definition, known: Known = _NOTHING_KNOWN) -> list[Fault]:
    """Everything that keeps this definition from being published; empty when it is sound."""
    return list(_all_faults(definition, known))


def _all_faults(definition: Definition, known: Known) -> Iterator[Fault]:
    paths = Paths.after(definition, known.earlier)
    yield from texts(definition)
    yield from names(definition, known)
    yield from shape(definition, paths.graph, known)
    yield from timers(definition)
    yield from people(definition, paths.graph, known)
    yield from promises(definition, paths, definition.promises)
    house = [promise for promise in known.house_promises if promise.subject in (None, definition.subject)]
    yield from promises(definition, paths, house, prefix="house_")
