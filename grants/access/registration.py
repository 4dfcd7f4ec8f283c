"""What this slice gives to the house: its entry in the menu and the words of its acts."""

from flask_babel import lazy_gettext as _l

from grants import journal
from grants.core import navigation

navigation.entry(80, _l("People"), "people.index", "people.manage")

for _action, _words in {
    "add": _l("Account opened"),
    "change": _l("Name or sign-in changed"),
    "grant_role": _l("Role given"),
    "revoke_role": _l("Role taken back"),
    "close_account": _l("Account closed"),
    "reopen_account": _l("Account open again"),
    "issue_activation": _l("Activation code given"),
    "set_password": _l("Password chosen"),
    "sign_in": _l("Signed in"),
    "sign_out": _l("Signed out"),
    "confirm_identity": _l("Password confirmed for an act"),
}.items():
    journal.say("person", _action, _words)

for _action, _words in {
    "give": _l("Interim given"),
    "sign": _l("Interim signed"),
    "end": _l("Interim ended"),
}.items():
    journal.say("delegation", _action, _words)
