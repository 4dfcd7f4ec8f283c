"""The words for what groups are made of."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

KIND_LABELS = {
    "scoops": _l("Simplified cooperative (SCOOPS)"),
    "coop_ca": _l("Cooperative with board (COOP-CA)"),
    "association": _l("Association"),
    "gie": _l("Economic interest group (GIE)"),
    "informal": _l("Informal group, receipt under way"),
}
OFFICE_LABELS = {"president": _l("president"), "treasurer": _l("treasurer"), "secretary": _l("secretary")}
# French says whether a woman or a man holds the office.
_OFFICE_LABELS_BY_SEX = {
    "F": {
        "president": lazy_pgettext("a woman", "president"),
        "treasurer": lazy_pgettext("a woman", "treasurer"),
        "secretary": lazy_pgettext("a woman", "secretary"),
    },
    "M": {
        "president": lazy_pgettext("a man", "president"),
        "treasurer": lazy_pgettext("a man", "treasurer"),
        "secretary": lazy_pgettext("a man", "secretary"),
    },
}
SEX_LABELS = {"F": _l("woman"), "M": _l("man")}
PAPER_LABELS = {
    "nina": _l("NINA card"),
    "identity_card": _l("National identity card"),
    "passport": _l("Passport"),
    "family_record_book": _l("Family record book"),
    "birth_certificate": _l("Birth certificate"),
    "other": _l("Another paper"),
}
# The national languages of law 96-049, by the names used in Mali, and what else is spoken to groups.
LANGUAGES = {
    "bamanankan": "bamanankan",
    "bomu": "bomu",
    "bozo": "bozo",
    "dogoso": "dɔgɔsɔ",
    "fulfulde": "fulfulde",
    "hasaniya": "hasaniya",
    "mamara": "mamara",
    "maninkakan": "maninkakan",
    "soninke": "soninke",
    "songhay": "songhay",
    "syenara": "syenara",
    "tamasheq": "tamasheq",
    "xaasongaxanno": "xaasongaxanŋo",
    "arabe": "arabe",
    "francais": "français",
}
ACCOUNT_LABELS = {"bank": _l("Bank account"), "wallet": _l("Mobile money")}
WALLET_OPERATORS = {
    "Orange Money": "Orange Money",
    "Moov Money": "Moov Money",
    "Wave": "Wave",
    "Sama Money": "Sama Money",
    "Telecel Money": "Telecel Money",
}


def office_label(office: str, sex: str | None = None) -> str:
    """An office in the reader's language, in the words for a woman (F) or a man (M) where the sex is known."""
    return str(_OFFICE_LABELS_BY_SEX.get(sex, OFFICE_LABELS)[office])
