"""On PostgreSQL, the counters of the ledger move once for all movements of a statement, not once for each."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# fmt: off
AFTER = (
    "CREATE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = envelope.ceiling + sums.ceiling, reserved = envelope.reserved + sums.reserved, committed = envelope.committed + sums.committed, paid = envelope.paid + sums.paid, justified = envelope.justified + sums.justified, refunded = envelope.refunded + sums.refunded, written_off = envelope.written_off + sums.written_off FROM (SELECT moved.envelope_id, SUM(CASE moved.kind WHEN 'endow' THEN 1 * moved.amount WHEN 'withdraw' THEN -1 * moved.amount WHEN 'shift_in' THEN 1 * moved.amount WHEN 'shift_out' THEN -1 * moved.amount ELSE 0 END) AS ceiling, SUM(CASE moved.kind WHEN 'reserve' THEN 1 * moved.amount WHEN 'release' THEN -1 * moved.amount WHEN 'commit' THEN -1 * moved.amount ELSE 0 END) AS reserved, SUM(CASE moved.kind WHEN 'commit' THEN 1 * moved.amount WHEN 'uncommit' THEN -1 * moved.amount ELSE 0 END) AS committed, SUM(CASE moved.kind WHEN 'pay' THEN 1 * moved.amount WHEN 'reverse_pay' THEN -1 * moved.amount ELSE 0 END) AS paid, SUM(CASE moved.kind WHEN 'justify' THEN 1 * moved.amount WHEN 'reverse_justify' THEN -1 * moved.amount ELSE 0 END) AS justified, SUM(CASE moved.kind WHEN 'refund' THEN 1 * moved.amount ELSE 0 END) AS refunded, SUM(CASE moved.kind WHEN 'write_off' THEN 1 * moved.amount ELSE 0 END) AS written_off FROM moved GROUP BY moved.envelope_id) AS sums WHERE envelope.id = sums.envelope_id; UPDATE award_balance SET reserved = award_balance.reserved + sums.reserved, committed = award_balance.committed + sums.committed, paid = award_balance.paid + sums.paid, justified = award_balance.justified + sums.justified, refunded = award_balance.refunded + sums.refunded, written_off = award_balance.written_off + sums.written_off FROM (SELECT moved.project_id, moved.envelope_id, SUM(CASE moved.kind WHEN 'reserve' THEN 1 * moved.amount WHEN 'release' THEN -1 * moved.amount WHEN 'commit' THEN -1 * moved.amount ELSE 0 END) AS reserved, SUM(CASE moved.kind WHEN 'commit' THEN 1 * moved.amount WHEN 'uncommit' THEN -1 * moved.amount ELSE 0 END) AS committed, SUM(CASE moved.kind WHEN 'pay' THEN 1 * moved.amount WHEN 'reverse_pay' THEN -1 * moved.amount ELSE 0 END) AS paid, SUM(CASE moved.kind WHEN 'justify' THEN 1 * moved.amount WHEN 'reverse_justify' THEN -1 * moved.amount ELSE 0 END) AS justified, SUM(CASE moved.kind WHEN 'refund' THEN 1 * moved.amount ELSE 0 END) AS refunded, SUM(CASE moved.kind WHEN 'write_off' THEN 1 * moved.amount ELSE 0 END) AS written_off FROM moved GROUP BY moved.project_id, moved.envelope_id) AS sums WHERE award_balance.project_id = sums.project_id AND award_balance.envelope_id = sums.envelope_id; UPDATE fund SET endowed = fund.endowed + sums.endowed, spent = fund.spent + sums.spent FROM (SELECT envelope.fund_id, SUM(CASE moved.kind WHEN 'endow' THEN 1 * moved.amount WHEN 'withdraw' THEN -1 * moved.amount WHEN 'shift_in' THEN 1 * moved.amount WHEN 'shift_out' THEN -1 * moved.amount ELSE 0 END) AS endowed, SUM(CASE moved.kind WHEN 'pay' THEN 1 * moved.amount WHEN 'refund' THEN -1 * moved.amount WHEN 'reverse_pay' THEN -1 * moved.amount ELSE 0 END) AS spent FROM moved JOIN envelope ON envelope.id = moved.envelope_id WHERE moved.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out', 'pay', 'reverse_pay', 'refund') GROUP BY envelope.fund_id) AS sums WHERE fund.id = sums.fund_id; RETURN NULL; END $$",
    'CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION transfer_moves_counters()',
)
BEFORE = (
    "CREATE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; RETURN NEW; END $$",
    'CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_moves_counters()',
)
# fmt: on


def upgrade():
    _replace(AFTER)


def downgrade():
    _replace(BEFORE)


def _replace(statements):
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER transfer_moves_counters ON transfer")
        op.execute("DROP FUNCTION transfer_moves_counters()")
        for statement in statements:
            op.get_bind().exec_driver_sql(statement)
