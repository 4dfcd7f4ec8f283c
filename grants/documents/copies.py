"""One layout, two files: the archive copy (PDF/A-3a) and the reading copy (PDF/UA-1). Runs inside the press only.

Both show the same pages. The archive copy carries its data as an attached JSON file and says that it may be kept for
ever; the reading copy says that it can be read aloud by a machine, and has no attachment. A file that claims both
would lose one claim when it is signed (the signature's field is not tagged), hence two.
"""

import io
import zlib
from datetime import UTC, datetime, time
from functools import cache

import pydyf
from weasyprint import CSS, Attachment, URLFetcher
from weasyprint.text.ffi import ffi, gobject, pangoft2
from weasyprint.text.fonts import FontConfiguration

from grants.documents import quickened

ATTACHED = "donnees.json"
VARIANT = "pdf/a-3a"


@cache
def _fonts():
    # Loading fonts costs more than setting a page; nothing in the templates brings fonts of its own, so all documents
    # of a press may share what is loaded.
    return FontConfiguration()


def take_fonts_anew():
    """Give this process, a child by `fork`, a map of fonts of its own; the files of the fonts stay loaded.

    Pango from 1.52 on (Debian 13, Ubuntu 24.04) asks for fonts in a thread that belongs to the map, and `fork` takes no thread
    along: a child that goes on with its parent's map waits for ever for an answer.
    """
    fonts = _fonts()
    fonts.left_to_the_parent = fonts.font_map  # kept: letting go of it would wake the thread that is not there
    fonts.font_map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
    pangoft2.pango_fc_font_map_set_config(ffi.cast("PangoFcFontMap *", fonts.font_map), fonts._config)


def fetcher():
    """Fetches `data:` addresses and refuses everything else."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


@cache
def sheet(css):
    """Return the parsed style sheet of this text."""
    return CSS(string=css, base_url="about:blank", font_config=_fonts(), url_fetcher=fetcher())


def write(html, css, *, data, on, mark=None):
    """Return `(archive, reading)`, two PDFs of one layout; `data` (JSON text) is attached to the first, dated `on`.

    `mark(number)` is what is drawn on a page beside its layout, in the operators of PDF; no page is marked without it.
    """
    document = _laid_out(html, css)
    made = []

    def finish(_document, pdf):
        if mark is not None:
            _mark(pdf, mark)
        _pack(pdf)
        made[:] = pdf, len(pdf.objects)

    day = datetime.combine(on, time(), tzinfo=UTC)
    attached = Attachment(
        string=data, name=ATTACHED, description="Les données du document", relationship="Data", created=day, modified=day,
        base_url="about:blank", url_fetcher=fetcher(),
    )  # fmt: skip
    archive = document.write_pdf(pdf_variant=VARIANT, attachments=[attached], finisher=finish)
    return archive, _reading(*made, document)


def write_plain(html, css):
    """Return one PDF/UA-1 without attachment: for papers that are printed and not issued."""
    return _laid_out(html, css).write_pdf(pdf_variant="pdf/ua-1", finisher=lambda _document, pdf: _pack(pdf))


def _laid_out(html, css):
    return quickened.source(html, fetcher()).render(
        font_config=_fonts(), stylesheets=[sheet(css)], pdf_variant=VARIANT, pdf_tags=True
    )


def _mark(pdf, mark):
    leaves = [thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary) and thing.get("Type") == "/Page"]
    streams = {thing.reference: thing for thing in pdf.objects if isinstance(thing, pydyf.Stream)}
    for number, leaf in enumerate(leaves, 1):
        # Before all else: what the layout does to the coordinates comes after. No reading aloud stops at it.
        streams[leaf["Contents"]].stream.insert(0, b"/Artifact BMC q " + mark(number) + b" Q EMC")


class _Set(pydyf.Object):
    """An object of the file, written out: both copies and their identifiers are put together from it."""

    def __init__(self, original, data):
        super().__init__()
        self.number, self.data, self.compressible = original.number, data, original.compressible

    data = None
    compressible = False


def _pack(pdf):
    """Write each object out once, for both copies, streams compressed; the file's description stays readable."""
    # The typesetter names the attachment twice.
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for place, thing in enumerate(pdf.objects):
        if thing is pdf.catalog or thing.free == "f":
            continue
        if isinstance(thing, pydyf.Stream) and thing.extra.get("Type") == "/Metadata":
            thing.compress = False
        pdf.objects[place] = _Set(thing, thing.data)


def _written(stream):
    """What a stream is in the file: as `pydyf` writes it, at a faster level, and with an end that nobody misreads."""
    data = b"\n".join(map(pydyf._to_bytes, stream.stream))
    extra = pydyf.Dictionary(stream.extra.copy())
    if stream.compress:
        extra["Filter"] = "/FlateDecode"
        data = zlib.compress(data, 6)
    extra["Length"] = len(data)
    # Where the last byte is a carriage return, a lone line feed after it would look like one end of line with it.
    end = b"\r\nendstream" if data[-1:] == b"\r" else b"\nendstream"
    return b"".join((extra.data, b"\nstream\n", data, end))


# Here, in the press, and not in a class of our own: the index and the packed objects are streams that `pydyf` makes.
pydyf.Stream.data = property(_written)


def _reading(pdf, count, document):
    """Write the same objects again without what makes an archive: the attachment and the claim."""
    # What the first writing added at the end (its index and its packed objects) is made anew by the second.
    del pdf.objects[count:]
    names = pdf.catalog.pop("Names")["EmbeddedFiles"]
    described = pdf.catalog["Metadata"]
    attached = pdf.catalog.pop("AF")
    for thing in pdf.objects:
        if thing.reference == described:
            thing.data = _claim(document)
        elif thing.reference == names or thing.reference in attached:
            # Numbers of objects are places in the index: what nothing names any more stays, emptied.
            thing.data = b"<<>>"
        elif isinstance(thing, _Set) and not thing.compressible and b"/Type /EmbeddedFile" in thing.data[:400]:
            thing.data = b"<</Length 0>>\nstream\n\nendstream"
    out = io.BytesIO()
    pdf.current_position = 0
    pdf.write(out, b"1.7", True, True)
    return out.getvalue()


def _claim(document):
    """The description of the reading copy: the same title, author and days, and the claim of PDF/UA-1."""
    holder = pydyf.PDF()
    document.metadata.include_in_pdf(holder, "ua", 1, conformance=None, compress=False)
    return holder.objects[-1].data
