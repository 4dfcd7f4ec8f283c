"""The tables of the first version, with the rules that the database itself keeps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from grants.core.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER journal_event_no_update BEFORE UPDATE ON journal_event BEGIN SELECT RAISE(ABORT, 'journal_event is append-only'); END",
        "CREATE TRIGGER journal_event_no_delete BEFORE DELETE ON journal_event BEGIN SELECT RAISE(ABORT, 'journal_event is append-only'); END",
        "CREATE TRIGGER workflow_version_no_update BEFORE UPDATE ON workflow_version BEGIN SELECT RAISE(ABORT, 'workflow_version is append-only'); END",
        "CREATE TRIGGER workflow_version_no_delete BEFORE DELETE ON workflow_version BEGIN SELECT RAISE(ABORT, 'workflow_version is append-only'); END",
        "CREATE TRIGGER stored_file_fixed BEFORE UPDATE OF uuid, sha256, size, kind, mime, taken_at, latitude, longitude, created_at, created_by_id ON stored_file BEGIN SELECT RAISE(ABORT, 'a stored file is never changed'); END",
        "CREATE TRIGGER document_fixed BEFORE UPDATE OF kind, subject_kind, subject_id, reference, code, file_id, sha256, data_sha256, template_version, parameters, journal_seq, journal_head, issued_at, issued_by_id ON document BEGIN SELECT RAISE(ABORT, 'an issued document is never changed'); END",
        "CREATE TRIGGER stored_file_evidence BEFORE DELETE ON stored_file WHEN OLD.subject_kind IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a filed paper is never removed'); END",
        "CREATE TRIGGER stored_file_owner BEFORE UPDATE OF subject_kind, subject_id ON stored_file WHEN OLD.subject_kind IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a filed paper keeps its owner'); END",
        "CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'an issued document is never removed'); END",
        "CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'transfer is append-only'); END",
        "CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'transfer is append-only'); END",
        "CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; END",
        "CREATE TRIGGER transfer_needs_balance BEFORE INSERT ON transfer WHEN NEW.project_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM award_balance WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id) BEGIN SELECT RAISE(ABORT, 'no balance of this project in this envelope'); END",
        "CREATE TRIGGER transfer_reverses_its_twin BEFORE INSERT ON transfer WHEN NEW.reversal_of_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM transfer AS original WHERE original.id = NEW.reversal_of_id AND original.amount = NEW.amount AND original.project_id = NEW.project_id AND original.envelope_id = NEW.envelope_id AND NEW.kind = 'reverse_' || original.kind) BEGIN SELECT RAISE(ABORT, 'a reversal takes back one whole movement'); END",
        "CREATE TRIGGER call_published_no_update BEFORE UPDATE ON call WHEN OLD.published_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a published call is frozen'); END",
        "CREATE TRIGGER call_published_no_delete BEFORE DELETE ON call WHEN OLD.published_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a published call is frozen'); END",
        "CREATE TRIGGER kind_edition_no_update BEFORE UPDATE ON kind_edition BEGIN SELECT RAISE(ABORT, 'kind_edition is append-only'); END",
        "CREATE TRIGGER kind_edition_no_delete BEFORE DELETE ON kind_edition BEGIN SELECT RAISE(ABORT, 'kind_edition is append-only'); END",
        "CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision BEGIN SELECT RAISE(ABORT, 'revision is append-only'); END",
        "CREATE TRIGGER revision_no_delete BEFORE DELETE ON revision BEGIN SELECT RAISE(ABORT, 'revision is append-only'); END",
        "CREATE TRIGGER score_sheet_fixed BEFORE UPDATE OF project_id, revision, appraiser_id, scores, total, opinion, comment, submitted_at ON score_sheet BEGIN SELECT RAISE(ABORT, 'a score sheet is never changed'); END",
        "CREATE TRIGGER score_sheet_no_delete BEFORE DELETE ON score_sheet BEGIN SELECT RAISE(ABORT, 'a score sheet is never removed'); END",
        "CREATE TRIGGER agenda_item_decided_no_update BEFORE UPDATE ON agenda_item WHEN OLD.decision IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END",
        "CREATE TRIGGER agenda_item_decided_no_delete BEFORE DELETE ON agenda_item WHEN OLD.decision IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END",
        "CREATE TRIGGER vote_before_decision_insert BEFORE INSERT ON vote WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = NEW.item_id AND decision IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the file is decided'); END",
        "CREATE TRIGGER vote_before_decision_update BEFORE UPDATE ON vote WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the file is decided'); END",
        "CREATE TRIGGER vote_before_decision_delete BEFORE DELETE ON vote WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the file is decided'); END",
        "CREATE TRIGGER conflict_before_decision_insert BEFORE INSERT ON conflict WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = NEW.item_id AND decision IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the file is decided'); END",
        "CREATE TRIGGER conflict_before_decision_update BEFORE UPDATE ON conflict WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the file is decided'); END",
        "CREATE TRIGGER conflict_before_decision_delete BEFORE DELETE ON conflict WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'the file is decided'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION journal_event_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_event is append-only'; END $$",
        'CREATE TRIGGER journal_event_no_update BEFORE UPDATE ON journal_event FOR EACH ROW EXECUTE FUNCTION journal_event_no_update()',
        "CREATE FUNCTION journal_event_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'journal_event is append-only'; END $$",
        'CREATE TRIGGER journal_event_no_delete BEFORE DELETE ON journal_event FOR EACH ROW EXECUTE FUNCTION journal_event_no_delete()',
        'CREATE TRIGGER journal_event_no_truncate BEFORE TRUNCATE ON journal_event EXECUTE FUNCTION journal_event_no_delete()',
        "CREATE FUNCTION workflow_version_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'workflow_version is append-only'; END $$",
        'CREATE TRIGGER workflow_version_no_update BEFORE UPDATE ON workflow_version FOR EACH ROW EXECUTE FUNCTION workflow_version_no_update()',
        "CREATE FUNCTION workflow_version_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'workflow_version is append-only'; END $$",
        'CREATE TRIGGER workflow_version_no_delete BEFORE DELETE ON workflow_version FOR EACH ROW EXECUTE FUNCTION workflow_version_no_delete()',
        'CREATE TRIGGER workflow_version_no_truncate BEFORE TRUNCATE ON workflow_version EXECUTE FUNCTION workflow_version_no_delete()',
        "CREATE FUNCTION stored_file_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a stored file is never changed'; END $$",
        'CREATE TRIGGER stored_file_fixed BEFORE UPDATE OF uuid, sha256, size, kind, mime, taken_at, latitude, longitude, created_at, created_by_id ON stored_file FOR EACH ROW EXECUTE FUNCTION stored_file_fixed()',
        "CREATE FUNCTION document_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an issued document is never changed'; END $$",
        'CREATE TRIGGER document_fixed BEFORE UPDATE OF kind, subject_kind, subject_id, reference, code, file_id, sha256, data_sha256, template_version, parameters, journal_seq, journal_head, issued_at, issued_by_id ON document FOR EACH ROW EXECUTE FUNCTION document_fixed()',
        "CREATE FUNCTION stored_file_evidence() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a filed paper is never removed'; END $$",
        'CREATE TRIGGER stored_file_evidence BEFORE DELETE ON stored_file FOR EACH ROW WHEN (OLD.subject_kind IS NOT NULL) EXECUTE FUNCTION stored_file_evidence()',
        "CREATE FUNCTION stored_file_owner() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a filed paper keeps its owner'; END $$",
        'CREATE TRIGGER stored_file_owner BEFORE UPDATE OF subject_kind, subject_id ON stored_file FOR EACH ROW WHEN (OLD.subject_kind IS NOT NULL) EXECUTE FUNCTION stored_file_owner()',
        "CREATE FUNCTION document_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an issued document is never removed'; END $$",
        'CREATE TRIGGER document_no_delete BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_no_delete()',
        "CREATE FUNCTION transfer_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transfer is append-only'; END $$",
        'CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_no_update()',
        "CREATE FUNCTION transfer_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'transfer is append-only'; END $$",
        'CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_no_delete()',
        'CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON transfer EXECUTE FUNCTION transfer_no_delete()',
        "CREATE FUNCTION transfer_moves_counters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE envelope SET ceiling = ceiling + CASE NEW.kind WHEN 'endow' THEN NEW.amount WHEN 'withdraw' THEN -NEW.amount ELSE 0 END, reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE id = NEW.envelope_id; UPDATE award_balance SET reserved = reserved + CASE NEW.kind WHEN 'reserve' THEN NEW.amount WHEN 'release' THEN -NEW.amount WHEN 'commit' THEN -NEW.amount ELSE 0 END, committed = committed + CASE NEW.kind WHEN 'commit' THEN NEW.amount WHEN 'uncommit' THEN -NEW.amount ELSE 0 END, paid = paid + CASE NEW.kind WHEN 'pay' THEN NEW.amount WHEN 'reverse_pay' THEN -NEW.amount ELSE 0 END, justified = justified + CASE NEW.kind WHEN 'justify' THEN NEW.amount WHEN 'reverse_justify' THEN -NEW.amount ELSE 0 END, refunded = refunded + CASE NEW.kind WHEN 'refund' THEN NEW.amount ELSE 0 END WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id; RETURN NEW; END $$",
        'CREATE TRIGGER transfer_moves_counters AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_moves_counters()',
        "CREATE FUNCTION transfer_needs_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.project_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM award_balance WHERE project_id = NEW.project_id AND envelope_id = NEW.envelope_id) THEN RAISE EXCEPTION 'no balance of this project in this envelope'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER transfer_needs_balance BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_needs_balance()',
        "CREATE FUNCTION transfer_reverses_its_twin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reversal_of_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM transfer AS original WHERE original.id = NEW.reversal_of_id AND original.amount = NEW.amount AND original.project_id = NEW.project_id AND original.envelope_id = NEW.envelope_id AND NEW.kind = 'reverse_' || original.kind) THEN RAISE EXCEPTION 'a reversal takes back one whole movement'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER transfer_reverses_its_twin BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_reverses_its_twin()',
        "CREATE FUNCTION call_published_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a published call is frozen'; END $$",
        'CREATE TRIGGER call_published_no_update BEFORE UPDATE ON "call" FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION call_published_no_update()',
        "CREATE FUNCTION call_published_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a published call is frozen'; END $$",
        'CREATE TRIGGER call_published_no_delete BEFORE DELETE ON "call" FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION call_published_no_delete()',
        "CREATE FUNCTION kind_edition_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kind_edition is append-only'; END $$",
        'CREATE TRIGGER kind_edition_no_update BEFORE UPDATE ON kind_edition FOR EACH ROW EXECUTE FUNCTION kind_edition_no_update()',
        "CREATE FUNCTION kind_edition_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kind_edition is append-only'; END $$",
        'CREATE TRIGGER kind_edition_no_delete BEFORE DELETE ON kind_edition FOR EACH ROW EXECUTE FUNCTION kind_edition_no_delete()',
        'CREATE TRIGGER kind_edition_no_truncate BEFORE TRUNCATE ON kind_edition EXECUTE FUNCTION kind_edition_no_delete()',
        "CREATE FUNCTION revision_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'revision is append-only'; END $$",
        'CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision FOR EACH ROW EXECUTE FUNCTION revision_no_update()',
        "CREATE FUNCTION revision_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'revision is append-only'; END $$",
        'CREATE TRIGGER revision_no_delete BEFORE DELETE ON revision FOR EACH ROW EXECUTE FUNCTION revision_no_delete()',
        'CREATE TRIGGER revision_no_truncate BEFORE TRUNCATE ON revision EXECUTE FUNCTION revision_no_delete()',
        "CREATE FUNCTION score_sheet_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a score sheet is never changed'; END $$",
        'CREATE TRIGGER score_sheet_fixed BEFORE UPDATE OF project_id, revision, appraiser_id, scores, total, opinion, comment, submitted_at ON score_sheet FOR EACH ROW EXECUTE FUNCTION score_sheet_fixed()',
        "CREATE FUNCTION score_sheet_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a score sheet is never removed'; END $$",
        'CREATE TRIGGER score_sheet_no_delete BEFORE DELETE ON score_sheet FOR EACH ROW EXECUTE FUNCTION score_sheet_no_delete()',
        "CREATE FUNCTION agenda_item_decided_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a decision is never changed'; END $$",
        'CREATE TRIGGER agenda_item_decided_no_update BEFORE UPDATE ON agenda_item FOR EACH ROW WHEN (OLD.decision IS NOT NULL) EXECUTE FUNCTION agenda_item_decided_no_update()',
        "CREATE FUNCTION agenda_item_decided_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a decision is never changed'; END $$",
        'CREATE TRIGGER agenda_item_decided_no_delete BEFORE DELETE ON agenda_item FOR EACH ROW WHEN (OLD.decision IS NOT NULL) EXECUTE FUNCTION agenda_item_decided_no_delete()',
        "CREATE FUNCTION vote_before_decision_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM agenda_item WHERE id = NEW.item_id AND decision IS NOT NULL) THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER vote_before_decision_insert BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION vote_before_decision_insert()',
        "CREATE FUNCTION vote_before_decision_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER vote_before_decision_update BEFORE UPDATE ON vote FOR EACH ROW EXECUTE FUNCTION vote_before_decision_update()',
        "CREATE FUNCTION vote_before_decision_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN OLD; END $$",
        'CREATE TRIGGER vote_before_decision_delete BEFORE DELETE ON vote FOR EACH ROW EXECUTE FUNCTION vote_before_decision_delete()',
        "CREATE FUNCTION conflict_before_decision_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM agenda_item WHERE id = NEW.item_id AND decision IS NOT NULL) THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER conflict_before_decision_insert BEFORE INSERT ON conflict FOR EACH ROW EXECUTE FUNCTION conflict_before_decision_insert()',
        "CREATE FUNCTION conflict_before_decision_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER conflict_before_decision_update BEFORE UPDATE ON conflict FOR EACH ROW EXECUTE FUNCTION conflict_before_decision_update()',
        "CREATE FUNCTION conflict_before_decision_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND decision IS NOT NULL) THEN RAISE EXCEPTION 'the file is decided'; END IF; RETURN OLD; END $$",
        'CREATE TRIGGER conflict_before_decision_delete BEFORE DELETE ON conflict FOR EACH ROW EXECUTE FUNCTION conflict_before_decision_delete()',
    ],
}
FUNCTIONS = [
    'journal_event_no_update',
    'journal_event_no_delete',
    'workflow_version_no_update',
    'workflow_version_no_delete',
    'stored_file_fixed',
    'document_fixed',
    'stored_file_evidence',
    'stored_file_owner',
    'document_no_delete',
    'transfer_no_update',
    'transfer_no_delete',
    'transfer_moves_counters',
    'transfer_needs_balance',
    'transfer_reverses_its_twin',
    'call_published_no_update',
    'call_published_no_delete',
    'kind_edition_no_update',
    'kind_edition_no_delete',
    'revision_no_update',
    'revision_no_delete',
    'score_sheet_fixed',
    'score_sheet_no_delete',
    'agenda_item_decided_no_update',
    'agenda_item_decided_no_delete',
    'vote_before_decision_insert',
    'vote_before_decision_update',
    'vote_before_decision_delete',
    'conflict_before_decision_insert',
    'conflict_before_decision_update',
    'conflict_before_decision_delete',
]


def upgrade():
    op.create_table('committee',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=True),
    sa.Column('quorum', sa.Integer(), nullable=False),
    sa.CheckConstraint("(level = 'national') = (place_code IS NULL)", name=op.f('ck_committee_place')),
    sa.CheckConstraint("level IN ('local', 'regional', 'national')", name=op.f('ck_committee_level')),
    sa.CheckConstraint('quorum >= 2', name=op.f('ck_committee_quorum')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_committee')),
    sa.UniqueConstraint('code', name=op.f('uq_committee_code')),
    sa.UniqueConstraint('level', 'place_code', name=op.f('uq_committee_level_place_code'))
    )
    op.create_index('uq_committee_national', 'committee', ['level'], unique=True, sqlite_where=sa.text('place_code IS NULL'), postgresql_where=sa.text('place_code IS NULL'))
    op.create_table('donor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donor')),
    sa.UniqueConstraint('code', name=op.f('uq_donor_code'))
    )
    op.create_table('journal_head',
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('subject_kind', 'subject_id', name=op.f('pk_journal_head'))
    )
    op.create_table('kind_edition',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('data', JSON, nullable=False),
    sa.Column('kept_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_kind_edition'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('email IS NOT NULL OR phone IS NOT NULL', name=op.f('ck_person_reachable')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('phone', name=op.f('uq_person_phone')),
    sa.UniqueConstraint('uuid', name=op.f('uq_person_uuid'))
    )
    op.create_table('reference_counter',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'year', name=op.f('pk_reference_counter'))
    )
    op.create_table('sign_in_failure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure'))
    )
    op.create_index('ix_sign_in_failure_key_at', 'sign_in_failure', ['key', 'at'], unique=False)
    op.create_table('verification_miss',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification_miss'))
    )
    op.create_index('ix_verification_miss_address_at', 'verification_miss', ['address', 'at'], unique=False)
    op.create_table('workflow_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workflow_version')),
    sa.UniqueConstraint('content_hash', name=op.f('uq_workflow_version_content_hash')),
    sa.UniqueConstraint('name', 'version', name=op.f('uq_workflow_version_name_version'))
    )
    op.create_table('activation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_activation_created_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_activation_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activation')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_activation_code_hash'))
    )
    op.create_table('fund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('agreement', sa.String(length=80), nullable=False),
    sa.Column('donor_id', sa.Integer(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_fund_dates')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_fund_donor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fund')),
    sa.UniqueConstraint('code', name=op.f('uq_fund_code'))
    )
    op.create_table('group_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('file_name', sa.String(length=160), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('registered', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('imported_by_id', sa.Integer(), nullable=False),
    sa.Column('imported_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('registered > 0 AND left_out >= 0', name=op.f('ck_group_import_counts')),
    sa.ForeignKeyConstraint(['imported_by_id'], ['person.id'], name=op.f('fk_group_import_imported_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_import')),
    sa.UniqueConstraint('uuid', name=op.f('uq_group_import_uuid'))
    )
    op.create_table('journal_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('format', sa.Integer(), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=200), nullable=False),
    sa.Column('on_behalf_of_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('from_step', sa.String(length=80), nullable=True),
    sa.Column('to_step', sa.String(length=80), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('from_step IS NULL OR to_step IS NOT NULL', name=op.f('ck_journal_event_steps')),
    sa.CheckConstraint('seq > 0', name=op.f('ck_journal_event_seq')),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_journal_event_actor_id')),
    sa.ForeignKeyConstraint(['on_behalf_of_id'], ['person.id'], name=op.f('fk_journal_event_on_behalf_of_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_event')),
    sa.UniqueConstraint('subject_kind', 'subject_id', 'seq', name=op.f('uq_journal_event_subject_kind_subject_id_seq'))
    )
    op.create_index('ix_journal_event_action', 'journal_event', ['subject_kind', 'subject_id', 'action'], unique=False)
    op.create_index('ix_journal_event_actor_id_at', 'journal_event', ['actor_id', 'at'], unique=False)
    op.create_table('place_edition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('source', sa.String(length=400), nullable=False),
    sa.Column('licence', sa.String(length=120), nullable=False),
    sa.Column('imported_at', UtcDateTime(), nullable=False),
    sa.Column('imported_by_id', sa.Integer(), nullable=True),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['imported_by_id'], ['person.id'], name=op.f('fk_place_edition_imported_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place_edition')),
    sa.UniqueConstraint('code', name=op.f('uq_place_edition_code'))
    )
    op.create_index('uq_place_edition_one_current', 'place_edition', ['current'], unique=True, sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))
    op.create_table('place_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=36), nullable=False),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=400), nullable=False),
    sa.Column('licence', sa.String(length=120), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['person.id'], name=op.f('fk_place_import_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place_import')),
    sa.UniqueConstraint('token', name=op.f('uq_place_import_token'))
    )
    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('granted_at', UtcDateTime(), nullable=False),
    sa.Column('revoked_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_by_id IS NULL)', name=op.f('ck_role_grant_revoked')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= valid_from', name=op.f('ck_role_grant_dates')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_role_grant_granted_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['person.id'], name=op.f('fk_role_grant_revoked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index('ix_role_grant_person_id', 'role_grant', ['person_id'], unique=False)
    op.create_table('seat',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('committee_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(length=10), nullable=False),
    sa.Column('quality', sa.String(length=120), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.CheckConstraint("office IN ('chair', 'member', 'secretary')", name=op.f('ck_seat_office')),
    sa.ForeignKeyConstraint(['committee_id'], ['committee.id'], name=op.f('fk_seat_committee_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_seat_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seat'))
    )
    op.create_index('uq_seat_committee_person', 'seat', ['committee_id', 'person_id'], unique=True, sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('confirmed_at', UtcDateTime(), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('device', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash'))
    )
    op.create_index('ix_sign_in_person_id', 'sign_in', ['person_id'], unique=False)
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('mime', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('taken_at', UtcDateTime(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('scan_state', sa.String(length=10), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=True),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('kept_for_id', sa.Integer(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('photo', 'pdf', 'sheet')", name=op.f('ck_stored_file_kind')),
    sa.CheckConstraint("scan_state IN ('unscanned', 'clean', 'infected')", name=op.f('ck_stored_file_scan_state')),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_stored_file_place')),
    sa.CheckConstraint('(subject_kind IS NULL) = (subject_id IS NULL)', name=op.f('ck_stored_file_owner')),
    sa.CheckConstraint('size > 0', name=op.f('ck_stored_file_size')),
    sa.CheckConstraint('subject_kind IS NOT NULL OR kept_for_id IS NOT NULL', name=op.f('ck_stored_file_owned_or_kept')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_stored_file_created_by_id')),
    sa.ForeignKeyConstraint(['kept_for_id'], ['person.id'], name=op.f('fk_stored_file_kept_for_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('uuid', name=op.f('uq_stored_file_uuid'))
    )
    op.create_index('ix_stored_file_kept_for_id', 'stored_file', ['kept_for_id'], unique=False)
    op.create_index('ix_stored_file_sha256', 'stored_file', ['sha256'], unique=False)
    op.create_index('ix_stored_file_subject', 'stored_file', ['subject_kind', 'subject_id'], unique=False)
    op.create_table('beneficiary_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('search_name', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('registration_number', sa.String(length=60), nullable=True),
    sa.Column('registration_key', sa.String(length=80), nullable=True),
    sa.Column('registration_date', sa.Date(), nullable=True),
    sa.Column('registration_authority', sa.String(length=120), nullable=True),
    sa.Column('place_code', sa.String(length=12), nullable=False),
    sa.Column('village', sa.String(length=80), nullable=False),
    sa.Column('women', sa.Integer(), nullable=False),
    sa.Column('men', sa.Integer(), nullable=False),
    sa.Column('youth', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=30), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('activity', sa.Text(), nullable=False),
    sa.Column('consent_on', sa.Date(), nullable=True),
    sa.Column('consent_text', sa.String(length=20), nullable=True),
    sa.Column('consent_language', sa.String(length=30), nullable=True),
    sa.Column('consent_witness', sa.String(length=120), nullable=True),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('registered_by_id', sa.Integer(), nullable=False),
    sa.Column('registered_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('scoops', 'coop_ca', 'association', 'gie', 'informal')", name=op.f('ck_beneficiary_group_kind')),
    sa.CheckConstraint('(consent_on IS NULL) = (consent_witness IS NULL)', name=op.f('ck_beneficiary_group_consent')),
    sa.CheckConstraint('(registration_number IS NULL) = (registration_key IS NULL)', name=op.f('ck_beneficiary_group_registration_key')),
    sa.CheckConstraint('registration_number IS NULL OR registration_date IS NOT NULL', name=op.f('ck_beneficiary_group_registration')),
    sa.CheckConstraint('women >= 0 AND men >= 0 AND women + men > 0', name=op.f('ck_beneficiary_group_members')),
    sa.CheckConstraint('youth >= 0 AND youth <= women + men', name=op.f('ck_beneficiary_group_youth')),
    sa.ForeignKeyConstraint(['import_id'], ['group_import.id'], name=op.f('fk_beneficiary_group_import_id')),
    sa.ForeignKeyConstraint(['registered_by_id'], ['person.id'], name=op.f('fk_beneficiary_group_registered_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_beneficiary_group')),
    sa.UniqueConstraint('reference', name=op.f('uq_beneficiary_group_reference')),
    sa.UniqueConstraint('registration_key', name=op.f('uq_beneficiary_group_registration_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_beneficiary_group_uuid'))
    )
    op.create_index('ix_beneficiary_group_import_id', 'beneficiary_group', ['import_id'], unique=False)
    op.create_index('ix_beneficiary_group_place_code', 'beneficiary_group', ['place_code'], unique=False)
    op.create_index('ix_beneficiary_group_search_name', 'beneficiary_group', ['search_name'], unique=False)
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=14), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('data_sha256', sa.String(length=64), nullable=False),
    sa.Column('template_version', sa.String(length=20), nullable=False),
    sa.Column('parameters', JSON, nullable=False),
    sa.Column('journal_seq', sa.Integer(), nullable=True),
    sa.Column('journal_head', sa.String(length=64), nullable=True),
    sa.Column('issued_at', UtcDateTime(), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('state_since', UtcDateTime(), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'valid') = (state_reason IS NULL)", name=op.f('ck_document_state_reason')),
    sa.CheckConstraint("state IN ('valid', 'amended', 'cancelled')", name=op.f('ck_document_state')),
    sa.CheckConstraint('(journal_seq IS NULL) = (journal_head IS NULL)', name=op.f('ck_document_journal')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_document_file_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_document_issued_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('code', name=op.f('uq_document_code')),
    sa.UniqueConstraint('file_id', name=op.f('uq_document_file_id'))
    )
    op.create_index('ix_document_subject', 'document', ['subject_kind', 'subject_id'], unique=False)
    op.create_table('envelope',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('ceiling', sa.BigInteger(), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.Column('committed', sa.BigInteger(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('justified', sa.BigInteger(), nullable=False),
    sa.Column('refunded', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('committed >= 0', name=op.f('ck_envelope_committed')),
    sa.CheckConstraint('justified >= 0 AND refunded >= 0 AND justified + refunded <= paid', name=op.f('ck_envelope_settled')),
    sa.CheckConstraint('paid >= 0 AND paid <= committed', name=op.f('ck_envelope_paid')),
    sa.CheckConstraint('reserved + committed <= ceiling', name=op.f('ck_envelope_ceiling')),
    sa.CheckConstraint('reserved >= 0', name=op.f('ck_envelope_reserved')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_envelope_fund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_envelope')),
    sa.UniqueConstraint('code', name=op.f('uq_envelope_code'))
    )
    op.create_table('idempotency_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['journal_event.id'], name=op.f('fk_idempotency_key_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_idempotency_key_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_key')),
    sa.UniqueConstraint('person_id', 'key', name=op.f('uq_idempotency_key_person_id_key'))
    )
    op.create_table('place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=15), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('parent_code', sa.String(length=8), nullable=True),
    sa.Column('aliases', JSON, nullable=False),
    sa.Column('former_region', sa.String(length=80), nullable=True),
    sa.Column('search', sa.String(length=400), nullable=False),
    sa.Column('obsolete_since', sa.Date(), nullable=True),
    sa.CheckConstraint("(kind IN ('region', 'district') AND length(code) = 2) OR (kind = 'cercle' AND length(code) = 4) OR (kind = 'arrondissement' AND length(code) = CASE WHEN substr(code, 1, 2) = '00' THEN 4 ELSE 6 END) OR (kind = 'commune' AND length(code) = 8)", name=op.f('ck_place_code_length')),
    sa.CheckConstraint("kind IN ('region', 'district', 'cercle', 'arrondissement', 'commune')", name=op.f('ck_place_kind')),
    sa.CheckConstraint('(length(code) = 2 AND parent_code IS NULL) OR (length(code) > 2 AND parent_code = substr(code, 1, length(code) - 2))', name=op.f('ck_place_parent')),
    sa.ForeignKeyConstraint(['edition', 'parent_code'], ['place.edition', 'place.code'], name=op.f('fk_place_edition_parent_code')),
    sa.ForeignKeyConstraint(['edition'], ['place_edition.code'], name=op.f('fk_place_edition')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place')),
    sa.UniqueConstraint('edition', 'code', name='uq_place_code_in_edition')
    )
    op.create_index('ix_place_code', 'place', ['code'], unique=False)
    op.create_index('ix_place_edition_parent_code', 'place', ['edition', 'parent_code'], unique=False)
    op.create_table('call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('summary', sa.String(length=1000), nullable=False),
    sa.Column('envelope_id', sa.Integer(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('places', JSON, nullable=False),
    sa.Column('kinds', JSON, nullable=False),
    sa.Column('least_grant', sa.BigInteger(), nullable=False),
    sa.Column('most_grant', sa.BigInteger(), nullable=False),
    sa.Column('own_contribution_percent', sa.Integer(), nullable=False),
    sa.Column('rules', JSON, nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(published_at IS NULL) = (published_by_id IS NULL)', name=op.f('ck_call_published')),
    sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_call_dates')),
    sa.CheckConstraint('least_grant > 0 AND most_grant >= least_grant', name=op.f('ck_call_grant_limits')),
    sa.CheckConstraint('own_contribution_percent BETWEEN 0 AND 100', name=op.f('ck_call_own_contribution')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_call_created_by_id')),
    sa.ForeignKeyConstraint(['envelope_id'], ['envelope.id'], name=op.f('fk_call_envelope_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['person.id'], name=op.f('fk_call_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    sa.UniqueConstraint('reference', name=op.f('uq_call_reference'))
    )
    op.create_table('committee_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('committee_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('venue', sa.String(length=120), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=True),
    sa.Column('signed_scan_id', sa.Integer(), nullable=True),
    sa.Column('prepared_by_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('step_since', UtcDateTime(), nullable=False),
    sa.Column('waits_for', sa.String(length=30), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('state_revision', sa.Integer(), nullable=False),
    sa.Column('workflow_version_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('state_revision > 0', name=op.f('ck_committee_session_state_revision')),
    sa.CheckConstraint('waits_for IS NOT NULL OR due_at IS NULL', name=op.f('ck_committee_session_due_only_while_waiting')),
    sa.ForeignKeyConstraint(['committee_id'], ['committee.id'], name=op.f('fk_committee_session_committee_id')),
    sa.ForeignKeyConstraint(['minutes_id'], ['document.id'], name=op.f('fk_committee_session_minutes_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['person.id'], name=op.f('fk_committee_session_prepared_by_id')),
    sa.ForeignKeyConstraint(['signed_scan_id'], ['stored_file.id'], name=op.f('fk_committee_session_signed_scan_id')),
    sa.ForeignKeyConstraint(['workflow_version_id'], ['workflow_version.id'], name=op.f('fk_committee_session_workflow_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_committee_session')),
    sa.UniqueConstraint('reference', name=op.f('uq_committee_session_reference'))
    )
    op.create_index('ix_committee_session_committee_id', 'committee_session', ['committee_id'], unique=False)
    op.create_index('ix_committee_session_step', 'committee_session', ['step'], unique=False)
    op.create_index('ix_committee_session_waits_for_due_at', 'committee_session', ['waits_for', 'due_at'], unique=False)
    op.create_table('officer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('office', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('sex', sa.String(length=1), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('paper_kind', sa.String(length=40), nullable=True),
    sa.Column('paper_number', sa.String(length=40), nullable=True),
    sa.Column('mandate_from', sa.Date(), nullable=True),
    sa.Column('mandate_until', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint("office IN ('president', 'treasurer', 'secretary')", name=op.f('ck_officer_office')),
    sa.CheckConstraint("sex IN ('F', 'M')", name=op.f('ck_officer_sex')),
    sa.CheckConstraint('mandate_until IS NULL OR (mandate_from IS NOT NULL AND mandate_until >= mandate_from)', name=op.f('ck_officer_mandate')),
    sa.ForeignKeyConstraint(['group_id'], ['beneficiary_group.id'], name=op.f('fk_officer_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officer'))
    )
    op.create_index('uq_officer_group_id_office', 'officer', ['group_id', 'office'], unique=True, sqlite_where=sa.text('ended_on IS NULL'), postgresql_where=sa.text('ended_on IS NULL'))
    op.create_table('payment_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('institution', sa.String(length=80), nullable=False),
    sa.Column('number', sa.String(length=34), nullable=False),
    sa.Column('holder', sa.String(length=160), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', UtcDateTime(), nullable=False),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('verified_at', UtcDateTime(), nullable=True),
    sa.Column('verified_how', sa.String(length=200), nullable=True),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('bank', 'wallet')", name=op.f('ck_payment_account_kind')),
    sa.CheckConstraint('(verified_by_id IS NULL) = (verified_at IS NULL)', name=op.f('ck_payment_account_verified')),
    sa.CheckConstraint('verified_by_id <> added_by_id', name=op.f('ck_payment_account_two_people')),
    sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_payment_account_added_by_id')),
    sa.ForeignKeyConstraint(['group_id'], ['beneficiary_group.id'], name=op.f('fk_payment_account_group_id')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['person.id'], name=op.f('fk_payment_account_verified_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_account'))
    )
    op.create_index('uq_payment_account_group_id', 'payment_account', ['group_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('uq_payment_account_number', 'payment_account', ['number'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_person_id')),
    sa.ForeignKeyConstraint(['session_id'], ['committee_session.id'], name=op.f('fk_attendance_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('session_id', 'person_id', name=op.f('uq_attendance_session_id_person_id'))
    )
    op.create_table('project',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('search_title', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('kind_hash', sa.String(length=64), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=False),
    sa.Column('answers', JSON, nullable=False),
    sa.Column('unlocked', JSON, nullable=True),
    sa.Column('requested', sa.BigInteger(), nullable=False),
    sa.Column('own_cash', sa.BigInteger(), nullable=False),
    sa.Column('own_kind', sa.BigInteger(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('granted', sa.BigInteger(), nullable=True),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('spoke_for_group', sa.String(length=120), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('step_since', UtcDateTime(), nullable=False),
    sa.Column('waits_for', sa.String(length=30), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('state_revision', sa.Integer(), nullable=False),
    sa.Column('workflow_version_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('granted IS NULL OR granted > 0', name=op.f('ck_project_granted')),
    sa.CheckConstraint('requested >= 0 AND own_cash >= 0 AND own_kind >= 0', name=op.f('ck_project_sums')),
    sa.CheckConstraint('revision >= 0', name=op.f('ck_project_revision')),
    sa.CheckConstraint('state_revision > 0', name=op.f('ck_project_state_revision')),
    sa.CheckConstraint('waits_for IS NOT NULL OR due_at IS NULL', name=op.f('ck_project_due_only_while_waiting')),
    sa.ForeignKeyConstraint(['agent_id'], ['person.id'], name=op.f('fk_project_agent_id')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_project_call_id')),
    sa.ForeignKeyConstraint(['group_id'], ['beneficiary_group.id'], name=op.f('fk_project_group_id')),
    sa.ForeignKeyConstraint(['kind_hash'], ['kind_edition.hash'], name=op.f('fk_project_kind_hash')),
    sa.ForeignKeyConstraint(['workflow_version_id'], ['workflow_version.id'], name=op.f('fk_project_workflow_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    sa.UniqueConstraint('reference', name=op.f('uq_project_reference')),
    sa.UniqueConstraint('uuid', name=op.f('uq_project_uuid'))
    )
    op.create_index('ix_project_created_at_id', 'project', ['created_at', 'id'], unique=False)
    op.create_index('ix_project_group_id', 'project', ['group_id'], unique=False)
    op.create_index('ix_project_place_code', 'project', ['place_code'], unique=False)
    op.create_index('ix_project_step', 'project', ['step'], unique=False)
    op.create_index('ix_project_waits_for_due_at', 'project', ['waits_for', 'due_at'], unique=False)
    op.create_table('agenda_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('conditions', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("(decision = 'award') = (amount IS NOT NULL) OR decision IS NULL", name=op.f('ck_agenda_item_amount_of_award')),
    sa.CheckConstraint("amount IS NULL OR (amount > 0 AND decision = 'award')", name=op.f('ck_agenda_item_amount')),
    sa.CheckConstraint("decision IN ('award', 'reject', 'adjourn')", name=op.f('ck_agenda_item_decision')),
    sa.CheckConstraint("decision IS NULL OR decision = 'award' OR reason <> ''", name=op.f('ck_agenda_item_reason')),
    sa.CheckConstraint('(decision IS NULL) = (decided_by_id IS NULL) AND (decision IS NULL) = (decided_at IS NULL)', name=op.f('ck_agenda_item_decided')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_agenda_item_decided_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_agenda_item_project_id')),
    sa.ForeignKeyConstraint(['session_id'], ['committee_session.id'], name=op.f('fk_agenda_item_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda_item')),
    sa.UniqueConstraint('session_id', 'project_id', name=op.f('uq_agenda_item_session_id_project_id'))
    )
    op.create_index('ix_agenda_item_project_id', 'agenda_item', ['project_id'], unique=False)
    op.create_table('award_balance',
    sa.Column('project_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('envelope_id', sa.Integer(), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.Column('committed', sa.BigInteger(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('justified', sa.BigInteger(), nullable=False),
    sa.Column('refunded', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('committed >= 0', name=op.f('ck_award_balance_committed')),
    sa.CheckConstraint('justified >= 0 AND refunded >= 0 AND justified + refunded <= paid', name=op.f('ck_award_balance_settled')),
    sa.CheckConstraint('paid >= 0 AND paid <= committed', name=op.f('ck_award_balance_paid')),
    sa.CheckConstraint('reserved >= 0', name=op.f('ck_award_balance_reserved')),
    sa.ForeignKeyConstraint(['envelope_id'], ['envelope.id'], name=op.f('fk_award_balance_envelope_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_award_balance_project_id')),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_award_balance'))
    )
    op.create_table('budget_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=160), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('paid_by', sa.String(length=10), nullable=False),
    sa.CheckConstraint("paid_by IN ('grant', 'cash', 'in_kind')", name=op.f('ck_budget_line_paid_by')),
    sa.CheckConstraint('quantity > 0 AND unit_price > 0 AND amount = quantity * unit_price', name=op.f('ck_budget_line_amount')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_budget_line_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_budget_line')),
    sa.UniqueConstraint('project_id', 'position', name=op.f('uq_budget_line_project_id_position'))
    )
    op.create_table('closing',
    sa.Column('project_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('accepted_on', sa.Date(), nullable=False),
    sa.Column('accepted_with', sa.String(length=200), nullable=False),
    sa.Column('report', sa.Text(), nullable=False),
    sa.Column('assets', JSON, nullable=False),
    sa.Column('scan_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('prepared_by_id', sa.Integer(), nullable=False),
    sa.Column('prepared_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_closing_document_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['person.id'], name=op.f('fk_closing_prepared_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_closing_project_id')),
    sa.ForeignKeyConstraint(['scan_id'], ['stored_file.id'], name=op.f('fk_closing_scan_id')),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_closing'))
    )
    op.create_table('contract',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('content', JSON, nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('issued_at', UtcDateTime(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('signed_at_place', sa.String(length=80), nullable=True),
    sa.Column('read_in', sa.String(length=30), nullable=True),
    sa.Column('reader', sa.String(length=120), nullable=True),
    sa.Column('witnesses', JSON, nullable=True),
    sa.Column('scan_id', sa.Integer(), nullable=True),
    sa.Column('registered_by_id', sa.Integer(), nullable=True),
    sa.Column('in_force_at', UtcDateTime(), nullable=True),
    sa.Column('cancelled_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint('(in_force_at IS NULL) = (registered_by_id IS NULL)', name=op.f('ck_contract_registered')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_contract_amount')),
    sa.CheckConstraint('in_force_at IS NULL OR (signed_on IS NOT NULL AND scan_id IS NOT NULL)', name=op.f('ck_contract_signed')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_contract_document_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_contract_issued_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_contract_project_id')),
    sa.ForeignKeyConstraint(['registered_by_id'], ['person.id'], name=op.f('fk_contract_registered_by_id')),
    sa.ForeignKeyConstraint(['scan_id'], ['stored_file.id'], name=op.f('fk_contract_scan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract')),
    sa.UniqueConstraint('reference', name=op.f('uq_contract_reference'))
    )
    op.create_index('uq_contract_project_id', 'contract', ['project_id'], unique=True, sqlite_where=sa.text('cancelled_at IS NULL'), postgresql_where=sa.text('cancelled_at IS NULL'))
    op.create_table('contribution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('proven_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("kind IN ('cash', 'in_kind')", name=op.f('ck_contribution_kind')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_contribution_amount')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_contribution_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_contribution_file_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_contribution_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contribution'))
    )
    op.create_index('ix_contribution_project_id', 'contribution', ['project_id'], unique=False)
    op.create_table('eligibility_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('answer', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("answer <> 'no' OR note <> ''", name=op.f('ck_eligibility_check_reason')),
    sa.CheckConstraint("answer IN ('yes', 'no', 'not_applicable')", name=op.f('ck_eligibility_check_answer')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_eligibility_check_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_eligibility_check_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_eligibility_check')),
    sa.UniqueConstraint('project_id', 'revision', 'code', name=op.f('uq_eligibility_check_project_id_revision_code'))
    )
    op.create_table('field_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('met', sa.String(length=200), nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_field_check_by_id')),
    sa.ForeignKeyConstraint(['photo_id'], ['stored_file.id'], name=op.f('fk_field_check_photo_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_field_check_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_field_check'))
    )
    op.create_index('ix_field_check_project_id', 'field_check', ['project_id'], unique=False)
    op.create_table('paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', UtcDateTime(), nullable=False),
    sa.Column('removed_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_paper_added_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_paper_file_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_paper_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper'))
    )
    op.create_index('ix_paper_project_id', 'paper', ['project_id'], unique=False)
    op.create_table('refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('refunded_on', sa.Date(), nullable=False),
    sa.Column('bank_reference', sa.String(length=60), nullable=False),
    sa.Column('slip_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_refund_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_refund_project_id')),
    sa.ForeignKeyConstraint(['slip_id'], ['stored_file.id'], name=op.f('fk_refund_slip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('bank_reference', name=op.f('uq_refund_bank_reference'))
    )
    op.create_index('ix_refund_project_id', 'refund', ['project_id'], unique=False)
    op.create_table('revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', JSON, nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('requested', sa.BigInteger(), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=False),
    sa.Column('submitted_at', UtcDateTime(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_revision_number')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_revision_project_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['person.id'], name=op.f('fk_revision_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_revision_project_id_number'))
    )
    op.create_table('score_sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('appraiser_id', sa.Integer(), nullable=False),
    sa.Column('scores', JSON, nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('opinion', sa.String(length=20), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('submitted_at', UtcDateTime(), nullable=False),
    sa.Column('superseded_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("opinion IN ('favourable', 'reserved', 'unfavourable')", name=op.f('ck_score_sheet_opinion')),
    sa.CheckConstraint('total BETWEEN 0 AND 100', name=op.f('ck_score_sheet_total')),
    sa.ForeignKeyConstraint(['appraiser_id'], ['person.id'], name=op.f('fk_score_sheet_appraiser_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_score_sheet_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_sheet'))
    )
    op.create_index('uq_score_sheet_appraiser', 'score_sheet', ['project_id', 'revision', 'appraiser_id'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
    op.create_table('screening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('answers', JSON, nullable=False),
    sa.Column('risk_class', sa.String(length=1), nullable=False),
    sa.Column('measures', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("risk_class <> 'B' OR measures <> ''", name=op.f('ck_screening_measures')),
    sa.CheckConstraint("risk_class IN ('A', 'B', 'C')", name=op.f('ck_screening_risk_class')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_screening_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_screening_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening')),
    sa.UniqueConstraint('project_id', 'revision', name=op.f('uq_screening_project_id_revision'))
    )
    op.create_table('transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('envelope_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('reversal_of_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("(kind IN ('endow', 'withdraw')) = (project_id IS NULL)", name=op.f('ck_transfer_project')),
    sa.CheckConstraint("(kind LIKE 'reverse%') = (reversal_of_id IS NOT NULL)", name=op.f('ck_transfer_reversal')),
    sa.CheckConstraint("kind IN ('endow', 'withdraw', 'reserve', 'release', 'commit', 'uncommit', 'pay', 'justify', 'refund', 'reverse_pay', 'reverse_justify')", name=op.f('ck_transfer_kind')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_transfer_amount')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_transfer_by_id')),
    sa.ForeignKeyConstraint(['envelope_id'], ['envelope.id'], name=op.f('fk_transfer_envelope_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_transfer_project_id')),
    sa.ForeignKeyConstraint(['reversal_of_id'], ['transfer.id'], name=op.f('fk_transfer_reversal_of_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer')),
    sa.UniqueConstraint('key', name=op.f('uq_transfer_key')),
    sa.UniqueConstraint('reversal_of_id', name=op.f('uq_transfer_reversal_of_id'))
    )
    op.create_index('ix_transfer_envelope_id', 'transfer', ['envelope_id'], unique=False)
    op.create_index('ix_transfer_project_id', 'transfer', ['project_id'], unique=False)
    op.create_table('visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('met', sa.String(length=200), nullable=False),
    sa.Column('answers', JSON, nullable=False),
    sa.Column('verdict', sa.String(length=12), nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('actions', sa.Text(), nullable=False),
    sa.Column('latitude', sa.Integer(), nullable=True),
    sa.Column('longitude', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("verdict = 'on_track' OR actions <> ''", name=op.f('ck_visit_actions')),
    sa.CheckConstraint("verdict IN ('on_track', 'concerns', 'off_track')", name=op.f('ck_visit_verdict')),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_visit_point')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_visit_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_visit_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('uuid', name=op.f('uq_visit_uuid'))
    )
    op.create_index('ix_visit_project_id', 'visit', ['project_id'], unique=False)
    op.create_table('conflict',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_conflict_reason')),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_conflict_item_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_conflict_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflict')),
    sa.UniqueConstraint('item_id', 'person_id', name=op.f('uq_conflict_item_id_person_id'))
    )
    op.create_table('signature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('office', sa.String(length=20), nullable=False),
    sa.Column('manner', sa.String(length=12), nullable=False),
    sa.Column('finger', sa.String(length=40), nullable=True),
    sa.CheckConstraint("(manner = 'thumbprint') = (finger IS NOT NULL)", name=op.f('ck_signature_finger')),
    sa.CheckConstraint("manner IN ('signature', 'thumbprint')", name=op.f('ck_signature_manner')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_signature_contract_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_signature_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature'))
    )
    op.create_table('tranche',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('conditions', JSON, nullable=False),
    sa.Column('cancelled_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint('amount > 0', name=op.f('ck_tranche_amount')),
    sa.CheckConstraint('number > 0', name=op.f('ck_tranche_number')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_tranche_contract_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_tranche_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tranche')),
    sa.UniqueConstraint('contract_id', 'number', name=op.f('uq_tranche_contract_id_number'))
    )
    op.create_index(op.f('ix_tranche_project_id'), 'tranche', ['project_id'], unique=False)
    op.create_table('visit_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_visit_photo_file_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_photo_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_photo'))
    )
    op.create_index(op.f('ix_visit_photo_visit_id'), 'visit_photo', ['visit_id'], unique=False)
    op.create_table('vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.String(length=10), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name=op.f('ck_vote_choice')),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_vote_item_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_vote_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote')),
    sa.UniqueConstraint('item_id', 'person_id', name=op.f('uq_vote_item_id_person_id'))
    )
    op.create_table('expense',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('tranche_id', sa.Integer(), nullable=False),
    sa.Column('budget_position', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=160), nullable=False),
    sa.Column('supplier', sa.String(length=120), nullable=False),
    sa.Column('spent_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('voucher_id', sa.Integer(), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', UtcDateTime(), nullable=False),
    sa.Column('accepted', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('judged_by_id', sa.Integer(), nullable=True),
    sa.Column('judged_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("accepted IS NULL OR accepted = amount OR reason <> ''", name=op.f('ck_expense_reason')),
    sa.CheckConstraint('(accepted IS NULL) = (judged_by_id IS NULL) AND (accepted IS NULL) = (judged_at IS NULL)', name=op.f('ck_expense_judged')),
    sa.CheckConstraint('accepted >= 0 AND accepted <= amount', name=op.f('ck_expense_accepted')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_expense_amount')),
    sa.CheckConstraint('judged_by_id <> entered_by_id', name=op.f('ck_expense_two_people')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['person.id'], name=op.f('fk_expense_entered_by_id')),
    sa.ForeignKeyConstraint(['judged_by_id'], ['person.id'], name=op.f('fk_expense_judged_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_expense_project_id')),
    sa.ForeignKeyConstraint(['tranche_id'], ['tranche.id'], name=op.f('fk_expense_tranche_id')),
    sa.ForeignKeyConstraint(['voucher_id'], ['stored_file.id'], name=op.f('fk_expense_voucher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expense'))
    )
    op.create_index('ix_expense_project_id', 'expense', ['project_id'], unique=False)
    op.create_table('payment_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=24), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('tranche_id', sa.Integer(), nullable=False),
    sa.Column('place_code', sa.String(length=12), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('account_number', sa.String(length=34), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=True),
    sa.Column('prepared_by_id', sa.Integer(), nullable=False),
    sa.Column('verified_by_id', sa.Integer(), nullable=True),
    sa.Column('released_by_id', sa.Integer(), nullable=True),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('failure', sa.String(length=300), nullable=True),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('bank_reference', sa.String(length=60), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('received_by', sa.String(length=120), nullable=True),
    sa.Column('receipt_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('step_since', UtcDateTime(), nullable=False),
    sa.Column('waits_for', sa.String(length=30), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('state_revision', sa.Integer(), nullable=False),
    sa.Column('workflow_version_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(released_by_id IS NULL) = (sent_at IS NULL)', name=op.f('ck_payment_order_sent')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_order_amount')),
    sa.CheckConstraint('paid_on IS NULL OR (sent_at IS NOT NULL AND bank_reference IS NOT NULL)', name=op.f('ck_payment_order_paid')),
    sa.CheckConstraint('received_on IS NULL OR (paid_on IS NOT NULL AND receipt_id IS NOT NULL)', name=op.f('ck_payment_order_received')),
    sa.CheckConstraint('released_by_id <> prepared_by_id AND released_by_id <> verified_by_id', name=op.f('ck_payment_order_released_by_another')),
    sa.CheckConstraint('released_by_id IS NULL OR verified_by_id IS NOT NULL', name=op.f('ck_payment_order_verified_before')),
    sa.CheckConstraint('state_revision > 0', name=op.f('ck_payment_order_state_revision')),
    sa.CheckConstraint('verified_by_id <> prepared_by_id', name=op.f('ck_payment_order_verified_by_another')),
    sa.CheckConstraint('waits_for IS NOT NULL OR due_at IS NULL', name=op.f('ck_payment_order_due_only_while_waiting')),
    sa.ForeignKeyConstraint(['account_id'], ['payment_account.id'], name=op.f('fk_payment_order_account_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_payment_order_document_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['person.id'], name=op.f('fk_payment_order_prepared_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_payment_order_project_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['stored_file.id'], name=op.f('fk_payment_order_receipt_id')),
    sa.ForeignKeyConstraint(['released_by_id'], ['person.id'], name=op.f('fk_payment_order_released_by_id')),
    sa.ForeignKeyConstraint(['tranche_id'], ['tranche.id'], name=op.f('fk_payment_order_tranche_id')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['person.id'], name=op.f('fk_payment_order_verified_by_id')),
    sa.ForeignKeyConstraint(['workflow_version_id'], ['workflow_version.id'], name=op.f('fk_payment_order_workflow_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_order')),
    sa.UniqueConstraint('bank_reference', name=op.f('uq_payment_order_bank_reference')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_order_reference'))
    )
    op.create_index('ix_payment_order_project_id', 'payment_order', ['project_id'], unique=False)
    op.create_index('ix_payment_order_step', 'payment_order', ['step'], unique=False)
    op.create_index('ix_payment_order_waits_for_due_at', 'payment_order', ['waits_for', 'due_at'], unique=False)
    op.create_index('uq_payment_order_tranche_id', 'payment_order', ['tranche_id'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
    engine = op.get_bind()
    for statement in TRIGGERS[engine.dialect.name]:
        engine.exec_driver_sql(statement)


def downgrade():
    op.drop_index('uq_payment_order_tranche_id', table_name='payment_order', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
    op.drop_index('ix_payment_order_waits_for_due_at', table_name='payment_order')
    op.drop_index('ix_payment_order_step', table_name='payment_order')
    op.drop_index('ix_payment_order_project_id', table_name='payment_order')
    op.drop_table('payment_order')
    op.drop_index('ix_expense_project_id', table_name='expense')
    op.drop_table('expense')
    op.drop_table('vote')
    op.drop_index(op.f('ix_visit_photo_visit_id'), table_name='visit_photo')
    op.drop_table('visit_photo')
    op.drop_index(op.f('ix_tranche_project_id'), table_name='tranche')
    op.drop_table('tranche')
    op.drop_table('signature')
    op.drop_table('conflict')
    op.drop_index('ix_visit_project_id', table_name='visit')
    op.drop_table('visit')
    op.drop_index('ix_transfer_project_id', table_name='transfer')
    op.drop_index('ix_transfer_envelope_id', table_name='transfer')
    op.drop_table('transfer')
    op.drop_table('screening')
    op.drop_index('uq_score_sheet_appraiser', table_name='score_sheet', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
    op.drop_table('score_sheet')
    op.drop_table('revision')
    op.drop_index('ix_refund_project_id', table_name='refund')
    op.drop_table('refund')
    op.drop_index('ix_paper_project_id', table_name='paper')
    op.drop_table('paper')
    op.drop_index('ix_field_check_project_id', table_name='field_check')
    op.drop_table('field_check')
    op.drop_table('eligibility_check')
    op.drop_index('ix_contribution_project_id', table_name='contribution')
    op.drop_table('contribution')
    op.drop_index('uq_contract_project_id', table_name='contract', sqlite_where=sa.text('cancelled_at IS NULL'), postgresql_where=sa.text('cancelled_at IS NULL'))
    op.drop_table('contract')
    op.drop_table('closing')
    op.drop_table('budget_line')
    op.drop_table('award_balance')
    op.drop_index('ix_agenda_item_project_id', table_name='agenda_item')
    op.drop_table('agenda_item')
    op.drop_index('ix_project_waits_for_due_at', table_name='project')
    op.drop_index('ix_project_step', table_name='project')
    op.drop_index('ix_project_place_code', table_name='project')
    op.drop_index('ix_project_group_id', table_name='project')
    op.drop_index('ix_project_created_at_id', table_name='project')
    op.drop_table('project')
    op.drop_table('attendance')
    op.drop_index('uq_payment_account_number', table_name='payment_account', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('uq_payment_account_group_id', table_name='payment_account', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_table('payment_account')
    op.drop_index('uq_officer_group_id_office', table_name='officer', sqlite_where=sa.text('ended_on IS NULL'), postgresql_where=sa.text('ended_on IS NULL'))
    op.drop_table('officer')
    op.drop_index('ix_committee_session_waits_for_due_at', table_name='committee_session')
    op.drop_index('ix_committee_session_step', table_name='committee_session')
    op.drop_index('ix_committee_session_committee_id', table_name='committee_session')
    op.drop_table('committee_session')
    op.drop_table('call')
    op.drop_index('ix_place_edition_parent_code', table_name='place')
    op.drop_index('ix_place_code', table_name='place')
    op.drop_table('place')
    op.drop_table('idempotency_key')
    op.drop_table('envelope')
    op.drop_index('ix_document_subject', table_name='document')
    op.drop_table('document')
    op.drop_index('ix_beneficiary_group_search_name', table_name='beneficiary_group')
    op.drop_index('ix_beneficiary_group_place_code', table_name='beneficiary_group')
    op.drop_index('ix_beneficiary_group_import_id', table_name='beneficiary_group')
    op.drop_table('beneficiary_group')
    op.drop_index('ix_stored_file_subject', table_name='stored_file')
    op.drop_index('ix_stored_file_sha256', table_name='stored_file')
    op.drop_index('ix_stored_file_kept_for_id', table_name='stored_file')
    op.drop_table('stored_file')
    op.drop_index('ix_sign_in_person_id', table_name='sign_in')
    op.drop_table('sign_in')
    op.drop_index('uq_seat_committee_person', table_name='seat', sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
    op.drop_table('seat')
    op.drop_index('ix_role_grant_person_id', table_name='role_grant')
    op.drop_table('role_grant')
    op.drop_table('place_import')
    op.drop_index('uq_place_edition_one_current', table_name='place_edition', sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))
    op.drop_table('place_edition')
    op.drop_index('ix_journal_event_actor_id_at', table_name='journal_event')
    op.drop_index('ix_journal_event_action', table_name='journal_event')
    op.drop_table('journal_event')
    op.drop_table('group_import')
    op.drop_table('fund')
    op.drop_table('activation')
    op.drop_table('workflow_version')
    op.drop_index('ix_verification_miss_address_at', table_name='verification_miss')
    op.drop_table('verification_miss')
    op.drop_index('ix_sign_in_failure_key_at', table_name='sign_in_failure')
    op.drop_table('sign_in_failure')
    op.drop_table('reference_counter')
    op.drop_table('person')
    op.drop_table('kind_edition')
    op.drop_table('journal_head')
    op.drop_table('donor')
    op.drop_index('uq_committee_national', table_name='committee', sqlite_where=sa.text('place_code IS NULL'), postgresql_where=sa.text('place_code IS NULL'))
    op.drop_table('committee')
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
