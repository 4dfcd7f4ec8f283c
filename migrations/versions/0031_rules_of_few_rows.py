"""On PostgreSQL, a rule about some of the rows of a table is asked about these alone."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# The trigger, when it works, and on which rows: the function itself asks the same once more.
RULES = (
    ("transfer_needs_balance", "BEFORE INSERT ON transfer", "NEW.project_id IS NOT NULL"),
    ("transfer_reverses_its_twin", "BEFORE INSERT ON transfer", "NEW.reversal_of_id IS NOT NULL"),
    ("transfer_keeps_the_purpose", "BEFORE INSERT ON transfer", "NEW.kind = 'reserve'"),
    ("transfer_is_a_confirmed_leg", "BEFORE INSERT ON transfer", "NEW.reallocation_id IS NOT NULL"),
    ("transfer_written_off_by_a_committee", "BEFORE INSERT ON transfer", "NEW.kind = 'write_off'"),
    ("transfer_pay_back_by_two", "BEFORE INSERT ON transfer", "NEW.kind = 'reverse_pay'"),
    (
        "payment_order_paid_fixed",
        "BEFORE UPDATE ON payment_order",
        "OLD.paid_on IS NOT NULL AND (NEW.account_id IS DISTINCT FROM OLD.account_id "
        "OR NEW.account_number IS DISTINCT FROM OLD.account_number OR NEW.live IS DISTINCT FROM OLD.live "
        "OR NEW.prepared_by_id IS DISTINCT FROM OLD.prepared_by_id OR NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id "
        "OR NEW.released_by_id IS DISTINCT FROM OLD.released_by_id OR NEW.sent_at IS DISTINCT FROM OLD.sent_at "
        "OR NEW.attempts IS DISTINCT FROM OLD.attempts "
        "OR (NEW.paid_on IS DISTINCT FROM OLD.paid_on OR NEW.bank_reference IS DISTINCT FROM OLD.bank_reference))",
    ),
    ("attempt_outcome_empties_the_month", "AFTER INSERT ON attempt_outcome", "NEW.state = 'failed'"),
)


def upgrade():
    for name, when, rows in RULES:
        _replace(name, when, f"FOR EACH ROW WHEN ({rows})")


def downgrade():
    for name, when, _rows in RULES:
        _replace(name, when, "FOR EACH ROW")


def _replace(name, when, rows):
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON {when.split()[-1]}")
        op.execute(f"CREATE TRIGGER {name} {when} {rows} EXECUTE FUNCTION {name}()")
