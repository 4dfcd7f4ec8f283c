"""A payment may leave in several parts, and a group may have accounts beside its main one.

What wallets were sent before is counted by month; a month in which more was sent than the law allows keeps that as its limit.
"""

import sqlalchemy as sa
from alembic import op

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER payment_part_fixed BEFORE UPDATE OF order_id, number, account_id, account_number, amount, leaves_on, chosen_by_id, chosen_at ON payment_part BEGIN SELECT RAISE(ABORT, 'a part of a payment is never changed'); END",
        "CREATE TRIGGER payment_part_kept BEFORE DELETE ON payment_part BEGIN SELECT RAISE(ABORT, 'a part of a payment is never deleted'); END",
        "CREATE TRIGGER payment_part_before_release BEFORE INSERT ON payment_part WHEN EXISTS (SELECT 1 FROM payment_order WHERE payment_order.id = NEW.order_id AND payment_order.released_by_id IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the parts are chosen before the release'); END",
        "CREATE TRIGGER payment_part_withdrawn_unpaid BEFORE UPDATE OF withdrawn_at ON payment_part WHEN OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.part_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'a part that left is not withdrawn'); END",
        "CREATE TRIGGER payment_order_whole_at_verified_by_id BEFORE UPDATE OF verified_by_id ON payment_order WHEN NEW.verified_by_id IS NOT NULL AND EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) AND (SELECT SUM(payment_part.amount) FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) <> NEW.amount BEGIN SELECT RAISE(ABORT, 'the parts of a payment add up to it'); END",
        "CREATE TRIGGER payment_order_whole_at_released_by_id BEFORE UPDATE OF released_by_id ON payment_order WHEN NEW.released_by_id IS NOT NULL AND EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) AND (SELECT SUM(payment_part.amount) FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) <> NEW.amount BEGIN SELECT RAISE(ABORT, 'the parts of a payment add up to it'); END",
        "CREATE TRIGGER payment_order_cancelled_unpaid BEFORE UPDATE OF live ON payment_order WHEN NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'a payment of which a part left is not cancelled'); END",
        "CREATE TRIGGER payment_order_paid_whole BEFORE UPDATE OF paid_on ON payment_order WHEN NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' WHERE sent.order_id = NEW.id), 0) <> NEW.amount BEGIN SELECT RAISE(ABORT, 'a payment is paid when all of it is'); END",
        "CREATE TRIGGER payment_attempt_of_its_part BEFORE INSERT ON payment_attempt WHEN NEW.part_id IS NULL AND (NEW.amount <> (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) OR EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.order_id AND withdrawn_at IS NULL)) OR NEW.part_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment_part WHERE payment_part.id = NEW.part_id AND payment_part.order_id = NEW.order_id AND payment_part.amount = NEW.amount AND withdrawn_at IS NULL AND payment_part.account_id = NEW.account_id AND payment_part.account_number = NEW.account_number) BEGIN SELECT RAISE(ABORT, 'an attempt is at a whole payment or at a part as it was chosen'); END",
        "CREATE TRIGGER payment_attempt_never_over BEFORE INSERT ON payment_attempt WHEN NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent WHERE sent.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')), 0) > (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) BEGIN SELECT RAISE(ABORT, 'more than the order would leave'); END",
        "CREATE TRIGGER payment_attempt_within_the_wallet BEFORE INSERT ON payment_attempt WHEN (SELECT kind FROM payment_account WHERE payment_account.id = NEW.account_id) = 'wallet' AND NOT EXISTS (SELECT 1 FROM wallet_month WHERE wallet_month.number = NEW.account_number AND wallet_month.month = substr(COALESCE(NEW.leaves_on, NEW.sent_at), 1, 7) AND NEW.amount <= wallet_month.cap_each) BEGIN SELECT RAISE(ABORT, 'a wallet takes no more at once'); END",
        "CREATE TRIGGER payment_attempt_fills_the_month AFTER INSERT ON payment_attempt BEGIN UPDATE wallet_month SET sent = sent + NEW.amount WHERE wallet_month.number = NEW.account_number AND wallet_month.month = substr(COALESCE(NEW.leaves_on, NEW.sent_at), 1, 7) AND (SELECT kind FROM payment_account WHERE payment_account.id = NEW.account_id) = 'wallet'; END",
        "CREATE TRIGGER attempt_outcome_empties_the_month AFTER INSERT ON attempt_outcome BEGIN UPDATE wallet_month SET sent = wallet_month.sent - (SELECT amount FROM payment_attempt WHERE id = NEW.attempt_id) WHERE NEW.state = 'failed' AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.id = NEW.attempt_id AND sent.account_number = wallet_month.number AND substr(COALESCE(sent.leaves_on, sent.sent_at), 1, 7) = wallet_month.month AND (SELECT kind FROM payment_account WHERE payment_account.id = sent.account_id) = 'wallet'); END",
        "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt WHEN EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'an earlier attempt at this payment has not failed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION payment_part_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.account_number IS DISTINCT FROM OLD.account_number OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.leaves_on IS DISTINCT FROM OLD.leaves_on OR NEW.chosen_by_id IS DISTINCT FROM OLD.chosen_by_id OR NEW.chosen_at IS DISTINCT FROM OLD.chosen_at THEN RAISE EXCEPTION 'a part of a payment is never changed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_part_fixed BEFORE UPDATE ON payment_part FOR EACH ROW EXECUTE FUNCTION payment_part_fixed()",
        "CREATE FUNCTION payment_part_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a part of a payment is never deleted'; END $$",
        "CREATE TRIGGER payment_part_kept BEFORE DELETE ON payment_part FOR EACH ROW EXECUTE FUNCTION payment_part_kept()",
        "CREATE FUNCTION payment_part_before_release() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_order WHERE payment_order.id = NEW.order_id AND payment_order.released_by_id IS NOT NULL) THEN RAISE EXCEPTION 'the parts are chosen before the release'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_part_before_release BEFORE INSERT ON payment_part FOR EACH ROW EXECUTE FUNCTION payment_part_before_release()",
        "CREATE FUNCTION payment_part_withdrawn_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.part_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'a part that left is not withdrawn'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_part_withdrawn_unpaid BEFORE UPDATE OF withdrawn_at ON payment_part FOR EACH ROW EXECUTE FUNCTION payment_part_withdrawn_unpaid()",
        "CREATE FUNCTION payment_order_whole_at_verified_by_id() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.verified_by_id IS NOT NULL AND EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) AND (SELECT SUM(payment_part.amount) FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) <> NEW.amount THEN RAISE EXCEPTION 'the parts of a payment add up to it'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_order_whole_at_verified_by_id BEFORE UPDATE OF verified_by_id ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_whole_at_verified_by_id()",
        "CREATE FUNCTION payment_order_whole_at_released_by_id() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.released_by_id IS NOT NULL AND EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) AND (SELECT SUM(payment_part.amount) FROM payment_part WHERE payment_part.order_id = NEW.id AND payment_part.withdrawn_at IS NULL) <> NEW.amount THEN RAISE EXCEPTION 'the parts of a payment add up to it'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_order_whole_at_released_by_id BEFORE UPDATE OF released_by_id ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_whole_at_released_by_id()",
        "CREATE FUNCTION payment_order_cancelled_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'a payment of which a part left is not cancelled'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_order_cancelled_unpaid BEFORE UPDATE OF live ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_cancelled_unpaid()",
        "CREATE FUNCTION payment_order_paid_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' WHERE sent.order_id = NEW.id), 0) <> NEW.amount THEN RAISE EXCEPTION 'a payment is paid when all of it is'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_order_paid_whole BEFORE UPDATE OF paid_on ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_paid_whole()",
        "CREATE FUNCTION payment_attempt_of_its_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.part_id IS NULL AND (NEW.amount <> (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) OR EXISTS (SELECT 1 FROM payment_part WHERE payment_part.order_id = NEW.order_id AND withdrawn_at IS NULL)) OR NEW.part_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment_part WHERE payment_part.id = NEW.part_id AND payment_part.order_id = NEW.order_id AND payment_part.amount = NEW.amount AND withdrawn_at IS NULL AND payment_part.account_id = NEW.account_id AND payment_part.account_number = NEW.account_number) THEN RAISE EXCEPTION 'an attempt is at a whole payment or at a part as it was chosen'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_attempt_of_its_part BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_of_its_part()",
        "CREATE FUNCTION payment_attempt_never_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent WHERE sent.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')), 0) > (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) THEN RAISE EXCEPTION 'more than the order would leave'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_attempt_never_over BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_never_over()",
        "CREATE FUNCTION payment_attempt_within_the_wallet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT kind FROM payment_account WHERE payment_account.id = NEW.account_id) = 'wallet' AND NOT EXISTS (SELECT 1 FROM wallet_month WHERE wallet_month.number = NEW.account_number AND wallet_month.month = to_char(COALESCE(NEW.leaves_on, (NEW.sent_at AT TIME ZONE 'UTC')::date), 'YYYY-MM') AND NEW.amount <= wallet_month.cap_each) THEN RAISE EXCEPTION 'a wallet takes no more at once'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_attempt_within_the_wallet BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_within_the_wallet()",
        "CREATE FUNCTION payment_attempt_fills_the_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE wallet_month SET sent = sent + NEW.amount WHERE wallet_month.number = NEW.account_number AND wallet_month.month = to_char(COALESCE(NEW.leaves_on, (NEW.sent_at AT TIME ZONE 'UTC')::date), 'YYYY-MM') AND (SELECT kind FROM payment_account WHERE payment_account.id = NEW.account_id) = 'wallet'; RETURN NEW; END $$",
        "CREATE TRIGGER payment_attempt_fills_the_month AFTER INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_fills_the_month()",
        "CREATE FUNCTION attempt_outcome_empties_the_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE wallet_month SET sent = wallet_month.sent - (SELECT amount FROM payment_attempt WHERE id = NEW.attempt_id) WHERE NEW.state = 'failed' AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.id = NEW.attempt_id AND sent.account_number = wallet_month.number AND to_char(COALESCE(sent.leaves_on, (sent.sent_at AT TIME ZONE 'UTC')::date), 'YYYY-MM') = wallet_month.month AND (SELECT kind FROM payment_account WHERE payment_account.id = sent.account_id) = 'wallet'); RETURN NEW; END $$",
        "CREATE TRIGGER attempt_outcome_empties_the_month AFTER INSERT ON attempt_outcome FOR EACH ROW EXECUTE FUNCTION attempt_outcome_empties_the_month()",
        "CREATE FUNCTION payment_attempt_after_failure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'an earlier attempt at this payment has not failed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_after_failure()",
    ],
}

