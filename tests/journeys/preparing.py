"""From the group to the complete application: what the agent does in the village, on a telephone."""

import re
from datetime import timedelta

from grants.core import clock
from tests.journeys import papers
from tests.stories.answers import ANSWERS, BUDGETS
from tests.stories.groups import iban

GROUP = "Coopérative Benkadi des femmes de Sofara"
OFFICERS = (
    ("president", "Aïssata Dembélé", "woman", "66 71 00 01"),
    ("treasurer", "Fanta Coulibaly", "woman", "+223 66 71 00 02"),
    ("secretary", "Oumar Traoré", "man", "00223 66710003"),
)


def registers_the_group(play) -> None:
    """The agent registers a group with its officers and its account; a first slip is told and nothing is lost."""
    agent, today = play.person("agent1"), clock.today()
    agent.go("/groups")
    agent.follow("Register a group")
    agent.write("Name of the group", GROUP)
    agent.press("Register the group", refused=True)
    assert agent.main.get_by_label(play.french("Name of the group")).first.input_value() == GROUP
    agent.tick("Kind of group", "Simplified cooperative (SCOOPS)")
    agent.write("Number of the receipt", "0117/P-CM-2021")
    agent.write("Day of the receipt", today - timedelta(days=800))
    agent.write("Issued by", "Préfet du cercle")
    agent.write("Commune or cercle", "Mopti")
    agent.press("Look the place up")
    places = agent.main.get_by_role("group", name=play.french("Which one is it?")).get_by_role("radio")
    places.first.check()
    for label, value in (("Women", 24), ("Men", 3), ("Of these, under 35 years", 11)):
        agent.write(label, value)
    agent.write("Village, fraction or quarter", "Sofara")
    agent.pick("Language in which to speak to the group", "bamanankan")
    agent.write("Telephone of the group", "66 71 23 45")
    agent.write("What the group does", "Embouche ovine et petit commerce")
    agent.write("Day on which the group agreed", today)
    agent.pick("Language in which it was read out", "bamanankan")
    agent.write("Witness", "Mamadou Kéita, chef de village")
    agent.press("Register the group")
    agent.sees(GROUP)
    play.known["group"] = agent.path.rsplit("/", 1)[1]
    for office, name, sex, phone in OFFICERS:
        _appoints(agent, play, office, name, sex, phone)
    _enters_the_account(agent, play)


def _appoints(agent, play, office: str, name: str, sex: str, phone: str) -> None:
    agent.go(f"/groups/{play.known['group']}/officers/{office}")
    agent.write("First name and name", name)
    agent.tick("Woman or man", sex)
    agent.write("Telephone", phone)
    agent.pick("Identity paper", "NINA card")
    agent.write("Number of the paper", "12345678901234K")
    agent.write("Holds the office since", clock.today() - timedelta(days=365))
    agent.write("Mandate ends", clock.today() + timedelta(days=730))
    agent.press("Save")
    agent.sees(name)


def _enters_the_account(agent, play) -> None:
    begins_the_account(agent, GROUP, "ML99 0000")
    agent.press("Save", refused=True)
    agent.write("RIB or IBAN", iban(77))
    agent.press("Save")
    agent.sees("BNDA", play.french("to verify"))


def begins_the_account(agent, holder: str, number: str) -> None:
    """Write down the bank account of the group whose page is open; it is not yet saved."""
    agent.follow("Enter the account")
    agent.tick("How is the group paid?", "Bank account")
    agent.write("Bank", "BNDA")
    agent.write("RIB or IBAN", number)
    agent.write("In whose name", holder)


def verifies_the_account(play) -> None:
    """The agent may not verify the account that the agent entered; an appraiser does."""
    agent = play.person("agent1")
    agent.go(f"/groups/{play.known['group']}")
    appraiser = play.person("appraiser1")
    appraiser.go(f"/groups/{play.known['group']}/account/verify")
    appraiser.write("What you saw", "RIB de la banque vu avec la trésorière")
    appraiser.press("It is the account of the group")
    appraiser.sees(play.french("verified"))


def writes_the_application(play) -> None:
    """The agent begins an application to the open call and writes every part of it."""
    play.known["file"] = applies(play, GROUP, "livestock", "Élevage et embouche", "Embouche ovine de 40 têtes")


def applies(play, group: str, kind: str, label: str, title: str) -> str:
    """The agent writes the application of a group to the open call, all but the papers; gives its reference."""
    agent = play.person("agent1")
    agent.go("/projects")
    agent.follow("New application")
    agent.follow("Microprojets de cohésion 2026")
    agent.follow(group)
    agent.tick("What kind of micro-project?", label)
    agent.write("Title", title)
    agent.write("Who speaks for the group?", "Aïssata Dembélé, présidente")
    agent.press("Begin the application")
    file = agent.path.split("/")[2]
    for section, answers in ANSWERS[kind].items():
        agent.go(f"/projects/{file}/application/{section}")
        answer_all(agent, answers)
        agent.press("Save and continue")
    writes_the_budget(agent, file, BUDGETS[kind])
    return file


def answer_all(visitor, answers: dict) -> None:
    """Answer the questions of a section, by the codes under which its form holds them."""
    for code, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                if not visitor.holds(f"{code}-{number}-{next(iter(row))}"):
                    visitor.press("Add lines")
                for column, cell in row.items():
                    if visitor.holds(f"{code}-{number}-{column}"):
                        visitor.answer(f"{code}-{number}-{column}", cell)
        else:
            visitor.answer(code, value)


def writes_the_budget(agent, file: str, lines: list[dict]) -> None:
    """Line by line; more lines are asked for where the page has too few."""
    agent.go(f"/projects/{file}/budget")
    for number, line in enumerate(lines):
        if not agent.holds(f"lines-{number}-label"):
            agent.press("Add lines")
        for column, value in line.items():
            agent.answer(f"lines-{number}-{column}", value)
    agent.press("Save and continue")


def attaches_papers_and_submits(play) -> None:
    """Every paper that the call wants, several pages for the first; then the answers are read again and submitted."""
    attaches_and_submits(play, play.known["file"], "Embouche ovine de 40 têtes", GROUP)


def attaches_and_submits(play, file: str, *read_again: str) -> None:
    """Papers, the reading of all answers, and the submission of one file."""
    agent = play.person("agent1")
    agent.go(f"/projects/{file}/papers")
    hrefs = agent.main.get_by_role("link", name=re.compile("^" + play.french("Attach") + " ")).evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    assert len(hrefs) > 3
    for number, href in enumerate(hrefs):
        agent.go(href)
        pages = [papers.scan(play.folder, "piece"), *([papers.photo(play.folder, "page-2")] if number == 0 else [])]
        agent.hand_in("Or choose files", *pages)
        if agent.holds("note"):
            # What another paper is has to be said; the file sent with the first attempt is kept.
            agent.press("Attach", refused=True)
            agent.sees(pages[0].name)
            agent.write("What is this paper?", "Attestation de la mairie")
        agent.press("Attach")
    agent.go(f"/projects/{file}/application")
    agent.follow("Check the answers")
    agent.sees(*read_again)
    agent.go(f"/projects/{file}")
    agent.follow("Déposer la demande")
    agent.press("Déposer la demande")
    agent.sees("Contrôle de recevabilité")
