"""Checks of the journal are kept: asked for on its page or made each night, and what they found."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import Json, UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER journal_check_no_change BEFORE UPDATE ON journal_check WHEN OLD.ended_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'what a check of the journal found is kept'); END",
        "CREATE TRIGGER journal_check_no_delete BEFORE DELETE ON journal_check BEGIN SELECT RAISE(ABORT, 'what a check of the journal found is kept'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION journal_check_no_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.ended_at IS NOT NULL THEN RAISE EXCEPTION 'what a check of the journal found is kept'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER journal_check_no_change BEFORE UPDATE ON journal_check FOR EACH ROW EXECUTE FUNCTION journal_check_no_change()',
        "CREATE FUNCTION journal_check_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what a check of the journal found is kept'; END $$",
        'CREATE TRIGGER journal_check_no_delete BEFORE DELETE ON journal_check FOR EACH ROW EXECUTE FUNCTION journal_check_no_delete()',
    ],
}
FUNCTIONS = ("journal_check_no_change", "journal_check_no_delete")


def upgrade():
    op.create_table('journal_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('begun_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('events', sa.Integer(), nullable=True),
    sa.Column('subjects', sa.Integer(), nullable=True),
    sa.Column('checkpoints', sa.Integer(), nullable=True),
    sa.Column('broken', sa.Integer(), nullable=True),
    sa.Column('breaks', Json, nullable=True),
    sa.CheckConstraint('(ended_at IS NULL) = (events IS NULL) AND (events IS NULL) = (broken IS NULL)', name=op.f('ck_journal_check_found')),
    sa.CheckConstraint('(events IS NULL) = (subjects IS NULL) AND (events IS NULL) = (checkpoints IS NULL)', name=op.f('ck_journal_check_read')),
    sa.CheckConstraint('ended_at IS NULL OR begun_at IS NOT NULL', name=op.f('ck_journal_check_begun')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_journal_check_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_check'))
    )
    engine = op.get_bind()
    for statement in TRIGGERS[engine.dialect.name]:
        engine.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    op.drop_table('journal_check')
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
# fmt: on
