"""Visits that somebody has to make have a life of their own."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# fmt: off

def upgrade():
    op.create_table('planned_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=False),
    sa.Column('planned_for', sa.Date(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('step_since', UtcDateTime(), nullable=False),
    sa.Column('waits_for', sa.String(length=30), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('state_revision', sa.Integer(), nullable=False),
    sa.Column('workflow_version_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("purpose <> 'asked' OR note <> ''", name=op.f('ck_planned_visit_note')),
    sa.CheckConstraint("purpose IN ('after_payment', 'watched', 'asked', 'unplanned')", name=op.f('ck_planned_visit_purpose')),
    sa.CheckConstraint('state_revision > 0', name=op.f('ck_planned_visit_state_revision')),
    sa.CheckConstraint('waits_for IS NOT NULL OR due_at IS NULL', name=op.f('ck_planned_visit_due_only_while_waiting')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_planned_visit_project_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_planned_visit_visit_id')),
    sa.ForeignKeyConstraint(['workflow_version_id'], ['workflow_version.id'], name=op.f('fk_planned_visit_workflow_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planned_visit')),
    sa.UniqueConstraint('reference', name=op.f('uq_planned_visit_reference')),
    sa.UniqueConstraint('visit_id', name=op.f('uq_planned_visit_visit_id'))
    )
    op.create_index('ix_planned_visit_project_id', 'planned_visit', ['project_id'], unique=False)
    op.create_index('ix_planned_visit_step', 'planned_visit', ['step'], unique=False)
    op.create_index('ix_planned_visit_waits_for_due_at', 'planned_visit', ['waits_for', 'due_at'], unique=False)


def downgrade():
    op.drop_index('ix_planned_visit_waits_for_due_at', table_name='planned_visit')
    op.drop_index('ix_planned_visit_step', table_name='planned_visit')
    op.drop_index('ix_planned_visit_project_id', table_name='planned_visit')
    op.drop_table('planned_visit')
