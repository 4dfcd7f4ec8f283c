"""What the calls offer to the rest: guards, words of the journal, the menu."""

from flask_babel import lazy_gettext as _l

from grants import journal
from grants.calls import guards  # noqa: F401  (importing registers them)
from grants.core import navigation

navigation.entry(30, _l("Calls"), "calls.index", "calls.view")
navigation.public_link(10, _l("Open calls"), "calls.open_now")

journal.say("call", "draft", _l("Call drafted"))
journal.say("call", "change", _l("Call changed"))
journal.say("call", "publish", _l("Call published, its rules are frozen"))
