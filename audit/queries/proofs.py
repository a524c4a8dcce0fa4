"""Inclusion and consistency proofs from the stored rows: a few look-ups, whatever the log's size."""

from collections.abc import Mapping
from uuid import UUID

from audit import merkle, notes, site_keys
from audit.models import Entry
from vault.errors import Refused


def inclusion(*, agency: UUID, seq: int, size: int) -> list[bytes]:
    """Return the audit path of entry ``seq`` in the tree of the first ``size`` entries.

    ``Refused`` where rows are missing. ValueError for an entry outside that tree.
    """
    return merkle.inclusion_proof(seq - 1, size, _fetch(agency))


def consistency(*, agency: UUID, old: int, new: int) -> list[bytes]:
    """Return the proof that the first ``old`` entries begin the tree of the first ``new``."""
    return merkle.consistency_proof(old, new, _fetch(agency))


def still_holds(*, agency: UUID, seen: str, now: str) -> bool:
    """Say whether the checkpoint a supervisor kept is the beginning of the one the site shows now.

    False too where either note is not this log's, or the proof cannot be made: whoever kept the
    earlier note is owed a proof, and a missing one is an answer.
    """
    try:
        old, new = notes.parse(seen), notes.parse(now)
        public = site_keys.checkpoint_keys().public.sign
        for note in (old, new):
            notes.check(note, origin=notes.origin_of(agency), public=public)
        proof = consistency(agency=agency, old=old.size, new=new.size)
    except (Refused, ValueError):
        return False
    return merkle.verify_consistency(
        old=old.size, new=new.size, old_root=old.root, new_root=new.root, proof=proof
    )


def _fetch(agency: UUID) -> merkle.Fetch:
    def fetch(wanted: list[merkle.Node]) -> Mapping[merkle.Node, bytes]:
        """Read each node from the row of its last leaf, where the append kept it."""
        places = {node: (node[1] + 1) << node[0] for node in wanted}
        rows = {
            seq: bytes(leaf) + bytes(nodes)
            for seq, leaf, nodes in Entry.objects.filter(log=agency, seq__in=places.values()).values_list(
                "seq", "leaf", "nodes"
            )
        }
        found = {}
        for node, seq in places.items():
            start = node[0] * merkle.HASH_SIZE
            kept = rows.get(seq, b"")[start : start + merkle.HASH_SIZE]
            if len(kept) != merkle.HASH_SIZE:
                raise Refused
            found[node] = kept
        return found

    return fetch
