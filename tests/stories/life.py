"""A whole programme in small, and one micro-project carried through its life by the right people."""

from dataclasses import dataclass

from grants import lifecycle
from grants.contracts import operations as contracts
from grants.contracts import queries as contract_queries
from grants.contracts.amendments.queries import granted_lines
from grants.core import clock
from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.core.uploads import Upload
from grants.documents import storage
from grants.documents.checking import Examined
from grants.followup import operations as followup
from grants.followup import queries as followup_queries
from grants.payments import operations as payments
from grants.payments import queries as payment_queries
from grants.payments.models import PaymentOrder
from tests.stories.appraisal import photo, recommended
from tests.stories.calls import envelope, open_call
from tests.stories.committee import awarded, committee
from tests.stories.groups import verified_group
from tests.stories.identity import confirmed
from tests.stories.projects import submitted, upload
from tests.stories.rows import again


@dataclass(frozen=True)
class Team:
    """One person for each part in the region of Mopti, and a committee of four."""

    agent: object
    appraisers: tuple
    secretary: object
    chair: object
    members: tuple
    coordinator: object
    officer: object
    controllers: tuple
    monitor: object
    admin: object


def team(make_person) -> Team:
    """People with their roles, and their committee."""

    def one(role, place="05"):
        return make_person(role, place=place)

    people = Team(
        agent=one("agent"),
        appraisers=(one("appraiser"), one("appraiser")),
        secretary=one("secretary"),
        chair=one("chair"),
        members=(one("member"), one("member"), one("member")),
        coordinator=one("coordinator", None),
        officer=one("finance_officer", None),
        controllers=(one("finance_controller", None), one("finance_controller", None)),
        monitor=one("monitor"),
        admin=one("admin", None),
    )
    committee(people.admin, people.chair, people.members, people.secretary)
    return people


def submitted_file(people: Team, kind: str = "livestock"):
    """A submitted application of a verified group to an open call."""
    group = verified_group(people.agent, people.appraisers[0])
    call = open_call(people.admin, envelope(people.coordinator))
    return submitted(people.agent, group, call, kind)


def awarded_file(people: Team, kind: str = "livestock"):
    """A file that the committee awarded."""
    return brought_to_award(people, submitted_file(people, kind))


def brought_to_award(people: Team, project):
    """A submitted file that was recommended and awarded."""
    return awarded(recommended(project, people.appraisers))


def issued(people: Team, project):
    """A file whose contract is printed."""
    with unit_of_work():
        lifecycle.perform(
            again(project),
            "issue_contract",
            by=again(people.coordinator),
            data={
                "months": 12,
                "start": "",
                "place": "Sofara",
                "language": "bamanankan",
                "represented_by": "Kadidia Sow",
            },
        )
    return again(project)


def in_force(people: Team, project):
    """A file whose contract was read aloud, signed by all officers and for the programme, filed whole, and brought into force."""
    return brought_into_force(people, signed(people, issued(people, project)))


def brought_into_force(people: Team, project):
    """A file whose signed contract is filed whole and brought into force."""
    filed(people, project)
    act_on_contract(people.coordinator, project, "bring_into_force")
    return again(project)


def read_aloud(people: Team, project, **over):
    """A file whose printed contract was read to the group in its language."""
    act_on_contract(people.agent, project, "record_reading", **reading_values(**over))
    return again(project)


def signed(people: Team, project):
    """A file whose contract was read, then signed on paper by the officers of the group and for the programme."""
    read_aloud(people, project)
    act_on_contract(people.agent, project, "record_group_signatures", **signature_values(again(project)))
    act_on_contract(
        people.coordinator, project, "record_programme_signature", signed_on=clock.today(), name="Kadidia Sow"
    )
    return again(project)


def filed(people: Team, project, *uploads):
    """A file whose signed paper is scanned and filed by the agent: the printed pages themselves, unless others are given."""
    with unit_of_work():
        contract = contract_queries.live(again(project))
        contracts.file_scan(contract, list(uploads) or [paper_of(contract)], by=again(people.agent))
    return again(project)


def paper_of(contract) -> Upload:
    """The printed contract as if it came from the scanner."""
    data = storage.get(contract.document.sha256)
    examined = Examined(
        kind="pdf",
        mime="application/pdf",
        sha256=contract.document.sha256,
        data=data,
        name="convention-signee.pdf",
        pages=1,
    )
    return Upload(new_uuid(), examined.name, examined.mime, len(data), examined)


def act_on_contract(by, project, action: str, **data):
    """An action on the live contract of a file."""
    with unit_of_work():
        lifecycle.perform(contract_queries.live(again(project)), action, by=again(by), data=data)


def reading_values(**over) -> dict:
    """What the form of the reading gives."""
    return {
        "read_on": clock.today(),
        "place": "Sofara",
        "language": "bamanankan",
        "reader": "Kadidia Sow",
        "reader_paper": "NINA 12345678901234K",
        "audio_played": "no",
        "present": "Le bureau, deux témoins, vingt membres",
        **over,
    }


