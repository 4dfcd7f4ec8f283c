"""What people write in a cell, and what it becomes."""

from datetime import date

import pytest

from grants.groups.accounts import iban_of, rib_key
from tests.unit.groups.workbooks import read_rows


def one(**change):
    sheet = read_rows({heading.replace("_", " "): value for heading, value in change.items()})
    (row,) = sheet.rows
    return row


def severities(row, field):
    return [str(problem.severity) for problem in row.problems if problem.field == field]


def test_a_good_row_has_no_problem():
    row = one()
    assert row.problems == []
    assert row.state == "ready"
    assert row.place_code == "05050101"
    assert (row.women, row.men, row.youth) == (10, 2, 4)


@pytest.mark.parametrize(
    "written",
    [
        "66 71 23 45", "66712345", 66712345, 66712345.0, "66.71.23.45", "66-71-23-45", "66 - 71 - 23 - 45", "66/71/23/45",
        "+223 66 71 23 45", "+22366712345", "0022366712345", "00223 66 71 23 45", "(+223) 66712345", 22366712345, "223 66712345",
        "Tél : 66 71 23 45", "66\u00a071\u00a023\u00a045",
    ],
)  # fmt: skip
def test_a_phone_in_any_form(written):
    row = one(Téléphone=written)
    assert row.president_phone == "+22366712345"
    assert row.problems == []


@pytest.mark.parametrize(
    "written",
    ["66712345/76123456", "66 71 23 45 ou 76 12 34 56", "66712345;76123456", "66 71 23 45\n76 12 34 56", "6671234576123456",
     "66 71 23 45 - 76 12 34 56", "+22366712345 +22376123456", "66712345, 76 12 34 56"],
)  # fmt: skip
def test_two_phones_in_one_cell(written):
    row = one(Téléphone=written)
    assert (row.president_phone, row.other_phone) == ("+22366712345", "+22376123456")
    assert severities(row, "president_phone") == ["warning"]


@pytest.mark.parametrize("written", ["66 71 23 4", "667123456", "6671O345", "12345678", "Awa", 66712345.5, "12"])
def test_a_phone_that_cannot_be_is_an_error(written):
    row = one(Téléphone=written)
    assert row.president_phone is None
    assert severities(row, "president_phone") == ["error"]


def test_a_foreign_phone_is_kept_with_a_warning():
    row = one(Téléphone="+221 77 123 45 67")
    assert row.president_phone == "+221771234567"
    assert severities(row, "president_phone") == ["warning"]


@pytest.mark.parametrize(
    "written",
    [
        "12/03/2019", "12-3-19", "2019-03-12", "12 mars 2019",
        "12 MARS 19", "le mardi 12 mars 2019", "12.03.2019", "12-mars-2019",
        date(2019, 3, 12), 43536, 43536.0, 12032019, 20190312, "12 mar. 2019",
    ],
)  # fmt: skip
def test_a_day_in_any_form(written):
    row = one(Date_récépissé=written)
    assert row.registration_date == date(2019, 3, 12)
    assert row.problems == []


@pytest.mark.parametrize(
    "written", ["1er août 2018", "01/08/2018", "1 aout 2018", "1er Août 18", "1 aoùt 2018", "01/8/18"]
)
def test_the_first_of_a_month(written):
    assert one(Date_récépissé=written).registration_date == date(2018, 8, 1)


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2020",
        "12/05/2031",
        date(2031, 5, 12),
        "mars 2019",
        2019,
        "2019",
        "03/2019",
        "hier",
        "12/03/1912",
        -1.7976931348623155e308,
        7,
    ],
)
def test_a_day_that_cannot_be_or_is_not_whole_is_an_error(written):
    row = one(Date_récépissé=written)
    assert row.registration_date is None
    assert severities(row, "registration_date") == ["error"]


def test_a_month_in_front_makes_the_column_doubtful():
    sheet = read_rows(
        {"Date récépissé": "03/25/2019"},
        {"Date récépissé": "03/04/2019", "Nom du groupement": "Jigiya", "N° récépissé": "2", "Téléphone": "66000001"},
        {"Date récépissé": "25/03/2019", "Nom du groupement": "Danaya", "N° récépissé": "3", "Téléphone": "66000002"},
        {"Date récépissé": "05/05/2019", "Nom du groupement": "Wassa", "N° récépissé": "4", "Téléphone": "66000003"},
    )
    assert [row.registration_date for row in sheet.rows] == [None, None, date(2019, 3, 25), date(2019, 5, 5)]
    offered = [[c.value for c in p.candidates] for p, _ in sheet.questions()]
    assert offered == [["2019-03-25"], ["2019-04-03", "2019-03-04"]]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("SCOOPS", "scoops"), ("s.coop.s", "scoops"), ("Société coopérative simplifiée", "scoops"), ("Coop-CA", "coop_ca"),
        ("asociation", "association"), ("G.I.E.", "gie"), ("Groupement d’intérêt économique", "gie"), ("Informel", "informal"),
    ],
)  # fmt: skip
def test_a_kind_in_many_spellings(written, kind):
    row = one(Type=written)
    assert row.kind == kind
    assert row.problems == []


def test_coop_alone_is_read_as_scoops_with_a_warning():
    row = one(Type="Coop")
    assert (row.kind, severities(row, "kind"), row.state) == ("scoops", ["warning"], "ready")


