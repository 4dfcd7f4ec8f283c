"""Who votes on a file, and what the votes say."""

from dataclasses import dataclass

from grants.access.models import Person
from grants.committee.models import AgendaItem, Seat, Session

VOTING = ("chair", "member")


def voting_seats(session: Session) -> list[Seat]:
    """The seats that have a vote: chairs first, then members."""
    seats = [seat for seat in session.committee.seats if seat.office in VOTING]
    return sorted(seats, key=lambda seat: VOTING.index(seat.office))


def present_ids(session: Session) -> set[int]:
    """The ids of the people recorded as present."""
    return {row.person_id for row in session.attendance if row.present}


def voters_present(session: Session) -> list[Person]:
    """The people present who have a vote: those whom the quorum counts."""
    there = present_ids(session)
    return [seat.person for seat in voting_seats(session) if seat.person_id in there]


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote on one file: who may vote (present, no conflict), and the votes of these."""

    voters: tuple[Person, ...]
    choices: dict[int, str]
    quorum: int

    def count(self, choice: str) -> int:
        return sum(1 for one in self.choices.values() if one == choice)

    @property
    def votes_for(self) -> int:
        return self.count("for")

    @property
    def against(self) -> int:
        return self.count("against")

    @property
    def abstentions(self) -> int:
        return self.count("abstain")

    @property
    def cast(self) -> int:
        return len(self.choices)

    @property
    def has_quorum(self) -> bool:
        return len(self.voters) >= self.quorum

    @property
    def majority_for(self) -> bool:
        """More votes for than against; abstentions weigh nothing."""
        return self.votes_for > self.against

    @property
    def missing(self) -> list[str]:
        """The names of those who may vote and have not."""
        return [person.name for person in self.voters if person.id not in self.choices]


def ballot(item: AgendaItem) -> Ballot:
    """The vote on a file as it stands. People with a declared conflict are out, and so is a vote of theirs.

    Once decided the votes stand as they were counted, whoever has left the room or the committee since.
    """
    quorum = item.session.committee.quorum
    if item.decision is not None:
        return Ballot((), {vote.person_id: vote.choice for vote in item.votes}, quorum)
    out = {conflict.person_id for conflict in item.conflicts}
    voters = tuple(person for person in voters_present(item.session) if person.id not in out)
    ids = {person.id for person in voters}
    return Ballot(voters, {vote.person_id: vote.choice for vote in item.votes if vote.person_id in ids}, quorum)
