"""A whole programme in small, and one micro-project carried through its life by the right people."""

from dataclasses import dataclass

from grants import lifecycle
from grants.contracts import operations as contracts
from grants.contracts import queries as contract_queries
from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.followup import operations as followup
from grants.followup import queries as followup_queries
from grants.payments import operations as payments
from grants.payments import queries as payment_queries
from grants.payments.models import PaymentOrder
from tests.stories.appraisal import photo, recommended
from tests.stories.calls import envelope, open_call
from tests.stories.committee import awarded, committee
from tests.stories.groups import verified_group
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
    return awarded(recommended(submitted_file(people, kind), people.appraisers))


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
    """A file whose contract was read aloud, signed by all officers and filed."""
    issued(people, project)
    with unit_of_work():
        contract = contract_queries.live(again(project))
        contracts.file_scan(contract, [upload("convention-signee.pdf")], by=again(people.coordinator))
        file = again(project)
        fingers = {"president": ("thumbprint", "left_thumb")}
        lifecycle.perform(
            file,
            "register_signature",
            by=again(people.coordinator),
            data={
                "signed_on": clock.today(),
                "place": "Sofara",
                "language": "bamanankan",
                "reader": "Kadidia Sow",
                "signatures": [
                    dict(
                        zip(
                            ("officer_id", "manner", "finger"),
                            (officer.id, *fingers.get(officer.office, ("signature", ""))),
                            strict=True,
                        )
                    )
                    for officer in file.group.officers
                ],
                "witnesses": [{"name": "Moussa Kéita", "paper": "NINA 1"}, {"name": "Ami Diallo", "paper": "CNI 2"}],
            },
        )
    return again(project)


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
            lifecycle.perform(again(order), action, by=again(person), data={})
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
            data={
                "received_on": clock.today(),
                "received_by": "Aïssata Dembélé, présidente",
                "receipt": [upload("decharge.pdf")],
            },
        )
    return again(order)


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
                "budget_position": followup_queries.granted_lines(file)[0]["position"],
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
            again(project), "close", by=again(people.coordinator), data={"reason": "Une réussite que la commune veut imiter."}
        )
    return again(project)
