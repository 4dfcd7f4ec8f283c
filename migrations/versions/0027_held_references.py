"""References that are printed before what they number is stored."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "held_reference",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_held_reference")),
        sa.UniqueConstraint("kind", "year", "holder", name=op.f("uq_held_reference_kind_year_holder")),
    )


def downgrade():
    op.drop_table("held_reference")
