"""Finding a place by a name as somebody wrote it: pure, over a list of known places."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from grants.places.spelling import fold, key

# Measured on the 814 communes and on spellings met in lists of groups: below 72 of 100 nearly every answer is another
# place; a name of four letters or fewer looks like too many others.
CLOSE_ENOUGH = 72
CLOSE_ENOUGH_SHORT = 85
SHORT = 4
MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Known:
    """A place that may be written about: code, kind, name, the other spellings of its name, its former region."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    former_region: str | None = None


@dataclass(frozen=True)
class Found:
    """The answer: `place` when the spelling leaves no doubt, else `candidates` (best first, possibly none)."""

    place: Known | None = None
    candidates: tuple[Known, ...] = ()


class Gazetteer:
    """The known places, searchable by name, kind and the code that they must lie under."""

    def __init__(self, places: Iterable[Known]):
        self._by_code = {place.code: place for place in places}
        self._by_key: dict[str, list[Known]] = defaultdict(list)
        for place in self._by_code.values():
            for spelling in {key(text) for text in (place.name, *place.aliases)} | {_bare(place.name)}:
                self._by_key[spelling].append(place)

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> Known | None:
        return self._by_code.get(code)

    def under(self, code: str, *kinds: str) -> list[Known]:
        """The places of these kinds below a code, by code."""
        return sorted(
            (p for p in self._by_code.values() if p.kind in kinds and p.code.startswith(code) and p.code != code),
            key=lambda place: place.code,
        )

    def find(self, text: str, *kinds: str, under: str = "") -> Found:
        """The place of these kinds that a text names, looked for below the code `under`.

        Accents, case, apostrophes, hyphens and words such as "commune de" do not matter. Anything else that
        differs makes candidates, never a match: a person decides.
        """
        keys = {key(text), _bare(text)} - {""}
        if not keys:
            return Found()
        exact = self._distinct(place for k in keys for place in self._by_key.get(k, ()) if _fits(place, kinds, under))
        if len(exact) == 1:
            return Found(place=exact[0])
        if exact:
            return Found(candidates=tuple(sorted(exact, key=lambda place: place.code)))
        return Found(candidates=self._near(key(text), kinds, under))

    def _near(self, wanted: str, kinds: tuple[str, ...], under: str) -> tuple[Known, ...]:
        if not wanted:
            return ()
        spellings = [k for k, places in self._by_key.items() if any(_fits(place, kinds, under) for place in places)]
        cutoff = CLOSE_ENOUGH_SHORT if len(wanted) <= SHORT else CLOSE_ENOUGH
        near = process.extract(wanted, spellings, scorer=fuzz.ratio, score_cutoff=cutoff, limit=MOST_CANDIDATES)
        places = (place for spelling, _, _ in near for place in self._by_key[spelling] if _fits(place, kinds, under))
        return tuple(self._distinct(places)[:MOST_CANDIDATES])

    @staticmethod
    def _distinct(places: Iterable[Known]) -> list[Known]:
        return list({place.code: place for place in places}.values())


def _fits(place: Known, kinds: tuple[str, ...], under: str) -> bool:
    return (not kinds or place.kind in kinds) and place.code.startswith(under)


def _bare(text: str) -> str:
    return fold(text).replace(" ", "")
