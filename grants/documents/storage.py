"""The store of bytes: one file per content, named by its SHA-256, outside the web root.

The database says what a file is and who may see it; here are only bytes. A file appears whole or not at all, and is on
the disk before the transaction that names it commits; one that no row names (its transaction failed) does no harm.
"""

import hashlib
import os
import tempfile
import time
from pathlib import Path

from flask import current_app


class Damaged(RuntimeError):
    """The bytes in the store are missing or are not those that were put in."""


def put(data):
    """Store bytes and return their SHA-256 (hex). Bytes that are there already are not written again."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if path.exists() and path.stat().st_size == len(data):
        os.utime(path)  # see `drop`
        return digest
    _write(path, data)
    return digest


def get(digest):
    """Return the bytes of a SHA-256, checked. Raises Damaged when they are gone or changed."""
    try:
        data = path_of(digest).read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"{digest} is not in the store") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise Damaged(f"{digest} has changed in the store")
    return data


def digest_of_file(path):
    """Return the SHA-256 (hex) of a file, read in blocks."""
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def path_of(digest):
    """Return where the bytes of a SHA-256 stand, whether they do or not."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return _root() / "content" / digest[:2] / digest[2:4] / digest


def thumbnail(digest, make):
    """Return the small picture of a photo; `make(bytes)` makes it the first time. It can be made again at any time."""
    path = _thumbnail_path(digest)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        small = make(get(digest))
        _write(path, small)
        return small


def drop(digest):
    """Remove bytes that no row names any more, and the small picture made of them; return whether they went.

    Bytes that were put within a day stay: their row may be in a transaction that has not ended.
    """
    path = path_of(digest)
    if not path.exists() or time.time() - path.stat().st_mtime < 86_400:
        return False
    path.unlink(missing_ok=True)
    _thumbnail_path(digest).unlink(missing_ok=True)
    return True


def _thumbnail_path(digest):
    return _root() / "thumbnails" / digest[:2] / f"{digest}.jpg"


def _root():
    return Path(current_app.config["STORAGE_PATH"])


def _write(path, data):
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    # The name itself must survive a power cut too.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