# The rule of before, under which an order left at once.
BEFORE = {
    "sqlite": [
        "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt WHEN EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'an earlier attempt at this payment has not failed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION payment_attempt_after_failure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'an earlier attempt at this payment has not failed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_after_failure()",
    ],
}

NAMES = [
    ("payment_part_fixed", "payment_part"),
    ("payment_part_kept", "payment_part"),
    ("payment_part_before_release", "payment_part"),
    ("payment_part_withdrawn_unpaid", "payment_part"),
    ("payment_order_whole_at_verified_by_id", "payment_order"),
    ("payment_order_whole_at_released_by_id", "payment_order"),
    ("payment_order_cancelled_unpaid", "payment_order"),
    ("payment_order_paid_whole", "payment_order"),
    ("payment_attempt_of_its_part", "payment_attempt"),
    ("payment_attempt_never_over", "payment_attempt"),
    ("payment_attempt_within_the_wallet", "payment_attempt"),
    ("payment_attempt_fills_the_month", "payment_attempt"),
    ("attempt_outcome_empties_the_month", "attempt_outcome"),
    ("payment_attempt_after_failure", "payment_attempt"),
]
FUNCTIONS = [
    "payment_part_fixed",
    "payment_part_kept",
    "payment_part_before_release",
    "payment_part_withdrawn_unpaid",
    "payment_order_whole_at_verified_by_id",
    "payment_order_whole_at_released_by_id",
    "payment_order_cancelled_unpaid",
    "payment_order_paid_whole",
    "payment_attempt_of_its_part",
    "payment_attempt_never_over",
    "payment_attempt_within_the_wallet",
    "payment_attempt_fills_the_month",
    "attempt_outcome_empties_the_month",
]


