"""Papers and photos as they come from a field office: real files, each different from the others."""

import itertools
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

_numbers = itertools.count(1)


def _picture(text: str) -> Image.Image:
    number = next(_numbers)
    picture = Image.effect_noise((640, 480), 50).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 600, 160), fill="white")
    draw.text((60, 80), f"{text} {number}", fill="black", font_size=36)
    return picture


def scan(folder: Path, name: str) -> Path:
    """A scanned page as a PDF."""
    target = folder / f"{name}-{next(_numbers)}.pdf"
    _picture(name).save(target, "PDF", resolution=72)
    return target


def scanned(folder: Path, printed: Path) -> Path:
    """A printed PDF as it comes back from the scanner: pictures of its pages, a little soft, in one file."""
    opened, target = pypdfium2.PdfDocument(printed), folder / f"scan-{next(_numbers)}.pdf"
    pages = [opened[number].render(scale=2).to_pil().convert("L") for number in range(len(opened))]
    pages[0].save(target, "PDF", resolution=144, save_all=True, append_images=pages[1:])
    return target


def photo(folder: Path, name: str) -> Path:
    """A photo of a telephone."""
    target = folder / f"{name}-{next(_numbers)}.jpg"
    _picture(name).save(target, "JPEG", quality=70)
    return target
