"""A rule about the people of an order is asked when these change, and about an event where it names one of them."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PEOPLE = "tranche_id, prepared_by_id, verified_by_id, released_by_id"
LIFTED = (
    "EXISTS (SELECT 1 FROM condition_lift WHERE condition_lift.tranche_id = NEW.tranche_id "
    "AND condition_lift.by_id IN (NEW.prepared_by_id, NEW.verified_by_id, NEW.released_by_id))"
)
ACTS = "NEW.subject_kind = 'payment_order' AND NEW.action IN ('prepare', 'retry', 'take_account', 'verify', 'release')"


def upgrade():
    _apart_from_lifts(f"UPDATE OF {PEOPLE}")
    _three_people(f" WHEN ({ACTS})")


def downgrade():
    _apart_from_lifts("UPDATE")
    _three_people("")


def _apart_from_lifts(when):
    name, moment = "payment_order_apart_from_lifts_update", f"BEFORE {when} ON payment_order"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON payment_order")
        op.execute(f"CREATE TRIGGER {name} {moment} FOR EACH ROW EXECUTE FUNCTION {name}()")
    else:
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            f"CREATE TRIGGER {name} {moment} WHEN {LIFTED} "
            "BEGIN SELECT RAISE(ABORT, 'who lifts a condition is none of the people of the payment'); END"
        )


def _three_people(rows):
    if op.get_bind().dialect.name == "postgresql":
        name = "journal_event_three_people"
        op.execute(f"DROP TRIGGER {name} ON journal_event")
        op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON journal_event FOR EACH ROW{rows} EXECUTE FUNCTION {name}()")
