"""Attempts at a payment and what became of them, signed receipts, batches and their files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from grants.core.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER payment_order_fixed BEFORE UPDATE OF reference, project_id, tranche_id, amount ON payment_order WHEN NEW.reference IS NOT OLD.reference OR NEW.project_id IS NOT OLD.project_id OR NEW.tranche_id IS NOT OLD.tranche_id OR NEW.amount IS NOT OLD.amount BEGIN SELECT RAISE(ABORT, 'what an order pays is never changed'); END",
        "CREATE TRIGGER payment_order_paid_fixed BEFORE UPDATE OF paid_on, bank_reference, account_id, account_number, live, prepared_by_id, verified_by_id, released_by_id, sent_at, attempts ON payment_order WHEN OLD.paid_on IS NOT NULL AND (NEW.paid_on IS NOT OLD.paid_on OR NEW.bank_reference IS NOT OLD.bank_reference OR NEW.account_id IS NOT OLD.account_id OR NEW.account_number IS NOT OLD.account_number OR NEW.live IS NOT OLD.live OR NEW.prepared_by_id IS NOT OLD.prepared_by_id OR NEW.verified_by_id IS NOT OLD.verified_by_id OR NEW.released_by_id IS NOT OLD.released_by_id OR NEW.sent_at IS NOT OLD.sent_at OR NEW.attempts IS NOT OLD.attempts) BEGIN SELECT RAISE(ABORT, 'what was paid is never changed'); END",
        "CREATE TRIGGER payment_order_paid_by_an_attempt BEFORE UPDATE OF paid_on ON payment_order WHEN NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' AND attempt_outcome.bank_reference = NEW.bank_reference) BEGIN SELECT RAISE(ABORT, 'no attempt at this payment was paid'); END",
        "CREATE TRIGGER payment_order_received_by_a_receipt BEFORE UPDATE OF received_on ON payment_order WHEN NEW.received_on IS NOT NULL AND OLD.received_on IS NULL AND NOT EXISTS (SELECT 1 FROM payment_receipt WHERE payment_receipt.order_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'no receipt of this payment was recorded'); END",
        "CREATE TRIGGER payment_attempt_no_update BEFORE UPDATE ON payment_attempt BEGIN SELECT RAISE(ABORT, 'payment_attempt is append-only'); END",
        "CREATE TRIGGER payment_attempt_no_delete BEFORE DELETE ON payment_attempt BEGIN SELECT RAISE(ABORT, 'payment_attempt is append-only'); END",
        "CREATE TRIGGER attempt_outcome_no_update BEFORE UPDATE ON attempt_outcome BEGIN SELECT RAISE(ABORT, 'attempt_outcome is append-only'); END",
        "CREATE TRIGGER attempt_outcome_no_delete BEFORE DELETE ON attempt_outcome BEGIN SELECT RAISE(ABORT, 'attempt_outcome is append-only'); END",
        "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt WHEN EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'an earlier attempt at this payment has not failed'); END",
        "CREATE TRIGGER payment_receipt_no_update BEFORE UPDATE ON payment_receipt BEGIN SELECT RAISE(ABORT, 'payment_receipt is append-only'); END",
        "CREATE TRIGGER payment_receipt_no_delete BEFORE DELETE ON payment_receipt BEGIN SELECT RAISE(ABORT, 'payment_receipt is append-only'); END",
        "CREATE TRIGGER receipt_signature_no_update BEFORE UPDATE ON receipt_signature BEGIN SELECT RAISE(ABORT, 'receipt_signature is append-only'); END",
        "CREATE TRIGGER receipt_signature_no_delete BEFORE DELETE ON receipt_signature BEGIN SELECT RAISE(ABORT, 'receipt_signature is append-only'); END",
        "CREATE TRIGGER transmission_no_update BEFORE UPDATE ON transmission BEGIN SELECT RAISE(ABORT, 'transmission is append-only'); END",
        "CREATE TRIGGER transmission_no_delete BEFORE DELETE ON transmission BEGIN SELECT RAISE(ABORT, 'transmission is append-only'); END",
        "CREATE TRIGGER transmission_item_no_update BEFORE UPDATE ON transmission_item BEGIN SELECT RAISE(ABORT, 'transmission_item is append-only'); END",
        "CREATE TRIGGER transmission_item_no_delete BEFORE DELETE ON transmission_item BEGIN SELECT RAISE(ABORT, 'transmission_item is append-only'); END",
        "CREATE TRIGGER wallet_profile_version_no_update BEFORE UPDATE ON wallet_profile_version BEGIN SELECT RAISE(ABORT, 'wallet_profile_version is append-only'); END",
        "CREATE TRIGGER wallet_profile_version_no_delete BEFORE DELETE ON wallet_profile_version BEGIN SELECT RAISE(ABORT, 'wallet_profile_version is append-only'); END",
        "CREATE TRIGGER transmission_file_no_update BEFORE UPDATE ON transmission_file BEGIN SELECT RAISE(ABORT, 'transmission_file is append-only'); END",
        "CREATE TRIGGER transmission_file_no_delete BEFORE DELETE ON transmission_file BEGIN SELECT RAISE(ABORT, 'transmission_file is append-only'); END",
        "CREATE TRIGGER payment_setting_no_update BEFORE UPDATE ON payment_setting BEGIN SELECT RAISE(ABORT, 'payment_setting is append-only'); END",
        "CREATE TRIGGER payment_setting_no_delete BEFORE DELETE ON payment_setting BEGIN SELECT RAISE(ABORT, 'payment_setting is append-only'); END",
        "CREATE TRIGGER transmission_item_as_announced BEFORE INSERT ON transmission_item WHEN (SELECT COUNT(*) FROM transmission_item WHERE transmission_item.transmission_id = NEW.transmission_id) >= (SELECT transmission.count FROM transmission WHERE transmission.id = NEW.transmission_id) OR NEW.amount <> (SELECT payment_attempt.amount FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id) BEGIN SELECT RAISE(ABORT, 'a batch holds just what was announced'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION payment_order_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reference IS DISTINCT FROM OLD.reference OR NEW.project_id IS DISTINCT FROM OLD.project_id OR NEW.tranche_id IS DISTINCT FROM OLD.tranche_id OR NEW.amount IS DISTINCT FROM OLD.amount THEN RAISE EXCEPTION 'what an order pays is never changed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_order_fixed BEFORE UPDATE OF reference, project_id, tranche_id, amount ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_fixed()',
        "CREATE FUNCTION payment_order_paid_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.paid_on IS NOT NULL AND (NEW.paid_on IS DISTINCT FROM OLD.paid_on OR NEW.bank_reference IS DISTINCT FROM OLD.bank_reference OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.account_number IS DISTINCT FROM OLD.account_number OR NEW.live IS DISTINCT FROM OLD.live OR NEW.prepared_by_id IS DISTINCT FROM OLD.prepared_by_id OR NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id OR NEW.released_by_id IS DISTINCT FROM OLD.released_by_id OR NEW.sent_at IS DISTINCT FROM OLD.sent_at OR NEW.attempts IS DISTINCT FROM OLD.attempts) THEN RAISE EXCEPTION 'what was paid is never changed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_order_paid_fixed BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_paid_fixed()',
        "CREATE FUNCTION payment_order_paid_by_an_attempt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' AND attempt_outcome.bank_reference = NEW.bank_reference) THEN RAISE EXCEPTION 'no attempt at this payment was paid'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_order_paid_by_an_attempt BEFORE UPDATE OF paid_on ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_paid_by_an_attempt()',
        "CREATE FUNCTION payment_order_received_by_a_receipt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.received_on IS NOT NULL AND OLD.received_on IS NULL AND NOT EXISTS (SELECT 1 FROM payment_receipt WHERE payment_receipt.order_id = NEW.id) THEN RAISE EXCEPTION 'no receipt of this payment was recorded'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_order_received_by_a_receipt BEFORE UPDATE OF received_on ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_received_by_a_receipt()',
        "CREATE FUNCTION payment_attempt_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payment_attempt is append-only'; END $$",
        'CREATE TRIGGER payment_attempt_no_update BEFORE UPDATE ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_no_update()',
        "CREATE FUNCTION payment_attempt_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payment_attempt is append-only'; END $$",
        'CREATE TRIGGER payment_attempt_no_delete BEFORE DELETE ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_no_delete()',
        'CREATE TRIGGER payment_attempt_no_truncate BEFORE TRUNCATE ON payment_attempt EXECUTE FUNCTION payment_attempt_no_delete()',
        "CREATE FUNCTION attempt_outcome_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'attempt_outcome is append-only'; END $$",
        'CREATE TRIGGER attempt_outcome_no_update BEFORE UPDATE ON attempt_outcome FOR EACH ROW EXECUTE FUNCTION attempt_outcome_no_update()',
        "CREATE FUNCTION attempt_outcome_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'attempt_outcome is append-only'; END $$",
        'CREATE TRIGGER attempt_outcome_no_delete BEFORE DELETE ON attempt_outcome FOR EACH ROW EXECUTE FUNCTION attempt_outcome_no_delete()',
        'CREATE TRIGGER attempt_outcome_no_truncate BEFORE TRUNCATE ON attempt_outcome EXECUTE FUNCTION attempt_outcome_no_delete()',
        "CREATE FUNCTION payment_attempt_after_failure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'an earlier attempt at this payment has not failed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_after_failure()',
        "CREATE FUNCTION payment_receipt_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payment_receipt is append-only'; END $$",
        'CREATE TRIGGER payment_receipt_no_update BEFORE UPDATE ON payment_receipt FOR EACH ROW EXECUTE FUNCTION payment_receipt_no_update()',
        "CREATE FUNCTION payment_receipt_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payment_receipt is append-only'; END $$",
        'CREATE TRIGGER payment_receipt_no_delete BEFORE DELETE ON payment_receipt FOR EACH ROW EXECUTE FUNCTION payment_receipt_no_delete()',
        'CREATE TRIGGER payment_receipt_no_truncate BEFORE TRUNCATE ON payment_receipt EXECUTE FUNCTION payment_receipt_no_delete()',
        "CREATE FUNCTION receipt_signature_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'receipt_signature is append-only'; END $$",
        'CREATE TRIGGER receipt_signature_no_update BEFORE UPDATE ON receipt_signature FOR EACH ROW EXECUTE FUNCTION receipt_signature_no_update()',
        "CREATE FUNCTION receipt_signature_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'receipt_signature is append-only'; END $$",
        'CREATE TRIGGER receipt_signature_no_delete BEFORE DELETE ON receipt_signature FOR EACH ROW EXECUTE FUNCTION receipt_signature_no_delete()',
        'CREATE TRIGGER receipt_signature_no_truncate BEFORE TRUNCATE ON receipt_signature EXECUTE FUNCTION receipt_signature_no_delete()',
        "CREATE FUNCTION transmission_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transmission is append-only'; END $$",
        'CREATE TRIGGER transmission_no_update BEFORE UPDATE ON transmission FOR EACH ROW EXECUTE FUNCTION transmission_no_update()',
        "CREATE FUNCTION transmission_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transmission is append-only'; END $$",
        'CREATE TRIGGER transmission_no_delete BEFORE DELETE ON transmission FOR EACH ROW EXECUTE FUNCTION transmission_no_delete()',
        'CREATE TRIGGER transmission_no_truncate BEFORE TRUNCATE ON transmission EXECUTE FUNCTION transmission_no_delete()',
        "CREATE FUNCTION transmission_item_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transmission_item is append-only'; END $$",
        'CREATE TRIGGER transmission_item_no_update BEFORE UPDATE ON transmission_item FOR EACH ROW EXECUTE FUNCTION transmission_item_no_update()',
        "CREATE FUNCTION transmission_item_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transmission_item is append-only'; END $$",
        'CREATE TRIGGER transmission_item_no_delete BEFORE DELETE ON transmission_item FOR EACH ROW EXECUTE FUNCTION transmission_item_no_delete()',
        'CREATE TRIGGER transmission_item_no_truncate BEFORE TRUNCATE ON transmission_item EXECUTE FUNCTION transmission_item_no_delete()',
        "CREATE FUNCTION wallet_profile_version_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'wallet_profile_version is append-only'; END $$",
        'CREATE TRIGGER wallet_profile_version_no_update BEFORE UPDATE ON wallet_profile_version FOR EACH ROW EXECUTE FUNCTION wallet_profile_version_no_update()',
        "CREATE FUNCTION wallet_profile_version_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'wallet_profile_version is append-only'; END $$",
        'CREATE TRIGGER wallet_profile_version_no_delete BEFORE DELETE ON wallet_profile_version FOR EACH ROW EXECUTE FUNCTION wallet_profile_version_no_delete()',
        'CREATE TRIGGER wallet_profile_version_no_truncate BEFORE TRUNCATE ON wallet_profile_version EXECUTE FUNCTION wallet_profile_version_no_delete()',
        "CREATE FUNCTION transmission_file_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transmission_file is append-only'; END $$",
        'CREATE TRIGGER transmission_file_no_update BEFORE UPDATE ON transmission_file FOR EACH ROW EXECUTE FUNCTION transmission_file_no_update()',
        "CREATE FUNCTION transmission_file_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transmission_file is append-only'; END $$",
        'CREATE TRIGGER transmission_file_no_delete BEFORE DELETE ON transmission_file FOR EACH ROW EXECUTE FUNCTION transmission_file_no_delete()',
        'CREATE TRIGGER transmission_file_no_truncate BEFORE TRUNCATE ON transmission_file EXECUTE FUNCTION transmission_file_no_delete()',
        "CREATE FUNCTION payment_setting_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payment_setting is append-only'; END $$",
        'CREATE TRIGGER payment_setting_no_update BEFORE UPDATE ON payment_setting FOR EACH ROW EXECUTE FUNCTION payment_setting_no_update()',
        "CREATE FUNCTION payment_setting_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'payment_setting is append-only'; END $$",
        'CREATE TRIGGER payment_setting_no_delete BEFORE DELETE ON payment_setting FOR EACH ROW EXECUTE FUNCTION payment_setting_no_delete()',
        'CREATE TRIGGER payment_setting_no_truncate BEFORE TRUNCATE ON payment_setting EXECUTE FUNCTION payment_setting_no_delete()',
        "CREATE FUNCTION transmission_item_as_announced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT COUNT(*) FROM transmission_item WHERE transmission_item.transmission_id = NEW.transmission_id) >= (SELECT transmission.count FROM transmission WHERE transmission.id = NEW.transmission_id) OR NEW.amount <> (SELECT payment_attempt.amount FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id) THEN RAISE EXCEPTION 'a batch holds just what was announced'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER transmission_item_as_announced BEFORE INSERT ON transmission_item FOR EACH ROW EXECUTE FUNCTION transmission_item_as_announced()',
    ],
}
# Functions of the triggers on PostgreSQL; the first of them hang on a table that stays.
ON_ORDERS = ['payment_order_fixed', 'payment_order_paid_fixed', 'payment_order_paid_by_an_attempt', 'payment_order_received_by_a_receipt']
FUNCTIONS = ['payment_order_fixed', 'payment_order_paid_fixed', 'payment_order_paid_by_an_attempt', 'payment_order_received_by_a_receipt', 'payment_attempt_no_update', 'payment_attempt_no_delete', 'attempt_outcome_no_update', 'attempt_outcome_no_delete', 'payment_attempt_after_failure', 'payment_receipt_no_update', 'payment_receipt_no_delete', 'receipt_signature_no_update', 'receipt_signature_no_delete', 'transmission_no_update', 'transmission_no_delete', 'transmission_item_no_update', 'transmission_item_no_delete', 'wallet_profile_version_no_update', 'wallet_profile_version_no_delete', 'transmission_file_no_update', 'transmission_file_no_delete', 'payment_setting_no_update', 'payment_setting_no_delete', 'transmission_item_as_announced']

# Orders that left before attempts were written down: the one that stands on each, and how it ended.
SENT_BEFORE = """
INSERT INTO payment_attempt (order_id, number, reference, key, amount, account_id, account_number, prepared_by_id,
    verified_by_id, released_by_id, sent_at)
