"""What visitors answered to the questions of a kind, in words, as the visit keeps them."""

from flask_babel import force_locale

from grants.core.texts import pick

_COMMON = {
    "women_met": "12", "men_met": "4", "members_active": "16", "running": "Oui", "assets_present": "Oui",
    "used_as_agreed": "Oui", "vouchers_filed": "Oui", "cash_counted": "84 500 F CFA", "children_working": "Non",
    "incident": "Non", "said_by_group": "Les ventes progressent depuis la fête ; il manque un second point de vente.",
}  # fmt: skip
_OF_KIND = {
    "livestock": {
        "alive": "19 têtes", "dead": "1 tête", "stolen": "0 tête", "born": "0 tête", "sold": "0 tête",
        "register_matches": "Oui", "condition": "Bon", "vaccinated": "Oui", "feed_days": "34 jours", "clean": "Oui",
    },
    "moto_taxi": {
        "seen": "1 engin", "working": "1 engin", "chassis_match": "Oui", "insured": "Oui", "licences": "Oui",
        "helmets": "Oui", "days_run": "25 jours", "accidents": "0",
    },
    "commerce": {
        "stock": "412 000 F CFA", "account": "96 000 F CFA", "credit_out": "15 000 F CFA", "credit_late": "0 F CFA",
        "inventory_monthly": "Oui", "prices_shown": "Oui", "forbidden": "Non",
    },
}  # fmt: skip


def seen(sheet, kind: str) -> list[dict]:
    """Answers to the questions of the visit sheet of a kind: section, question, answer."""
    given = _COMMON | _OF_KIND[kind]
    with force_locale("fr"):
        return [
            {"section": pick(section.title), "question": pick(field.label), "answer": given[field.code]}
            for section in sheet.sections
            for field in section.fields
            if field.code in given
        ]
