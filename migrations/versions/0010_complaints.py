"""Complaints: what was lodged and by whom, answers, notes of the examination, and who read the sealed ones."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER grievance_answer_no_update BEFORE UPDATE ON grievance_answer BEGIN SELECT RAISE(ABORT, 'grievance_answer is append-only'); END",
        "CREATE TRIGGER grievance_answer_no_delete BEFORE DELETE ON grievance_answer BEGIN SELECT RAISE(ABORT, 'grievance_answer is append-only'); END",
        "CREATE TRIGGER grievance_note_no_update BEFORE UPDATE ON grievance_note BEGIN SELECT RAISE(ABORT, 'grievance_note is append-only'); END",
        "CREATE TRIGGER grievance_note_no_delete BEFORE DELETE ON grievance_note BEGIN SELECT RAISE(ABORT, 'grievance_note is append-only'); END",
        "CREATE TRIGGER grievance_reading_no_update BEFORE UPDATE ON grievance_reading BEGIN SELECT RAISE(ABORT, 'grievance_reading is append-only'); END",
        "CREATE TRIGGER grievance_reading_no_delete BEFORE DELETE ON grievance_reading BEGIN SELECT RAISE(ABORT, 'grievance_reading is append-only'); END",
        "CREATE TRIGGER grievance_fixed BEFORE UPDATE OF reference, token, code_hash, channel, words, registered_by_id, lodged_at ON grievance BEGIN SELECT RAISE(ABORT, 'what was lodged is never changed'); END",
        "CREATE TRIGGER grievance_stays_sealed BEFORE UPDATE ON grievance WHEN OLD.sealed AND NOT NEW.sealed BEGIN SELECT RAISE(ABORT, 'a sealed complaint stays sealed'); END",
        "CREATE TRIGGER grievance_no_delete BEFORE DELETE ON grievance BEGIN SELECT RAISE(ABORT, 'a complaint is ended, never removed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION grievance_answer_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grievance_answer is append-only'; END $$",
        "CREATE TRIGGER grievance_answer_no_update BEFORE UPDATE ON grievance_answer FOR EACH ROW EXECUTE FUNCTION grievance_answer_no_update()",
        "CREATE FUNCTION grievance_answer_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grievance_answer is append-only'; END $$",
        "CREATE TRIGGER grievance_answer_no_delete BEFORE DELETE ON grievance_answer FOR EACH ROW EXECUTE FUNCTION grievance_answer_no_delete()",
        "CREATE TRIGGER grievance_answer_no_truncate BEFORE TRUNCATE ON grievance_answer EXECUTE FUNCTION grievance_answer_no_delete()",
        "CREATE FUNCTION grievance_note_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grievance_note is append-only'; END $$",
        "CREATE TRIGGER grievance_note_no_update BEFORE UPDATE ON grievance_note FOR EACH ROW EXECUTE FUNCTION grievance_note_no_update()",
        "CREATE FUNCTION grievance_note_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grievance_note is append-only'; END $$",
        "CREATE TRIGGER grievance_note_no_delete BEFORE DELETE ON grievance_note FOR EACH ROW EXECUTE FUNCTION grievance_note_no_delete()",
        "CREATE TRIGGER grievance_note_no_truncate BEFORE TRUNCATE ON grievance_note EXECUTE FUNCTION grievance_note_no_delete()",
        "CREATE FUNCTION grievance_reading_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grievance_reading is append-only'; END $$",
        "CREATE TRIGGER grievance_reading_no_update BEFORE UPDATE ON grievance_reading FOR EACH ROW EXECUTE FUNCTION grievance_reading_no_update()",
        "CREATE FUNCTION grievance_reading_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grievance_reading is append-only'; END $$",
        "CREATE TRIGGER grievance_reading_no_delete BEFORE DELETE ON grievance_reading FOR EACH ROW EXECUTE FUNCTION grievance_reading_no_delete()",
        "CREATE TRIGGER grievance_reading_no_truncate BEFORE TRUNCATE ON grievance_reading EXECUTE FUNCTION grievance_reading_no_delete()",
        "CREATE FUNCTION grievance_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what was lodged is never changed'; END $$",
        "CREATE TRIGGER grievance_fixed BEFORE UPDATE OF reference, token, code_hash, channel, words, registered_by_id, lodged_at ON grievance FOR EACH ROW EXECUTE FUNCTION grievance_fixed()",
        "CREATE FUNCTION grievance_stays_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a sealed complaint stays sealed'; END $$",
        "CREATE TRIGGER grievance_stays_sealed BEFORE UPDATE ON grievance FOR EACH ROW WHEN (OLD.sealed AND NOT NEW.sealed) EXECUTE FUNCTION grievance_stays_sealed()",
        "CREATE FUNCTION grievance_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a complaint is ended, never removed'; END $$",
        "CREATE TRIGGER grievance_no_delete BEFORE DELETE ON grievance FOR EACH ROW EXECUTE FUNCTION grievance_no_delete()",
    ],
}
FUNCTIONS = [
    "grievance_answer_no_update",
    "grievance_answer_no_delete",
    "grievance_note_no_update",
    "grievance_note_no_delete",
    "grievance_reading_no_update",
    "grievance_reading_no_delete",
    "grievance_fixed",
    "grievance_stays_sealed",
    "grievance_no_delete",
]


def upgrade():
    op.create_table(
        "grievance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("holds_payments", sa.Boolean(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("place_code", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("file_named", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("lodged_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_how", sa.String(length=10), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("step_since", UtcDateTime(), nullable=False),
        sa.Column("waits_for", sa.String(length=30), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("state_revision", sa.Integer(), nullable=False),
        sa.Column("workflow_version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(channel = 'page') = (registered_by_id IS NULL)", name=op.f("ck_grievance_registered")),
        sa.CheckConstraint("channel IN ('office', 'phone', 'box', 'agent', 'page')", name=op.f("ck_grievance_channel")),
        sa.CheckConstraint("step <> 'closed' OR answered_at IS NOT NULL", name=op.f("ck_grievance_closed_answered")),
        sa.CheckConstraint(
            "step NOT IN ('withdrawn', 'inadmissible') OR end_reason IS NOT NULL",
            name=op.f("ck_grievance_ended_with_reason"),
        ),
        sa.CheckConstraint("(told_on IS NULL) = (told_how IS NULL)", name=op.f("ck_grievance_told")),
        sa.CheckConstraint("NOT holds_payments OR project_id IS NOT NULL", name=op.f("ck_grievance_holds_a_file")),
        sa.CheckConstraint("state_revision > 0", name=op.f("ck_grievance_state_revision")),
        sa.CheckConstraint("waits_for IS NOT NULL OR due_at IS NULL", name=op.f("ck_grievance_due_only_while_waiting")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_grievance_project_id")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["person.id"], name=op.f("fk_grievance_registered_by_id")),
        sa.ForeignKeyConstraint(
            ["workflow_version_id"], ["workflow_version.id"], name=op.f("fk_grievance_workflow_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance")),
        sa.UniqueConstraint("reference", name=op.f("uq_grievance_reference")),
        sa.UniqueConstraint("token", name=op.f("uq_grievance_token")),
    )
    op.create_index("ix_grievance_lodged_at_id", "grievance", ["lodged_at", "id"], unique=False)
    op.create_index("ix_grievance_place_code", "grievance", ["place_code"], unique=False)
    op.create_index("ix_grievance_project_id", "grievance", ["project_id"], unique=False)
    op.create_index("ix_grievance_step", "grievance", ["step"], unique=False)
    op.create_index("ix_grievance_waits_for_due_at", "grievance", ["waits_for", "due_at"], unique=False)
    op.create_table(
        "grievance_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grievance_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("finding = 'unfounded' OR measure <> ''", name=op.f("ck_grievance_answer_measure")),
        sa.CheckConstraint("finding IN ('founded', 'partly', 'unfounded')", name=op.f("ck_grievance_answer_finding")),
        sa.CheckConstraint("number IN (1, 2)", name=op.f("ck_grievance_answer_number")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_grievance_answer_by_id")),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievance.id"], name=op.f("fk_grievance_answer_grievance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance_answer")),
        sa.UniqueConstraint("grievance_id", "number", name=op.f("uq_grievance_answer_grievance_id_number")),
    )
    op.create_table(
        "grievance_complainant",
        sa.Column("grievance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("may_contact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievance.id"], name=op.f("fk_grievance_complainant_grievance_id")),
        sa.PrimaryKeyConstraint("grievance_id", name=op.f("pk_grievance_complainant")),
    )
    op.create_table(
        "grievance_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grievance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(kind = 'referral') = (service IS NOT NULL)", name=op.f("ck_grievance_note_service")),
        sa.CheckConstraint("kind IN ('note', 'referral', 'contest')", name=op.f("ck_grievance_note_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_grievance_note_by_id")),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievance.id"], name=op.f("fk_grievance_note_grievance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance_note")),
    )
    op.create_index("ix_grievance_note_grievance_id", "grievance_note", ["grievance_id"], unique=False)
    op.create_table(
        "grievance_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grievance_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["grievance_id"], ["grievance.id"], name=op.f("fk_grievance_reading_grievance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_grievance_reading_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance_reading")),
    )
    op.create_index(
        "ix_grievance_reading_grievance_id_person_id_at",
        "grievance_reading",
        ["grievance_id", "person_id", "at"],
        unique=False,
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    op.drop_index("ix_grievance_reading_grievance_id_person_id_at", table_name="grievance_reading")
    op.drop_table("grievance_reading")
    op.drop_index("ix_grievance_note_grievance_id", table_name="grievance_note")
    op.drop_table("grievance_note")
    op.drop_table("grievance_complainant")
    op.drop_table("grievance_answer")
    op.drop_index("ix_grievance_waits_for_due_at", table_name="grievance")
    op.drop_index("ix_grievance_step", table_name="grievance")
    op.drop_index("ix_grievance_project_id", table_name="grievance")
    op.drop_index("ix_grievance_place_code", table_name="grievance")
    op.drop_index("ix_grievance_lodged_at_id", table_name="grievance")
    op.drop_table("grievance")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
