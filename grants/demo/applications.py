"""What invented groups write in their applications: answers by section and a budget, for the three commonest kinds.

Amounts are whole francs. Every sum follows from the figures drawn, so that budget, answers and vouchers agree.
"""

import random
from dataclasses import dataclass

from grants.demo.names import Village

KINDS = ("livestock", "moto_taxi", "commerce")
# The weekly market of a region, and where it lies on the map (degrees).
_MARKETS = {
    "04": ("Foire de Bla", 13.43, -6.26),
    "05": ("Foire de Fatoma", 14.49, -4.19),
    "06": ("Foire de Diré", 16.27, -3.39),
    "07": ("Foire de Gao", 16.27, -0.04),
    "18": ("Foire de Douentza", 15.00, -2.95),
    "19": ("Foire de Bandiagara", 14.35, -3.61),
}


@dataclass(frozen=True, slots=True)
class Application:
    """The title, the answers by section (`@first` stands for the first choice offered), the lines of the budget."""

    title: str
    answers: dict[str, dict]
    budget: list[dict]


def application(
    kind: str, village: Village, members: tuple[int, int, int], chance: random.Random, *, large: bool = False
) -> Application:
    """An application of a kind for a group of a village, of so many women, men, and young people among them.

    A large one is for the national committee.
    """
    title, answers, lines = {"livestock": _livestock, "moto_taxi": _moto_taxi, "commerce": _commerce}[kind](
        village, chance, large=large
    )
    granted = sum(line["quantity"] * line["unit_price"] for line in lines)
    return Application(title, {**answers, **_shared(village, members, chance)}, [*lines, *_own(kind, granted)])


def _line(category: str, label: str, unit: str, quantity: int, unit_price: int, paid_by: str = "grant") -> dict:
    return {
        "category": category, "label": label, "unit": unit, "quantity": quantity, "unit_price": unit_price,
        "paid_by": paid_by,
    }  # fmt: skip


