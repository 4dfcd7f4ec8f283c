"""Input about calls: what is asked of an applicant, and the rules, as tables that a person can read."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional, ValidationError

from grants.access import role_label
from grants.calls.kinds import kinds
from grants.calls.labels import CONDITION_LABELS, FEES_LABELS, LEVEL_LABELS, STATE_LABELS
from grants.calls.rule_reading import LANGUAGES
from grants.calls.rules import LIFTABLE, LIFTERS
from grants.core.errors import Problem
from grants.core.forms import (
    DayField,
    FieldList,
    Form,
    FormField,
    FrancsField,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    SelectMultipleField,
    StringField,
    SubForm,
    TextAreaField,
    choices,
)
from grants.core.texts import Words
from grants.funds import queries as funds
from grants.places import queries as places
from grants.places.spelling import fold, key


class PlanRow(SubForm):
    up_to = FrancsField(_l("Grants up to"))
    percents = StringField(_l("Shares in percent"), [Length(max=40)])


class LevelRow(SubForm):
    level = SelectField(_l("Committee"), choices=choices([("", "—"), *LEVEL_LABELS.items()]), validate_choice=False)
    up_to = FrancsField(_l("Amounts up to"))


class CriterionRow(SubForm):
    code = HiddenField()
    label_fr = TextAreaField(_l("In French"), [Length(max=200)], render_kw={"rows": 3})
    label_en = TextAreaField(_l("In English"), [Length(max=200)], render_kw={"rows": 3})
    weight = IntegerField(_l("Weight"), most=100)
    most = IntegerField(_l("Points up to"), most=100)


class QuestionRow(SubForm):
    code = HiddenField()
    label_fr = TextAreaField(_l("Question in French"), [Length(max=200)], render_kw={"rows": 3})
    label_en = TextAreaField(_l("Question in English"), [Length(max=200)], render_kw={"rows": 3})
    help_fr = TextAreaField(_l("What to look at, in French"), [Length(max=400)], render_kw={"rows": 3})
    help_en = TextAreaField(_l("What to look at, in English"), [Length(max=400)], render_kw={"rows": 3})


def _percent(label, hint=None, **kwargs):
    return IntegerField(label, [Required()], description=hint or "", least=0, most=100, **kwargs)


def _lifter(code: str):
    return SelectField(CONDITION_LABELS[code], validate_choice=False)


class CallForm(Form):
    """A call, whole: what it is, who may ask for what, and the rules of the game."""

    title = StringField(_l("Title"), [Required(), Length(max=160)])
    summary = TextAreaField(
        _l("In a few words"),
        [Required(), Length(max=1000)],
        description=_l("What the call is for, and for whom. Everybody reads it."),
    )
    envelope = SelectField(_l("Envelope that pays"), [Required()])
    opens_on = DayField(_l("First day to apply"), [Required()], description=_l("For example 01/03/2026"))
    closes_on = DayField(_l("Last day to apply"), [Required()], description=_l("For example 30/04/2026"))
    regions = SelectMultipleField(_l("Regions"), description=_l("None chosen: the whole country."))
    other_places = TextAreaField(
        _l("Cercles or communes"),
        description=_l(
            "Where the call is not for a whole region: one a line, such as “Cercle de Djenné” or “Konna, Mopti”."
        ),
        render_kw={"rows": 3},
    )
    kinds = SelectMultipleField(
        _l("Kinds of micro-project"), [Required(_l("Choose at least one kind of micro-project."))]
    )
    least_grant = FrancsField(_l("Smallest grant"), [Required()], at_least=1)
    most_grant = FrancsField(_l("Largest grant"), [Required()], at_least=1)
    own_contribution_percent = _percent(
        _l("Contribution of the group"), _l("Percent of the whole cost, in cash or in kind.")
    )

    tranche_plans = FieldList(
        FormField(PlanRow),
        _l("Tranches"),
        description=_l("Shares such as 50/30/20. The last line has no amount: it holds for all larger grants."),
    )
    works_kinds = SelectMultipleField(_l("Kinds that are works"), description=_l("They have tranches of their own."))
    works_percents = StringField(
        _l("Tranches of works"), [Required(), Length(max=40)], description=_l("Shares such as 30/40/30.")
    )
    retention_percent = _percent(
        _l("Kept back of each tranche of works"),
        _l("It is paid as a last tranche, after the acceptance and the guarantee. 0: nothing is kept back."),
        default=0,
    )
    retention_months = IntegerField(
        _l("Months of guarantee"),
        [Required()],
        description=_l("From the acceptance of the works."),
        default=12,
        most=36,
    )
    conditions_first = SelectMultipleField(_l("Before the first tranche"), choices=choices(CONDITION_LABELS))
    conditions_next = SelectMultipleField(_l("Before each later tranche"), choices=choices(CONDITION_LABELS))
    lift_contribution_proven = _lifter("contribution_proven")
    lift_previous_justified = _lifter("previous_justified")
    lift_visit_on_track = _lifter("visit_on_track")
    lift_training_held = _lifter("training_held")
    justify_percent = _percent(_l("Share to be justified before the next tranche"))
    chase_remind = IntegerField(_l("Days until the reminder"), [Required()], most=730)
    chase_suspend = IntegerField(_l("Days until the suspension"), [Required()], most=730)
    chase_notice = IntegerField(_l("Days until the formal notice"), [Required()], most=730)

    fees_borne_by = RadioField(
        _l("Fees of sending and withdrawing"),
        choices=choices(FEES_LABELS),
        default="programme",
        description=_l("The contract says it, and the bank or the operator is told with each transfer."),
    )
    appeal_days = IntegerField(
        _l("Days in which a decision may be contested"),
        [Required()],
        description=_l(
            "Counted from the day on which the group receives its letter, which states them; 0 for no delay."
        ),
        default=15,
        least=0,
        most=90,
    )
    visit_days = IntegerField(_l("Days until the visit after a payment"), [Required()], default=30, most=365)
    visit_days_watched = IntegerField(
        _l("Days until the visit of a file to be watched"),
        [Required()],
        description=_l("Files with environmental or social measures, and those decided by the national committee."),
        default=15,
        most=365,
    )

    committee_levels = FieldList(
        FormField(LevelRow),
        _l("Committees by amount"),
        description=_l("The last line has no amount: it decides on all larger amounts."),
    )
    small_grant = FrancsField(
        _l("Small grants, up to"),
        [Optional()],
        description=_l("Where the workflow has a simpler way for small grants. Empty: it is closed in this call."),
        at_least=1,
    )
    quota_women = _percent(_l("For groups mostly of women, at least"))
    quota_youth = _percent(_l("For groups mostly of young people, at least"))

    score_grid = FieldList(
        FormField(CriterionRow),
        _l("Criteria"),
        description=_l("The weights add up to 100. A line left empty is taken out."),
    )
    score_gap_limit = IntegerField(
        _l("Largest gap between two sheets"),
        [Required()],
        description=_l("In points out of 100; beyond it a third sheet is needed."),
        most=100,
    )
    least_score = IntegerField(
        _l("Least score to be recommended"), [Required()], description=_l("Out of 100."), most=100
    )
    eligibility_questions = FieldList(
        FormField(QuestionRow),
        _l("Questions"),
        description=_l("Each is answered by yes or no. A line left empty is taken out."),
    )

    LISTS = ("tranche_plans", "committee_levels", "score_grid", "eligibility_questions")
    CALL = ("title", "summary", "opens_on", "closes_on", "least_grant", "most_grant", "own_contribution_percent")
    NUMBERS = (
        "score_gap_limit", "least_score", "quota_women", "quota_youth", "justify_percent", "chase_remind",
        "chase_suspend", "chase_notice", "visit_days", "visit_days_watched", "appeal_days", "retention_percent",
        "retention_months",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.envelopes = {envelope.code: envelope for envelope in funds.envelopes()}
        named = ((code, f"{envelope.name} ({code})") for code, envelope in self.envelopes.items())
        self.envelope.choices = choices([("", _("Choose")), *named])
        self.regions.choices = choices((region.code, region.name) for region in places.regions())
        self.kinds.choices = choices((code, Words(kind.label)) for code, kind in kinds().items())
        self.works_kinds.choices = self.kinds.choices
        for code in LIFTABLE:
            roles = ((role, role_label(role)) for role in LIFTERS)
            self[f"lift_{code}"].choices = choices([("", _("Nobody")), *roles])
        self._found: list[str] = []

    def validate_other_places(self, field):
        """Every line is one place, or the person is told which ones it could be."""
        self._found = []
        for line in filter(None, map(str.strip, (field.data or "").splitlines())):
            near = places.search(line, limit=6)
            labels = places.labels(near)
            # The whole label first: it tells the cercle of Mopti from its commune.
            fits = [p for p in near if fold(labels[p.code]) == fold(line)]
            fits = fits or [p for p in near if key(p.name) == key(line.split(",")[0])]
            if len(fits) != 1:
                could = " ; ".join(labels[p.code] for p in fits or near)
                text = _("“%(line)s” could be: %(could)s.", line=line, could=could) if near else None
                raise ValidationError(text or _("“%(line)s” is no place of the official list.", line=line))
            self._found.append(fits[0].code)

    def call_values(self) -> dict:
        """What `operations.draft_call` takes."""
        given = {name: self[name].data for name in self.CALL}
        zone = [code for code in self._found if code[:2] not in (self.regions.data or [])]
        return given | {
            "envelope": self.envelopes.get(self.envelope.data),
            "places": [*(self.regions.data or []), *zone],
            "kinds": self.kinds.data,
            "rules": self.rules(),
        }

    def rules(self) -> dict:
        """The rules as plain data; `calls.rules.parse` says what is wrong in them."""
        grid = [row for row in self.score_grid.data if row["label_fr"] or row["label_en"] or row["weight"]]
        asked = [row for row in self.eligibility_questions.data if any(v for k, v in row.items() if k in _QUESTION)]
        plans = [row for row in self.tranche_plans.data if row["percents"] or row["up_to"]]
        levels = [row for row in self.committee_levels.data if row["level"] or row["up_to"]]
        criteria = [
            {"label": _words(row, "label"), "weight": row["weight"], "most": row["most"], "code": row["code"]}
            for row in grid
        ]
        questions = [{"label": _words(row, "label"), "help": _words(row, "help"), "code": row["code"]} for row in asked]
        return {
            "tranche_plans": [_without_none({"up_to": r["up_to"], "percents": _shares(r["percents"])}) for r in plans],
            "works_kinds": self.works_kinds.data or [],
            "works_percents": _shares(self.works_percents.data),
            "tranche_conditions": [self.conditions_first.data or [], self.conditions_next.data or []],
            "lifting": {code: role for code in LIFTABLE if (role := self[f"lift_{code}"].data)},
            "fees_borne_by": self.fees_borne_by.data,
            "committee_levels": [_without_none(row) for row in levels],
            "score_grid": _coded(criteria),
            "eligibility_questions": _coded(questions),
            **{name: self[name].data for name in self.NUMBERS},
            **_without_none({"small_grant": self.small_grant.data}),
        }

    def show(self, problems: list[Problem]) -> None:
        """The conditions stand in two fields of the form; what is wrong in them stands beside the first."""
        renamed = {"tranche_conditions": "conditions_first", "places": "other_places"}
        super().show([Problem(p.message, renamed.get(p.field, p.field)) for p in problems])


_QUESTION = ("label_fr", "label_en", "help_fr", "help_en")


class PublishForm(Form):
    """Nothing to fill in: pressing the button is the act."""


class CallFilter(Form):
    """What narrows the list of calls; it stays in the address."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    state = SelectField(
        _l("State"), choices=choices([("", _l("Every call")), *STATE_LABELS.items()]), validate_choice=False
    )


