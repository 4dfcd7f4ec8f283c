"""What contracts do when a workflow's action is taken, on the file or on the contract itself."""

from flask_babel import lazy_gettext as _l

from grants import lifecycle
from grants.contracts import operations, queries
from grants.contracts.operations import issuing
from grants.lifecycle import effect


@effect("contracts.issue", _l("issues the contract"))
def issue(project, act):
    """Freeze, number and print the contract; its signing begins."""
    contract = operations.issue(
        project,
        months=act.data["months"],
        start=act.data.get("start"),
        place=act.data["place"],
        represented_by=act.data["represented_by"],
        language=act.data["language"],
        by=act.by,
        printed=act.data.get("printed"),
    )
    act.note(
        contract=contract.reference,
        amount=contract.amount,
        months=contract.months,
        code=contract.document.code,
        fingerprint=contract.document.data_sha256,
    )


@effect("contracts.cancel", _l("cancels the contract"))
def cancel(project, act):
    """Cancel the contract, where there is one."""
    contract = operations.cancel(project, act.reason, by=act.by)
    if contract is not None:
        act.note(cancelled_contract=contract.reference)


@effect("contracts.bring_into_force", _l("brings the contract into force"))
def note_in_force(project, act):
    """Name the contract in the file's journal. The workflow of the contract has brought it into force before."""
    contract = queries.live(project)
    act.note(contract=contract.reference, signed_on=contract.signed_on)


@effect("contracts.record_reading", _l("keeps who read the contract aloud"))
def record_reading(contract, act):
    """How the text was made known to those who sign. Papers of people stay out of the journal."""
    operations.record_reading(contract, act.data)
    act.note(
        read_on=contract.read_on,
        read_in=contract.read_in,
        reader=contract.reader,
        audio_played=contract.audio_played,
        present=contract.present,
    )


@effect("contracts.record_group_signatures", _l("keeps the signatures of the group"))
def record_group_signatures(contract, act):
    """Who signed for the group, by hand or by thumbprint."""
    operations.record_group_signatures(contract, act.data)
    act.note(
        signed_by=[f"{one.name} ({one.manner})" for one in contract.signatures],
        signed_on=contract.group_signed_on,
        witnesses=[one["name"] for one in contract.witnesses],
    )


@effect("contracts.record_programme_signature", _l("keeps the signature of the programme"))
def record_programme_signature(contract, act):
    """The day on which both parties have signed."""
    operations.record_programme_signature(contract, act.data)
    act.note(signed_on=contract.signed_on, name=contract.signed_for_programme_by)


@effect("contracts.mark_in_force", _l("notes that the contract is in force"))
def mark_in_force(contract, act):
    """The contract binds; its file goes on and the money is committed. All of it happens, or nothing."""
    operations.bring_into_force(contract, by=act.by)
    stated = [one.page for one in contract.scan_pages if not one.read_by_machine]
    act.note(signed_on=contract.signed_on, pages=contract.pages, pages_stated_by_people=stated)


@effect("contracts.start_again", _l("starts the contract again"))
def start_again(contract, act):
    """What was recorded is set aside."""
    act.note(set_aside=[one.name for one in contract.signatures])
    operations.start_again(contract)


@effect("contracts.mark_cancelled", _l("notes the end of the contract"))
def mark_cancelled(contract, act):
    """The paper no longer holds; where that is decided here, the file goes back to where a contract is drawn up."""
    issuing.annul(contract, act.reason, by=act.by)
    if not act.data.get("with_file"):
        lifecycle.perform(contract.project, "redo_contract", by=act.by, data={"reason": act.reason})
