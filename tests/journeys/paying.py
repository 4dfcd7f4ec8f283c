"""From the group's own share to the last tranche: each franc passes through three people, and is accounted for."""

from grants.core import clock
from tests.journeys import papers
from tests.journeys.house import PASSWORD

SHARES = (("Cash", "own_cash"), ("In kind: labour, materials, premises", "own_kind"))


def brings_the_contribution(play) -> None:
    """The agent proves what the group brought, in cash and in kind; the monitor confirms it."""
    for kind, amount in zip((kind for kind, _column in SHARES), play.own_share(), strict=True):
        agent = play.at_file("agent1")
        agent.follow("Record a proof")
        agent.tick("What was given", kind)
        agent.write("Amount", amount)
        agent.write("Day", clock.today())
        agent.write("Description", "Bordereau de la BNDA, main-d’œuvre des membres")
        agent.hand_in("Bank slip or valuation sheet", papers.scan(play.folder, "apport"))
        agent.press("Record the proof")
    monitor = play.at_file("monitor1")
    monitor.follow("Constater l’apport")
    monitor.press("Constater l’apport")
    monitor.sees("Tranche à verser")


def pays_every_tranche(play) -> None:
    """Tranche by tranche: paid by three people, received, visited, accounted for; then the next one is opened."""
    count = play.tranches()
    assert count > 1
    for number in range(1, count + 1):
        _pays(play, number)
        _visits(play)
        _justifies(play)
        if number < count:
            monitor = play.at_file("monitor1")
            monitor.follow("Ouvrir la tranche suivante")
            monitor.press("Ouvrir la tranche suivante")
            monitor.sees("Tranche à verser")


def _pays(play, number: int) -> None:
    """Prepared by one, verified by another, released by a third with the password; confirmed, and received."""
    officer = play.at_file("finance_officer1")
    officer.press(play.french("Prepare the order of tranche %(number)s") % {"number": number})
    order = officer.path if "/payments/" in officer.path else _order_of(officer)
    verifier = play.person("finance_controller1")
    verifier.go(order)
    verifier.follow("Vérifier")
    verifier.press("Vérifier")
    controller = play.person("finance_controller2")
    controller.go(order)
    controller.follow("Libérer le paiement")
    controller.write("Your password", "ce n’est pas le bon")
    controller.press("Libérer le paiement", refused=True)
    controller.write("Your password", PASSWORD)
    controller.press("Libérer le paiement")
    officer.go(order)
    officer.follow("Confirmer le paiement")
    officer.write("Paid on", clock.today())
    officer.write("Reference of the bank or the operator", f"BNDA-2026-{number:04d}")
    officer.press("Confirmer le paiement")
    officer.follow("Enregistrer la décharge")
    officer.write("Received on", clock.today())
    officer.write("Where", "Sofara")
    officer.write("Read and explained by", "Kadidia Sow")
    _signs_for_the_money(officer)
    officer.hand_in("Signed receipt", papers.scan(play.folder, "decharge"))
    officer.press("Enregistrer la décharge")
    officer.sees("Payé et reçu")


def _signs_for_the_money(officer) -> None:
    """The president by thumbprint before two witnesses, the treasurer by hand; the secretary was not there."""
    main = officer.main
    main.locator('[name="signatures-0-manner"][value="thumbprint"]').check()
    main.locator('[name="signatures-0-finger"]').select_option("left_thumb")
    main.locator('[name="signatures-1-manner"][value="signature"]').check()
    for number, (name, paper) in enumerate((("Moussa Kéita", "NINA 1"), ("Ami Diallo", "CNI 2"))):
        main.locator(f'[name="witnesses-{number}-name"]').fill(name)
        main.locator(f'[name="witnesses-{number}-paper"]').fill(paper)


def _order_of(officer) -> str:
    return officer.main.locator('a[href^="/payments/"]').last.get_attribute("href")


# The visit finds nothing wrong; every other question is answered with its first choice, one or a few words.
_NOTHING_WRONG = {"assets_present": "yes", "children_working": "no", "incident": "no", "verdict": "on_track"}


