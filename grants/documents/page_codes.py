"""Reads the QR codes on scanned pages. Runs inside the press only: the decoders are C libraries fed by strangers.

Each page of a contract carries its own code: the address of the document and the number of the page. What a page of a
scan really is can so be read from the paper itself, whatever the order or the name of the files.
"""

import io

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from grants.documents.decoding import PDF_PAGES, Rejected

# Dots an inch: enough for a code of 14 mm; the second try is for scans that were small to begin with.
FIRST, SECOND = 150, 300
# A page may declare any size; a picture of it never has a longer side than this.
LONGEST_SIDE = 4000


def pdf(data):
    """Return the texts of the codes on each page of a PDF, a list a page."""
    try:
        opened = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Rejected("damaged_pdf") from error
    if len(opened) > PDF_PAGES:
        raise Rejected("too_many_pages", pages=len(opened), limit=PDF_PAGES)
    return {"pages": [_page(opened[number]) for number in range(len(opened))]}


def photo(data):
    """Return the texts of the codes on a photo, as one page."""
    try:
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L")
    except Exception as error:
        raise Rejected("damaged_photo") from error
    found = _codes(picture)
    if not found:
        # Thin codes on a soft photo are read once they are larger and of even contrast.
        larger = ImageOps.autocontrast(picture, cutoff=2)
        larger = larger.resize((larger.width * 3 // 2, larger.height * 3 // 2), Image.Resampling.LANCZOS)
        found = _codes(larger)
    return {"pages": [found]}


def _page(page):
    for dots in (FIRST, SECOND):
        scale = min(dots / 72, LONGEST_SIDE / max(page.get_size()))
        found = _codes(page.render(scale=scale, grayscale=True).to_pil())
        if found:
            return found
    return []


def _codes(picture):
    return sorted({code.text for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)})
