"""The holidays: a list of a year, and the days that administrators add."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import allowed, current_person
from grants.core import clock, navigation
from grants.core.forms import DayField, Form, Required, SelectField, StringField
from grants.core.texts import pick
from grants.core.web import page
from grants.lifecycle import holidays
from grants.workflow import FEASTS

bp = Blueprint("holidays", __name__)

navigation.entry(915, _l("Holidays"), "holidays.index", "holidays.manage")


class HolidayForm(Form):
    """A day on which offices are closed."""

    day = DayField(_l("Day"), [Required()])
    feast = SelectField(_l("What day is it?"))
    fr = StringField(_l("Name in French"), description=_l("Only for another day, such as one granted by communiqué."))
    en = StringField(_l("Name in English"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        feasts = [(str(number), pick(words)) for number, words in enumerate(FEASTS)]
        self.feast.choices = [*feasts, (holidays.OTHER, _("Another day"))]


@bp.route("/holidays", methods=["GET", "POST"])
@allowed("holidays.manage")
def index():
    """The holidays of a year, what is missing among them, and the form that adds one."""
    form = HolidayForm()
    if form.validate_on_submit():
        with form.catching():
            row = holidays.add(form.values(), by=current_person())
            flash(_("%(day)s is a holiday from now on.", day=holidays.title(row)), "success")
            return redirect(url_for(".index", year=row.day.year))
    this = clock.today().year
    year = request.args.get("year", this, type=int)
    year = min(max(year, this - 2), this + 2)
    return page(
        "lifecycle/holidays.html",
        form=form,
        year=year,
        years=range(this - 1, this + 3),
        lines=holidays.listed(year),
        # The next year is asked for once it is near enough for deadlines to fall into it.
        missing=holidays.by_year([this, this + 1] if clock.today().month >= 10 else [this]),
    )


@bp.post("/holidays/<int:holiday_id>/remove")
@allowed("holidays.manage")
def remove(holiday_id: int):
    row = holidays.remove(holiday_id, by=current_person())
    flash(_("%(day)s is a working day again.", day=holidays.title(row)), "success")
    return redirect(url_for(".index", year=row.day.year))
