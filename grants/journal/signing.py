"""The key that signs checkpoints: Ed25519, in a PEM file that only the server reads."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


class KeyFault(Exception):
    """The file of the key cannot serve; the text says why and how to mend it."""


def private_key(path: str | Path) -> Ed25519PrivateKey:
    """Read the signing key. Raises KeyFault."""
    path = Path(path)
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFault(f"{path} can be read by others: chmod 600 {path}")
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyFault(f"{path} cannot be read ({error.strerror}): make one with “flask journal make-key”") from None
    except (ValueError, TypeError):
        raise KeyFault(f"{path} holds no private key without password, in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path} holds a key of another kind: Ed25519 is needed")
    return key


def make(path: str | Path) -> str:
    """Write a new private key, and its public half beside it (`.pub`); returns the public key in hex. Raises KeyFault."""
    path = Path(path)
    key = Ed25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        Path(f"{path}.pub").write_bytes(public)
    except FileExistsError:
        raise KeyFault(f"{path} is there already; a key is never written over") from None
    except OSError as error:
        raise KeyFault(f"{path} cannot be written: {error.strerror}") from None
    return hex_of(key)


def hex_of(key: Ed25519PrivateKey) -> str:
    """The public half of a key, 32 bytes in hex."""
    return key.public_key().public_bytes_raw().hex()


def public_hex(path: str | Path) -> str:
    """The public key of a PEM file, in hex. Raises KeyFault."""
    try:
        key = load_pem_public_key(Path(path).read_bytes())
    except OSError as error:
        raise KeyFault(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise KeyFault(f"{path} holds no public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFault(f"{path} holds a key of another kind: Ed25519 is needed")
    return key.public_bytes_raw().hex()


def holds(public: str, signature: str, message: bytes) -> bool:
    """Whether a signature (hex) is that of a public key (hex) over a message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
