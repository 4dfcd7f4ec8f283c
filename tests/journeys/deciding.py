"""From the waiting list to the contract in force: the committee's day, then paper and signatures."""

import subprocess

from grants.core import clock
from tests.journeys import papers

VOTERS = ("chair1", "member1", "member2", "member3")


def convenes(play) -> None:
    """The secretary convenes a session and puts the file on its agenda."""
    secretary = play.person("secretary1")
    secretary.go("/committee/sessions")
    secretary.follow("Convene a session")
    secretary.write("Day of the session", clock.today())
    secretary.write("Venue", "Sévaré, salle du conseil")
    secretary.press("Convene the session")
    play.known["session"] = secretary.path.split("/")[3]
    secretary.main.get_by_label("Embouche ovine de 40 têtes").check()
    secretary.press("Put on the agenda")
    secretary.sees("Embouche ovine de 40 têtes")


def _in_the_room(play, part: str):
    visitor = play.person(part)
    visitor.go(f"/committee/sessions/{play.known['session']}")
    return visitor


def opens_the_session(play) -> None:
    """Everybody is there: without the quorum the session could not be opened."""
    secretary = _in_the_room(play, "secretary1")
    secretary.follow("Take the attendance")
    boxes = secretary.main.get_by_role("checkbox")
    for number in range(boxes.count()):
        boxes.nth(number).check()
    secretary.press("Record the attendance")
    secretary.follow("Ouvrir la session")
    secretary.press("Ouvrir la session")
    secretary.sees("En séance")


def votes_and_awards(play) -> None:
    """Each votes from their own telephone or desk; the chair says what is granted."""
    for part in VOTERS:
        voter = _in_the_room(play, part)
        voter.follow("Embouche ovine de 40 têtes")
        voter.press("Pour")
    chair = _in_the_room(play, "chair1")
    chair.follow("Embouche ovine de 40 têtes")
    chair.press("Accorder")
    chair = play.at_file("chair1")
    chair.sees("Convention à établir")


def signs_the_minutes(play) -> None:
    """The chair closes the session; the secretary files the signed minutes."""
    chair = _in_the_room(play, "chair1")
    chair.follow("Lever la séance")
    chair.press("Lever la séance")
    secretary = _in_the_room(play, "secretary1")
    minutes = secretary.download("Minutes as PDF", play.folder / "minutes.pdf")
    assert minutes.read_bytes().startswith(b"%PDF")
    secretary.follow("File the signed minutes")
    secretary.hand_in("Scan or photo of the signed minutes", papers.scan(play.folder, "pv-signe"))
    secretary.press("File the scan")
    secretary.follow("Enregistrer le procès-verbal signé")
    secretary.press("Enregistrer le procès-verbal signé")
    secretary.sees("Procès-verbal signé")


def issues_the_contract(play) -> None:
    """The coordinator issues the contract; its PDF carries the reference of the contract and the amount in words."""
    coordinator = play.at_file("coordinator1")
    coordinator.follow("Établir la convention")
    coordinator.write("Duration in months", 12)
    coordinator.write("Where it will be read and signed", "Sofara")
    coordinator.pick("Language in which it will be read aloud", "bamanankan")
    coordinator.press("Établir la convention")
    coordinator.sees("À signer par le groupement")
    contract = coordinator.download("Open the contract (PDF)", play.folder / "contract.pdf")
    assert contract.read_bytes().startswith(b"%PDF")
    text = subprocess.run(["pdftotext", "-layout", contract, "-"], capture_output=True, text=True, check=True).stdout
    link = coordinator.main.locator('a[href^="/contracts/"]').first
    play.known["contract"] = link.get_attribute("href").split("/")[2]
    play.known["code"] = coordinator.main.locator('a[href^="/v/"]').first.get_attribute("href").split("/")[-1]
    assert play.known["contract"] in text and "millions" in text and "Sofara" in text


def reads_the_contract(play) -> None:
    """The agent reads the contract to the group in its language, and says so."""
    agent = play.person("agent1")
    agent.go(f"/contracts/{play.known['contract']}")
    agent.follow("Enregistrer la lecture")
    agent.write("Day of the reading", clock.today())
    agent.write("Read and explained by", "Kadidia Sow")
    agent.tick("Was a recording of the text played as well?", "No")
    agent.write("Who was present", "Le bureau, deux témoins, vingt membres")
    agent.press("Enregistrer la lecture")
    agent.sees("Lue, à signer par le groupement")


def signs_the_contract(play) -> None:
    """What the paper says of the group's signatures is copied by the agent, that of the programme by the coordinator."""
    agent = play.person("agent1")
    agent.go(f"/contracts/{play.known['contract']}")
    agent.follow("Enregistrer les signatures apposées sur le papier")
    for number, name in enumerate(("Dembélé", "Coulibaly", "Traoré")):
        officer = agent.main.get_by_role("group", name=name)
        manner = "Thumbprint" if number == 0 else "Signature"
        officer.get_by_label(play.french(manner), exact=True).first.check()
        if number == 0:
            officer.get_by_label(play.french("Finger, for a thumbprint")).select_option(label=play.french("Left thumb"))
    for number, (name, paper) in enumerate((("Moussa Kéita", "NINA 1"), ("Ami Diallo", "CNI 2"))):
        agent.answer(f"witnesses-{number}-name", name)
        agent.answer(f"witnesses-{number}-paper", paper)
    agent.press("Enregistrer les signatures apposées sur le papier")
    coordinator = play.person("coordinator1")
    coordinator.go(f"/contracts/{play.known['contract']}")
    coordinator.follow("Enregistrer la signature du programme")
    coordinator.press("Enregistrer la signature du programme")
    coordinator.sees("Signée, scan à contrôler")


def files_the_signed_paper(play) -> None:
    """The agent scans every page; each is known by its code, and the coordinator brings the contract into force."""
    agent = play.person("agent1")
    agent.go(f"/contracts/{play.known['contract']}")
    agent.follow("File the signed paper")
    agent.hand_in("Signed contract", papers.scanned(play.folder, play.folder / "contract.pdf"))
    agent.press("File the signed paper")
    agent.sees(play.french("Every page of the contract is there."))
    coordinator = play.person("coordinator1")
    coordinator.go(f"/contracts/{play.known['contract']}")
    coordinator.follow("Mettre la convention en vigueur")
    coordinator.press("Mettre la convention en vigueur")
    coordinator = play.at_file("coordinator1")
    coordinator.sees("Apport du groupement attendu")


def anybody_verifies_the_contract(play) -> None:
    """Somebody who holds the paper and has no account looks up its code."""
    stranger = play.stranger()
    stranger.go(f"/v/{play.known['code']}")
    stranger.sees(play.known["contract"])
    stranger.does_not_see("Aïssata Dembélé")
