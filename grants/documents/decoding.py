"""Opens what people send: photos, PDF files and spreadsheets.

Every function here is meant to run inside the press (see ``press.py``): a process without secrets, with a limit on
memory and time, because the decoders below it are large C libraries fed with bytes from strangers. Nothing here
knows the application; a refusal is a ``Rejected`` with a code, and ``checking.py`` puts it in words.
"""

import io
import re
import zipfile
from datetime import UTC, datetime

import pikepdf
from PIL import ExifTags, Image, ImageFile, ImageOps

# A phone of 2026 takes photos of 12 to 50 megapixels; JPEG is decoded at a reduced scale, so it may be large.
JPEG_PIXELS = 120_000_000
OTHER_PIXELS = 40_000_000
# A4 photographed at this size is read without effort, and weighs a quarter of the original.
LONG_SIDE = 2600
THUMBNAIL_SIDE = 280
PDF_PAGES = 300
PDF_OBJECTS = 60_000
XLSX_UNPACKED = 60_000_000
XLSX_PARTS = 2_000

_TAKEN = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")

SIGNATURES = (
    ("jpeg", b"\xff\xd8\xff"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("pdf", b"%PDF-"),
    ("zip", b"PK\x03\x04"),
)


class Rejected(Exception):
    """The bytes are refused; ``code`` names why (the codes are the keys of ``checking.REFUSALS``)."""

    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.details = details


def recognise(data):
    """Return "jpeg", "png", "webp", "pdf", "zip" or None, from the first bytes only: names are not evidence."""
    for kind, signature in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return None


def photo(data, kind):
    """Decode a photo, take place and time from its EXIF, and encode it anew without any of it.

    Returns ``(facts, bytes)``. The new bytes hold pixels only: what was hidden behind them (a ZIP, a script, the
    owner's name, the serial number of the phone) is gone.
    """
    picture = _opened(data, kind)
    facts = _exif(picture)
    lossless = kind == "png" and not _is_photograph(picture)
    try:
        if kind == "jpeg":
            picture.draft("RGB", (LONG_SIDE, LONG_SIDE))
        picture = ImageOps.exif_transpose(picture)
        picture = _flat(picture)
    except Rejected:
        raise
    except Exception as error:
        # Pillow raises OSError, SyntaxError, ValueError, struct.error… on damaged files: all mean the same to us.
        raise Rejected("damaged_photo") from error
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if lossless:
        picture.save(out, "PNG", optimize=True)
    else:
        picture.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    facts |= {
        "kind": "photo",
        "mime": "image/png" if lossless else "image/jpeg",
        "width": picture.width,
        "height": picture.height,
    }
    return facts, out.getvalue()


def thumbnail(data):
    """Return a small JPEG (``THUMBNAIL_SIDE`` pixels at most on each side) of a photo that ``photo`` has made."""
    picture = Image.open(io.BytesIO(data))
    picture.draft("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    picture = _flat(picture)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=66, optimize=True, progressive=True)
    return out.getvalue()


def _opened(data, kind):
    Image.MAX_IMAGE_PIXELS = None  # our own limits, by format, come before any pixel is decoded
    # The typesetter, loaded in the same process, switches this on: half a photo would then pass for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        picture = Image.open(io.BytesIO(data), formats=[kind.upper()])
    except Exception as error:
        raise Rejected("damaged_photo") from error
    limit = JPEG_PIXELS if kind == "jpeg" else OTHER_PIXELS
    width, height = picture.size
    if width * height > limit or max(width, height) > 30_000:
        raise Rejected("too_many_pixels", width=width, height=height)
    if min(width, height) < 8:
        raise Rejected("too_few_pixels", width=width, height=height)
    return picture


def _is_photograph(picture):
    """A PNG with true colours is a photo sent by a messenger; one with few colours is a drawing or a screen."""
    return picture.mode in ("RGB", "RGBA") and picture.width * picture.height > 2_000_000


def _flat(picture):
    """Return RGB or grey pixels on white: transparency would hide a part of the paper from one viewer or another."""
    picture.load()
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return picture.convert("L" if picture.mode in ("1", "L", "I", "I;16") else "RGB")


def _exif(picture):
    """Return taken_at (local time of the phone, ISO without zone), latitude and longitude in degrees, or None each.

    A broken EXIF block is no reason to refuse a photo: it only proves nothing.
    """
    facts = {"taken_at": None, "latitude": None, "longitude": None}
    try:
        exif = picture.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        taken = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # noqa: BLE001  Pillow raises many kinds of errors on broken blocks
        return facts
    if written := _TAKEN.fullmatch(str(taken).strip("\x00 ")):
        year, month, day, *clock = map(int, written.groups())
        try:
            # The telephone writes its local time without a zone; the reader of these facts adds the zone.
            facts["taken_at"] = datetime(year, month, day, *clock, tzinfo=UTC).replace(tzinfo=None).isoformat()
        except ValueError:
            pass
    latitude = _degrees(place.get(2), place.get(1), "S", 90)
    longitude = _degrees(place.get(4), place.get(3), "W", 180)
    # 0, 0 lies in the Gulf of Guinea: it is what phones write when they do not know where they are.
    if latitude is not None and longitude is not None and (latitude, longitude) != (0.0, 0.0):
        facts["latitude"], facts["longitude"] = latitude, longitude
    return facts


def _degrees(parts, reference, negative, limit):
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 <= value <= limit:  # also refuses NaN
        return None
    return round(-value if str(reference).upper().startswith(negative) else value, 6)


# Names that make a PDF act: scripts, programs, other files, films, forms that send themselves.
ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
ACTIVE_KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/EmbeddedFiles": "embedded",
    "/EF": "embedded",
    "/RichMedia": "script",
    "/XFA": "script",
}


def pdf(data):
    """Open a PDF and return ``{"kind", "mime", "pages"}``; anything active, encrypted or hidden is refused.

    The bytes are kept as they came (a signed scan must keep its signature), so nothing active may be in them.
    """
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True, attempt_recovery=True) as opened:
            if opened.is_encrypted:
                raise Rejected("encrypted_pdf")
            pages = len(opened.pages)
            if not pages:
                raise Rejected("empty_pdf")
            if pages > PDF_PAGES:
                raise Rejected("too_many_pages", pages=pages, limit=PDF_PAGES)
            _refuse_active(opened)
    except Rejected:
        raise
    except pikepdf.PasswordError as error:
        raise Rejected("encrypted_pdf") from error
    except Exception as error:
        raise Rejected("damaged_pdf") from error
    return {"kind": "pdf", "mime": "application/pdf", "pages": pages}


