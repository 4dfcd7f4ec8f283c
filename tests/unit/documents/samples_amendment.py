"""An invented context of an amendment."""

from datetime import date


def amendment(programme, project, group, reading, issued):
    """A larger grant and more time, made of the pieces that other samples have."""
    return {
        "programme": programme | {"represented_by": "Oumou Sangaré"},
        "reference": "AV-2026-0002-K",
        "number": 1,
        "on": date(2026, 9, 2),
        "group": group,
        "project": project,
        "contract": "CV-2026-0311-P",
        "contract_on": date(2026, 5, 4),
        "grant": 3_200_000,
        "grant_before": 2_850_000,
        "decision": {
            "committee": "Comité régional de sélection de Mopti",
            "on": date(2026, 8, 20),
            "minutes": "PV-2026-0019-C",
            "conditions": ["Les aliments sont achetés en gros, à trois devis."],
        },
        "tranches": [
            {"number": 1, "before": 1_425_000, "after": 1_425_000, "settled": True, "retention": False},
            {"number": 2, "before": 1_425_000, "after": 1_775_000, "settled": False, "retention": False},
        ],
        "lines": [
            {"label": "Béliers d’embouche", "before": 2_100_000, "after": 2_000_000},
            {"label": "Aliment bétail", "before": 750_000, "after": 1_200_000},
        ],
        "moved": 100_000,
        "months_before": 12,
        "months_after": 15,
        "terms": ["Les ventes sont inscrites au cahier chaque lundi, en présence de la trésorière."],
        "reason": "Le prix de l’aliment a doublé depuis la crue, et les bêtes seront vendues plus tard.",
        "reading": reading | {"on": None, "reader": None, "reader_paper": None},
        "witnesses": [],
        "issued": issued | {"reference": "AV-2026-0002-K"},
    }


def refusal(programme, project, group, issued):
    """A committee refused a larger grant."""
    whole = amendment(programme, project, group, {}, issued)
    kept = ("group", "project", "contract", "contract_on", "on", "terms", "lines")
    return {key: whole[key] for key in kept} | {
        "programme": programme,
        "reference": "RA-2026-0002-K",
        "amendment": "AV-2026-0002-K",
        "proposed_on": date(2026, 8, 12),
        "why": whole["reason"],
        "refused_by": {
            "committee": "Comité régional de sélection de Mopti",
            "on": date(2026, 8, 20),
            "minutes": "PV-2026-0019-C",
        },
        "reason": "L’aliment se trouve à l’ancien prix à Djenné ; la hausse ne tient qu’à un seul fournisseur.",
        "grant": 2_850_000,
        "grant_asked": 3_200_000,
        "months": 12,
        "months_asked": 15,
        "agent": "Kadidia Sow",
        "issued": issued | {"reference": "RA-2026-0002-K"},
    }
