"""How fast documents are set, beside bare WeasyPrint: `python -m benchmarks.documents [--size 40]`.

Prints the wall time of one contract through a warm press, and of a batch on all cores; for comparison WeasyPrint alone
sets the same HTML once (one PDF, no checks, no limits, this process, its first document not counted). The batch should
take no more than 1.3 × (bare time × size ÷ cores), and its memory should not grow with its size.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def bare(html: str, css: str, rounds: int) -> tuple[float, float]:
    """(wall, processor) seconds that WeasyPrint takes for the same pages, by itself: parse, lay out, write a PDF/UA-1."""
    from weasyprint import CSS, HTML

    return best(rounds, lambda: HTML(string=html).write_pdf(stylesheets=[CSS(string=css)], pdf_variant="pdf/ua-1"))


def layout(html: str, css: str, rounds: int) -> tuple[float, float]:
    """As `bare`, for the layout alone, style and fonts loaded before: no document can be quicker than its layout."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheets = [CSS(string=css, font_config=fonts)]
    return best(rounds, lambda: HTML(string=html).render(stylesheets=sheets, font_config=fonts))


def best(rounds: int, once) -> tuple[float, float]:
    """The least (wall, processor) seconds of some rounds after a first one: what it takes when nobody else works here."""
    pairs = []
    once()
    for _number in range(rounds):
        gc.collect()
        started, used = time.perf_counter(), time.process_time()
        once()
        pairs.append((time.perf_counter() - started, time.process_time() - used))
    return least(pairs)


def least(pairs) -> tuple[float, float]:
    """The least of each of two columns."""
    return tuple(map(min, zip(*pairs, strict=True)))


def resident(pids) -> int:
    """Megabytes of memory of these processes together (Linux)."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                total += int(line.split()[1])
    return total // 1024


def batch(whole: dict, size: int) -> tuple[float, float, list[int]]:
    """(wall, processor) seconds for `size` contracts on all cores, and the memory at its tenths."""
    from grants.documents.batch import cores, presses
    from grants.documents.rendering import pressed

    count, memory = cores(), []
    with presses(count) as free, ThreadPoolExecutor(count) as pool:

        def one(_number):
            press = free.get()
            try:
                pressed("contract", whole, press=press)
                return press.cpu, press.process.pid
            finally:
                free.put(press)

        list(pool.map(one, range(count)))  # the presses load their libraries
        started, pids, used = time.perf_counter(), set(), 0.0
        for number, (cpu, pid) in enumerate(pool.map(one, range(size)), 1):
            pids.add(pid)
            used += cpu
            if number % max(size // 10, 1) == 0:
                memory.append(resident({*pids, os.getpid()}))
                print(f"  {number:5} of {size}  {time.perf_counter() - started:7.1f} s  {memory[-1]} MB", flush=True)
        return time.perf_counter() - started, used, memory


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--size", type=int, default=40, help="contracts in the batch (1000 for the full measure)")
    size = options.parse_args().size
    from grants.documents import fonts, plain, setting
    from grants.documents.batch import cores
    from grants.documents.rendering import pressed
    from grants.documents.sandbox import the_press
    from tests.unit.documents import samples

    folder = tempfile.mkdtemp()
    path = Path(folder, "fonts.conf")
    path.write_text(fonts.fontconfig(Path(folder, "cache")), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(path)
    whole = samples.sample("contract")
    html = setting.text("contract.html", plain.loads(plain.dumps(whole)))
    css = setting.css(fonts.needed(fonts.signs(html)))
    alone, floor = bare(html, css, 7), layout(html, css, 7)
    pressed("contract", whole)
    times = []
    for _number in range(9):
        started = time.perf_counter()
        pressed("contract", whole)
        times.append((time.perf_counter() - started, the_press.cpu))
    one = least(times)
    print("                                     wall   processor")
    print(f"bare WeasyPrint, one PDF          {alone[0]:6.3f} s  {alone[1]:6.3f} s")
    print(
        f"  of it the layout, all loaded    {floor[0]:6.3f} s  {floor[1]:6.3f} s   the floor, unless WeasyPrint is quicker"
    )
    ratios = f"{one[0] / alone[0]:.2f} and {one[1] / alone[1]:.2f} × bare"
    print(f"warm press, both copies           {one[0]:6.3f} s  {one[1]:6.3f} s   {ratios}")
    wall, used, memory = batch(whole, size)
    print(f"batch of {size} on {cores()} cores, each      {wall / size:6.3f} s  {used / size:6.3f} s")
    fair, cost = alone[0] * size / cores(), used / size / alone[1]
    print(f"  {wall / fair:.2f} × (bare wall × size ÷ cores), {cost:.2f} × bare in processor time")
    print(f"  memory {memory[0]} → {memory[-1]} MB")


if __name__ == "__main__":
    main()
