"""Where a group lives: region, cercle, commune and village as written, against the places of the country.

Only a spelling that differs in accents, case or punctuation is matched unseen; anything else is offered for a choice. Two
things that old lists say were true once: the region or cercle from before the division of March 2023. Where the place
below leaves no doubt, they are put right with a warning.
"""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l

from grants.groups.spreadsheet.cells import read_name
from grants.groups.spreadsheet.model import Candidate, RowReader, Severity
from grants.places.gazetteer import Found, Gazetteer, Known
from grants.places.spelling import fold, key

REGIONS = ("region", "district")
BAMAKO = "00"
# In the district of Bamako the arrondissements stand where communes stand elsewhere.
LOWEST = ("commune",)
LOWEST_IN_BAMAKO = ("arrondissement",)


def read_place(row: RowReader, gazetteer: Gazetteer, section: dict[str, str]) -> None:
    """Fill the places of a group; `section` holds what a title row above ("CERCLE DE MOPTI") says for the rows below it."""
    written = {}
    for level in ("region", "cercle", "commune"):
        row.unreadable(level)
        written[level] = row.text(level) or section.get(level, "")
    group = row.group
    cercle = _cercle(row, gazetteer, written)
    region = _region(row, gazetteer, written, cercle)
    if region and region.code == BAMAKO:
        commune = _arrondissement_of_bamako(row, gazetteer, written)
    else:
        commune = _commune(row, gazetteer, written, region, cercle)
        # A commune that leaves no doubt says where its cercle and region are, when their cells are empty.
        if commune and not _asked(row, "region") and not _asked(row, "cercle"):
            region, cercle = gazetteer.get(commune.code[:2]), gazetteer.get(commune.code[:4])
    group.region_code = region.code if region else None
    group.cercle_code = cercle.code if cercle else None
    group.commune_code = commune.code if commune else None
    group.commune_name = commune.name if commune else (written["commune"] or None)
    _village(row, gazetteer)
    _missing(row, written)


def _cercle(row: RowReader, gazetteer: Gazetteer, written: dict[str, str]) -> Known | None:
    text = written["cercle"]
    region = gazetteer.find(written["region"], *REGIONS)
    if not text or (region.place and region.place.code == BAMAKO):
        return None
    anywhere = gazetteer.find(text, "cercle")
    inside = gazetteer.find(text, "cercle", under=region.place.code) if region.place else anywhere
    if inside.place:
        return inside.place
    if anywhere.place and (region.place is None or _was_in(gazetteer, anywhere.place, region.place)):
        return anywhere.place
    both = [*([anywhere.place] if anywhere.place else []), *inside.candidates, *anywhere.candidates]
    return _choose(row, gazetteer, "cercle", text, both, region.place)


def _region(row: RowReader, gazetteer: Gazetteer, written: dict[str, str], cercle: Known | None) -> Known | None:
    text = written["region"]
    found = gazetteer.find(text, *REGIONS) if text else Found()
    if cercle is None:
        if found.place or not text:
            return found.place
        return _choose(row, gazetteer, "region", text, list(found.candidates), None)
    actual = gazetteer.get(cercle.code[:2])
    if found.place and found.place is not actual and _was_in(gazetteer, cercle, found.place):
        message = _l(
            "The cercle %(cercle)s now lies in the region %(region)s (division of 2023).",
            cercle=cercle.name,
            region=actual.name,
        )
        row.warn("region", message)
    elif found.place is None and text and actual not in found.candidates:
        row.warn(
            "region",
            _l(
                "“%(text)s” is not the region of the cercle %(cercle)s: %(region)s was taken.",
                text=text,
                cercle=cercle.name,
                region=actual.name,
            ),
        )
    return actual


def _commune(
    row: RowReader, gazetteer: Gazetteer, written: dict[str, str], region: Known | None, cercle: Known | None
) -> Known | None:
    text = written["commune"]
    if not text:
        return None
    above = cercle.code if cercle else (region.code if region else "")
    if not gazetteer.under(above, *LOWEST):
        return None  # only the list of regions and cercles is installed: the name is kept as written
    inside = gazetteer.find(text, *LOWEST, under=above)
    if inside.place:
        return inside.place
    if moved := _moved(gazetteer, text, region, cercle, inside):
        now = gazetteer.get(moved.code[:4])
        row.warn(
            "cercle",
            _l(
                "The commune %(commune)s now lies in the cercle %(cercle)s (division of 2023).",
                commune=moved.name,
                cercle=now.name,
            ),
        )
        return moved
    if not inside.candidates and any(p.field == "cercle" and p.severity == Severity.CHOICE for p in row.group.problems):
        return None  # the cercle is being asked: its answer says where to look
    wider = gazetteer.find(text, *LOWEST, under=region.code) if region else gazetteer.find(text, *LOWEST)
    candidates = [*inside.candidates, *([wider.place] if wider.place else []), *wider.candidates]
    if cercle and not candidates:
        anywhere = gazetteer.find(text, *LOWEST)
        candidates = [anywhere.place] if anywhere.place else list(anywhere.candidates)
    return _choose(row, gazetteer, "commune", text, candidates, cercle or region)


