"""The acts on a file once it was awarded: contract, own share, tranches and their orders, visits, vouchers, closing."""

from datetime import timedelta

from grants import lifecycle
from grants.access import identity
from grants.committee.counting import voters_present
from grants.contracts import operations as contracts
from grants.contracts import queries as contract_queries
from grants.contracts.amendments.queries import granted_lines
from grants.core import clock
from grants.demo.cast import PASSWORD
from grants.demo.changes import Changing
from grants.demo.papers import paper, photo, scanned
from grants.demo.seen import seen
from grants.demo.world import Story, World
from grants.followup import operations as followup
from grants.followup import queries, visit_papers
from grants.followup.recovery import operations as recoveries
from grants.followup.recovery import queries as claims
from grants.funds.queries import balance
from grants.payments import operations as payments
from grants.payments import queries as tranches
from grants.projects.editions import kind_of

_SUPPLIERS = (
    "Marché de gros",
    "Établissements Traoré et frères",
    "Coopérative des éleveurs",
    "Quincaillerie du marché",
)


class Paying(Changing):
    """The acts on one awarded file."""

    def __init__(self, story: Story, world: World):
        self.story, self.world, self.cast = story, world, world.cast
        self.team = world.team(story)

    @property
    def project(self):
        return self.story.project

    def _do(self, action: str, by, **data) -> None:
        lifecycle.perform(self.project, action, by=by, data=data)

    # ------------------------------------------------------------------------------------------------------ contract

    def issue(self) -> None:
        group = self.project.group
        self._do(
            "issue_contract", self.cast.coordinator, months=12, start="", place=group.village, language=group.language,
            represented_by=self.cast.coordinator.name,
        )  # fmt: skip

    def cancel_award(self) -> None:
        self._do(
            "cancel_award",
            self.cast.coordinator,
            reason="Le groupement a renoncé : deux familles ont quitté le village.",
        )

    def sign(self) -> None:
        """Read aloud, signed on paper by the group and for the programme, filed whole, in force: a day in the village and one
        in the office."""
        self.read_contract()
        contract = contract_queries.live(self.project)
        agent, group = self.world.agent(self.story), self.project.group
        manners = [("signature", ""), ("thumbprint", "left_index"), ("signature", "")]
        signatures = [
            {"officer_id": str(officer.id), "signed_on": clock.today(), "paper": "", "manner": manner, "finger": finger}
            for officer, (manner, finger) in zip(group.officers, manners, strict=True)
        ]
        witnesses = [
            {"name": "Mamadou Kampo", "paper": "NINA 18905102003001 T"},
            {"name": "Hawa Nientao", "paper": "carte d’identité 04-118733"},
        ]
        self._contract(
            "record_group_signatures", agent, place=group.village, signatures=signatures, witnesses=witnesses
        )
        named = contract.content["programme"]["represented_by"]
        self._contract("record_programme_signature", self.cast.coordinator, signed_on=clock.today(), name=named)
        contracts.file_scan(contract, [scanned(contract)], by=agent)
        self._contract("bring_into_force", self.cast.coordinator)

    def read_contract(self) -> None:
        """The contract was read to the group in its language."""
        agent, group = self.world.agent(self.story), self.project.group
        self._contract(
            "record_reading", agent, read_on=clock.today(), place=group.village, language=group.language,
            reader=agent.name, reader_paper="", audio_played="no",
            present="Le bureau, deux témoins et une vingtaine de membres.",
        )  # fmt: skip

    def _contract(self, action: str, by, **data) -> None:
        lifecycle.perform(contract_queries.live(self.project), action, by=by, data=data)

    def contribute(self) -> None:
        """The group's own share is proven and confirmed."""
        for kind, amount, proof in (
            ("cash", self.project.own_cash, "Bordereau de versement"),
            ("in_kind", self.project.own_kind, "Fiche de valorisation"),
        ):
            if amount:
                values = {
                    "kind": kind, "amount": amount, "proven_on": clock.today(), "proof": [paper(proof)],
                    "note": "Main-d’œuvre et matériaux, estimés avec le service technique." if kind == "in_kind" else "",
                }  # fmt: skip
                followup.prove_contribution(self.project, values, by=self.world.agent(self.story))
        self._do("confirm_contribution", self.team.monitor, reason="Apport vu au compte et sur place.")

    # ------------------------------------------------------------------------------------------------------ payments

    @property
    def order(self):
        return tranches.current_order(self.project)

    def _order(self, action: str, by, **data) -> None:
        lifecycle.perform(self.order, action, by=by, data=data)

    def prepare(self) -> None:
        payments.prepare(tranches.next_unpaid(tranches.tranches(self.project)), by=self.cast.officer)

    def verify(self) -> None:
        self._order("verify", self.cast.controllers[self.story.number % 2])

    def release(self) -> None:
        by, order = self.cast.controllers[(self.story.number + 1) % 2], self.order
        confirmed = identity.confirm(by, PASSWORD, action="release", subjects=[order], address="")
        lifecycle.perform(order, "release", by=by, identity=confirmed)

    def confirm(self) -> None:
        order = self.order
        reference = f"AD {order.reference.replace('-', '')}"
        self._order("confirm", self.cast.officer, paid_on=clock.today(), bank_reference=reference)

    def fail(self) -> None:
        self._order("report_failure", self.cast.officer, reason="Compte rejeté par la banque : intitulé différent.")

    def hold(self) -> None:
        reason = "Deux présidentes se disent élues : attendre le procès-verbal de l’assemblée générale."
        self._order("hold", self.cast.coordinator, reason=reason)

    def retry(self) -> None:
        self._order("retry", self.cast.officer)

    def receive(self) -> None:
        """The signed receipt comes back, and the file goes on to follow-up."""
        group = self.project.group
        manners = {"president": ("thumbprint", "left_index"), "treasurer": ("signature", "")}
        self._order(
            "record_receipt", self.world.agent(self.story), received_on=clock.today(), place=group.village,
            language=group.language, reader=self.world.agent(self.story).name,
            signatures=[
                dict(zip(("officer_id", "manner", "finger"), (str(one.id), *manners.get(one.office, ("", ""))), strict=True))
                for one in group.officers
            ],
            witnesses=[
                {"name": "Mamadou Kampo", "paper": "NINA 18905102003001 T"},
                {"name": "Hawa Nientao", "paper": "carte d’identité 04-118733"},
            ],
            receipt=[paper("Décharge signée", "decharge.pdf")],
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------------------- follow-up

    def visit(self, verdict: str = "on_track") -> None:
        officers = {officer.office: officer.name for officer in self.project.group.officers}
        sheet = kind_of(self.project).visit
        followup.record_visit(
            self.project,
            {
                "visited_on": clock.today(),
                "met": f"{officers['president']}, présidente ou président ; {officers['treasurer']}, trésorerie",
                "verdict": verdict,
                "findings": "Les biens payés sont là, marqués au nom du groupement ; le cahier de caisse est tenu."
                if verdict == "on_track"
                else "Le cahier de caisse s’arrête il y a six semaines et une partie des biens n’a pas été montrée.",
                "actions": ""
                if verdict == "on_track"
                else "Le bureau présente le cahier à jour et les biens sous quinze jours.",
                "latitude": None,
                "longitude": None,
                "photos": [photo(self.story.number + 3, "visite.jpg")],
            },
            seen(sheet, self.story.kind),
            by=self.team.monitor,
        )

    def report_visit(self) -> None:
        """What was seen at the last visit as a paper to be signed."""
        visit_papers.issue_report(self.project, queries.last_visit(self.project), by=self.team.monitor)

    def spend(self, percent: int = 100) -> None:
        """Vouchers for a share of what is still to be justified, over the lines of the budget that the grant pays."""
        left = (balance(self.project).unjustified - queries.waiting_amount(self.project)) * percent // 100
        tranche = queries.paid_tranches(self.project)[-1]
        lines = granted_lines(self.project)
        whole = sum(line["amount"] for line in lines)
        parts = [left * line["amount"] // whole // 5 * 5 for line in lines[1:]]
        for number, (line, amount) in enumerate(zip(lines, [left - sum(parts), *parts], strict=True)):
            values = {
                "tranche_id": tranche.id, "budget_position": line["position"], "label": line["label"][:80],
                "supplier": _SUPPLIERS[(self.story.number + number) % len(_SUPPLIERS)], "spent_on": clock.today(),
                "amount": amount, "voucher": [paper(f"Facture {number + 1}", "facture.pdf")],
            }  # fmt: skip
            followup.enter_expense(self.project, values, by=self.world.agent(self.story))

    def judge(self) -> None:
        """The monitor accepts every voucher that waits."""
        for expense in queries.expenses(self.project):
            if expense.judged_at is None:
                followup.judge_expense(expense, accepted=expense.amount, reason="", by=self.team.monitor)

    def judge_in_part(self) -> None:
        """One voucher is accepted for a part only."""
        waiting = [expense for expense in queries.expenses(self.project) if expense.judged_at is None]
        first = waiting[0]
        reason = "La facture porte aussi un achat qui n’est pas au budget."
        followup.judge_expense(first, accepted=first.amount * 3 // 4, reason=reason, by=self.team.monitor)

    def refund(self) -> None:
        """The group gives back what it could not justify."""
        values = {
            "amount": balance(self.project).unjustified, "refunded_on": clock.today(),
            "bank_reference": f"RV{self.project.reference.replace('-', '')}", "slip": [paper("Bordereau de versement")],
        }  # fmt: skip
        followup.record_refund(self.project, values, by=self.cast.officer)

    def open_next(self) -> None:
        self._do("open_next_tranche", self.team.monitor)

    def suspend(self) -> None:
        self._do(
            "suspend", self.cast.coordinator, reason="Aucune justification après deux relances ; visite défavorable."
        )

    def terminate(self) -> None:
        self._do(
            "terminate",
            self.cast.coordinator,
            reason="Les biens ont été vendus sans accord ; mise en demeure sans effet.",
        )

    # ------------------------------------------------------------------------------------------------------ recovery

    def claim(self) -> None:
        """The balance is claimed back."""
        reason = "Le bureau ne présente ni les biens ni les factures qui manquent."
        recoveries.claim(self.project, {"unspent": None, "reason": reason}, by=self.cast.coordinator)

    def _recovery(self, action: str, by, **data) -> None:
        lifecycle.perform(claims.under_way(self.project), action, by=by, data=data)

    def agree_instalments(self) -> None:
        """In three parts: soon, in two weeks, in two months."""
        left = claims.under_way(self.project).left
        parts = (left // 3, left // 3, left - 2 * (left // 3))
        rows = [
            {"due_on": clock.today() + timedelta(days=days), "amount": amount}
            for days, amount in zip((5, 12, 60), parts, strict=True)
        ]
        self._recovery("agree_instalments", self.team.monitor, instalments=rows)

    def pay_back_first(self) -> None:
        """The first instalment comes back."""
        recovery = claims.under_way(self.project)
        self._recovery(
            "pay_back", self.cast.officer, amount=recovery.left // 3, refunded_on=clock.today(),
            bank_reference=f"RE{self.project.reference.replace('-', '')}", slip=[paper("Bordereau de versement")],
        )  # fmt: skip

    def propose_write_off(self) -> None:
        reason = "Le groupement s’est dispersé après l’attaque du village ; les anciens responsables sont introuvables."
        self._recovery("propose_write_off", self.cast.coordinator, reason=reason)

    def write_off(self) -> None:
        """The committee in session gives the rest up."""
        session = claims.chaired(claims.under_way(self.project), self.team.seats.chair)[0]
        there = voters_present(session)
        votes = [{"person_id": str(one.id), "choice": "abstain" if one is there[-1] else "for"} for one in there]
        self._recovery(
            "write_off", self.team.seats.chair, session=str(session.id), votes=votes,
            reason="Le village est vide depuis l’attaque ; poursuivre coûterait plus que la somme.",
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------------- closing

    def start_closing(self) -> None:
        self._do("start_closing", self.team.monitor)

    def accept(self) -> None:
        """The acceptance of what was bought, with its minutes."""
        lines = granted_lines(self.project)
        values = {
            "accepted_on": clock.today(),
            "accepted_with": "Maire de la commune, service technique, bureau du groupement",
            "report": "L’activité tourne, les recettes couvrent les charges et un quart est mis de côté pour le renouvellement.",
            "assets": [
                {
                    "label": line["label"],
                    "quantity": line["quantity"],
                    "state": "good",
                    "place": self.project.group.village,
                }
                for line in lines[:3]
            ],
            "scan": [paper("Procès-verbal de réception", "reception.pdf")],
        }
        followup.prepare_closing(self.project, values, by=self.team.monitor)

    def close(self) -> None:
        reason = "Micro-projet réalisé comme prévu ; le groupement poursuit l’activité sur ses propres recettes."
        self._do("close", self.cast.coordinator, reason=reason)
