"""Returns of banks and operators: how they are read, their rows, and what a person made of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from grants.core.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER return_profile_no_update BEFORE UPDATE ON return_profile BEGIN SELECT RAISE(ABORT, 'return_profile is append-only'); END",
        "CREATE TRIGGER return_profile_no_delete BEFORE DELETE ON return_profile BEGIN SELECT RAISE(ABORT, 'return_profile is append-only'); END",
        "CREATE TRIGGER return_file_no_update BEFORE UPDATE ON return_file BEGIN SELECT RAISE(ABORT, 'return_file is append-only'); END",
        "CREATE TRIGGER return_file_no_delete BEFORE DELETE ON return_file BEGIN SELECT RAISE(ABORT, 'return_file is append-only'); END",
        "CREATE TRIGGER return_row_no_update BEFORE UPDATE ON return_row BEGIN SELECT RAISE(ABORT, 'return_row is append-only'); END",
        "CREATE TRIGGER return_row_no_delete BEFORE DELETE ON return_row BEGIN SELECT RAISE(ABORT, 'return_row is append-only'); END",
        "CREATE TRIGGER return_ruling_no_update BEFORE UPDATE ON return_ruling BEGIN SELECT RAISE(ABORT, 'return_ruling is append-only'); END",
        "CREATE TRIGGER return_ruling_no_delete BEFORE DELETE ON return_ruling BEGIN SELECT RAISE(ABORT, 'return_ruling is append-only'); END",
        "CREATE TRIGGER return_row_as_announced BEFORE INSERT ON return_row WHEN NEW.position > (SELECT return_file.count FROM return_file WHERE return_file.id = NEW.file_id) BEGIN SELECT RAISE(ABORT, 'a return holds just what was announced'); END",
        "CREATE TRIGGER return_ruling_where_needed BEFORE INSERT ON return_ruling WHEN NOT EXISTS (SELECT 1 FROM return_row WHERE return_row.id = NEW.row_id AND return_row.finding NOT IN ('matched', 'pending', 'known')) BEGIN SELECT RAISE(ABORT, 'nobody is to rule on this row'); END",
        "CREATE TRIGGER return_ruling_proven BEFORE INSERT ON return_ruling WHEN NEW.kind IN ('paid', 'failed') AND NOT EXISTS (SELECT 1 FROM attempt_outcome WHERE attempt_outcome.attempt_id = NEW.attempt_id AND attempt_outcome.state = NEW.kind) BEGIN SELECT RAISE(ABORT, 'the attempt has no such end'); END",
        "CREATE TRIGGER return_ruling_whole BEFORE INSERT ON return_ruling WHEN NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM return_row JOIN payment_attempt ON payment_attempt.id = NEW.attempt_id WHERE return_row.id = NEW.row_id AND return_row.amount <> payment_attempt.amount) BEGIN SELECT RAISE(ABORT, 'another amount than this pays nothing'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION return_profile_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_profile is append-only'; END $$",
        'CREATE TRIGGER return_profile_no_update BEFORE UPDATE ON return_profile FOR EACH ROW EXECUTE FUNCTION return_profile_no_update()',
        "CREATE FUNCTION return_profile_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_profile is append-only'; END $$",
        'CREATE TRIGGER return_profile_no_delete BEFORE DELETE ON return_profile FOR EACH ROW EXECUTE FUNCTION return_profile_no_delete()',
        'CREATE TRIGGER return_profile_no_truncate BEFORE TRUNCATE ON return_profile EXECUTE FUNCTION return_profile_no_delete()',
        "CREATE FUNCTION return_file_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_file is append-only'; END $$",
        'CREATE TRIGGER return_file_no_update BEFORE UPDATE ON return_file FOR EACH ROW EXECUTE FUNCTION return_file_no_update()',
        "CREATE FUNCTION return_file_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_file is append-only'; END $$",
        'CREATE TRIGGER return_file_no_delete BEFORE DELETE ON return_file FOR EACH ROW EXECUTE FUNCTION return_file_no_delete()',
        'CREATE TRIGGER return_file_no_truncate BEFORE TRUNCATE ON return_file EXECUTE FUNCTION return_file_no_delete()',
        "CREATE FUNCTION return_row_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_row is append-only'; END $$",
        'CREATE TRIGGER return_row_no_update BEFORE UPDATE ON return_row FOR EACH ROW EXECUTE FUNCTION return_row_no_update()',
        "CREATE FUNCTION return_row_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_row is append-only'; END $$",
        'CREATE TRIGGER return_row_no_delete BEFORE DELETE ON return_row FOR EACH ROW EXECUTE FUNCTION return_row_no_delete()',
        'CREATE TRIGGER return_row_no_truncate BEFORE TRUNCATE ON return_row EXECUTE FUNCTION return_row_no_delete()',
        "CREATE FUNCTION return_ruling_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_ruling is append-only'; END $$",
        'CREATE TRIGGER return_ruling_no_update BEFORE UPDATE ON return_ruling FOR EACH ROW EXECUTE FUNCTION return_ruling_no_update()',
        "CREATE FUNCTION return_ruling_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'return_ruling is append-only'; END $$",
        'CREATE TRIGGER return_ruling_no_delete BEFORE DELETE ON return_ruling FOR EACH ROW EXECUTE FUNCTION return_ruling_no_delete()',
        'CREATE TRIGGER return_ruling_no_truncate BEFORE TRUNCATE ON return_ruling EXECUTE FUNCTION return_ruling_no_delete()',
        "CREATE FUNCTION return_row_as_announced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.position > (SELECT return_file.count FROM return_file WHERE return_file.id = NEW.file_id) THEN RAISE EXCEPTION 'a return holds just what was announced'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER return_row_as_announced BEFORE INSERT ON return_row FOR EACH ROW EXECUTE FUNCTION return_row_as_announced()',
        "CREATE FUNCTION return_ruling_where_needed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM return_row WHERE return_row.id = NEW.row_id AND return_row.finding NOT IN ('matched', 'pending', 'known')) THEN RAISE EXCEPTION 'nobody is to rule on this row'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER return_ruling_where_needed BEFORE INSERT ON return_ruling FOR EACH ROW EXECUTE FUNCTION return_ruling_where_needed()',
        "CREATE FUNCTION return_ruling_proven() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind IN ('paid', 'failed') AND NOT EXISTS (SELECT 1 FROM attempt_outcome WHERE attempt_outcome.attempt_id = NEW.attempt_id AND attempt_outcome.state = NEW.kind) THEN RAISE EXCEPTION 'the attempt has no such end'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER return_ruling_proven BEFORE INSERT ON return_ruling FOR EACH ROW EXECUTE FUNCTION return_ruling_proven()',
        "CREATE FUNCTION return_ruling_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM return_row JOIN payment_attempt ON payment_attempt.id = NEW.attempt_id WHERE return_row.id = NEW.row_id AND return_row.amount <> payment_attempt.amount) THEN RAISE EXCEPTION 'another amount than this pays nothing'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER return_ruling_whole BEFORE INSERT ON return_ruling FOR EACH ROW EXECUTE FUNCTION return_ruling_whole()',
    ],
}
FUNCTIONS = ['return_profile_no_update', 'return_profile_no_delete', 'return_file_no_update', 'return_file_no_delete', 'return_row_no_update', 'return_row_no_delete', 'return_ruling_no_update', 'return_ruling_no_delete', 'return_row_as_announced', 'return_ruling_where_needed', 'return_ruling_proven', 'return_ruling_whole']


def upgrade():
    op.create_table('return_profile',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('layout', JSON, nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("purpose IN ('return', 'statement')", name=op.f('ck_return_profile_purpose')),
    sa.CheckConstraint('number > 0', name=op.f('ck_return_profile_number')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_return_profile_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_profile')),
    sa.UniqueConstraint('name', 'number', name=op.f('uq_return_profile_name_number'))
    )
    op.create_table('return_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('profile_id', sa.Integer(), nullable=True),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('applied_by_id', sa.Integer(), nullable=False),
    sa.Column('applied_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("(format IN ('csv', 'xlsx')) = (profile_id IS NOT NULL)", name=op.f('ck_return_file_profile')),
    sa.CheckConstraint("format IN ('csv', 'xlsx', 'camt054', 'pain002')", name=op.f('ck_return_file_format')),
    sa.CheckConstraint('count > 0', name=op.f('ck_return_file_count')),
    sa.ForeignKeyConstraint(['applied_by_id'], ['person.id'], name=op.f('fk_return_file_applied_by_id')),
    sa.ForeignKeyConstraint(['profile_id'], ['return_profile.id'], name=op.f('fk_return_file_profile_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_file')),
    sa.UniqueConstraint('reference', name=op.f('uq_return_file_reference')),
    sa.UniqueConstraint('sha256', name=op.f('uq_return_file_sha256'))
    )
    op.create_table('return_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('earlier_id', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(length=60), nullable=True),
    sa.Column('account', sa.String(length=40), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('bank_reference', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('wording', sa.String(length=300), nullable=True),
    sa.Column('finding', sa.String(length=12), nullable=False),
    sa.Column('found_by', sa.String(length=10), nullable=True),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("earlier_id IS NULL OR finding = 'known'", name=op.f('ck_return_row_earlier')),
    sa.CheckConstraint("finding <> 'matched' OR (attempt_id IS NOT NULL AND earlier_id IS NULL)", name=op.f('ck_return_row_matched')),
    sa.CheckConstraint("finding <> 'matched' OR state IN ('paid', 'failed')", name=op.f('ck_return_row_settled')),
    sa.CheckConstraint("finding IN ('matched', 'pending', 'known', 'amount', 'account', 'ambiguous', 'unknown', 'unclear', 'contradicts', 'taken', 'own')", name=op.f('ck_return_row_finding')),
    sa.CheckConstraint("state IN ('paid', 'failed', 'pending', 'unclear')", name=op.f('ck_return_row_state')),
    sa.CheckConstraint('position > 0 AND amount >= 0', name=op.f('ck_return_row_whole')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_return_row_attempt_id')),
    sa.ForeignKeyConstraint(['earlier_id'], ['return_row.id'], name=op.f('fk_return_row_earlier_id')),
    sa.ForeignKeyConstraint(['file_id'], ['return_file.id'], name=op.f('fk_return_row_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_row')),
    sa.UniqueConstraint('file_id', 'position', name=op.f('uq_return_row_file_id_position'))
    )
    op.create_index('ix_return_row_finding', 'return_row', ['finding', 'id'], unique=False)
    op.create_index('uq_return_row_key', 'return_row', ['key'], unique=True, sqlite_where=sa.text('earlier_id IS NULL'), postgresql_where=sa.text('earlier_id IS NULL'))
    op.create_index('uq_return_row_settling', 'return_row', ['attempt_id'], unique=True, sqlite_where=sa.text("finding = 'matched'"), postgresql_where=sa.text("finding = 'matched'"))
    op.create_table('return_ruling',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("(kind = 'set_aside') = (attempt_id IS NULL)", name=op.f('ck_return_ruling_attempt')),
    sa.CheckConstraint("kind <> 'set_aside' OR length(note) >= 5", name=op.f('ck_return_ruling_note')),
    sa.CheckConstraint("kind IN ('paid', 'failed', 'unknown', 'set_aside')", name=op.f('ck_return_ruling_kind')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_return_ruling_attempt_id')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_return_ruling_by_id')),
    sa.ForeignKeyConstraint(['row_id'], ['return_row.id'], name=op.f('fk_return_ruling_row_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_ruling')),
    sa.UniqueConstraint('row_id', name=op.f('uq_return_ruling_row_id'))
    )
    op.create_index('uq_return_ruling_settling', 'return_ruling', ['attempt_id'], unique=True, sqlite_where=sa.text("kind IN ('paid', 'failed')"), postgresql_where=sa.text("kind IN ('paid', 'failed')"))
    engine = op.get_bind()
    for statement in TRIGGERS[engine.dialect.name]:
        engine.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    op.drop_index('uq_return_ruling_settling', table_name='return_ruling', sqlite_where=sa.text("kind IN ('paid', 'failed')"), postgresql_where=sa.text("kind IN ('paid', 'failed')"))
    op.drop_table('return_ruling')
    op.drop_index('uq_return_row_settling', table_name='return_row', sqlite_where=sa.text("finding = 'matched'"), postgresql_where=sa.text("finding = 'matched'"))
    op.drop_index('uq_return_row_key', table_name='return_row', sqlite_where=sa.text('earlier_id IS NULL'), postgresql_where=sa.text('earlier_id IS NULL'))
    op.drop_index('ix_return_row_finding', table_name='return_row')
    op.drop_table('return_row')
    op.drop_table('return_file')
    op.drop_table('return_profile')
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
# fmt: on