def _refuse_active(opened):
    if len(opened.objects) > PDF_OBJECTS:
        raise Rejected("too_complex_pdf")
    waiting = [opened.trailer, *opened.objects]
    looked_at = 0
    while waiting:
        thing = waiting.pop()
        looked_at += 1
        if looked_at > PDF_OBJECTS * 20:
            raise Rejected("too_complex_pdf")
        if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
            for key, value in thing.items():
                if key in ACTIVE_KEYS:
                    raise Rejected(f"pdf_with_{ACTIVE_KEYS[key]}")
                if key == "/S" and isinstance(value, pikepdf.Name) and str(value) in ACTIVE_ACTIONS:
                    raise Rejected("pdf_with_script")
                if _direct(value):
                    waiting.append(value)
        elif isinstance(thing, pikepdf.Array):
            waiting.extend(value for value in thing if _direct(value))


def _direct(value):
    """Indirect objects are all in ``objects`` already: following them too would never end in a loop of references."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream) and not value.is_indirect


def xlsx(data):
    """Look into an XLSX without trusting it: parts counted, sizes bounded while really unpacking, no macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise Rejected("unknown_type")
            if len(names) > XLSX_PARTS:
                raise Rejected("zip_bomb")
            if any("vbaproject" in name.lower() or name.startswith(("xl/embeddings", "xl/activeX")) for name in names):
                raise Rejected("xlsx_with_macros")
            left = XLSX_UNPACKED
            for name in names:
                # Sizes written in the archive can lie, so we count what comes out.
                with archive.open(name) as part:
                    while block := part.read(1 << 16):
                        left -= len(block)
                        if left < 0:
                            raise Rejected("zip_bomb")
    except Rejected:
        raise
    except Exception as error:
        raise Rejected("damaged_xlsx") from error
    return {"kind": "xlsx", "mime": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