SENT = {
    "sqlite": "substr(payment_attempt.sent_at, 1, 7)",
    "postgresql": "to_char(payment_attempt.sent_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}
COUNT = (
    "INSERT INTO wallet_month (number, month, cap, cap_each, sent) "
    "SELECT number, month, CASE WHEN total > 10000000 THEN total ELSE 10000000 END, 2000000, total FROM ("
    "SELECT payment_attempt.account_number AS number, {month} AS month, SUM(payment_attempt.amount) AS total "
    "FROM payment_attempt JOIN payment_account ON payment_account.id = payment_attempt.account_id "
    "WHERE payment_account.kind = 'wallet' AND NOT EXISTS (SELECT 1 FROM attempt_outcome "
    "WHERE attempt_outcome.attempt_id = payment_attempt.id AND attempt_outcome.state = 'failed') "
    "GROUP BY payment_attempt.account_number, {month}) AS sums"
)
OPEN, OPEN_MAIN = "closed_at IS NULL", "closed_at IS NULL AND main"


def _drop(engine, names):
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if engine == "postgresql" else ""))
        if engine == "postgresql" and (name in FUNCTIONS or name == "payment_attempt_after_failure"):
            op.execute(f"DROP FUNCTION {name}()")


def _unique(name, column, rule):
    where = sa.text(rule)
    op.create_index(name, "payment_account", [column], unique=True, sqlite_where=where, postgresql_where=where)


