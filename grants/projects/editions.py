"""Which version of its kind a file runs on: the one it began with, whatever the files of kinds have become."""

from functools import lru_cache

from grants.calls import kinds
from grants.core.database import db
from grants.projects.models import KindEdition, Project


def keep(kind: kinds.Kind) -> KindEdition:
    """The kept copy of a kind; made when the first application of this version begins."""
    edition = db.session.get(KindEdition, kind.hash)
    if edition is None:
        edition = KindEdition(hash=kind.hash, code=kind.code, data=dict(kind.data))
        db.session.add(edition)
        db.session.flush()
    return edition


def kind_of(project: Project) -> kinds.Kind:
    """The kind of a file in the version that it began with."""
    return _by_hash(project.kind_hash)


# The hash is that of the content: what was read once holds for ever and in every database.
@lru_cache(maxsize=64)
def _by_hash(digest: str) -> kinds.Kind:
    for kind in kinds.kinds().values():
        if kind.hash == digest:
            return kind
    return kinds.read(db.session.get_one(KindEdition, digest).data)