def _moved(gazetteer: Gazetteer, text: str, region: Known | None, cercle: Known | None, inside: Found) -> Known | None:
    """The only commune of that name in the same region, when its cercle is one of those made in 2023."""
    if cercle is None or region is None or inside.candidates:
        return None
    return gazetteer.find(text, *LOWEST, under=region.code).place


def _arrondissement_of_bamako(row: RowReader, gazetteer: Gazetteer, written: dict[str, str]) -> Known | None:
    text = written["commune"]
    known = gazetteer.under(BAMAKO, *LOWEST_IN_BAMAKO)
    if not text or not known:
        return None
    found = gazetteer.find(text, *LOWEST_IN_BAMAKO, under=BAMAKO)
    if found.place:
        return found.place
    # The communes I to VI of before 2023 do not coincide with the seven arrondissements.
    return _choose(row, gazetteer, "commune", text, known, gazetteer.get(BAMAKO))


def _village(row: RowReader, gazetteer: Gazetteer) -> None:
    group = row.group
    name = read_name(row, "village")
    group.village = name
    if name is None:
        row.missing("village", _l("The village is missing."))
        return
    if not group.commune_code or not gazetteer.under(group.commune_code, "village"):
        return
    found = gazetteer.find(name, "village", under=group.commune_code)
    chosen = found.place or _choose(
        row, gazetteer, "village", name, list(found.candidates), gazetteer.get(group.commune_code), unknown=row.warn
    )
    group.village = chosen.name if chosen else name


def _missing(row: RowReader, written: dict[str, str]) -> None:
    group = row.group
    commune_asked = _asked(row, "commune")
    if group.region_code is None and not commune_asked and not _asked(row, "region") and not _asked(row, "cercle"):
        row.error("region", _l("The region is missing."))
    if group.region_code == BAMAKO:
        if not written["commune"] and not commune_asked:
            row.error("commune", _l("The arrondissement of Bamako is missing."))
        return
    if group.region_code and group.cercle_code is None and not commune_asked and not _asked(row, "cercle"):
        row.error("cercle", _l("The cercle is missing."))
    if not written["commune"] and not commune_asked:
        row.error("commune", _l("The commune is missing."))


def _asked(row: RowReader, field: str) -> bool:
    return any(problem.field == field for problem in row.group.problems if problem.severity != "warning")


def _choose(
    row: RowReader, gazetteer: Gazetteer, level: str, text: str, candidates: list[Known], above: Known | None,
    unknown: Callable | None = None,
) -> Known | None:  # fmt: skip
    distinct = list({place.code: place for place in candidates}.values())
    if not distinct:
        message = _NOT_FOUND[level](text, above.name if above else "")
        (unknown or row.error)(level, message)
        return None
    if any(key(place.name) == key(text) for place in distinct) and above is not None and len(distinct) == 1:
        message = _l("“%(text)s” does not lie in %(above)s.", text=text, above=above.name)
    elif sum(key(place.name) == key(text) for place in distinct) > 1:
        message = _l("Several places are called “%(text)s”.", text=text)
    else:
        message = _l("“%(text)s” is not written like any place of the list.", text=text)
    options = [Candidate(place.code, _described(gazetteer, place)) for place in distinct]
    chosen = row.choose(level, message, f"{level}|{fold(text)}|{above.code if above else ''}", options)
    return gazetteer.get(chosen) if chosen else None


_NOT_FOUND = {
    "region": lambda text, above: _l("No region is called “%(text)s”.", text=text),
    "cercle": lambda text, above: _l("No cercle is called “%(text)s”.", text=text),
    "commune": lambda text, above: _l("No commune is called “%(text)s”.", text=text),
    "village": lambda text, above: _l(
        "The list of places has no village “%(text)s” there: it is kept as written.", text=text
    ),
}


def _described(gazetteer: Gazetteer, place: Known) -> str:
    above = [gazetteer.get(place.code[:length]) for length in (4, 2) if length < len(place.code)]
    names = [place.name, *(upper.name for upper in above if upper)]
    return " · ".join(dict.fromkeys(names)) if len(set(names)) > 1 else f"{place.name} ({place.code})"


def _was_in(gazetteer: Gazetteer, cercle: Known, region: Known) -> bool:
    """Whether a cercle lies in a region that was once part of the given one."""
    now = gazetteer.get(cercle.code[:2])
    return bool(now and now.former_region and key(now.former_region) == key(region.name))