def _visits(play) -> None:
    """The monitor stands on the site with a telephone and takes a photo."""
    monitor = play.at_file("monitor1")
    monitor.follow("Record a visit")
    monitor.write("People met", "Aïssata Dembélé, présidente")
    monitor.write("Position", "14,0131 ; -4,2428")
    answers_everything(monitor, _NOTHING_WRONG)
    monitor.answer("findings", "Les animaux sont en bonne santé et le registre est tenu.")
    monitor.hand_in("Photos of the site", papers.photo(play.folder, "visite"))
    monitor.press("Record the visit")
    monitor.sees("Les animaux sont en bonne santé")


def answers_everything(visitor, known: dict[str, str]) -> None:
    """Answer each empty question of a long form, and those that an answer brings forth."""
    for _once_more in range(2):
        _answers_what_is_shown(visitor, known)


def _answers_what_is_shown(visitor, known: dict[str, str]) -> None:
    controls = visitor.main.locator("form.form [name]:not([type=hidden]):not([type=file]):visible").evaluate_all(
        "all => all.map((c) => [c.name, c.type, c.inputMode, c.value, [...document.getElementsByName(c.name)].some((o) => o.checked)])"
    )
    for name in dict.fromkeys(name for name, *_rest in controls):
        kind, mode, value, checked = next(rest for first, *rest in controls if first == name)
        code = name.rsplit("-", 1)[-1]
        if kind in ("radio", "checkbox"):
            if not checked:
                choice = known.get(code)
                group = visitor.main.locator(f'[name="{name}"]' + (f'[value="{choice}"]' if choice else ""))
                group.first.check()
        elif kind.startswith("select"):
            visitor.main.locator(f'[name="{name}"]').select_option(index=1)
        elif not value:
            visitor.answer(name, "1" if mode in ("numeric", "decimal") else "Rien à signaler, le registre est tenu.")


def _justifies(play) -> None:
    """The agent enters the voucher of the whole tranche; the monitor looks at it and accepts it."""
    amount = play.unjustified()
    agent = play.at_file("agent1")
    agent.go(f"/projects/{play.known['file']}?part=accounts")
    agent.follow("Enter a voucher")
    agent.main.get_by_label(play.french("Tranche")).first.select_option(index=play.paid_tranches() - 1)
    agent.write("What was bought", "Béliers et aliments")
    agent.write("From whom", "Marché de Sofara")
    agent.write("Day", clock.today())
    agent.write("Amount", amount)
    agent.hand_in("Receipt or invoice", papers.photo(play.folder, "recu"))
    agent.press("Enter the voucher")
    monitor = play.at_file("monitor1")
    monitor.go(f"/projects/{play.known['file']}?part=accounts")
    monitor.follow("Judge")
    monitor.write("Amount accepted", amount)
    monitor.press("Record the judgement")


def closes_the_file(play) -> None:
    """The monitor records the acceptance, the coordinator says the last word."""
    monitor = play.at_file("monitor1")
    monitor.follow("Engager la clôture")
    monitor.press("Engager la clôture")
    monitor.follow("Record the acceptance")
    monitor.write("Day of acceptance", clock.today())
    monitor.write("With whom", "Le maire de Sofara, l’agent vétérinaire, le groupement")
    monitor.write("What was achieved", "Quarante béliers achetés, engraissés et vendus à la Tabaski.")
    for column, value in (("label", "Hangar"), ("quantity", 1), ("place", "Sofara")):
        monitor.answer(f"assets-0-{column}", value)
    monitor.hand_in("Signed acceptance minutes", papers.scan(play.folder, "pv-reception"))
    monitor.press("Record the acceptance")
    coordinator = play.at_file("coordinator1")
    coordinator.follow("Clore le micro-projet")
    coordinator.write("Closing remark", "Une réussite que la commune veut imiter l’an prochain.")
    coordinator.press("Clore le micro-projet")
    coordinator.sees("Clos")
