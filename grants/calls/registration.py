"""What the calls offer to the rest: guards, words of the journal, the menu."""

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from grants import journal
from grants.calls import guards  # noqa: F401  (importing registers them)
from grants.calls.kinds import kinds
from grants.calls.models import Call
from grants.core import navigation
from grants.core.database import db
from grants.core.texts import pick
from grants.funds import labels as fund_labels
from grants.funds import queries as funds

navigation.entry(30, _l("Calls"), "calls.index", "calls.view")
navigation.public_link(10, _l("Open calls"), "calls.open_now")

journal.say("call", "draft", _l("Call drafted"))
journal.say("call", "change", _l("Call changed"))
journal.say("call", "publish", _l("Call published, its rules are frozen"))

fund_labels.offer_kinds(lambda: {code: pick(kind.label) for code, kind in kinds().items()})


@funds.find_calls
def _of_envelope(envelope) -> list[tuple[str, str]]:
    found = db.session.execute(
        select(Call.title, Call.reference).where(Call.envelope_id == envelope.id, Call.published_at.is_not(None))
    )
    return [(title, url_for("calls.show", reference=reference)) for title, reference in found]
