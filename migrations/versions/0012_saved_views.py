"""People keep the filters of a list under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person_id", "path", "name", name=op.f("uq_saved_view_person_id_path_name")),
        sa.UniqueConstraint("person_id", "path", "query", name=op.f("uq_saved_view_person_id_path_query")),
        sa.UniqueConstraint("uuid", name=op.f("uq_saved_view_uuid")),
    )


def downgrade():
    op.drop_table("saved_view")
