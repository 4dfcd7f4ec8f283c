"""The amount of a grant can be changed by an amendment that a committee has decided on."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# fmt: off

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER agenda_item_whole_change_insert BEFORE INSERT ON agenda_item WHEN (NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.before IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.asked IS NULL) OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked) BEGIN SELECT RAISE(ABORT, 'a change is decided as it was asked for'); END",
        "CREATE TRIGGER agenda_item_whole_change_update BEFORE UPDATE ON agenda_item WHEN (NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.before IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.asked IS NULL) OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked) BEGIN SELECT RAISE(ABORT, 'a change is decided as it was asked for'); END",
        "CREATE TRIGGER amendment_begins_without_force BEFORE INSERT ON amendment WHEN NEW.in_force_at IS NOT NULL OR (NEW.amount_before IS NULL) <> (NEW.amount_after IS NULL) OR NEW.amount_after <= 0 OR NEW.amount_after = NEW.amount_before OR (NEW.amount_after IS NOT NULL AND NEW.by_notice) BEGIN SELECT RAISE(ABORT, 'an amendment begins as a proposal, its amount before and after'); END",
        "CREATE TRIGGER amendment_keeps_its_amount BEFORE UPDATE OF amount_before, amount_after, by_notice ON amendment WHEN NEW.amount_before IS NOT OLD.amount_before OR NEW.amount_after IS NOT OLD.amount_after OR NEW.by_notice IS NOT OLD.by_notice BEGIN SELECT RAISE(ABORT, 'what an amendment changes is fixed when it is proposed'); END",
        "CREATE TRIGGER amendment_amount_is_founded BEFORE UPDATE OF in_force_at ON amendment WHEN NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND NEW.amount_after IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM agenda_item WHERE agenda_item.matter_kind = 'amendment' AND agenda_item.matter_id = NEW.id AND agenda_item.decision = 'award' AND agenda_item.amount = NEW.amount_after) OR NOT EXISTS (SELECT 1 FROM award_balance WHERE award_balance.project_id = NEW.project_id AND award_balance.committed = NEW.amount_after) OR NEW.amount_after <> (SELECT coalesce(sum(tranche.amount), 0) FROM tranche WHERE tranche.contract_id = NEW.contract_id AND tranche.cancelled_at IS NULL) OR EXISTS (SELECT 1 FROM tranche AS kept WHERE kept.contract_id = NEW.contract_id AND kept.retention AND kept.cancelled_at IS NULL AND kept.amount <> (SELECT coalesce(sum(part.held), 0) FROM tranche AS part WHERE part.contract_id = NEW.contract_id))) BEGIN SELECT RAISE(ABORT, 'no other amount without decision, commitment and tranches'); END",
        "CREATE TRIGGER tranche_ordered_fixed BEFORE UPDATE OF amount, contract_id, number ON tranche WHEN (NEW.amount <> OLD.amount OR NEW.contract_id <> OLD.contract_id OR NEW.number <> OLD.number) AND EXISTS (SELECT 1 FROM payment_order WHERE payment_order.tranche_id = OLD.id AND payment_order.live) BEGIN SELECT RAISE(ABORT, 'what is ordered keeps its amount'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION agenda_item_whole_change_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.before IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.asked IS NULL) OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked) THEN RAISE EXCEPTION 'a change is decided as it was asked for'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER agenda_item_whole_change_insert BEFORE INSERT ON agenda_item FOR EACH ROW EXECUTE FUNCTION agenda_item_whole_change_insert()',
        "CREATE FUNCTION agenda_item_whole_change_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.before IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.asked IS NULL) OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked) THEN RAISE EXCEPTION 'a change is decided as it was asked for'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER agenda_item_whole_change_update BEFORE UPDATE ON agenda_item FOR EACH ROW EXECUTE FUNCTION agenda_item_whole_change_update()',
        "CREATE FUNCTION amendment_begins_without_force() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.in_force_at IS NOT NULL OR (NEW.amount_before IS NULL) <> (NEW.amount_after IS NULL) OR NEW.amount_after <= 0 OR NEW.amount_after = NEW.amount_before OR (NEW.amount_after IS NOT NULL AND NEW.by_notice) THEN RAISE EXCEPTION 'an amendment begins as a proposal, its amount before and after'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER amendment_begins_without_force BEFORE INSERT ON amendment FOR EACH ROW EXECUTE FUNCTION amendment_begins_without_force()',
        "CREATE FUNCTION amendment_keeps_its_amount() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.amount_before IS DISTINCT FROM OLD.amount_before OR NEW.amount_after IS DISTINCT FROM OLD.amount_after OR NEW.by_notice IS DISTINCT FROM OLD.by_notice THEN RAISE EXCEPTION 'what an amendment changes is fixed when it is proposed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER amendment_keeps_its_amount BEFORE UPDATE OF amount_before, amount_after, by_notice ON amendment FOR EACH ROW EXECUTE FUNCTION amendment_keeps_its_amount()',
        "CREATE FUNCTION amendment_amount_is_founded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND NEW.amount_after IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM agenda_item WHERE agenda_item.matter_kind = 'amendment' AND agenda_item.matter_id = NEW.id AND agenda_item.decision = 'award' AND agenda_item.amount = NEW.amount_after) OR NOT EXISTS (SELECT 1 FROM award_balance WHERE award_balance.project_id = NEW.project_id AND award_balance.committed = NEW.amount_after) OR NEW.amount_after <> (SELECT coalesce(sum(tranche.amount), 0) FROM tranche WHERE tranche.contract_id = NEW.contract_id AND tranche.cancelled_at IS NULL) OR EXISTS (SELECT 1 FROM tranche AS kept WHERE kept.contract_id = NEW.contract_id AND kept.retention AND kept.cancelled_at IS NULL AND kept.amount <> (SELECT coalesce(sum(part.held), 0) FROM tranche AS part WHERE part.contract_id = NEW.contract_id))) THEN RAISE EXCEPTION 'no other amount without decision, commitment and tranches'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER amendment_amount_is_founded BEFORE UPDATE OF in_force_at ON amendment FOR EACH ROW EXECUTE FUNCTION amendment_amount_is_founded()',
        "CREATE FUNCTION tranche_ordered_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW.amount <> OLD.amount OR NEW.contract_id <> OLD.contract_id OR NEW.number <> OLD.number) AND EXISTS (SELECT 1 FROM payment_order WHERE payment_order.tranche_id = OLD.id AND payment_order.live) THEN RAISE EXCEPTION 'what is ordered keeps its amount'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER tranche_ordered_fixed BEFORE UPDATE OF amount, contract_id, number ON tranche FOR EACH ROW EXECUTE FUNCTION tranche_ordered_fixed()',
    ],
}
ON = {'agenda_item_whole_change_insert': 'agenda_item', 'agenda_item_whole_change_update': 'agenda_item', 'amendment_begins_without_force': 'amendment', 'amendment_keeps_its_amount': 'amendment', 'amendment_amount_is_founded': 'amendment', 'tranche_ordered_fixed': 'tranche'}


def upgrade():
    op.add_column('agenda_item', sa.Column('matter_kind', sa.String(length=40), nullable=True))
    op.add_column('agenda_item', sa.Column('matter_id', sa.Integer(), nullable=True))
    op.add_column('agenda_item', sa.Column('before', sa.BigInteger(), nullable=True))
    op.add_column('agenda_item', sa.Column('asked', sa.BigInteger(), nullable=True))
    op.add_column('amendment', sa.Column('amount_before', sa.BigInteger(), nullable=True))
    op.add_column('amendment', sa.Column('amount_after', sa.BigInteger(), nullable=True))
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in ON.items():
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column('amendment', 'amount_after')
    op.drop_column('amendment', 'amount_before')
    op.drop_column('agenda_item', 'asked')
    op.drop_column('agenda_item', 'before')
    op.drop_column('agenda_item', 'matter_id')
    op.drop_column('agenda_item', 'matter_kind')
# fmt: on
