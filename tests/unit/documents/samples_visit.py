"""An invented context of the report of a visit."""

import base64
import io
from datetime import date

from PIL import Image


def visit(programme, project, issued):
    """A visit with reservations, its answers and two photos."""
    return {
        "programme": programme,
        "reference": "CR-2026-0021-V",
        "on": date(2026, 6, 15),
        "project": project,
        "group_name": "Coopérative Bɛnkadi des femmes de Sofara",
        "contract": "CV-2026-0311-P",
        "visit": "6f1f77b0-57b4-4f43-9d43-9a4b9b1c2d3e",
        "visited_on": date(2026, 6, 12),
        "visitor": "Bintou Sangaré",
        "met": "Mariam Tangara, présidente ; Awa Niaré, trésorière ; douze membres",
        "officer": "Mariam Tangara, présidente",
        "position": "14,0153 N, 4,2436 O",
        "verdict": "concerns",
        "verdict_words": "avec réserves",
        "findings": [
            "Trente-huit béliers sur quarante ont été vus, en bonne santé et marqués au nom du groupement.",
            "Le cahier de caisse s’arrête au 20 mai.",
        ],
        "sections": [
            {
                "title": "Le troupeau",
                "answers": [
                    {"question": "Combien d’animaux avez-vous comptés ?", "answer": "38"},
                    {"question": "Les animaux sont-ils vaccinés contre la PPR ?", "answer": "Oui, carnet vu"},
                ],
            },
            {
                "title": "Le groupement",
                "answers": [{"question": "Le cahier de caisse est-il à jour ?", "answer": "Non"}],
            },
        ],
        "actions": [
            "La trésorière met le cahier de caisse à jour avant le 30 juin.",
            "L’agent revient compter les animaux le 2 juillet.",
        ],
        "photos": [
            {"picture": _photo(colour), "sha256": mark * 64} for colour, mark in (("#8a6f3c", "3"), ("#4c6b4a", "7"))
        ],
        "issued": issued | {"reference": "CR-2026-0021-V"},
    }


def _photo(colour):
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii")
