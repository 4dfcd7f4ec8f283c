"""What this slice gives to the house: the stays and timers that follow each act, and the words of its own acts."""

from flask_babel import lazy_gettext as _l

from grants import journal
from grants.core import periodic
from grants.lifecycle import stays, sums, timers
from grants.lifecycle.registry import after_acts

# The stay first: what comes after finds the subject where it stands now.
after_acts(stays.follow)
after_acts(timers.follow)

journal.say("holiday", "add_holiday", _l("Holiday entered"))
journal.say("holiday", "remove_holiday", _l("Holiday taken out"))

periodic.job("sums of where files wait", order=84)(sums.keep)
