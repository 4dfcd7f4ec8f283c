"""What contracts do when a workflow's action is taken."""

from grants.contracts import operations
from grants.lifecycle import effect


@effect("contracts.issue")
def issue(project, act):
    """Freeze, number and print the contract."""
    contract = operations.issue(
        project,
        months=act.data["months"],
        start=act.data.get("start"),
        place=act.data["place"],
        represented_by=act.data["represented_by"],
        language=act.data["language"],
        by=act.by,
    )
    act.note(
        contract=contract.reference,
        amount=contract.amount,
        months=contract.months,
        code=contract.document.code,
        fingerprint=contract.document.data_sha256,
    )


@effect("contracts.bring_into_force")
def bring_into_force(project, act):
    """Record the signatures; the contract binds from here on. Papers of witnesses stay out of the journal."""
    contract = operations.bring_into_force(project, act.data, by=act.by)
    act.note(
        contract=contract.reference,
        signed_on=contract.signed_on,
        read_in=contract.read_in,
        reader=contract.reader,
        signed_by=[f"{one.name} ({one.manner})" for one in contract.signatures],
    )


@effect("contracts.cancel")
def cancel(project, act):
    """Cancel the contract, where there is one."""
    contract = operations.cancel(project, act.reason, by=act.by)
    if contract is not None:
        act.note(cancelled_contract=contract.reference)
