"""PostgreSQL tidies up the stays every five hundred changes, so that their indexes answer without a look at the rows."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SETTINGS = {
    "autovacuum_vacuum_scale_factor": 0,
    "autovacuum_vacuum_threshold": 500,
    "autovacuum_vacuum_insert_scale_factor": 0,
    "autovacuum_vacuum_insert_threshold": 500,
}


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE step_stay SET ({', '.join(f'{name} = {value}' for name, value in SETTINGS.items())})")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE step_stay RESET ({', '.join(SETTINGS)})")
