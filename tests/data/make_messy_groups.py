"""Makes `groupements_200.xlsx`: 200 groups as agents really keep them, with every kind of mess, and the truth behind it.

Run it to write the file again: `python tests/data/make_messy_groups.py`. The same code gives the same file; the tests read the
file and compare it with what `build` says each row means.
"""

import io
import random
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import xlsxwriter
from rapidfuzz import fuzz

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from grants.groups.accounts import iban_of, rib_key  # noqa: E402
from grants.places import official  # noqa: E402
from grants.places.gazetteer import Gazetteer, Known  # noqa: E402
from grants.places.spelling import fold  # noqa: E402

TARGET = Path(__file__).with_name("groupements_200.xlsx")
NAMES = tomllib.loads((ROOT / "grants" / "demo" / "names.toml").read_text(encoding="utf-8"))
REGIONS = ("04", "05", "06", "07", "18", "19")
COUNT = 200
FIRST_ROW = 6  # the headings end in row 5

# Columns in the order of the file: field, upper heading, lower heading.
COLUMNS = (
    ("order", "N°", ""), ("region", "LOCALISATION", "Région"), ("cercle", "", "CERCLE"), ("commune", "", "Commune"),
    ("village", "", "Village / quartier"), ("name", "Nom du groupement", ""), ("kind", "Type", ""),
    ("registration", "Récépissé", "N° récépissé"), ("registration_date", "", "Date"),
    ("registration_authority", "", "Délivré par"),
    ("women", "MEMBRES", "Femmes"), ("men", "", "Hommes"), ("youth", "", "dont jeunes"), ("total", "", "Total"),
    ("president_name", "Présidente", "Prénom et nom"), ("president_phone", "", "Téléphone"), ("treasurer_name", "Tresorière", ""),
    ("secretary_name", "Secrétaire", ""), ("account", "Compte (RIB ou mobile money)", ""), ("account_operator", "Opérateur", ""),
    ("language", "Langue", ""), ("remarks", "Observations", ""),
)  # fmt: skip
KIND_SPELLINGS = {
    "scoops": ["SCOOPS", "Scoops", "S.COOP.S", "Société coopérative simplifiée", "scoop s", "Coop", "coopérative"],
    "coop_ca": ["COOP-CA", "Coop CA", "coopérative avec conseil d’administration"],
    "association": ["Association", "ASSOCIATION", "assoc.", "Asso", "asociation"],
    "gie": ["GIE", "G.I.E", "Groupement d'intérêt économique"],
    "informal": ["informel", "Groupe informel", "non formalisé", "Tontine"],
}
LANGUAGES = {"04": "Bambara", "05": "peulh", "06": "Sonrhai", "07": "songhoy", "18": "Fulfuldé", "19": "dogon"}
LANGUAGE_CODES = {
    "04": "bamanankan", "05": "fulfulde", "06": "songhay", "07": "songhay", "18": "fulfulde", "19": "dogoso",
}  # fmt: skip
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass
class Truth:
    """What a row means: the values that reading must find, the state, and the fields that must carry a problem."""

    row: int
    values: dict
    state: str = "ready"
    problems: dict[str, str] = field(default_factory=dict)  # field → severity


def gazetteer() -> Gazetteer:
    """Regions and cercles of the program, communes of the names file: enough places for this list."""
    places = [Known(e.code, e.kind, e.name, e.aliases, e.former_region) for e in official.base_listing().entries]
    return Gazetteer([*places, *(Known(code, "commune", name) for code, name in NAMES["communes"].items())])


