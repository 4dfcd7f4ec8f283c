"""What people send: recognised by content, opened for real, cleaned or refused in words."""

import io
import struct
import time
import zipfile
import zlib

import pikepdf
import pytest
import xlsxwriter
from PIL import Image

from grants.core.errors import Problems
from grants.documents.checking import clean_name, examine


def picture(size=(400, 300), form="JPEG", exif=None, mode="RGB"):
    image = Image.effect_noise(size, 60).convert(mode)
    out = io.BytesIO()
    image.save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


def photo_with_place():
    exif = Image.Exif()
    exif[0x010F] = "Tecno"
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8769)[0x9003] = "2026:04:21 09:30:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (14.0, 0.0, 55.0), 3: "W", 4: (4.0, 14.0, 37.0)})
    return picture(exif=exif)


def pdf(change=None, **saving):
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **saving)
    return out.getvalue()


def refusal(data, name="x.jpg", kinds=("photo", "pdf")):
    with pytest.raises(Problems) as caught:
        examine(data, name, kinds)
    (problem,) = caught.value.problems
    return str(problem)


def test_photo_is_encoded_anew_and_its_place_and_time_are_taken_out():
    sent = photo_with_place()
    found = examine(sent, "IMG_01.JPG")
    assert (found.kind, found.mime) == ("photo", "image/jpeg")
    assert (found.latitude, found.longitude) == (14.015278, -4.243611)
    assert found.taken_at.isoformat() == "2026-04-21T09:30:05+00:00"
    assert (found.width, found.height) == (300, 400)  # turned upright
    kept = Image.open(io.BytesIO(found.data))
    assert not kept.getexif()
    assert b"Tecno" in sent
    assert b"Tecno" not in found.data


def test_place_zero_is_no_place_and_broken_exif_is_no_reason_to_refuse():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)})
    assert examine(picture(exif=exif), "a.jpg").latitude is None
    broken = (
        picture(exif=exif).replace(b"Exif\x00\x00MM", b"Exif\x00\x00MX").replace(b"Exif\x00\x00II", b"Exif\x00\x00IX")
    )
    assert examine(broken, "a.jpg").taken_at is None


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_photo_formats_are_taken(form):
    found = examine(picture(form=form), "a.bin")
    assert found.kind == "photo"
    assert Image.open(io.BytesIO(found.data)).format in ("PNG", "JPEG")


def test_large_photo_is_made_smaller():
    found = examine(picture((4000, 3000)), "a.jpg")
    assert (found.width, found.height) == (2600, 1950)


def test_what_hides_behind_the_pixels_is_gone():
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    found = examine(picture() + hidden.getvalue() + b"<script>alert(1)</script>", "a.jpg")
    assert b"PK\x03\x04" not in found.data
    assert b"<script" not in found.data


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00" + bytes(500),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"GIF89a" + bytes(50),
        b"\x7fELF",
    ],
)
def test_program_or_page_under_the_name_of_a_photo_is_refused_by_its_content(data):
    said = refusal(data, "facture.jpg")
    assert said == (
        "The file “facture.jpg” is neither a photo nor a PDF. Take a photo of the paper, or scan it as PDF."
    )


def test_empty_file_is_refused():
    assert "empty" in refusal(b"")


def test_cut_photo_is_refused_as_damaged():
    data = picture((1200, 900))
    assert "damaged" in refusal(data[: len(data) // 2])
    assert "damaged" in refusal(b"\xff\xd8\xff" + bytes(100))


def test_pixel_flood_is_refused_before_it_is_decoded():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    flood = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    flood += chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    began = time.monotonic()
    assert "60000 × 60000" in refusal(flood, "flood.png")
    assert time.monotonic() - began < 5


def test_text_bomb_inside_a_picture_is_refused():
    body = b"Comment\x00\x00" + zlib.compress(bytes(200_000_000))
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = picture(form="PNG")
    assert "damaged" in refusal(data[:33] + chunk + data[33:], "bomb.png")


def test_photo_above_the_cap_is_refused_with_its_weight(speaking):
    speaking.config["PHOTO_LIMIT"] = 1_048_576
    assert "weighs 2 MB; at most 1 MB" in refusal(picture() + bytes(1_500_000))


def test_plain_pdf_is_kept_as_it_is():
    data = pdf()
    found = examine(data, "scan.pdf")
    assert (found.kind, found.mime, found.pages, found.data) == ("pdf", "application/pdf", 1, data)


def _script(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _launch(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].Annots = pikepdf.Array([link])


def _on_page_open(document):
    document.pages[0].AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=document.make_stream(b"app.alert(1)"))
    )


def _submit(document):
    document.Root.OpenAction = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="http://x"))


def _embedded(document):
    document.attachments["a.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_script, "program"),
        (_launch, "program"),
        (_on_page_open, "program"),
        (_submit, "program"),
        (_embedded, "hides"),
    ],
)
@pytest.mark.parametrize("streams", [pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable])
def test_active_pdf_is_refused_wherever_it_hides(change, said, streams):
    assert said in refusal(pdf(change, object_stream_mode=streams), "a.pdf")


def test_locked_pdf_is_refused():
    locked = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "password" in refusal(locked)
    assert "password" in refusal(pdf(encryption=pikepdf.Encryption(owner="a", user="")))


def test_damaged_pdf_is_refused():
    assert "damaged" in refusal(b"%PDF-1.7\n" + bytes(300))


def test_pdf_of_too_many_pages_is_refused():
    def many(document):
        for _ in range(305):
            document.add_blank_page()

    assert "306 pages" in refusal(pdf(many))


def test_pdf_bomb_takes_down_nothing_but_itself():
    # 2 GB of zeros, deflated twice, in the object stream that has to be unpacked to open the file at all.
    packer = zlib.compressobj(9)
    inner = b"".join(packer.compress(bytes(10_000_000)) for _ in range(200)) + packer.flush()
    body = zlib.compress(inner, 9)
    bomb = (
        b"%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 9/W[1 4 2]/Filter[/FlateDecode/FlateDecode]/Root 2 0 R/Length "
        + str(len(body)).encode() + b">>\nstream\n" + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"
    )  # fmt: skip
    began = time.monotonic()
    refusal(bomb, "bomb.pdf")
    assert time.monotonic() - began < 40
    assert examine(pdf(), "scan.pdf").pages == 1


def workbook():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write("A1", "Mariam")
    return out.getvalue()


def test_workbook_is_taken_only_where_it_is_asked_for():
    assert examine(workbook(), "membres.xlsx", ("sheet",)).kind == "sheet"
    assert "neither a photo nor a PDF" in refusal(workbook(), "membres.xlsx")
    assert "not an Excel workbook" in refusal(pdf(), "a.xlsx", ("sheet",))


def test_hostile_workbooks_are_refused():
    def with_part(name, content):
        out = io.BytesIO(workbook())
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return out.getvalue()

    assert "macros" in refusal(with_part("xl/vbaProject.bin", b"x"), "a.xlsx", ("sheet",))
    assert "unpacks" in refusal(with_part("xl/media/a.bin", bytes(80_000_000)), "a.xlsx", ("sheet",))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "not an Excel workbook" in refusal(other.getvalue(), "a.xlsx", ("sheet",))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\facture.pdf", "facture.pdf"),
        ("fac\u202efdp.exe", "facfdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("", "file"),
        ("..", "file"),
        ("récépissé n° 4.pdf", "récépissé n° 4.pdf"),
    ],
)
def test_names_are_for_showing_only(sent, shown):
    assert clean_name(sent).replace(":", "") == shown
    assert len(clean_name("é" * 400 + ".pdf")) <= 120
