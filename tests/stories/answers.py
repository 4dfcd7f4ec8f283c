"""What real applications of three kinds say: complete answers by section, and budgets. Francs."""

_MARKET = {
    "experience": "one_to_three",
    "done_before": "En 2024, embouche de 12 têtes sur fonds propres ; la caisse existe encore.",
    "buyers": ["weekly_market", "traders"],
    "market_name": "Foire de Fatoma, le jeudi",
    "market_distance": 14,
    "demand": "Les acheteurs viennent de Sévaré et manquent de bêtes prêtes avant la fête.",
    "daily_lead": "La présidente et deux membres désignées",
    "can_write": True,
    "purchase_committee": True,
    "use_of_income": "La moitié remise dans l’activité, un quart partagé, un quart mis de côté.",
}
_PEOPLE = {
    "direct": 27,
    "women": 24,
    "men": 3,
    "youth": 11,
    "disabled": 1,
    "displaced": 2,
    "indirect": 140,
    "women_decide": "Présidente et trésorière sont des femmes et signent sur le compte.",
    "communities": "Éleveurs peuls et familles de pêcheurs bozo gardent et vendent ensemble.",
    "tension": False,
}
_SITE = {
    "name": "Quartier Komoguel de Sofara, près du marché",
    "point": {"latitude": "14.0131", "longitude": "-4.2428"},
    "land": "given",
    "land_dispute": False,
    "road": "all_year",
}
_RISKS = {
    "risks": [
        {
            "risk": "Maladie des animaux",
            "likelihood": "medium",
            "gravity": "high",
            "measure": "Vaccination et quarantaine",
        },
        {
            "risk": "Baisse des prix",
            "likelihood": "low",
            "gravity": "medium",
            "measure": "Vente étalée sur deux foires",
        },
    ],
    "bad_year": "Le groupement garde un quart des recettes et emprunte le reste à la caisse villageoise.",
}


def _row(line: str, unit: str, quantity: str, price: int) -> dict:
    return {"line": line, "unit": unit, "quantity": quantity, "price": price, "amount": int(quantity) * price}


ANSWERS = {
    "livestock": {
        "activity": {
            "form": "fattening_small", "breed": "Ovins, bali-bali", "heads": 40, "age": "12 à 18 mois", "price": 48_000,
            "weight_in": "28", "weight_out": "40", "cycle_days": 90, "sale_period": "tabaski",
            "purchase_place": "Marché à bétail de Fatoma",
        },
        "care": {
            "shelter": "repair", "shelter_area": "120", "feed": [{"feed": "Tourteau de coton", "source": "@first", "quantity": "60"}],
            "water": "Forage du quartier, à 200 mètres", "grazing": False, "guard": "Deux membres, à tour de rôle",
            "vet": "Poste vétérinaire de Sofara", "vaccines": ["ppr", "pasteurellosis"], "deaths": 2,
        },
        "account": {
            "months": 3, "cycles": 2,
            "income": [_row("Vente des animaux, pertes déduites", "tête", "38", 92_000)],
            "costs": [_row("Achat des animaux du cycle", "tête", "40", 48_000), _row("Aliments achetés", "sac", "60", 14_500)],
            "price_source": "Marché à bétail de Fatoma, première semaine du mois",
        },
    },
    "moto_taxi": {
        "activity": {
            "vehicle": "tricycle_goods", "count": 2, "make": "Apsonic 200", "engine": 200, "load": 800,
            "carries": ["market_goods", "harvest"], "route": "Sofara – Fatoma – Sévaré", "days": 6, "trips": 4, "fare": 2_500,
            "bans": False,
        },
        "drivers": {
            "drivers": [
                {"name": "Moussa Kampo", "age": 27, "licence": "@first", "number": "ML-45-1177"},
                {"name": "Awa Sidibé", "age": 24, "licence": "@first"},
            ],
            "chosen_how": "Vote de l’assemblée, après essai de conduite", "women_drive": True, "payment": 45_000, "repairs": "group",
            "mechanic": "Atelier Traoré, à Sofara", "parking": "Cour de la mairie, gardée", "union": True,
        },
        "account": {
            "months": 1, "cycles": 12,
            "income": [_row("Courses de marchandises", "course", "190", 2_500)],
            "costs": [_row("Carburant et huile", "jour", "26", 6_000), _row("Conducteurs", "mois", "2", 45_000)],
            "price_source": "Relevés à la gare de Sofara, deux semaines d’octobre",
        },
    },
    "commerce": {
        "activity": {
            "form": "shop", "state": "running", "present_sales": 180_000, "present_stock": 350_000,
            "goods": [{"item": "Riz local", "unit": "sac", "month": "20", "buying": 19_500, "selling": 22_500, "sales": 450_000}],
            "suppliers": "Grossistes de Mopti", "restock_days": 14,
        },
        "fund": {
            "rolling_fund": 1_200_000, "own_share": 200_000, "credit": False, "premises": "ready",
            "seller": "Deux membres, par quinzaine", "controller": "La trésorière, chaque vendredi", "cash_kept": "Caisse à deux clés",
        },
        "account": {
            "months": 1, "cycles": 12,
            "income": [_row("Ventes du mois", "mois", "1", 620_000)],
            "costs": [_row("Achats du mois", "mois", "1", 505_000), _row("Transport", "voyage", "2", 15_000)],
            "price_source": "Cahier de caisse, moyenne de trois mois",
        },
    },
}  # fmt: skip
for _answers in ANSWERS.values():
    _answers.update({"market": _MARKET, "people": _PEOPLE, "site": _SITE, "risks": _RISKS})


def _line(category: str, label: str, unit: str, quantity: int, unit_price: int, paid_by: str = "grant") -> dict:
    return {
        "category": category, "label": label, "unit": unit, "quantity": quantity, "unit_price": unit_price,
        "paid_by": paid_by,
    }  # fmt: skip


# Each asks for 2 850 000 F CFA or less, and the group brings more than a tenth of the whole.
BUDGETS = {
    "livestock": [
        _line("animals", "Béliers de 12 à 18 mois", "tête", 40, 48_000),
        _line("feed", "Aliment bétail, sacs de 50 kg", "sac", 60, 14_500),
        _line("health", "Vaccins et soins vétérinaires", "tête", 12, 5_000),
        _line("health", "Vaccins et soins, part du groupement", "tête", 28, 5_000, "cash"),
        _line("equipment", "Transport des animaux", "voyage", 4, 40_000, "cash"),
        _line("shelter", "Hangar et mangeoires, main-d’œuvre", "forfait", 1, 165_000, "in_kind"),
    ],
    "moto_taxi": [
        _line("vehicle", "Tricycle de marchandises", "engin", 2, 1_250_000),
        _line("papers", "Cartes grises et assurances", "engin", 2, 95_000),
        _line("safety", "Casques et gilets", "jeu", 4, 25_000, "cash"),
        _line("start", "Premier carburant et outillage", "forfait", 1, 220_000, "cash"),
    ],
    "commerce": [
        _line("stock", "Riz, mil et sucre de départ", "lot", 1, 1_000_000),
        _line("equipment", "Balance et rayonnages", "lot", 1, 180_000),
        _line("rolling_fund", "Fonds de roulement du groupement", "forfait", 1, 200_000, "cash"),
    ],
}