class Maker:
    def __init__(self):
        self.chance = random.Random(20230313)  # noqa: S311 - the same file each time, no secret
        self.cercles = {e.code: e.name for e in official.base_listing().entries}
        self.former = {e.code: e.former_region for e in official.base_listing().entries}
        self.names_in: dict[str, list[str]] = {}
        self.phones: set[str] = set()
        self.serial = 100

    def row(self, index: int) -> tuple[dict, Truth]:
        """One clean group, written in one of the ways people write, and what it means."""
        chance = self.chance
        region = REGIONS[index % len(REGIONS)]
        cercle = chance.choice([code for code in NAMES["villages"] if code.startswith(region)])
        village = chance.choice(NAMES["villages"][cercle])
        commune = village["commune"]
        kind = chance.choices(list(KIND_SPELLINGS), [10, 1, 6, 2, 3])[0]
        women, men = chance.randint(4, 45), chance.randint(0, 20)
        youth = chance.randint(0, women + men)
        phone = self.phone()
        day = date(2009, 3, 1) + timedelta(days=chance.randint(0, 5800))
        pending = kind != "informal" and chance.random() < 0.12
        self.serial += chance.randint(1, 5)
        number = f"{self.serial:04d}/P-C{self.cercles[cercle][:2].upper()}-{day.year}"
        said = self.region_of(region)
        people = [self.person(region, woman=chance.random() < 0.75) for _ in range(3)]
        values = {
            "name": self.name(village["name"], kind), "kind": kind, "village": village["name"], "region_code": region,
            "cercle_code": cercle, "commune_code": commune, "women": women, "men": men, "youth": youth, "president_phone": phone,
            "president_name": people[0], "language": LANGUAGE_CODES[region], "registration_pending": pending,
            "registration_number": None if pending or kind == "informal" else number,
            "registration_date": None if pending or kind == "informal" else day,
        }  # fmt: skip
        cells = {
            "order": index + 1, "region": self.spelled(said, "Région"),
            "cercle": self.spelled(self.cercles[cercle], "Cercle"),
            "commune": self.spelled(NAMES["communes"][commune], "Commune"),
            "village": village["name"], "name": values["name"], "kind": chance.choice(KIND_SPELLINGS[kind]),
            "registration": self.receipt(number, pending, kind), "registration_date": None, "women": self.count(women),
            "men": self.count(men), "youth": self.count(youth), "total": ("formula", women + men), "president_name": people[0],
            "president_phone": self.phone_cell(phone), "treasurer_name": self.capitals(people[1]),
            "secretary_name": people[2], "language": LANGUAGES[region] if chance.random() < 0.8 else None,
        }  # fmt: skip
        if cells["language"] is None:
            values["language"] = None
        if values["registration_date"]:
            cells["registration_date"] = self.day_cell(day)
            cells["registration_authority"] = chance.choice(["Préfecture", "SLDSES", "Mairie", None])
        self.account(cells, values, phone)
        truth = Truth(0, values)
        if cells["kind"] in ("Coop", "coopérative"):
            truth.problems["kind"] = "warning"
        if said != self.cercles[region]:
            truth.problems["region"] = "warning"
        return cells, truth

    def region_of(self, region: str) -> str:
        # Half of the lists still say the region from before 2023.
        old = self.former.get(region)
        return old if old and self.chance.random() < 0.5 else self.cercles[region]

    def name(self, village: str, kind: str) -> str:
        used = self.names_in.setdefault(fold(village), [])
        free = [g["name"] for g in NAMES["groups"] if all(fuzz.ratio(fold(g["name"]), other) < 60 for other in used)]
        name = self.chance.choice(free)
        used.append(fold(name))
        # Half of the groups say what they are in their name.
        before = {"scoops": "Coopérative ", "association": "Association ", "gie": "GIE "}.get(kind, "Groupement ")
        pattern = self.chance.choice(["{n}", "{b}{n}", "{N}", "{b}{n} de {v}", "{b}des femmes {n}"])
        return pattern.format(n=name, N=name.upper(), b=before, v=village)

    def person(self, region: str, *, woman: bool) -> str:
        families = NAMES["people"]["families_of"][region] if self.chance.random() < 0.7 else NAMES["people"]["families"]
        return f"{self.chance.choice(NAMES['people']['women' if woman else 'men'])} {self.chance.choice(families)}"

    def phone(self) -> str:
        number = ""
        while not number or number in self.phones:
            number = f"{self.chance.choice('6779')}{self.chance.randint(10**6, 10**7 - 1)}"
        self.phones.add(number)
        return f"+223{number}"

    def phone_cell(self, phone: str):
        n = phone[4:]
        pairs = [n[i : i + 2] for i in range(0, 8, 2)]
        return self.chance.choice([
            n, int(n), float(n), " ".join(pairs), ".".join(pairs), "-".join(pairs), f"+223 {' '.join(pairs)}", f"00223{n}",
            f"(+223) {n}", f"223{n}", int(f"223{n}"), f"Tél : {' '.join(pairs)}", "/".join(pairs), "\u00a0".join(pairs),
        ])  # fmt: skip

    def day_cell(self, day: date):
        ways = [
            f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day.day}-{day.month}-{day:%y}", day.isoformat(),
            f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"le {day.day} {MONTHS[day.month - 1].upper()} {day:%y}",
            f"{day:%d.%m.%Y}", day, (day - date(1899, 12, 30)).days, int(f"{day:%d%m%Y}"),
        ]  # fmt: skip
        return self.chance.choice(ways)

    def receipt(self, number: str, pending: bool, kind: str):
        if kind == "informal":
            return self.chance.choice([None, "néant", "-"])
        if pending:
            return self.chance.choice(["en cours", "En cours", "récépissé en cours", "EN COURS "])
        return self.chance.choice(["{}", "N° {}", "n°{}", "Récépissé N° {}", "No {}"]).format(number)

    def spelled(self, name: str, rank: str) -> str:
        bare = fold(name) if self.chance.random() < 0.3 else name
        return self.chance.choice([bare, bare, bare.upper(), f" {bare}  ", f"{rank} de {bare}", bare.replace("-", " ")])

    def count(self, number: int):
        if number == 0:
            return self.chance.choice([0, "-", "néant"])
        return self.chance.choice([number, number, float(number), str(number)])

    def capitals(self, person: str) -> str:
        return person.upper() if self.chance.random() < 0.3 else person

    def account(self, cells: dict, values: dict, phone: str) -> None:
        values["account"] = None
        draw = self.chance.random()
        if draw < 0.2:
            bank, branch = self.chance.choice(["ML016", "ML102", "ML135"]), self.chance.randint(1000, 9999)
            body = f"{bank}{branch:05d}{self.chance.randint(1, 10**11):012d}"
            rib = body + rib_key(body)
            values["account"] = iban_of(rib)
            cells["account"] = self.chance.choice([rib, iban_of(rib), f"{rib[:5]} {rib[5:10]} {rib[10:22]} {rib[22:]}"])
        elif draw < 0.5:
            values["account"] = phone
            operator = self.chance.choice(["Orange Money", "OM", "Moov", "Wave"])
            if self.chance.random() < 0.5:
                cells["account"], cells["account_operator"] = phone[4:], operator
            else:
                cells["account"] = f"{operator} {phone[4:]}"


