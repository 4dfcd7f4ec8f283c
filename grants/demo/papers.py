"""Papers and photos for the demonstration: plain PDFs that say what they stand for, and drawn pictures of sites."""

import hashlib
import io
import random
from functools import cache

from PIL import Image, ImageDraw

from grants.core.references import new_uuid
from grants.core.uploads import Upload
from grants.documents import storage
from grants.documents.checking import Examined

PICTURES = 8
_SIZE = (800, 600)


def paper(title: str, name: str = "piece.pdf") -> Upload:
    """A PDF of one page with a title, as if it had passed the checks."""
    data = _pdf(title)
    digest = hashlib.sha256(data).hexdigest()
    examined = Examined(kind="pdf", mime="application/pdf", sha256=digest, data=data, name=name, pages=1)
    return Upload(new_uuid(), name, "application/pdf", len(data), examined)


def scanned(contract) -> Upload:
    """The printed contract as it comes from the scanner: its own pages, so their codes say which is which."""
    digest = contract.document.sha256
    data, name = storage.get(digest), f"convention-signee-{contract.reference}.pdf"
    examined = Examined(kind="pdf", mime="application/pdf", sha256=digest, data=data, name=name, pages=contract.pages)
    return Upload(new_uuid(), name, "application/pdf", len(data), examined)


def photo(number: int, name: str = "site.jpg") -> Upload:
    """A drawn picture of a site; there are `PICTURES` different ones."""
    data = _picture(number % PICTURES)
    digest = hashlib.sha256(data).hexdigest()
    width, height = _SIZE
    examined = Examined(
        kind="photo", mime="image/jpeg", sha256=digest, data=data, name=name, width=width, height=height
    )
    return Upload(new_uuid(), name, "image/jpeg", len(data), examined)


@cache
def _pdf(title: str) -> bytes:
    """A valid PDF 1.4 of one A4 page; its text is written in the encoding of the standard fonts."""
    plain = title.replace("’", "'").encode("cp1252", "replace").decode("cp1252")
    shown = plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    text = f"BT /F1 16 Tf 60 760 Td ({shown}) Tj 0 -28 Td /F1 11 Tf (Document de démonstration) Tj ET"
    stream = text.encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, starts = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        starts.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for start in starts:
        out.write(b"%010d 00000 n \n" % start)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


@cache
def _picture(number: int) -> bytes:
    """A village square in plain shapes: sky, sun, ground, houses, a tree, animals or boxes."""
    chance = random.Random(f"picture {number}")  # noqa: S311 (a drawing, no secret)
    width, height = _SIZE
    image = Image.new("RGB", _SIZE, chance.choice(("#9cc9e8", "#b9d7ea", "#e6cfa1")))
    draw = ImageDraw.Draw(image)
    horizon = chance.randint(280, 340)
    draw.ellipse((620, 50, 700, 130), fill="#f7e08a")
    draw.rectangle((0, horizon, width, height), fill=chance.choice(("#c79a5b", "#b98a52", "#d0a76a")))
    for _ in range(chance.randint(2, 4)):
        left, size = chance.randint(20, 620), chance.randint(80, 140)
        draw.rectangle((left, horizon - size // 2, left + size, horizon + size // 2), fill="#8f5f38")
        draw.polygon(
            (
                (left - 15, horizon - size // 2),
                (left + size // 2, horizon - size),
                (left + size + 15, horizon - size // 2),
            ),
            fill="#6f4a2b",
        )
        draw.rectangle((left + size // 3, horizon, left + 2 * size // 3, horizon + size // 2), fill="#3d2817")
    trunk = chance.randint(80, 700)
    draw.rectangle((trunk, horizon - 90, trunk + 18, horizon + 60), fill="#5a3d22")
    draw.ellipse((trunk - 70, horizon - 190, trunk + 90, horizon - 50), fill="#4f7a3a")
    for _ in range(chance.randint(4, 9)):
        x, y = chance.randint(30, 720), chance.randint(horizon + 90, height - 60)
        colour = chance.choice(("#f4efe4", "#3b2a1d", "#a96f3d"))
        draw.ellipse((x, y, x + 60, y + 34), fill=colour)
        draw.ellipse((x + 48, y - 14, x + 72, y + 10), fill=colour)
        for leg in (10, 44):
            draw.rectangle((x + leg, y + 28, x + leg + 6, y + 52), fill=colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()
