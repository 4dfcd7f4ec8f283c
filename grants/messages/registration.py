"""What messages give to the house: they listen to acts and to timers, and they have work of their own to do."""

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from grants.access.sign_ins import beside
from grants.core import navigation
from grants.core.periodic import job
from grants.lifecycle import after_acts, timers
from grants.lifecycle.work.figures import figure
from grants.messages import digests, operations, outbox, queries, telling

after_acts(telling.of_acts)
timers.when_late(telling.of_lateness)
job("timers", order=10)(timers.fire_due)
job("digests", order=50)(digests.write_due)
job("mails", order=60)(outbox.send_due)
job("old news", order=95)(operations.forget_old)

navigation.entry(66, _l("News"), "news.index", "work.view", beside="news")
beside("news", queries.unread_of)


@figure
def _unread(person) -> dict:
    """How much news a person has not read."""
    count = queries.unread(person)
    return {
        "number": count,
        "label": ngettext("piece of news", "pieces of news", count),
        "url": url_for("news.index"),
        "tone": "now" if count else None,
    }