SELECT id, attempts, CASE WHEN attempts = 1 THEN reference ELSE reference || '-' || attempts END,
    reference || '-' || attempts, amount, account_id, account_number, prepared_by_id, verified_by_id, released_by_id, sent_at
FROM payment_order WHERE sent_at IS NOT NULL AND attempts > 0
"""
ENDED_BEFORE = """
INSERT INTO attempt_outcome (attempt_id, state, at, detail, bank_reference, by_id)
SELECT payment_attempt.id, CASE WHEN paid_on IS NOT NULL THEN 'paid' ELSE 'failed' END, payment_order.step_since,
    payment_order.failure, payment_order.bank_reference, NULL
FROM payment_order JOIN payment_attempt ON payment_attempt.order_id = payment_order.id
WHERE paid_on IS NOT NULL OR step = 'failed' OR (step = 'cancelled' AND failure IS NOT NULL)
"""


def upgrade():
    op.create_table('wallet_profile',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('operator', sa.String(length=80), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wallet_profile')),
    sa.UniqueConstraint('name', name=op.f('uq_wallet_profile_name'))
    )
    op.create_table('payment_setting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=False),
    sa.Column('set_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('value >= 0', name=op.f('ck_payment_setting_value')),
    sa.ForeignKeyConstraint(['set_by_id'], ['person.id'], name=op.f('fk_payment_setting_set_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_setting'))
    )
    op.create_index('ix_payment_setting_code_from_day', 'payment_setting', ['code', 'from_day'], unique=False)
    op.create_table('wallet_profile_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('profile_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('layout', JSON, nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_wallet_profile_version_number')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_wallet_profile_version_made_by_id')),
    sa.ForeignKeyConstraint(['profile_id'], ['wallet_profile.id'], name=op.f('fk_wallet_profile_version_profile_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wallet_profile_version')),
    sa.UniqueConstraint('profile_id', 'number', name=op.f('uq_wallet_profile_version_profile_id_number'))
    )
    op.create_table('payer_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('institution', sa.String(length=80), nullable=False),
    sa.Column('number', sa.String(length=34), nullable=False),
    sa.Column('holder', sa.String(length=140), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', UtcDateTime(), nullable=False),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('bank', 'wallet')", name=op.f('ck_payer_account_kind')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_payer_account_fund_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['person.id'], name=op.f('fk_payer_account_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payer_account'))
    )
    op.create_index('uq_payer_account_fund_id', 'payer_account', ['fund_id', 'kind', 'institution'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('transmission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('execution_on', sa.Date(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("channel IN ('bank', 'wallet')", name=op.f('ck_transmission_channel')),
    sa.CheckConstraint('count > 0 AND total > 0', name=op.f('ck_transmission_whole')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_transmission_made_by_id')),
    sa.ForeignKeyConstraint(['payer_id'], ['payer_account.id'], name=op.f('fk_transmission_payer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transmission')),
    sa.UniqueConstraint('reference', name=op.f('uq_transmission_reference'))
    )
    op.create_table('transmission_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transmission_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('profile_version_id', sa.Integer(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("(kind = 'csv') = (profile_version_id IS NOT NULL)", name=op.f('ck_transmission_file_profile')),
    sa.CheckConstraint("kind IN ('pain001', 'letter', 'list', 'csv')", name=op.f('ck_transmission_file_kind')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_transmission_file_file_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_transmission_file_made_by_id')),
    sa.ForeignKeyConstraint(['profile_version_id'], ['wallet_profile_version.id'], name=op.f('fk_transmission_file_profile_version_id')),
    sa.ForeignKeyConstraint(['transmission_id'], ['transmission.id'], name=op.f('fk_transmission_file_transmission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transmission_file')),
    sa.UniqueConstraint('transmission_id', 'kind', name=op.f('uq_transmission_file_transmission_id_kind'))
    )
    op.create_table('payment_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=35), nullable=False),
    sa.Column('key', sa.String(length=36), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('account_number', sa.String(length=34), nullable=False),
    sa.Column('prepared_by_id', sa.Integer(), nullable=False),
    sa.Column('verified_by_id', sa.Integer(), nullable=False),
    sa.Column('released_by_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('number > 0 AND amount > 0', name=op.f('ck_payment_attempt_whole')),
    sa.CheckConstraint('prepared_by_id <> verified_by_id AND prepared_by_id <> released_by_id AND verified_by_id <> released_by_id', name=op.f('ck_payment_attempt_three_people')),
    sa.ForeignKeyConstraint(['account_id'], ['payment_account.id'], name=op.f('fk_payment_attempt_account_id')),
    sa.ForeignKeyConstraint(['order_id'], ['payment_order.id'], name=op.f('fk_payment_attempt_order_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['person.id'], name=op.f('fk_payment_attempt_prepared_by_id')),
    sa.ForeignKeyConstraint(['released_by_id'], ['person.id'], name=op.f('fk_payment_attempt_released_by_id')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['person.id'], name=op.f('fk_payment_attempt_verified_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_attempt')),
    sa.UniqueConstraint('key', name=op.f('uq_payment_attempt_key')),
    sa.UniqueConstraint('order_id', 'number', name=op.f('uq_payment_attempt_order_id_number')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_attempt_reference'))
    )
    op.create_table('payment_receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('language', sa.String(length=30), nullable=False),
    sa.Column('reader', sa.String(length=120), nullable=False),
    sa.Column('thumbprints', sa.Integer(), nullable=False),
    sa.Column('witness1', sa.String(length=120), nullable=True),
    sa.Column('paper1', sa.String(length=80), nullable=True),
    sa.Column('witness2', sa.String(length=120), nullable=True),
    sa.Column('paper2', sa.String(length=80), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('(witness1 IS NULL) = (paper1 IS NULL) AND (witness2 IS NULL) = (paper2 IS NULL)', name=op.f('ck_payment_receipt_papers')),
    sa.CheckConstraint('thumbprints = 0 OR (witness1 IS NOT NULL AND witness2 IS NOT NULL)', name=op.f('ck_payment_receipt_witnesses')),
    sa.CheckConstraint('thumbprints >= 0', name=op.f('ck_payment_receipt_thumbprints')),
    sa.ForeignKeyConstraint(['order_id'], ['payment_order.id'], name=op.f('fk_payment_receipt_order_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_payment_receipt_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_receipt')),
    sa.UniqueConstraint('order_id', name=op.f('uq_payment_receipt_order_id'))
    )
    op.create_table('attempt_outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('detail', sa.String(length=300), nullable=True),
    sa.Column('bank_reference', sa.String(length=60), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'paid') = (bank_reference IS NOT NULL)", name=op.f('ck_attempt_outcome_reference')),
    sa.CheckConstraint("state IN ('unknown', 'failed', 'paid')", name=op.f('ck_attempt_outcome_state')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_attempt_outcome_attempt_id')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_attempt_outcome_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt_outcome'))
    )
    op.create_index(op.f('ix_attempt_outcome_attempt_id'), 'attempt_outcome', ['attempt_id'], unique=False)
    op.create_index('uq_attempt_outcome_final', 'attempt_outcome', ['attempt_id'], unique=True, sqlite_where=sa.text("state <> 'unknown'"), postgresql_where=sa.text("state <> 'unknown'"))
    op.create_table('receipt_signature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('receipt_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('office', sa.String(length=20), nullable=False),
    sa.Column('manner', sa.String(length=12), nullable=False),
    sa.Column('finger', sa.String(length=40), nullable=True),
    sa.CheckConstraint("(manner = 'thumbprint') = (finger IS NOT NULL)", name=op.f('ck_receipt_signature_finger')),
    sa.CheckConstraint("manner IN ('signature', 'thumbprint')", name=op.f('ck_receipt_signature_manner')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_receipt_signature_officer_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['payment_receipt.id'], name=op.f('fk_receipt_signature_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_signature')),
    sa.UniqueConstraint('receipt_id', 'officer_id', name=op.f('uq_receipt_signature_receipt_id_officer_id'))
    )
    op.create_table('transmission_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transmission_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('beneficiary', sa.String(length=160), nullable=False),
    sa.Column('purpose', sa.String(length=140), nullable=False),
    sa.CheckConstraint('amount > 0 AND position > 0', name=op.f('ck_transmission_item_whole')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_transmission_item_attempt_id')),
    sa.ForeignKeyConstraint(['transmission_id'], ['transmission.id'], name=op.f('fk_transmission_item_transmission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transmission_item')),
    sa.UniqueConstraint('attempt_id', name=op.f('uq_transmission_item_attempt_id')),
    sa.UniqueConstraint('transmission_id', 'position', name=op.f('uq_transmission_item_transmission_id_position'))
    )
    engine = op.get_bind()
    op.execute(SENT_BEFORE)
    op.execute(ENDED_BEFORE)
    for statement in TRIGGERS[engine.dialect.name]:
        engine.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    engine = op.get_bind()
    for name in ON_ORDERS:
        op.execute(f"DROP TRIGGER {name}" + (" ON payment_order" if engine.dialect.name == "postgresql" else ""))
    op.drop_table('transmission_item')
    op.drop_table('receipt_signature')
    op.drop_index('uq_attempt_outcome_final', table_name='attempt_outcome', sqlite_where=sa.text("state <> 'unknown'"), postgresql_where=sa.text("state <> 'unknown'"))
    op.drop_index(op.f('ix_attempt_outcome_attempt_id'), table_name='attempt_outcome')
    op.drop_table('attempt_outcome')
    op.drop_table('payment_receipt')
    op.drop_table('payment_attempt')
    op.drop_table('transmission_file')
    op.drop_table('transmission')
    op.drop_index('uq_payer_account_fund_id', table_name='payer_account', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_table('payer_account')
    op.drop_table('wallet_profile_version')
    op.drop_index('ix_payment_setting_code_from_day', table_name='payment_setting')
    op.drop_table('payment_setting')
    op.drop_table('wallet_profile')
    if engine.dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
# fmt: on
