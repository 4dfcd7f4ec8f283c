"""What a definition writes: every text in every language, every name that it cites known."""

from collections.abc import Collection, Iterable, Iterator

from grants.workflow.definition import LOCALES, SYSTEM, Definition, Words
from grants.workflow.faults import Fault
from grants.workflow.proofs.known import Known


def texts(definition: Definition) -> Iterator[Fault]:
    """Every sentence stands there in every language."""
    file = definition.file

    def missing(key: str, words: Words | None, step: str | None = None, action: str | None = None):
        for locale in LOCALES:
            if words is not None and not words.get(locale, "").strip():
                yield Fault("label_missing", file, step, action, data={"key": key, "language": locale})

    yield from missing("workflow.title", definition.title)
    yield from missing("workflow.created_label", definition.created_label)
    yield from missing("workflow.created_past", definition.created_past)
    for phase in definition.phases.values():
        yield from missing(f"phases.{phase.code}.label", phase.label)
    for place in (*definition.steps.values(), *definition.ends.values()):
        yield from missing("label", place.label, place.code)
        if place.public is not place.label:
            yield from missing("public", place.public, place.code)
    for step, action in definition.acts():
        for key in ("label", "confirm", "hint", "past"):
            yield from missing(key, getattr(action, key), step.code, action.code)
    for promise in definition.promises:
        yield from missing("promises.why", promise.why)


def names(definition: Definition, known: Known) -> Iterator[Fault]:
    """Everything that is cited exists."""
    file = definition.file
    # The system takes actions; it is told nothing and in charge of nothing.
    people = None if known.roles is None else set(known.roles) - {SYSTEM}
    actors = None if people is None else people | {SYSTEM}
    actions = action_codes(definition)

    def unknown(code: str, key: str, cited: Iterable[str], there: Collection[str] | None, **where: str):
        for value in cited:
            if there is not None and value not in there:
                data = {"key": key, "value": value, "known": sorted(there)}
                yield Fault(code, file, **where, data=data)

    if definition.start not in definition.steps:
        yield Fault("unknown_start", file, data={"value": definition.start})
    yield from unknown("unknown_role", "created_by", definition.created_by, actors)
    for place in (*definition.steps.values(), *definition.ends.values()):
        phase = [place.phase] if place.phase else []
        yield from unknown("unknown_phase", "phase", phase, definition.phases, step=place.code)
    for step in definition.steps.values():
        owner = [step.owner] if step.owner else []
        yield from unknown("unknown_role", "owner", owner, people, step=step.code)
        told = [role for late in step.late for role in late.tell if role != "owner"]
        yield from unknown("unknown_role", "late.tell", told, people, step=step.code)
        taken = [late.takes for late in step.late if late.takes]
        yield from unknown("unknown_action", "late.takes", taken, step.actions, step=step.code)
    places = {*definition.steps, *definition.ends}
    for step, act in definition.acts():
        here = {"step": step.code, "action": act.code}
        yield from unknown("unknown_step", "to", [act.to], places, **here)
        yield from unknown("unknown_action", "apart_from", act.apart_from, actions, **here)
        yield from unknown("unknown_role", "by", act.by, actors, **here)
        yield from unknown("unknown_role", "tells", act.tells, people, **here)
        yield from unknown("unknown_guard", "needs", act.needs, known.guards, **here)
        yield from unknown("unknown_effect", "does", act.does, known.effects, **here)
        yield from unknown("unknown_form", "asks", [act.asks] if act.asks else [], known.forms, **here)
    # A promise about something that does not exist would hold for the wrong reason.
    there = {"step": places, "action": actions, "effect": known.effects, "guard": known.guards}
    for promise in definition.promises:
        yield from unknown("unknown_action", "promises.apart", promise.apart, actions)
        for cited in filter(None, (promise.never, *promise.without, *promise.by_people, *promise.confirmed)):
            kind, _, code = cited.partition(":")
            yield from unknown(f"unknown_{kind}", "promises", [code], there.get(kind))


def action_codes(definition: Definition) -> set[str]:
    """The codes of all acts, the creating one included."""
    codes = {action.code for _step, action in definition.acts()}
    return codes | {definition.created_as} if definition.created_as else codes
