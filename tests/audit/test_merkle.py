"""The tree against the RFC's own example, the reference vectors and a naive implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle
from audit.merkle import Frontier, Node

# The leaves and roots every RFC 6962/9162 implementation is tested with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(data: list[bytes]) -> bytes:
    """MTH of RFC 9162 2.1.1, word for word."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(data[:k]) + naive_root(data[k:])).digest()


def naive_path(m: int, data: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 2.1.3.1."""
    if len(data) == 1:
        return []
    k = 1
    while k * 2 < len(data):
        k *= 2
    if m < k:
        return [*naive_path(m, data[:k]), naive_root(data[k:])]
    return [*naive_path(m - k, data[k:]), naive_root(data[:k])]


def naive_proof(m: int, data: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 2.1.4.1."""
    if m == len(data):
        return [] if whole else [naive_root(data)]
    k = 1
    while k * 2 < len(data):
        k *= 2
    if m <= k:
        return [*naive_proof(m, data[:k], whole), naive_root(data[k:])]
    return [*naive_proof(m - k, data[k:], False), naive_root(data[:k])]


class Tree:
    """Builds by append and keeps every complete node, as the stored rows do."""

    def __init__(self, data: list[bytes]) -> None:
        self.frontier = Frontier()
        self.nodes: dict[Node, bytes] = {}
        for index, item in enumerate(data):
            leaf = merkle.leaf_hash(item)
            self.frontier, completed = self.frontier.append(leaf)
            for level, node in enumerate((leaf, *completed)):
                self.nodes[level, index >> level] = node

    def fetch(self, wanted: list[Node]) -> dict[Node, bytes]:
        return {node: self.nodes[node] for node in wanted}


data_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


@pytest.mark.parametrize("size", range(9))
def test_reference_roots(size: int) -> None:
    assert Tree(LEAVES[:size]).frontier.root.hex() == ROOTS[size]


def test_the_example_of_the_rfc() -> None:
    """RFC 9162 2.1.5: the tree of seven leaves, with the names the RFC gives its nodes."""
    data = [b"d%d" % index for index in range(7)]
    tree = Tree(data)
    a, b, c, d, e, f, j = (merkle.leaf_hash(item) for item in data)
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, l_ = merkle.node_hash(g, h), merkle.node_hash(i, j)
    assert merkle.inclusion_proof(0, 7, tree.fetch) == [b, h, l_]
    assert merkle.inclusion_proof(3, 7, tree.fetch) == [c, g, l_]
    assert merkle.inclusion_proof(4, 7, tree.fetch) == [f, j, k]
    assert merkle.inclusion_proof(6, 7, tree.fetch) == [i, k]
    assert merkle.consistency_proof(3, 7, tree.fetch) == [c, d, g, l_]
    assert merkle.consistency_proof(4, 7, tree.fetch) == [l_]
    assert merkle.consistency_proof(6, 7, tree.fetch) == [i, j, k]


@given(data_lists)
def test_append_gives_the_naive_root(data: list[bytes]) -> None:
    assert Tree(data).frontier.root == naive_root(data)


@given(data_lists)
def test_frontier_survives_storage(data: list[bytes]) -> None:
    frontier = Tree(data).frontier
    stored = frontier.to_bytes()
    assert Frontier.from_bytes(frontier.size, stored) == frontier
    with pytest.raises(ValueError, match="size"):
        Frontier.from_bytes(frontier.size, stored + b"x")


@given(data_lists, st.data())
def test_inclusion(data: list[bytes], draw: st.DataObject) -> None:
    tree = Tree(data)
    size = draw.draw(st.integers(1, len(data)))
    index = draw.draw(st.integers(0, size - 1))
    root = naive_root(data[:size])
    leaf = merkle.leaf_hash(data[index])
    proof = merkle.inclusion_proof(index, size, tree.fetch)
    assert proof == naive_path(index, data[:size])
    assert merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)
    for bad in ([*proof, leaf], [leaf, *proof], proof[:-1] if proof else [leaf], [*proof[:-1], b"\0" * 32]):
        assert not merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=bad, root=root)
    other = merkle.leaf_hash(b"not in the tree at all")
    assert not merkle.verify_inclusion(leaf=other, index=index, size=size, proof=proof, root=root)
    assert not merkle.verify_inclusion(leaf=leaf, index=size, size=size, proof=proof, root=root)


@given(data_lists, st.data())
def test_consistency(data: list[bytes], draw: st.DataObject) -> None:
    tree = Tree(data)
    new = draw.draw(st.integers(1, len(data)))
    old = draw.draw(st.integers(0, new))
    roots = {"old_root": naive_root(data[:old]), "new_root": naive_root(data[:new])}
    proof = merkle.consistency_proof(old, new, tree.fetch)
    if 0 < old < new:
        assert proof == naive_proof(old, data[:new])
        for bad in (proof[:-1], [*proof, proof[0]], [b"\0" * 32, *proof[1:]], []):
            assert not merkle.verify_consistency(old=old, new=new, proof=bad, **roots)
    assert merkle.verify_consistency(old=old, new=new, proof=proof, **roots)
    for name in roots:
        forged = {**roots, name: b"\1" * 32}
        assert merkle.verify_consistency(old=old, new=new, proof=proof, **forged) is (
            old == 0 and name == "new_root"
        )


def test_no_proof_beyond_the_tree() -> None:
    tree = Tree(LEAVES)
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion_proof(8, 8, tree.fetch)
    with pytest.raises(ValueError, match="larger"):
        merkle.consistency_proof(9, 8, tree.fetch)
    assert not merkle.verify_consistency(old=9, new=8, old_root=b"", new_root=b"", proof=[])
