"""Texts of contracts in versions, the signing of a contract as a workflow of its own, and its scan page by page."""

import hashlib

import sqlalchemy as sa
from alembic import op

from grants.core.altering import altered
from grants.core.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# fmt: off
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER contract_clause_no_update BEFORE UPDATE ON contract_clause BEGIN SELECT RAISE(ABORT, 'contract_clause is append-only'); END",
        "CREATE TRIGGER contract_clause_no_delete BEFORE DELETE ON contract_clause BEGIN SELECT RAISE(ABORT, 'contract_clause is append-only'); END",
        "CREATE TRIGGER clause_version_published_no_update BEFORE UPDATE ON clause_version WHEN OLD.published_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a published text is never changed'); END",
        "CREATE TRIGGER clause_version_published_no_delete BEFORE DELETE ON clause_version WHEN OLD.published_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a published text is never changed'); END",
        "CREATE TRIGGER contract_whole_paper BEFORE UPDATE OF in_force_at ON contract WHEN NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND (NEW.pages IS NULL OR NEW.pages <> (SELECT count(*) FROM scan_page WHERE scan_page.contract_id = NEW.id AND scan_page.filing = NEW.scan_filings AND scan_page.page BETWEEN 1 AND NEW.pages)) BEGIN SELECT RAISE(ABORT, 'a page of the signed paper is missing'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION contract_clause_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'contract_clause is append-only'; END $$",
        'CREATE TRIGGER contract_clause_no_update BEFORE UPDATE ON contract_clause FOR EACH ROW EXECUTE FUNCTION contract_clause_no_update()',
        "CREATE FUNCTION contract_clause_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'contract_clause is append-only'; END $$",
        'CREATE TRIGGER contract_clause_no_delete BEFORE DELETE ON contract_clause FOR EACH ROW EXECUTE FUNCTION contract_clause_no_delete()',
        'CREATE TRIGGER contract_clause_no_truncate BEFORE TRUNCATE ON contract_clause EXECUTE FUNCTION contract_clause_no_delete()',
        "CREATE FUNCTION clause_version_published_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a published text is never changed'; END $$",
        'CREATE TRIGGER clause_version_published_no_update BEFORE UPDATE ON clause_version FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION clause_version_published_no_update()',
        "CREATE FUNCTION clause_version_published_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a published text is never changed'; END $$",
        'CREATE TRIGGER clause_version_published_no_delete BEFORE DELETE ON clause_version FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION clause_version_published_no_delete()',
        "CREATE FUNCTION contract_whole_paper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.in_force_at IS NOT NULL AND OLD.in_force_at IS NULL AND (NEW.pages IS NULL OR NEW.pages <> (SELECT count(*) FROM scan_page WHERE scan_page.contract_id = NEW.id AND scan_page.filing = NEW.scan_filings AND scan_page.page BETWEEN 1 AND NEW.pages)) THEN RAISE EXCEPTION 'a page of the signed paper is missing'; END IF; RETURN NEW; END $$",
        'CREATE TRIGGER contract_whole_paper BEFORE UPDATE OF in_force_at ON contract FOR EACH ROW EXECUTE FUNCTION contract_whole_paper()',
    ],
}
FUNCTIONS = ['contract_clause_no_update', 'contract_clause_no_delete', 'clause_version_published_no_update', 'clause_version_published_no_delete', 'contract_whole_paper']

# Contracts printed before this revision have no code on each page, so their paper cannot be checked page by page: what was in
# force stays so, what was still to be signed can only be drawn up anew. This is the workflow that says so.
BEFORE = """[workflow]
name = "contract-before-page-codes"
version = 1
subject = "contract"
start = "prepared"
title = { fr = "Convention d’avant les codes de page", en = "Contract of before the page codes" }

[phases.signature]
label = { fr = "Signature", en = "Signature" }

[steps.prepared]
label = { fr = "À refaire : imprimée sans code de page", en = "To be drawn up anew: printed without page codes" }
public = { fr = "Convention à refaire", en = "Contract to be drawn up anew" }
phase = "signature"
owner = "coordinator"

[steps.prepared.actions.cancel]
label = { fr = "Annuler la convention", en = "Cancel the contract" }
kind = "primary"
to = "cancelled"
by = ["coordinator"]
asks = "projects.reason"
does = ["contracts.mark_cancelled"]

[ends.in_force]
label = { fr = "En vigueur", en = "In force" }
public = { fr = "Convention en vigueur", en = "Contract in force" }
tone = "good"

[ends.cancelled]
label = { fr = "Annulée", en = "Cancelled" }
public = { fr = "Convention annulée", en = "Contract cancelled" }
"""


