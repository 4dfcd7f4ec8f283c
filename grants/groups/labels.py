"""The words for what groups are made of."""

from flask_babel import lazy_gettext as _l

KIND_LABELS = {
    "scoops": _l("Simplified cooperative (SCOOPS)"),
    "coop_ca": _l("Cooperative with board (COOP-CA)"),
    "association": _l("Association"),
    "gie": _l("Economic interest group (GIE)"),
    "informal": _l("Informal group, receipt under way"),
}
OFFICE_LABELS = {"president": _l("president"), "treasurer": _l("treasurer"), "secretary": _l("secretary")}
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
    "francais": "français",
}
ACCOUNT_LABELS = {"bank": _l("Bank account"), "wallet": _l("Mobile money")}
WALLET_OPERATORS = {
    "Orange Money": "Orange Money",
    "Moov Money": "Moov Money",
    "Wave": "Wave",
    "Sama Money": "Sama Money",
}


def office_label(office: str) -> str:
    return str(OFFICE_LABELS[office])
