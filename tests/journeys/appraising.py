"""From the submitted file to the committee's waiting list: what the regional team does."""

from grants.core import clock
from tests.journeys import papers


def returns_for_completion(play) -> None:
    """The appraiser finds something missing; the agent corrects that part, and only that, and submits again."""
    appraiser = play.at_file("appraiser1")
    appraiser.follow("Renvoyer pour complément")
    appraiser.press("Renvoyer pour complément", refused=True)
    appraiser.write("What is missing or wrong", "Le prix du tourteau ne correspond pas au devis joint.")
    appraiser.tick("Parts that may be corrected", play.french("Budget"))
    appraiser.press("Renvoyer pour complément")
    appraiser.sees("À compléter")
    agent = play.at_file("agent1")
    agent.sees("Le prix du tourteau ne correspond pas au devis joint.")
    agent.go(f"/projects/{play.known['file']}/budget")
    agent.answer("lines-1-unit_price", 14_000)
    agent.press("Save and continue")
    agent.go(f"/projects/{play.known['file']}")
    agent.follow("Déposer la demande complétée")
    agent.press("Déposer la demande complétée")
    agent.sees("Contrôle de recevabilité")


def declares_eligible(play) -> None:
    """Every eligibility question of the call is answered; what differs between the two revisions is shown."""
    appraiser = play.at_file("appraiser1")
    appraiser.follow("Eligibility questions")
    _answers_every(appraiser, "yes")
    appraiser.press("Save the answers")
    appraiser.follow("Déclarer recevable")
    appraiser.press("Déclarer recevable")
    appraiser.sees("Évaluation")


def _answers_every(visitor, value: str) -> None:
    """The same answer to every question of a sheet."""
    names = visitor.main.locator('[type="radio"]').evaluate_all(
        "controls => [...new Set(controls.map((control) => control.name))]"
    )
    assert names
    for name in names:
        visitor.answer(name, value)


def screens_and_visits(play) -> None:
    """The screening sheet and the visit of the site, with a photo."""
    appraiser = play.at_file("appraiser1")
    appraiser.follow("Environmental and social screening")
    _answers_every(appraiser, "no")
    appraiser.press("Save the screening")
    appraiser.follow("Field check")
    appraiser.press("Record the field check", refused=True)
    appraiser.write("Day of the visit", clock.today())
    appraiser.write("Whom you met", "Aïssata Dembélé, présidente ; Mamadou Kéita, chef de village")
    appraiser.write(
        "What you found", "L’enclos est clôturé, douze femmes étaient présentes, le marché est à deux kilomètres."
    )
    appraiser.tick("Does the visit confirm the application?", "Yes")
    appraiser.hand_in("Photo of the site", papers.photo(play.folder, "site"))
    appraiser.press("Record the field check")
    appraiser.sees("douze femmes étaient présentes")


def score_independently(play) -> None:
    """Two appraisers score alone; the second does not see the sheet of the first before filing."""
    for part, points in (("appraiser1", 4), ("appraiser2", 5)):
        appraiser = play.at_file(part)
        if part == "appraiser2":
            appraiser.does_not_see("Marché sûr, bureau appliqué")
        appraiser.follow("My score sheet")
        fields = appraiser.main.locator('[name^="score_"]')
        for number in range(fields.count()):
            fields.nth(number).fill(str(points))
        appraiser.tick("Opinion", "Favourable")
        appraiser.write(
            "What led you to these points", "Marché sûr, bureau appliqué, prudence sur le prix de l’aliment."
        )
        appraiser.press("File my score sheet")


def recommends(play) -> None:
    """The file goes on to the committee."""
    appraiser = play.at_file("appraiser1")
    appraiser.follow("Proposer au comité")
    appraiser.press("Proposer au comité")
    appraiser.sees("En attente du comité")
