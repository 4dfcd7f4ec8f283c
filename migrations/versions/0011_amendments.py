"""Contracts in force can be changed: moves of the budget, more time, other terms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from grants.core.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# fmt: off


def upgrade():
    op.create_table('amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('before', JSON, nullable=False),
    sa.Column('after', JSON, nullable=False),
    sa.Column('moved', sa.BigInteger(), nullable=False),
    sa.Column('by_notice', sa.Boolean(), nullable=False),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('signed_at_place', sa.String(length=80), nullable=True),
    sa.Column('scan_id', sa.Integer(), nullable=True),
    sa.Column('in_force_at', UtcDateTime(), nullable=True),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('step_since', UtcDateTime(), nullable=False),
    sa.Column('waits_for', sa.String(length=30), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('state_revision', sa.Integer(), nullable=False),
    sa.Column('workflow_version_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_amendment_reason')),
    sa.CheckConstraint('(number IS NULL) = (document_id IS NULL)', name=op.f('ck_amendment_numbered')),
    sa.CheckConstraint('(signed_on IS NULL) = (scan_id IS NULL)', name=op.f('ck_amendment_signed')),
    sa.CheckConstraint('in_force_at IS NULL OR by_notice OR signed_on IS NOT NULL', name=op.f('ck_amendment_evidence')),
    sa.CheckConstraint('moved >= 0', name=op.f('ck_amendment_moved')),
    sa.CheckConstraint('state_revision > 0', name=op.f('ck_amendment_state_revision')),
    sa.CheckConstraint('waits_for IS NOT NULL OR due_at IS NULL', name=op.f('ck_amendment_due_only_while_waiting')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_amendment_contract_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_amendment_document_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_amendment_project_id')),
    sa.ForeignKeyConstraint(['scan_id'], ['stored_file.id'], name=op.f('fk_amendment_scan_id')),
    sa.ForeignKeyConstraint(['workflow_version_id'], ['workflow_version.id'], name=op.f('fk_amendment_workflow_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_amendment')),
    sa.UniqueConstraint('contract_id', 'number', name=op.f('uq_amendment_contract_id_number')),
    sa.UniqueConstraint('reference', name=op.f('uq_amendment_reference'))
    )
    op.create_index('ix_amendment_project_id', 'amendment', ['project_id'], unique=False)
    op.create_index('ix_amendment_step', 'amendment', ['step'], unique=False)
    op.create_index('ix_amendment_waits_for_due_at', 'amendment', ['waits_for', 'due_at'], unique=False)
    op.create_index('uq_amendment_under_way', 'amendment', ['contract_id'], unique=True, sqlite_where=sa.text('waits_for IS NOT NULL'), postgresql_where=sa.text('waits_for IS NOT NULL'))


def downgrade():
    op.drop_index('uq_amendment_under_way', table_name='amendment', sqlite_where=sa.text('waits_for IS NOT NULL'), postgresql_where=sa.text('waits_for IS NOT NULL'))
    op.drop_index('ix_amendment_waits_for_due_at', table_name='amendment')
    op.drop_index('ix_amendment_step', table_name='amendment')
    op.drop_index('ix_amendment_project_id', table_name='amendment')
    op.drop_table('amendment')
