"""Files on their way in: what a form holds between the browser and the store.

The slice that stores files puts a *keeper* into `app.extensions["file_keeper"]`; forms know only this shape.
"""

from dataclasses import dataclass
from typing import Protocol

from flask import current_app
from werkzeug.datastructures import FileStorage


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that passed the checks, not yet attached to anything. Size in bytes.

    `token` names it when the form comes back for correction; `content` is what the keeper made of it.
    """

    token: str
    name: str
    mime: str
    size: int
    content: object


class Keeper(Protocol):
    """What the store offers to forms."""

    def receive(self, file: FileStorage, kinds: tuple[str, ...]) -> Upload:
        """Check a posted file; raises `Problems` in words for the person."""

    def keep(self, upload: Upload, person_id: int) -> None:
        """Keep a checked file for a person until their form is right. Runs in a transaction of its own."""

    def recall(self, token: str, person_id: int) -> Upload | None:
        """The file kept under a token for this person, if there is one."""


def keeper() -> Keeper:
    return current_app.extensions["file_keeper"]
