"""What became of each thing that a job was about: the contracts of a call, each with its own result."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# fmt: off


def upgrade():
    op.create_table('job_line',
    sa.Column('job_id', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('words', JSON, nullable=False),
    sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f('ck_job_line_outcome')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_job_line_job_id')),
    sa.PrimaryKeyConstraint('job_id', 'subject_id', name=op.f('pk_job_line'))
    )


def downgrade():
    op.drop_table('job_line')
