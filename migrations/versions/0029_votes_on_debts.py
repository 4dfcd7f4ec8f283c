"""Who voted how when a committee gave a debt up. Decisions of before keep their counts alone."""

import sqlalchemy as sa
from alembic import op

from grants.core.database import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# fmt: off
ADDED = {
    "sqlite": [
        "CREATE TRIGGER write_off_vote_no_update BEFORE UPDATE ON write_off_vote BEGIN SELECT RAISE(ABORT, 'write_off_vote is append-only'); END",
        "CREATE TRIGGER write_off_vote_no_delete BEFORE DELETE ON write_off_vote BEGIN SELECT RAISE(ABORT, 'write_off_vote is append-only'); END",
        "CREATE TRIGGER write_off_vote_of_a_member BEFORE INSERT ON write_off_vote WHEN EXISTS (SELECT 1 FROM write_off WHERE write_off.recovery_id = NEW.recovery_id) OR NOT EXISTS (SELECT 1 FROM committee_session JOIN seat ON seat.committee_id = committee_session.committee_id AND seat.until IS NULL AND seat.office IN ('chair', 'member') AND seat.person_id = NEW.person_id JOIN attendance ON attendance.session_id = committee_session.id AND attendance.person_id = NEW.person_id AND attendance.present WHERE committee_session.id = NEW.session_id AND committee_session.step = 'in_session') BEGIN SELECT RAISE(ABORT, 'only a member who is present votes, before the decision'); END",
        "CREATE TRIGGER write_off_by_its_votes BEFORE INSERT ON write_off WHEN NEW.votes_for <> (SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = 'for') OR NEW.votes_against <> (SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = 'against') OR NEW.abstentions <> (SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = 'abstain') BEGIN SELECT RAISE(ABORT, 'the decision counts the votes that were cast'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION write_off_vote_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'write_off_vote is append-only'; END $$",
        'CREATE TRIGGER write_off_vote_no_update BEFORE UPDATE ON write_off_vote FOR EACH ROW EXECUTE FUNCTION write_off_vote_no_update()',
        "CREATE FUNCTION write_off_vote_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'write_off_vote is append-only'; END $$",
        'CREATE TRIGGER write_off_vote_no_delete BEFORE DELETE ON write_off_vote FOR EACH ROW EXECUTE FUNCTION write_off_vote_no_delete()',
        'CREATE TRIGGER write_off_vote_no_truncate BEFORE TRUNCATE ON write_off_vote EXECUTE FUNCTION write_off_vote_no_delete()',
        "CREATE FUNCTION write_off_vote_of_a_member() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM write_off WHERE write_off.recovery_id = NEW.recovery_id) OR NOT EXISTS (SELECT 1 FROM committee_session JOIN seat ON seat.committee_id = committee_session.committee_id AND seat.until IS NULL AND seat.office IN ('chair', 'member') AND seat.person_id = NEW.person_id JOIN attendance ON attendance.session_id = committee_session.id AND attendance.person_id = NEW.person_id AND attendance.present WHERE committee_session.id = NEW.session_id AND committee_session.step = 'in_session') THEN RAISE EXCEPTION 'only a member who is present votes, before the decision'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER write_off_vote_of_a_member BEFORE INSERT ON write_off_vote FOR EACH ROW EXECUTE FUNCTION write_off_vote_of_a_member()',
        "CREATE FUNCTION write_off_by_its_votes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.votes_for <> (SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = 'for') OR NEW.votes_against <> (SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = 'against') OR NEW.abstentions <> (SELECT COUNT(*) FROM write_off_vote WHERE write_off_vote.recovery_id = NEW.recovery_id AND write_off_vote.session_id = NEW.session_id AND write_off_vote.choice = 'abstain') THEN RAISE EXCEPTION 'the decision counts the votes that were cast'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER write_off_by_its_votes BEFORE INSERT ON write_off FOR EACH ROW EXECUTE FUNCTION write_off_by_its_votes()',
    ],
}
FUNCTIONS = ['write_off_vote_no_update', 'write_off_vote_no_delete', 'write_off_vote_of_a_member', 'write_off_by_its_votes']


def upgrade():
    op.create_table('write_off_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recovery_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.String(length=10), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name=op.f('ck_write_off_vote_choice')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_write_off_vote_person_id')),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], name=op.f('fk_write_off_vote_recovery_id')),
    sa.ForeignKeyConstraint(['session_id'], ['committee_session.id'], name=op.f('fk_write_off_vote_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_write_off_vote')),
    sa.UniqueConstraint('recovery_id', 'session_id', 'person_id', name=op.f('uq_write_off_vote_recovery_id_session_id_person_id'))
    )
    bind = op.get_bind()
    for statement in ADDED[bind.dialect.name]:
        bind.exec_driver_sql(statement)
# fmt: on


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER write_off_by_its_votes" + (" ON write_off" if postgresql else ""))
    op.drop_table("write_off_vote")
    if postgresql:
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
