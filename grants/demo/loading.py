"""Loading the demonstration: everything that happened in fourteen months, played day by day by its people."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from grants.access.models import Person
from grants.core import clock
from grants.core.database import db
from grants.core.errors import Refused
from grants.core.unit_of_work import unit_of_work
from grants.demo import coming_back, grievances, groups, leaving, plan, reminders, setting
from grants.demo.applications import KINDS, application
from grants.demo.cast import hire_everybody
from grants.demo.files import Filing
from grants.demo.money import Paying
from grants.demo.names import Names
from grants.demo.sittings import Sitting
from grants.demo.timeline import Timeline
from grants.demo.world import Guild, Story, World
from grants.funds.queries import check
from grants.journal.queries import check_all
from grants.lifecycle.models import WorkflowVersion
from grants.places.models import Place
from grants.projects.models import Project

DEFAULT_SIZE = len(plan.ROWS)
SEED = 2026
# How often a region comes up, for groups and for files that no session ties to one.
_SHARES = {"05": 10, "04": 8, "19": 8, "06": 5, "07": 5, "18": 4}
_FOUNDED = -440


@dataclass(frozen=True, slots=True)
class Summary:
    """What was loaded: people, groups, files by step, journal events."""

    people: int
    groups: int
    steps: dict[str, int]
    events: int


def why_not() -> str | None:
    """Why the demonstration cannot be loaded into this database; None where it can."""
    if _count(Person) or _count(Project):
        return "this database is not empty: the demonstration wants a new one, right after `flask setup`"
    if not _count(Place) or not _count(WorkflowVersion):
        return "places or workflows are missing: run `flask setup` first"
    return None


def _count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def load(size: int = DEFAULT_SIZE, progress=lambda done, of: None) -> Summary:
    """Play the demonstration with so many files. Raises Refused where the database is not ready, or does not add up."""
    if reason := why_not():
        raise Refused(reason)
    loading = _Loading(size)
    loading.play(progress)
    _, breaks = check_all()
    wrong = [*check(), *breaks]
    if wrong:
        raise Refused(*map(str, wrong))
    return loading.summary()


class _Loading:
    """One load: the people, the groups, the files with their acts, and the sessions."""

    def __init__(self, size: int):
        self.size = size
        self.chance = random.Random(SEED)  # noqa: S311 (invented people, no secret)
        self.names = Names(self.chance)
        self.timeline = Timeline(clock.today(), clock.now())
        self.guilds: list[Guild] = []
        self.first_day: dict[int, float] = {}
        self.pairs: dict[tuple[str, str], list[tuple[Guild, str]]] = {}
        self.given_up: list[Story] = []
        self.sittings: dict[tuple[str, str], Sitting] = {}

    def play(self, progress) -> None:
        self.world = self._found()
        self._invent_groups()
        for number, row in enumerate(plan.rows(self.size)):
            self._plan_file(number, row)
        self._plan_groups()
        for (session, _region), sitting in self.sittings.items():
            self._plan_sitting(session, sitting)
        grievances.plan(self.timeline, self.world)
        reminders.plan(self.timeline, _FOUNDED)
        leaving.plan(self.timeline, self.world, _FOUNDED)
        coming_back.plan(self.timeline, self.world, _FOUNDED)
        self.timeline.play(progress)
        with unit_of_work(), clock.at(self.timeline.now):
            setting.close_months(self.world.cast)
            setting.keep_views(self.world.cast)
        reminders.read_old_news()

    # ------------------------------------------------------------------------------------------------ what stands first

    def _found(self) -> World:
        """People, money and committees; the calls are published on their days."""
        with unit_of_work(), clock.at(self.timeline.instant(_FOUNDED)):
            cast = hire_everybody(self.names)
            money = setting.open_money(cast, times=-(-self.size // DEFAULT_SIZE))
            world = World(cast, setting.found_committees(cast))
        for key, envelope, (opens, closes), title in (
            ("first", money.first, setting.FIRST, "Micro-projets de cohésion, premier appel"),
            ("second", money.second, setting.SECOND, "Micro-projets de cohésion, deuxième appel"),
        ):
            self._plan_call(world, key, envelope, opens, closes, title)
        self._plan_money(world, money)
        return world

    def _plan_money(self, world, money) -> None:
        """The donor sends three parts; a part of the reserve moves to the second call."""
        total = sum(setting.AMOUNTS.values()) * -(-self.size // DEFAULT_SIZE)
        for number, (day, percent) in enumerate(((-430, 30), (-250, 30), (-70, 15)), 1):
            self.timeline.add(
                self.timeline.instant(day),
                lambda amount=total * percent // 100, number=number: setting.receive(
                    world.cast, money.first, amount, number
                ),
            )
        self.timeline.add(self.timeline.instant(-20), lambda: setting.move_reserve(world.cast, money))

    def _plan_call(self, world, key, envelope, opens, closes, title) -> None:
        closes_on = self.timeline.today + timedelta(days=closes)

        def publish():
            world.calls[key] = setting.publish(world.cast, envelope, title, closes_on, setting.rules_of(key))

        self.timeline.add(self.timeline.instant(opens), publish)

    def _invent_groups(self) -> None:
        """Groups in every region, and the pairs of group and kind that may apply under each call."""
        wanted = max(len(_SHARES), -(-self.size * 40 // DEFAULT_SIZE))
        regions = [region for region, share in _SHARES.items() for _ in range(-(-share * wanted // 40))]
        for number, region in enumerate(regions):
            self.guilds.append(groups.invent(number, region, self.names, self.chance))
        for region in _SHARES:
            here = [guild for guild in self.guilds if guild.region == region]
            for call in ("first", "second"):
                pairs = [(guild, kind) for guild in here for kind in KINDS]
                self.chance.shuffle(pairs)
                self.pairs[region, call] = pairs

    def _pair(self, row: plan.Row, call: str) -> tuple[Guild, str]:
        """A group and a kind that have no file under the call yet."""
        regions = [row.region] if row.region else list(_SHARES)
        weights = [_SHARES[region] for region in regions]
        for _ in range(200):
            region = self.chance.choices(regions, weights)[0]
            pairs = self.pairs[region, call]
            for number, (_guild, kind) in enumerate(pairs):
                if row.kind in (None, kind):
                    return pairs.pop(number)
            # The region has no more groups for this kind: one more is founded there.
            guild = groups.invent(len(self.guilds), region, self.names, self.chance)
            self.guilds.append(guild)
            pairs.extend((guild, kind) for kind in KINDS)
        raise LookupError(row)

    # ---------------------------------------------------------------------------------------------------------- files

    def _plan_file(self, number: int, row: plan.Row) -> None:
        call = "first" if row.session in plan.FIRST_CALL else "second"
        guild, kind = self._pair(row, call)
        chance = random.Random(f"{SEED} {number}")  # noqa: S311
        written = application(kind, guild.village, (guild.women, guild.men, guild.youth), chance, large=row.large)
        story = Story(number, guild, kind, call, written, chance)
        filing = Filing(story, self.world)
        names = plan.BEFORE.get(row.to, plan.RECOMMENDED)
        last = -row.age if row.session is None else min(plan.SESSIONS[row.session], 1) - 8 - chance.uniform(0, 4)
        first = last - max(1, len(names) - 1) * chance.uniform(3.5, 5.5)
        self.first_day[guild.number] = min(first, self.first_day.get(guild.number, first))
        self.timeline.add_all([getattr(filing, name) for name in names], first, last, chance)
        if row.session is not None:
            self._before_committee(story, row)

    def _before_committee(self, story: Story, row: plan.Row) -> None:
        self._sitting(row.session, story.region).decisions.append((story, row.decision))
        if row.heard is not None:
            self._sitting(row.heard, story.region).decisions.append((story, "reopen_appraisal"))
        acts = self._after_award(story, row)
        if row.to == "given_up":
            self.given_up.append(story)
        self.timeline.add_all(acts, plan.SESSIONS[row.session] + 3, -row.age, story.chance)

    def _sitting(self, session: str, region: str) -> Sitting:
        if (session, region) not in self.sittings:
            held_on = self.timeline.instant(plan.SESSIONS[session]).date()
            if session == "next":
                held_on = self.timeline.today + timedelta(days=plan.SESSIONS["next"])
            self.sittings[session, region] = Sitting(region, held_on, self.world)
        return self.sittings[session, region]

    def _after_award(self, story: Story, row: plan.Row) -> list:
        paying = Paying(story, self.world)
        special = {
            "visit_doubting": lambda: paying.visit("concerns"),
            "spend_most": lambda: paying.spend(90),
        }
        refused = Filing(story, self.world)
        return [
            special.get(name) or getattr(paying, name, None) or getattr(refused, name)
            for name in plan.AFTER.get(row.to, ())
        ]

    # --------------------------------------------------------------------------------------------- groups and sessions

    def _plan_groups(self) -> None:
        """Each group is registered before its first file; accounts are verified soon, but for some that nobody pays yet."""
        decided = [pair for sitting in self.sittings.values() for pair in sitting.decisions]
        awarded = {story.guild.number for story, decision in decided if decision == "award"}
        for guild in self.guilds:
            first = self.first_day.get(guild.number, -self.chance.uniform(2, 160))
            known = first - self.chance.uniform(6, 25)
            self.timeline.add(
                self.timeline.instant(known), lambda guild=guild: groups.register(guild, self.world, self.chance)
            )
            if guild.number in awarded or guild.number % 4:
                day = min(known + self.chance.uniform(2, 9), -0.2)
                at = max(self.timeline.instant(day), self.timeline.instant(known) + timedelta(hours=1))
                self.timeline.add(at, lambda guild=guild: groups.verify(guild, self.world))

    def _plan_sitting(self, session: str, sitting: Sitting) -> None:
        """Convened, put together, held, closed and signed; today's is still going on, the next one waits."""
        day, add, at = plan.SESSIONS[session], self.timeline.add, self.timeline.instant
        self.timeline.add_all([sitting.convene, sitting.put_on_agenda], min(day, 1) - 7.5, min(day, 1) - 6, self.chance)
        if session == "next":
            return
        add(at(day), sitting.open)
        if session == "now":
            for number, (story, decision) in enumerate(sitting.decisions[:2]):
                most = None if number == 0 else 2
                add(at(day), lambda s=story, d=decision, m=most: sitting.vote(s, d, m))
            for story in (one for one in self.given_up if one.region == sitting.region):
                add(at(day), Paying(story, self.world).write_off)
            return
        for number, (story, decision) in enumerate(sitting.decisions, 1):
            add(at(day) + timedelta(minutes=20 * number), lambda s=story, d=decision: sitting.decide(s, d))
        add(at(day) + timedelta(hours=7), sitting.close)
        # The minutes of one recent session still wait for their signatures.
        if not (session == "E" and sitting.region == "07"):
            add(at(day + 3), sitting.sign)

    # -------------------------------------------------------------------------------------------------------- summary

    def summary(self) -> Summary:
        steps = Counter(dict(db.session.execute(select(Project.step, func.count()).group_by(Project.step)).all()))
        events, _breaks = check_all()
        return Summary(_count(Person), len(self.guilds), dict(sorted(steps.items())), events)
