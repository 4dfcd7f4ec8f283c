"""The sessions of committees: convened, held, decided file by file, signed."""

from dataclasses import dataclass, field
from datetime import date

from grants import lifecycle
from grants.committee import operations, queries
from grants.committee.models import Session
from grants.demo.papers import paper
from grants.demo.world import Story, World

_REASONS = {
    "reject": "Le marché local ne peut pas absorber une activité de plus du même genre ; le plan d’affaires est à revoir.",
    "reopen_appraisal": "Le cahier de caisse montre que tout le stock s’est vendu : le marché est à évaluer de nouveau.",
    "adjourn": "Le comité demande l’avis écrit du service technique avant de décider.",
}


@dataclass
class Sitting:
    """One session of the committee of a region, with the files that come before it and what becomes of each."""

    region: str
    held_on: date
    world: World
    decisions: list[tuple[Story, str]] = field(default_factory=list)
    session: Session | None = None

    @property
    def seats(self):
        return self.world.cast.teams[self.region].seats

    def convene(self) -> None:
        committee = self.world.committees[self.region]
        venue = "Salle du conseil de la région"
        self.session = operations.convene(committee, held_on=self.held_on, venue=venue, by=self.seats.secretary)

    def put_on_agenda(self) -> None:
        files = [story.project for story, _decision in self.decisions]
        operations.put_on_agenda(self.session, files, by=self.seats.secretary)

    def open(self) -> None:
        """Everybody is there, but for one member where the committee is large enough without."""
        there = [self.seats.chair, self.seats.secretary, *self.seats.members]
        if self.held_on.day % 3 == 0:
            there.remove(self.seats.members[-1])
        operations.record_attendance(self.session, [person.id for person in there], by=self.seats.secretary)
        lifecycle.perform(self.session, "open", by=self.seats.secretary)

    def vote(self, story: Story, decision: str, most: int | None = None) -> None:
        """Those who are there vote, against a file that will be rejected; `most` leaves the others to vote later."""
        item = queries.item_of(self.session, story.project.reference)
        there = {row.person_id for row in self.session.attendance if row.present}
        voters = [person for person in self.seats.voters if person.id in there]
        for number, person in enumerate(voters[:most]):
            choice = "for" if decision in ("award", "reopen_appraisal") else "against"
            # One in a few abstains.
            if number == 2 and story.number % 4 == 0:
                choice = "abstain"
            operations.cast_vote(item, choice, by=person)

    def decide(self, story: Story, decision: str) -> None:
        """The vote and the decision of the chair; every third award is a tenth below what was asked for."""
        self.vote(story, decision)
        item = queries.item_of(self.session, story.project.reference)
        words = {"reason": _REASONS[decision]} if decision in _REASONS else {}
        if decision == "award":
            asked = story.project.requested
            words["amount"] = asked * 9 // 10 // 5_000 * 5_000 if story.number % 3 == 0 else asked
            if story.number % 2:
                words["conditions"] = (
                    "Deux signatures sur chaque retrait.\nCahier de caisse lu en assemblée chaque mois."
                )
        operations.decide(item, decision, by=self.seats.chair, **words)

    def close(self) -> None:
        lifecycle.perform(self.session, "close", by=self.seats.chair)

    def sign(self) -> None:
        operations.file_scan(self.session, paper("Procès-verbal signé", "pv-signe.pdf"), by=self.seats.secretary)
        lifecycle.perform(self.session, "sign", by=self.seats.secretary)