def _own(kind: str, granted: int) -> list[dict]:
    """What the group brings, a seventh of the grant: half in cash, half in work where the kind has any."""
    part = -(-granted // 14 // 5_000) * 5_000
    if kind == "livestock":
        return [
            _line("equipment", "Transport des animaux", "forfait", 1, part, "cash"),
            _line("shelter", "Hangar et mangeoires, main-d’œuvre", "forfait", 1, part, "in_kind"),
        ]
    if kind == "moto_taxi":
        return [
            _line("safety", "Casques et gilets", "forfait", 1, part, "cash"),
            _line("start", "Premier carburant et outillage", "forfait", 1, part, "cash"),
        ]
    return [_line("rolling_fund", "Fonds de roulement du groupement", "forfait", 1, 2 * part, "cash")]


def _row(line: str, unit: str, quantity: int, price: int) -> dict:
    return {"line": line, "unit": unit, "quantity": str(quantity), "price": price, "amount": quantity * price}


def _livestock(village: Village, chance: random.Random, *, large: bool):
    heads = chance.randint(58, 64) if large else chance.randint(14, 34)
    price, sack = chance.randrange(42_000, 56_000, 1_000), chance.randrange(13_000, 15_500, 500)
    market = _MARKETS[village.cercle[:2]][0]
    sold, gain = heads - 1 - heads // 20, chance.randrange(34_000, 44_000, 1_000)
    answers = {
        "activity": {
            "form": "fattening_small", "breed": chance.choice(("Ovins, bali-bali", "Ovins, toronké", "Caprins du Sahel")),
            "heads": heads, "age": "12 à 18 mois", "price": price, "weight_in": str(chance.randint(25, 30)),
            "weight_out": str(chance.randint(38, 44)), "cycle_days": chance.choice((90, 100, 120)),
            "sale_period": "tabaski", "purchase_place": market,
        },
        "care": {
            "shelter": "repair", "shelter_area": str(heads * 3),
            "feed": [{"feed": "Tourteau de coton", "source": "@first", "quantity": str(heads)}],
            "water": f"Forage de {village.name}, à 200 mètres", "grazing": False, "guard": "Deux membres, à tour de rôle",
            "vet": f"Poste vétérinaire de {village.name}", "vaccines": ["ppr", "pasteurellosis"], "deaths": 2,
        },
        "account": {
            "months": 3, "cycles": 2,
            "income": [_row("Vente des animaux, pertes déduites", "tête", sold, price + gain)],
            "costs": [_row("Achat des animaux du cycle", "tête", heads, price), _row("Aliments achetés", "sac", heads, sack)],
            "price_source": f"{market}, première semaine du mois",
        },
    }  # fmt: skip
    lines = [
        _line("animals", "Béliers de 12 à 18 mois", "tête", heads, price),
        _line("feed", "Aliment bétail, sacs de 50 kg", "sac", heads, sack),
        _line("health", "Vaccins et soins vétérinaires", "tête", heads, 3_500),
    ]
    return f"Embouche de {heads} béliers à {village.name}", answers, lines


def _moto_taxi(village: Village, chance: random.Random, *, large: bool):
    count = 3 if large else chance.choice((1, 1, 2))
    price, fare = chance.randrange(1_100_000, 1_300_000, 25_000), chance.choice((2_000, 2_500, 3_000))
    trips = 90 * count
    answers = {
        "activity": {
            "vehicle": "tricycle_goods", "count": count, "make": chance.choice(("Apsonic 200", "Sanili 200", "Royal 200")),
            "engine": 200, "load": 800, "carries": ["market_goods", "harvest"],
            "route": f"{village.name} – marché hebdomadaire – chef-lieu", "days": 6, "trips": 4, "fare": fare, "bans": False,
        },
        "drivers": {
            "drivers": [
                {"name": "Moussa Kampo", "age": 27, "licence": "@first", "number": "ML-45-1177"},
                {"name": "Awa Sidibé", "age": 24, "licence": "@first", "number": "ML-45-2093"},
            ],
            "chosen_how": "Vote de l’assemblée, après essai de conduite", "women_drive": True, "payment": 45_000,
            "repairs": "group", "mechanic": f"Atelier du marché de {village.name}", "parking": "Cour de la mairie, gardée",
            "union": True,
        },
        "account": {
            "months": 1, "cycles": 12,
            "income": [_row("Courses de marchandises", "course", trips, fare)],
            "costs": [_row("Carburant et huile", "jour", 26, 3_000 * count), _row("Conducteurs", "mois", count, 45_000)],
            "price_source": "Relevés à la gare routière, deux semaines de suite",
        },
    }  # fmt: skip
    lines = [
        _line("vehicle", "Tricycle de marchandises", "engin", count, price),
        _line("papers", "Cartes grises et assurances", "engin", count, 95_000),
    ]
    words = "Un tricycle" if count == 1 else f"{('Deux', 'Trois')[count - 2]} tricycles"
    return f"{words} de marchandises à {village.name}", answers, lines


def _commerce(village: Village, chance: random.Random, *, large: bool):
    goods, stock = chance.choice(
        (("céréales", "Riz, mil et sorgho de départ"), ("condiments", "Échalotes, poisson fumé et condiments"),
         ("tissus", "Pagnes et tissus de départ"), ("produits d’hygiène", "Savon, eau de Javel et produits d’hygiène"))
    )  # fmt: skip
    value = 3_200_000 if large else chance.randrange(480_000, 760_000, 20_000)
    sales = value * 4 // 5
    answers = {
        "activity": {
            "form": "shop", "state": "running", "present_sales": sales // 3, "present_stock": value // 4,
            "goods": [{"item": "Riz local", "unit": "sac", "month": "20", "buying": 19_500, "selling": 22_500, "sales": 450_000}],
            "suppliers": "Grossistes de la ville", "restock_days": 14,
        },
        "fund": {
            "rolling_fund": value, "own_share": value // 8, "credit": False, "premises": "ready",
            "seller": "Deux membres, par quinzaine", "controller": "La trésorière, chaque vendredi",
            "cash_kept": "Caisse à deux clés",
        },
        "account": {
            "months": 1, "cycles": 12,
            "income": [_row("Ventes du mois", "mois", 1, sales)],
            "costs": [_row("Achats du mois", "mois", 1, sales * 4 // 5), _row("Transport", "voyage", 2, 15_000)],
            "price_source": "Cahier de caisse, moyenne de trois mois",
        },
    }  # fmt: skip
    lines = [
        _line("stock", stock, "lot", 1, value),
        _line("equipment", "Balance et rayonnages", "lot", 1, chance.randrange(90_000, 180_000, 10_000)),
    ]
    return f"Commerce de {goods} à {village.name}", answers, lines


def _shared(village: Village, members: tuple[int, int, int], chance: random.Random) -> dict[str, dict]:
    """The sections that every kind has."""
    women, men, youth = members
    market, latitude, longitude = _MARKETS[village.cercle[:2]]
    point = {
        "latitude": f"{latitude + chance.uniform(-0.3, 0.3):.4f}",
        "longitude": f"{longitude + chance.uniform(-0.3, 0.3):.4f}",
    }
    return {
        "market": {
            "experience": "one_to_three",
            "done_before": "La même activité, en petit et sur fonds propres ; la caisse existe encore.",
            "buyers": ["weekly_market", "traders"], "market_name": market, "market_distance": chance.randint(3, 28),
            "demand": "Les acheteurs viennent de la ville et manquent de marchandise avant la fête.",
            "daily_lead": "La présidente et deux membres désignées", "can_write": True, "purchase_committee": True,
            "use_of_income": "La moitié remise dans l’activité, un quart partagé, un quart mis de côté.",
        },
        "people": {
            "direct": women + men, "women": women, "men": men, "youth": youth, "disabled": 1, "displaced": 2,
            "indirect": (women + men) * 5, "women_decide": "Présidente et trésorière sont des femmes et signent sur le compte.",
            "communities": "Éleveurs et cultivateurs gardent, transportent et vendent ensemble.", "tension": False,
        },
        "site": {
            "name": f"{village.name}, près du marché", "point": point, "land": "given", "land_dispute": False,
            "road": "all_year",
        },
        "risks": {
            "risks": [
                {"risk": "Maladie, panne ou vol", "likelihood": "medium", "gravity": "high", "measure": "Garde et suivi"},
                {"risk": "Baisse des prix", "likelihood": "low", "gravity": "medium", "measure": "Vente étalée sur deux foires"},
            ],
            "bad_year": "Le groupement garde un quart des recettes et emprunte le reste à la caisse villageoise.",
        },
    }  # fmt: skip
