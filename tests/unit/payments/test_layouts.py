"""Lists for operators: columns and signs as described, nothing that runs as a formula, nothing that breaks a line."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.payments.out.layouts import AMOUNTS, ENCODINGS, NUMBERS, QUOTING, SEPARATORS, Layout, Line, render

LINE = Line(
    position=1,
    number="+22366712345",
    amount=750_000,
    holder="Aïssata Dembélé",
    beneficiary="Bɛnkadi",
    reference="OP-2026-0101-K",
    purpose="Embouche",
    day=date(2026, 3, 27),
)
WHOLE = Layout(columns=(("msisdn", "Numéro"), ("amount", "Montant"), ("holder", "Nom"), ("reference", "Réf")))
SIGNS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}


def text(layout, *lines) -> str:
    return render(layout, lines or [LINE]).decode(layout.encoding)


def test_columns_stand_in_their_order_under_their_headings():
    assert text(WHOLE) == "Numéro;Montant;Nom;Réf\r\n66712345;750000;Aïssata Dembélé;OP-2026-0101-K\r\n"
    turned = replace(WHOLE, columns=WHOLE.columns[::-1], header=False, separator="bar")
    assert text(turned) == "OP-2026-0101-K|Aïssata Dembélé|750000|66712345\r\n"


@pytest.mark.parametrize(
    ("signs", "wanted"),
    [
        ({"number": "country"}, "22366712345;750000;"),
        ({"number": "plus"}, "+22366712345;750000;"),
        ({"number": "zeros"}, "0022366712345;750000;"),
        ({"amount": "point"}, "66712345;750000.00;"),
        ({"amount": "comma"}, "66712345;750000,00;"),
        ({"quoting": "all"}, '"66712345";"750000";"Aïssata Dembélé"'),
        ({"encoding": "ascii"}, "66712345;750000;Aissata Dembele;"),
        ({"encoding": "cp1252"}, "66712345;750000;Aïssata Dembélé;"),
    ],
)
def test_signs_are_those_of_the_operator(signs, wanted):
    assert text(replace(WHOLE, header=False, **signs)).startswith(wanted)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r="])
def test_a_name_never_runs_as_a_formula(sign):
    found = text(replace(WHOLE, header=False), replace(LINE, holder=f"{sign}cmd|'/c calc'!A1"))
    cell = next(csv.reader(io.StringIO(found), delimiter=";"))[2]
    assert cell[0] not in "=+-@\t\r"


@given(
    holder=st.text(max_size=80),
    separator=st.sampled_from(list(SEPARATORS)),
    quoting=st.sampled_from(list(QUOTING)),
    encoding=st.sampled_from(list(ENCODINGS)),
    amount=st.sampled_from(list(AMOUNTS)),
    number=st.sampled_from(list(NUMBERS)),
)
def test_whatever_a_name_holds_a_line_has_its_columns(holder, separator, quoting, encoding, amount, number):
    layout = replace(
        WHOLE, header=False, separator=separator, quoting=quoting, encoding=encoding, amount=amount, number=number
    )
    if layout.problems():
        return
    found = text(layout, replace(LINE, holder=holder))
    rows = list(
        csv.reader(
            io.StringIO(found, newline=""),
            delimiter=SIGNS[separator],
            quoting=csv.QUOTE_NONE if quoting == "none" else csv.QUOTE_MINIMAL,
        )
    )
    assert [len(row) for row in rows] == [4]
    assert rows[0][3] == LINE.reference and rows[0][1].startswith("750000")


def test_a_list_that_cannot_be_paid_is_refused_with_everything_that_is_wrong():
    found = Layout(columns=(("holder", "Nom"), ("holder", "Nom"))).problems()
    assert [one.field for one in found] == ["columns"] * 4
    clash = replace(WHOLE, separator="comma", amount="comma", quoting="none").problems()
    assert [one.field for one in clash] == ["amount"]


def test_a_layout_is_kept_and_read_again_as_it_was():
    assert Layout.of(WHOLE.data()) == WHOLE
