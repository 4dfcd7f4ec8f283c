"""Invented contexts of letters and of the papers of the end."""

from datetime import date

AWARD = {
    "reference": "LA-2026-0007-T",
    "on": date(2026, 4, 15),
    "group": "Coopérative Bɛnkadi des femmes de Sofara",
    "place": "Sofara, commune de Fakala, cercle de Djenné",
    "project": "MP-2026-0417-K",
    "title": "Embouche ovine de 40 têtes à Sofara",
    "call": "Appel 2026-01, relance économique du Centre",
    "committee": "comité régional de sélection de Mopti",
    "held_on": date(2026, 4, 14),
    "minutes": "PV-2026-0007-H",
    "rank": 3,
    "score": "78,5",
    "asked": 3_000_000,
    "amount": 2_850_000,
    "conditions": ["Vaccination des animaux contre la PPR à l’achat"],
    "reason": None,
    "appeal_days": None,
    "appeal_until": None,
}
REFUSAL = AWARD | {
    "reference": "LR-2026-0008-H",
    "rank": None,
    "amount": None,
    "conditions": [],
    "reason": "L’activité figure sur la liste d’exclusion de l’appel.",
    "appeal_days": 15,
    "appeal_until": date(2026, 5, 4),
}
APPEAL = {key: AWARD[key] for key in ("group", "place", "project", "title", "call")} | {
    "reference": "RR-2026-0003-K",
    "on": date(2026, 6, 2),
    "what": "granted",
    "appeal": "RC-2026-0004-P",
    "against": "rejected",
    "refused_on": date(2026, 4, 14),
    "told_on": date(2026, 4, 20),
    "lodged_on": date(2026, 4, 28),
    "way": "spoken",
    "spoken_by": "Mariam Traoré, présidente",
    "reasons": "Le forage est à cent mètres de l’enclos depuis mars. Le comité ne le savait pas.",
    "papers": 2,
    "heard": {
        "name": "comité régional de sélection de Mopti",
        "held_on": date(2026, 6, 1),
        "minutes": "PV-2026-0009-T",
    },
    "reason": "La présence du forage change l’appréciation du risque.",
}
ASSETS = [
    {"name": "Béliers d’embouche", "quantity": "40 têtes", "state": "bon", "place": "Sofara, enclos"},
    {"name": "Enclos", "quantity": "1", "state": None, "place": None},
]


def closing(programme, project, group, reading, issued):
    """The contexts of acceptance and closing, made of the pieces that other samples have."""
    acceptance = {
        "programme": programme,
        "reference": "PR-2026-0003-W",
        "on": date(2026, 12, 3),
        "project": project,
        "group": group,
        "contract": "CV-2026-0311-P",
        "assets": ASSETS,
        "reading": reading,
        "witnesses": [],
        "issued": issued | {"reference": "PR-2026-0003-W"},
    }
    report = {
        "programme": programme,
        "reference": "RC-2026-0003-D",
        "on": date(2026, 12, 10),
        "project": project,
        "group_name": group["name"],
        "contract": "CV-2026-0311-P",
        "grant": 2_850_000,
        "paid": 2_850_000,
        "justified": 2_800_000,
        "refunded": 50_000,
        "written_off": 0,
        "own_proven": 465_000,
        "spending": [
            {"label": "Béliers d’embouche", "planned": 2_100_000, "accepted": 2_080_000},
            {"label": "Aliment bétail", "planned": 750_000, "accepted": 720_000},
        ],
        "payments": [{"what": "Tranche 1", "when": "8 mai 2026", "who": "1\u202f425\u202f000"}],
        "visits": [{"name": "12 juin 2026", "target": "conforme"}],
        "report": "Les quarante béliers ont été engraissés et vendus avant la Tabaski.",
        "assets": ASSETS,
        "accepted_on": date(2026, 12, 3),
        "accepted_with": "le maire de Fakala et le chef de village",
        "prepared_by": "Bintou Sangaré",
        "issued": issued | {"reference": "RC-2026-0003-D"},
    }
    letter = {
        "programme": programme,
        "reference": "LM-2026-0004-C",
        "on": date(2027, 1, 8),
        "kind": "after",
        "claim": "RC-2026-0002-A",
        "project": project,
        "group": group,
        "contract": "CV-2026-0311-P",
        "paid": 2_850_000,
        "settled": 2_400_000,
        "amount": 450_000,
        "unspent": 120_000,
        "ineligible": 80_000,
        "unproven": 250_000,
        "refunded": 150_000,
        "left": 300_000,
        "reason": "Deux achats n’ont pas de facture, et une partie de l’aliment n’a pas été achetée.",
        "due": {"number": 2, "day": date(2027, 1, 5), "left": 150_000},
        "instalments": [
            {"number": number, "day": date(2026 + number // 2, 12 if number == 1 else number, 5), "left": 150_000}
            for number in (1, 2, 3)
        ],
        "issued": issued | {"reference": "LM-2026-0004-C"},
    }
    receipt = {
        "programme": programme,
        "reference": "QT-2026-0005-F",
        "on": date(2026, 12, 6),
        "project": project,
        "group_name": group["name"],
        "contract": "CV-2026-0311-P",
        "claim": "RC-2026-0002-A",
        "amount": 150_000,
        "refunded_on": date(2026, 12, 5),
        "bank_reference": "BNDA 0912",
        "left": 300_000,
        "received_by": "Salif Diarra",
        "issued": issued | {"reference": "QT-2026-0005-F"},
    }
    return {
        "acceptance": acceptance, "closing_report": report, "recovery_letter": letter, "refund_receipt": receipt,
    }  # fmt: skip
