"""Files between two posts of a form (the `Keeper` of `core.uploads`)."""

from werkzeug.datastructures import FileStorage

from grants.access.models import Person
from grants.core.database import db
from grants.core.references import new_uuid
from grants.core.uploads import Upload
from grants.documents import operations, queries, storage
from grants.documents.checking import Examined, examine
from grants.documents.models import StoredFile


class StoreKeeper:
    """Checks posted files, and keeps those that passed until the rest of the form is right."""

    def receive(self, file: FileStorage, kinds: tuple[str, ...]) -> Upload:
        """Check a posted file. Raises Problems in the person's words."""
        examined = examine(file.read(), file.filename, kinds)
        return Upload(new_uuid(), examined.name, examined.mime, len(examined.data), examined)

    def keep(self, upload: Upload, person_id: int) -> None:
        """Keep a checked file for a person."""
        if isinstance(upload.content, Examined) and queries.kept_file(upload.token, person_id) is None:
            operations.store(upload.content, by=db.session.get(Person, person_id), uuid=upload.token)

    def recall(self, token: str, person_id: int) -> Upload | None:
        """The file kept under a token for this person."""
        file = queries.kept_file(token, person_id)
        return upload_of(file) if file is not None else None


def upload_of(file: StoredFile) -> Upload:
    """A stored file in the shape that forms know."""
    return Upload(file.uuid, file.name, file.mime, file.size, file)


def bytes_of(upload: Upload) -> bytes:
    """The bytes of a file that a form holds, fresh or kept."""
    content = upload.content
    return content.data if isinstance(content, Examined) else storage.get(content.sha256)
