"""The gallery: every component of the design system on one page, for those who draw pages. Development only."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from grants.core import forms

bp = Blueprint("gallery", __name__)


class BudgetLine(forms.SubForm):
    label = forms.StringField(_l("Item"))
    quantity = forms.IntegerField(_l("Quantity"))
    price = forms.FrancsField(_l("Unit price"))
    payer = forms.SelectField(
        _l("Paid by"),
        choices=[
            SelectChoice("grant", _l("Grant")),
            SelectChoice("cash", _l("Cash")),
            SelectChoice("kind", _l("In kind")),
        ],
    )


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.StringField(_l("Name of the group"), description=_l("As on the receipt of registration."))
    founded = forms.DayField(_l("Founded on"), description=_l("For example 27/03/2024"))
    members = forms.IntegerField(_l("Number of members"))
    amount = forms.FrancsField(_l("Amount asked for"))
    phone = forms.PhoneField(_l("Telephone of the chair"))
    kind = forms.SelectField(
        _l("Kind of micro-project"),
        choices=[SelectChoice("", _l("Choose…")), SelectChoice("livestock", _l("Livestock"))],
    )
    legal = forms.RadioField(
        _l("Legal form"),
        choices=[SelectChoice("coop", _l("Cooperative")), SelectChoice("association", _l("Association"))],
    )
    languages = forms.SelectMultipleField(
        _l("Languages spoken"),
        choices=[
            SelectChoice("bm", "Bamanankan"),
            SelectChoice("ff", "Fulfulde"),
            SelectChoice("snk", "Soninkanxanne"),
        ],
    )
    story = forms.TextAreaField(_l("What the group wants to do"))
    receipt = forms.FileField(_l("Receipt of registration"), description=_l("A photo or a PDF."))
    lines = forms.FieldList(forms.FormField(BudgetLine), label=_l("Budget lines"))
    agreed = forms.BooleanField(_l("The group agrees to the terms that were read aloud."))


class SampleFilter(forms.Form):
    """What a list is filtered by."""

    q = forms.StringField(_l("Name of the group"))
    kind = forms.SelectField(
        _l("Kind of micro-project"),
        choices=[SelectChoice("", _l("Choose…")), SelectChoice("livestock", _l("Livestock"))],
    )


def sample() -> SampleForm:
    """The sample form as it comes back from a post with mistakes."""
    form = SampleForm(
        formdata=None,
        data={
            "name": "Coopérative Benkadi des femmes de Sofara",
            "legal": "coop",
            "languages": ["bm"],
            "lines": [
                {"label": "Béliers de 12 à 18 mois", "quantity": 40, "price": 48000, "payer": "grant"},
                {"label": "Aliment bétail, sacs de 50 kg", "quantity": 60, "price": 14500, "payer": "cash"},
            ],
        },
    )
    form.founded.errors = [_("This is not a day: write it such as 27/03/2024.")]
    form.legal.errors = [_("Choose one of the answers.")]
    form.lines.entries[1].form.price.errors = [_("This amount must be at least %(least)s.", least=1)]
    return form


@bp.get("/gallery")
def show():
    return render_template("gallery.html", form=sample(), filter=SampleFilter(formdata=None, prefix="f-"))
