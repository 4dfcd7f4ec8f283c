"""Builders of funds: each plays the real operations."""

from datetime import date

from grants.core.references import new_uuid
from grants.core.unit_of_work import unit_of_work
from grants.funds import operations
from grants.funds.models import Envelope


def envelope(
    by,
    amount: int = 50_000_000,
    *,
    code: str = "PCS-MOPTI-2026",
    name: str = "Microprojets de Mopti",
    prefinanced: bool = True,
) -> Envelope:
    """A committed envelope with money in it, in a fund of its own, pre-financed unless told. `by` is a coordinator."""
    with unit_of_work():
        donor = operations.open_donor(f"D-{code}"[:20], "Banque de développement", by=by)
        fund = operations.open_fund(
            f"F-{code}"[:20],
            "Programme de cohésion sociale",
            agreement="Accord de don 2026-01",
            agreed_cents=100_000_000_000,
            donor=donor,
            prefinanced=prefinanced,
            opens_on=date(2026, 1, 1),
            closes_on=date(2030, 12, 31),
            by=by,
        )
        found = operations.open_envelope(code, name, fund=fund, by=by)
        if amount:
            operations.endow(found, amount, key=new_uuid(), reference="Lettre d’allocation 2026-01", by=by)
    return found
