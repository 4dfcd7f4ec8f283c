"""Names in N'Ko and in Arabic letters, as they look on paper: joined, from right to left, with the marks in their places."""

import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from grants.documents.rendering import render
from tests.unit.documents import samples
from tests.unit.documents.test_approved import FOLDER, RENEW

NAMES = {"nko": "ߞߐߣߍ߫ ߓߊ߲߬ߓߊ߬ߘߍ߲", "arabic": "عبد الله محمّد"}
RESOLUTION = 200


def drawn(folder: Path, name: str) -> tuple[Image.Image, str]:
    """The name as it is printed, cut out of the page, and the fonts of the page."""
    context = samples.sample("receipt")
    context["group"]["officers"][2]["name"] = name
    path = folder / "receipt.pdf"
    path.write_bytes(render("receipt", context).reading)
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    found = [
        [float(edge) for edge in box]
        for *box, word in re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', boxes)
        if any(0x600 <= ord(sign) < 0x800 for sign in word)
    ]
    first = [box for box in found if abs(box[1] - found[0][1]) < 6]
    left, upper = min(box[0] for box in first), min(box[1] for box in first)
    right, lower = max(box[2] for box in first), max(box[3] for box in first)
    subprocess.run(
        ["pdftoppm", "-r", str(RESOLUTION), "-gray", "-png", "-f", "1", "-l", "1", path, folder / "p"], check=True
    )
    page = Image.open(next(iter(sorted(folder.glob("p*.png"))))).convert("L")
    scale = RESOLUTION / 72
    return page.crop(tuple(int(edge * scale) for edge in (left - 2, upper - 3, right + 2, lower + 3))), fonts


def differ(one: Image.Image, other: Image.Image) -> float:
    """The share of the ink of two pictures that lies elsewhere."""
    if one.size != other.size:
        return 1.0
    ink = sum(ImageOps.invert(one).histogram()[128:]) or 1
    apart = ImageChops.difference(one, other).point(lambda value: 255 if value > 96 else 0)
    return apart.histogram()[255] / ink


@pytest.mark.parametrize("script", NAMES)
def test_a_name_looks_as_approved(script, tmp_path):
    (tmp_path / "right").mkdir()
    picture, fonts = drawn(tmp_path / "right", NAMES[script])
    assert {"nko": "Noto-Sans-NKo", "arabic": "Noto-Naskh-Arabic"}[script] in fonts
    approved = FOLDER / f"script_{script}.png"
    if RENEW:
        picture.quantize(16).save(approved, optimize=True)
    there = Image.open(approved).convert("L")
    assert differ(picture, there) < 0.15
    # The same letters from left to right, or each by itself, would be seen.
    assert differ(ImageOps.mirror(picture), there) > 0.5
