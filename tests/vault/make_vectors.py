"""Write ``vectors.json``: run once per format version, then never again (the formats are frozen)."""

import json
from pathlib import Path

from vault import codes, envelope, grants, kdf, sections, totp
from vault.canonical import canonical
from vault.keys import HYBRID, X25519_ONLY, KeyPair

SEED, OTHER, KEY = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
CONTEXT = {"kind": "case", "agency": "a1", "object": "c1", "section": "card", "epoch": 1, "revision": 2}


def info(suite: int) -> dict[str, object]:
    """Return the grant info of the vectors, for recipient OTHER and granter SEED."""
    return {
        "kind": "case",
        "object": "c1",
        "epoch": 1,
        "section": "",
        "recipient": "p2",
        "recipient_epoch": 1,
        "recipient_fingerprint": KeyPair.from_seed(OTHER, suite).public.fingerprint.hex(),
        "rights": "view_case",
        "not_after": 0,
        "granter": "p1",
    }


def main() -> None:
    vectors: dict[str, object] = {
        "canonical": canonical("ab", b"c", 7).hex(),
        "derive": kdf.derive(SEED, "test", "part", 1).hex(),
        "keyed_hash": kdf.keyed_hash(SEED, "value").hex(),
        "section_key": sections.section_key(
            sections.part_secret(SEED, "card"), OTHER, kind="case", object="c1", section="card", epoch=1
        ).hex(),
        "envelope": envelope._seal(KEY, b"Assalomu alaykum", envelope.Context(**CONTEXT), salt=SEED).hex(),
        "code": codes.to_text(bytes(range(16))),
        "code_from": codes.code_from(codes.to_text(bytes(range(16))), "recovery", known=b""),
        "totp": totp.uri(bytes(range(20)), name="n", issuer="Hamroh"),
    }
    for name, suite in (("hybrid", HYBRID), ("x25519", X25519_ONLY)):
        recipient, granter = KeyPair.from_seed(OTHER, suite), KeyPair.from_seed(SEED, suite)
        fields = info(suite)
        fields["recipient_fingerprint"] = bytes.fromhex(str(fields["recipient_fingerprint"]))
        grant = grants.wrap(KEY, grants.Info(**fields), recipient.public, granter)
        vectors[name] = {
            "public": recipient.public.to_bytes().hex(),
            "fingerprint": recipient.public.fingerprint.hex(),
            "safety_number": recipient.public.safety_number,
            "signature": granter.sign(b"message").hex(),
            "wrapped": grant.wrapped.hex(),
            "grant_signature": grant.signature.hex(),
        }
    path = Path(__file__).with_name("vectors.json")
    path.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
