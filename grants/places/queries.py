"""What is read about places. All answers are of the current edition unless a function says otherwise."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import ColumnElement, func, or_, select

from grants.core.database import db
from grants.core.errors import NotFound
from grants.places.gazetteer import Gazetteer, Known
from grants.places.models import Place, PlaceEdition, PlaceImport
from grants.places.spelling import key

# An apostrophe replaces the vowel of "de" in front of these letters; in Malian names h and y are sounded (Hombori, Youwarou).
_VOWELS = "aeiouâàéèêëîïôûùɛɔ"


def current_edition() -> PlaceEdition | None:
    return db.session.scalar(select(PlaceEdition).where(PlaceEdition.current))


def editions() -> list[PlaceEdition]:
    """All editions, the newest first."""
    return list(db.session.scalars(select(PlaceEdition).order_by(PlaceEdition.code.desc())))


def edition(code: str) -> PlaceEdition:
    """The edition of this code. Raises NotFound."""
    found = db.session.scalar(select(PlaceEdition).where(PlaceEdition.code == code))
    if found is None:
        raise NotFound(code)
    return found


def counts() -> dict[str, dict[str, int]]:
    """How many places of each kind every edition has, obsolete ones not counted."""
    rows = db.session.execute(
        select(Place.edition, Place.kind, func.count())
        .where(Place.obsolete_since.is_(None))
        .group_by(Place.edition, Place.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for edition_code, kind, number in rows:
        found.setdefault(edition_code, {})[kind] = number
    return found


def staged_import(token: str, *, by) -> PlaceImport:
    """The list that this person has uploaded and not yet confirmed. Raises NotFound."""
    found = db.session.scalar(
        select(PlaceImport).where(PlaceImport.token == token, PlaceImport.uploaded_by_id == by.id)
    )
    if found is None:
        raise NotFound(token)
    return found


def by_code(code: str) -> Place | None:
    """The place of this code in the current edition, else in the newest edition that has it."""
    return _by_codes([code]).get(code)


def get(code: str) -> Place:
    """Like `by_code`. Raises NotFound."""
    found = by_code(code)
    if found is None:
        raise NotFound(code)
    return found


def regions() -> list[Place]:
    """The regions and the district of Bamako, by code."""
    return list(db.session.scalars(_current().where(Place.parent_code.is_(None)).order_by(Place.code)))


def children(code: str) -> list[Place]:
    """The places just below a place, by name; the arrondissements of Bamako, named by rank, by code."""
    return list(db.session.scalars(_current().where(Place.parent_code == code).order_by(*_by_name(code))))


def territories() -> list[Place]:
    """What a role may be held in: regions and cercles, each region before its cercles."""
    return list(db.session.scalars(_current().where(func.length(Place.code) <= 4).order_by(Place.code)))


def communes(code: str) -> list[Place]:
    """All communes below a region or cercle, by name; in Bamako its arrondissements, which stand in their stead."""
    lowest = "arrondissement" if code.startswith("00") else "commune"
    return list(db.session.scalars(_current().where(Place.kind == lowest, under(code)).order_by(*_by_name(code))))


def under(code: str, column=Place.code) -> ColumnElement[bool]:
    """SQL condition: the place code in `column` is this place or lies below it. An empty code is the whole country."""
    if not all(digit in "0123456789" for digit in code):
        raise ValueError(f"not a place code: {code!r}")
    return column.startswith(code)


def ancestors(code: str) -> list[Place]:
    """The places above a code, the region first, the place itself not included."""
    found = _by_codes([code[:length] for length in range(2, len(code), 2)])
    return [found[above] for above in sorted(found, key=len)]


def search(text: str, *, kinds: Iterable[str] = (), within: str = "", limit: int = 20) -> list[Place]:
    """Places whose name is like a text as somebody typed it, the best answers first.

    Accents, case and words such as "commune de" do not matter; digits alone are the beginning of a code. After a comma
    the text may say where to look: "Benkadi, Sikasso". When nothing fits, places written nearly so.
    """
    name, *where = text.split(",")
    kinds = tuple(kinds)
    scope = _current().where(under(within))
    if kinds:
        scope = scope.where(Place.kind.in_(kinds))
    if (digits := name.strip()).isdecimal() and digits.isascii():
        return list(db.session.scalars(scope.where(under(digits)).order_by(Place.code).limit(limit)))
    wanted = key(name)
    if not wanted:
        return []
    if where:
        places = [p.code for part in where for p in search(part, limit=5)]
        scope = scope.where(or_(*(under(place) for place in places))) if places else scope
    found = list(db.session.scalars(scope.where(Place.search.contains(wanted)).limit(200)))
    found.sort(key=lambda place: (*_closeness(place, wanted), Place.DEPTH[place.kind], place.name, place.code))
    return found[:limit] if found else _nearly(name, kinds, within, limit)


def gazetteer() -> Gazetteer:
    """The places of the current edition that still exist, for reading lists that people wrote."""
    return Gazetteer(
        Known(place.code, place.kind, place.name, tuple(place.aliases), place.former_region)
        for place in db.session.scalars(_current())
    )


def label(place: Place) -> str:
    """A place in words, enough to tell it from its homonyms: "Commune de Benkadi, cercle de Koutiala, région de Koutiala"."""
    return labels([place])[place.code]


def labels(places: Iterable[Place]) -> dict[str, str]:
    """`label` of each place, by code, with one query for all of them."""
    places = list(places)
    above = _by_codes({p.code[:length] for p in places for length in (2, 4) if length < len(p.code)})
    return {place.code: _label(place, above) for place in places}


def labels_of(codes: Iterable[str]) -> dict[str, str]:
    """`label` by code, for lists that keep codes; a code that no edition knows keeps itself as its label."""
    codes = set(codes)
    known = _by_codes(codes)
    return {code: code for code in codes} | labels(known.values())


def title(place: Place) -> str:
    """A place with its kind and without what lies above: "Cercle d’Ansongo"."""
    of_name = _of(place.name)
    match place.kind:
        case "region":
            return _("Region %(of_name)s", of_name=of_name)
        case "district":
            return _("District %(of_name)s", of_name=of_name)
        case "cercle":
            return _("Cercle %(of_name)s", of_name=of_name)
        case "commune":
            return _("Commune %(of_name)s", of_name=of_name)
        case _ if "arrondissement" in place.name:  # those of Bamako have a rank for a name
            return place.name
        case _:
            return _("Arrondissement %(of_name)s", of_name=of_name)


def _label(place: Place, above: dict[str, Place]) -> str:
    higher = [
        above[place.code[:length]] for length in (4, 2) if length < len(place.code) and place.code[:length] in above
    ]
    rest = [title(upper) for upper in higher]
    return ", ".join([title(place), *(words[0].lower() + words[1:] for words in rest)])


def _of(name: str) -> str:
    if name[:1].lower() in _VOWELS:
        return pgettext("before a vowel", "of %(name)s", name=name)
    return _("of %(name)s", name=name)


def _by_name(code: str) -> tuple:
    return (Place.code,) if code.startswith("00") else (Place.name, Place.code)


def _current():
    current = select(PlaceEdition.code).where(PlaceEdition.current).scalar_subquery()
    return select(Place).where(Place.edition == current, Place.obsolete_since.is_(None))


def _by_codes(codes: Iterable[str]) -> dict[str, Place]:
    rows = db.session.execute(
        select(Place, PlaceEdition.current)
        .join(PlaceEdition, PlaceEdition.code == Place.edition)
        .where(Place.code.in_(set(codes)))
        .order_by(PlaceEdition.current, PlaceEdition.code)
    )
    # Later rows win: the current edition, before it the newest.
    return {place.code: place for place, _current in rows}


def _closeness(place: Place, wanted: str) -> tuple[int, int]:
    spellings = place.search.strip("|").split("|")
    if wanted in spellings:
        return (0, 0)
    starting = [len(spelling) for spelling in spellings if spelling.startswith(wanted)]
    return (1, min(starting)) if starting else (2, min(map(len, spellings)))


def _nearly(text: str, kinds: tuple[str, ...], within: str, limit: int) -> list[Place]:
    found = gazetteer().find(text, *kinds, under=within)
    places = _by_codes(known.code for known in found.candidates)
    return [places[known.code] for known in found.candidates][:limit]
