"""Money that was paid and came back: stated with its evidence, confirmed by a second person, taken back in the ledger."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# fmt: off
# What is new, by engine.
ADDED = {
    "sqlite": [
        "CREATE TRIGGER payment_return_of_what_was_paid BEFORE INSERT ON payment_return WHEN NOT EXISTS (SELECT 1 FROM payment_order JOIN payment_attempt ON payment_attempt.order_id = payment_order.id JOIN attempt_outcome ON attempt_outcome.attempt_id = payment_attempt.id AND attempt_outcome.state = 'paid' JOIN transfer AS pay ON pay.kind = 'pay' AND pay.reference = payment_order.reference AND pay.project_id = payment_order.project_id WHERE payment_order.id = NEW.order_id AND payment_attempt.id = NEW.attempt_id AND pay.id = NEW.pay_id AND payment_attempt.amount = NEW.amount AND payment_order.paid_on IS NOT NULL AND payment_order.received_on IS NULL AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reversal_of_id = pay.id)) BEGIN SELECT RAISE(ABORT, 'only what was paid and not acknowledged comes back'); END",
        "CREATE TRIGGER payment_return_by_its_evidence BEFORE INSERT ON payment_return WHEN NEW.row_id IS NOT NULL AND EXISTS (SELECT 1 FROM return_row WHERE return_row.id = NEW.row_id AND return_row.amount <> NEW.amount AND return_row.amount <> NEW.amount - NEW.fee) OR NEW.line_id IS NOT NULL AND NEW.amount - NEW.fee + COALESCE((SELECT SUM(other.amount - other.fee) FROM payment_return AS other WHERE other.line_id = NEW.line_id AND other.dismissed_at IS NULL), 0) > (SELECT statement_line.amount FROM statement_line WHERE statement_line.id = NEW.line_id) BEGIN SELECT RAISE(ABORT, 'the evidence is of another amount'); END",
        "CREATE TRIGGER payment_return_is_stated_first BEFORE INSERT ON payment_return WHEN NEW.confirmed_at IS NOT NULL OR NEW.dismissed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a return of money is stated first'); END",
        "CREATE TRIGGER payment_return_keeps_its_end BEFORE UPDATE ON payment_return WHEN OLD.confirmed_at IS NOT NULL OR OLD.dismissed_at IS NOT NULL OR NEW.order_id IS NOT OLD.order_id OR NEW.attempt_id IS NOT OLD.attempt_id OR NEW.pay_id IS NOT OLD.pay_id OR NEW.amount IS NOT OLD.amount OR NEW.fee IS NOT OLD.fee OR NEW.returned_on IS NOT OLD.returned_on OR NEW.bank_reference IS NOT OLD.bank_reference OR NEW.row_id IS NOT OLD.row_id OR NEW.line_id IS NOT OLD.line_id OR NEW.reason IS NOT OLD.reason OR NEW.stated_by_id IS NOT OLD.stated_by_id OR NEW.stated_at IS NOT OLD.stated_at BEGIN SELECT RAISE(ABORT, 'a return of money is not rewritten'); END",
        "CREATE TRIGGER payment_return_stays BEFORE DELETE ON payment_return WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a return of money is not removed'); END",
        "CREATE TRIGGER payment_return_apart_from_the_release BEFORE UPDATE ON payment_return WHEN NEW.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id = (SELECT payment_attempt.released_by_id FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id) BEGIN SELECT RAISE(ABORT, 'who released a payment does not confirm that it came back'); END",
        "CREATE TRIGGER transfer_pay_back_by_two BEFORE INSERT ON transfer WHEN NEW.kind = 'reverse_pay' AND EXISTS (SELECT 1 FROM transfer AS original JOIN payment_order ON payment_order.reference = original.reference WHERE original.id = NEW.reversal_of_id) AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.pay_id = NEW.reversal_of_id AND payment_return.confirmed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'only a confirmed return takes a payment back'); END",
        "CREATE TRIGGER payment_return_empties_the_month AFTER UPDATE ON payment_return BEGIN UPDATE wallet_month SET sent = wallet_month.sent - (SELECT amount FROM payment_attempt WHERE id = NEW.attempt_id) WHERE NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.id = NEW.attempt_id AND sent.account_number = wallet_month.number AND substr(COALESCE(sent.leaves_on, sent.sent_at), 1, 7) = wallet_month.month AND (SELECT kind FROM payment_account WHERE payment_account.id = sent.account_id) = 'wallet'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION payment_return_of_what_was_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM payment_order JOIN payment_attempt ON payment_attempt.order_id = payment_order.id JOIN attempt_outcome ON attempt_outcome.attempt_id = payment_attempt.id AND attempt_outcome.state = 'paid' JOIN transfer AS pay ON pay.kind = 'pay' AND pay.reference = payment_order.reference AND pay.project_id = payment_order.project_id WHERE payment_order.id = NEW.order_id AND payment_attempt.id = NEW.attempt_id AND pay.id = NEW.pay_id AND payment_attempt.amount = NEW.amount AND payment_order.paid_on IS NOT NULL AND payment_order.received_on IS NULL AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reversal_of_id = pay.id)) THEN RAISE EXCEPTION 'only what was paid and not acknowledged comes back'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_of_what_was_paid BEFORE INSERT ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_of_what_was_paid()',
        "CREATE FUNCTION payment_return_by_its_evidence() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.row_id IS NOT NULL AND EXISTS (SELECT 1 FROM return_row WHERE return_row.id = NEW.row_id AND return_row.amount <> NEW.amount AND return_row.amount <> NEW.amount - NEW.fee) OR NEW.line_id IS NOT NULL AND NEW.amount - NEW.fee + COALESCE((SELECT SUM(other.amount - other.fee) FROM payment_return AS other WHERE other.line_id = NEW.line_id AND other.dismissed_at IS NULL), 0) > (SELECT statement_line.amount FROM statement_line WHERE statement_line.id = NEW.line_id) THEN RAISE EXCEPTION 'the evidence is of another amount'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_by_its_evidence BEFORE INSERT ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_by_its_evidence()',
        "CREATE FUNCTION payment_return_is_stated_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.confirmed_at IS NOT NULL OR NEW.dismissed_at IS NOT NULL THEN RAISE EXCEPTION 'a return of money is stated first'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_is_stated_first BEFORE INSERT ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_is_stated_first()',
        "CREATE FUNCTION payment_return_keeps_its_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.confirmed_at IS NOT NULL OR OLD.dismissed_at IS NOT NULL OR NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.attempt_id IS DISTINCT FROM OLD.attempt_id OR NEW.pay_id IS DISTINCT FROM OLD.pay_id OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.fee IS DISTINCT FROM OLD.fee OR NEW.returned_on IS DISTINCT FROM OLD.returned_on OR NEW.bank_reference IS DISTINCT FROM OLD.bank_reference OR NEW.row_id IS DISTINCT FROM OLD.row_id OR NEW.line_id IS DISTINCT FROM OLD.line_id OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.stated_by_id IS DISTINCT FROM OLD.stated_by_id OR NEW.stated_at IS DISTINCT FROM OLD.stated_at THEN RAISE EXCEPTION 'a return of money is not rewritten'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_keeps_its_end BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_keeps_its_end()',
        "CREATE FUNCTION payment_return_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'a return of money is not removed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_stays BEFORE DELETE ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_stays()',
        "CREATE FUNCTION payment_return_apart_from_the_release() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id = (SELECT payment_attempt.released_by_id FROM payment_attempt WHERE payment_attempt.id = NEW.attempt_id) THEN RAISE EXCEPTION 'who released a payment does not confirm that it came back'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_apart_from_the_release BEFORE UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_apart_from_the_release()',
        "CREATE FUNCTION transfer_pay_back_by_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind = 'reverse_pay' AND EXISTS (SELECT 1 FROM transfer AS original JOIN payment_order ON payment_order.reference = original.reference WHERE original.id = NEW.reversal_of_id) AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.pay_id = NEW.reversal_of_id AND payment_return.confirmed_at IS NOT NULL) THEN RAISE EXCEPTION 'only a confirmed return takes a payment back'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER transfer_pay_back_by_two BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_pay_back_by_two()',
        "CREATE FUNCTION payment_return_empties_the_month() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE wallet_month SET sent = wallet_month.sent - (SELECT amount FROM payment_attempt WHERE id = NEW.attempt_id) WHERE NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.id = NEW.attempt_id AND sent.account_number = wallet_month.number AND to_char(COALESCE(sent.leaves_on, (sent.sent_at AT TIME ZONE 'UTC')::date), 'YYYY-MM') = wallet_month.month AND (SELECT kind FROM payment_account WHERE payment_account.id = sent.account_id) = 'wallet'); RETURN NEW; END $$",
        'CREATE TRIGGER payment_return_empties_the_month AFTER UPDATE ON payment_return FOR EACH ROW EXECUTE FUNCTION payment_return_empties_the_month()',
    ],
}
# What was there and now knows of money that came back: by name, the rule as it is and as it was.
CHANGED = {
    "sqlite": {
        'payment_attempt_after_failure': (
            "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt WHEN EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = earlier.id AND payment_return.confirmed_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'an earlier attempt at this payment has not failed'); END",
            "CREATE TRIGGER payment_attempt_after_failure BEFORE INSERT ON payment_attempt WHEN EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'an earlier attempt at this payment has not failed'); END",
        ),
        'payment_attempt_never_over': (
            "CREATE TRIGGER payment_attempt_never_over BEFORE INSERT ON payment_attempt WHEN NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent WHERE sent.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)), 0) > (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) BEGIN SELECT RAISE(ABORT, 'more than the order would leave'); END",
            "CREATE TRIGGER payment_attempt_never_over BEFORE INSERT ON payment_attempt WHEN NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent WHERE sent.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')), 0) > (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) BEGIN SELECT RAISE(ABORT, 'more than the order would leave'); END",
        ),
        'payment_order_cancelled_unpaid': (
            "CREATE TRIGGER payment_order_cancelled_unpaid BEFORE UPDATE OF live ON payment_order WHEN NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'a payment of which a part left is not cancelled'); END",
            "CREATE TRIGGER payment_order_cancelled_unpaid BEFORE UPDATE OF live ON payment_order WHEN NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'a payment of which a part left is not cancelled'); END",
        ),
        'payment_order_paid_by_an_attempt': (
            "CREATE TRIGGER payment_order_paid_by_an_attempt BEFORE UPDATE OF paid_on ON payment_order WHEN NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' AND attempt_outcome.bank_reference = NEW.bank_reference AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = payment_attempt.id AND payment_return.confirmed_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'no attempt at this payment was paid'); END",
            "CREATE TRIGGER payment_order_paid_by_an_attempt BEFORE UPDATE OF paid_on ON payment_order WHEN NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' AND attempt_outcome.bank_reference = NEW.bank_reference) BEGIN SELECT RAISE(ABORT, 'no attempt at this payment was paid'); END",
        ),
        'payment_order_paid_fixed': (
            "CREATE TRIGGER payment_order_paid_fixed BEFORE UPDATE OF paid_on, bank_reference, account_id, account_number, live, prepared_by_id, verified_by_id, released_by_id, sent_at, attempts ON payment_order WHEN OLD.paid_on IS NOT NULL AND (NEW.account_id IS NOT OLD.account_id OR NEW.account_number IS NOT OLD.account_number OR NEW.live IS NOT OLD.live OR NEW.prepared_by_id IS NOT OLD.prepared_by_id OR NEW.verified_by_id IS NOT OLD.verified_by_id OR NEW.released_by_id IS NOT OLD.released_by_id OR NEW.sent_at IS NOT OLD.sent_at OR NEW.attempts IS NOT OLD.attempts OR (NEW.paid_on IS NOT OLD.paid_on OR NEW.bank_reference IS NOT OLD.bank_reference) AND NOT (NEW.paid_on IS NULL AND NEW.bank_reference IS NULL AND OLD.received_on IS NULL AND EXISTS (SELECT 1 FROM payment_return WHERE payment_return.order_id = OLD.id AND payment_return.confirmed_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM transfer AS gone WHERE gone.project_id = OLD.project_id AND gone.kind = 'pay' AND gone.reference = OLD.reference AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reversal_of_id = gone.id)))) BEGIN SELECT RAISE(ABORT, 'what was paid is never changed'); END",
            "CREATE TRIGGER payment_order_paid_fixed BEFORE UPDATE OF paid_on, bank_reference, account_id, account_number, live, prepared_by_id, verified_by_id, released_by_id, sent_at, attempts ON payment_order WHEN OLD.paid_on IS NOT NULL AND (NEW.paid_on IS NOT OLD.paid_on OR NEW.bank_reference IS NOT OLD.bank_reference OR NEW.account_id IS NOT OLD.account_id OR NEW.account_number IS NOT OLD.account_number OR NEW.live IS NOT OLD.live OR NEW.prepared_by_id IS NOT OLD.prepared_by_id OR NEW.verified_by_id IS NOT OLD.verified_by_id OR NEW.released_by_id IS NOT OLD.released_by_id OR NEW.sent_at IS NOT OLD.sent_at OR NEW.attempts IS NOT OLD.attempts) BEGIN SELECT RAISE(ABORT, 'what was paid is never changed'); END",
        ),
        'payment_order_paid_whole': (
            "CREATE TRIGGER payment_order_paid_whole BEFORE UPDATE OF paid_on ON payment_order WHEN NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)), 0) <> NEW.amount BEGIN SELECT RAISE(ABORT, 'a payment is paid when all of it is'); END",
            "CREATE TRIGGER payment_order_paid_whole BEFORE UPDATE OF paid_on ON payment_order WHEN NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' WHERE sent.order_id = NEW.id), 0) <> NEW.amount BEGIN SELECT RAISE(ABORT, 'a payment is paid when all of it is'); END",
        ),
        'payment_part_withdrawn_unpaid': (
            "CREATE TRIGGER payment_part_withdrawn_unpaid BEFORE UPDATE OF withdrawn_at ON payment_part WHEN OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.part_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'a part that left is not withdrawn'); END",
            "CREATE TRIGGER payment_part_withdrawn_unpaid BEFORE UPDATE OF withdrawn_at ON payment_part WHEN OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.part_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) BEGIN SELECT RAISE(ABORT, 'a part that left is not withdrawn'); END",
        ),
    },
    "postgresql": {
        'payment_attempt_after_failure': (
            "CREATE OR REPLACE FUNCTION payment_attempt_after_failure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = earlier.id AND payment_return.confirmed_at IS NOT NULL)) THEN RAISE EXCEPTION 'an earlier attempt at this payment has not failed'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_attempt_after_failure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_attempt AS earlier WHERE earlier.order_id = NEW.order_id AND (earlier.part_id = NEW.part_id OR earlier.part_id IS NULL OR NEW.part_id IS NULL) AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = earlier.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'an earlier attempt at this payment has not failed'; END IF; RETURN NEW; END $$",
        ),
        'payment_attempt_never_over': (
            "CREATE OR REPLACE FUNCTION payment_attempt_never_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent WHERE sent.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)), 0) > (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) THEN RAISE EXCEPTION 'more than the order would leave'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_attempt_never_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.amount + COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent WHERE sent.order_id = NEW.order_id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')), 0) > (SELECT payment_order.amount FROM payment_order WHERE payment_order.id = NEW.order_id) THEN RAISE EXCEPTION 'more than the order would leave'; END IF; RETURN NEW; END $$",
        ),
        'payment_order_cancelled_unpaid': (
            "CREATE OR REPLACE FUNCTION payment_order_cancelled_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)) THEN RAISE EXCEPTION 'a payment of which a part left is not cancelled'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_order_cancelled_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.live IS NULL AND EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'a payment of which a part left is not cancelled'; END IF; RETURN NEW; END $$",
        ),
        'payment_order_paid_by_an_attempt': (
            "CREATE OR REPLACE FUNCTION payment_order_paid_by_an_attempt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' AND attempt_outcome.bank_reference = NEW.bank_reference AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = payment_attempt.id AND payment_return.confirmed_at IS NOT NULL)) THEN RAISE EXCEPTION 'no attempt at this payment was paid'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_order_paid_by_an_attempt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND NOT EXISTS (SELECT 1 FROM attempt_outcome JOIN payment_attempt ON payment_attempt.id = attempt_outcome.attempt_id WHERE payment_attempt.order_id = NEW.id AND attempt_outcome.state = 'paid' AND attempt_outcome.bank_reference = NEW.bank_reference) THEN RAISE EXCEPTION 'no attempt at this payment was paid'; END IF; RETURN NEW; END $$",
        ),
        'payment_order_paid_fixed': (
            "CREATE OR REPLACE FUNCTION payment_order_paid_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.paid_on IS NOT NULL AND (NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.account_number IS DISTINCT FROM OLD.account_number OR NEW.live IS DISTINCT FROM OLD.live OR NEW.prepared_by_id IS DISTINCT FROM OLD.prepared_by_id OR NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id OR NEW.released_by_id IS DISTINCT FROM OLD.released_by_id OR NEW.sent_at IS DISTINCT FROM OLD.sent_at OR NEW.attempts IS DISTINCT FROM OLD.attempts OR (NEW.paid_on IS DISTINCT FROM OLD.paid_on OR NEW.bank_reference IS DISTINCT FROM OLD.bank_reference) AND NOT (NEW.paid_on IS NULL AND NEW.bank_reference IS NULL AND OLD.received_on IS NULL AND EXISTS (SELECT 1 FROM payment_return WHERE payment_return.order_id = OLD.id AND payment_return.confirmed_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM transfer AS gone WHERE gone.project_id = OLD.project_id AND gone.kind = 'pay' AND gone.reference = OLD.reference AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reversal_of_id = gone.id)))) THEN RAISE EXCEPTION 'what was paid is never changed'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_order_paid_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.paid_on IS NOT NULL AND (NEW.paid_on IS DISTINCT FROM OLD.paid_on OR NEW.bank_reference IS DISTINCT FROM OLD.bank_reference OR NEW.account_id IS DISTINCT FROM OLD.account_id OR NEW.account_number IS DISTINCT FROM OLD.account_number OR NEW.live IS DISTINCT FROM OLD.live OR NEW.prepared_by_id IS DISTINCT FROM OLD.prepared_by_id OR NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id OR NEW.released_by_id IS DISTINCT FROM OLD.released_by_id OR NEW.sent_at IS DISTINCT FROM OLD.sent_at OR NEW.attempts IS DISTINCT FROM OLD.attempts) THEN RAISE EXCEPTION 'what was paid is never changed'; END IF; RETURN NEW; END $$",
        ),
        'payment_order_paid_whole': (
            "CREATE OR REPLACE FUNCTION payment_order_paid_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' WHERE sent.order_id = NEW.id AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)), 0) <> NEW.amount THEN RAISE EXCEPTION 'a payment is paid when all of it is'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_order_paid_whole() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.paid_on IS NOT NULL AND OLD.paid_on IS NULL AND COALESCE((SELECT SUM(sent.amount) FROM payment_attempt AS sent JOIN attempt_outcome ON attempt_outcome.attempt_id = sent.id AND attempt_outcome.state = 'paid' WHERE sent.order_id = NEW.id), 0) <> NEW.amount THEN RAISE EXCEPTION 'a payment is paid when all of it is'; END IF; RETURN NEW; END $$",
        ),
        'payment_part_withdrawn_unpaid': (
            "CREATE OR REPLACE FUNCTION payment_part_withdrawn_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.part_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed') AND NOT EXISTS (SELECT 1 FROM payment_return WHERE payment_return.attempt_id = sent.id AND payment_return.confirmed_at IS NOT NULL)) THEN RAISE EXCEPTION 'a part that left is not withdrawn'; END IF; RETURN NEW; END $$",
            "CREATE OR REPLACE FUNCTION payment_part_withdrawn_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment_attempt AS sent WHERE sent.part_id = NEW.id AND NOT EXISTS (SELECT 1 FROM attempt_outcome AS end_of_it WHERE end_of_it.attempt_id = sent.id AND end_of_it.state = 'failed')) THEN RAISE EXCEPTION 'a part that left is not withdrawn'; END IF; RETURN NEW; END $$",
        ),
    },
}
FUNCTIONS = ['payment_return_of_what_was_paid', 'payment_return_by_its_evidence', 'payment_return_is_stated_first', 'payment_return_keeps_its_end', 'payment_return_stays', 'payment_return_apart_from_the_release', 'transfer_pay_back_by_two', 'payment_return_empties_the_month']
# fmt: on


# fmt: off
def upgrade():
    op.create_table('payment_return',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('pay_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('fee', sa.BigInteger(), nullable=False),
    sa.Column('returned_on', sa.Date(), nullable=False),
    sa.Column('bank_reference', sa.String(length=60), nullable=True),
    sa.Column('row_id', sa.Integer(), nullable=True),
    sa.Column('line_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('stated_by_id', sa.Integer(), nullable=False),
    sa.Column('stated_at', UtcDateTime(), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', UtcDateTime(), nullable=True),
    sa.Column('dismissed_by_id', sa.Integer(), nullable=True),
    sa.Column('dismissed_at', UtcDateTime(), nullable=True),
    sa.Column('dismissal', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(confirmed_at IS NULL) = (confirmed_by_id IS NULL)', name=op.f('ck_payment_return_confirmed')),
    sa.CheckConstraint('(dismissed_at IS NULL) = (dismissed_by_id IS NULL)', name=op.f('ck_payment_return_dismissed')),
    sa.CheckConstraint('(row_id IS NULL) <> (line_id IS NULL)', name=op.f('ck_payment_return_evidence')),
    sa.CheckConstraint('amount > 0 AND fee >= 0 AND fee < amount', name=op.f('ck_payment_return_whole')),
    sa.CheckConstraint('confirmed_by_id <> stated_by_id', name=op.f('ck_payment_return_two_people')),
    sa.CheckConstraint('dismissed_at IS NULL OR (confirmed_at IS NULL AND length(dismissal) >= 5)', name=op.f('ck_payment_return_one_end')),
    sa.CheckConstraint('length(reason) >= 5', name=op.f('ck_payment_return_reason')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_payment_return_attempt_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_payment_return_confirmed_by_id')),
    sa.ForeignKeyConstraint(['dismissed_by_id'], ['person.id'], name=op.f('fk_payment_return_dismissed_by_id')),
    sa.ForeignKeyConstraint(['line_id'], ['statement_line.id'], name=op.f('fk_payment_return_line_id')),
    sa.ForeignKeyConstraint(['order_id'], ['payment_order.id'], name=op.f('fk_payment_return_order_id')),
    sa.ForeignKeyConstraint(['pay_id'], ['transfer.id'], name=op.f('fk_payment_return_pay_id')),
    sa.ForeignKeyConstraint(['row_id'], ['return_row.id'], name=op.f('fk_payment_return_row_id')),
    sa.ForeignKeyConstraint(['stated_by_id'], ['person.id'], name=op.f('fk_payment_return_stated_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_return'))
    )
    op.create_index('ix_payment_return_line_id', 'payment_return', ['line_id'], unique=False)
    op.create_index('ix_payment_return_order_id', 'payment_return', ['order_id'], unique=False)
    op.create_index(op.f('ix_payment_return_pay_id'), 'payment_return', ['pay_id'], unique=False)
    op.create_index('uq_payment_return_attempt_id', 'payment_return', ['attempt_id'], unique=True, sqlite_where=sa.text('dismissed_at IS NULL'), postgresql_where=sa.text('dismissed_at IS NULL'))
    op.create_index('uq_payment_return_row_id', 'payment_return', ['row_id'], unique=True, sqlite_where=sa.text('dismissed_at IS NULL'), postgresql_where=sa.text('dismissed_at IS NULL'))
    bind = op.get_bind()
    for statement in ADDED[bind.dialect.name]:
        bind.exec_driver_sql(statement)
    _rules(bind, 0)


def downgrade():
    bind = op.get_bind()
    _rules(bind, 1)
    if bind.dialect.name == "sqlite":
        op.execute("DROP TRIGGER transfer_pay_back_by_two")
    else:
        op.execute("DROP TRIGGER transfer_pay_back_by_two ON transfer")
    op.drop_table("payment_return")
    if bind.dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")


def _rules(bind, which: int) -> None:
    """Put the rules in place that hold from now on (0), or those of before (1)."""
    for name, both in CHANGED[bind.dialect.name].items():
        if bind.dialect.name == "sqlite":
            bind.exec_driver_sql(f"DROP TRIGGER {name}")
        bind.exec_driver_sql(both[which])
