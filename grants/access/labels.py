"""The names of the roles."""

from flask_babel import lazy_gettext as _l

ROLE_LABELS = {
    "agent": _l("Field agent"),
    "appraiser": _l("Regional support team"),
    "secretary": _l("Committee secretary"),
    "member": _l("Committee member"),
    "chair": _l("Committee chair"),
    "coordinator": _l("Coordination"),
    "finance_officer": _l("Accountant"),
    "finance_controller": _l("Financial controller"),
    "monitor": _l("Monitoring and evaluation"),
    "grievance_officer": _l("Grievance officer"),
    "admin": _l("Administrator"),
    "auditor": _l("Auditor"),
    # Held by no person: what the house does by itself, where a definition lets it.
    "system": _l("The system"),
}


def role_label(role: str) -> str:
    """A role in the reader's language."""
    return str(ROLE_LABELS[role])
