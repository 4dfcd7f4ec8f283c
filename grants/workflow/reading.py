"""From TOML text to a `Definition`, with every mistake of form named at once.

Reading checks the shape only (keys, kinds of value, durations); whether the names resolve and the
promises hold is `grants.workflow.proofs`. A key that nobody asked for is refused: a misspelt
``apart_form`` must not silently drop the separation of two people.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grants.workflow.calendar import Duration
from grants.workflow.definition import (
    ACTION_KINDS,
    END_TONES,
    Action,
    Definition,
    End,
    Late,
    Phase,
    Promise,
    Step,
    Words,
)
from grants.workflow.faults import DefinitionError, Fault

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_TARGET = re.compile(r"(step|effect|action):\S+")
_REQUIREMENT = re.compile(r"(step|effect|action|guard):\S+")


def load(source: str | Path) -> Definition:
    """Read one definition; raises `DefinitionError` with all faults of form.

    ``source`` is a path, or the TOML text itself; a single line ending in ``.toml`` is a path.
    """
    text, file = _text_of(source)
    raw = _parsed(text, file)
    faults: list[Fault] = []
    definition = _definition(_Table(raw, _Place(file, faults)), text, file)
    if faults:
        raise DefinitionError(faults)
    return definition


def load_promises(source: str | Path) -> tuple[Promise, ...]:
    """Read a file of ``[[promises]]`` that hold for every definition of a house.

    Raises `DefinitionError` with all faults of form.
    """
    text, file = _text_of(source)
    faults: list[Fault] = []
    sheet = _Table(_parsed(text, file), _Place(file, faults))
    promises = tuple(_promise(table) for table in sheet.tables("promises"))
    sheet.refuse_the_rest()
    if faults:
        raise DefinitionError(faults)
    return promises


def _text_of(source: str | Path) -> tuple[str, str | None]:
    if isinstance(source, str) and ("\n" in source or not source.endswith(".toml")):
        return source, None
    path = Path(source)
    return path.read_text(encoding="utf-8"), path.name


def _parsed(text: str, file: str | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError([Fault("not_toml", file=file, data={"error": str(error)})]) from error


class _Place:
    """Where in the file we read; mistakes are noted with it."""

    def __init__(
        self, file: str | None, faults: list[Fault], step: str | None = None, action: str | None = None
    ) -> None:
        self.file, self.faults, self.step, self.action = file, faults, step, action

    def at(self, step: str | None, action: str | None = None) -> "_Place":
        return _Place(self.file, self.faults, step, action)

    def note(self, code: str, **data: Any) -> None:
        self.faults.append(Fault(code, self.file, self.step, self.action, data=data))


class _Table:
    """One table of the file, read key by key. What nobody asked for is refused at the end."""

    def __init__(self, raw: Mapping[str, Any], place: _Place, name: str = "") -> None:
        self._raw, self.place, self._name = raw, place, name
        self._asked: set[str] = set()

    def refuse_the_rest(self) -> None:
        for key in self._raw:
            if key not in self._asked:
                self.place.note("unknown_key", key=self._named(key), known=sorted(self._asked))

    def text(self, key: str, *, required: bool = False) -> str | None:
        value = self._take(key, str, "text", required=required)
        return value or None

    def code(self, key: str, *, required: bool = False) -> str | None:
        value = self.text(key, required=required)
        if value is not None and not _CODE.fullmatch(value):
            self.place.note("bad_code", key=self._named(key), value=value)
        return value

    def number(self, key: str) -> int:
        value = self._take(key, int, "number", required=True)
        if value is not None and value < 1:
            self.place.note("bad_value", key=self._named(key), value=value, known=["1, 2, 3…"])
        return value or 0

    def flag(self, key: str) -> bool:
        return bool(self._take(key, bool, "flag"))

    def choice(self, key: str, values: tuple[str, ...], default: str) -> str:
        value = self.text(key)
        if value is not None and value not in values:
            self.place.note("bad_value", key=self._named(key), value=value, known=list(values))
        return value or default

    def texts(self, key: str, shape: re.Pattern[str] | None = None) -> tuple[str, ...]:
        value = self._take(key, list, "texts") or []
        if not all(isinstance(item, str) and item for item in value):
            self.place.note("wrong_kind", key=self._named(key), kind="texts")
            return ()
        for item in value:
            if shape and not shape.fullmatch(item):
                self.place.note("bad_reference", key=self._named(key), value=item)
        return tuple(value)

    def duration(self, key: str, *, required: bool = False) -> Duration | None:
        value = self.text(key, required=required)
        if value is None:
            return None
        try:
            return Duration.parse(value)
        except ValueError:
            self.place.note("bad_duration", key=self._named(key), value=value)
            return None

    def words(self, key: str) -> Words | None:
        value = self._take(key, dict, "words")
        if value is None:
            return None
        if not all(_LANGUAGE.fullmatch(k) and isinstance(v, str) for k, v in value.items()):
            self.place.note("wrong_kind", key=self._named(key), kind="words")
            return None
        return MappingProxyType(value)

    def table(self, key: str, *, required: bool = False) -> "_Table":
        value = self._take(key, dict, "table", required=required)
        return _Table(value or {}, self.place, self._named(key))

    def named_tables(self, key: str, *, required: bool = False) -> dict[str, Mapping[str, Any]]:
        found = {}
        for code, value in (self._take(key, dict, "table", required=required) or {}).items():
            if not _CODE.fullmatch(code):
                self.place.note("bad_code", key=self._named(key), value=code)
            if isinstance(value, dict):
                found[code] = value
            else:
                self.place.note("wrong_kind", key=f"{self._named(key)}.{code}", kind="table")
        return found

    def tables(self, key: str) -> list["_Table"]:
        value = self._take(key, list, "tables") or []
        if not all(isinstance(item, dict) for item in value):
            self.place.note("wrong_kind", key=self._named(key), kind="tables")
            return []
        return [_Table(item, self.place, self._named(key)) for item in value]

    def _named(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _take(self, key: str, kind: type, name: str, *, required: bool = False) -> Any:
        self._asked.add(key)
        value = self._raw.get(key)
        if value is None:
            if required:
                self.place.note("missing_key", key=self._named(key))
            return None
        # bool is a subclass of int: "version = true" is no number.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.place.note("wrong_kind", key=self._named(key), kind=name)
            return None
        return value


def _definition(sheet: _Table, text: str, file: str | None) -> Definition:
    head = sheet.table("workflow", required=True)
    place = sheet.place
    steps = {code: _step(code, raw, place) for code, raw in sheet.named_tables("steps", required=True).items()}
    ends = {code: _end(code, raw, place) for code, raw in sheet.named_tables("ends").items()}
    phases = {code: _phase(code, raw, place) for code, raw in sheet.named_tables("phases").items()}
    for code in steps.keys() & ends.keys():
        place.at(code).note("step_and_end")
    definition = Definition(
        name=head.text("name", required=True) or "",
        version=head.number("version"),
        subject=head.code("subject", required=True) or "",
        start=head.code("start", required=True) or "",
        title=head.words("title") or {},
        steps=MappingProxyType(steps),
        ends=MappingProxyType(ends),
        phases=MappingProxyType(phases),
        promises=tuple(_promise(table) for table in sheet.tables("promises")),
        content_hash=_content_hash(sheet),
        created_as=head.code("created_as"),
        created_by=head.texts("created_by"),
        created_label=head.words("created_label"),
        created_past=head.words("created_past"),
        file=file,
        source=text,
    )
    head.refuse_the_rest()
    sheet.refuse_the_rest()
    return definition


def _content_hash(sheet: _Table) -> str:
    # Over the content, so that a comment or a blank line makes no new version; the order of the
    # file is kept because it is the order of the buttons.
    content = json.dumps(sheet._raw, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _step(code: str, raw: Mapping[str, Any], place: _Place) -> Step:
    table = _Table(raw, place.at(code))
    label = table.words("label") or {}
    step = Step(
        code=code,
        label=label,
        public=table.words("public") or label,
        owner=table.text("owner"),
        within=table.duration("within"),
        late=tuple(_late(row) for row in table.tables("late")),
        actions=MappingProxyType(
            {
                name: _action(name, content, place.at(code, name))
                for name, content in table.named_tables("actions").items()
            }
        ),
        phase=table.text("phase"),
        pauses=table.flag("pauses"),
        obsolete=table.flag("obsolete"),
    )
    table.refuse_the_rest()
    return step


def _late(row: _Table) -> Late:
    late = Late(
        after=row.duration("after", required=True) or Duration(0, "d"),
        tell=row.texts("tell"),
        escalate=row.flag("escalate"),
        takes=row.code("takes"),
    )
    row.refuse_the_rest()
    return late


def _action(code: str, raw: Mapping[str, Any], place: _Place) -> Action:
    table = _Table(raw, place)
    action = Action(
        code=code,
        to=table.text("to", required=True) or "",
        label=table.words("label") or {},
        by=table.texts("by"),
        apart_from=table.texts("apart_from"),
        needs=table.texts("needs"),
        does=table.texts("does"),
        tells=table.texts("tells"),
        asks=table.text("asks"),
        reopens=table.flag("reopens"),
        kind=table.choice("kind", ACTION_KINDS, "secondary"),
        confirm=table.words("confirm"),
        hint=table.words("hint"),
        via=table.text("via"),
        past=table.words("past"),
        confirm_identity=table.flag("confirm_identity"),
    )
    table.refuse_the_rest()
    return action


def _end(code: str, raw: Mapping[str, Any], place: _Place) -> End:
    table = _Table(raw, place.at(code))
    label, public = table.words("label"), table.words("public")
    end = End(
        code=code,
        label=label or public or {},
        public=public or label or {},
        phase=table.text("phase"),
        tone=table.choice("tone", END_TONES, "neutral"),
    )
    table.refuse_the_rest()
    return end


def _phase(code: str, raw: Mapping[str, Any], place: _Place) -> Phase:
    table = _Table(raw, place.at(None), f"phases.{code}")
    phase = Phase(code, table.words("label") or {})
    table.refuse_the_rest()
    return phase


def _promise(table: _Table) -> Promise:
    promise = Promise(
        never=table.text("never"),
        without=table.texts("without", _REQUIREMENT),
        apart=table.texts("apart"),
        by_people=table.texts("by_people", _TARGET),
        confirmed=table.texts("confirmed", _TARGET),
        renewed=table.flag("renewed"),
        subject=table.text("subject"),
        why=table.words("why"),
    )
    table.refuse_the_rest()
    if promise.never is not None and not _TARGET.fullmatch(promise.never):
        table.place.note("bad_reference", key="promises.never", value=promise.never)
    said = {key for key in ("never", "without", "apart", "by_people", "confirmed") if getattr(promise, key)}
    separates = said == {"apart"} and len(promise.apart) > 1
    if said not in ({"never", "without"}, {"by_people"}, {"confirmed"}) and not separates:
        table.place.note("bad_promise")
    return promise
