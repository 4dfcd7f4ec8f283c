"""Versions of workflows: the published ones, drafts of new ones, trying one on past files, moving running files."""

from grants.lifecycle.versions.published import (
    HOUSE_PROMISES,
    SHIPPED,
    Installed,
    definition_of,
    install_shipped,
    known,
    newest,
    newest_definitions,
    proved,
    version_of,
)

__all__ = [
    "HOUSE_PROMISES", "SHIPPED", "Installed", "definition_of", "install_shipped", "known", "newest",
    "newest_definitions", "proved",
    "version_of",
]  # fmt: skip
