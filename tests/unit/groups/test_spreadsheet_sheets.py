"""Headings, sections, places, twins, and files that are not what they say."""

import io
import zipfile

import pytest

from grants.groups.spreadsheet import workbook as opening
from tests.unit.groups.workbooks import GOOD, HEADINGS, places, read_bytes, read_rows, workbook


def others(number: int) -> dict:
    """A group that has nothing in common with another."""
    names = ["Jigiya", "Danaya", "Wassa", "Kawral", "Nafasoro"]
    return {"Nom du groupement": names[number], "N° récépissé": f"9{number}", "Téléphone": f"6600000{number}"}


def test_headings_below_titles_in_any_order_and_spelling():
    headings = (
        "TELEPHONE", "NBRE DE FEMMES", "Nb hommes", "Prénom et nom de la présidente", "village/quartier", "COMMUNE", "cercle",
        "REGION", "forme juridique", "n° du recepisse", "date d'obtention", "Dénomination du groupement",
    )  # fmt: skip
    row = ("66712345", 10, 2, "Awa Bah", "Konna", "Konna", "Konna", "Mopti", "SCOOPS", "12", "12/03/2019", "Benkadi")
    sheet = read_bytes(workbook(("PROGRAMME DE COHÉSION",), None, ("Liste 2026",), None, headings, None, row))
    assert sheet.problems == []
    (group,) = sheet.rows
    assert (group.row, group.name, group.president_phone) == (7, "Benkadi", "+22366712345")


def test_totals_repeated_headings_and_notes_are_no_groups():
    totals = ("Total", None, None, None, None, None, None, None, "=SUM(I2:I3)", 2)
    sheet = read_bytes(workbook(HEADINGS, GOOD, HEADINGS, None, totals, ("Fait à Konna",)))
    assert [row.row for row in sheet.rows] == [2]
    assert [(p.row, str(p.severity)) for p in sheet.problems] == [(6, "warning")]


def test_a_section_says_where_the_groups_below_it_live():
    headings = tuple(h for h in HEADINGS if h not in ("Région", "Cercle"))
    row = tuple(v for h, v in zip(HEADINGS, GOOD, strict=True) if h in headings)
    sheet = read_bytes(workbook(headings, ("REGION DE MOPTI",), ("CERCLE DE KONNA",), row))
    assert sheet.problems == []
    assert sheet.rows[0].place_code == "05050101"


def test_several_sheets_are_read_and_named():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook(HEADINGS, GOOD, title="Konna")))
    second = book.create_sheet("Mopti")
    for row in (HEADINGS, ("Jigiya", *GOOD[1:2], "7", *GOOD[3:12], "12")):
        second.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read_bytes(buffer.getvalue())
    assert [(row.sheet, row.row) for row in sheet.rows] == [("Konna", 2), ("Mopti", 2)]
    assert [(p.sheet, p.row, p.column) for p in sheet.problems] == [("Mopti", 2, "M")]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Type", "kind"),
        ("Femmes", "women"),
        ("Téléphone", "president_phone"),
        ("Présidente", "president_name"),
        ("Village", "village"),
    ],
)
def test_a_missing_column_is_said_once_and_no_row_is_ready(heading, field):
    sheet = read_rows({}, others(1), headings=tuple(h for h in HEADINGS if h != heading))
    assert [(p.field, p.row, p.column) for p in sheet.problems] == [(field, 1, None)]
    assert len(sheet.rows) == 2
    assert sheet.ready == []


def test_a_column_that_nobody_understands_is_said():
    sheet = read_bytes(workbook((*HEADINGS, "Couleur"), (*GOOD, "bleu")))
    assert [(str(p.severity), p.column, p.heading) for p in sheet.problems] == [("warning", "N", "Couleur")]
    assert sheet.rows[0].state == "ready"


def place(**written):
    (row,) = read_rows(written).rows
    return row


@pytest.mark.parametrize("region", ["Mopti", "MOPTI", "  mopti ", "Région de Mopti", "region de mopti"])
@pytest.mark.parametrize("cercle", ["Konna", "CERCLE DE KONNA", "konna"])
def test_places_whatever_accents_case_and_rank(region, cercle):
    row = place(Région=region, Cercle=cercle, Commune="Commune rurale de Konna")
    assert (row.region_code, row.cercle_code, row.commune_code) == ("05", "0505", "05050101")
    assert row.problems == []


def test_a_slip_is_offered_and_never_taken_unseen():
    row = place(Commune="Borondugu")
    assert (row.commune_code, row.state) == (None, "choice")
    (problem,) = row.problems
    assert [c.value for c in problem.candidates] == ["05050201"]
    (row,) = read_rows({"Commune": "Borondugu"}, answers={problem.key: "05050201"}).rows
    assert (row.place_code, row.state) == ("05050201", "ready")


def test_a_name_like_no_place_is_an_error():
    row = place(Cercle="Xyloparc", Commune="Nullepart")
    assert {(p.field, str(p.severity)) for p in row.problems} == {("cercle", "error"), ("commune", "error")}


