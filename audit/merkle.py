"""The Merkle tree of RFC 9162 (Certificate Transparency v2), section 2.1, over SHA-256.

What lives here: hashes, the compact frontier that makes an append cost a few hashes, and
inclusion and consistency proofs with their verification. Pure functions of bytes and numbers:
no table, no key, no setting. ``audit/verify_audit.py`` repeats the few lines it needs on
purpose, because it must run alone on another machine.

Indexes count leaves from 0, as in the RFC. A *node* ``(level, index)`` is the root of the complete
subtree over the leaves ``index << level`` up to ``(index + 1) << level``, the end not included.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

HASH_SIZE = 32
# The root of a tree without leaves is the hash of nothing (RFC 9162, 2.1.1).
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = tuple[int, int]
Span = tuple[int, int]
# Fetches many nodes at once, so that a proof costs one query.
Fetch = Callable[[list[Node]], Mapping[Node, bytes]]


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of one leaf: SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _fold(peaks: Iterable[bytes]) -> bytes:
    """Join subtree roots, largest first, into the root of the tree over all of them."""
    root: bytes | None = None
    for peak in reversed(tuple(peaks)):
        root = peak if root is None else node_hash(peak, root)
    return EMPTY_ROOT if root is None else root


@dataclass(frozen=True)
class Frontier:
    """The roots of the complete subtrees of a tree, largest first: one for each 1 bit of its size."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier":
        """Read a stored frontier. ValueError if its length does not belong to the size."""
        if size < 0 or len(data) != HASH_SIZE * size.bit_count():
            raise ValueError("The frontier does not belong to a tree of this size.")
        peaks = (data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))
        return cls(size, tuple(peaks))

    def to_bytes(self) -> bytes:
        return b"".join(self.peaks)

    @property
    def root(self) -> bytes:
        return _fold(self.peaks)

    def append(self, leaf: bytes) -> tuple["Frontier", tuple[bytes, ...]]:
        """Add one leaf hash. Return the new frontier and the inner nodes this leaf completed.

        The completed nodes are those of level 1, 2, ... whose last leaf is this one; kept beside
        the leaf they make every later proof a look-up of a few rows.
        """
        peaks = list(self.peaks)
        completed = []
        node, rest = leaf, self.size
        while rest & 1:
            node = node_hash(peaks.pop(), node)
            completed.append(node)
            rest >>= 1
        peaks.append(node)
        return Frontier(self.size + 1, tuple(peaks)), tuple(completed)


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size`` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _nodes_of(span: Span) -> list[Node]:
    """Return the complete subtrees that make up a span of a proof, largest first."""
    start, end = span
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _hashes_of(spans: list[Span], fetch: Fetch) -> list[bytes]:
    wanted = [_nodes_of(span) for span in spans]
    found = fetch([node for nodes in wanted for node in nodes])
    return [_fold(found[node] for node in nodes) for nodes in wanted]


def inclusion_proof(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of the first ``size`` leaves (2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("The tree has no such leaf.")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return _hashes_of(spans[::-1], fetch)


def consistency_proof(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves begins the tree of ``new`` leaves (2.1.4.1).

    Empty where there is nothing to prove: both sizes equal, or the old tree without leaves.
    """
    if not 0 <= old <= new:
        raise ValueError("The old tree is larger than the new one.")
    if old in (0, new):
        return []
    spans: list[Span] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return _hashes_of(spans[::-1], fetch)


def _same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Say whether the proof shows the leaf hash at ``index`` of the tree with this root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last = index, size - 1
    result = leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node_hash(step, result)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            result = node_hash(result, step)
        here >>= 1
        last >>= 1
    return last == 0 and _same(result, root)


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """Say whether the proof shows that the old tree is the beginning of the new one (2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and _same(old_root, EMPTY_ROOT)
    if old == new:
        return not proof and _same(old_root, new_root)
    # Where the old tree is one complete subtree its root is the first step, and is not sent.
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here >>= 1
        last >>= 1
    old_result = new_result = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old_result = node_hash(step, old_result)
            new_result = node_hash(step, new_result)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            new_result = node_hash(new_result, step)
        here >>= 1
        last >>= 1
    return last == 0 and _same(old_result, old_root) and _same(new_result, new_root)
