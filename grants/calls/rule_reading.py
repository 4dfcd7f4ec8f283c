"""Reading the rules of a call from plain data: what is wrong is collected, in the words of the person who wrote it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from grants.core.errors import Problem
from grants.core.money import MOST

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
LANGUAGES = ("fr", "en")


class Reading:
    """Rules being read. Each reader returns what it could make out; `problems` has all that was wrong, by field."""

    def __init__(self, data: Mapping[str, Any]):
        self.data = data if isinstance(data, Mapping) else {}
        self.problems: list[Problem] = []

    def wrong(self, field: str, text: str) -> None:
        self.problems.append(Problem(text, field))

    # ------------------------------------------------------------------------------------------------ single values

    def whole(self, field: str, least: int, most: int) -> int:
        value = self.data.get(field)
        if not _is_whole(value) or not least <= value <= most:
            self.wrong(field, _("A whole number from %(least)s to %(most)s is needed.", least=least, most=most))
            return least
        return value

    def days(self, field: str, otherwise: int) -> int:
        """A period of at most a year; calls from before it was asked for do not say."""
        return self.optional(field, 1, 365, otherwise)

    def optional(self, field: str, least: int, most: int, otherwise: int) -> int:
        """A number that calls from before it was asked for do not say."""
        return self.whole(field, least, most) if field in self.data else otherwise

    def one_of(self, field: str, known: tuple[str, ...], otherwise: str) -> str:
        """A code among those known, that calls from before it was asked for do not say."""
        value = self.data.get(field, otherwise)
        if value not in known:
            self.wrong(field, _("Choose one of those offered."))
            return otherwise
        return value

    def lifting(self, known: tuple[str, ...], roles: tuple[str, ...]) -> Mapping[str, str]:
        """Which condition may be lifted by whom; in calls from before it was asked for, none by anybody."""
        value = self.data.get("lifting", {})
        found = value if isinstance(value, Mapping) else {"": ""}
        for code, role in found.items():
            if code not in known:
                self.wrong("lifting", _("Nobody may lift the condition %(code)s.", code=code))
            elif role not in roles:
                self.wrong(f"lift_{code}", _("This role cannot lift a condition."))
        return found

    def small_grant(self) -> int | None:
        """Calls from before there was a simpler way do not say: they have none."""
        value = self.data.get("small_grant")
        if value is not None and not (_is_whole(value) and 0 < value <= MOST):
            self.wrong("small_grant", _("Give an amount in whole francs."))
            return None
        return value

    def codes(self, field: str) -> tuple[str, ...]:
        return tuple(value for value in self._list(field) if isinstance(value, str))

    def chase_days(self) -> tuple[int, int, int]:
        names = ("chase_remind", "chase_suspend", "chase_notice")
        remind, suspend, notice = (self.whole(name, 1, 730) for name in names)
        if not remind < suspend < notice and not any(p.field in names for p in self.problems):
            self.wrong("chase_suspend", _("The reminder comes first, then the suspension, then the formal notice."))
        return remind, suspend, notice

    # --------------------------------------------------------------------------------------------------- the tables

    def plans(self) -> list[tuple[int | None, tuple[int, ...]]]:
        field = "tranche_plans"
        rows = [(row.get("up_to"), self._percents(field, row.get("percents"))) for row in self._rows(field)]
        self._ceilings(field, [up_to for up_to, _percents in rows])
        return rows

    def works_percents(self) -> tuple[int, ...]:
        return self._percents("works_percents", self.data.get("works_percents"))

    def conditions(self, known: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        field = "tranche_conditions"
        found = []
        for codes in self._list(field):
            codes = tuple(codes) if isinstance(codes, (list, tuple)) else ()
            for code in codes:
                if code not in known:
                    self.wrong(field, _("%(code)s is no condition that can be checked.", code=code))
            found.append(codes)
        if not found:
            self.wrong(field, _("Say what must be true before the first tranche."))
        return tuple(found)

    def levels(self, known: tuple[str, ...]) -> list[tuple[str, int | None]]:
        field = "committee_levels"
        rows = [(row.get("level"), row.get("up_to")) for row in self._rows(field)]
        order = [known.index(level) for level, _up_to in rows if level in known]
        if len(order) < len(rows) or order != sorted(set(order)):
            self.wrong(field, _("Each level stands once: local, then regional, then national."))
        self._ceilings(field, [up_to for _level, up_to in rows])
        return rows

    def grid(self) -> list[tuple[str, Mapping[str, str], int, int]]:
        field, rows = "score_grid", []
        for number, row in enumerate(self._rows(field), 1):
            code, label = self._code(field, number, row), self._words(field, number, row, "label")
            weight, most = row.get("weight"), row.get("most", 5)
            if not _is_whole(weight) or not 1 <= weight <= 100:
                self.wrong(field, _("Line %(number)s: the weight is from 1 to 100.", number=number))
                weight = 0
            if not _is_whole(most) or not 1 <= most <= 100:
                self.wrong(field, _("Line %(number)s: the points go up to a number from 1 to 100.", number=number))
                most = 1
            rows.append((code, label, weight, most))
        self._once(field, [row[0] for row in rows])
        total = sum(row[2] for row in rows)
        if rows and total != 100:
            self.wrong(field, _("The weights must add up to 100; they add up to %(total)s.", total=total))
        return rows

    def questions(self) -> list[tuple[str, Mapping[str, str], Mapping[str, str]]]:
        field, rows = "eligibility_questions", []
        for number, row in enumerate(self._rows(field), 1):
            hint = self._words(field, number, row, "help") if row.get("help") else {}
            rows.append((self._code(field, number, row), self._words(field, number, row, "label"), hint))
        self._once(field, [row[0] for row in rows])
        return rows

    # ------------------------------------------------------------------------------------------------------- pieces

    def _list(self, field: str) -> list:
        value = self.data.get(field)
        return list(value) if isinstance(value, (list, tuple)) else []

    def _rows(self, field: str) -> Iterator[Mapping[str, Any]]:
        rows = [row for row in self._list(field) if isinstance(row, Mapping)]
        if not rows:
            self.wrong(field, _("At least one line is needed."))
        yield from rows

    def _percents(self, field: str, value: Any) -> tuple[int, ...]:
        shares = tuple(value) if isinstance(value, (list, tuple)) else ()
        if not shares or len(shares) > 8 or not all(_is_whole(one) and 1 <= one <= 100 for one in shares):
            self.wrong(field, _("The shares of the tranches are whole percents, such as 50/30/20; eight at most."))
            return (100,)
        if sum(shares) != 100:
            shown = "/".join(map(str, shares))
            self.wrong(
                field, _("The shares %(shares)s add up to %(total)s, not to 100.", shares=shown, total=sum(shares))
            )
        return shares

    def _ceilings(self, field: str, ceilings: list[int | None]) -> None:
        """Amounts rise from line to line, and the last line has none: every amount finds its line."""
        if not ceilings:
            return
        if ceilings[-1] is not None or None in ceilings[:-1]:
            self.wrong(field, _("Every line but the last has an amount; the last holds for all amounts above."))
        amounts = [one for one in ceilings[:-1] if one is not None]
        if not all(_is_whole(one) and 0 < one <= MOST for one in amounts) or amounts != sorted(set(amounts)):
            self.wrong(field, _("The amounts rise from line to line."))

    def _code(self, field: str, number: int, row: Mapping[str, Any]) -> str:
        code = row.get("code")
        if not isinstance(code, str) or not CODE.fullmatch(code):
            text = _("Line %(number)s: the code has small letters, digits and _, 40 signs at most.", number=number)
            self.wrong(field, text)
            return ""
        return code

    def _words(self, field: str, number: int, row: Mapping[str, Any], key: str) -> Mapping[str, str]:
        words = row.get(key)
        words = words if isinstance(words, Mapping) else {}
        if not all(isinstance(words.get(one), str) and words[one].strip() for one in LANGUAGES):
            self.wrong(field, _("Line %(number)s: the words are needed in French and in English.", number=number))
        return words

    def _once(self, field: str, codes: list[str]) -> None:
        for code in sorted({code for code in codes if code and codes.count(code) > 1}):
            self.wrong(field, _("The code %(code)s is used twice.", code=code))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
