"""What the acts of the demonstration have in common: the people, the calls, the groups, and the files under way."""

import random
from dataclasses import dataclass, field

from grants.calls.models import Call
from grants.committee.models import Committee
from grants.demo.applications import Application
from grants.demo.cast import Cast, Team
from grants.demo.names import Village
from grants.groups.models import Group
from grants.projects.models import Project


@dataclass
class Guild:
    """A group and what is known of it before it is registered."""

    number: int
    name: str
    village: Village
    women: int
    men: int
    officers: dict[str, tuple[str, str]]
    group: Group | None = None

    @property
    def region(self) -> str:
        return self.village.cercle[:2]

    @property
    def youth(self) -> int:
        """Members under 35; every third group is one of young people."""
        members = self.women + self.men
        return members * 3 // 5 if self.number % 3 == 0 else members // 3


@dataclass
class Story:
    """A file from its first day to where the demonstration leaves it."""

    number: int
    guild: Guild
    kind: str
    call: str
    application: Application
    chance: random.Random
    project: Project | None = None

    @property
    def region(self) -> str:
        return self.guild.region


@dataclass
class World:
    """Everything there is."""

    cast: Cast
    committees: dict[str | None, Committee]
    calls: dict[str, Call] = field(default_factory=dict)

    def team(self, story: Story) -> Team:
        return self.cast.teams[story.region]

    def agent(self, story: Story):
        """The agent who looks after a file."""
        return self.team(story).agents[story.guild.number % 2]
