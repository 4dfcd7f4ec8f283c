"""People, roles in territories, sign-in and the policy."""

from grants.access import policy
from grants.access.gate import allowed, current_person, enters, public, signed_in
from grants.access.labels import role_label
from grants.access.models import SYSTEM, Person, RoleGrant

__all__ = [
    "SYSTEM", "Person", "RoleGrant",
    "allowed", "current_person", "enters", "policy", "public", "role_label", "signed_in",
]  # fmt: skip
