"""The list of groups as a workbook: exactly the groups that the list shows, one a row."""

import io
from datetime import date

import xlsxwriter
from flask_babel import gettext as _

from grants.core import clock
from grants.core.forms import show_phone
from grants.groups.labels import KIND_LABELS
from grants.groups.models import Group

# Account numbers stay here: a list travels by e-mail, and only the people who pay need them.


def workbook(groups: list[Group], place_labels: dict[str, str]) -> bytes:
    """An .xlsx file of groups. Texts stay texts, whatever sign they begin with; days are days."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    heading = [
        _("Reference"), _("Name of the group"), _("Kind of group"), _("Number of the receipt"), _("Day of the receipt"),
        _("Place"), _("Village, fraction or quarter"), _("Women"), _("Men"), _("Under 35 years"), _("Chair"),
        _("Telephone"), _("Account"), _("Consent"), _("Registered on"),
    ]  # fmt: skip
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet(_("Groups")[:31])
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, heading, bold)
        for number, group in enumerate(groups, start=1):
            for column, value in enumerate(_row(group, place_labels)):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, int):
                    sheet.write_number(number, column, value)
                elif value:
                    sheet.write_string(number, column, value)
        sheet.autofit()
        sheet.autofilter(0, 0, max(1, len(groups)), len(heading) - 1)
    return content.getvalue()


def _row(group: Group, place_labels: dict[str, str]) -> list:
    president = next((officer for officer in group.officers if officer.office == "president"), None)
    phone = (president.phone if president else None) or group.phone
    return [
        group.reference, group.name, str(KIND_LABELS[group.kind]), group.registration_number, group.registration_date,
        place_labels[group.place_code], group.village, group.women, group.men, group.youth,
        president.name if president else None, show_phone(phone) if phone else None, account_state(group),
        group.consent_on, group.registered_at.astimezone(clock.BAMAKO).date(),
    ]  # fmt: skip


def account_state(group: Group) -> str:
    """Whether the group can be paid: no account, to verify, verified."""
    if group.account is None:
        return _("no account")
    return _("verified") if group.account.verified_at else _("to verify")
