"""The parts of a contract: twenty articles in a fixed order, and the provisions that belong to a kind of micro-project.

Titles and order are the product's own, so that no programme can leave an article out; the words of each are versioned.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

# Where the provisions of the kind of micro-project are printed: at the end of the group's duties.
SPECIAL = "special"
SPECIAL_AFTER = "group_duties"


@dataclass(frozen=True, slots=True)
class Part:
    """One article. `number` is 1 to 20, None for the provisions of a kind; `needs` must be named in every text of it."""

    code: str
    number: int | None
    title: str
    needs: tuple[str, ...]
    text: str

    @property
    def heading(self) -> str:
        """« 7. Versements »."""
        return f"{self.number}. {self.title}" if self.number else self.title


@cache
def parts() -> Mapping[str, Part]:
    """Every part by its code, in the order of the contract, the special provisions last."""
    data = tomllib.loads(Path(__file__).with_name("shipped.toml").read_text(encoding="utf-8"))
    made = {}
    for number, one in enumerate(data["parts"], 1):
        special = one["code"] == SPECIAL
        made[one["code"]] = Part(
            one["code"], None if special else number, one["title"], tuple(one["needs"]), one["text"].strip("\n")
        )
    return MappingProxyType(made)
