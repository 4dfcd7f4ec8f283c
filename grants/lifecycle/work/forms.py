"""What narrows the lists of work. GET forms, so they have no token."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from grants.access import territory
from grants.access.labels import role_label
from grants.core import clock
from grants.core.forms import DayField, SelectField, SubForm, choices
from grants.lifecycle import registry
from grants.lifecycle.work.mine import TASKS


class WorkFilter(SubForm):
    """What narrows My work."""

    when = SelectField(_l("Date"), validate_choice=False)
    what = SelectField(_l("What"), validate_choice=False)
    role = SelectField(_l("In my role of"), validate_choice=False)

    @classmethod
    def of(cls, person, given) -> "WorkFilter":
        """The filter with the choices of a person; one who has a single role chooses none."""
        form = cls(given)
        form.when.choices = choices([("", _("All dates")), ("late", _("Late")), ("week", _("This week"))])
        kinds = [(code, str(kind.words)) for code, kind in registry.kinds.items() if kind.words]
        form.what.choices = choices([("", _("Everything")), *kinds, (TASKS, _("My own sheets and votes"))])
        roles = sorted(person.roles)
        if len(roles) > 1:
            form.role.choices = choices([("", _("All my roles")), *((role, role_label(role)) for role in roles)])
        else:
            del form.role
        return form


class TeamFilter(SubForm):
    """Where: within one's own territory."""

    place = SelectField(_l("Where"), validate_choice=False)

    def narrow(self, places: set) -> str:
        """Give the choices within some territories (None: everywhere); the place chosen, if it lies in them."""
        there = [(code, words) for code, words in territory.choices() if _within(code, places)]
        self.place.choices = choices([("", _("My whole territory")), *there])
        return self.place.data if self.place.data in dict(there) else ""


class ReportFilter(TeamFilter):
    """Over what time, of what, and by what the report counts."""

    kind = SelectField(_l("What"), validate_choice=False)
    by = SelectField(_l("Broken down by"), validate_choice=False)
    since = DayField(_l("From"))
    until = DayField(_l("Until"))

    def period(self):
        """The first and the last day: as given, else the last twelve months; the two in their order."""
        last = self.until.data or clock.today()
        first = self.since.data or last - timedelta(days=365)
        return min(first, last), max(first, last)


def _within(code: str, places: set) -> bool:
    return any(place is None or code.startswith(place) for place in places)
