"""What comes in: each file is recognised by its content, opened for real in the press, and cleaned or refused.

The name and the declared type are never evidence. A refusal is in words for the person who sent the file: what is
wrong with it, and what to do instead.
"""

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.core.clock import BAMAKO
from grants.core.errors import Problem, Problems
from grants.documents import decoding, scanning
from grants.documents.sandbox import Failed, the_press

PHOTO_LIMIT = 10 * 1024 * 1024
PDF_LIMIT = 20 * 1024 * 1024
SHEET_LIMIT = 5 * 1024 * 1024
RETURN_LIMIT = 20 * 1024 * 1024
# Texts that a bank or an operator sends back: asked for as "return", kept as sheets, and read by whoever asked for them.
RETURNS = {"csv": "text/csv", "xml": "application/xml"}

# What the first bytes say → the kind under which forms ask for it.
KINDS = {"jpeg": "photo", "png": "photo", "webp": "photo", "pdf": "pdf", "zip": "sheet"}

ASK = {
    ("photo",): _l("The file “%(name)s” is not a photo. Take a photo of it with the telephone."),
    ("pdf",): _l("The file “%(name)s” is not a PDF. Scan the paper as PDF."),
    ("photo", "pdf"): _l(
        "The file “%(name)s” is neither a photo nor a PDF. Take a photo of the paper, or scan it as PDF."
    ),
    ("sheet", "return"): _l(
        "The file “%(name)s” is neither a table (.csv, .xlsx) nor a message of a bank (.xml). Ask for one of these."
    ),
    ("sheet",): _l("The file “%(name)s” is not an Excel workbook (.xlsx). Save it as .xlsx and send it again."),
}
ASK_ANY = _l("The file “%(name)s” is of a type that is not taken here.")

# The code of a refusal (decoding.Rejected) → words.
REFUSALS = {
    "damaged_photo": _l("The photo “%(name)s” is damaged and cannot be opened. Take it again."),
    "too_many_pixels": _l(
        "The photo “%(name)s” is too large (%(width)s × %(height)s points). "
        "Choose a lower resolution in the camera and take it again."
    ),
    "too_few_pixels": _l("The photo “%(name)s” is too small to show anything. Take it again."),
    "damaged_pdf": _l("The PDF “%(name)s” is damaged and cannot be opened. Scan the paper again."),
    "encrypted_pdf": _l("The PDF “%(name)s” is locked with a password. Save it without one and send it again."),
    "empty_pdf": _l("The PDF “%(name)s” has no page. Scan the paper again."),
    "too_many_pages": _l("The PDF “%(name)s” has %(pages)s pages; at most %(limit)s are taken. Send it in parts."),
    "too_complex_pdf": _l("The PDF “%(name)s” is too complex to be checked. Print it and scan the print."),
    "pdf_with_script": _l(
        "The PDF “%(name)s” holds a program or a form that acts by itself. Print it as PDF, or scan the paper."
    ),
    "pdf_with_embedded": _l("The PDF “%(name)s” hides other files. Send each file by itself."),
    "zip_bomb": _l("The workbook “%(name)s” unpacks to far too much. Send only the sheets that are needed."),
    "xlsx_with_macros": _l("The workbook “%(name)s” holds macros or other files. Save it as plain .xlsx."),
    "damaged_xlsx": _l("The workbook “%(name)s” is damaged and cannot be opened. Save it again as .xlsx."),
    "too_heavy": _l("The file “%(name)s” is too heavy to be opened. Make it smaller, or send it in parts."),
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that passed: ``data`` are the bytes to keep (photos encoded anew), ``sha256`` is theirs, in hex.

    ``kind`` is "photo", "pdf" or "sheet"; sizes in pixels; ``taken_at`` aware, from the phone's clock read as Malian
    time; ``latitude`` and ``longitude`` in degrees (WGS 84); ``pages`` of a PDF. What does not apply is None.
    ``scan_state`` is "clean" or "unscanned" (what is infected does not pass).
    """

    kind: str
    mime: str
    sha256: str
    data: bytes
    name: str
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    pages: int | None = None
    scan_state: str = "unscanned"


def examine(data, filename, kinds=("photo", "pdf")):
    """Check the bytes of one file and return what is to be kept (see ``Examined``).

    ``kinds`` says what is taken here: "photo", "pdf", "sheet", "return" (CSV and XML). Raises Problems with one
    refusal in the person's words.
    """
    name = clean_name(filename)
    found = decoding.recognise(data)
    kind = KINDS.get(found)
    if kind is None and "return" in kinds and (found := _text(data)) is not None:
        kind = "return"
    if not data:
        raise _refusal(_l("The file “%(name)s” is empty. Choose it again."), name)
    if kind not in kinds:
        raise _refusal(ASK.get(tuple(kinds), ASK_ANY), name)
    _check_size(data, kind, name)
    try:
        facts, kept = _open(data, found)
    except Failed as failed:
        if failed.code == "unknown_type":
            raise _refusal(ASK.get(tuple(kinds), ASK_ANY), name) from failed
        words = REFUSALS.get(failed.code)
        if words is None:
            current_app.logger.error("examining a file failed: %s", failed)
            words = REFUSALS["too_heavy"]
        raise _refusal(words, name, **failed.details) from failed
    scan_state = scanning.scan(data)
    if scan_state == "infected":
        raise _refusal(_l("The file “%(name)s” carries a virus. Do not send it again; have the device checked."), name)
    taken = facts.pop("taken_at", None)
    return Examined(
        **facts | {"kind": "sheet" if kind == "return" else kind},
        data=kept,
        scan_state=scan_state,
        name=name,
        sha256=hashlib.sha256(kept).hexdigest(),
        taken_at=datetime.fromisoformat(taken).replace(tzinfo=BAMAKO) if taken else None,
    )


def clean_name(filename):
    """Return the name of a file as people may see it again: no folders, no control signs, no reversed writing.

    It is shown and offered for download, and never used as a path.
    """
    last = re.split(r"[/\\]", filename or "")[-1]
    shown = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
    shown = " ".join(shown.split()).strip(" .")
    stem, dot = os.path.splitext(shown)
    return (stem[: 120 - len(dot[:12])] + dot[:12]) or _("file")


def _text(data):
    """ "csv" or "xml" for what is a text and nothing else; None for what holds signs that no text holds."""
    begin = data[:4096]
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    if any(sign < 32 and sign not in b"\t\n\r\x0c" for sign in begin):
        return None
    return "xml" if begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "csv"


def _open(data, found):
    if found in RETURNS:
        return {"kind": "sheet", "mime": RETURNS[found]}, data
    if found in ("jpeg", "png", "webp"):
        return the_press.run("photo", data, kind=found)
    facts, _made = the_press.run("xlsx" if found == "zip" else "pdf", data)
    return facts, data


def _check_size(data, kind, name):
    limit = {
        "photo": current_app.config.get("PHOTO_LIMIT", PHOTO_LIMIT),
        "pdf": current_app.config.get("PDF_LIMIT", PDF_LIMIT),
        "sheet": SHEET_LIMIT,
        "return": RETURN_LIMIT,
    }[kind]
    if len(data) > limit:
        raise _refusal(
            _l(
                "The file “%(name)s” weighs %(size)s MB; at most %(limit)s MB are taken. "
                "Make it smaller, or send it in parts."
            ),
            name,
            size=-(-len(data) // 1_048_576),
            limit=limit // 1_048_576,
        )


def _refusal(words, name, **details):
    # The words are lazy: their placeholders are filled here, in the language of the request.
    return Problems([Problem(str(words) % {"name": name, **details})])
