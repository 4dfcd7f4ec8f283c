"""Taking over a list of groups: first what would happen, row by row, then all that is ready, whole or not at all.

A row is known again by what it says (`row_uuid`): sending the same list twice registers nothing twice, also when what
was registered has been corrected since.
"""

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from grants import journal
from grants.access import policy
from grants.core.database import db
from grants.core.errors import Problem, Problems
from grants.core.references import new_uuid
from grants.groups import operations, queries
from grants.groups.models import Group, GroupImport, PaymentAccount
from grants.groups.names import registration_key, search_name
from grants.groups.spreadsheet import Candidate, GroupRow, Severity, Sheet, read
from grants.places import queries as places
from grants.places.spelling import fold, key

_NAMESPACE = uuid.UUID("5d0c1a86-6f0e-4f0b-9a37-2f4a6c1d8e55")
SAME, ANOTHER = "same", "another"
_NO_ANSWERS: Mapping[str, str] = {}
# The bank stands in the first five signs of a RIB; lists rarely name it.
BANK_UNNAMED = _l("Bank %(code)s")
LONGEST_VILLAGE = 80
_RANK = re.compile(r"^commune\s+(?:rurale\s+|urbaine\s+)?(?:de\s+|du\s+|d['’]\s*)?", re.IGNORECASE)


@dataclass
class Rehearsal:
    """What taking over a list would do: the sheet with all its problems, and by row what is registered already."""

    sheet: Sheet
    uuids: dict[int, str] = field(default_factory=dict)  # by the position of the row
    there: dict[int, Group] = field(default_factory=dict)

    @property
    def ready(self) -> list[int]:
        """The positions of the rows that would be registered."""
        return [i for i, row in enumerate(self.sheet.rows) if row.state == "ready" and i not in self.there]

    @property
    def counts(self) -> Counter:
        """How many rows are ready, already there, waiting for a choice, with an error, left out."""
        return Counter("there" if i in self.there else row.state for i, row in enumerate(self.sheet.rows))

    def questions(self) -> list:
        """Each open choice once, with the rows that its answer settles."""
        return self.sheet.questions()


def rehearse(data: bytes, *, by, answers: Mapping[str, str] = _NO_ANSWERS) -> Rehearsal:
    """Read a list as `by` would take it over, and change nothing. `answers` by the key of their question."""
    policy.require(by, "groups.import")
    found = Rehearsal(read(data, gazetteer=places.gazetteer(), answers=answers))
    _name_rows(found)
    known = _Known(found)
    held: dict[str, GroupRow] = {}
    for position, row in enumerate(found.sheet.rows):
        if row.left_out:
            continue
        if there := known.same(found.uuids[position], row):
            found.there[position] = there
            continue
        before = len(row.problems)
        _judge(row, known, held, by, answers)
        found.sheet.problems += row.problems[before:]
    gone = {id(problem) for i in found.there for problem in found.sheet.rows[i].problems}
    gone |= {id(problem) for row in found.sheet.rows if row.left_out for problem in row.problems}
    found.sheet.problems = [problem for problem in found.sheet.problems if id(problem) not in gone]
    order = {row.sheet: i for i, row in reversed(list(enumerate(found.sheet.rows)))}
    found.sheet.problems.sort(key=lambda p: (order.get(p.sheet, -1), p.row or 0))
    return found


def carry_out(data: bytes, *, by, answers: Mapping[str, str], file_name: str) -> GroupImport:
    """Register every row that is ready, with its officers and its account; all of them or none.

    Raises Problems where nothing is ready, or where a row is refused after all (its row is named).
    """
    rehearsal = rehearse(data, by=by, answers=answers)
    ready = rehearsal.ready
    if not ready:
        raise Problems(Problem(_l("No row of this list is ready to be registered."), "file"))
    made = GroupImport(
        uuid=new_uuid(),
        file_name=file_name[:160],
        sha256=hashlib.sha256(data).hexdigest(),
        registered=len(ready),
        left_out=len(rehearsal.sheet.rows) - len(ready) - len(rehearsal.there),
        imported_by=by,
    )
    db.session.add(made)
    db.session.flush()
    refused = []
    for position in ready:
        row = rehearsal.sheet.rows[position]
        try:
            _register(row, rehearsal.uuids[position], made, by)
        except Problems as problems:
            where = _l("row %(row)s", row=row.row)
            refused += [Problem(f"{where}: {problem}", "file") for problem in problems.problems]
    if refused:
        raise Problems(refused)
    journal.record(made, "import", by=by, data={"file": made.file_name, "sha256": made.sha256, "groups": len(ready)})
    return made


def _name_rows(found: Rehearsal) -> None:
    seen: Counter = Counter()
    for position, row in enumerate(found.sheet.rows):
        said = json.dumps(
            [
                row.name,
                row.village,
                row.registration_number,
                row.president_name,
                row.president_phone,
                row.women,
                row.men,
            ],
            ensure_ascii=False,
        )
        seen[said] += 1
        found.uuids[position] = str(uuid.uuid5(_NAMESPACE, f"{said} {seen[said]}"))


