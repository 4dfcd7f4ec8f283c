"""Calls for micro-projects: who may ask for what, until when, by which rules."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core import clock
from grants.core.database import Francs, Json, Model, UtcDateTime, trigger
from grants.funds.models import Envelope


class Call(Model):
    """A call. Its rules are frozen once it is published: a file keeps the rules that it began with.

    `places` are the place codes of its zone (empty: the whole country), `kinds` the codes of micro-projects it takes;
    amounts in francs; `rules` is checked by `calls.rules` (tranche plans, committee levels, score grid, quotas …).
    """

    __tablename__ = "call"
    __subject__ = "call"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="dates"),
        CheckConstraint("least_grant > 0 AND most_grant >= least_grant", name="grant_limits"),
        CheckConstraint("own_contribution_percent BETWEEN 0 AND 100", name="own_contribution"),
        CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", name="published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(1000))
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    places: Mapped[list] = mapped_column(Json, default=list)
    kinds: Mapped[list] = mapped_column(Json)
    least_grant: Mapped[Francs]
    most_grant: Mapped[Francs]
    own_contribution_percent: Mapped[int]
    rules: Mapped[dict] = mapped_column(Json)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    envelope: Mapped[Envelope] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether applications may be submitted today."""
        return self.published_at is not None and self.opens_on <= clock.today() <= self.closes_on


# What was published is what applicants were promised: neither a person nor a program changes or removes it.
for _verb in ("UPDATE", "DELETE"):
    trigger(
        Call.__table__,
        f"call_published_no_{_verb.lower()}",
        sqlite=(
            f"BEFORE {_verb} ON call WHEN OLD.published_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a published call is frozen'); END"
        ),
        postgresql=(
            "RAISE EXCEPTION 'a published call is frozen';",
            f'BEFORE {_verb} ON "call" FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)',
        ),
    )
