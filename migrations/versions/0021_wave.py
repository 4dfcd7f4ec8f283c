"""Batches of a Wave wallet may leave over Wave's interface: its outbox."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER wave_payout_fixed BEFORE UPDATE ON wave_payout WHEN OLD.state IN ('succeeded', 'failed') OR NEW.attempt_id <> OLD.attempt_id OR NEW.transmission_id <> OLD.transmission_id OR NEW.key <> OLD.key OR NEW.reference <> OLD.reference OR NEW.amount <> OLD.amount OR NEW.mobile <> OLD.mobile OR NEW.queued_by_id <> OLD.queued_by_id OR NEW.queued_at <> OLD.queued_at BEGIN SELECT RAISE(ABORT, 'what goes to Wave, and its last word, are never changed'); END",
        "CREATE TRIGGER wave_payout_kept BEFORE DELETE ON wave_payout BEGIN SELECT RAISE(ABORT, 'a payout is never deleted'); END",
        "CREATE TRIGGER wave_payout_as_released BEFORE INSERT ON wave_payout WHEN NOT EXISTS (SELECT 1 FROM transmission_item JOIN payment_attempt ON payment_attempt.id = transmission_item.attempt_id WHERE transmission_item.attempt_id = NEW.attempt_id AND transmission_item.transmission_id = NEW.transmission_id AND payment_attempt.amount = NEW.amount AND payment_attempt.account_number = NEW.mobile AND payment_attempt.key = NEW.key AND payment_attempt.reference = NEW.reference) BEGIN SELECT RAISE(ABORT, 'a payout is a payment of its batch as it was released'); END",
        "CREATE TRIGGER wave_payout_not_by_file BEFORE INSERT ON wave_payout WHEN EXISTS (SELECT 1 FROM transmission_file WHERE transmission_file.transmission_id = NEW.transmission_id AND transmission_file.kind = 'csv') BEGIN SELECT RAISE(ABORT, 'this batch leaves by a file'); END",
        "CREATE TRIGGER transmission_file_not_by_wave BEFORE INSERT ON transmission_file WHEN NEW.kind = 'csv' AND EXISTS (SELECT 1 FROM wave_payout WHERE wave_payout.transmission_id = NEW.transmission_id) BEGIN SELECT RAISE(ABORT, 'this batch leaves by Wave'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION wave_payout_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state IN ('succeeded', 'failed') OR NEW.attempt_id <> OLD.attempt_id OR NEW.transmission_id <> OLD.transmission_id OR NEW.key <> OLD.key OR NEW.reference <> OLD.reference OR NEW.amount <> OLD.amount OR NEW.mobile <> OLD.mobile OR NEW.queued_by_id <> OLD.queued_by_id OR NEW.queued_at <> OLD.queued_at THEN RAISE EXCEPTION 'what goes to Wave, and its last word, are never changed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER wave_payout_fixed BEFORE UPDATE ON wave_payout FOR EACH ROW EXECUTE FUNCTION wave_payout_fixed()",
        "CREATE FUNCTION wave_payout_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a payout is never deleted'; END $$",
        "CREATE TRIGGER wave_payout_kept BEFORE DELETE ON wave_payout FOR EACH ROW EXECUTE FUNCTION wave_payout_kept()",
        "CREATE FUNCTION wave_payout_as_released() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM transmission_item JOIN payment_attempt ON payment_attempt.id = transmission_item.attempt_id WHERE transmission_item.attempt_id = NEW.attempt_id AND transmission_item.transmission_id = NEW.transmission_id AND payment_attempt.amount = NEW.amount AND payment_attempt.account_number = NEW.mobile AND payment_attempt.key = NEW.key AND payment_attempt.reference = NEW.reference) THEN RAISE EXCEPTION 'a payout is a payment of its batch as it was released'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER wave_payout_as_released BEFORE INSERT ON wave_payout FOR EACH ROW EXECUTE FUNCTION wave_payout_as_released()",
        "CREATE FUNCTION wave_payout_not_by_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM transmission_file WHERE transmission_file.transmission_id = NEW.transmission_id AND transmission_file.kind = 'csv') THEN RAISE EXCEPTION 'this batch leaves by a file'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER wave_payout_not_by_file BEFORE INSERT ON wave_payout FOR EACH ROW EXECUTE FUNCTION wave_payout_not_by_file()",
        "CREATE FUNCTION transmission_file_not_by_wave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind = 'csv' AND EXISTS (SELECT 1 FROM wave_payout WHERE wave_payout.transmission_id = NEW.transmission_id) THEN RAISE EXCEPTION 'this batch leaves by Wave'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER transmission_file_not_by_wave BEFORE INSERT ON transmission_file FOR EACH ROW EXECUTE FUNCTION transmission_file_not_by_wave()",
    ],
}

FUNCTIONS = [
    "wave_payout_fixed",
    "wave_payout_kept",
    "wave_payout_as_released",
    "wave_payout_not_by_file",
    "transmission_file_not_by_wave",
]

# fmt: off


def upgrade():
    bind = op.get_bind()
    op.create_table('wave_payout',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('transmission_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('reference', sa.String(length=35), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('mobile', sa.String(length=34), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('purpose', sa.String(length=140), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('sends', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('try_at', UtcDateTime(), nullable=False),
    sa.Column('claimed_until', UtcDateTime(), nullable=True),
    sa.Column('first_sent_at', UtcDateTime(), nullable=True),
    sa.Column('doubt', sa.Boolean(), nullable=False),
    sa.Column('wave_id', sa.String(length=60), nullable=True),
    sa.Column('fee', sa.BigInteger(), nullable=True),
    sa.Column('error_code', sa.String(length=60), nullable=True),
    sa.Column('error_text', sa.String(length=300), nullable=True),
    sa.Column('answered_at', UtcDateTime(), nullable=True),
    sa.Column('queued_by_id', sa.Integer(), nullable=False),
    sa.Column('queued_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state <> 'failed' OR (error_code IS NOT NULL AND answered_at IS NOT NULL)", name=op.f('ck_wave_payout_failed')),
    sa.CheckConstraint("state <> 'succeeded' OR (wave_id IS NOT NULL AND answered_at IS NOT NULL)", name=op.f('ck_wave_payout_succeeded')),
    sa.CheckConstraint("state = 'queued' OR first_sent_at IS NOT NULL", name=op.f('ck_wave_payout_sent')),
    sa.CheckConstraint("state IN ('queued', 'sending', 'unknown', 'processing', 'succeeded', 'failed')", name=op.f('ck_wave_payout_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_wave_payout_amount')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_wave_payout_attempt_id')),
    sa.ForeignKeyConstraint(['queued_by_id'], ['person.id'], name=op.f('fk_wave_payout_queued_by_id')),
    sa.ForeignKeyConstraint(['transmission_id'], ['transmission.id'], name=op.f('fk_wave_payout_transmission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wave_payout')),
    sa.UniqueConstraint('attempt_id', name=op.f('uq_wave_payout_attempt_id')),
    sa.UniqueConstraint('key', name=op.f('uq_wave_payout_key')),
    sa.UniqueConstraint('reference', name=op.f('uq_wave_payout_reference')),
    sa.UniqueConstraint('wave_id', name=op.f('uq_wave_payout_wave_id'))
    )
    op.create_index(op.f('ix_wave_payout_state'), 'wave_payout', ['state'], unique=False)
    op.create_index(op.f('ix_wave_payout_transmission_id'), 'wave_payout', ['transmission_id'], unique=False)
    for statement in TRIGGERS[bind.dialect.name]:
        bind.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    engine = op.get_bind().dialect.name
    op.execute("DROP TRIGGER transmission_file_not_by_wave" + (" ON transmission_file" if engine == "postgresql" else ""))
    op.drop_index(op.f('ix_wave_payout_transmission_id'), table_name='wave_payout')
    op.drop_index(op.f('ix_wave_payout_state'), table_name='wave_payout')
    op.drop_table('wave_payout')
    if engine == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
# fmt: on
