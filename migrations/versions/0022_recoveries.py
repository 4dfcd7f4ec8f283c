"""Claims on groups and their write-off by a committee; no more paid out of a fund than came from its donor."""

import sqlalchemy as sa
from alembic import op

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER transfer_written_off_by_a_committee BEFORE INSERT ON transfer WHEN NEW.kind = 'write_off' AND NOT EXISTS (SELECT 1 FROM write_off WHERE NEW.key = 'write_off:' || write_off.id AND write_off.project_id = NEW.project_id AND write_off.amount = NEW.amount) BEGIN SELECT RAISE(ABORT, 'only a committee writes a debt off'); END",
        "CREATE TRIGGER recovery_schedule_no_update BEFORE UPDATE ON recovery_schedule BEGIN SELECT RAISE(ABORT, 'recovery_schedule is append-only'); END",
        "CREATE TRIGGER recovery_schedule_no_delete BEFORE DELETE ON recovery_schedule BEGIN SELECT RAISE(ABORT, 'recovery_schedule is append-only'); END",
        "CREATE TRIGGER instalment_no_update BEFORE UPDATE ON instalment BEGIN SELECT RAISE(ABORT, 'instalment is append-only'); END",
        "CREATE TRIGGER instalment_no_delete BEFORE DELETE ON instalment BEGIN SELECT RAISE(ABORT, 'instalment is append-only'); END",
        "CREATE TRIGGER recovery_reminder_no_update BEFORE UPDATE ON recovery_reminder BEGIN SELECT RAISE(ABORT, 'recovery_reminder is append-only'); END",
        "CREATE TRIGGER recovery_reminder_no_delete BEFORE DELETE ON recovery_reminder BEGIN SELECT RAISE(ABORT, 'recovery_reminder is append-only'); END",
        "CREATE TRIGGER write_off_no_update BEFORE UPDATE ON write_off BEGIN SELECT RAISE(ABORT, 'write_off is append-only'); END",
        "CREATE TRIGGER write_off_no_delete BEFORE DELETE ON write_off BEGIN SELECT RAISE(ABORT, 'write_off is append-only'); END",
        "CREATE TRIGGER recovery_fixed BEFORE UPDATE OF project_id, paid, settled, amount, unspent, ineligible, unproven ON recovery WHEN NEW.project_id <> OLD.project_id OR NEW.amount <> OLD.amount OR NEW.paid <> OLD.paid OR NEW.settled <> OLD.settled OR NEW.unspent <> OLD.unspent OR NEW.ineligible <> OLD.ineligible OR NEW.unproven <> OLD.unproven BEGIN SELECT RAISE(ABORT, 'what is claimed is never changed'); END",
        "CREATE TRIGGER recovery_schedule_adds_up BEFORE UPDATE OF schedule ON recovery WHEN NEW.schedule IS NOT NULL AND (OLD.schedule IS NULL OR NEW.schedule <> OLD.schedule) AND NOT EXISTS (SELECT 1 FROM recovery_schedule WHERE recovery_schedule.recovery_id = NEW.id AND recovery_schedule.number = NEW.schedule AND recovery_schedule.total = NEW.amount - NEW.refunded - NEW.written_off AND recovery_schedule.total = (SELECT SUM(instalment.amount) FROM instalment WHERE instalment.schedule_id = recovery_schedule.id)) BEGIN SELECT RAISE(ABORT, 'the instalments must add up to what is left'); END",
        "CREATE TRIGGER instalment_before_agreement BEFORE INSERT ON instalment WHEN EXISTS (SELECT 1 FROM recovery_schedule JOIN recovery ON recovery.id = recovery_schedule.recovery_id WHERE recovery_schedule.id = NEW.schedule_id AND recovery.schedule >= recovery_schedule.number) BEGIN SELECT RAISE(ABORT, 'a schedule that was agreed is never changed'); END",
        "CREATE TRIGGER refund_of_its_project BEFORE INSERT ON refund WHEN NEW.recovery_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recovery WHERE recovery.id = NEW.recovery_id AND recovery.project_id = NEW.project_id AND recovery.waits_for IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'a refund belongs to a claim under way on the same micro-project'); END",
        'CREATE TRIGGER refund_moves_recovery AFTER INSERT ON refund BEGIN UPDATE recovery SET refunded = refunded + NEW.amount WHERE id = NEW.recovery_id; END',
        "CREATE TRIGGER write_off_by_the_committee BEFORE INSERT ON write_off WHEN NOT EXISTS (SELECT 1 FROM committee_session JOIN committee ON committee.id = committee_session.committee_id JOIN recovery ON recovery.id = NEW.recovery_id WHERE committee_session.id = NEW.session_id AND committee_session.step = 'in_session' AND (committee.place_code IS NULL OR substr(recovery.place_code, 1, length(committee.place_code)) = committee.place_code) AND recovery.project_id = NEW.project_id AND recovery.proposed_by_id = NEW.proposed_by_id AND NEW.amount = recovery.amount - recovery.refunded - recovery.written_off AND EXISTS (SELECT 1 FROM seat WHERE seat.committee_id = committee.id AND seat.person_id = NEW.by_id AND seat.office = 'chair' AND seat.until IS NULL) AND NEW.votes_for + NEW.votes_against + NEW.abstentions BETWEEN committee.quorum AND (SELECT COUNT(*) FROM attendance JOIN seat ON seat.person_id = attendance.person_id AND seat.committee_id = committee_session.committee_id AND seat.until IS NULL AND seat.office IN ('chair', 'member') WHERE attendance.session_id = committee_session.id AND attendance.present)) BEGIN SELECT RAISE(ABORT, 'only a committee in session writes a debt off'); END",
        'CREATE TRIGGER write_off_moves_recovery AFTER INSERT ON write_off BEGIN UPDATE recovery SET written_off = written_off + NEW.amount WHERE id = NEW.recovery_id; END',
    ],
    "postgresql": [
        "CREATE FUNCTION transfer_written_off_by_a_committee() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind = 'write_off' AND NOT EXISTS (SELECT 1 FROM write_off WHERE NEW.key = 'write_off:' || write_off.id AND write_off.project_id = NEW.project_id AND write_off.amount = NEW.amount) THEN RAISE EXCEPTION 'only a committee writes a debt off'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER transfer_written_off_by_a_committee BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_written_off_by_a_committee()',
        "CREATE FUNCTION recovery_schedule_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'recovery_schedule is append-only'; END $$",
        'CREATE TRIGGER recovery_schedule_no_update BEFORE UPDATE ON recovery_schedule FOR EACH ROW EXECUTE FUNCTION recovery_schedule_no_update()',
        "CREATE FUNCTION recovery_schedule_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'recovery_schedule is append-only'; END $$",
        'CREATE TRIGGER recovery_schedule_no_delete BEFORE DELETE ON recovery_schedule FOR EACH ROW EXECUTE FUNCTION recovery_schedule_no_delete()',
        'CREATE TRIGGER recovery_schedule_no_truncate BEFORE TRUNCATE ON recovery_schedule EXECUTE FUNCTION recovery_schedule_no_delete()',
        "CREATE FUNCTION instalment_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'instalment is append-only'; END $$",
        'CREATE TRIGGER instalment_no_update BEFORE UPDATE ON instalment FOR EACH ROW EXECUTE FUNCTION instalment_no_update()',
        "CREATE FUNCTION instalment_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'instalment is append-only'; END $$",
        'CREATE TRIGGER instalment_no_delete BEFORE DELETE ON instalment FOR EACH ROW EXECUTE FUNCTION instalment_no_delete()',
        'CREATE TRIGGER instalment_no_truncate BEFORE TRUNCATE ON instalment EXECUTE FUNCTION instalment_no_delete()',
        "CREATE FUNCTION recovery_reminder_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'recovery_reminder is append-only'; END $$",
        'CREATE TRIGGER recovery_reminder_no_update BEFORE UPDATE ON recovery_reminder FOR EACH ROW EXECUTE FUNCTION recovery_reminder_no_update()',
        "CREATE FUNCTION recovery_reminder_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'recovery_reminder is append-only'; END $$",
        'CREATE TRIGGER recovery_reminder_no_delete BEFORE DELETE ON recovery_reminder FOR EACH ROW EXECUTE FUNCTION recovery_reminder_no_delete()',
        'CREATE TRIGGER recovery_reminder_no_truncate BEFORE TRUNCATE ON recovery_reminder EXECUTE FUNCTION recovery_reminder_no_delete()',
        "CREATE FUNCTION write_off_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'write_off is append-only'; END $$",
        'CREATE TRIGGER write_off_no_update BEFORE UPDATE ON write_off FOR EACH ROW EXECUTE FUNCTION write_off_no_update()',
        "CREATE FUNCTION write_off_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'write_off is append-only'; END $$",
        'CREATE TRIGGER write_off_no_delete BEFORE DELETE ON write_off FOR EACH ROW EXECUTE FUNCTION write_off_no_delete()',
        'CREATE TRIGGER write_off_no_truncate BEFORE TRUNCATE ON write_off EXECUTE FUNCTION write_off_no_delete()',
        "CREATE FUNCTION recovery_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.project_id <> OLD.project_id OR NEW.amount <> OLD.amount OR NEW.paid <> OLD.paid OR NEW.settled <> OLD.settled OR NEW.unspent <> OLD.unspent OR NEW.ineligible <> OLD.ineligible OR NEW.unproven <> OLD.unproven THEN RAISE EXCEPTION 'what is claimed is never changed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER recovery_fixed BEFORE UPDATE OF project_id, paid, settled, amount, unspent, ineligible, unproven ON recovery FOR EACH ROW EXECUTE FUNCTION recovery_fixed()',
        "CREATE FUNCTION recovery_schedule_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.schedule IS NOT NULL AND (OLD.schedule IS NULL OR NEW.schedule <> OLD.schedule) AND NOT EXISTS (SELECT 1 FROM recovery_schedule WHERE recovery_schedule.recovery_id = NEW.id AND recovery_schedule.number = NEW.schedule AND recovery_schedule.total = NEW.amount - NEW.refunded - NEW.written_off AND recovery_schedule.total = (SELECT SUM(instalment.amount) FROM instalment WHERE instalment.schedule_id = recovery_schedule.id)) THEN RAISE EXCEPTION 'the instalments must add up to what is left'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER recovery_schedule_adds_up BEFORE UPDATE OF schedule ON recovery FOR EACH ROW EXECUTE FUNCTION recovery_schedule_adds_up()',
        "CREATE FUNCTION instalment_before_agreement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM recovery_schedule JOIN recovery ON recovery.id = recovery_schedule.recovery_id WHERE recovery_schedule.id = NEW.schedule_id AND recovery.schedule >= recovery_schedule.number) THEN RAISE EXCEPTION 'a schedule that was agreed is never changed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER instalment_before_agreement BEFORE INSERT ON instalment FOR EACH ROW EXECUTE FUNCTION instalment_before_agreement()',
        "CREATE FUNCTION refund_of_its_project() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.recovery_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recovery WHERE recovery.id = NEW.recovery_id AND recovery.project_id = NEW.project_id AND recovery.waits_for IS NOT NULL) THEN RAISE EXCEPTION 'a refund belongs to a claim under way on the same micro-project'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER refund_of_its_project BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_of_its_project()',
        'CREATE FUNCTION refund_moves_recovery() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE recovery SET refunded = refunded + NEW.amount WHERE id = NEW.recovery_id; RETURN NEW; END $$',
        'CREATE TRIGGER refund_moves_recovery AFTER INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_moves_recovery()',
        "CREATE FUNCTION write_off_by_the_committee() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM committee_session JOIN committee ON committee.id = committee_session.committee_id JOIN recovery ON recovery.id = NEW.recovery_id WHERE committee_session.id = NEW.session_id AND committee_session.step = 'in_session' AND (committee.place_code IS NULL OR substr(recovery.place_code, 1, length(committee.place_code)) = committee.place_code) AND recovery.project_id = NEW.project_id AND recovery.proposed_by_id = NEW.proposed_by_id AND NEW.amount = recovery.amount - recovery.refunded - recovery.written_off AND EXISTS (SELECT 1 FROM seat WHERE seat.committee_id = committee.id AND seat.person_id = NEW.by_id AND seat.office = 'chair' AND seat.until IS NULL) AND NEW.votes_for + NEW.votes_against + NEW.abstentions BETWEEN committee.quorum AND (SELECT COUNT(*) FROM attendance JOIN seat ON seat.person_id = attendance.person_id AND seat.committee_id = committee_session.committee_id AND seat.until IS NULL AND seat.office IN ('chair', 'member') WHERE attendance.session_id = committee_session.id AND attendance.present)) THEN RAISE EXCEPTION 'only a committee in session writes a debt off'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER write_off_by_the_committee BEFORE INSERT ON write_off FOR EACH ROW EXECUTE FUNCTION write_off_by_the_committee()',
        'CREATE FUNCTION write_off_moves_recovery() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE recovery SET written_off = written_off + NEW.amount WHERE id = NEW.recovery_id; RETURN NEW; END $$',
        'CREATE TRIGGER write_off_moves_recovery AFTER INSERT ON write_off FOR EACH ROW EXECUTE FUNCTION write_off_moves_recovery()',
    ],
}
# Triggers of tables that stay when this is taken back, and functions of all.
STAYING = {"transfer_written_off_by_a_committee": "transfer", "refund_of_its_project": "refund", "refund_moves_recovery": "refund"}
FUNCTIONS = ['transfer_written_off_by_a_committee', 'recovery_schedule_no_update', 'recovery_schedule_no_delete', 'instalment_no_update', 'instalment_no_delete', 'recovery_reminder_no_update', 'recovery_reminder_no_delete', 'write_off_no_update', 'write_off_no_delete', 'recovery_fixed', 'recovery_schedule_adds_up', 'instalment_before_agreement', 'refund_of_its_project', 'refund_moves_recovery', 'write_off_by_the_committee', 'write_off_moves_recovery']
COUNTERS = {
    "sqlite": "CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END, written_off = written_off + CASE NEW.kind WHEN 'write_off' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END, written_off = written_off + CASE NEW.kind WHEN 'write_off' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; UPDATE fund SET endowed = endowed + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out'); UPDATE fund SET spent = spent + CASE NEW.kind WHEN 'pay' THEN NEW.amount ELSE -NEW.amount END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('pay', 'reverse_pay', 'refund'); END",
    "postgresql": "CREATE OR REPLACE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END, written_off = written_off + CASE NEW.kind WHEN 'write_off' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END, written_off = written_off + CASE NEW.kind WHEN 'write_off' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; UPDATE fund SET endowed = endowed + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out'); UPDATE fund SET spent = spent + CASE NEW.kind WHEN 'pay' THEN NEW.amount ELSE -NEW.amount END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('pay', 'reverse_pay', 'refund'); RETURN NEW; END $$",
}
COUNTERS_BEFORE = {
    "sqlite": "CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; UPDATE fund SET endowed = endowed + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out'); END",
    "postgresql": "CREATE OR REPLACE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; UPDATE fund SET endowed = endowed + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out'); RETURN NEW; END $$",
}
KINDS = "kind IN ('endow', 'withdraw', 'shift_in', 'shift_out', 'reserve', 'release', 'commit', 'uncommit', 'pay', 'justify', 'refund', 'write_off', 'reverse_pay', 'reverse_justify')"
KINDS_BEFORE = "kind IN ('endow', 'withdraw', 'shift_in', 'shift_out', 'reserve', 'release', 'commit', 'uncommit', 'pay', 'justify', 'refund', 'reverse_pay', 'reverse_justify')"
SETTLED = "justified >= 0 AND refunded >= 0 AND written_off >= 0 AND justified + refunded + written_off <= paid"
SETTLED_BEFORE = "justified >= 0 AND refunded >= 0 AND justified + refunded <= paid"


