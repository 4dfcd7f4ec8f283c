"""Words for the codes of complaints, and the categories, which are data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from grants.core.texts import pick

CHANNELS = {
    "office": _l("At the office"),
    "phone": _l("By telephone"),
    "box": _l("Complaints box"),
    "agent": _l("Through a field agent"),
    "page": _l("On the public page"),
}
FINDINGS = {
    "founded": _l("Founded"),
    "partly": _l("Partly founded"),
    "unfounded": _l("Unfounded"),
}
SERVICES = {
    "mediation": _l("Mediation: chiefs, elders, reconciliation committee"),
    "authority": _l("Authority: town hall, prefecture, courts, police"),
    "health": _l("Health centre or social service"),
}
TOLD = {
    "person": _l("Face to face"),
    "phone": _l("By telephone"),
    "agent": _l("Through a field agent"),
    "page": _l("The person read the answer on the public page"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """What a complaint is about. `sealed`: read only by those who handle complaints."""

    code: str
    words: dict
    sealed: bool

    @property
    def label(self) -> str:
        return pick(self.words)


@cache
def categories() -> dict[str, Category]:
    """All categories by code, in the order in which people are asked."""
    source = (Path(__file__).parent / "categories.toml").read_text(encoding="utf-8")
    return {
        code: Category(code, entry["label"], entry.get("sealed", False))
        for code, entry in tomllib.loads(source).items()
    }
