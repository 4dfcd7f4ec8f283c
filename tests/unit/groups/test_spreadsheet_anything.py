"""Whatever stands in the cells: reading never fails, and every problem can be found in the sheet again."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.groups.workbooks import GOOD, HEADINGS, read_bytes, workbook

PRINTABLE = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Co")), max_size=24
)
CELLS = st.one_of(
    st.none(), PRINTABLE, st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)), st.sampled_from(GOOD),
    st.from_regex(r"[0-9]{1,2}[/ .-][0-9]{1,2}[/ .-][0-9]{2,4}", fullmatch=True),
    st.from_regex(r"[+0-9 ./-]{6,24}", fullmatch=True),
    st.sampled_from(["=1+1", "#REF!", "#N/A", "en cours"]),
    st.sampled_from(["Total", "néant", "2019", "12 mars", "N° du", "du 12/03/2019", "+", "@x", "-"]),
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=len(HEADINGS), max_size=len(HEADINGS)), min_size=1, max_size=4)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_reading_never_fails_and_never_invents(rows):
    sheet = read_bytes(workbook(HEADINGS, *map(tuple, rows)))
    for problem in sheet.problems:
        assert str(problem.message)
        assert str(problem.where)
        assert problem.row is None or 1 <= problem.row <= len(rows) + 1
        assert (problem.key is not None) == (problem.severity == "choice") == bool(problem.candidates)
    for row in sheet.ready:
        assert row.name
        assert row.kind
        assert row.village
        assert row.place_code
        assert row.president_name
        assert row.president_phone.startswith("+")
        assert row.women + row.men >= max(1, row.youth or 0)
        assert row.registration_number is None or row.registration_date is not None
