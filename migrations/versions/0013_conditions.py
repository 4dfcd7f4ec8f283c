"""Conditions lifted or proven for a tranche, and what is kept back of works."""

import sqlalchemy as sa
from alembic import op

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER tranche_retention_is_what_was_held BEFORE INSERT ON tranche WHEN NEW.retention AND NEW.amount <> (SELECT COALESCE(SUM(held), 0) FROM tranche WHERE tranche.contract_id = NEW.contract_id) BEGIN SELECT RAISE(ABORT, 'a retention is the sum of what was kept back'); END",
        "CREATE TRIGGER condition_proof_no_update BEFORE UPDATE ON condition_proof BEGIN SELECT RAISE(ABORT, 'condition_proof is append-only'); END",
        "CREATE TRIGGER condition_proof_no_delete BEFORE DELETE ON condition_proof BEGIN SELECT RAISE(ABORT, 'condition_proof is append-only'); END",
        "CREATE TRIGGER condition_lift_no_update BEFORE UPDATE ON condition_lift BEGIN SELECT RAISE(ABORT, 'condition_lift is append-only'); END",
        "CREATE TRIGGER condition_lift_no_delete BEFORE DELETE ON condition_lift BEGIN SELECT RAISE(ABORT, 'condition_lift is append-only'); END",
        'CREATE TRIGGER condition_lift_is_asked_for BEFORE INSERT ON condition_lift WHEN NOT EXISTS (SELECT 1 FROM tranche WHERE tranche.id = NEW.tranche_id AND CAST(tranche.conditions AS TEXT) LIKE \'%"\' || NEW.code || \'"%\') BEGIN SELECT RAISE(ABORT, \'this tranche does not have this condition\'); END',
        "CREATE TRIGGER condition_lift_apart BEFORE INSERT ON condition_lift WHEN EXISTS (SELECT 1 FROM payment_order WHERE payment_order.tranche_id = NEW.tranche_id AND payment_order.live AND NEW.by_id IN (payment_order.prepared_by_id, payment_order.verified_by_id, payment_order.released_by_id)) BEGIN SELECT RAISE(ABORT, 'who lifts a condition is none of the people of the payment'); END",
        "CREATE TRIGGER payment_order_apart_from_lifts_insert BEFORE INSERT ON payment_order WHEN EXISTS (SELECT 1 FROM condition_lift WHERE condition_lift.tranche_id = NEW.tranche_id AND condition_lift.by_id IN (NEW.prepared_by_id, NEW.verified_by_id, NEW.released_by_id)) BEGIN SELECT RAISE(ABORT, 'who lifts a condition is none of the people of the payment'); END",
        "CREATE TRIGGER payment_order_apart_from_lifts_update BEFORE UPDATE ON payment_order WHEN EXISTS (SELECT 1 FROM condition_lift WHERE condition_lift.tranche_id = NEW.tranche_id AND condition_lift.by_id IN (NEW.prepared_by_id, NEW.verified_by_id, NEW.released_by_id)) BEGIN SELECT RAISE(ABORT, 'who lifts a condition is none of the people of the payment'); END",
        "CREATE TRIGGER payment_attempt_on_a_signed_contract BEFORE INSERT ON payment_attempt WHEN NOT EXISTS (SELECT 1 FROM payment_order JOIN tranche ON tranche.id = payment_order.tranche_id JOIN contract ON contract.id = tranche.contract_id JOIN payment_account ON payment_account.id = NEW.account_id WHERE payment_order.id = NEW.order_id AND contract.in_force_at IS NOT NULL AND contract.cancelled_at IS NULL AND payment_account.verified_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'no payment without a contract in force and a verified account'); END",
        "CREATE TRIGGER payment_attempt_after_acceptance BEFORE INSERT ON payment_attempt WHEN EXISTS (SELECT 1 FROM payment_order JOIN tranche ON tranche.id = payment_order.tranche_id WHERE payment_order.id = NEW.order_id AND tranche.retention AND NOT EXISTS (SELECT 1 FROM condition_proof WHERE condition_proof.project_id = tranche.project_id AND condition_proof.code = 'works_accepted')) BEGIN SELECT RAISE(ABORT, 'what was kept back is paid once the works are accepted'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION tranche_retention_is_what_was_held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.retention AND NEW.amount <> (SELECT COALESCE(SUM(held), 0) FROM tranche WHERE tranche.contract_id = NEW.contract_id) THEN RAISE EXCEPTION 'a retention is the sum of what was kept back'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER tranche_retention_is_what_was_held BEFORE INSERT ON tranche FOR EACH ROW EXECUTE FUNCTION tranche_retention_is_what_was_held()',
        "CREATE FUNCTION condition_proof_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'condition_proof is append-only'; END $$",
        'CREATE TRIGGER condition_proof_no_update BEFORE UPDATE ON condition_proof FOR EACH ROW EXECUTE FUNCTION condition_proof_no_update()',
        "CREATE FUNCTION condition_proof_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'condition_proof is append-only'; END $$",
        'CREATE TRIGGER condition_proof_no_delete BEFORE DELETE ON condition_proof FOR EACH ROW EXECUTE FUNCTION condition_proof_no_delete()',
        'CREATE TRIGGER condition_proof_no_truncate BEFORE TRUNCATE ON condition_proof EXECUTE FUNCTION condition_proof_no_delete()',
        "CREATE FUNCTION condition_lift_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'condition_lift is append-only'; END $$",
        'CREATE TRIGGER condition_lift_no_update BEFORE UPDATE ON condition_lift FOR EACH ROW EXECUTE FUNCTION condition_lift_no_update()',
        "CREATE FUNCTION condition_lift_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'condition_lift is append-only'; END $$",
        'CREATE TRIGGER condition_lift_no_delete BEFORE DELETE ON condition_lift FOR EACH ROW EXECUTE FUNCTION condition_lift_no_delete()',
        'CREATE TRIGGER condition_lift_no_truncate BEFORE TRUNCATE ON condition_lift EXECUTE FUNCTION condition_lift_no_delete()',
        'CREATE FUNCTION condition_lift_is_asked_for() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM tranche WHERE tranche.id = NEW.tranche_id AND CAST(tranche.conditions AS TEXT) LIKE \'%"\' || NEW.code || \'"%\') THEN RAISE EXCEPTION \'this tranche does not have this condition\'; END IF; RETURN NEW; END $$',
        'CREATE TRIGGER condition_lift_is_asked_for BEFORE INSERT ON condition_lift FOR EACH ROW EXECUTE FUNCTION condition_lift_is_asked_for()',
        "CREATE FUNCTION condition_lift_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_order WHERE payment_order.tranche_id = NEW.tranche_id AND payment_order.live AND NEW.by_id IN (payment_order.prepared_by_id, payment_order.verified_by_id, payment_order.released_by_id)) THEN RAISE EXCEPTION 'who lifts a condition is none of the people of the payment'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER condition_lift_apart BEFORE INSERT ON condition_lift FOR EACH ROW EXECUTE FUNCTION condition_lift_apart()',
        "CREATE FUNCTION payment_order_apart_from_lifts_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM condition_lift WHERE condition_lift.tranche_id = NEW.tranche_id AND condition_lift.by_id IN (NEW.prepared_by_id, NEW.verified_by_id, NEW.released_by_id)) THEN RAISE EXCEPTION 'who lifts a condition is none of the people of the payment'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_order_apart_from_lifts_insert BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_apart_from_lifts_insert()',
        "CREATE FUNCTION payment_order_apart_from_lifts_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM condition_lift WHERE condition_lift.tranche_id = NEW.tranche_id AND condition_lift.by_id IN (NEW.prepared_by_id, NEW.verified_by_id, NEW.released_by_id)) THEN RAISE EXCEPTION 'who lifts a condition is none of the people of the payment'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_order_apart_from_lifts_update BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_apart_from_lifts_update()',
        "CREATE FUNCTION payment_attempt_on_a_signed_contract() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM payment_order JOIN tranche ON tranche.id = payment_order.tranche_id JOIN contract ON contract.id = tranche.contract_id JOIN payment_account ON payment_account.id = NEW.account_id WHERE payment_order.id = NEW.order_id AND contract.in_force_at IS NOT NULL AND contract.cancelled_at IS NULL AND payment_account.verified_at IS NOT NULL) THEN RAISE EXCEPTION 'no payment without a contract in force and a verified account'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_attempt_on_a_signed_contract BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_on_a_signed_contract()',
        "CREATE FUNCTION payment_attempt_after_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM payment_order JOIN tranche ON tranche.id = payment_order.tranche_id WHERE payment_order.id = NEW.order_id AND tranche.retention AND NOT EXISTS (SELECT 1 FROM condition_proof WHERE condition_proof.project_id = tranche.project_id AND condition_proof.code = 'works_accepted')) THEN RAISE EXCEPTION 'what was kept back is paid once the works are accepted'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER payment_attempt_after_acceptance BEFORE INSERT ON payment_attempt FOR EACH ROW EXECUTE FUNCTION payment_attempt_after_acceptance()',
    ],
}
# Triggers of tables that stay when this is taken back, and functions of all.
STAYING = {"tranche_retention_is_what_was_held": "tranche", "payment_order_apart_from_lifts_insert": "payment_order", "payment_order_apart_from_lifts_update": "payment_order", "payment_attempt_on_a_signed_contract": "payment_attempt", "payment_attempt_after_acceptance": "payment_attempt"}
FUNCTIONS = ['tranche_retention_is_what_was_held', 'condition_proof_no_update', 'condition_proof_no_delete', 'condition_lift_no_update', 'condition_lift_no_delete', 'condition_lift_is_asked_for', 'condition_lift_apart', 'payment_order_apart_from_lifts_insert', 'payment_order_apart_from_lifts_update', 'payment_attempt_on_a_signed_contract', 'payment_attempt_after_acceptance']


