"""What the regional team found about a file, on its present revision."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import defer, joinedload, lazyload, selectinload

from grants import journal
from grants.access import policy
from grants.access.models import Person, RoleGrant
from grants.appraisal.models import EligibilityCheck, FieldCheck, ScoreSheet, Screening
from grants.calls.rules import Rules, parse
from grants.core import clock
from grants.core.database import db
from grants.core.reading import once_a_read
from grants.groups.models import Group
from grants.projects.models import Project

# How many independent sheets a file has; one more where the first two lie too far apart.
SHEETS = 2


@dataclass(frozen=True, slots=True)
class Scoring:
    """The sheets that count, the earliest first, and the gap in points beyond which a third one is asked for."""

    sheets: tuple[ScoreSheet, ...]
    limit: int

    @property
    def gap(self) -> int:
        """How far the first two sheets lie apart, in points; 0 before both are there."""
        if len(self.sheets) < SHEETS:
            return 0
        first, second = self.sheets[:SHEETS]
        return abs(first.total - second.total)

    @property
    def needed(self) -> int:
        """How many sheets the file must have."""
        return SHEETS + 1 if self.gap > self.limit else SHEETS

    @property
    def complete(self) -> bool:
        return len(self.sheets) >= self.needed

    @property
    def average(self) -> Decimal | None:
        """The mean of the totals, to one decimal; None before a first sheet."""
        if not self.sheets:
            return None
        return mean(sum(sheet.total for sheet in self.sheets), len(self.sheets))

    def by(self, person) -> ScoreSheet | None:
        """The sheet of one appraiser."""
        return next((sheet for sheet in self.sheets if sheet.appraiser_id == person.id), None)


def mean(total: int, count: int) -> Decimal:
    """A mean to one decimal, half up: what is written on score sheets and minutes."""
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP)


def rules_of(project: Project) -> Rules:
    """The rules under which a file is appraised: those of its call."""
    return parse(project.call.rules)


@once_a_read
def checks(project: Project) -> dict[str, EligibilityCheck]:
    """The answers to the eligibility questions, by the code of the question."""
    rows = db.session.scalars(
        select(EligibilityCheck)
        .options(_names(EligibilityCheck))
        .where(EligibilityCheck.project_id == project.id, EligibilityCheck.revision == project.revision)
    )
    return {row.code: row for row in rows}


@once_a_read
def screening(project: Project) -> Screening | None:
    """The screening of the present revision."""
    return db.session.scalar(
        select(Screening)
        .options(_names(Screening))
        .where(Screening.project_id == project.id, Screening.revision == project.revision)
    )


@once_a_read
def field_check(project: Project) -> FieldCheck | None:
    """The latest field check of the present revision."""
    return db.session.scalar(
        select(FieldCheck)
        .options(_names(FieldCheck), joinedload(FieldCheck.photo))
        .where(FieldCheck.project_id == project.id, FieldCheck.revision == project.revision)
        .order_by(FieldCheck.id.desc())
        .limit(1)
    )


@once_a_read
def scoring(project: Project) -> Scoring:
    """The sheets that count on the present revision."""
    rows = db.session.scalars(
        select(ScoreSheet)
        .options(joinedload(ScoreSheet.appraiser).options(lazyload(Person.grants)))
        .where(ScoreSheet.project_id == project.id, counts(project.revision))
        .order_by(ScoreSheet.id)
    )
    return Scoring(tuple(rows), rules_of(project).score_gap_limit)


def counts(revision) -> ColumnElement:
    """The condition for sheets that count: of this revision (a number or a column), and not set aside."""
    return (ScoreSheet.revision == revision) & ScoreSheet.superseded_at.is_(None)


def averages(project_ids) -> dict[int, Decimal]:
    """The average score of each of these files that has sheets, in one query."""
    rows = db.session.execute(
        select(ScoreSheet.project_id, func.sum(ScoreSheet.total), func.count())
        .join(Project, Project.id == ScoreSheet.project_id)
        .where(ScoreSheet.project_id.in_(list(project_ids)), counts(Project.revision))
        .group_by(ScoreSheet.project_id)
    )
    return {project_id: mean(int(total), count) for project_id, total, count in rows}


def visible_sheets(project: Project, scores: Scoring, person) -> tuple[ScoreSheet, ...]:
    """The sheets that a person may read: their own, and all once nobody can be swayed by them any more."""
    if project.step != "appraisal":
        return scores.sheets
    own = scores.by(person)
    may_still_score = policy.sees(person, "appraisal.score", project) and own is None
    if scores.complete or (len(scores.sheets) >= SHEETS and not may_still_score):
        return scores.sheets
    return (own,) if own is not None else ()


def submitters(project: Project) -> frozenset[int]:
    """The ids of the people who submitted the file: they do not judge it."""
    found = journal.who_did(project, "submit", "resubmit")
    return frozenset(person_id for people in found.values() for person_id in people)


def appraisers_left(project: Project, scores: Scoring) -> list[str]:
    """The names of those who may still file a sheet, at most four."""
    today = clock.today()
    filed = {sheet.appraiser_id for sheet in scores.sheets} | submitters(project)
    here = or_(RoleGrant.place_code.is_(None), db.literal(project.place_code).like(RoleGrant.place_code + "%"))
    rows = db.session.scalars(
        select(Person.name)
        .where(
            Person.active,
            Person.id.not_in(filed),
            Person.grants.any(
                (RoleGrant.role == "appraiser")
                & here
                & RoleGrant.revoked_at.is_(None)
                & (RoleGrant.valid_from <= today)
                & (RoleGrant.valid_until.is_(None) | (RoleGrant.valid_until >= today))
            ),
        )
        .order_by(Person.name)
        .limit(4)
    )
    return list(rows)


def to_score(person, *, limit: int) -> list[tuple[Project, int]]:
    """The files on which a person may file a score sheet now, those due first, with how many sheets they have."""
    mine = select(ScoreSheet.id).where(
        ScoreSheet.project_id == Project.id, counts(Project.revision), ScoreSheet.appraiser_id == person.id
    )
    theirs = select(ScoreSheet).where(ScoreSheet.project_id == Project.id, counts(Project.revision))
    filed = theirs.with_only_columns(func.count()).scalar_subquery()
    gap = theirs.with_only_columns(func.max(ScoreSheet.total) - func.min(ScoreSheet.total)).scalar_subquery()
    rows = db.session.execute(
        select(Project, filed, gap)
        .options(
            joinedload(Project.group).load_only(Group.name),
            # A few calls stand behind many files: their rules are read once each, and nobody's answers are.
            selectinload(Project.call),
            defer(Project.answers),
            defer(Project.unlocked),
        )
        .where(
            Project.step == "appraisal",
            policy.in_sight(person, "appraisal.score", Project.place_code),
            ~mine.exists(),
            filed <= SHEETS,
        )
        .order_by(Project.due_at, Project.id)
        .limit(limit * 4)
    ).unique()
    # The limit of the gap is a rule of each call. A file with two sheets that agree waits for nobody's third.
    wanted = [(p, count) for p, count, apart in rows if count < SHEETS or apart > p.call.rules["score_gap_limit"]]
    return wanted[:limit]


def _names(model):
    """Load who did it by name only: what roles they hold is of no interest here."""
    return joinedload(model.by).options(lazyload(Person.grants))