def test_the_region_of_before_2023_is_put_right_with_a_warning():
    row = place(Région="Mopti", Cercle="Koro", Commune="Bamba")
    assert (row.region_code, row.commune_code, row.state) == ("19", "19020201", "ready")
    assert [(p.field, str(p.severity)) for p in row.problems] == [("region", "warning")]


def test_the_cercle_of_before_2023_is_put_right_with_a_warning():
    row = place(Cercle="Mopti", Commune="Konna")
    assert (row.cercle_code, row.commune_code) == ("0505", "05050101")
    assert [(p.field, str(p.severity)) for p in row.problems] == [("cercle", "warning")]


def test_a_cercle_of_another_region_is_asked():
    row = place(Région="Gao", Cercle="Konna")
    assert row.state == "choice"
    assert row.cercle_code is None


def test_homonyms_are_told_apart_by_what_lies_above_or_asked():
    assert place(Région="Gao", Cercle="Bamba", Commune="Bamba").commune_code == "07050101"
    row = place(Région=None, Cercle=None, Commune="Benkadi")
    assert row.state == "choice"
    assert [c.value for p in row.problems for c in p.candidates] == ["15010101", "16010101"]


def test_a_commune_alone_says_the_rest():
    row = place(Région=None, Cercle=None, Commune="Derary")
    assert (row.region_code, row.cercle_code, row.problems) == ("05", "0502", [])


def test_bamako_has_arrondissements_and_needs_no_cercle():
    row = place(Région="District de Bamako", Cercle=None, Commune="IVe arrondissement")
    assert (row.place_code, row.problems) == ("0004", [])
    assert place(Région="Bamako", Cercle="Bamako", Commune="Commune IV").state == "choice"
    row = place(Région="Bamako", Cercle=None, Commune=None)
    assert [(p.field, str(p.severity)) for p in row.problems] == [("commune", "error")]


def test_without_the_list_of_communes_the_name_is_kept():
    (row,) = read_rows({}, gazetteer=places(base_only=True)).rows
    assert (row.place_code, row.commune_name, row.problems) == ("0505", "Konna", [])


def test_the_same_group_written_anew_is_asked():
    sheet = read_rows(
        {},
        others(1),
        {"Nom du groupement": "Coopérative BENKADI de Konna", "N° récépissé": "77", "Téléphone": "66000009"},
    )
    assert [(p.row, p.field, str(p.severity)) for p in sheet.problems] == [(4, "name", "choice")]


def test_the_same_receipt_is_asked_and_can_be_kept():
    change = {**others(1), "N° récépissé": "N° 12/p-m"}
    sheet = read_rows({}, change)
    ((question, rows),) = sheet.questions()
    assert (question.field, rows) == ("registration", [3])
    assert [r.state for r in read_rows({}, change, answers={question.key: "keep"}).rows] == ["ready", "ready"]
    assert [r.state for r in read_rows({}, change, answers={question.key: "leave_out"}).rows] == ["ready", "left_out"]


def test_the_same_telephone_is_only_a_warning():
    sheet = read_rows({}, {**others(1), "Téléphone": "0022366712345"})
    assert [(p.row, p.field, str(p.severity)) for p in sheet.problems] == [(3, "president_phone", "warning")]


def test_the_same_name_in_another_village_is_another_group():
    assert read_rows({}, {**others(1), "Nom du groupement": "Benkadi", "Village": "Diré"}).problems == []


def refusal(data: bytes) -> str:
    sheet = read_bytes(data)
    assert sheet.rows == []
    (problem,) = sheet.problems
    assert (str(problem.severity), problem.row) == ("error", None)
    return str(problem.message)


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The same archive with some parts put in or replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("data", [b"", b"nom;type\nBenkadi;GIE\n", b"PK\x03\x04 broken", b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused(data):
    assert "not a spreadsheet" in refusal(data)


def test_old_and_encrypted_files_are_named():
    assert "password" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_a_damaged_workbook_is_refused():
    good = workbook(HEADINGS, GOOD)
    assert "damaged" in refusal(repacked(good, **{"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}))
    assert refusal(good[: len(good) // 2])


def test_a_bomb_is_refused_before_it_is_unpacked():
    zeros = b" " * (opening.LARGEST_CONTENT + 1)
    assert "far more" in refusal(repacked(workbook(HEADINGS, GOOD), **{"xl/media/image1.xml": zeros}))


def test_entities_are_refused():
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    assert "refused" in refusal(repacked(workbook(HEADINGS, GOOD), **{"xl/sharedStrings.xml": evil}))


def test_a_file_too_large_is_refused():
    assert "larger" in refusal(b"PK" + b"\0" * opening.LARGEST_FILE)


def test_more_rows_than_are_read_is_said(monkeypatch):
    monkeypatch.setattr(opening, "MOST_ROWS", 3)
    sheet = read_bytes(workbook(HEADINGS, GOOD, *[("x",)] * 60))
    assert any(str(p.severity) == "error" and p.row is None for p in sheet.problems)


def test_a_workbook_without_a_list_says_what_is_missing():
    assert "headings" in refusal(workbook(("bonjour",), ("rien", "ici")))
