"""Versions of workflows: drafts that administrators write, and the two people who publish one."""

import sqlalchemy as sa
from alembic import op

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER workflow_draft_frozen BEFORE UPDATE ON workflow_draft WHEN OLD.state IN ('published', 'withdrawn') OR (OLD.state = 'submitted' AND NEW.source <> OLD.source) BEGIN SELECT RAISE(ABORT, 'a definition that was put forward is frozen'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION workflow_draft_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a definition that was put forward is frozen'; END $$",
        "CREATE TRIGGER workflow_draft_frozen BEFORE UPDATE ON workflow_draft FOR EACH ROW WHEN (OLD.state IN ('published', 'withdrawn') OR (OLD.state = 'submitted' AND NEW.source <> OLD.source)) EXECUTE FUNCTION workflow_draft_frozen()",
    ],
}


def upgrade():
    with altered("workflow_version") as batch:
        batch.add_column(sa.Column("proposed_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("published_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_workflow_version_proposed_by_id"), "person", ["proposed_by_id"], ["id"])
        batch.create_foreign_key(op.f("fk_workflow_version_published_by_id"), "person", ["published_by_id"], ["id"])
        batch.create_check_constraint(op.f("ck_workflow_version_version"), "version > 0")
        batch.create_check_constraint(
            op.f("ck_workflow_version_two_people"),
            "(proposed_by_id IS NULL) = (published_by_id IS NULL) "
            "AND (proposed_by_id IS NULL OR proposed_by_id <> published_by_id)",
        )
        batch.create_index("ix_workflow_version_subject_version", ["subject", "version"])
    op.create_table(
        "workflow_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (version_id IS NOT NULL)", name=op.f("ck_workflow_draft_published")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_workflow_draft_withdrawn"),
        ),
        sa.CheckConstraint("state <> 'draft' OR submitted_at IS NULL", name=op.f("ck_workflow_draft_draft")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'published', 'withdrawn')", name=op.f("ck_workflow_draft_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'published') OR (name IS NOT NULL AND version IS NOT NULL "
            "AND subject IS NOT NULL AND content_hash IS NOT NULL AND submitted_at IS NOT NULL)",
            name=op.f("ck_workflow_draft_put_forward_whole"),
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (reason IS NULL)", name=op.f("ck_workflow_draft_put_forward_with_reason")
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_workflow_draft_revision")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_workflow_draft_author_id")),
        sa.ForeignKeyConstraint(["version_id"], ["workflow_version.id"], name=op.f("fk_workflow_draft_version_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_workflow_draft_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_draft")),
        sa.UniqueConstraint("token", name=op.f("uq_workflow_draft_token")),
        sa.UniqueConstraint("version_id", name=op.f("uq_workflow_draft_version_id")),
    )
    op.create_index("ix_workflow_draft_state", "workflow_draft", ["state"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    op.drop_index("ix_workflow_draft_state", table_name="workflow_draft")
    op.drop_table("workflow_draft")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION workflow_draft_frozen()")
    with altered("workflow_version") as batch:
        batch.drop_index("ix_workflow_version_subject_version")
        batch.drop_constraint(op.f("ck_workflow_version_two_people"), type_="check")
        batch.drop_constraint(op.f("ck_workflow_version_version"), type_="check")
        batch.drop_constraint(op.f("fk_workflow_version_published_by_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_workflow_version_proposed_by_id"), type_="foreignkey")
        batch.drop_column("published_by_id")
        batch.drop_column("proposed_by_id")