class _Known:
    """The registered groups that rows of a list may be: looked up once for the whole list."""

    def __init__(self, found: Rehearsal):
        rows = found.sheet.rows
        cercles = {row.place_code[:4] for row in rows if row.place_code and len(row.place_code) >= 4}
        keys = {_receipt(row) for row in rows} - {None}
        near = [Group.place_code.startswith(code, autoescape=True) for code in sorted(cercles)]
        groups = db.session.scalars(
            select(Group).where(or_(Group.uuid.in_(found.uuids.values()), Group.registration_key.in_(keys), *near))
        ).all()
        self.by_uuid = {group.uuid: group for group in groups}
        self.by_receipt = {group.registration_key: group for group in groups if group.registration_key}
        self.by_cercle: dict[str, list[Group]] = {}
        for group in groups:
            self.by_cercle.setdefault(group.place_code[:4], []).append(group)
        numbers = {row.account.number for row in rows if row.account}
        self.holders = {
            account.number: account.group
            for account in db.session.scalars(
                select(PaymentAccount).where(PaymentAccount.number.in_(numbers), PaymentAccount.closed_at.is_(None))
            )
        }

    def same(self, row_uuid: str, row: GroupRow) -> Group | None:
        """The group that a row was registered as, or that is surely the same.

        Surely the same: one receipt and a name alike; or, without receipt, one name in one village.
        """
        if there := self.by_uuid.get(row_uuid):
            return there
        if not row.name or not row.place_code:
            return None
        receipt = _receipt(row)
        if receipt:
            other = self.by_receipt.get(receipt)
            return other if other and queries.likeness(row.name, other) >= queries.ALIKE else None
        said = (search_name(row.name), fold(_village(row)))
        near = self.by_cercle.get(row.place_code[:4], ())
        return next((g for g in near if not g.registration_key and said == (g.search_name, fold(g.village))), None)

    def alike(self, row: GroupRow) -> list[Group]:
        near = self.by_cercle.get((row.place_code or "")[:4], ())
        return [group for group in near if queries.likeness(row.name or "", group) >= queries.ALIKE]


def _receipt(row: GroupRow) -> str | None:
    return (
        registration_key(row.registration_number, row.place_code)
        if row.registration_number and row.place_code
        else None
    )


def _village(row: GroupRow) -> str:
    """The village, with its commune where the list of places ends at the cercle."""
    if row.village and row.commune_name and not row.commune_code and key(row.commune_name) != key(row.village):
        commune = _RANK.sub("", row.commune_name)
        return f"{row.village} ({commune.title() if commune.islower() or commune.isupper() else commune})"
    return row.village or ""


def _judge(row: GroupRow, known: _Known, held: dict[str, GroupRow], by, answers: Mapping[str, str]) -> None:
    """Hold a row against what is registered, the territory, and the rows before it."""
    if row.place_code and not policy.sees(by, "groups.register", SimpleNamespace(place_code=row.place_code)):
        row.add(Severity.ERROR, "commune" if row.commune_code else "cercle", _l("This place is not in your territory."))
        return
    if row.youth is None and not any(problem.field == "youth" for problem in row.problems):
        row.add(Severity.ERROR, "youth", _l("The number of young people is missing; write 0 where there are none."))
    if len(_village(row)) > LONGEST_VILLAGE:
        row.add(Severity.ERROR, "village", _l("Write at most %(limit)s characters.", limit=LONGEST_VILLAGE))
    receipt = _receipt(row)
    if other := known.by_receipt.get(receipt):
        row.add(Severity.ERROR, "registration", operations.belongs_to(other, by))
    else:
        _ask_alike(row, known.alike(row), by, answers)
    if row.account:
        if other := known.holders.get(row.account.number):
            row.add(Severity.ERROR, "account", operations.account_of(other, by))
        elif first := held.get(row.account.number):
            row.add(Severity.ERROR, "account", _l("This account is also that of row %(row)s.", row=first.row))
        elif not row.left_out:
            held[row.account.number] = row


def _ask_alike(row: GroupRow, alike: list[Group], by, answers: Mapping[str, str]) -> None:
    """Ask about a registered group that may be this one; one out of sight is not spoken of."""
    other = next((group for group in alike if policy.sees(by, "groups.view", group)), None)
    if other is None:
        return
    question = f"registered|{fold(row.sheet)}|{row.row}|{other.reference}"
    if answers.get(question) == SAME:
        row.left_out = True
    elif answers.get(question) != ANOTHER:
        row.add(
            Severity.CHOICE,
            "name",
            _l(
                "“%(name)s” of %(village)s is registered under %(reference)s.",
                name=other.name,
                village=other.village,
                reference=other.reference,
            ),
            key=question,
            candidates=(
                Candidate(SAME, _l("It is the same group: leave this row out")),
                Candidate(ANOTHER, _l("It is another group: register it")),
            ),
        )


def _register(row: GroupRow, row_uuid: str, made: GroupImport, by) -> None:
    group = operations.register(
        {
            "name": row.name, "kind": row.kind, "registration_number": row.registration_number,
            "registration_date": row.registration_date, "registration_authority": row.registration_authority,
            "place_code": row.place_code, "village": _village(row), "women": row.women, "men": row.men, "youth": row.youth,
            "language": row.language, "phone": row.other_phone,
        },
        by=by,
        uuid=row_uuid,
    )  # fmt: skip
    group.import_id = made.id
    for office, name, sex, phone in (
        ("president", row.president_name, row.president_sex, row.president_phone),
        ("treasurer", row.treasurer_name, row.treasurer_sex, None),
        ("secretary", row.secretary_name, row.secretary_sex, None),
    ):
        if name:
            operations.note_officer(group, office, {"name": name, "sex": sex, "phone": phone}, by=by)
    if row.account:
        institution = row.account.operator or str(BANK_UNNAMED) % {"code": row.account.number[4:9]}
        values = {
            "kind": row.account.kind,
            "institution": institution[:80],
            "number": row.account.number,
            "holder": group.name,
        }
        operations.add_account(group, values, by=by)
