"""What the funds offer to the rest: effects, words of the journal, the menu, the commands."""

from flask_babel import lazy_gettext as _l

from grants import journal
from grants.core import navigation
from grants.funds import effects  # noqa: F401 – importing it registers the effects

navigation.entry(70, _l("Funds"), "funds.index", "funds.view")

journal.say("donor", "open", _l("Donor registered"))
journal.say("fund", "open", _l("Fund registered"))
journal.say("envelope", "open", _l("Envelope opened"))
journal.say("envelope", "endow", _l("Money put into the envelope"))
journal.say("envelope", "withdraw", _l("Money taken out of the envelope"))