def signature_values(project, **over) -> dict:
    """What the form of the group's signatures gives: the president's thumbprint, the others' signatures, two witnesses."""
    return {
        "place": "Sofara",
        "signatures": [
            {
                "officer_id": str(officer.id),
                "signed_on": clock.today(),
                "paper": "NINA 1",
                "manner": "thumbprint" if officer.office == "president" else "signature",
                "finger": "left_thumb" if officer.office == "president" else "",
            }
            for officer in project.group.officers
        ],
        "witnesses": [{"name": "Moussa Kéita", "paper": "NINA 1"}, {"name": "Ami Diallo", "paper": "CNI 2"}],
        **over,
    }


def contributed(people: Team, project):
    """A file whose group has brought its own share."""
    with unit_of_work():
        file, agent = again(project), again(people.agent)
        for kind, amount in (("cash", file.own_cash), ("in_kind", file.own_kind)):
            if amount:
                followup.prove_contribution(
                    file,
                    {
                        "kind": kind,
                        "amount": amount,
                        "proven_on": clock.today(),
                        "note": "Bordereau de la BNDA, main-d’œuvre des membres",
                        "proof": [upload("apport.pdf")],
                    },
                    by=agent,
                )
        lifecycle.perform(file, "confirm_contribution", by=again(people.monitor), data={})
    return again(project)


def prepared(people: Team, project) -> PaymentOrder:
    """The order of the next tranche, just prepared."""
    with unit_of_work():
        tranche = payment_queries.next_unpaid(payment_queries.tranches(again(project)))
        order = payments.prepare(tranche, by=again(people.officer))
    return again(order)


def released(people: Team, order: PaymentOrder) -> PaymentOrder:
    """An order that two other people verified and released."""
    for action, person in zip(("verify", "release"), people.controllers, strict=True):
        with unit_of_work():
            who, row = again(person), again(order)
            identity = confirmed(who, action, row) if action == "release" else None
            lifecycle.perform(row, action, by=who, identity=identity)
    return again(order)


def received(people: Team, order: PaymentOrder) -> PaymentOrder:
    """An order that was confirmed by the bank and acknowledged by the group."""
    with unit_of_work():
        lifecycle.perform(
            again(order),
            "confirm",
            by=again(people.officer),
            data={"paid_on": clock.today(), "bank_reference": f"BNDA-{order.reference}"},
        )
    with unit_of_work():
        lifecycle.perform(
            again(order),
            "record_receipt",
            by=again(people.officer),
            data=acknowledged(again(order)),
        )
    return again(order)


def acknowledged(order: PaymentOrder) -> dict:
    """What the signed receipt of an order says: the president by thumbprint, the others by hand, two witnesses."""
    return {
        "received_on": clock.today(),
        "place": "Sofara",
        "language": "bamanankan",
        "reader": "Kadidia Sow",
        "signatures": [
            {
                "officer_id": str(officer.id),
                "manner": "thumbprint" if officer.office == "president" else "signature",
                "finger": "left_thumb" if officer.office == "president" else "",
            }
            for officer in order.project.group.officers
        ],
        "witnesses": [{"name": "Moussa Kéita", "paper": "NINA 1"}, {"name": "Ami Diallo", "paper": "CNI 2"}],
        "receipt": [upload("decharge.pdf")],
    }


def paid(people: Team, project):
    """A file whose next tranche was prepared, verified, released, confirmed and received."""
    received(people, released(people, prepared(people, project)))
    return again(project)


def visited(people: Team, project, verdict: str = "on_track"):
    """A file that the monitor visited today."""
    with unit_of_work():
        followup.record_visit(
            again(project),
            {
                "visited_on": clock.today(),
                "met": "Aïssata Dembélé, présidente",
                "verdict": verdict,
                "findings": "Les animaux sont en bonne santé et le registre est tenu.",
                "actions": "" if verdict == "on_track" else "Vacciner les agneaux avant la fin du mois, par l’agent.",
                "photos": [photo("visite.jpg")],
            },
            [],
            by=again(people.monitor),
        )
    return again(project)


def justified(people: Team, project):
    """A file of which every franc paid so far is justified by vouchers that a second person accepted."""
    with unit_of_work():
        file = again(project)
        tranche = followup_queries.paid_tranches(file)[-1]
        left = followup.balance(file).unjustified
        expense = followup.enter_expense(
            file,
            {
                "tranche_id": tranche.id,
                "budget_position": granted_lines(file)[0]["position"],
                "label": "Béliers",
                "supplier": "Marché de Sofara",
                "spent_on": clock.today(),
                "amount": left,
                "voucher": [upload("recu.pdf")],
            },
            by=again(people.agent),
        )
        followup.judge_expense(expense, accepted=left, reason="", by=again(people.monitor))
    return again(project)


def closed(people: Team, project):
    """A file carried from its last justified tranche to its end."""
    with unit_of_work():
        file, monitor = again(project), again(people.monitor)
        lifecycle.perform(file, "start_closing", by=monitor, data={})
        followup.prepare_closing(
            file,
            {
                "accepted_on": clock.today(),
                "accepted_with": "Le maire de Sofara, l’agent vétérinaire, le groupement",
                "report": "Quarante béliers achetés, engraissés et vendus à la Tabaski.",
                "assets": [{"label": "Hangar", "quantity": 1, "state": "good", "place": "Sofara"}],
                "scan": [upload("pv-reception.pdf")],
            },
            by=monitor,
        )
    with unit_of_work():
        lifecycle.perform(
            again(project),
            "close",
            by=again(people.coordinator),
            data={"reason": "Une réussite que la commune veut imiter."},
        )
    return again(project)