def counters(statements):
    """Make the trigger anew that moves the counters."""
    if op.get_bind().dialect.name == "sqlite":
        op.get_bind().exec_driver_sql("DROP TRIGGER transfer_moves_counters")
    op.get_bind().exec_driver_sql(statements[op.get_bind().dialect.name])


def upgrade():
    op.create_table('recovery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=False),
    sa.Column('claimed_on', sa.Date(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('settled', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('unspent', sa.BigInteger(), nullable=False),
    sa.Column('ineligible', sa.BigInteger(), nullable=False),
    sa.Column('unproven', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('refunded', sa.BigInteger(), nullable=False),
    sa.Column('written_off', sa.BigInteger(), nullable=False),
    sa.Column('schedule', sa.Integer(), nullable=True),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('step_since', UtcDateTime(), nullable=False),
    sa.Column('waits_for', sa.String(length=30), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('state_revision', sa.Integer(), nullable=False),
    sa.Column('workflow_version_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_recovery_reason')),
    sa.CheckConstraint('amount = paid - settled', name=op.f('ck_recovery_calculated')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_recovery_amount')),
    sa.CheckConstraint('refunded >= 0 AND written_off >= 0 AND refunded + written_off <= amount', name=op.f('ck_recovery_settled')),
    sa.CheckConstraint('state_revision > 0', name=op.f('ck_recovery_state_revision')),
    sa.CheckConstraint('unspent >= 0 AND ineligible >= 0 AND unproven >= 0 AND amount = unspent + ineligible + unproven', name=op.f('ck_recovery_parts')),
    sa.CheckConstraint('waits_for IS NOT NULL OR due_at IS NULL', name=op.f('ck_recovery_due_only_while_waiting')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_recovery_document_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_recovery_project_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_recovery_proposed_by_id')),
    sa.ForeignKeyConstraint(['workflow_version_id'], ['workflow_version.id'], name=op.f('fk_recovery_workflow_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery')),
    sa.UniqueConstraint('reference', name=op.f('uq_recovery_reference'))
    )
    op.create_index('ix_recovery_project_id', 'recovery', ['project_id'], unique=False)
    op.create_index('ix_recovery_step', 'recovery', ['step'], unique=False)
    op.create_index('ix_recovery_waits_for_due_at', 'recovery', ['waits_for', 'due_at'], unique=False)
    op.create_index('uq_recovery_under_way', 'recovery', ['project_id'], unique=True, sqlite_where=sa.text('waits_for IS NOT NULL'), postgresql_where=sa.text('waits_for IS NOT NULL'))
    op.create_table('recovery_schedule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recovery_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('total > 0 AND number > 0', name=op.f('ck_recovery_schedule_whole')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_recovery_schedule_by_id')),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], name=op.f('fk_recovery_schedule_recovery_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_schedule')),
    sa.UniqueConstraint('recovery_id', 'number', name=op.f('uq_recovery_schedule_recovery_id_number'))
    )
    op.create_table('write_off',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recovery_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('votes_for', sa.Integer(), nullable=False),
    sa.Column('votes_against', sa.Integer(), nullable=False),
    sa.Column('abstentions', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_write_off_amount')),
    sa.CheckConstraint('length(reason) >= 10', name=op.f('ck_write_off_reason')),
    sa.CheckConstraint('proposed_by_id <> by_id', name=op.f('ck_write_off_two_people')),
    sa.CheckConstraint('votes_against >= 0 AND abstentions >= 0 AND votes_for > votes_against', name=op.f('ck_write_off_majority')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_write_off_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_write_off_project_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_write_off_proposed_by_id')),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], name=op.f('fk_write_off_recovery_id')),
    sa.ForeignKeyConstraint(['session_id'], ['committee_session.id'], name=op.f('fk_write_off_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_write_off')),
    sa.UniqueConstraint('recovery_id', name=op.f('uq_write_off_recovery_id'))
    )
    op.create_table('instalment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('schedule_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount > 0 AND number > 0', name=op.f('ck_instalment_whole')),
    sa.ForeignKeyConstraint(['schedule_id'], ['recovery_schedule.id'], name=op.f('fk_instalment_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instalment')),
    sa.UniqueConstraint('schedule_id', 'number', name=op.f('uq_instalment_schedule_id_number'))
    )
    op.create_index('ix_instalment_due_on', 'instalment', ['due_on'], unique=False)
    op.create_table('recovery_reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recovery_id', sa.Integer(), nullable=False),
    sa.Column('instalment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('before', 'after', 'again')", name=op.f('ck_recovery_reminder_kind')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_recovery_reminder_document_id')),
    sa.ForeignKeyConstraint(['instalment_id'], ['instalment.id'], name=op.f('fk_recovery_reminder_instalment_id')),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], name=op.f('fk_recovery_reminder_recovery_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_reminder')),
    sa.UniqueConstraint('instalment_id', 'kind', name=op.f('uq_recovery_reminder_instalment_id_kind'))
    )
    op.create_index(op.f('ix_recovery_reminder_recovery_id'), 'recovery_reminder', ['recovery_id'], unique=False)
    for table in ("envelope", "award_balance"):
        with altered(table) as batch:
            batch.add_column(sa.Column("written_off", sa.BigInteger(), nullable=False, server_default="0"))
        with altered(table) as batch:
            batch.alter_column("written_off", existing_type=sa.BigInteger(), server_default=None)
            batch.drop_constraint(op.f(f"ck_{table}_settled"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_settled"), SETTLED)
    with altered("fund") as batch:
        batch.add_column(sa.Column("spent", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("prefinanced", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE fund SET spent = (SELECT COALESCE(SUM(paid - refunded), 0) FROM envelope WHERE fund_id = fund.id)")
    # Where more was paid than was recorded as received, the programme has advanced it: that is what it is from now on.
    op.execute(sa.text("UPDATE fund SET prefinanced = :yes WHERE spent > received").bindparams(yes=True))
    with altered("fund") as batch:
        batch.alter_column("spent", existing_type=sa.BigInteger(), server_default=None)
        batch.alter_column("prefinanced", existing_type=sa.Boolean(), server_default=None)
        batch.create_check_constraint(op.f("ck_fund_spent"), "prefinanced OR spent <= received")
    with altered("refund") as batch:
        batch.add_column(sa.Column("recovery_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("document_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_refund_recovery_id"), "recovery", ["recovery_id"], ["id"])
        batch.create_foreign_key(op.f("fk_refund_document_id"), "document", ["document_id"], ["id"])
        batch.create_index("ix_refund_recovery_id", ["recovery_id"])
    with altered("transfer") as batch:
        batch.drop_constraint(op.f("ck_transfer_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_transfer_kind"), KINDS)
    counters(COUNTERS)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    """A write-off is a movement of the ledger: with one of them there, this step does not go down."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for name, table in STAYING.items():
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgres else ""))
    counters(COUNTERS_BEFORE)
    with altered("transfer") as batch:
        batch.drop_constraint(op.f("ck_transfer_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_transfer_kind"), KINDS_BEFORE)
    with altered("refund") as batch:
        batch.drop_index("ix_refund_recovery_id")
        batch.drop_constraint(op.f("fk_refund_document_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_refund_recovery_id"), type_="foreignkey")
        batch.drop_column("document_id")
        batch.drop_column("recovery_id")
    with altered("fund") as batch:
        batch.drop_constraint(op.f("ck_fund_spent"), type_="check")
        batch.drop_column("prefinanced")
        batch.drop_column("spent")
    for table in ("award_balance", "envelope"):
        with altered(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_settled"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_settled"), SETTLED_BEFORE)
            batch.drop_column("written_off")
    for table in ("recovery_reminder", "instalment", "write_off", "recovery_schedule", "recovery"):
        op.drop_table(table)
    if postgres:
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
