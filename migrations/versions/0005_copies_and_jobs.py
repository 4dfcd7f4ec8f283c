"""Two files for each document, and work in the background: copies of documents, jobs.

A document that was issued before has its file as its archive copy (it was a PDF/UA-1 then, and stays as it is).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from grants.core.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER document_copy_fixed BEFORE UPDATE OF document_id, purpose, file_id, sha256, sealed_by ON document_copy BEGIN SELECT RAISE(ABORT, 'a copy of a document is never changed'); END",
        "CREATE TRIGGER document_copy_no_delete BEFORE DELETE ON document_copy BEGIN SELECT RAISE(ABORT, 'a copy of a document is never removed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION document_copy_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a copy of a document is never changed'; END $$",
        "CREATE TRIGGER document_copy_fixed BEFORE UPDATE OF document_id, purpose, file_id, sha256, sealed_by ON document_copy FOR EACH ROW EXECUTE FUNCTION document_copy_fixed()",
        "CREATE FUNCTION document_copy_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a copy of a document is never removed'; END $$",
        "CREATE TRIGGER document_copy_no_delete BEFORE DELETE ON document_copy FOR EACH ROW EXECUTE FUNCTION document_copy_no_delete()",
    ],
}


def upgrade():
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("beat_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.String(length=80), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name=op.f("ck_job_worker")),
        sa.CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name=op.f("ck_job_ended")),
        sa.CheckConstraint("result IS NULL OR state = 'done'", name=op.f("ck_job_result")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'stopped', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.CheckConstraint("done >= 0 AND done <= total", name=op.f("ck_job_progress")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_job_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("uuid", name=op.f("uq_job_uuid")),
    )
    op.create_index("ix_job_state", "job", ["state", "id"], unique=False)
    op.create_index("ix_job_subject", "job", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "document_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint("purpose IN ('archive', 'reading')", name=op.f("ck_document_copy_purpose")),
        sa.CheckConstraint("sealed_by IS NULL OR purpose = 'archive'", name=op.f("ck_document_copy_sealed")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_copy_document_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_copy_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_copy")),
        sa.UniqueConstraint("document_id", "purpose", name=op.f("uq_document_copy_document_id_purpose")),
        sa.UniqueConstraint("file_id", name=op.f("uq_document_copy_file_id")),
    )
    op.create_index("ix_document_copy_sha256", "document_copy", ["sha256"], unique=False)
    op.execute(
        "INSERT INTO document_copy (document_id, purpose, file_id, sha256) "
        "SELECT id, 'archive', file_id, sha256 FROM document ORDER BY id"
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    op.drop_index("ix_document_copy_sha256", table_name="document_copy")
    op.drop_table("document_copy")
    op.drop_index("ix_job_subject", table_name="job")
    op.drop_index("ix_job_state", table_name="job")
    op.drop_table("job")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION document_copy_fixed()")
        op.execute("DROP FUNCTION document_copy_no_delete()")
