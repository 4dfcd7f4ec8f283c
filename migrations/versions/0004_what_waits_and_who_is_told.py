"""What waits and what people are told: stays and timers, holidays, notices and the mails that carry them.

Files that stand somewhere already get their stays from their rows and from the journal; their timers are set by
`flask setup`, which every deployment runs after this.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FAR = datetime(9999, 1, 1, tzinfo=UTC)
# What ran before: the kind of subject, its rows with what a stay keeps of them.
RUNNING = {
    "project": "SELECT id, workflow_version_id, step, waits_for, place_code, kind, step_since, due_at FROM project",
    "committee_session": "SELECT id, workflow_version_id, step, waits_for, place_code, NULL, step_since, due_at FROM committee_session",
    "payment_order": "SELECT o.id, o.workflow_version_id, o.step, o.waits_for, o.place_code, p.kind, o.step_since, o.due_at "
    "FROM payment_order AS o JOIN project AS p ON p.id = o.project_id",
}
COLUMNS = ("subject_id", "workflow_version_id", "step", "waits_for", "place_code", "category", "entered_at", "due_at")


def upgrade():
    op.create_table(
        "timer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=70), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("fired_at", UtcDateTime(), nullable=True),
        sa.Column("void_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("fired_at IS NULL OR void_at IS NULL", name=op.f("ck_timer_fired_or_void")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_timer_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "rule", "due_at", name=op.f("uq_timer_subject_kind_subject_id_rule_due_at")
        ),
    )
    op.create_index(
        "ix_timer_pending",
        "timer",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL AND void_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL AND void_at IS NULL"),
    )
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fr", sa.String(length=80), nullable=False),
        sa.Column("en", sa.String(length=80), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name=op.f("ck_holiday_removed")),
        sa.CheckConstraint("length(fr) > 0 AND length(en) > 0", name=op.f("ck_holiday_words")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_holiday_added_by_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["person.id"], name=op.f("fk_holiday_removed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
    )
    op.create_index(
        "uq_holiday_day",
        "holiday",
        ["day"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("given_up_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=True),
        sa.CheckConstraint("given_up_at IS NULL OR failure IS NOT NULL", name=op.f("ck_outbox_mail_given_up")),
        sa.CheckConstraint("sent_at IS NULL OR attempts > 0", name=op.f("ck_outbox_mail_sent")),
        sa.CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_outbox_mail_sent_or_given_up")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_mail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mail_message_id")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_outbox_mail_person_id_day")),
    )
    op.create_index(
        "ix_outbox_mail_waiting",
        "outbox_mail",
        ["try_at", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("read_at IS NULL OR read_at >= at", name=op.f("ck_notice_read")),
        sa.ForeignKeyConstraint(["event_id"], ["journal_event.id"], name=op.f("fk_notice_event_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_notice_mail_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "event_id", name=op.f("uq_notice_person_id_event_id")),
    )
    op.create_index("ix_notice_mail_id", "notice", ["mail_id"], unique=False)
    op.create_index("ix_notice_person_id_id", "notice", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_notice_unmailed",
        "notice",
        ["person_id", "id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL AND mail_id IS NULL"),
        postgresql_where=sa.text("read_at IS NULL AND mail_id IS NULL"),
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "step_stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("workflow_version_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("waits_for", sa.String(length=30), nullable=True),
        sa.Column(
            "place_code",
            sa.String(length=12).with_variant(sa.String(length=12, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("category", sa.String(length=30), nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("order_at", UtcDateTime(), nullable=False),
        sa.Column("escalated_at", UtcDateTime(), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("(left_at IS NULL) = (working_days IS NULL)", name=op.f("ck_step_stay_left")),
        sa.CheckConstraint("left_at IS NULL OR left_at >= entered_at", name=op.f("ck_step_stay_order")),
        sa.ForeignKeyConstraint(
            ["workflow_version_id"], ["workflow_version.id"], name=op.f("fk_step_stay_workflow_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_stay")),
    )
    op.create_index(
        "ix_step_stay_late",
        "step_stay",
        ["order_at", "id", "place_code", "left_at"],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "ix_step_stay_mine",
        "step_stay",
        ["waits_for", "order_at", "id", "place_code", "left_at"],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "ix_step_stay_report",
        "step_stay",
        ["subject_kind", "step", "working_days", "place_code", "category", "left_at"],
        unique=False,
        sqlite_where=sa.text("left_at IS NOT NULL"),
        postgresql_where=sa.text("left_at IS NOT NULL"),
    )
    op.create_index(
        "ix_step_stay_team",
        "step_stay",
        [
            "subject_kind",
            "step",
            "waits_for",
            "place_code",
            "due_at",
            "entered_at",
            "escalated_at",
            "category",
            "left_at",
        ],
        unique=False,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "uq_step_stay_open",
        "step_stay",
        ["subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index("ix_project_step_due_at_id", "project", ["step", "due_at", "id"])
    _take_over()


def _take_over():
    """Stays of what runs already: the present one from its row, past ones from the journal."""
    bind = op.get_bind()
    stay = sa.table(
        "step_stay",
        *(sa.column(name) for name in ("subject_kind", "subject_id", "workflow_version_id", "step", "waits_for")),
        *(sa.column(name) for name in ("place_code", "category", "working_days")),
        *(sa.column(name, UtcDateTime()) for name in ("entered_at", "due_at", "order_at", "left_at")),
    )
    for kind, query in RUNNING.items():
        # By name: columns that are given by place would type the first ones.
        rows = bind.execute(sa.text(query).columns(step_since=UtcDateTime(), due_at=UtcDateTime()))
        subjects = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}
        found = [
            {
                **subject,
                "subject_kind": kind,
                "order_at": subject["due_at"] or FAR,
                "left_at": None,
                "working_days": None,
            }
            for subject in subjects.values()
            if subject["waits_for"] is not None
        ]
        found += _past(bind, kind, subjects)
        if found:
            bind.execute(sa.insert(stay), found)


def _past(bind, kind, subjects):
    """The stays that ended, between one act that moved a subject and the next."""
    query = sa.text(
        "SELECT subject_id, at, to_step FROM journal_event WHERE subject_kind = :kind AND to_step IS NOT NULL "
        "AND (from_step IS NULL OR from_step <> to_step) ORDER BY subject_id, seq"
    ).columns(sa.column("subject_id", sa.Integer()), sa.column("at", UtcDateTime()), sa.column("to_step", sa.String()))
    before = None
    for event in bind.execute(query, {"kind": kind}):
        if before is not None and before.subject_id == event.subject_id and event.subject_id in subjects:
            left = max(event.at, before.at)
            yield {
                **subjects[event.subject_id],
                "subject_kind": kind,
                "step": before.to_step,
                "waits_for": None,
                "entered_at": before.at,
                "due_at": None,
                "order_at": FAR,
                "left_at": left,
                "working_days": _weekdays(before.at.date(), left.date()),
            }
        before = event


def _weekdays(first, last):
    """Days from Monday to Friday after `first` up to `last`; what was a holiday then is not known here."""
    days = (last - first).days
    return sum(1 for number in range(1, days + 1) if (first + timedelta(days=number)).weekday() < 5)


def downgrade():
    op.drop_index("ix_project_step_due_at_id", table_name="project")
    op.drop_table("step_stay")
    op.drop_table("notice")
    op.drop_table("outbox_mail")
    op.drop_table("mail_choice")
    op.drop_table("holiday")
    op.drop_table("timer")
