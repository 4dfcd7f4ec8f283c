"""What the files of kinds share: a kind says `{ shared = "site" }`, and gets the whole section in its place."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grants.questionnaires import Fault, InvalidData


def toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises InvalidData when it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidData([Fault(path.name, f"not readable as TOML: {error}")]) from error


def resolved(data: dict[str, Any], folder: Path, place: str, faults: list[Fault]) -> dict[str, Any]:
    """`data` with each `{ shared = "code" }` replaced by what `folder` holds under that code (`"all"`: everything)."""
    data = copy.deepcopy(data)
    for part in ("questionnaire", "visit"):
        if isinstance(data.get(part), dict):
            library = _library(folder, "sections" if part == "questionnaire" else "visit")
            sections = data[part].get("sections")
            data[part]["sections"] = _put_in(sections, library, f"{place}.{part}.sections", faults)
    for part in ("papers", "screening", "indicators", "criteria"):
        data[part] = _put_in(data.get(part), _library(folder, part), f"{place}.{part}", faults)
    _suggest_risks(data)
    return data


@cache
def _library(folder: Path, name: str) -> Mapping[str, dict[str, Any]]:
    """What `<name>.toml` of the shared folder holds, by code."""
    data = toml(folder / f"{name}.toml")
    return MappingProxyType({one["code"]: one for one in data["shared"]})


def _put_in(entries: Any, library: Mapping[str, dict[str, Any]], place: str, faults: list[Fault]) -> Any:
    """`{ shared = "site" }` becomes the shared thing; `also` adds fields to it, `suggested` gives rows to its tables."""
    if not isinstance(entries, list):
        return entries
    found = []
    for entry in entries:
        if not (isinstance(entry, dict) and "shared" in entry):
            found.append(entry)
            continue
        name = entry["shared"]
        if name == "all":
            found += copy.deepcopy(list(library.values()))
        elif name in library:
            found.append(_completed(copy.deepcopy(library[name]), entry, f"{place}.{name}", faults))
        else:
            faults.append(Fault(place, f"nothing shared is called {name!r}"))
    return found


def _completed(shared: dict[str, Any], entry: Mapping[str, Any], place: str, faults: list[Fault]) -> dict[str, Any]:
    for key in entry:
        if key not in ("shared", "also", "suggested"):
            faults.append(Fault(f"{place}.{key}", "unknown key"))
    if "also" in entry:
        shared["fields"] = [*shared.get("fields", []), *entry["also"]]
    tables = {field["code"]: field for field in shared.get("fields", []) if field.get("kind") == "table"}
    for code, rows in entry.get("suggested", {}).items():
        if code in tables:
            tables[code]["suggested"] = rows
        else:
            faults.append(Fault(f"{place}.suggested.{code}", "no such table"))
    return shared


def _suggest_risks(data: dict[str, Any]) -> None:
    """The risks of the kind, with the usual measure, stand ready in the table of risks that the agent fills in."""
    sections = data.get("questionnaire", {}).get("sections") or []
    for section in sections:
        for field in section.get("fields", []) if section.get("code") == "risks" else []:
            if field.get("code") == "risks":
                rows = [{"risk": risk.get("label"), "measure": risk.get("measure")} for risk in data.get("risks", [])]
                field["suggested"] = rows
