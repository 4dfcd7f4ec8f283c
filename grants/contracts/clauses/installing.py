"""The texts that come with the product: version 1 of every part, and of the provisions of every kind of micro-project."""

from sqlalchemy import select

from grants.calls.kinds import kinds
from grants.contracts.clauses.parts import SPECIAL, parts
from grants.contracts.models import ClauseSet, ClauseVersion
from grants.core import clock
from grants.core.database import db

FIRST_DAY_REASON = "Texte livré avec le produit"


def install_shipped() -> int:
    """Publish the shipped texts where a part or a kind has none yet; return how many were new. May be run again."""
    there = set(db.session.scalars(select(ClauseSet.code)))
    wanted = [(part.code, part.code, None, part.text) for part in parts().values()]
    for code, kind in kinds().items():
        if kind.clauses:
            wanted.append((f"{SPECIAL}:{code}", SPECIAL, code, lettered(kind.clauses)))
    new = [one for one in wanted if one[0] not in there]
    for code, part, kind, text in new:
        made = ClauseSet(code=code, part=part, kind=kind)
        db.session.add(made)
        db.session.flush()
        now = clock.now()
        version = ClauseVersion(
            set_id=made.id, number=1, text=text, reason=FIRST_DAY_REASON, shipped=True, written_at=now, published_at=now,
            # The texts of the product hold for every day on which a contract may have been printed.
            valid_from=clock.today().replace(year=2000, month=1, day=1),
        )  # fmt: skip
        db.session.add(version)
    db.session.flush()
    return len(new)


def lettered(paragraphs) -> str:
    """Paragraphs as a list with letters, in the way in which people write it."""
    return "\n".join(f"{chr(97 + number % 26)}) {' '.join(text.split())}" for number, text in enumerate(paragraphs))
