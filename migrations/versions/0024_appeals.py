"""Appeals of groups against refusals: when each was told, what it said, and what a committee decided about it."""

import sqlalchemy as sa
from alembic import op

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER refusal_notice_no_update BEFORE UPDATE ON refusal_notice BEGIN SELECT RAISE(ABORT, 'refusal_notice is append-only'); END",
        "CREATE TRIGGER refusal_notice_no_delete BEFORE DELETE ON refusal_notice BEGIN SELECT RAISE(ABORT, 'refusal_notice is append-only'); END",
        "CREATE TRIGGER appeal_in_time BEFORE INSERT ON appeal WHEN NOT EXISTS (SELECT 1 FROM refusal_notice WHERE refusal_notice.id = NEW.notice_id AND refusal_notice.project_id = NEW.project_id AND NEW.lodged_on BETWEEN refusal_notice.told_on AND refusal_notice.until) BEGIN SELECT RAISE(ABORT, 'an appeal is lodged within its time'); END",
        "CREATE TRIGGER appeal_stands BEFORE UPDATE ON appeal WHEN OLD.outcome IS NOT NULL OR NEW.project_id <> OLD.project_id OR NEW.notice_id <> OLD.notice_id OR NEW.lodged_on <> OLD.lodged_on OR NEW.reasons <> OLD.reasons OR NEW.taken_by_id <> OLD.taken_by_id OR (OLD.examined_at IS NOT NULL AND (NEW.examined_by_id <> OLD.examined_by_id OR NEW.finding <> OLD.finding)) BEGIN SELECT RAISE(ABORT, 'what was said and decided about an appeal is never changed'); END",
        "CREATE TRIGGER appeal_no_delete BEFORE DELETE ON appeal WHEN OLD.id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an appeal is never removed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION refusal_notice_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refusal_notice is append-only'; END $$",
        'CREATE TRIGGER refusal_notice_no_update BEFORE UPDATE ON refusal_notice FOR EACH ROW EXECUTE FUNCTION refusal_notice_no_update()',
        "CREATE FUNCTION refusal_notice_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refusal_notice is append-only'; END $$",
        'CREATE TRIGGER refusal_notice_no_delete BEFORE DELETE ON refusal_notice FOR EACH ROW EXECUTE FUNCTION refusal_notice_no_delete()',
        'CREATE TRIGGER refusal_notice_no_truncate BEFORE TRUNCATE ON refusal_notice EXECUTE FUNCTION refusal_notice_no_delete()',
        "CREATE FUNCTION appeal_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM refusal_notice WHERE refusal_notice.id = NEW.notice_id AND refusal_notice.project_id = NEW.project_id AND NEW.lodged_on BETWEEN refusal_notice.told_on AND refusal_notice.until) THEN RAISE EXCEPTION 'an appeal is lodged within its time'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER appeal_in_time BEFORE INSERT ON appeal FOR EACH ROW EXECUTE FUNCTION appeal_in_time()',
        "CREATE FUNCTION appeal_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.outcome IS NOT NULL OR NEW.project_id <> OLD.project_id OR NEW.notice_id <> OLD.notice_id OR NEW.lodged_on <> OLD.lodged_on OR NEW.reasons <> OLD.reasons OR NEW.taken_by_id <> OLD.taken_by_id OR (OLD.examined_at IS NOT NULL AND (NEW.examined_by_id <> OLD.examined_by_id OR NEW.finding <> OLD.finding)) THEN RAISE EXCEPTION 'what was said and decided about an appeal is never changed'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER appeal_stands BEFORE UPDATE ON appeal FOR EACH ROW EXECUTE FUNCTION appeal_stands()',
        "CREATE FUNCTION appeal_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id IS NOT NULL THEN RAISE EXCEPTION 'an appeal is never removed'; END IF; RETURN OLD; END $$",
        'CREATE TRIGGER appeal_no_delete BEFORE DELETE ON appeal FOR EACH ROW EXECUTE FUNCTION appeal_no_delete()',
    ],
}
FUNCTIONS = ['refusal_notice_no_update', 'refusal_notice_no_delete', 'appeal_in_time', 'appeal_stands', 'appeal_no_delete']
CHANGE = "(NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) OR (NEW.matter_kind IS NULL OR NEW.matter_kind = 'appeal') <> (NEW.before IS NULL) OR (NEW.matter_kind IS NULL OR NEW.matter_kind = 'appeal') <> (NEW.asked IS NULL) OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked) OR (NEW.decision IN ('reopen', 'uphold') AND (NEW.matter_kind IS NULL OR NEW.matter_kind <> 'appeal')) OR (NEW.decision IN ('award', 'reject') AND NEW.matter_kind = 'appeal')"
CHANGE_BEFORE = "(NEW.matter_kind IS NULL) <> (NEW.matter_id IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.before IS NULL) OR (NEW.matter_kind IS NULL) <> (NEW.asked IS NULL) OR NEW.before <= 0 OR NEW.asked <= 0 OR NEW.asked = NEW.before OR (NEW.decision = 'award' AND NEW.amount <> NEW.asked)"
DECISIONS = "decision IN ('award', 'reject', 'adjourn', 'reopen', 'uphold')"
DECISIONS_BEFORE = "decision IN ('award', 'reject', 'adjourn')"


