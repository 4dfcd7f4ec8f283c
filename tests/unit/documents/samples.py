"""Whole, invented contexts: one for each kind of document."""

import copy
from datetime import date
from pathlib import Path

from grants.documents import plain
from tests.unit.documents import samples_after, samples_amendment, samples_visit

ISSUED = {
    "reference": "CV-2026-0311-P",
    "code": "7KQ4-M2XD-93TA",
    "address": "https://benkan.example/v/7KQ4-M2XD-93TA",
    "host": "benkan.example/v",
    "template_version": "1.0",
    "fingerprint": "9f3cb71e04aa77d0" * 4,
    "on": date(2026, 4, 21),
    "journal_seq": 48212,
    "journal_head": "9f3cb71e04aa77d0" * 4,
    "checkpoint": 312,
    "checkpoint_root": "41d0c2aa96e8b735" * 4,
}
PROGRAMME = {
    "name": "Programme d’appui à la cohésion sociale",
    "unit": "Équipe régionale d’appui de Mopti",
    "address": "rue 246, Sévaré",
    "phone": "21 42 01 02",
    "funder": "la Banque mondiale (IDA)",
    "agreement": "accord de don n°\u00a0D-8420-ML",
    "represented_by": "Amadou Kassogué",
    "role": "coordonnateur du Programme",
}
SOFARA = {
    "village": "Sofara",
    "commune": "Fakala",
    "cercle": "Djenné",
    "region": "région de Mopti",
    "code": "05040603",
    "latitude": 14.01528,
    "longitude": -4.24361,
}
OFFICERS = [
    {"name": "Mariam Tangara", "role": "présidente", "paper": "NINA 27903504018012 K"},
    {"name": "Awa Niaré", "role": "trésorière", "paper": "carte d’identité n°\u00a0MOP-118204"},
    {"name": "Djénéba Ɲaari Kɔnɛ", "role": "secrétaire", "paper": None},
]
GROUP = {
    "name": "Coopérative Bɛnkadi des femmes de Sofara",
    "form": "société coopérative simplifiée (SCOOPS)",
    "registration": "immatriculée sous le n°\u00a00417/SCOOPS-DJE le 3 mars 2024 au registre des sociétés "
    "coopératives de Djenné",
    "seat": SOFARA,
    "members": {"total": 42, "women": 38, "men": 4, "youth": 15, "disabled": 2},
    "mandate": "le procès-verbal de l’assemblée générale du 2 février 2026",
    "officers": OFFICERS,
}
PROJECT = {
    "reference": "MP-2026-0417-K",
    "title": "Embouche ovine de 40 têtes à Sofara",
    "kind": "élevage",
    "summary": "Le Groupement achète 40 béliers, les engraisse quatre mois et les vend avant la Tabaski, puis "
    "recommence avec les recettes.",
    "place": SOFARA,
    "revision": 2,
    "beneficiaries": 260,
}
PAYEE = {
    "mode": "virement bancaire",
    "institution": "BNDA, agence de Mopti",
    "account": "ML016 01201 026001006684 97",
    "holder": "Coopérative Bɛnkadi des femmes de Sofara",
    "fees": "à la charge du Programme",
}
READING = {
    "language": "bamanankan",
    "place": "Sofara",
    "on": date(2026, 4, 21),
    "reader": "Kadidia Sow",
    "reader_paper": "carte d’identité n°\u00a0MOP-220871",
}

# As the programme printed one for an invented group: its articles come from texts that are kept in the database.
CONTRACT = plain.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8")) | {
    "group": GROUP,
    "issued": ISSUED,
}

