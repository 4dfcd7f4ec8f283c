"""The path of a file: its phases, those behind it with their dates, the one it is in, those to come."""

from collections.abc import Sequence

from flask_babel import gettext as _

from grants.core.formatting import day_short, days
from grants.core.texts import pick
from grants.workflow.definition import Definition

END_TONES = {"good": "ok", "neutral": "neutral", "bad": "late"}


def rail(project, definition: Definition, moves: Sequence) -> list[dict]:
    """The items of `ui.rail`. `moves` are the events that changed the step, the earliest first.

    A refusal or a withdrawal leaps: what lies between, and what would have come after an end, was never gone through and
    must not look done or expected.
    """
    codes = list(definition.phases)
    here = phase(project, definition, moves)
    ended = definition.is_end(project.step)
    at = codes.index(here) if here in codes else -1
    left = _left(definition, moves)
    entered = phases_entered(definition, moves)
    items = []
    for rank, code in enumerate(codes):
        state = "done" if rank < at or (rank == at and ended) else "now" if rank == at else "todo"
        if (rank < at and code not in entered) or (rank > at and ended):
            state = "skipped"
        note = day_short(left[code]) if state == "done" and code in left else ""
        if rank == at:
            note = _present(project, definition, ended)
            state = "late" if state == "now" and project.late else state
        items.append({"label": pick(definition.phases[code].label), "note": note, "state": state})
        if rank == at and not ended:
            items[-1]["leads_on"] = rank + 1 < len(codes) and _leads_to(definition, project.step, codes[rank + 1])
    return items


def phase(project, definition: Definition, moves: Sequence) -> str | None:
    """The phase of the path in which a file stands. At an end of no phase, it stopped where its last act found it."""
    here = _phase(definition, project.step)
    return here or next((p for event in reversed(moves) if (p := _phase(definition, event.from_step))), None)


def phases_seen(definition: Definition, moves: Sequence) -> set[str]:
    """The phases that these events left."""
    return {found for event in moves if (found := _phase(definition, event.from_step))}


def phases_entered(definition: Definition, moves: Sequence) -> set[str]:
    """The phases that these events left or came into."""
    return phases_seen(definition, moves) | {p for event in moves if (p := _phase(definition, event.to_step))}


def standing(project, definition: Definition) -> tuple[str, str, str]:
    """Where a file stands, the tone of its tag, and how late it is in words: (`Évaluation`, `late`, `3 jours de retard`)."""
    place = definition.place(project.step)
    label = pick(place.label)
    if definition.is_end(project.step):
        return label, END_TONES[place.tone], ""
    if not project.late:
        return label, "now", ""
    return (
        label,
        "late",
        _("%(days)s late", days=days(project.days_late)) if project.days_late else _("late since today"),
    )


def badge(project, definition: Definition) -> tuple[str, str]:
    """Where a file stands with its lateness in one line, and the tone of the tag."""
    label, tone, late = standing(project, definition)
    return f"{label} · {late}" if late else label, tone


def _phase(definition: Definition, step: str | None) -> str | None:
    if step is None or (step not in definition.steps and step not in definition.ends):
        return None
    return definition.place(step).phase


def _leads_to(definition: Definition, step: str, following: str) -> bool:
    """Whether a file may come from this step to the following phase without turning back: one that was refused may not."""
    here, seen, waiting = _phase(definition, step), set(), [step]
    while waiting:
        place = definition.place(waiting.pop())
        seen.add(place.code)
        for action in getattr(place, "actions", {}).values():
            reached = _phase(definition, action.to)
            if reached == following:
                return True
            if reached == here and action.to not in seen:
                waiting.append(action.to)
    return False


def _left(definition: Definition, moves: Sequence) -> dict:
    """When each phase was last left."""
    found = {}
    for event in moves:
        before, after = _phase(definition, event.from_step), _phase(definition, event.to_step)
        if before and before != after:
            found[before] = event.at
    return found


def _present(project, definition: Definition, ended: bool) -> str:
    if ended:
        return f"{pick(definition.place(project.step).label)} · {day_short(project.step_since)}"
    if project.due_at is None:
        return ""
    if project.late:
        return _("was due on %(day)s", day=day_short(project.due_at))
    return _("before %(day)s", day=day_short(project.due_at))
