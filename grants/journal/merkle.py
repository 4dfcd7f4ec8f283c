"""An append-only Merkle log, as in RFC 9162 (2.1): roots, growing, proofs that a leaf is there. Pure.

A leaf is hashed with a first byte 0, a node with a first byte 1, so that neither passes for the other. Hashes are bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Log:
    """A log as it grows. Only the roots of its whole trees are held (as many as `size` has bits set), biggest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()):
        self.size, self.peaks = size, list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"a log of {size} leaves has {size.bit_count()} whole trees, not {len(self.peaks)}")

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        whole = self.size
        self.size += 1
        while whole & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            whole >>= 1
        self.peaks.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves; of an empty log the hash of nothing."""
        if not self.peaks:
            return hashlib.sha256().digest()
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes with which the leaf at `index` leads to the root over all `leaves`, the nearest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*proof(leaves[:half], index), _root(leaves[half:])]
    return [*proof(leaves[half:], index - half), _root(leaves[:half])]


def _root(leaves: Sequence[bytes]) -> bytes:
    log = Log()
    for leaf in leaves:
        log.append(leaf)
    return log.root()


def proven_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a proof leads (RFC 9162, 2.1.3.2); None where it cannot be one for this place."""
    if not 0 <= index < size:
        return None
    here, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            root = node_hash(step, root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            root = node_hash(root, step)
        here, last = here >> 1, last >> 1
    return root if last == 0 else None
