"""What a definition is held against."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from grants.workflow.definition import Definition, Promise


@dataclass(frozen=True)
class Known:
    """What the host provides. A part that is None is not checked.

    ``roles``, ``guards``, ``effects`` and ``forms`` are the names that a definition may cite.
    ``holders`` gives the people of each role, to prove that a separation leaves somebody; without
    it that cannot be decided, as roles alone do not say who holds them.

    For a definition that follows another: ``standing`` counts the running files at each step, so
    that no step is taken away from under them; ``earlier`` are the versions on which files run,
    oldest first, so that promises are proved for a file that comes out of an obsolete step with
    whatever it did before.
    """

    roles: Collection[str] | None = None
    guards: Collection[str] | None = None
    effects: Collection[str] | None = None
    forms: Collection[str] | None = None
    house_promises: Sequence[Promise] = ()
    holders: Mapping[str, Collection[Hashable]] | None = None
    standing: Mapping[str, int] = field(default_factory=dict)
    earlier: Sequence[Definition] = ()
