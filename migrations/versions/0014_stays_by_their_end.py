"""Stays are found by the place for which they wait, and those that ended by the day on which they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("left_at IS NULL")
LEFT = sa.text("left_at IS NOT NULL")


def upgrade():
    op.drop_index("ix_step_stay_report", "step_stay")
    columns = ["subject_kind", "left_at", "step", "working_days", "place_code", "category"]
    op.create_index("ix_step_stay_ended", "step_stay", columns, sqlite_where=LEFT, postgresql_where=LEFT)
    columns = ["waits_for", "place_code", "order_at", "id", "subject_kind", "left_at"]
    op.create_index("ix_step_stay_here", "step_stay", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade():
    op.drop_index("ix_step_stay_here", "step_stay")
    op.drop_index("ix_step_stay_ended", "step_stay")
    columns = ["subject_kind", "step", "working_days", "place_code", "category", "left_at"]
    op.create_index("ix_step_stay_report", "step_stay", columns, sqlite_where=LEFT, postgresql_where=LEFT)
