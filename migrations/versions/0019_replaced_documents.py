"""A document in whose place another was issued."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER document_replacement_no_update BEFORE UPDATE ON document_replacement BEGIN SELECT RAISE(ABORT, 'document_replacement is append-only'); END",
        "CREATE TRIGGER document_replacement_no_delete BEFORE DELETE ON document_replacement BEGIN SELECT RAISE(ABORT, 'document_replacement is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION document_replacement_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'document_replacement is append-only'; END $$",
        'CREATE TRIGGER document_replacement_no_update BEFORE UPDATE ON document_replacement FOR EACH ROW EXECUTE FUNCTION document_replacement_no_update()',
        "CREATE FUNCTION document_replacement_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'document_replacement is append-only'; END $$",
        'CREATE TRIGGER document_replacement_no_delete BEFORE DELETE ON document_replacement FOR EACH ROW EXECUTE FUNCTION document_replacement_no_delete()',
        'CREATE TRIGGER document_replacement_no_truncate BEFORE TRUNCATE ON document_replacement EXECUTE FUNCTION document_replacement_no_delete()',
    ],
}


def upgrade():
    op.create_table('document_replacement',
    sa.Column('document_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('by_document_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('document_id <> by_document_id', name=op.f('ck_document_replacement_another')),
    sa.ForeignKeyConstraint(['by_document_id'], ['document.id'], name=op.f('fk_document_replacement_by_document_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_replacement_document_id')),
    sa.PrimaryKeyConstraint('document_id', name=op.f('pk_document_replacement'))
    )
    engine = op.get_bind()
    for statement in TRIGGERS[engine.dialect.name]:
        engine.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    op.drop_table('document_replacement')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION document_replacement_no_update()")
        op.execute("DROP FUNCTION document_replacement_no_delete()")