def upgrade():
    op.create_table('condition_proof',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('proven_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("code IN ('training_held', 'works_accepted')", name=op.f('ck_condition_proof_code')),
    sa.CheckConstraint("note <> ''", name=op.f('ck_condition_proof_note')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_condition_proof_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_condition_proof_file_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_condition_proof_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_condition_proof'))
    )
    op.create_index('ix_condition_proof_project_id', 'condition_proof', ['project_id'], unique=False)
    op.create_table('condition_lift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tranche_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("code IN ('contribution_proven', 'previous_justified', 'visit_on_track', 'training_held')", name=op.f('ck_condition_lift_code')),
    sa.CheckConstraint('length(reason) >= 10', name=op.f('ck_condition_lift_reason')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_condition_lift_by_id')),
    sa.ForeignKeyConstraint(['tranche_id'], ['tranche.id'], name=op.f('fk_condition_lift_tranche_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_condition_lift')),
    sa.UniqueConstraint('tranche_id', 'code', name=op.f('uq_condition_lift_tranche_id_code'))
    )
    with altered("tranche") as batch:
        batch.add_column(sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("retention", sa.Boolean(), nullable=False, server_default=sa.false()))
    with altered("tranche") as batch:
        batch.alter_column("held", existing_type=sa.BigInteger(), server_default=None)
        batch.alter_column("retention", existing_type=sa.Boolean(), server_default=None)
        batch.create_check_constraint(op.f("ck_tranche_held"), "held >= 0 AND (NOT retention OR held = 0)")
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    for name, table in STAYING.items():
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgres else ""))
    with altered("tranche") as batch:
        batch.drop_constraint(op.f("ck_tranche_held"), type_="check")
        batch.drop_column("retention")
        batch.drop_column("held")
    op.drop_table("condition_lift")
    op.drop_index("ix_condition_proof_project_id", table_name="condition_proof")
    op.drop_table("condition_proof")
    if postgres:
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
