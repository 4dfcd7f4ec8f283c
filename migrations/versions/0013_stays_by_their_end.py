"""Stays that ended are found by the day on which they ended: the report of waiting counts those of the last days anew."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LEFT = sa.text("left_at IS NOT NULL")


def upgrade():
    op.drop_index("ix_step_stay_report", "step_stay")
    columns = ["subject_kind", "left_at", "step", "working_days", "place_code", "category"]
    op.create_index("ix_step_stay_ended", "step_stay", columns, sqlite_where=LEFT, postgresql_where=LEFT)


def downgrade():
    op.drop_index("ix_step_stay_ended", "step_stay")
    columns = ["subject_kind", "step", "working_days", "place_code", "category", "left_at"]
    op.create_index("ix_step_stay_report", "step_stay", columns, sqlite_where=LEFT, postgresql_where=LEFT)
