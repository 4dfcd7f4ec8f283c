"""Reading official lists without a database: every fault has its file and row."""

import io
import zipfile

import pytest

from grants.places import official

CERCLES = b"code,nom,code_region\n0505,Konna,05\n"


def faults(**files: bytes) -> list[tuple[str, int]]:
    listing = official.read_files({name.replace("_", "."): data for name, data in files.items()})
    return [(fault.file, fault.row) for fault in listing.faults]


def test_the_places_that_come_with_the_program_are_whole():
    listing = official.base_listing()
    assert listing.faults == []
    assert official.orphans(listing.entries, set()) == []
    kinds = [entry.kind for entry in listing.entries]
    assert {kind: kinds.count(kind) for kind in official.KINDS} == {
        "region": 19, "district": 1, "cercle": 159, "arrondissement": 7, "commune": 0,
    }  # fmt: skip
    names = {entry.code: entry.name for entry in listing.entries}
    assert (names["0403"], names["0604"], names["1804"]) == ("Barouéli", "Niafunké", "N'Gouma")
    former = {entry.code: entry.former_region for entry in listing.entries if entry.former_region}
    assert former["18"] == former["19"] == "Mopti"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("05", "region"), ("00", "district"), ("0505", "cercle"), ("0004", "arrondissement"), ("050501", "arrondissement"),
     ("05050101", "commune"), ("00010101", None), ("000101", None), ("5", None), ("0505010", None), ("05 5", None), ("٠٥", None)],
)  # fmt: skip
def test_the_code_says_the_kind(code, kind):
    assert official.kind_of_code(code) == kind


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_byte_order_marks_and_line_ends_do_not_matter(separator):
    text = "\ufeffcode,nom\r\n0505,Konna\r\n\r\n".replace(",", separator)
    listing = official.read_files({"cercles.csv": text.encode()})
    assert [(entry.code, entry.name, entry.row) for entry in listing.entries] == [("0505", "Konna", 2)]
    assert listing.faults == []


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (b"code,nom\n050,Konna\n", 2), (b"code,nom\n0505,\n", 2), (b"code,nom\n0505,Konna,de trop\n", 2),
        (b"code,nom\n0505,Konna\n0505,Konna\n", 3), (b"code,nom,code_region\n0505,Konna,06\n", 2), (b"nom\nKonna\n", 1),
        (b"code\n0505\n", 1), (b"", 1), ("code,nom\n0505,Gossi é\n".encode("latin-1"), 0), (b"code,nom\0\n", 0),
        (b"code,nom\n0505," + b"x" * 81 + b"\n", 2), (b"code,nom\n0001,Bamako\n", 2),
    ],
)  # fmt: skip
def test_a_broken_row_is_named(data, row):
    assert faults(cercles_csv=data) == [("cercles.csv", row)]


def test_all_faults_come_at_once():
    assert faults(cercles_csv=b"code,nom\n1,a\n0505,\n0506,Korientz\xc3\xa9\n", communes_csv=b"nom\nx\n") == [
        ("cercles.csv", 2), ("cercles.csv", 3), ("communes.csv", 1),
    ]  # fmt: skip


def test_a_place_without_one_above_it_is_an_orphan():
    listing = official.read_files({"cercles.csv": CERCLES})
    assert [fault.row for fault in official.orphans(listing.entries, set())] == [2]
    assert official.orphans(listing.entries, {"05"}) == []


def test_unknown_and_missing_files_are_faults():
    assert faults(villages_csv=b"code,nom\n") == [("", 0), ("villages.csv", 0)]


def zipped(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def test_an_archive_is_read_wherever_its_files_lie():
    listing = official.read_upload(
        "mali.zip", zipped(("a/b/Cercles.csv", CERCLES), ("README.md", b"x"), ("../../cercles.txt", b"x"))
    )
    assert [entry.name for entry in listing.entries] == ["Konna"]
    assert listing.faults == []


def test_archives_that_are_damaged_double_or_far_too_large_are_faults(monkeypatch):
    whole = zipped(("cercles.csv", CERCLES * 50))
    spoilt = whole[:40] + b"\xff\xff\xff" + whole[43:]
    assert official.read_upload("x.zip", spoilt).faults
    with pytest.warns(UserWarning, match="Duplicate"):
        double = zipped(("cercles.csv", CERCLES), ("cercles.csv", CERCLES))
    assert official.read_upload("x.zip", double).faults
    monkeypatch.setattr(official, "LARGEST_FILE", 10)
    assert official.read_upload("x.zip", zipped(("cercles.csv", CERCLES))).faults
    assert official.read_upload("cercles.csv", CERCLES).faults


def test_packing_and_reading_are_inverse():
    packed = official.packed({"cercles.csv": CERCLES, "communes.csv": b"code,nom\n05050101,Konna\n"})
    assert [entry.code for entry in official.read_upload("lists.zip", packed).entries] == ["0505", "05050101"]