def agenda(decisions, change):
    """What a session may decide, and on what kind of matter."""
    with altered("agenda_item") as batch:
        batch.drop_constraint(op.f("ck_agenda_item_decision"), type_="check")
        batch.create_check_constraint(op.f("ck_agenda_item_decision"), decisions)
    bind = op.get_bind()
    for verb in ("INSERT", "UPDATE"):
        name = f"agenda_item_whole_change_{verb.lower()}"
        message = "a change is decided as it was asked for"
        if bind.dialect.name == "sqlite":
            bind.exec_driver_sql(f"DROP TRIGGER {name}")
            bind.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {verb} ON agenda_item WHEN {change} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        else:
            bind.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {change} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
            )


def upgrade():
    op.create_table('refusal_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('against', sa.String(length=12), nullable=False),
    sa.Column('refused_on', sa.Date(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('told_to', sa.String(length=120), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("against IN ('ineligible', 'rejected')", name=op.f('ck_refusal_notice_against')),
    sa.CheckConstraint("told_to <> ''", name=op.f('ck_refusal_notice_told_to')),
    sa.CheckConstraint('refused_on <= told_on AND told_on <= until', name=op.f('ck_refusal_notice_days')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_refusal_notice_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_refusal_notice_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refusal_notice'))
    )
    op.create_index('ix_refusal_notice_project_id', 'refusal_notice', ['project_id'], unique=False)
    op.create_table('appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('lodged_on', sa.Date(), nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.Column('spoken_by', sa.String(length=120), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('taken_by_id', sa.Integer(), nullable=False),
    sa.Column('taken_at', UtcDateTime(), nullable=False),
    sa.Column('examined_by_id', sa.Integer(), nullable=True),
    sa.Column('examined_at', UtcDateTime(), nullable=True),
    sa.Column('finding', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("examined_at IS NULL OR finding <> ''", name=op.f('ck_appeal_finding')),
    sa.CheckConstraint("length(reasons) >= 10 AND spoken_by <> ''", name=op.f('ck_appeal_said')),
    sa.CheckConstraint("outcome IN ('inadmissible', 'upheld', 'granted')", name=op.f('ck_appeal_outcome')),
    sa.CheckConstraint("way IN ('written', 'spoken')", name=op.f('ck_appeal_way')),
    sa.CheckConstraint('(examined_by_id IS NULL) = (examined_at IS NULL)', name=op.f('ck_appeal_examined')),
    sa.CheckConstraint('(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by_id IS NULL)', name=op.f('ck_appeal_decided')),
    sa.CheckConstraint('examined_by_id IS NULL OR examined_by_id <> taken_by_id', name=op.f('ck_appeal_two_people')),
    sa.CheckConstraint('outcome IS NULL OR examined_at IS NOT NULL', name=op.f('ck_appeal_examined_before')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_appeal_decided_by_id')),
    sa.ForeignKeyConstraint(['examined_by_id'], ['person.id'], name=op.f('fk_appeal_examined_by_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['refusal_notice.id'], name=op.f('fk_appeal_notice_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_appeal_project_id')),
    sa.ForeignKeyConstraint(['taken_by_id'], ['person.id'], name=op.f('fk_appeal_taken_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('notice_id', name=op.f('uq_appeal_notice_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_appeal_reference'))
    )
    op.create_index('ix_appeal_project_id', 'appeal', ['project_id'], unique=False)
    op.create_index('uq_appeal_under_way', 'appeal', ['project_id'], unique=True, sqlite_where=sa.text('outcome IS NULL'), postgresql_where=sa.text('outcome IS NULL'))
    agenda(DECISIONS, CHANGE)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    op.drop_index('uq_appeal_under_way', table_name='appeal', sqlite_where=sa.text('outcome IS NULL'), postgresql_where=sa.text('outcome IS NULL'))
    op.drop_index('ix_appeal_project_id', table_name='appeal')
    op.drop_table('appeal')
    op.drop_index('ix_refusal_notice_project_id', table_name='refusal_notice')
    op.drop_table('refusal_notice')
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}() CASCADE")
    agenda(DECISIONS_BEFORE, CHANGE_BEFORE)
