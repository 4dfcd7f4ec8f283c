"""Input about the books."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from grants.books.labels import account_label
from grants.books.queries import ageing, planning, rules
from grants.books.queries.reading import Span
from grants.core.forms import DayField, Form, RadioField, Required, SelectField, StringField, TextAreaField, choices
from grants.funds import queries as funds
from grants.places.queries import regions


class SpanFilter(Form):
    """What narrows the journal and the balance; it stays in the address."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    first = DayField(_l("First day"))
    last = DayField(_l("Last day"))
    account = SelectField(_l("Account"), validate_choice=False)
    fund = SelectField(_l("Fund"), validate_choice=False)

    def __init__(self, *args, with_account: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.funds = {fund.code: fund for fund in funds.funds()}
        named = ((code, fund.name) for code, fund in self.funds.items())
        self.fund.choices = choices([("", _l("All funds")), *named])
        if with_account:
            named = ((one.number, account_label(one)) for one in rules.accounts())
            self.account.choices = choices([("", _l("All accounts")), *named])
        else:
            del self.account

    def span(self, account: str = "") -> Span:
        """The days and rows asked for; what cannot be read narrows nothing."""
        fund = self.funds.get(self.fund.data or "")
        chosen = account or (self.account.data if "account" in self._fields else "") or ""
        return Span(self.first.data, self.last.data, chosen, fund.id if fund else None)

    def kept(self) -> dict[str, str]:
        """What stays in the address of the next page."""
        found = {name: field.typed for name, field in (("first", self.first), ("last", self.last)) if field.typed}
        if self.fund.data:
            found["fund"] = self.fund.data
        if "account" in self._fields and self.account.data:
            found["account"] = self.account.data
        return found


class PlanFilter(Form):
    """What narrows the cash plan and what is not justified; it stays in the address."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    fund = SelectField(_l("Fund"), validate_choice=False)
    place = SelectField(_l("Region"), validate_choice=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.regions = {place.code: place.name for place in regions()}
        self.fund.choices = choices([("", _l("All funds")), *((one.code, one.name) for one in funds.funds())])
        self.place.choices = choices([("", _l("All regions")), *self.regions.items()])

    def kept(self) -> dict[str, str]:
        """What stays in the addresses of the page."""
        return {name: field.data for name, field in (("fund", self.fund), ("place", self.place)) if field.data}

    def plan(self) -> planning.Filters:
        return planning.Filters(**self.kept())

    def age(self, bucket: str) -> ageing.Filters:
        return ageing.Filters(bucket=bucket if bucket in ageing.LIMITS else "", **self.kept())


class AccountForm(Form):
    """An account of the chart."""

    number = StringField(
        _l("Number"),
        [Required(), Length(max=10)],
        description=_l("Digits only; a sub-account begins with its account."),
    )
    name_fr = StringField(_l("Name in French"), [Required(), Length(max=160)])
    name_en = StringField(_l("Name in English"), [Required(), Length(max=160)])

    def name(self) -> dict[str, str]:
        return {"fr": self.name_fr.data, "en": self.name_en.data}


class _Accounts(Form):
    """A form that lets accounts be chosen."""

    def offer(self, *fields, empty: object) -> None:
        named = [("", empty), *((one.number, account_label(one)) for one in rules.accounts())]
        for field in fields:
            field.choices = choices(named)


class RuleForm(_Accounts):
    """How a kind of movement is booked from now on."""

    debit = SelectField(_l("Debit"))
    credit = SelectField(_l("Credit"))
    also_debit = SelectField(_l("Debit, second entry"))
    also_credit = SelectField(_l("Credit, second entry"))
    reason = TextAreaField(
        _l("Reason"), [Required(), Length(max=300)], description=_l("What the accountant decided, on what paper.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(self.debit, self.credit, self.also_debit, self.also_credit, empty=_l("None"))

    def pairs(self) -> list[tuple[str | None, str | None]]:
        return [(self.debit.data, self.credit.data), (self.also_debit.data, self.also_credit.data)]


class CorrectForm(_Accounts):
    """Which side of an entry is wrong, and the right account."""

    side = RadioField(_l("Which account is wrong"), [Required()])
    account = SelectField(_l("Right account"), [Required()])
    reason = TextAreaField(_l("Reason"), [Required(), Length(max=300)])

    def __init__(self, entry, **kwargs):
        super().__init__(**kwargs)
        debit = _("the account debited, %(number)s", number=entry.debit)
        credit = _("the account credited, %(number)s", number=entry.credit)
        self.side.choices = choices({"debit": debit, "credit": credit})
        self.offer(self.account, empty=_l("Choose"))
