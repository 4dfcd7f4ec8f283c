"""Input about groups: the group itself, its officers, its account, and the second look at the account."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice
from wtforms.validators import Length, Optional

from grants.core.errors import Problem
from grants.core.forms import (
    BooleanField,
    DayField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    PhoneField,
    RadioField,
    Required,
    RequiredIf,
    SelectField,
    StringField,
    TextAreaField,
)
from grants.groups import queries
from grants.groups.accounts import read_bank, read_wallet
from grants.groups.labels import ACCOUNT_LABELS, KIND_LABELS, LANGUAGES, PAPER_LABELS, SEX_LABELS, WALLET_OPERATORS

# The version of the words of consent that are read to groups.
CONSENT_TEXT = "2026-1"


def choices(labels: dict, first: object = None) -> list[SelectChoice]:
    """What a list offers: values with their labels, and before them, where `first` is given, an empty one."""
    empty = [] if first is None else [SelectChoice("", first)]
    return [*empty, *(SelectChoice(value, label) for value, label in labels.items())]


class FilterForm(Form):
    """What narrows the list of groups; it stays in the address."""

    class Meta(Form.Meta):
        csrf = False  # reading only

    q = StringField(_l("Name, village, reference or receipt"))
    region = SelectField(_l("Region"), choices=[], validate_choice=False)
    kind = SelectField(_l("Kind"), choices=choices(KIND_LABELS, _l("All kinds")), validate_choice=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # PostgreSQL refuses a NUL in a text, and nobody searches for one.
        self.q.data = "".join(sign for sign in self.q.data or "" if sign.isprintable())


class GroupForm(Form):
    """A group as an agent enters it. The place is typed, looked up and chosen in the same form."""

    name = StringField(_l("Name of the group"), [Required(), Length(max=160)], description=_l("As on the receipt."))
    kind = RadioField(
        _l("Kind of group"),
        [Required(_l("Choose the kind of group."))],
        choices=choices(KIND_LABELS),
        validate_choice=False,
    )
    registration_number = StringField(
        _l("Number of the receipt"),
        [Optional(), Length(max=60)],
        description=_l("Leave it empty while the receipt is under way."),
    )
    registration_date = DayField(
        _l("Day of the receipt"), [Optional()], past=True, description=_l("For example 27/03/2021")
    )
    registration_authority = StringField(
        _l("Issued by"), [Optional(), Length(max=120)], description=_l("For example: préfet of the cercle, subdivision")
    )
    place_text = StringField(
        _l("Commune or cercle"),
        [Required()],
        description=_l("Type its name and look it up; then choose the right one."),
    )
    place_searched = HiddenField()
    place_code = RadioField(_l("Which one is it?"), choices=[], validate_choice=False)
    village = StringField(_l("Village, fraction or quarter"), [Required(), Length(max=80)])
    women = IntegerField(_l("Women"), [Required()], most=5000)
    men = IntegerField(_l("Men"), [Required()], most=5000)
    youth = IntegerField(_l("Of these, under 35 years"), [Required()], most=5000)
    language = SelectField(
        _l("Language in which to speak to the group"),
        [Required(_l("Choose a language."))],
        choices=choices(LANGUAGES, _l("Choose")),
    )
    phone = PhoneField(_l("Telephone of the group"), [Optional()])
    activity = TextAreaField(_l("What the group does"), [Optional(), Length(max=2000)], render_kw={"rows": 3})
    consent_on = DayField(
        _l("Day on which the group agreed"),
        [Optional()],
        past=True,
        description=_l("Leave it empty until the group has agreed that its data are kept."),
    )
    consent_language = SelectField(
        _l("Language in which it was read out"),
        [Optional()],
        choices=choices(LANGUAGES, _l("Choose")),
    )
    consent_witness = StringField(
        _l("Witness"), [Optional(), Length(max=120)], description=_l("Name and role of who was there.")
    )
    apart = BooleanField(_l("It is not the same group: register it"))
    apart_from = HiddenField()

    def __init__(self, *args, person, group=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.group = person, group
        self.alike: list = []
        self.places: dict[str, str] = {}
        self._look_up_place()

    def _look_up_place(self) -> None:
        """Offer the places that the text may mean; one that leaves no doubt is taken."""
        text = self.place_text.data or ""
        found, sure = queries.places_meant(text, self.person)
        self.places = found
        self.place_code.choices = choices(found)
        if self.place_searched.data != text or self.place_code.data not in found:
            self.place_code.data = sure
        self.place_searched.data = text

    def validate(self, extra_validators=None) -> bool:
        """Check all fields, the place and the groups that may be the same, so that everything is told at once."""
        right = super().validate(extra_validators)
        return all([right, self._place_chosen(), self._consent_whole(), self._not_twice()])

    def _place_chosen(self) -> bool:
        if self.place_code.data or not self.place_text.data:
            return bool(self.place_code.data)
        if self.places:
            self.place_code.errors = [_("Choose which place it is.")]
        else:
            self.place_text.errors = [
                _("No commune or cercle of your territory is written like “%(text)s”.", text=self.place_text.data)
            ]
        return False

    def _consent_whole(self) -> bool:
        if self.consent_on.data and not self.consent_language.data:
            self.consent_language.errors = [_("Say in which language it was read out.")]
        if self.consent_on.data and not self.consent_witness.data:
            self.consent_witness.errors = [_("Write who witnessed that the group agreed.")]
        return not (self.consent_language.errors or self.consent_witness.errors)

    def _not_twice(self) -> bool:
        if self.group is not None or not self.name.data or not self.place_code.data:
            return True
        self.alike = queries.alike(self.name.data, self.place_code.data, person=self.person)
        shown = set((self.apart_from.data or "").split())
        references = {group.reference for group in self.alike}
        self.apart_from.data = " ".join(sorted(references))
        if references <= shown and self.apart.data:
            return True
        self.apart.data = False
        if references:
            self.apart.errors = [_("A group of this cercle is called nearly the same: look whether it is this one.")]
        return not references

    def show(self, problems: list[Problem]) -> None:
        """Problems of the place stand beside the text where nothing was offered to choose from."""
        place = "place_code" if self.places else "place_text"
        super().show([Problem(p.message, place) if p.field == "place_code" else p for p in problems])

    def group_values(self) -> dict:
        """What the operations take."""
        own = {"place_text", "place_searched", "apart", "apart_from"}
        values = {name: value for name, value in self.values().items() if name not in own}
        return {**values, "consent_text": CONSENT_TEXT if values["consent_on"] else None}


class OfficerForm(Form):
    """Who holds an office, and until when."""

    name = StringField(_l("First name and name"), [Required(), Length(max=120)])
    sex = RadioField(
        _l("Woman or man"),
        [Required(_l("Say whether a woman or a man."))],
        choices=choices(SEX_LABELS),
        validate_choice=False,
    )
    phone = PhoneField(_l("Telephone"), [Optional()])
    paper_kind = SelectField(_l("Identity paper"), choices=choices(PAPER_LABELS, _l("None seen")))
    paper_number = StringField(_l("Number of the paper"), [Optional(), Length(max=40)])
    mandate_from = DayField(_l("Holds the office since"), [Required()], past=True)
    mandate_until = DayField(
        _l("Mandate ends"), [Optional()], description=_l("Leave it empty where the statutes set no end.")
    )


class AccountForm(Form):
    """Where a group is paid: a bank account or a mobile wallet."""

    kind = RadioField(
        _l("How is the group paid?"),
        [Required(_l("Say whether a bank or a wallet."))],
        choices=choices(ACCOUNT_LABELS),
        validate_choice=False,  # the operation refuses any other, in words
    )
    bank = StringField(_l("Bank"), [RequiredIf("kind", "bank"), Length(max=80)])
    rib = StringField(
        _l("RIB or IBAN"),
        [RequiredIf("kind", "bank"), Length(max=60)],
        description=_l("24 signs (RIB) or 28 (IBAN), as on the bank slip. Spaces do not matter."),
        render_kw={"autocomplete": "off"},
    )
    operator = SelectField(
        _l("Operator"), [RequiredIf("kind", "wallet")], choices=choices(WALLET_OPERATORS, _l("Choose"))
    )
    wallet = StringField(
        _l("Number of the wallet"),
        [RequiredIf("kind", "wallet"), Length(max=30)],
        description=_l("A mobile number of Mali, for example 76 12 34 56."),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )
    holder = StringField(
        _l("In whose name"),
        [Required(), Length(max=160)],
        description=_l("Exactly as the bank or the operator writes it."),
    )

    def validate(self, extra_validators=None) -> bool:
        """Check the number too, so that its slip is told together with what is missing."""
        right = super().validate(extra_validators)
        field, read = (self.wallet, read_wallet) if self.kind.data == "wallet" else (self.rib, read_bank)
        if self.kind.data and field.data and not field.errors:
            try:
                read(field.data)
            except ValueError as slip:
                field.errors = [str(slip)]
                right = False
        return right

    def show(self, problems: list[Problem]) -> None:
        """The operation speaks of institution and number; here each kind has its own fields."""
        bank = self.kind.data != "wallet"
        here = {"institution": "bank" if bank else "operator", "number": "rib" if bank else "wallet"}
        super().show([Problem(p.message, here.get(p.field, p.field)) for p in problems])

    def account_values(self) -> dict:
        """What the operation takes."""
        bank = self.kind.data == "bank"
        return {
            "kind": self.kind.data,
            "institution": self.bank.data if bank else self.operator.data,
            "number": self.rib.data if bank else self.wallet.data,
            "holder": self.holder.data,
        }


class FurtherAccountForm(AccountForm):
    """An account beside the main one; a wallet is that of an officer."""

    officer_id = SelectField(_l("Whose wallet"), [RequiredIf("kind", "wallet")], validate_choice=False)


class VerifyForm(Form):
    """What the second person saw."""

    # The account that was on the screen: one entered meanwhile is not verified by mistake.
    account = HiddenField()
    how = StringField(
        _l("What you saw"),
        [Required()],
        description=_l("For example: bank slip stamped on 12/03/2026; call to the operator, name confirmed."),
    )


class ImportForm(Form):
    """A list of groups in a spreadsheet."""

    file = FileField(
        _l("List of groups (.xlsx)"),
        [Required(_l("Choose the list."))],
        kinds=("sheet",),
        description=_l(
            "One row for each group; one row of headings. Nothing is registered before you have seen what was read."
        ),
    )
