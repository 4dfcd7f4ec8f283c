"""The acts by which a contract in force is changed: a small move of the budget, more time, another amount."""

from grants import lifecycle
from grants.calls.rules import parse
from grants.committee import operations as sessions
from grants.committee import queries as committees
from grants.contracts import queries as contracts
from grants.contracts.amendments import operations, queries
from grants.core import clock
from grants.demo.papers import paper


class Changing:
    """The acts on the contract of one file. The class that it is mixed into gives the file and its people."""

    def move_budget(self) -> None:
        """A few thousand francs go from one line to another, and the coordination takes note of it."""
        lines = self._lines()
        first, second = list(lines)[:2]
        lines |= {first: lines[first] - 10_000, second: lines[second] + 10_000}
        self._propose(lines, reason="Le transport coûte plus que prévu ; la première ligne a coûté moins.")
        self._change("take_note", self.cast.coordinator)

    def ask_time(self) -> None:
        """Three months more, accepted and printed."""
        self._propose(
            self._lines(), months=15, reason="Les pluies ont coupé la piste six semaines : les ventes sont décalées."
        )
        self._change("accept", self.cast.coordinator, **self._printing())

    def ask_amount(self) -> None:
        """Another amount, put before the committee: more where the committee of the region may still decide on it."""
        lines, granted = self._lines(), self.project.granted
        level = parse(self.project.call.rules).level_for
        step = 100_000 if level(granted + 100_000) == level(granted) else -100_000
        first = next(iter(lines))
        lines[first] += step
        more = "Les prix ont monté depuis l’appel : le devis du fournisseur est joint au dossier."
        less = "Un don de la commune couvre une partie de l’achat : le groupement demande moins."
        self._propose(lines, reason=more if step > 0 else less)
        self._change("put_before", self.cast.coordinator)

    def grant_amount(self) -> None:
        """A session of the committee for this change alone: heard, voted, granted, its minutes signed."""
        change, seats = self._under_way(), self.team.seats
        committee = self.world.committees[self.story.region]
        venue = "Salle du conseil de la région"
        session = sessions.convene(committee, held_on=clock.today(), venue=venue, by=seats.secretary)
        sessions.put_on_agenda(session, [], changes=[change], by=seats.secretary)
        there = [seats.chair, seats.secretary, *seats.members]
        sessions.record_attendance(session, [person.id for person in there], by=seats.secretary)
        lifecycle.perform(session, "open", by=seats.secretary)
        item = committees.item_of(session, self.project.reference)
        for person in seats.voters:
            sessions.cast_vote(item, "for", by=person)
        sessions.decide(item, "award", by=seats.chair)
        lifecycle.perform(session, "close", by=seats.chair)
        sessions.file_scan(session, paper("Procès-verbal signé", "pv-signe.pdf"), by=seats.secretary)
        lifecycle.perform(session, "sign", by=seats.secretary)
        self._change("issue", self.cast.coordinator, **self._printing())

    def sign_amendment(self) -> None:
        """Read, signed by both parties, and filed."""
        self._change(
            "record_signature", self.cast.coordinator, signed_on=clock.today(), place=self.project.group.village,
            scan=[paper("Avenant signé", "avenant.pdf")],
        )  # fmt: skip

    def _lines(self) -> dict[int, int]:
        return {line["position"]: line["amount"] for line in queries.granted_lines(self.project)}

    def _propose(self, lines: dict[int, int], *, reason: str, months: int | None = None) -> None:
        now = queries.months(contracts.live(self.project))
        values = {"lines": lines, "months": months or now, "terms": "", "reason": reason}
        operations.propose(self.project, values, by=self.world.agent(self.story))

    def _under_way(self):
        return queries.under_way(self.project)

    def _change(self, action: str, by, **data) -> None:
        lifecycle.perform(self._under_way(), action, by=by, data=data)

    def _printing(self) -> dict:
        group = self.project.group
        return {
            "place": group.village, "language": group.language, "represented_by": self.cast.coordinator.name,
        }  # fmt: skip
