"""Statements of the programme's own accounts, and which of our movements each line is."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER bank_statement_no_update BEFORE UPDATE ON bank_statement BEGIN SELECT RAISE(ABORT, 'bank_statement is append-only'); END",
        "CREATE TRIGGER bank_statement_no_delete BEFORE DELETE ON bank_statement BEGIN SELECT RAISE(ABORT, 'bank_statement is append-only'); END",
        "CREATE TRIGGER statement_line_no_update BEFORE UPDATE ON statement_line BEGIN SELECT RAISE(ABORT, 'statement_line is append-only'); END",
        "CREATE TRIGGER statement_line_no_delete BEFORE DELETE ON statement_line BEGIN SELECT RAISE(ABORT, 'statement_line is append-only'); END",
        "CREATE TRIGGER statement_note_no_update BEFORE UPDATE ON statement_note BEGIN SELECT RAISE(ABORT, 'statement_note is append-only'); END",
        "CREATE TRIGGER statement_note_no_delete BEFORE DELETE ON statement_note BEGIN SELECT RAISE(ABORT, 'statement_note is append-only'); END",
        "CREATE TRIGGER statement_match_fits BEFORE INSERT ON statement_match WHEN ABS(NEW.amount + COALESCE((SELECT SUM(other.amount) FROM statement_match AS other WHERE other.line_id = NEW.line_id), 0)) > (SELECT ABS(statement_line.amount) FROM statement_line WHERE statement_line.id = NEW.line_id) OR NEW.amount * (SELECT CASE WHEN statement_line.amount < 0 THEN -1 ELSE 1 END FROM statement_line WHERE statement_line.id = NEW.line_id) < 0 BEGIN SELECT RAISE(ABORT, 'movements make more than their line'); END",
        "CREATE TRIGGER statement_match_whole BEFORE INSERT ON statement_match WHEN NEW.attempt_id IS NOT NULL AND NEW.amount <> (SELECT -payment_attempt.amount FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id) BEGIN SELECT RAISE(ABORT, 'a payment is on a statement with its own amount'); END",
        "CREATE TRIGGER statement_match_paid BEFORE INSERT ON statement_match WHEN NEW.attempt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome WHERE attempt_outcome.attempt_id = NEW.attempt_id AND attempt_outcome.state = 'paid') BEGIN SELECT RAISE(ABORT, 'only what was paid is on a statement'); END",
        "CREATE TRIGGER statement_match_no_update BEFORE UPDATE ON statement_match BEGIN SELECT RAISE(ABORT, 'a match is taken back, never changed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION bank_statement_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bank_statement is append-only'; END $$",
        'CREATE TRIGGER bank_statement_no_update BEFORE UPDATE ON bank_statement FOR EACH ROW EXECUTE FUNCTION bank_statement_no_update()',
        "CREATE FUNCTION bank_statement_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bank_statement is append-only'; END $$",
        'CREATE TRIGGER bank_statement_no_delete BEFORE DELETE ON bank_statement FOR EACH ROW EXECUTE FUNCTION bank_statement_no_delete()',
        'CREATE TRIGGER bank_statement_no_truncate BEFORE TRUNCATE ON bank_statement EXECUTE FUNCTION bank_statement_no_delete()',
        "CREATE FUNCTION statement_line_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement_line is append-only'; END $$",
        'CREATE TRIGGER statement_line_no_update BEFORE UPDATE ON statement_line FOR EACH ROW EXECUTE FUNCTION statement_line_no_update()',
        "CREATE FUNCTION statement_line_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement_line is append-only'; END $$",
        'CREATE TRIGGER statement_line_no_delete BEFORE DELETE ON statement_line FOR EACH ROW EXECUTE FUNCTION statement_line_no_delete()',
        'CREATE TRIGGER statement_line_no_truncate BEFORE TRUNCATE ON statement_line EXECUTE FUNCTION statement_line_no_delete()',
        "CREATE FUNCTION statement_note_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement_note is append-only'; END $$",
        'CREATE TRIGGER statement_note_no_update BEFORE UPDATE ON statement_note FOR EACH ROW EXECUTE FUNCTION statement_note_no_update()',
        "CREATE FUNCTION statement_note_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement_note is append-only'; END $$",
        'CREATE TRIGGER statement_note_no_delete BEFORE DELETE ON statement_note FOR EACH ROW EXECUTE FUNCTION statement_note_no_delete()',
        'CREATE TRIGGER statement_note_no_truncate BEFORE TRUNCATE ON statement_note EXECUTE FUNCTION statement_note_no_delete()',
        "CREATE FUNCTION statement_match_fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ABS(NEW.amount + COALESCE((SELECT SUM(other.amount) FROM statement_match AS other WHERE other.line_id = NEW.line_id), 0)) > (SELECT ABS(statement_line.amount) FROM statement_line WHERE statement_line.id = NEW.line_id) OR NEW.amount * (SELECT CASE WHEN statement_line.amount < 0 THEN -1 ELSE 1 END FROM statement_line WHERE statement_line.id = NEW.line_id) < 0 THEN RAISE EXCEPTION 'movements make more than their line'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER statement_match_fits BEFORE INSERT ON statement_match FOR EACH ROW EXECUTE FUNCTION statement_match_fits()',
        "CREATE FUNCTION statement_match_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.attempt_id IS NOT NULL AND NEW.amount <> (SELECT -payment_attempt.amount FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id) THEN RAISE EXCEPTION 'a payment is on a statement with its own amount'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER statement_match_whole BEFORE INSERT ON statement_match FOR EACH ROW EXECUTE FUNCTION statement_match_whole()',
        "CREATE FUNCTION statement_match_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.attempt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome WHERE attempt_outcome.attempt_id = NEW.attempt_id AND attempt_outcome.state = 'paid') THEN RAISE EXCEPTION 'only what was paid is on a statement'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER statement_match_paid BEFORE INSERT ON statement_match FOR EACH ROW EXECUTE FUNCTION statement_match_paid()',
        "CREATE FUNCTION statement_match_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a match is taken back, never changed'; END $$",
        'CREATE TRIGGER statement_match_no_update BEFORE UPDATE ON statement_match FOR EACH ROW EXECUTE FUNCTION statement_match_no_update()',
    ],
}
FUNCTIONS = ['bank_statement_no_update', 'bank_statement_no_delete', 'statement_line_no_update', 'statement_line_no_delete', 'statement_note_no_update', 'statement_note_no_delete', 'statement_match_fits', 'statement_match_whole', 'statement_match_paid', 'statement_match_no_update']


def upgrade():
    op.create_table('bank_statement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=False),
    sa.Column('opening', sa.BigInteger(), nullable=False),
    sa.Column('moved', sa.BigInteger(), nullable=False),
    sa.Column('closing', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('read_by_id', sa.Integer(), nullable=False),
    sa.Column('read_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_bank_statement_count')),
    sa.CheckConstraint('from_day <= to_day', name=op.f('ck_bank_statement_days')),
    sa.CheckConstraint('opening + moved = closing', name=op.f('ck_bank_statement_adds_up')),
    sa.ForeignKeyConstraint(['payer_id'], ['payer_account.id'], name=op.f('fk_bank_statement_payer_id')),
    sa.ForeignKeyConstraint(['read_by_id'], ['person.id'], name=op.f('fk_bank_statement_read_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_statement')),
    sa.UniqueConstraint('reference', name=op.f('uq_bank_statement_reference')),
    sa.UniqueConstraint('sha256', name=op.f('uq_bank_statement_sha256'))
    )
    op.create_index('ix_bank_statement_payer_id_to_day', 'bank_statement', ['payer_id', 'to_day'], unique=False)
    op.create_table('statement_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(length=60), nullable=True),
    sa.Column('bank_reference', sa.String(length=60), nullable=True),
    sa.Column('wording', sa.String(length=300), nullable=True),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_statement_line_amount')),
    sa.ForeignKeyConstraint(['payer_id'], ['payer_account.id'], name=op.f('fk_statement_line_payer_id')),
    sa.ForeignKeyConstraint(['statement_id'], ['bank_statement.id'], name=op.f('fk_statement_line_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_line')),
    sa.UniqueConstraint('payer_id', 'key', name=op.f('uq_statement_line_payer_id_key')),
    sa.UniqueConstraint('statement_id', 'position', name=op.f('uq_statement_line_statement_id_position'))
    )
    op.create_table('statement_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('length(text) >= 5', name=op.f('ck_statement_note_text')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_statement_note_by_id')),
    sa.ForeignKeyConstraint(['line_id'], ['statement_line.id'], name=op.f('fk_statement_note_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_note')),
    sa.UniqueConstraint('line_id', name=op.f('uq_statement_note_line_id'))
    )
    op.create_table('statement_match',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('receipt_id', sa.Integer(), nullable=True),
    sa.Column('transfer_id', sa.Integer(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('CASE WHEN attempt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN transfer_id IS NULL THEN 0 ELSE 1 END = 1', name=op.f('ck_statement_match_one')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_statement_match_amount')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_statement_match_attempt_id')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_statement_match_by_id')),
    sa.ForeignKeyConstraint(['line_id'], ['statement_line.id'], name=op.f('fk_statement_match_line_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['fund_receipt.id'], name=op.f('fk_statement_match_receipt_id')),
    sa.ForeignKeyConstraint(['transfer_id'], ['transfer.id'], name=op.f('fk_statement_match_transfer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_match')),
    sa.UniqueConstraint('attempt_id', name=op.f('uq_statement_match_attempt_id')),
    sa.UniqueConstraint('receipt_id', name=op.f('uq_statement_match_receipt_id')),
    sa.UniqueConstraint('transfer_id', name=op.f('uq_statement_match_transfer_id'))
    )
    op.create_index('ix_statement_match_line_id', 'statement_match', ['line_id'], unique=False)
    engine = op.get_bind()
    for statement in TRIGGERS[engine.dialect.name]:
        engine.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    op.drop_index('ix_statement_match_line_id', table_name='statement_match')
    op.drop_table('statement_match')
    op.drop_table('statement_note')
    op.drop_table('statement_line')
    op.drop_index('ix_bank_statement_payer_id_to_day', table_name='bank_statement')
    op.drop_table('bank_statement')
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
# fmt: on