def _mess(rows: list[tuple[dict, Truth]]) -> None:
    """Plant, at fixed places, what people get wrong; says in the truth what must be found."""

    def plant(index: int, column: str, value, severity: str, on: str | None = None, **unknown) -> None:
        cells, truth = rows[index]
        cells[column] = value
        truth.problems[on or column] = severity
        truth.values.update(unknown)
        rank = {"ready": 0, "warning": 0, "choice": 1, "error": 2}
        if rank[severity] > rank[truth.state]:
            truth.state = severity

    plant(7, "name", None, "error", name=None)
    plant(13, "president_phone", "66 71 23 4", "error", president_phone=None)
    plant(17, "president_phone", "6671O345", "error", president_phone=None)
    plant(21, "women", "quinze", "error", women=None)
    plant(23, "women", ("formula", 12), "error", women=None)
    plant(29, "men", -3, "error", men=None)
    plant(31, "youth", 400, "error", youth=400)
    plant(37, "village", None, "error", village=None)
    plant(41, "cercle", "Xyloparc", "error", cercle_code=None, commune_code=None, region_code="19")
    plant(41, "commune", "Nullepart", "error")
    rows[41][0]["region"] = "Bandiagara"
    rows[41][1].problems.pop("region", None)
    plant(43, "kind", None, "error", kind=None)
    plant(47, "account", "ML016 01201 026001006684 79", "error", account=None)
    plant(53, "president_name", None, "error", president_name=None)

    receipted = [
        i for i, (_, truth) in enumerate(rows) if truth.values["registration_number"] and truth.state == "ready"
    ]
    future, impossible, unfinished, turned, lost, inside = receipted[5:11]
    plant(future, "registration_date", "12/05/2031", "error", registration_date=None)
    plant(impossible, "registration_date", "31/02/2020", "error", registration_date=None)
    plant(unfinished, "registration_date", 2019, "error", registration_date=None)
    plant(turned, "registration", date(2019, 12, 1), "error", registration_number=None)
    plant(lost, "registration", None, "error", registration_number=None)
    day = rows[inside][1].values["registration_date"]
    rows[inside][0]["registration"] = f"N° {rows[inside][1].values['registration_number']} du {day:%d/%m/%Y}"
    rows[inside][0]["registration_date"] = None

    plant(61, "kind", "Groupement féminin", "choice", kind=None)
    plant(67, "kind", "groupement féminin", "choice", kind=None)
    plant(71, "account", "76 12 34 56", "choice", account=None)
    rows[71][0]["account_operator"] = None
    for index in (73, 79, 83):  # one slip in the name of the commune
        name = NAMES["communes"][rows[index][1].values["commune_code"]]
        plant(index, "commune", name[:3] + name[2:], "choice", commune_code=None)
    cells, truth = rows[85]  # one slip in the name of the cercle: the region is sure, the commune too
    cells["region"] = next(e.name for e in official.base_listing().entries if e.code == truth.values["region_code"])
    truth.problems.pop("region", None)
    name = next(e.name for e in official.base_listing().entries if e.code == truth.values["cercle_code"])
    plant(85, "cercle", name[:3] + name[2:], "choice", cercle_code=None)

    cells, truth = rows[89]
    cells["president_phone"] = f"{truth.values['president_phone'][4:]} / 70 11 22 33"
    truth.problems["president_phone"] = "warning"
    plant(97, "president_phone", "+226 70 12 34 56", "warning", president_phone="+22670123456")
    plant(101, "total", 3, "warning")
    plant(103, "language", "klingon", "warning", language=None)
    plant(
        107,
        "president_phone",
        "(+223) " + rows[106][1].values["president_phone"][4:],
        "warning",
        president_phone=rows[106][1].values["president_phone"],
    )