def upgrade():
    op.create_table('clause_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=90), nullable=False),
    sa.Column('part', sa.String(length=30), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_clause_set_call_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_clause_set_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clause_set')),
    sa.UniqueConstraint('code', name=op.f('uq_clause_set_code'))
    )
    op.create_index(op.f('ix_clause_set_part'), 'clause_set', ['part'], unique=False)
    op.create_table('clause_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('shipped', sa.Boolean(), nullable=False),
    sa.Column('written_by_id', sa.Integer(), nullable=True),
    sa.Column('written_at', UtcDateTime(), nullable=False),
    sa.Column('put_forward_at', UtcDateTime(), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.CheckConstraint("text <> ''", name=op.f('ck_clause_version_text')),
    sa.CheckConstraint('(published_at IS NULL) = (valid_from IS NULL)', name=op.f('ck_clause_version_dated')),
    sa.CheckConstraint('(shipped AND written_by_id IS NULL AND published_by_id IS NULL AND published_at IS NOT NULL) OR (NOT shipped AND written_by_id IS NOT NULL AND (published_at IS NULL) = (published_by_id IS NULL))', name=op.f('ck_clause_version_people')),
    sa.CheckConstraint('number > 0', name=op.f('ck_clause_version_number')),
    sa.CheckConstraint('published_by_id <> written_by_id', name=op.f('ck_clause_version_two_people')),
    sa.CheckConstraint('shipped OR published_at IS NULL OR put_forward_at IS NOT NULL', name=op.f('ck_clause_version_put_forward')),
    sa.ForeignKeyConstraint(['published_by_id'], ['person.id'], name=op.f('fk_clause_version_published_by_id')),
    sa.ForeignKeyConstraint(['set_id'], ['clause_set.id'], name=op.f('fk_clause_version_set_id')),
    sa.ForeignKeyConstraint(['written_by_id'], ['person.id'], name=op.f('fk_clause_version_written_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clause_version')),
    sa.UniqueConstraint('set_id', 'number', name=op.f('uq_clause_version_set_id_number'))
    )
    op.create_index('uq_clause_version_draft', 'clause_version', ['set_id'], unique=True, sqlite_where=sa.text('published_at IS NULL'), postgresql_where=sa.text('published_at IS NULL'))
    op.create_table('contract_clause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=30), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_contract_clause_contract_id')),
    sa.ForeignKeyConstraint(['version_id'], ['clause_version.id'], name=op.f('fk_contract_clause_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_clause')),
    sa.UniqueConstraint('contract_id', 'part', name=op.f('uq_contract_clause_contract_id_part'))
    )
    op.create_table('scan_page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('filing', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('page_in_file', sa.Integer(), nullable=False),
    sa.Column('page', sa.Integer(), nullable=True),
    sa.Column('read_by_machine', sa.Boolean(), nullable=False),
    sa.Column('filed_by_id', sa.Integer(), nullable=False),
    sa.Column('stated_by_id', sa.Integer(), nullable=True),
    sa.Column('stated_at', UtcDateTime(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(stated_by_id IS NOT NULL) = (page IS NOT NULL AND NOT read_by_machine) AND (stated_by_id IS NULL) = (reason IS NULL) AND (stated_by_id IS NULL) = (stated_at IS NULL)', name=op.f('ck_scan_page_stated')),
    sa.CheckConstraint('NOT read_by_machine OR page IS NOT NULL', name=op.f('ck_scan_page_read')),
    sa.CheckConstraint('page IS NULL OR page > 0', name=op.f('ck_scan_page_page')),
    sa.CheckConstraint('stated_by_id <> filed_by_id', name=op.f('ck_scan_page_stated_by_another')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_scan_page_contract_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_scan_page_file_id')),
    sa.ForeignKeyConstraint(['filed_by_id'], ['person.id'], name=op.f('fk_scan_page_filed_by_id')),
    sa.ForeignKeyConstraint(['stated_by_id'], ['person.id'], name=op.f('fk_scan_page_stated_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_page')),
    sa.UniqueConstraint('contract_id', 'filing', 'page', name=op.f('uq_scan_page_contract_id_filing_page')),
    sa.UniqueConstraint('contract_id', 'filing', 'position', name=op.f('uq_scan_page_contract_id_filing_position'))
    )
    with altered("contract") as batch:
        batch.add_column(sa.Column('place_code', sa.String(length=12), nullable=True))
        batch.add_column(sa.Column('pages', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('read_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('read_at_place', sa.String(length=80), nullable=True))
        batch.add_column(sa.Column('reader_paper', sa.String(length=80), nullable=True))
        batch.add_column(sa.Column('audio_played', sa.Boolean(), nullable=True))
        batch.add_column(sa.Column('present', sa.Text(), nullable=True))
        batch.add_column(sa.Column('group_signed_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('signed_for_programme_by', sa.String(length=120), nullable=True))
        batch.add_column(sa.Column('scan_filings', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('step', sa.String(length=60), nullable=True))
        batch.add_column(sa.Column('step_since', UtcDateTime(), nullable=True))
        batch.add_column(sa.Column('waits_for', sa.String(length=30), nullable=True))
        batch.add_column(sa.Column('due_at', UtcDateTime(), nullable=True))
        batch.add_column(sa.Column('state_revision', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('workflow_version_id', sa.Integer(), nullable=True))
    _take_over()
    with altered("contract") as batch:
        batch.alter_column("place_code", existing_type=sa.String(length=12), nullable=False)
        batch.alter_column("scan_filings", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("step", existing_type=sa.String(length=60), nullable=False)
        batch.alter_column("step_since", existing_type=UtcDateTime(), nullable=False)
        batch.alter_column("state_revision", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("workflow_version_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(op.f("fk_contract_workflow_version_id"), "workflow_version", ["workflow_version_id"], ["id"])
        batch.create_check_constraint(op.f("ck_contract_reading"), 'read_on IS NULL OR (read_in IS NOT NULL AND reader IS NOT NULL)')
        batch.create_check_constraint(op.f("ck_contract_read_before"), 'group_signed_on IS NULL OR (read_on IS NOT NULL AND read_on <= group_signed_on)')
        batch.create_check_constraint(op.f("ck_contract_group_first"), 'signed_on IS NULL OR group_signed_on <= signed_on')
        batch.create_check_constraint(op.f("ck_contract_state_revision"), 'state_revision > 0')
        batch.create_check_constraint(op.f("ck_contract_due_only_while_waiting"), 'waits_for IS NOT NULL OR due_at IS NULL')
        batch.create_index("ix_contract_step", ["step"])
        batch.create_index("ix_contract_waits_for_due_at", ["waits_for", "due_at"])
    with altered("signature") as batch:
        batch.add_column(sa.Column("signed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("paper", sa.String(length=80), nullable=True))
        batch.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
    op.create_index(
        "uq_signature_officer", "signature", ["contract_id", "officer_id"], unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"), postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _take_over():
    """Give each contract of before its place on the workflow above."""
    bind = op.get_bind()
    if not bind.execute(sa.text("SELECT count(*) FROM contract")).scalar():
        return
    # Versions of workflows are never removed: after a way back and forth it is there already.
    there = bind.execute(
        sa.text("SELECT id FROM workflow_version WHERE name = 'contract-before-page-codes'")
    ).first()
    if there is None:
        bind.execute(
            sa.text(
                "INSERT INTO workflow_version (name, version, subject, content_hash, source, published_at) "
                "VALUES ('contract-before-page-codes', 1, 'contract', :hash, :source, CURRENT_TIMESTAMP)"
            ),
            {"hash": hashlib.sha256(BEFORE.encode()).hexdigest(), "source": BEFORE},
        )
    bind.execute(
        sa.text(
            "UPDATE contract SET place_code = (SELECT project.place_code FROM project WHERE project.id = contract.project_id), "
            "workflow_version_id = (SELECT id FROM workflow_version WHERE name = 'contract-before-page-codes'), "
            "scan_filings = 0, state_revision = 1, step_since = coalesce(cancelled_at, in_force_at, issued_at), "
            "step = CASE WHEN in_force_at IS NOT NULL THEN 'in_force' WHEN cancelled_at IS NOT NULL THEN 'cancelled' "
            "ELSE 'prepared' END, "
            "waits_for = CASE WHEN in_force_at IS NULL AND cancelled_at IS NULL THEN 'coordinator' END"
        )
    )


def downgrade():
    bind = op.get_bind()
    for name in ['contract_whole_paper']:
        op.execute(f"DROP TRIGGER {name}" + (" ON contract" if bind.dialect.name == "postgresql" else ""))
    op.drop_index("uq_signature_officer", table_name="signature")
    with altered("signature") as batch:
        batch.drop_column("withdrawn_at")
        batch.drop_column("paper")
        batch.drop_column("signed_on")
    with altered("contract") as batch:
        batch.drop_index("ix_contract_waits_for_due_at")
        batch.drop_index("ix_contract_step")
        batch.drop_constraint(op.f("fk_contract_workflow_version_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_contract_reading"), type_="check")
        batch.drop_constraint(op.f("ck_contract_read_before"), type_="check")
        batch.drop_constraint(op.f("ck_contract_group_first"), type_="check")
        batch.drop_constraint(op.f("ck_contract_state_revision"), type_="check")
        batch.drop_constraint(op.f("ck_contract_due_only_while_waiting"), type_="check")
        batch.drop_column("workflow_version_id")
        batch.drop_column("state_revision")
        batch.drop_column("due_at")
        batch.drop_column("waits_for")
        batch.drop_column("step_since")
        batch.drop_column("step")
        batch.drop_column("scan_filings")
        batch.drop_column("signed_for_programme_by")
        batch.drop_column("group_signed_on")
        batch.drop_column("present")
        batch.drop_column("audio_played")
        batch.drop_column("reader_paper")
        batch.drop_column("read_at_place")
        batch.drop_column("read_on")
        batch.drop_column("pages")
        batch.drop_column("place_code")
    op.drop_table("scan_page")
    op.drop_table("contract_clause")
    op.drop_table("clause_version")
    op.drop_table("clause_set")
    if bind.dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
