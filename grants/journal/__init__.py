"""The append-only history that every slice writes to."""

from grants.journal.chain import GENESIS, digest
from grants.journal.checkpoints import checkpoint
from grants.journal.models import Event
from grants.journal.operations import FOR, SYSTEM_NAME, Line, record, record_each
from grants.journal.queries import hands, history, last_event, who_did, who_did_each
from grants.journal.wording import say, sentence

__all__ = [
    "FOR",
    "GENESIS",
    "SYSTEM_NAME",
    "Event",
    "Line",
    "checkpoint",
    "digest",
    "hands",
    "history",
    "last_event",
    "record",
    "record_each",
    "say",
    "sentence",
    "who_did",
    "who_did_each",
]