@pytest.mark.parametrize("written", ["Groupement féminin", "Ministère"])
def test_words_that_do_not_say_the_kind_are_asked(written):
    row = one(Type=written)
    assert (row.kind, row.state) == (None, "choice")


@pytest.mark.parametrize(
    ("written", "number"),
    [("N° 0123/P-CM", "0123/P-CM"), ("Récépissé n°45/G-DB", "45/G-DB"), (123.0, "123"), ("Recep. No 7-2019", "7-2019")],
)
def test_a_receipt_number_without_its_words(written, number):
    assert one(**{"N°_récépissé": written}).registration_number == number


def test_a_receipt_with_its_day_in_the_same_cell():
    row = one(**{"N°_récépissé": "N°0123/P-CM du 12 mars 2019", "Date_récépissé": None})
    assert (row.registration_number, row.registration_date) == ("0123/P-CM", date(2019, 3, 12))
    assert row.problems == []


@pytest.mark.parametrize("written", ["en cours", "EN COURS", "récépissé en cours", "en attente"])
def test_a_receipt_in_progress(written):
    row = one(**{"N°_récépissé": written, "Date_récépissé": None})
    assert (row.registration_pending, row.registration_number, row.state) == (True, None, "ready")


def test_only_an_informal_group_needs_no_receipt():
    assert one(**{"N°_récépissé": None, "Date_récépissé": None, "Type": "informel"}).state == "ready"
    assert severities(one(**{"N°_récépissé": None, "Date_récépissé": None}), "registration") == ["error"]


def test_a_receipt_without_its_day_is_an_error():
    assert severities(one(Date_récépissé=None), "registration_date") == ["error"]


def test_a_receipt_that_the_spreadsheet_made_a_day():
    assert severities(one(**{"N°_récépissé": date(2019, 12, 1)}), "registration") == ["error"]


@pytest.mark.parametrize("written", ["12", 12.0, "12 femmes", " 12 "])
def test_counts(written):
    assert one(Femmes=written).women == 12


@pytest.mark.parametrize("written", ["quinze", -1, 1.5, "=5+7", "", 66712345])
def test_counts_that_are_none(written):
    row = one(Femmes=written)
    assert row.women is None
    assert severities(row, "women") == ["error"]


def test_youth_are_members():
    assert severities(one(Jeunes=13), "youth") == ["error"]
    assert severities(one(Jeunes=12), "youth") == []


def test_names_are_tidied_and_formulas_are_not_run():
    row = one(Présidente="Mme  DIARRA   fatoumata")
    assert (row.president_name, row.president_sex) == ("Diarra Fatoumata", "F")
    assert one(Présidente="M. Oumar Bah").president_sex == "M"
    assert one(Présidente="Mmekou Bah").president_sex is None
    assert severities(one(Présidente='=HYPERLINK("http://x")'), "president_name") == ["error"]
    assert severities(one(Présidente="Awa 66712345"), "president_name") == ["error"]
    assert severities(one(Nom_du_groupement='=cmd|"/c calc"!A1'), "name") == ["error"]


def test_rib_key_and_iban_of_published_accounts():
    for iban in ("ML13ML0160120102600100668497", "ML03D00890170001002120000447"):
        rib = iban[4:]
        assert rib_key(rib[:22]) == rib[22:]
        assert iban_of(rib) == iban


ACCOUNTS = ("Nom du groupement", "Type", "N° récépissé", "Date récépissé", "Région", "Cercle", "Commune", "Village", "Femmes",
            "Hommes", "Présidente", "Téléphone", "Compte", "Opérateur")  # fmt: skip


@pytest.mark.parametrize(
    ("written", "operator", "expected"),
    [
        ("ML016 01201 026001006684 97", None, ("bank", "ML13ML0160120102600100668497", None)),
        ("IBAN ML13 ML01 6012 0102 6001 0066 8497", None, ("bank", "ML13ML0160120102600100668497", None)),
        ("Orange Money 76 12 34 56", None, ("wallet", "+22376123456", "Orange Money")),
        ("OM: 76123456", None, ("wallet", "+22376123456", "Orange Money")),
        (76123456, "Moov Money", ("wallet", "+22376123456", "Moov Money")),
        ("+223 66 71 23 45", "WAVE", ("wallet", "+22366712345", "Wave")),
    ],
)
def test_accounts(written, operator, expected):
    (row,) = read_rows({"Compte": written, "Opérateur": operator}, headings=ACCOUNTS).rows
    assert (row.account.kind, row.account.number, row.account.operator) == expected
    assert row.problems == []


@pytest.mark.parametrize(
    "written", ["ML016 01201 026001006684 79", "ML14ML0160120102600100668497", 1.6012010260010066e21, "12", "caisse"]
)
def test_accounts_that_cannot_be_paid_are_errors(written):
    (row,) = read_rows({"Compte": written}, headings=ACCOUNTS).rows
    assert row.account is None
    assert severities(row, "account") == ["error"]


def test_the_operator_of_a_number_is_asked_never_guessed():
    (row,) = read_rows({"Compte": "76123456"}, headings=ACCOUNTS).rows
    assert (row.account, row.state) == (None, "choice")
    (problem,) = row.problems
    again = read_rows({"Compte": "76123456"}, headings=ACCOUNTS, answers={problem.key: "Wave"})
    assert again.rows[0].account.operator == "Wave"