def _repeat(rows: list[tuple[dict, Truth]]) -> None:
    """The same group twice: once letter for letter, once written anew; a receipt used by two groups."""
    usable = [i for i, (_, t) in enumerate(rows) if t.values["registration_number"] and t.state == "ready" and i > 110]
    first, second, third = usable[:3]
    for target, source in ((150, first), (160, second)):
        cells, truth = (
            dict(rows[source][0]),
            Truth(0, dict(rows[source][1].values), "choice", dict(rows[source][1].problems)),
        )
        cells["order"] = target + 1
        truth.problems["registration"] = "choice"
        rows[target] = (cells, truth)
    rows[160][0]["name"] = rows[160][0]["name"].upper().replace("É", "E")
    rows[160][1].values["name"] = rows[160][0]["name"]
    rows[160][0]["registration"] = "en cours"
    rows[160][0]["registration_date"] = None
    rows[160][1].problems.pop("registration")
    rows[160][1].problems["name"] = "choice"
    rows[160][1].values.update(registration_number=None, registration_date=None, registration_pending=True)
    cells, truth = rows[170]
    for name in ("registration", "registration_date", "region", "cercle", "commune"):
        cells[name] = rows[third][0][name]
    cells["kind"] = "SCOOPS"
    truth.values.update({k: rows[third][1].values[k] for k in (
        "registration_number", "registration_date", "region_code", "cercle_code", "commune_code")})  # fmt: skip
    truth.values.update(kind="scoops", registration_pending=False)
    kept = {name: rows[third][1].problems[name] for name in ("region",) if name in rows[third][1].problems}
    truth.state, truth.problems = "choice", {"registration": "choice", **kept}