def data_of(call) -> dict:
    """What the form shows of a call."""
    regions = [code for code in call.places if len(code) == 2]
    others = places.labels_of(code for code in call.places if len(code) > 2)
    given = {name: getattr(call, name) for name in CallForm.CALL}
    return (
        given
        | data_of_rules(call.rules)
        | {
            "envelope": call.envelope.code,
            "regions": regions,
            "other_places": "\n".join(label for _code, label in sorted(others.items())),
            "kinds": call.kinds,
        }
    )


def data_of_rules(rules: dict) -> dict:
    """What the form shows of rules."""
    conditions = [*rules["tranche_conditions"], *rules["tranche_conditions"][-1:]]
    return {
        "tranche_plans": [
            {"up_to": row.get("up_to"), "percents": "/".join(map(str, row["percents"]))}
            for row in rules["tranche_plans"]
        ],
        "works_kinds": rules["works_kinds"],
        "works_percents": "/".join(map(str, rules["works_percents"])),
        "conditions_first": conditions[0],
        "conditions_next": conditions[1],
        **{f"lift_{code}": rules.get("lifting", {}).get(code, "") for code in LIFTABLE},
        "committee_levels": [{"level": row["level"], "up_to": row.get("up_to")} for row in rules["committee_levels"]],
        "score_grid": [
            _row(row, "label") | {"weight": row["weight"], "most": row["most"]} for row in rules["score_grid"]
        ],
        "eligibility_questions": [_row(row, "label", "help") for row in rules["eligibility_questions"]],
        **{name: rules[name] for name in CallForm.NUMBERS if name in rules},
        "fees_borne_by": rules.get("fees_borne_by", "programme"),
        "small_grant": rules.get("small_grant"),
    }