# fmt: off


def upgrade():
    bind = op.get_bind()
    engine = bind.dialect.name
    op.create_table('wallet_month',
    sa.Column('number', sa.String(length=34), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('cap', sa.BigInteger(), nullable=False),
    sa.Column('cap_each', sa.BigInteger(), nullable=False),
    sa.Column('sent', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('sent >= 0 AND sent <= cap', name=op.f('ck_wallet_month_cap')),
    sa.PrimaryKeyConstraint('number', 'month', name=op.f('pk_wallet_month'))
    )
    op.create_table('payment_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('account_number', sa.String(length=34), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('leaves_on', sa.Date(), nullable=False),
    sa.Column('chosen_by_id', sa.Integer(), nullable=False),
    sa.Column('chosen_at', UtcDateTime(), nullable=False),
    sa.Column('withdrawn_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint('number > 0 AND amount > 0', name=op.f('ck_payment_part_whole')),
    sa.ForeignKeyConstraint(['account_id'], ['payment_account.id'], name=op.f('fk_payment_part_account_id')),
    sa.ForeignKeyConstraint(['chosen_by_id'], ['person.id'], name=op.f('fk_payment_part_chosen_by_id')),
    sa.ForeignKeyConstraint(['order_id'], ['payment_order.id'], name=op.f('fk_payment_part_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_part')),
    sa.UniqueConstraint('order_id', 'number', name=op.f('uq_payment_part_order_id_number'))
    )
    op.add_column('attempt_outcome', sa.Column('paid_on', sa.Date(), nullable=True))
    op.create_index('uq_attempt_outcome_bank_reference', 'attempt_outcome', ['bank_reference'], unique=True)
    op.drop_index('uq_payment_account_group_id', 'payment_account')
    op.drop_index('uq_payment_account_number', 'payment_account')
    with altered('payment_account') as batch:
        batch.add_column(sa.Column('main', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column('officer_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f('fk_payment_account_officer_id'), 'officer', ['officer_id'], ['id'])
        batch.create_check_constraint(op.f('ck_payment_account_officer'), "officer_id IS NULL OR (NOT main AND kind = 'wallet')")
        batch.create_check_constraint(op.f('ck_payment_account_other'), "main OR kind = 'bank' OR officer_id IS NOT NULL")
    _unique('uq_payment_account_group_id', 'group_id', OPEN_MAIN)
    _unique('uq_payment_account_number', 'number', OPEN)
    op.add_column('payment_attempt', sa.Column('leaves_on', sa.Date(), nullable=True))
    with altered('payment_attempt') as batch:
        batch.add_column(sa.Column('part_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f('fk_payment_attempt_part_id'), 'payment_part', ['part_id'], ['id'])
    op.create_index(op.f('ix_payment_attempt_part_id'), 'payment_attempt', ['part_id'], unique=False)
    op.execute(COUNT.format(month=SENT[engine]))
    _drop(engine, [('payment_attempt_after_failure', 'payment_attempt')])
    for statement in TRIGGERS[engine]:
        bind.exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    bind = op.get_bind()
    engine = bind.dialect.name
    _drop(engine, NAMES)
    op.drop_index(op.f('ix_payment_attempt_part_id'), table_name='payment_attempt')
    with altered('payment_attempt') as batch:
        batch.drop_constraint(op.f('fk_payment_attempt_part_id'), type_='foreignkey')
        batch.drop_column('part_id')
        batch.drop_column('leaves_on')
    for statement in BEFORE[engine]:
        bind.exec_driver_sql(statement.replace("%", "%%"))
    op.drop_index('uq_payment_account_group_id', 'payment_account')
    op.drop_index('uq_payment_account_number', 'payment_account')
    op.execute("UPDATE payment_account SET closed_at = added_at WHERE NOT main AND closed_at IS NULL")
    with altered('payment_account') as batch:
        batch.drop_constraint(op.f('ck_payment_account_officer'), type_='check')
        batch.drop_constraint(op.f('ck_payment_account_other'), type_='check')
        batch.drop_constraint(op.f('fk_payment_account_officer_id'), type_='foreignkey')
        batch.drop_column('officer_id')
        batch.drop_column('main')
    _unique('uq_payment_account_group_id', 'group_id', OPEN)
    _unique('uq_payment_account_number', 'number', OPEN)
    op.drop_index('uq_attempt_outcome_bank_reference', table_name='attempt_outcome')
    op.drop_column('attempt_outcome', 'paid_on')
    op.drop_table('payment_part')
    op.drop_table('wallet_month')
# fmt: on