MINUTES = {
    "programme": PROGRAMME,
    "reference": "PV-2026-0007-H",
    "number": 7,
    "committee": "comité régional de sélection de Mopti",
    "call": "Appel 2026-01, relance économique du Centre",
    "on": date(2026, 4, 1),
    "place": "Sévaré, salle de la Direction régionale",
    "opened": "9 h 15",
    "closed": "13 h 40",
    "chair": "Fatoumata Maïga",
    "secretary": "Oumar Guindo",
    "attendance": [
        {"name": "Fatoumata Maïga", "role": "présidente", "present": True, "excused": False},
        {"name": "Ousmane Tembely", "role": "société civile", "present": True, "excused": False},
        {"name": "Aminata Diallo", "role": "organisations de femmes", "present": True, "excused": False},
        {"name": "Ibrahima Yalcouyé", "role": "conseil de la jeunesse", "present": True, "excused": False},
        {"name": "Seydou Karembé", "role": "services techniques", "present": False, "excused": True},
    ],
    "members": 5,
    "quorum": 3,
    "conflicts": [{"member": "Ousmane Tembely", "project": "MP-2026-0431-T", "reason": "frère de la trésorière"}],
    "appeals": [
        {
            "reference": "RC-2026-0004-P",
            "project": "MP-2026-0402-T",
            "title": "Atelier de teinture à Mopti",
            "group": "Association Ɲɛtaa",
            "against": "rejected",
            "lodged_on": date(2026, 3, 12),
            "decided": "uphold",
            "conditions": [],
            "reason": "Les raisons données ne changent pas l’appréciation du marché.",
            "votes_for": 1,
            "votes_against": 5,
            "abstentions": 0,
        }
    ],
    "changes": [
        {
            "reference": "AV-2026-0007-P",
            "project": "MP-2026-0388-L",
            "title": "Étal de condiments au marché de Sofara",
            "group": "Groupement Sigida Nyuman",
            "before": 1500000,
            "asked": 1750000,
            "decided": "award",
            "conditions": [],
            "reason": None,
            "votes_for": 4,
            "votes_against": 0,
            "abstentions": 0,
        }
    ],
    "drawn": 3100000,
    "rulings": [
        {
            "rank": 1,
            "reference": "MP-2026-0417-K",
            "title": "Embouche ovine de 40 têtes",
            "group": "Coopérative Bɛnkadi",
            "place": "Fakala",
            "score": "81,5",
            "asked": 2950000,
            "decided": "award",
            "amount": 2850000,
            "conditions": ["Vaccination des animaux contre la PPR à l’achat"],
            "reason": "Marché assuré, groupement expérimenté ; le poste transport est réduit de 100 000 F CFA.",
            "votes_for": 4,
            "votes_against": 0,
            "abstentions": 0,
        },
        {
            "rank": 2,
            "reference": "MP-2026-0431-T",
            "title": "Moulin à mil de Bankass",
            "group": "Association Yapèrè",
            "place": "Bankass",
            "score": "74,0",
            "asked": 4200000,
            "decided": "adjourn",
            "amount": None,
            "conditions": [],
            "reason": "L’attestation foncière manque ; à présenter à la prochaine session.",
            "votes_for": 3,
            "votes_against": 0,
            "abstentions": 0,
        },
        {
            "rank": None,
            "reference": "MP-2026-0440-C",
            "title": "Vente de carburant",
            "group": "GIE Danaya",
            "place": "Mopti",
            "score": None,
            "asked": 1800000,
            "decided": "reject",
            "amount": None,
            "conditions": [],
            "reason": "L’activité figure sur la liste d’exclusion.",
            "votes_for": 0,
            "votes_against": 4,
            "abstentions": 0,
        },
    ],
    "envelope": 60000000,
    "envelope_before": 22400000,
    "quotas": [
        {"name": "Groupements de femmes (au moins 40 %)", "target": "52 %"},
        {"name": "Groupements de jeunes (au moins 30 %)", "target": "31 %"},
    ],
    "remarks": "Le comité demande que les fiches de visite soient jointes aux dossiers.",
    "issued": ISSUED | {"reference": "PV-2026-0007-H"},
}

