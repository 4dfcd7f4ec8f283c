"""Agreements in their own currency, envelopes for a region or kind, transfers between envelopes by two people, the books.

Funds that are there become agreements in francs over what their envelopes hold. The one row of `books_calendar` says that
no month is closed; the chart and the entries of what happened before come with `flask setup`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER fund_receipt_no_update BEFORE UPDATE ON fund_receipt BEGIN SELECT RAISE(ABORT, 'fund_receipt is append-only'); END",
        "CREATE TRIGGER fund_receipt_no_delete BEFORE DELETE ON fund_receipt BEGIN SELECT RAISE(ABORT, 'fund_receipt is append-only'); END",
        "CREATE TRIGGER fund_receipt_moves_fund AFTER INSERT ON fund_receipt BEGIN UPDATE fund SET received = received + CASE NEW.kind WHEN 'receipt' THEN NEW.amount ELSE -NEW.amount END WHERE id = NEW.fund_id; END",
        "CREATE TRIGGER ledger_check_no_update BEFORE UPDATE ON ledger_check BEGIN SELECT RAISE(ABORT, 'ledger_check is append-only'); END",
        "CREATE TRIGGER ledger_check_no_delete BEFORE DELETE ON ledger_check BEGIN SELECT RAISE(ABORT, 'ledger_check is append-only'); END",
        "CREATE TRIGGER transfer_keeps_the_purpose BEFORE INSERT ON transfer WHEN NEW.kind = 'reserve' AND EXISTS (SELECT 1 FROM envelope JOIN project ON project.id = NEW.project_id WHERE envelope.id = NEW.envelope_id AND (substr(project.place_code, 1, length(envelope.place_code)) <> envelope.place_code OR project.kind <> envelope.kind)) BEGIN SELECT RAISE(ABORT, 'this envelope is for another region or kind'); END",
        "CREATE TRIGGER transfer_is_a_confirmed_leg BEFORE INSERT ON transfer WHEN NEW.reallocation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reallocation WHERE reallocation.id = NEW.reallocation_id AND reallocation.confirmed_at IS NOT NULL AND reallocation.amount = NEW.amount AND (NEW.kind = 'shift_out' AND reallocation.source_id = NEW.envelope_id OR NEW.kind = 'shift_in' AND reallocation.target_id = NEW.envelope_id)) BEGIN SELECT RAISE(ABORT, 'a transfer between envelopes has two people and two legs'); END",
        "CREATE TRIGGER reallocation_in_one_fund BEFORE INSERT ON reallocation WHEN (SELECT fund_id FROM envelope WHERE id = NEW.source_id) <> (SELECT fund_id FROM envelope WHERE id = NEW.target_id) BEGIN SELECT RAISE(ABORT, 'money stays in its fund'); END",
        "CREATE TRIGGER reallocation_is_proposed_first BEFORE INSERT ON reallocation WHEN NEW.confirmed_at IS NOT NULL OR NEW.refused_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a transfer between envelopes is proposed first'); END",
        "CREATE TRIGGER reallocation_keeps_its_end BEFORE UPDATE ON reallocation WHEN OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL OR NEW.reference <> OLD.reference OR NEW.source_id <> OLD.source_id OR NEW.target_id <> OLD.target_id OR NEW.amount <> OLD.amount OR NEW.proposed_by_id <> OLD.proposed_by_id BEGIN SELECT RAISE(ABORT, 'a transfer between envelopes is not rewritten'); END",
        "CREATE TRIGGER reallocation_stays BEFORE DELETE ON reallocation WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a transfer between envelopes is not removed'); END",
        "CREATE TRIGGER reallocation_moves_both_legs AFTER UPDATE ON reallocation WHEN NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL BEGIN INSERT INTO transfer (key, kind, envelope_id, amount, reference, reallocation_id, by_id, at) VALUES ('shift_out:' || NEW.reference, 'shift_out', NEW.source_id, NEW.amount, NEW.reference, NEW.id, NEW.confirmed_by_id, NEW.confirmed_at); INSERT INTO transfer (key, kind, envelope_id, amount, reference, reallocation_id, by_id, at) VALUES ('shift_in:' || NEW.reference, 'shift_in', NEW.target_id, NEW.amount, NEW.reference, NEW.id, NEW.confirmed_by_id, NEW.confirmed_at); END",
        "CREATE TRIGGER booking_rule_no_update BEFORE UPDATE ON booking_rule BEGIN SELECT RAISE(ABORT, 'booking_rule is append-only'); END",
        "CREATE TRIGGER booking_rule_no_delete BEFORE DELETE ON booking_rule BEGIN SELECT RAISE(ABORT, 'booking_rule is append-only'); END",
        "CREATE TRIGGER book_entry_no_update BEFORE UPDATE ON book_entry BEGIN SELECT RAISE(ABORT, 'book_entry is append-only'); END",
        "CREATE TRIGGER book_entry_no_delete BEFORE DELETE ON book_entry BEGIN SELECT RAISE(ABORT, 'book_entry is append-only'); END",
        "CREATE TRIGGER books_period_no_update BEFORE UPDATE ON books_period BEGIN SELECT RAISE(ABORT, 'books_period is append-only'); END",
        "CREATE TRIGGER books_period_no_delete BEFORE DELETE ON books_period BEGIN SELECT RAISE(ABORT, 'books_period is append-only'); END",
        "CREATE TRIGGER book_entry_in_an_open_month BEFORE INSERT ON book_entry WHEN EXISTS (SELECT 1 FROM books_calendar WHERE closed_through >= NEW.day) BEGIN SELECT RAISE(ABORT, 'this month is closed'); END",
        "CREATE TRIGGER book_entry_is_of_its_source BEFORE INSERT ON book_entry WHEN NOT (EXISTS (SELECT 1 FROM transfer WHERE id = NEW.transfer_id AND amount = NEW.amount) OR EXISTS (SELECT 1 FROM fund_receipt WHERE id = NEW.receipt_id AND amount = NEW.amount) OR EXISTS (SELECT 1 FROM book_entry WHERE id = NEW.corrects_id AND amount = NEW.amount AND (NEW.side = 'debit' AND NEW.credit = debit OR NEW.side = 'credit' AND NEW.debit = credit))) BEGIN SELECT RAISE(ABORT, 'an entry has the amount of what it books'); END",
        "CREATE TRIGGER books_period_follows_the_last BEFORE INSERT ON books_period WHEN EXISTS (SELECT 1 FROM books_calendar WHERE date(closed_through, '+1 day') <> NEW.starts_on) BEGIN SELECT RAISE(ABORT, 'months are closed one after the other'); END",
        "CREATE TRIGGER books_period_closes AFTER INSERT ON books_period BEGIN UPDATE books_calendar SET closed_through = NEW.ends_on WHERE id = 1; END",
        "CREATE TRIGGER books_calendar_never_goes_back BEFORE UPDATE ON books_calendar WHEN NEW.closed_through IS NULL OR NEW.closed_through <= OLD.closed_through OR NOT EXISTS (SELECT 1 FROM books_period WHERE ends_on = NEW.closed_through) BEGIN SELECT RAISE(ABORT, 'a closed month stays closed'); END",
        "CREATE TRIGGER books_calendar_stays BEFORE DELETE ON books_calendar WHEN OLD.id = 1 BEGIN SELECT RAISE(ABORT, 'a closed month stays closed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION fund_receipt_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'fund_receipt is append-only'; END $$",
        "CREATE TRIGGER fund_receipt_no_update BEFORE UPDATE ON fund_receipt FOR EACH ROW EXECUTE FUNCTION fund_receipt_no_update()",
        "CREATE FUNCTION fund_receipt_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'fund_receipt is append-only'; END $$",
        "CREATE TRIGGER fund_receipt_no_delete BEFORE DELETE ON fund_receipt FOR EACH ROW EXECUTE FUNCTION fund_receipt_no_delete()",
        "CREATE TRIGGER fund_receipt_no_truncate BEFORE TRUNCATE ON fund_receipt EXECUTE FUNCTION fund_receipt_no_delete()",
        "CREATE FUNCTION fund_receipt_moves_fund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE fund SET received = received + CASE NEW.kind WHEN 'receipt' THEN NEW.amount ELSE -NEW.amount END WHERE id = NEW.fund_id; RETURN NEW; END $$",
        "CREATE TRIGGER fund_receipt_moves_fund AFTER INSERT ON fund_receipt FOR EACH ROW EXECUTE FUNCTION fund_receipt_moves_fund()",
        "CREATE FUNCTION ledger_check_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_check is append-only'; END $$",
        "CREATE TRIGGER ledger_check_no_update BEFORE UPDATE ON ledger_check FOR EACH ROW EXECUTE FUNCTION ledger_check_no_update()",
        "CREATE FUNCTION ledger_check_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_check is append-only'; END $$",
        "CREATE TRIGGER ledger_check_no_delete BEFORE DELETE ON ledger_check FOR EACH ROW EXECUTE FUNCTION ledger_check_no_delete()",
        "CREATE TRIGGER ledger_check_no_truncate BEFORE TRUNCATE ON ledger_check EXECUTE FUNCTION ledger_check_no_delete()",
        "CREATE FUNCTION transfer_keeps_the_purpose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind = 'reserve' AND EXISTS (SELECT 1 FROM envelope JOIN project ON project.id = NEW.project_id WHERE envelope.id = NEW.envelope_id AND (substr(project.place_code, 1, length(envelope.place_code)) <> envelope.place_code OR project.kind <> envelope.kind)) THEN RAISE EXCEPTION 'this envelope is for another region or kind'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER transfer_keeps_the_purpose BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_keeps_the_purpose()",
        "CREATE FUNCTION transfer_is_a_confirmed_leg() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reallocation_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reallocation WHERE reallocation.id = NEW.reallocation_id AND reallocation.confirmed_at IS NOT NULL AND reallocation.amount = NEW.amount AND (NEW.kind = 'shift_out' AND reallocation.source_id = NEW.envelope_id OR NEW.kind = 'shift_in' AND reallocation.target_id = NEW.envelope_id)) THEN RAISE EXCEPTION 'a transfer between envelopes has two people and two legs'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER transfer_is_a_confirmed_leg BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_is_a_confirmed_leg()",
        "CREATE FUNCTION reallocation_in_one_fund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT fund_id FROM envelope WHERE id = NEW.source_id) <> (SELECT fund_id FROM envelope WHERE id = NEW.target_id) THEN RAISE EXCEPTION 'money stays in its fund'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER reallocation_in_one_fund BEFORE INSERT ON reallocation FOR EACH ROW EXECUTE FUNCTION reallocation_in_one_fund()",
        "CREATE FUNCTION reallocation_is_proposed_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.confirmed_at IS NOT NULL OR NEW.refused_at IS NOT NULL THEN RAISE EXCEPTION 'a transfer between envelopes is proposed first'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER reallocation_is_proposed_first BEFORE INSERT ON reallocation FOR EACH ROW EXECUTE FUNCTION reallocation_is_proposed_first()",
        "CREATE FUNCTION reallocation_keeps_its_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.confirmed_at IS NOT NULL OR OLD.refused_at IS NOT NULL OR NEW.reference <> OLD.reference OR NEW.source_id <> OLD.source_id OR NEW.target_id <> OLD.target_id OR NEW.amount <> OLD.amount OR NEW.proposed_by_id <> OLD.proposed_by_id THEN RAISE EXCEPTION 'a transfer between envelopes is not rewritten'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER reallocation_keeps_its_end BEFORE UPDATE ON reallocation FOR EACH ROW EXECUTE FUNCTION reallocation_keeps_its_end()",
        "CREATE FUNCTION reallocation_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'a transfer between envelopes is not removed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER reallocation_stays BEFORE DELETE ON reallocation FOR EACH ROW EXECUTE FUNCTION reallocation_stays()",
        "CREATE FUNCTION reallocation_moves_both_legs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL THEN INSERT INTO transfer (key, kind, envelope_id, amount, reference, reallocation_id, by_id, at) VALUES ('shift_out:' || NEW.reference, 'shift_out', NEW.source_id, NEW.amount, NEW.reference, NEW.id, NEW.confirmed_by_id, NEW.confirmed_at); INSERT INTO transfer (key, kind, envelope_id, amount, reference, reallocation_id, by_id, at) VALUES ('shift_in:' || NEW.reference, 'shift_in', NEW.target_id, NEW.amount, NEW.reference, NEW.id, NEW.confirmed_by_id, NEW.confirmed_at); END IF; RETURN NEW; END $$",
        "CREATE TRIGGER reallocation_moves_both_legs AFTER UPDATE ON reallocation FOR EACH ROW EXECUTE FUNCTION reallocation_moves_both_legs()",
        "CREATE FUNCTION booking_rule_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'booking_rule is append-only'; END $$",
        "CREATE TRIGGER booking_rule_no_update BEFORE UPDATE ON booking_rule FOR EACH ROW EXECUTE FUNCTION booking_rule_no_update()",
        "CREATE FUNCTION booking_rule_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'booking_rule is append-only'; END $$",
        "CREATE TRIGGER booking_rule_no_delete BEFORE DELETE ON booking_rule FOR EACH ROW EXECUTE FUNCTION booking_rule_no_delete()",
        "CREATE TRIGGER booking_rule_no_truncate BEFORE TRUNCATE ON booking_rule EXECUTE FUNCTION booking_rule_no_delete()",
        "CREATE FUNCTION book_entry_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'book_entry is append-only'; END $$",
        "CREATE TRIGGER book_entry_no_update BEFORE UPDATE ON book_entry FOR EACH ROW EXECUTE FUNCTION book_entry_no_update()",
        "CREATE FUNCTION book_entry_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'book_entry is append-only'; END $$",
        "CREATE TRIGGER book_entry_no_delete BEFORE DELETE ON book_entry FOR EACH ROW EXECUTE FUNCTION book_entry_no_delete()",
        "CREATE TRIGGER book_entry_no_truncate BEFORE TRUNCATE ON book_entry EXECUTE FUNCTION book_entry_no_delete()",
        "CREATE FUNCTION books_period_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'books_period is append-only'; END $$",
        "CREATE TRIGGER books_period_no_update BEFORE UPDATE ON books_period FOR EACH ROW EXECUTE FUNCTION books_period_no_update()",
        "CREATE FUNCTION books_period_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'books_period is append-only'; END $$",
        "CREATE TRIGGER books_period_no_delete BEFORE DELETE ON books_period FOR EACH ROW EXECUTE FUNCTION books_period_no_delete()",
        "CREATE TRIGGER books_period_no_truncate BEFORE TRUNCATE ON books_period EXECUTE FUNCTION books_period_no_delete()",
        "CREATE FUNCTION book_entry_in_an_open_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM books_calendar WHERE id = 1 FOR SHARE; IF EXISTS (SELECT 1 FROM books_calendar WHERE closed_through >= NEW.day) THEN RAISE EXCEPTION 'this month is closed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER book_entry_in_an_open_month BEFORE INSERT ON book_entry FOR EACH ROW EXECUTE FUNCTION book_entry_in_an_open_month()",
        "CREATE FUNCTION book_entry_is_of_its_source() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (EXISTS (SELECT 1 FROM transfer WHERE id = NEW.transfer_id AND amount = NEW.amount) OR EXISTS (SELECT 1 FROM fund_receipt WHERE id = NEW.receipt_id AND amount = NEW.amount) OR EXISTS (SELECT 1 FROM book_entry WHERE id = NEW.corrects_id AND amount = NEW.amount AND (NEW.side = 'debit' AND NEW.credit = debit OR NEW.side = 'credit' AND NEW.debit = credit))) THEN RAISE EXCEPTION 'an entry has the amount of what it books'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER book_entry_is_of_its_source BEFORE INSERT ON book_entry FOR EACH ROW EXECUTE FUNCTION book_entry_is_of_its_source()",
        "CREATE FUNCTION books_period_follows_the_last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM books_calendar WHERE closed_through + 1 <> NEW.starts_on) THEN RAISE EXCEPTION 'months are closed one after the other'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER books_period_follows_the_last BEFORE INSERT ON books_period FOR EACH ROW EXECUTE FUNCTION books_period_follows_the_last()",
        "CREATE FUNCTION books_period_closes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE books_calendar SET closed_through = NEW.ends_on WHERE id = 1; RETURN NEW; END $$",
        "CREATE TRIGGER books_period_closes AFTER INSERT ON books_period FOR EACH ROW EXECUTE FUNCTION books_period_closes()",
        "CREATE FUNCTION books_calendar_never_goes_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.closed_through IS NULL OR NEW.closed_through <= OLD.closed_through OR NOT EXISTS (SELECT 1 FROM books_period WHERE ends_on = NEW.closed_through) THEN RAISE EXCEPTION 'a closed month stays closed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER books_calendar_never_goes_back BEFORE UPDATE ON books_calendar FOR EACH ROW EXECUTE FUNCTION books_calendar_never_goes_back()",
        "CREATE FUNCTION books_calendar_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 1 THEN RAISE EXCEPTION 'a closed month stays closed'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER books_calendar_stays BEFORE DELETE ON books_calendar FOR EACH ROW EXECUTE FUNCTION books_calendar_stays()",
    ],
}
FUNCTIONS = [
    "fund_receipt_no_update",
    "fund_receipt_no_delete",
    "fund_receipt_moves_fund",
    "ledger_check_no_update",
    "ledger_check_no_delete",
    "transfer_keeps_the_purpose",
    "transfer_is_a_confirmed_leg",
    "reallocation_in_one_fund",
    "reallocation_is_proposed_first",
    "reallocation_keeps_its_end",
    "reallocation_stays",
    "reallocation_moves_both_legs",
    "booking_rule_no_update",
    "booking_rule_no_delete",
    "book_entry_no_update",
    "book_entry_no_delete",
    "books_period_no_update",
    "books_period_no_delete",
    "book_entry_in_an_open_month",
    "book_entry_is_of_its_source",
    "books_period_follows_the_last",
    "books_period_closes",
    "books_calendar_never_goes_back",
    "books_calendar_stays",
]
COUNTERS = {
    "sqlite": "CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; UPDATE fund SET endowed = endowed + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out'); END",
    "postgresql": "CREATE OR REPLACE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; UPDATE fund SET endowed = endowed + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount WHEN 'shift_in' THEN NEW.amount WHEN 'shift_out' THEN -NEW.amount ELSE 0 END WHERE id = (SELECT fund_id FROM envelope WHERE id = NEW.envelope_id) AND NEW.kind IN ('endow', 'withdraw', 'shift_in', 'shift_out'); RETURN NEW; END $$",
}
COUNTERS_BEFORE = {
    "sqlite": "CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; END",
    "postgresql": "CREATE OR REPLACE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; RETURN NEW; END $$",
}
KINDS = "kind IN ('endow', 'withdraw', 'shift_in', 'shift_out', 'reserve', 'release', 'commit', 'uncommit', 'pay', 'justify', 'refund', 'reverse_pay', 'reverse_justify')"
KINDS_BEFORE = "kind IN ('endow', 'withdraw', 'reserve', 'release', 'commit', 'uncommit', 'pay', 'justify', 'refund', 'reverse_pay', 'reverse_justify')"
FILLS = "(kind IN ('endow', 'withdraw', 'shift_in', 'shift_out')) = (project_id IS NULL)"
FILLS_BEFORE = "(kind IN ('endow', 'withdraw')) = (project_id IS NULL)"


def counters(statements):
    """Make the trigger anew that moves the counters."""
    if op.get_bind().dialect.name == "sqlite":
        op.get_bind().exec_driver_sql("DROP TRIGGER transfer_moves_counters")
    op.get_bind().exec_driver_sql(statements[op.get_bind().dialect.name])


def upgrade():
    op.create_table(
        "books_calendar",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_through", sa.Date(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_books_calendar_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_calendar")),
    )
    op.create_table(
        "book_account",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(number) >= 2", name=op.f("ck_book_account_number")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_book_account_by_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_book_account")),
    )
    op.create_table(
        "books_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("ends_on < closed_on", name=op.f("ck_books_period_over")),
        sa.CheckConstraint("entries >= 0 AND amount >= 0", name=op.f("ck_books_period_figures")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_books_period_days")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_books_period_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_period")),
        sa.UniqueConstraint("month", name=op.f("uq_books_period_month")),
    )
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("differences", JSON, nullable=False),
        sa.CheckConstraint("compared >= 0 AND milliseconds >= 0", name=op.f("ck_ledger_check_figures")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_ledger_check_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    op.create_index(op.f("ix_ledger_check_at"), "ledger_check", ["at"], unique=False)
    op.create_table(
        "booking_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("movement", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("debit", sa.String(length=10), nullable=True),
        sa.Column("credit", sa.String(length=10), nullable=True),
        sa.Column("also_debit", sa.String(length=10), nullable=True),
        sa.Column("also_credit", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("channel IN ('any', 'bank', 'wallet')", name=op.f("ck_booking_rule_channel")),
        sa.CheckConstraint(
            "(also_debit IS NULL) = (also_credit IS NULL) AND also_debit <> also_credit",
            name=op.f("ck_booking_rule_second_pair"),
        ),
        sa.CheckConstraint("(debit IS NULL) = (credit IS NULL) AND debit <> credit", name=op.f("ck_booking_rule_pair")),
        sa.CheckConstraint("also_debit IS NULL OR debit IS NOT NULL", name=op.f("ck_booking_rule_first_pair_first")),
        sa.CheckConstraint("version > 0", name=op.f("ck_booking_rule_version")),
        sa.ForeignKeyConstraint(["also_credit"], ["book_account.number"], name=op.f("fk_booking_rule_also_credit")),
        sa.ForeignKeyConstraint(["also_debit"], ["book_account.number"], name=op.f("fk_booking_rule_also_debit")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_booking_rule_by_id")),
        sa.ForeignKeyConstraint(["credit"], ["book_account.number"], name=op.f("fk_booking_rule_credit")),
        sa.ForeignKeyConstraint(["debit"], ["book_account.number"], name=op.f("fk_booking_rule_debit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_rule")),
        sa.UniqueConstraint("movement", "channel", "version", name=op.f("uq_booking_rule_movement_channel_version")),
    )
    op.create_table(
        "fund_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('receipt', 'return')", name=op.f("ck_fund_receipt_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_receipt_amount")),
        sa.CheckConstraint("cents > 0", name=op.f("ck_fund_receipt_cents")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_fund_receipt_by_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_receipt_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_receipt")),
        sa.UniqueConstraint("fund_id", "bank_reference", name=op.f("uq_fund_receipt_fund_id_bank_reference")),
        sa.UniqueConstraint("key", name=op.f("uq_fund_receipt_key")),
    )
    op.create_table(
        "reallocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paper", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("refusal", sa.String(length=500), nullable=False),
        sa.CheckConstraint("refused_at IS NULL OR refusal <> ''", name=op.f("ck_reallocation_refusal")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_reallocation_confirmed")
        ),
        sa.CheckConstraint("(refused_at IS NULL) = (refused_by_id IS NULL)", name=op.f("ck_reallocation_refused")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reallocation_amount")),
        sa.CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name=op.f("ck_reallocation_one_end")),
        sa.CheckConstraint("confirmed_by_id <> proposed_by_id", name=op.f("ck_reallocation_two_people")),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_reallocation_envelopes")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_reallocation_confirmed_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_reallocation_proposed_by_id")),
        sa.ForeignKeyConstraint(["refused_by_id"], ["person.id"], name=op.f("fk_reallocation_refused_by_id")),
        sa.ForeignKeyConstraint(["source_id"], ["envelope.id"], name=op.f("fk_reallocation_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["envelope.id"], name=op.f("fk_reallocation_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reallocation")),
        sa.UniqueConstraint("key", name=op.f("uq_reallocation_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_reallocation_reference")),
    )
    op.create_index(op.f("ix_reallocation_source_id"), "reallocation", ["source_id"], unique=False)
    op.create_index(op.f("ix_reallocation_target_id"), "reallocation", ["target_id"], unique=False)
    op.create_table(
        "book_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=True),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(length=6), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fact_on", sa.Date(), nullable=False),
        sa.Column("debit", sa.String(length=10), nullable=False),
        sa.Column("credit", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("envelope_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (side IS NULL) AND side IN ('debit', 'credit')", name=op.f("ck_book_entry_side")
        ),
        sa.CheckConstraint(
            "corrects_id IS NULL OR (reason <> '' AND by_id IS NOT NULL)", name=op.f("ck_book_entry_reason")
        ),
        sa.CheckConstraint(
            "CASE WHEN transfer_id IS NULL THEN 0 ELSE 1 END + CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN corrects_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_book_entry_source"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_book_entry_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_book_entry_accounts")),
        sa.CheckConstraint("fact_on <= day", name=op.f("ck_book_entry_fact")),
        sa.CheckConstraint("line IN (1, 2)", name=op.f("ck_book_entry_line")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_book_entry_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["book_entry.id"], name=op.f("fk_book_entry_corrects_id")),
        sa.ForeignKeyConstraint(["credit"], ["book_account.number"], name=op.f("fk_book_entry_credit")),
        sa.ForeignKeyConstraint(["debit"], ["book_account.number"], name=op.f("fk_book_entry_debit")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_book_entry_envelope_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_book_entry_fund_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_book_entry_project_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["fund_receipt.id"], name=op.f("fk_book_entry_receipt_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["booking_rule.id"], name=op.f("fk_book_entry_rule_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_book_entry_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_entry")),
        sa.UniqueConstraint("corrects_id", "side", name=op.f("uq_book_entry_corrects_id_side")),
        sa.UniqueConstraint("receipt_id", "line", name=op.f("uq_book_entry_receipt_id_line")),
        sa.UniqueConstraint("transfer_id", "line", name=op.f("uq_book_entry_transfer_id_line")),
    )
    op.create_index("ix_book_entry_credit", "book_entry", ["credit", "day", "id"], unique=False)
    op.create_index("ix_book_entry_day", "book_entry", ["day", "id"], unique=False)
    op.create_index("ix_book_entry_debit", "book_entry", ["debit", "day", "id"], unique=False)
    op.create_index(op.f("ix_book_entry_fund_id"), "book_entry", ["fund_id"], unique=False)
    op.create_index(op.f("ix_book_entry_project_id"), "book_entry", ["project_id"], unique=False)
    with altered("fund") as batch:
        batch.add_column(sa.Column("signed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("currency", sa.String(length=3), nullable=False, server_default="XOF"))
        batch.add_column(sa.Column("agreed_cents", sa.BigInteger(), nullable=False, server_default="100"))
        batch.add_column(sa.Column("rate", sa.BigInteger(), nullable=False, server_default="10000"))
        batch.add_column(sa.Column("agreed", sa.BigInteger(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("received", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("endowed", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE fund SET endowed = (SELECT coalesce(sum(ceiling), 0) FROM envelope WHERE envelope.fund_id = fund.id)"
    )
    op.execute("UPDATE fund SET agreed = endowed, agreed_cents = endowed * 100 WHERE endowed > 0")
    with altered("fund") as batch:
        for name in ("currency", "agreed_cents", "rate", "agreed", "received", "endowed"):
            batch.alter_column(name, server_default=None)
        batch.create_check_constraint(op.f("ck_fund_currency"), "length(currency) = 3")
        batch.create_check_constraint(op.f("ck_fund_franc"), "currency <> 'XOF' OR rate = 10000")
        batch.create_check_constraint(op.f("ck_fund_rate"), "rate > 0")
        batch.create_check_constraint(op.f("ck_fund_agreed_in_francs"), "agreed = agreed_cents * rate / 1000000")
        batch.create_check_constraint(op.f("ck_fund_agreed"), "agreed > 0")
        batch.create_check_constraint(op.f("ck_fund_received"), "received >= 0")
        batch.create_check_constraint(op.f("ck_fund_endowed"), "endowed >= 0 AND endowed <= agreed")
    with altered("envelope") as batch:
        batch.add_column(sa.Column("place_code", sa.String(length=12), nullable=True))
        batch.add_column(sa.Column("kind", sa.String(length=40), nullable=True))
    with altered("transfer") as batch:
        batch.add_column(sa.Column("reallocation_id", sa.Integer(), nullable=True))
        batch.create_unique_constraint(op.f("uq_transfer_reallocation_id_kind"), ["reallocation_id", "kind"])
        batch.create_foreign_key(op.f("fk_transfer_reallocation_id"), "reallocation", ["reallocation_id"], ["id"])
        batch.drop_constraint(op.f("ck_transfer_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_transfer_kind"), KINDS)
        batch.drop_constraint(op.f("ck_transfer_project"), type_="check")
        batch.create_check_constraint(op.f("ck_transfer_project"), FILLS)
        batch.create_check_constraint(
            op.f("ck_transfer_reallocation"), "(kind IN ('shift_in', 'shift_out')) = (reallocation_id IS NOT NULL)"
        )
    counters(COUNTERS)
    op.execute("INSERT INTO books_calendar (id, closed_through) VALUES (1, NULL)")
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    """Transfers between envelopes are movements of the ledger: with one of them there, this step does not go down."""
    for name in ["transfer_keeps_the_purpose", "transfer_is_a_confirmed_leg"]:
        on = " ON transfer" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER {name}{on}")
    counters(COUNTERS_BEFORE)
    with altered("transfer") as batch:
        batch.drop_constraint(op.f("ck_transfer_reallocation"), type_="check")
        batch.drop_constraint(op.f("ck_transfer_project"), type_="check")
        batch.create_check_constraint(op.f("ck_transfer_project"), FILLS_BEFORE)
        batch.drop_constraint(op.f("ck_transfer_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_transfer_kind"), KINDS_BEFORE)
        batch.drop_constraint(op.f("fk_transfer_reallocation_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_transfer_reallocation_id_kind"), type_="unique")
        batch.drop_column("reallocation_id")
    with altered("envelope") as batch:
        batch.drop_column("kind")
        batch.drop_column("place_code")
    with altered("fund") as batch:
        for name in ("currency", "franc", "rate", "agreed_in_francs", "agreed", "received", "endowed"):
            batch.drop_constraint(op.f(f"ck_fund_{name}"), type_="check")
        for name in ("endowed", "received", "agreed", "rate", "agreed_cents", "currency", "signed_on"):
            batch.drop_column(name)
    op.drop_index(op.f("ix_book_entry_project_id"), table_name="book_entry")
    op.drop_index(op.f("ix_book_entry_fund_id"), table_name="book_entry")
    op.drop_index("ix_book_entry_debit", table_name="book_entry")
    op.drop_index("ix_book_entry_day", table_name="book_entry")
    op.drop_index("ix_book_entry_credit", table_name="book_entry")
    op.drop_table("book_entry")
    op.drop_index(op.f("ix_reallocation_target_id"), table_name="reallocation")
    op.drop_index(op.f("ix_reallocation_source_id"), table_name="reallocation")
    op.drop_table("reallocation")
    op.drop_table("fund_receipt")
    op.drop_table("booking_rule")
    op.drop_index(op.f("ix_ledger_check_at"), table_name="ledger_check")
    op.drop_table("ledger_check")
    op.drop_table("books_period")
    op.drop_table("book_account")
    op.drop_table("books_calendar")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
