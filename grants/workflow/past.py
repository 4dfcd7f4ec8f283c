"""What happened on one file so far, as a new version of its workflow looks at it."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field

from grants.workflow.definition import Action


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a file's journal.

    ``source`` and ``target`` are the steps before and after; the first act, which makes the file,
    has no source. ``who`` are the people who did it (two where one acted for another), empty where
    the system acted. ``roles`` are those that they held on the file at that time, or None when
    nobody can tell. ``taken`` is the action as the version then in force described it; None for an
    act that the workflow does not know, and for the one that made the file.
    """

    action: str
    source: str | None
    target: str | None
    who: tuple[Hashable, ...] = ()
    names: tuple[str, ...] = ()
    roles: Collection[str] | None = None
    taken: Action | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file: how people call it, where it stands, what happened (the earliest first)."""

    reference: str
    step: str
    acts: Sequence[Act] = field(default=(), hash=False)


def given_by(action: Action) -> frozenset[str]:
    """What taking an action gives to a promise: itself, its effects, its guards, the place it leads to."""
    return frozenset(
        {
            f"action:{action.code}",
            f"step:{action.to}",
            *(f"effect:{code}" for code in action.does),
            *(f"guard:{code}" for code in action.needs),
        }
    )


def given(acts: Sequence[Act], *, since_reopening: bool = False) -> frozenset[str]:
    """Everything that the acts gave; with ``since_reopening`` only those after the last one that reopened."""
    if since_reopening:
        reopened = [number for number, act in enumerate(acts) if act.taken is not None and act.taken.reopens]
        if reopened:
            arrived = acts[reopened[-1]].target
            acts = acts[reopened[-1] + 1 :]
            return given(acts) | ({f"step:{arrived}"} if arrived else set())
    found: set[str] = set()
    for act in acts:
        found.add(f"action:{act.action}")
        if act.target:
            found.add(f"step:{act.target}")
        if act.taken is not None:
            found |= given_by(act.taken)
    return frozenset(found)
