"""People of the tests who type their password again."""

from argon2 import PasswordHasher

from grants.access import identity

PASSWORD = "quatre bœufs et un puits"
# What a password costs is written in its hash: this one is checked by the same code, in no time.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def confirmed(person, action: str, *subjects) -> identity.Confirmation:
    """The person has just typed their password for this act."""
    person.password_hash = HASH
    return identity.confirm(person, PASSWORD, action=action, subjects=subjects, address="127.0.0.1")