def build() -> tuple[bytes, list[Truth]]:
    """The bytes of the file and what each of its 200 rows means."""
    maker = Maker()
    rows = [maker.row(index) for index in range(COUNT)]
    _mess(rows)
    _repeat(rows)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 9, 30, tzinfo=UTC), "author": "Agent"})
    sheet = book.add_worksheet("Groupements")
    _top(book, sheet)
    number = FIRST_ROW
    for index, (cells, truth) in enumerate(rows):
        if index in (40, 41, 90, 133):
            number += 1  # an empty row
        if index == 100:
            _headings_again(sheet, number)
            number += 1
        truth.row = number
        _write(book, sheet, number, cells)
        number += 1
    _bottom(sheet, number)
    notes = book.add_worksheet("Notes")
    notes.write("A1", "Liste à compléter par les animateurs avant la fin du mois")
    notes.write("A2", "Numéro vert : 80 00 11 22")
    book.add_worksheet("Ancienne").hide()
    book.close()
    return buffer.getvalue(), [truth for _, truth in rows]


def _top(book, sheet) -> None:
    strong = book.add_format({"bold": True, "align": "center"})
    last = len(COLUMNS) - 1
    sheet.merge_range(0, 0, 0, last, "LISTE DES GROUPEMENTS BÉNÉFICIAIRES – CENTRE ET NORD", strong)
    sheet.merge_range(1, 0, 1, last, "Situation au 30 septembre 2026", strong)
    start = 0
    while start <= last:
        end = start
        while end < last and COLUMNS[end + 1][1] == "" and COLUMNS[end + 1][2]:
            end += 1
        upper, lower = COLUMNS[start][1], COLUMNS[start][2]
        if not lower:
            sheet.merge_range(3, start, 4, start, upper, strong)
        elif end > start:
            sheet.merge_range(3, start, 3, end, upper, strong)
        start = end + 1
    for column, (_, _, lower) in enumerate(COLUMNS):
        if lower:
            sheet.write(4, column, lower, strong)


def _headings_again(sheet, number: int) -> None:
    for column, (_, upper, lower) in enumerate(COLUMNS):
        sheet.write(number - 1, column, lower or upper)


def _write(book, sheet, number: int, cells: dict) -> None:
    french = book.add_format({"num_format": "dd/mm/yyyy"})
    for column, (name, _, _) in enumerate(COLUMNS):
        value = cells.get(name)
        if isinstance(value, tuple):
            sheet.write_formula(number - 1, column, f"=K{number}+L{number}", None, value[1])
        elif isinstance(value, date):
            sheet.write_datetime(number - 1, column, value, french)
        elif isinstance(value, str):
            sheet.write_string(number - 1, column, value)
        elif value is not None:
            sheet.write_number(number - 1, column, value)


def _bottom(sheet, number: int) -> None:
    sheet.write(number - 1, 0, "TOTAL")
    for column in (10, 11, 12, 13):
        letter = "ABCDEFGHIJKLMN"[column]
        sheet.write_formula(number - 1, column, f"=SUM({letter}{FIRST_ROW}:{letter}{number - 1})", None, 9999)
    sheet.write(number + 1, 0, "Fait à Sévaré, le 30 septembre 2026")


if __name__ == "__main__":
    content, truths = build()
    TARGET.write_bytes(content)
    sys.stdout.write(f"{TARGET.name}: {len(truths)} groups, {len(content)} bytes\n")
