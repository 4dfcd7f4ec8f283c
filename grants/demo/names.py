"""Invented people and groups: real names of the centre and north of Mali, put together by a seeded generator."""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGIONS = {"04": "segou", "05": "mopti", "06": "tombouctou", "07": "gao", "18": "douentza", "19": "bandiagara"}
# The spoken languages of groups, by region.
LANGUAGES = {
    "04": ("bamanankan",),
    "05": ("fulfulde", "bozo", "bamanankan"),
    "06": ("songhay", "tamasheq"),
    "07": ("songhay", "tamasheq"),
    "18": ("fulfulde", "songhay"),
    "19": ("dogoso", "fulfulde"),
}


@dataclass(frozen=True, slots=True)
class Village:
    """A village with the national codes of its commune and cercle."""

    name: str
    commune: str
    cercle: str


@cache
def _words() -> dict:
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))


def of(place: str) -> str:
    """“de Djenné”, “d’Ansongo”."""
    return f"d’{place}" if place[0] in "AEIOUÉÈÊÂ" else f"de {place}"


class Names:
    """Draws names; nobody and no group gets the same one twice."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        self._taken: set[str] = set()

    def person(self, region: str | None, sex: str) -> str:
        """A first and a family name as they are met in a region."""
        words = _words()["people"]
        families = words["families_of"].get(region, words["families"])
        while True:
            first = self.chance.choice(words["women" if sex == "F" else "men"])
            name = f"{first} {self.chance.choice(families if self.chance.random() < 0.8 else words['families'])}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def village(self, region: str) -> Village:
        """A village of a region."""
        villages = _words()["villages"]
        cercle = self.chance.choice(sorted(code for code in villages if code.startswith(region)))
        one = self.chance.choice(villages[cercle])
        return Village(one["name"], one["commune"], cercle)

    def group(self, village: Village) -> str:
        """What a group of a village calls itself."""
        while True:
            name = f"{self.chance.choice(_words()['groups'])['name']} {of(village.name)}"
            if name not in self._taken:
                self._taken.add(name)
                return name
            village = Village(
                f"{village.name} {self.chance.choice(('I', 'II', 'Nord', 'Sud'))}", village.commune, village.cercle
            )