def _row(row: dict, *keys: str) -> dict:
    words = {f"{key}_{one}": row.get(key, {}).get(one, "") for key in keys for one in LANGUAGES}
    return {"code": row["code"]} | words


def _words(row: dict, key: str) -> dict:
    words = {one: row[f"{key}_{one}"] or "" for one in LANGUAGES}
    return words if any(words.values()) or key == "label" else {}


def _shares(text: str | None) -> list[int]:
    """`50/30/20` as numbers; what cannot be read gives an empty list, which the rules refuse."""
    parts = [part.strip().rstrip("%").strip() for part in re.split(r"[/;,+\s]+", text or "") if part.strip(" %")]
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []


def _without_none(row: dict) -> dict:
    return {key: value for key, value in row.items() if value is not None}


def _coded(rows: list[dict]) -> list[dict]:
    """Rows with a code each: their own, else one made of the first words of their French label."""
    taken = {row["code"] for row in rows if row["code"]}
    for row in rows:
        if not row["code"]:
            stem = re.sub(r"[^a-z0-9]+", "_", fold(row["label"]["fr"])).strip("_")[:30] or "line"
            stem = stem if stem[0].isalpha() else f"c_{stem}"
            numbered = (stem if number == 1 else f"{stem}_{number}" for number in range(1, 100))
            row["code"] = next(code for code in numbered if code not in taken)
            taken.add(row["code"])
    return rows
