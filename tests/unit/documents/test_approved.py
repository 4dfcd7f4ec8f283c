"""What documents say and how their pages look, beside what was approved.

Texts and small pictures of the pages stand in tests/documents/approved. After a change that is wanted, look at the new
pages and renew them: `BENKAN_RENEW_APPROVED=1 python -m pytest tests/unit/documents/test_approved.py`.
"""

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from grants.documents.kinds import KINDS
from grants.documents.rendering import render
from tests.unit.documents import samples

FOLDER = Path(__file__).resolve().parents[2] / "documents" / "approved"
RENEW = bool(os.environ.get("BENKAN_RENEW_APPROVED"))
# Points an inch: headings, tables and boxes are seen, letters are not.
RESOLUTION = 28
# Share of ink that may lie elsewhere: another version of the drawing library smooths edges otherwise.
TOLERANCE = 0.02


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """`printed(kind)`: the path of the reading copy of its sample."""
    made = {}

    def of(kind):
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp("printed") / f"{kind}.pdf"
            made[kind].write_bytes(render(kind, samples.sample(kind)).reading)
        return made[kind]

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_text_is_the_approved_one(printed, kind):
    said = subprocess.run(
        ["pdftotext", "-layout", printed(kind), "-"], capture_output=True, text=True, check=True
    ).stdout
    said = "\n".join(" ".join(line.split()) for line in said.splitlines() if line.strip()) + "\n"
    approved = FOLDER / f"{kind}.txt"
    if RENEW:
        approved.write_text(said, encoding="utf-8")
    assert said == approved.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_pages_look_as_approved(printed, kind, tmp_path):
    subprocess.run(["pdftoppm", "-r", str(RESOLUTION), "-gray", "-png", printed(kind), tmp_path / "page"], check=True)
    pages = [Image.open(path) for path in sorted(tmp_path.glob("page*.png"))]
    strip = Image.new("L", (sum(page.width for page in pages), pages[0].height), 255)
    left = 0
    for page in pages:
        strip.paste(page, (left, 0))
        left += page.width
    approved = FOLDER / f"{kind}.png"
    if RENEW:
        strip.quantize(16).save(approved, optimize=True)
    there = Image.open(approved).convert("L")
    assert there.size == strip.size, "another number of pages"
    difference = ImageChops.difference(strip, there).point(lambda value: 255 if value > 64 else 0)
    share = difference.histogram()[255] / (strip.width * strip.height)
    assert share <= TOLERANCE, f"{share:.1%} of the points differ"


def test_a_page_that_moved_would_be_seen(printed):
    there = Image.open(FOLDER / "receipt.png").convert("L")
    moved = ImageChops.offset(there, 0, 12)
    difference = ImageChops.difference(there, moved).point(lambda value: 255 if value > 64 else 0)
    assert difference.histogram()[255] / (there.width * there.height) > TOLERANCE


def test_an_order_in_parts_is_one_page_with_its_visas(tmp_path):
    said = samples.sample("payment_order")
    part = {"holder": said["payee"]["holder"], "account": "Orange Money, 76 00 00 14", "on": said["on"]}
    paper = tmp_path / "order.pdf"
    paper.write_bytes(render("payment_order", {**said, "transfers": [{**part, "amount": 475_000}] * 3}).reading)
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    assert "Cette somme part en 3 versements" in text
    assert "Visas" in text
    assert "Page 1 / 1" in text
