"""Checkpoints of the journal, interims between two people, and three people for each payment kept by the journal itself."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "journal_checkpoint_no_update",
    "journal_checkpoint_no_delete",
    "journal_leaf_no_update",
    "journal_leaf_no_delete",
    "delegation_role_no_update",
    "delegation_role_no_delete",
    "delegation_role_before_signing",
    "delegation_fixed",
    "delegation_signed_once",
    "delegation_no_delete",
    "journal_event_three_people",
)
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER journal_checkpoint_no_update BEFORE UPDATE ON journal_checkpoint BEGIN SELECT RAISE(ABORT, 'journal_checkpoint is append-only'); END",
        "CREATE TRIGGER journal_checkpoint_no_delete BEFORE DELETE ON journal_checkpoint BEGIN SELECT RAISE(ABORT, 'journal_checkpoint is append-only'); END",
        "CREATE TRIGGER journal_leaf_no_update BEFORE UPDATE ON journal_leaf BEGIN SELECT RAISE(ABORT, 'journal_leaf is append-only'); END",
        "CREATE TRIGGER journal_leaf_no_delete BEFORE DELETE ON journal_leaf BEGIN SELECT RAISE(ABORT, 'journal_leaf is append-only'); END",
        "CREATE TRIGGER delegation_role_no_update BEFORE UPDATE ON delegation_role BEGIN SELECT RAISE(ABORT, 'delegation_role is append-only'); END",
        "CREATE TRIGGER delegation_role_no_delete BEFORE DELETE ON delegation_role BEGIN SELECT RAISE(ABORT, 'delegation_role is append-only'); END",
        "CREATE TRIGGER delegation_role_before_signing BEFORE INSERT ON delegation_role WHEN EXISTS (SELECT 1 FROM delegation WHERE id = NEW.delegation_id AND (giver_signed_at IS NOT NULL OR receiver_signed_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'what is lent is settled before anybody signs'); END",
        "CREATE TRIGGER delegation_fixed BEFORE UPDATE OF giver_id, receiver_id, place_code, valid_from, valid_until, reason, created_by_id, created_at ON delegation BEGIN SELECT RAISE(ABORT, 'an interim is ended, never changed'); END",
        "CREATE TRIGGER delegation_signed_once BEFORE UPDATE ON delegation WHEN (OLD.giver_signed_at IS NOT NULL AND NEW.giver_signed_at IS NOT OLD.giver_signed_at) OR (OLD.receiver_signed_at IS NOT NULL AND NEW.receiver_signed_at IS NOT OLD.receiver_signed_at) OR (OLD.ended_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'a signature is never taken back'); END",
        "CREATE TRIGGER delegation_no_delete BEFORE DELETE ON delegation BEGIN SELECT RAISE(ABORT, 'an interim is ended, never removed'); END",
        "CREATE TRIGGER journal_event_three_people BEFORE INSERT ON journal_event WHEN NEW.subject_kind = 'payment_order' AND NEW.action IN ('prepare', 'retry', 'take_account', 'verify', 'release') AND EXISTS (SELECT 1 FROM journal_event AS earlier WHERE earlier.subject_kind = 'payment_order' AND earlier.subject_id = NEW.subject_id AND earlier.action IN ('prepare', 'retry', 'take_account', 'verify', 'release') AND CASE WHEN earlier.action IN ('verify', 'release') THEN earlier.action ELSE 'prepare' END <> CASE WHEN NEW.action IN ('verify', 'release') THEN NEW.action ELSE 'prepare' END AND (earlier.actor_id IN (NEW.actor_id, NEW.on_behalf_of_id) OR earlier.on_behalf_of_id IN (NEW.actor_id, NEW.on_behalf_of_id))) BEGIN SELECT RAISE(ABORT, 'a payment takes three people'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION journal_checkpoint_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_checkpoint is append-only'; END $$",
        "CREATE TRIGGER journal_checkpoint_no_update BEFORE UPDATE ON journal_checkpoint FOR EACH ROW EXECUTE FUNCTION journal_checkpoint_no_update()",
        "CREATE FUNCTION journal_checkpoint_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_checkpoint is append-only'; END $$",
        "CREATE TRIGGER journal_checkpoint_no_delete BEFORE DELETE ON journal_checkpoint FOR EACH ROW EXECUTE FUNCTION journal_checkpoint_no_delete()",
        "CREATE TRIGGER journal_checkpoint_no_truncate BEFORE TRUNCATE ON journal_checkpoint EXECUTE FUNCTION journal_checkpoint_no_delete()",
        "CREATE FUNCTION journal_leaf_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_leaf is append-only'; END $$",
        "CREATE TRIGGER journal_leaf_no_update BEFORE UPDATE ON journal_leaf FOR EACH ROW EXECUTE FUNCTION journal_leaf_no_update()",
        "CREATE FUNCTION journal_leaf_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_leaf is append-only'; END $$",
        "CREATE TRIGGER journal_leaf_no_delete BEFORE DELETE ON journal_leaf FOR EACH ROW EXECUTE FUNCTION journal_leaf_no_delete()",
        "CREATE TRIGGER journal_leaf_no_truncate BEFORE TRUNCATE ON journal_leaf EXECUTE FUNCTION journal_leaf_no_delete()",
        "CREATE FUNCTION delegation_role_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'delegation_role is append-only'; END $$",
        "CREATE TRIGGER delegation_role_no_update BEFORE UPDATE ON delegation_role FOR EACH ROW EXECUTE FUNCTION delegation_role_no_update()",
        "CREATE FUNCTION delegation_role_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'delegation_role is append-only'; END $$",
        "CREATE TRIGGER delegation_role_no_delete BEFORE DELETE ON delegation_role FOR EACH ROW EXECUTE FUNCTION delegation_role_no_delete()",
        "CREATE TRIGGER delegation_role_no_truncate BEFORE TRUNCATE ON delegation_role EXECUTE FUNCTION delegation_role_no_delete()",
        "CREATE FUNCTION delegation_role_before_signing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM delegation WHERE id = NEW.delegation_id AND (giver_signed_at IS NOT NULL OR receiver_signed_at IS NOT NULL)) THEN RAISE EXCEPTION 'what is lent is settled before anybody signs'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER delegation_role_before_signing BEFORE INSERT ON delegation_role FOR EACH ROW EXECUTE FUNCTION delegation_role_before_signing()",
        "CREATE FUNCTION delegation_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an interim is ended, never changed'; END $$",
        "CREATE TRIGGER delegation_fixed BEFORE UPDATE OF giver_id, receiver_id, place_code, valid_from, valid_until, reason, created_by_id, created_at ON delegation FOR EACH ROW EXECUTE FUNCTION delegation_fixed()",
        "CREATE FUNCTION delegation_signed_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a signature is never taken back'; END $$",
        "CREATE TRIGGER delegation_signed_once BEFORE UPDATE ON delegation FOR EACH ROW WHEN ((OLD.giver_signed_at IS NOT NULL AND NEW.giver_signed_at IS DISTINCT FROM OLD.giver_signed_at) OR (OLD.receiver_signed_at IS NOT NULL AND NEW.receiver_signed_at IS DISTINCT FROM OLD.receiver_signed_at) OR (OLD.ended_at IS NOT NULL)) EXECUTE FUNCTION delegation_signed_once()",
        "CREATE FUNCTION delegation_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an interim is ended, never removed'; END $$",
        "CREATE TRIGGER delegation_no_delete BEFORE DELETE ON delegation FOR EACH ROW EXECUTE FUNCTION delegation_no_delete()",
        "CREATE FUNCTION journal_event_three_people() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.subject_kind = 'payment_order' AND NEW.action IN ('prepare', 'retry', 'take_account', 'verify', 'release') AND EXISTS (SELECT 1 FROM journal_event AS earlier WHERE earlier.subject_kind = 'payment_order' AND earlier.subject_id = NEW.subject_id AND earlier.action IN ('prepare', 'retry', 'take_account', 'verify', 'release') AND CASE WHEN earlier.action IN ('verify', 'release') THEN earlier.action ELSE 'prepare' END <> CASE WHEN NEW.action IN ('verify', 'release') THEN NEW.action ELSE 'prepare' END AND (earlier.actor_id IN (NEW.actor_id, NEW.on_behalf_of_id) OR earlier.on_behalf_of_id IN (NEW.actor_id, NEW.on_behalf_of_id))) THEN RAISE EXCEPTION 'a payment takes three people'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER journal_event_three_people BEFORE INSERT ON journal_event FOR EACH ROW EXECUTE FUNCTION journal_event_three_people()",
    ],
}


def upgrade():
    op.create_table(
        "journal_checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("peaks", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.String(length=128), nullable=True),
        sa.CheckConstraint("(key IS NULL) = (signature IS NULL)", name=op.f("ck_journal_checkpoint_signed")),
        sa.CheckConstraint(
            "number > 0 AND size > 0 AND subjects > 0 AND events >= size", name=op.f("ck_journal_checkpoint_counts")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_checkpoint")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_checkpoint_hash")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_journal_checkpoint_prev_hash")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("giver_signed_at", UtcDateTime(), nullable=True),
        sa.Column("receiver_signed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_delegation_ended")),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f("ck_delegation_two_people")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_delegation_dates")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_delegation_created_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_delegation_ended_by_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_delegation_giver_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["person.id"], name=op.f("fk_delegation_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("uuid", name=op.f("uq_delegation_uuid")),
    )
    op.create_index("ix_delegation_giver_id", "delegation", ["giver_id"], unique=False)
    op.create_index("ix_delegation_receiver_id", "delegation", ["receiver_id"], unique=False)
    op.create_table(
        "journal_leaf",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checkpoint", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("position >= 0 AND seq > 0", name=op.f("ck_journal_leaf_counts")),
        sa.ForeignKeyConstraint(["checkpoint"], ["journal_checkpoint.number"], name=op.f("fk_journal_leaf_checkpoint")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_journal_leaf")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "seq", name=op.f("uq_journal_leaf_subject_kind_subject_id_seq")
        ),
    )
    op.create_index("ix_journal_leaf_checkpoint", "journal_leaf", ["checkpoint"], unique=False)
    op.create_table(
        "delegation_role",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.CheckConstraint("role NOT IN ('admin', 'auditor', 'system')", name=op.f("ck_delegation_role_lendable")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegation.id"], name=op.f("fk_delegation_role_delegation_id")),
        sa.PrimaryKeyConstraint("delegation_id", "role", name=op.f("pk_delegation_role")),
    )
    op.create_index(
        "uq_idempotency_key_system",
        "idempotency_key",
        ["key"],
        unique=True,
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
    op.add_column("journal_head", sa.Column("sealed_seq", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_journal_head_open",
        "journal_head",
        ["subject_kind", "subject_id"],
        unique=False,
        sqlite_where=sa.text("seq > sealed_seq"),
        postgresql_where=sa.text("seq > sealed_seq"),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    on = " ON journal_event" if postgresql else ""
    op.execute(f"DROP TRIGGER journal_event_three_people{on}")
    op.drop_index(
        "ix_journal_head_open",
        table_name="journal_head",
        sqlite_where=sa.text("seq > sealed_seq"),
        postgresql_where=sa.text("seq > sealed_seq"),
    )
    op.drop_column("journal_head", "sealed_seq")
    op.drop_index(
        "uq_idempotency_key_system",
        table_name="idempotency_key",
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
    op.drop_table("delegation_role")
    op.drop_index("ix_journal_leaf_checkpoint", table_name="journal_leaf")
    op.drop_table("journal_leaf")
    op.drop_index("ix_delegation_receiver_id", table_name="delegation")
    op.drop_index("ix_delegation_giver_id", table_name="delegation")
    op.drop_table("delegation")
    op.drop_table("journal_checkpoint")
    if postgresql:
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
