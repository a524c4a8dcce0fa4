"""The formats are frozen: what was sealed by any earlier version opens, and comes out the same."""

import json
from pathlib import Path

import pytest

from tests.vault.make_vectors import CONTEXT, KEY, OTHER, SEED, info
from vault import codes, envelope, grants, kdf, sections, totp
from vault.canonical import canonical
from vault.keys import HYBRID, X25519_ONLY, KeyPair

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())


def test_canonical_and_derived_values() -> None:
    assert canonical("ab", b"c", 7).hex() == VECTORS["canonical"]
    assert kdf.derive(SEED, "test", "part", 1).hex() == VECTORS["derive"]
    assert kdf.keyed_hash(SEED, "value").hex() == VECTORS["keyed_hash"]
    part = sections.part_secret(SEED, "card")
    key = sections.section_key(part, OTHER, kind="case", object="c1", section="card", epoch=1)
    assert key.hex() == VECTORS["section_key"]
    assert codes.to_text(bytes(range(16))) == VECTORS["code"]
    assert codes.code_from(VECTORS["code"], "recovery", known=b"") == VECTORS["code_from"]
    assert totp.uri(bytes(range(20)), name="n", issuer="Hamroh") == VECTORS["totp"]


def test_envelope() -> None:
    context = envelope.Context(**CONTEXT)
    assert envelope.unseal(KEY, bytes.fromhex(VECTORS["envelope"]), context) == b"Assalomu alaykum"
    assert envelope._seal(KEY, b"Assalomu alaykum", context, salt=SEED).hex() == VECTORS["envelope"]


@pytest.mark.parametrize(("name", "suite"), [("hybrid", HYBRID), ("x25519", X25519_ONLY)])
def test_keys_and_grants(name: str, suite: int) -> None:
    vector, recipient, granter = (
        VECTORS[name],
        KeyPair.from_seed(OTHER, suite),
        KeyPair.from_seed(SEED, suite),
    )
    assert recipient.public.to_bytes().hex() == vector["public"]
    assert recipient.public.fingerprint.hex() == vector["fingerprint"]
    assert recipient.public.safety_number == vector["safety_number"]
    assert granter.sign(b"message").hex() == vector["signature"]
    fields = info(suite)
    fields["recipient_fingerprint"] = bytes.fromhex(str(fields["recipient_fingerprint"]))
    grant = grants.Grant(
        wrapped=bytes.fromhex(vector["wrapped"]), signature=bytes.fromhex(vector["grant_signature"])
    )
    assert grants.unwrap(grant, grants.Info(**fields), recipient, granter.public.sign) == KEY
