"""What had ended by each day is kept in sums; stays know their region and stand in the order in which the report counts them.

The sums themselves are made by the next `flask tick`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPEN = sa.text("left_at IS NULL")
LEFT = sa.text("left_at IS NOT NULL")
REGION = sa.String(2).with_variant(sa.String(2, collation="C"), "postgresql")
# Before and after, by whether they hold the open stays.
BEFORE = {
    "team": (OPEN, "subject_kind step waits_for place_code due_at entered_at escalated_at category left_at"),
    "ended": (LEFT, "subject_kind left_at step working_days place_code category"),
}
AFTER = {
    "team": (OPEN, "subject_kind step waits_for place_code due_at entered_at escalated_at left_at"),
    "standing": (OPEN, "subject_kind step region category due_at place_code left_at"),
    "ended": (LEFT, "subject_kind left_at step region category working_days"),
    "ended_here": (LEFT, "subject_kind place_code left_at step region category working_days"),
}
# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER ended_stays_no_update BEFORE UPDATE ON ended_stays BEGIN SELECT RAISE(ABORT, 'ended_stays are made anew, not changed'); END",
        'CREATE TRIGGER step_stay_insert_forgets_sums AFTER INSERT ON step_stay WHEN NEW.left_at IS NOT NULL BEGIN DELETE FROM ended_stays WHERE subject_kind = NEW.subject_kind AND until > NEW.left_at; END',
        'CREATE TRIGGER step_stay_update_forgets_sums AFTER UPDATE OF subject_kind, step, place_code, category, left_at, working_days ON step_stay WHEN OLD.left_at IS NOT NULL OR NEW.left_at IS NOT NULL BEGIN DELETE FROM ended_stays WHERE subject_kind = OLD.subject_kind AND until > OLD.left_at; DELETE FROM ended_stays WHERE subject_kind = NEW.subject_kind AND until > NEW.left_at; END',
        'CREATE TRIGGER step_stay_delete_forgets_sums AFTER DELETE ON step_stay WHEN OLD.left_at IS NOT NULL BEGIN DELETE FROM ended_stays WHERE subject_kind = OLD.subject_kind AND until > OLD.left_at; END',
    ],
    "postgresql": [
        "CREATE FUNCTION ended_stays_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ended_stays are made anew, not changed'; END $$",
        'CREATE TRIGGER ended_stays_no_update BEFORE UPDATE ON ended_stays FOR EACH ROW EXECUTE FUNCTION ended_stays_no_update()',
        'CREATE FUNCTION step_stay_insert_forgets_sums() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM ended_stays WHERE subject_kind = NEW.subject_kind AND until > NEW.left_at; RETURN NULL; END $$',
        'CREATE TRIGGER step_stay_insert_forgets_sums AFTER INSERT ON step_stay FOR EACH ROW WHEN (NEW.left_at IS NOT NULL) EXECUTE FUNCTION step_stay_insert_forgets_sums()',
        'CREATE FUNCTION step_stay_update_forgets_sums() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM ended_stays WHERE subject_kind = OLD.subject_kind AND until > OLD.left_at; DELETE FROM ended_stays WHERE subject_kind = NEW.subject_kind AND until > NEW.left_at; RETURN NULL; END $$',
        'CREATE TRIGGER step_stay_update_forgets_sums AFTER UPDATE OF subject_kind, step, place_code, category, left_at, working_days ON step_stay FOR EACH ROW WHEN (OLD.left_at IS NOT NULL OR NEW.left_at IS NOT NULL) EXECUTE FUNCTION step_stay_update_forgets_sums()',
        'CREATE FUNCTION step_stay_delete_forgets_sums() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM ended_stays WHERE subject_kind = OLD.subject_kind AND until > OLD.left_at; RETURN NULL; END $$',
        'CREATE TRIGGER step_stay_delete_forgets_sums AFTER DELETE ON step_stay FOR EACH ROW WHEN (OLD.left_at IS NOT NULL) EXECUTE FUNCTION step_stay_delete_forgets_sums()',
    ],
}
# fmt: on
FORGETTING = ("step_stay_insert_forgets_sums", "step_stay_update_forgets_sums", "step_stay_delete_forgets_sums")


def upgrade():
    op.create_table(
        "ended_stays",
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("days", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "until", "step", "region", "category", name=op.f("pk_ended_stays")),
    )
    _drop(BEFORE)
    op.add_column("step_stay", sa.Column("region", REGION))
    op.execute("UPDATE step_stay SET region = substr(place_code, 1, 2)")
    with altered("step_stay") as batch:
        batch.create_check_constraint(
            op.f("ck_step_stay_region"), "COALESCE(region, '') = COALESCE(substr(place_code, 1, 2), '')"
        )
    _create(AFTER)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    bind = op.get_bind()
    for name in FORGETTING:
        bind.exec_driver_sql(f"DROP TRIGGER {name}" + (" ON step_stay" if bind.dialect.name == "postgresql" else ""))
    op.drop_table("ended_stays")
    if bind.dialect.name == "postgresql":
        for name in (*FORGETTING, "ended_stays_no_update"):
            bind.exec_driver_sql(f"DROP FUNCTION {name}()")
    _drop(AFTER)
    with altered("step_stay") as batch:
        batch.drop_constraint(op.f("ck_step_stay_region"), type_="check")
        batch.drop_column("region")
    _create(BEFORE)


def _create(indexes):
    for name, (where, columns) in indexes.items():
        op.create_index(
            f"ix_step_stay_{name}", "step_stay", columns.split(), sqlite_where=where, postgresql_where=where
        )


def _drop(indexes):
    for name in indexes:
        op.drop_index(f"ix_step_stay_{name}", "step_stay")
