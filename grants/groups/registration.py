"""What this slice gives to the house."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants import journal
from grants.access import policy
from grants.core import navigation
from grants.core.database import db
from grants.documents.ownership import shows_files
from grants.groups import guards, queries  # noqa: F401  (importing the guards registers them)
from grants.groups.labels import ACCOUNT_LABELS
from grants.groups.models import Group, GroupImport
from grants.lifecycle import Item, inbox

navigation.entry(20, _l("Groups"), "groups.index", "groups.view")

journal.say("group", "register", _l("Group registered"))
journal.say("group", "correct", _l("Group corrected"))
journal.say("group", "appoint", _l("Officer appointed"))
journal.say("group", "add_account", _l("Payment account entered"))
journal.say("group", "add_further_account", _l("Another payment account entered"))
journal.say("group", "close_further_account", _l("Another payment account closed"))
journal.say("group_import", "import", _l("List of groups taken over"))
journal.say("group", "verify_account", _l("Payment account verified by a second person"))


@shows_files("group")
def _files(person, group_id: int) -> bool:
    group = db.session.scalar(select(Group).where(Group.id == group_id))
    return group is not None and policy.sees(person, "groups.view", group)


@shows_files("group_import")
def _lists(person, import_id: int) -> bool:
    """A list holds telephones and accounts of a whole region: only who brought it, and who checks the journal."""
    made = db.session.get(GroupImport, import_id)
    return made is not None and (made.imported_by_id == person.id or policy.may(person, "journal.view"))


@inbox
def _accounts_to_verify(person):
    """Accounts that wait for a second person, for those who may be it and did not enter them."""
    if not policy.may(person, "groups.verify_account"):
        return
    for account in queries.waiting_accounts(person):
        yield Item(
            title=account.group.name,
            note=_("%(kind)s to verify", kind=ACCOUNT_LABELS[account.kind]),
            url=url_for("groups.verify_account", reference=account.group.reference)
            if account.main
            else url_for("groups.verify_further_account", reference=account.group.reference, account_id=account.id),
            why=_("second person"),
            due_at=None,
        )
