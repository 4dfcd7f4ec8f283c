"""What complaints give to the house."""

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from grants import journal
from grants.access import policy
from grants.core import navigation
from grants.grievances import archive, effects, forms, guards, queries  # noqa: F401  (importing registers what they hold)
from grants.grievances.models import Grievance
from grants.lifecycle import Kind, register_kind
from grants.projects.sections import section

navigation.entry(62, _l("Complaints"), "grievances.index", "grievances.view")
navigation.public_link(30, _l("Make a complaint"), "complaints.lodge")

journal.say("grievance", "classify", _l("Complaint classified"))
journal.say("grievance", "note", _l("Note of the examination written"))
journal.say("grievance", "open_sealed", _l("Confidential complaint opened to be read"))


def _url(grievance: Grievance) -> str:
    """Its page; for those to whom a sealed one is only a number, the page with the number."""
    if grievance.sealed and not policy.may(g.get("person"), queries.SEALED):
        return url_for("grievances.index")
    return url_for("grievances.show", reference=grievance.reference)


register_kind(
    Kind(
        code="grievance",
        model=Grievance,
        load=queries.find,
        url=_url,
        # Lists, news and mails name a complaint by its reference alone.
        title=lambda grievance: _("Complaint %(reference)s", reference=grievance.reference),
        eager=(joinedload(Grievance.project),),
        words=_l("Complaints"),
    )
)


@section("grievances", order=30, title=_l("Complaints"), template="grievances/section.html", right="grievances.view",
         part=None)  # fmt: skip
def complaints(project, person):
    """The complaints about a file; a sealed one is never among them."""
    found = queries.of_project(project, person)
    may_register = policy.sees(person, queries.HANDLE, project)
    if not found and not may_register:
        return None
    return {"complaints": found, "may_register": may_register}