PAYMENT_ORDER = {
    "programme": PROGRAMME,
    "reference": "OP-2026-0102-D",
    "on": date(2026, 5, 4),
    "project": PROJECT,
    "group_name": GROUP["name"],
    "contract": "CV-2026-0311-P",
    "tranche": 1,
    "tranches": 3,
    "amount": 1425000,
    "payee": PAYEE,
    "transfers": [],
    "payer": "BDM-SA ML015 01001 000200301177 42, Programme, sous-compte Mopti",
    "object": "Première tranche de la subvention « Embouche ovine de 40 têtes à Sofara »",
    "conditions": [
        {"name": "Convention signée et classée", "target": "22 avril 2026, scan MP-2026-0417-K"},
        {"name": "Compte vérifié par une seconde personne", "target": "23 avril 2026"},
        {"name": "Apport en espèces constaté", "target": "300 000 F CFA le 28 avril 2026"},
    ],
    "prepared_by": "Bintou Sangaré",
    "verified_by": "Moussa Dembélé",
    "released_by": None,
    "issued": ISSUED | {"reference": "OP-2026-0102-D"},
}

RECEIPT = {
    "programme": PROGRAMME,
    "reference": "DC-2026-0088-M",
    "on": date(2026, 5, 11),
    "project": PROJECT,
    "group": GROUP,
    "contract": "CV-2026-0311-P",
    "order": "OP-2026-0102-D",
    "tranche": 1,
    "tranches": 3,
    "amount": 1425000,
    "fees": None,
    "mode": "virement bancaire",
    "institution": "BNDA, agence de Mopti",
    "transaction": "FT26128004417",
    "received_on": date(2026, 5, 8),
    "reading": READING | {"on": None, "reader": None, "reader_paper": None},
    "witnesses": [],
    "issued": ISSUED | {"reference": "DC-2026-0088-M"},
}

TRANSFER_LETTER = {
    "programme": PROGRAMME,
    "reference": "LT-2026-0012-K",
    "on": date(2026, 5, 4),
    "bank": "BNDA, agence de Sévaré",
    "account": "ML13\u00a0ML01\u00a06012\u00a00102\u00a06001\u00a00066\u00a08497",
    "holder": "Programme d’appui à la cohésion sociale",
    "fund": "Accord de don de Mopti",
    "count": 2,
    "total": 2_000_000,
    "transfers": [
        {
            "number": number,
            "name": name,
            "institution": "BMS",
            "account": "ML03\u00a0D008\u00a09001\u00a07000\u00a01002\u00a01200\u00a00044\u00a07",
            "order": order,
            "amount": 1_000_000,
        }
        for number, name, order in (
            (1, "Coopérative Bɛnkadi des femmes de Sofara", "OP-2026-0101-K"),
            (2, "Association des jeunes de Kɔnna Ɲɛtaa", "OP-2026-0102-L"),
        )
    ],
    "issued": ISSUED | {"reference": "LT-2026-0012-K"},
}
ALL = {
    "contract": CONTRACT,
    "minutes": MINUTES,
    "payment_order": PAYMENT_ORDER,
    "transfer_letter": TRANSFER_LETTER,
    "receipt": RECEIPT,
    "award_letter": samples_after.AWARD | {"programme": PROGRAMME, "issued": ISSUED | {"reference": "LA-2026-0007-T"}},
    "rejection_letter": samples_after.REFUSAL
    | {"programme": PROGRAMME, "issued": ISSUED | {"reference": "LR-2026-0008-H"}},
    "appeal_letter": samples_after.APPEAL
    | {"programme": PROGRAMME, "issued": ISSUED | {"reference": "RR-2026-0003-K"}},
    "amendment": samples_amendment.amendment(PROGRAMME, PROJECT, GROUP, READING, ISSUED),
    "amendment_refusal": samples_amendment.refusal(PROGRAMME, PROJECT, GROUP, ISSUED),
    "visit_report": samples_visit.visit(PROGRAMME, PROJECT, ISSUED),
    **samples_after.closing(PROGRAMME, PROJECT, GROUP, READING, ISSUED),
}


def sample(kind):
    """Return a deep copy of the sample of a kind, to be bent by a test."""
    return copy.deepcopy(ALL[kind])
