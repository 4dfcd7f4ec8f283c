"""Lists of files that stood longest at their step are found in their order."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_project_step_step_since_id", "project", ["step", "step_since", "id"])
    op.create_index("ix_project_step_since_id", "project", ["step_since", "id"])


def downgrade():
    op.drop_index("ix_project_step_since_id", table_name="project")
    op.drop_index("ix_project_step_step_since_id", table_name="project")
