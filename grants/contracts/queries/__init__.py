"""What is read about contracts and their texts."""

from grants.contracts.queries.contracts import find, latest, live, printed_texts, scan_files, visible
from grants.contracts.queries.texts import history, set_of, sets, texts_for, version_of

__all__ = [
    "find", "history", "latest", "live", "printed_texts", "scan_files", "set_of", "sets", "texts_for", "version_of",
    "visible",
]  # fmt: skip
