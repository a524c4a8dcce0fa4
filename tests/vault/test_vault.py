"""What the vault promises: it opens what it sealed, where it was sealed, and nothing else."""

import contextlib
import dataclasses

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from hypothesis import given, settings
from hypothesis import strategies as st

from vault import blind, codes, keyring, sections, sessions, shares, slots, totp
from vault.canonical import canonical
from vault.envelope import Context, padded_length, seal, unseal
from vault.errors import Refused
from vault.grants import Grant, Info, unwrap, wrap
from vault.kdf import new_secret
from vault.keys import HYBRID, X25519_ONLY, KeyPair, PublicKeys, verify

CONTEXT = Context(kind="case", agency="a", object="o", section="s", epoch=1, revision=1)
COST = (64, 1, 1)
PEPPER = b"p" * 32
parts = st.lists(st.one_of(st.text(), st.binary(), st.integers(0, 2**64 - 1)), max_size=5)


@given(parts, parts)
def test_canonical_is_injective(left: list[str | bytes | int], right: list[str | bytes | int]) -> None:
    assert (canonical(*left) == canonical(*right)) == (
        [(type(x), x) for x in left] == [(type(x), x) for x in right]
    )


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens(plaintext: bytes) -> None:
    key = new_secret()
    assert unseal(key, seal(key, plaintext, CONTEXT), CONTEXT) == plaintext


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Context)])
def test_a_value_moved_elsewhere_is_refused(field: str) -> None:
    key = new_secret()
    sealed = seal(key, b"words", CONTEXT)
    value = getattr(CONTEXT, field)
    moved = dataclasses.replace(CONTEXT, **{field: value + 1 if isinstance(value, int) else value + "x"})
    with pytest.raises(Refused):
        unseal(key, sealed, moved)


def test_every_flipped_byte_is_refused() -> None:
    key = new_secret()
    sealed = seal(key, b"words", CONTEXT)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Refused):
            unseal(key, bytes(changed), CONTEXT)


@given(st.binary(max_size=600))
def test_anything_else_is_refused(junk: bytes) -> None:
    with pytest.raises(Refused):
        unseal(bytes(32), junk, CONTEXT)


def test_another_key_is_refused() -> None:
    with pytest.raises(Refused):
        unseal(new_secret(), seal(new_secret(), b"words", CONTEXT), CONTEXT)


@given(st.integers(0, 1_000_000))
def test_padding_hides_the_length_and_costs_little(length: int) -> None:
    padded = padded_length(length)
    assert padded >= max(length, 256)
    assert padded <= max(256, length * 1.12)
    assert padded_length(padded) == padded


def test_short_values_have_one_size() -> None:
    key = new_secret()
    assert (
        len(seal(key, b"", CONTEXT))
        == len(seal(key, b"x" * 252, CONTEXT))
        < len(seal(key, b"x" * 253, CONTEXT))
    )


@pytest.mark.parametrize("suite", [HYBRID, X25519_ONLY])
class TestGrants:
    @staticmethod
    def make(suite: int) -> tuple[bytes, Grant, Info, KeyPair, KeyPair]:
        granter, recipient = (KeyPair.from_seed(new_secret(), suite) for _ in range(2))
        info = Info(
            kind="case",
            object="o",
            epoch=1,
            section="",
            recipient="r",
            recipient_epoch=1,
            recipient_fingerprint=recipient.public.fingerprint,
            rights="view_case",
            not_after=0,
            granter="g",
        )
        key = new_secret()
        return key, wrap(key, info, recipient.public, granter), info, recipient, granter

    def test_the_recipient_opens_it(self, suite: int) -> None:
        key, grant, info, recipient, granter = self.make(suite)
        assert unwrap(grant, info, recipient, granter.public.sign) == key

    def test_nobody_else_opens_it(self, suite: int) -> None:
        _, grant, info, _, granter = self.make(suite)
        other = KeyPair.from_seed(new_secret(), suite)
        renamed = dataclasses.replace(info, recipient_fingerprint=other.public.fingerprint)
        for said in (info, renamed):
            with pytest.raises(Refused):
                unwrap(grant, said, other, granter.public.sign)

    @pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Info)])
    def test_a_row_that_says_more_than_was_signed_is_refused(self, suite: int, field: str) -> None:
        _, grant, info, recipient, granter = self.make(suite)
        value = getattr(info, field)
        wrong = value + 1 if isinstance(value, int) else value + (b"x" if isinstance(value, bytes) else "x")
        with pytest.raises(Refused):
            unwrap(grant, dataclasses.replace(info, **{field: wrong}), recipient, granter.public.sign)

    def test_a_grant_signed_by_another_is_refused(self, suite: int) -> None:
        key, _, info, recipient, granter = self.make(suite)
        forged = wrap(key, info, recipient.public, KeyPair.from_seed(new_secret(), suite))
        with pytest.raises(Refused):
            unwrap(forged, info, recipient, granter.public.sign)

    def test_flipped_bytes_are_refused(self, suite: int) -> None:
        _, grant, info, recipient, granter = self.make(suite)
        for position in range(0, len(grant.wrapped), 97):
            changed = bytearray(grant.wrapped)
            changed[position] ^= 1
            with pytest.raises(Refused):
                unwrap(Grant(bytes(changed), grant.signature), info, recipient, granter.public.sign)

    def test_a_quick_wrap_is_bound_to_its_grant(self, suite: int) -> None:
        key, grant, info, recipient, _ = self.make(suite)
        digest = grant.digest(info)
        quick = keyring.quick_seal(recipient, key, digest=digest, info=info)
        assert keyring.quick_open(recipient, quick, digest=digest, info=info) == key
        for other in (
            grant.digest(dataclasses.replace(info, not_after=9)),
            dataclasses.replace(grant, signature=bytes(64)).digest(info),
            dataclasses.replace(grant, wrapped=grant.wrapped[:-1] + b"x").digest(info),
        ):
            with pytest.raises(Refused):
                keyring.quick_open(recipient, quick, digest=other, info=info)


def test_a_downgrade_changes_the_fingerprint_and_the_wrap() -> None:
    seed = new_secret()
    strong, weak = KeyPair.from_seed(seed, HYBRID), KeyPair.from_seed(seed, X25519_ONLY)
    assert strong.public.fingerprint != weak.public.fingerprint
    _key, grant, info, recipient, granter = TestGrants.make(X25519_ONLY)
    with pytest.raises(Refused):
        unwrap(grant, info, KeyPair.from_seed(recipient.seed, HYBRID), granter.public.sign)


@given(st.binary(max_size=2000))
def test_strange_public_keys_are_refused(data: bytes) -> None:
    try:
        keys = PublicKeys.from_bytes(data)
    except Refused:
        return
    assert keys.to_bytes() == data


def test_signatures() -> None:
    pair = KeyPair.from_seed(new_secret())
    verify(pair.public.sign, pair.sign(b"m"), b"m")
    for sign, signature, message in (
        (pair.public.sign, pair.sign(b"m"), b"n"),
        (bytes(32), pair.sign(b"m"), b"m"),
        (pair.public.sign, b"", b"m"),
    ):
        with pytest.raises(Refused):
            verify(sign, signature, message)


def test_a_password_slot_needs_password_pepper_and_card() -> None:
    seed, card = new_secret(), new_secret()[:16]
    slot = slots.new_slot(
        kind="password", owner="p", seed=seed, secret="to'g'ri so'z", pepper=PEPPER, card=card, cost=COST
    )
    right = {"kind": "password", "owner": "p", "secret": "to'g'ri so'z", "pepper": PEPPER, "card": card}
    assert slots.open_slot(slot, **right, cost=COST) == seed
    wrong = {"kind": "recovery", "owner": "q", "secret": "other", "pepper": b"q" * 32, "card": None}
    for name, value in wrong.items():
        with pytest.raises(Refused):
            slots.open_slot(slot, **{**right, name: value}, cost=COST)


def test_a_session_needs_both_halves_and_the_pepper() -> None:
    seed = new_secret()
    new = sessions.new_session(owner="p", seed=seed, pepper=PEPPER)
    other = sessions.new_session(owner="p", seed=seed, pepper=PEPPER)
    right = {"owner": "p", "id": new.id, "half": new.half, "sealed": new.sealed, "pepper": PEPPER}
    assert sessions.open_session(**right) == seed
    wrong = {"owner": "q", "id": other.id, "half": other.half, "sealed": other.sealed, "pepper": b"q" * 32}
    for name, value in {**wrong, "half ": "§"}.items():
        with pytest.raises(Refused):
            sessions.open_session(**{**right, name.strip(): value})


@given(st.binary(min_size=16, max_size=16))
def test_codes_survive_paper(code: bytes) -> None:
    text = codes.to_text(code)
    assert codes.parse(text) == code
    assert codes.parse(text.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code
    assert codes.parse(text.replace("A", "А").replace("C", "С")) == code


@settings(max_examples=50)
@given(
    st.binary(min_size=16, max_size=16),
    st.integers(0, 27),
    st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
)
def test_a_mistyped_code_is_nearly_always_noticed(code: bytes, position: int, letter: str) -> None:
    letters = codes.to_text(code).replace("-", "")
    typed = letters[:position] + letter + letters[position + 1 :]
    if typed == letters:
        return
    with contextlib.suppress(Refused):
        assert codes.parse(typed) != code


def test_totp_counts_once_and_only_near_its_time() -> None:
    secret = totp.new_secret()
    now = 1_000_000_020
    code = TOTP(secret, 6, hashes.SHA1(), 30).generate(now).decode()
    step = totp.matching_step(secret, code, at=now)
    assert step == now // 30
    assert totp.matching_step(secret, code, at=now, after=step) is None
    assert totp.matching_step(secret, code, at=now + 30) == step
    assert totp.matching_step(secret, code, at=now + 90) is None
    for strange in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        assert totp.matching_step(secret, strange, at=now) is None


def test_the_keyring_refuses_an_earlier_revision_and_another_owner() -> None:
    keys = KeyPair.from_seed(new_secret())
    sealed = keyring.seal_keyring(keys, owner="p", revision=2, content={"roots": ["x"]})
    assert keyring.open_keyring(keys, owner="p", revision=2, sealed=sealed) == {"roots": ["x"]}
    for owner, revision in (("p", 3), ("q", 2)):
        with pytest.raises(Refused):
            keyring.open_keyring(keys, owner=owner, revision=revision, sealed=sealed)


def test_a_section_opens_neither_another_section_nor_without_its_half() -> None:
    secret, half = new_secret(), new_secret()

    def key(section: str, with_half: bytes = half, epoch: int = 1) -> bytes:
        part = sections.part_secret(secret, section)
        return sections.section_key(part, with_half, kind="case", object="c", section=section, epoch=epoch)

    assert len({key("card"), key("identity"), key("card", new_secret()), key("card", epoch=2)}) == 4
    with pytest.raises(Refused):
        key("card", b"")


@given(st.binary(min_size=1, max_size=64))
def test_two_shares_make_the_secret(secret: bytes) -> None:
    first, second = shares.split(secret)
    assert shares.join(first, second) == secret
    with pytest.raises(Refused):
        shares.join(first, second + b"x")


def test_the_blind_index_is_equal_for_equal_values_only_by_field_and_key() -> None:
    key = new_secret()
    index = blind.blind_index(key, field="phone", value="1", length=8)
    assert index == blind.blind_index(key, field="phone", value="1", length=8)
    assert index != blind.blind_index(key, field="name", value="1", length=8)
    assert index != blind.blind_index(new_secret(), field="phone", value="1", length=8)
    with pytest.raises(Refused):
        blind.blind_index(key, field="phone", value="1", length=0)


def test_secrets_do_not_show_in_repr_or_errors() -> None:
    seed = b"\xab" * 32
    pair = KeyPair.from_seed(seed)
    slot = slots.new_slot(kind="k", owner="o", seed=seed, secret="s", pepper=PEPPER, card=None, cost=COST)
    session = sessions.new_session(owner="o", seed=seed, pepper=PEPPER)
    shown = repr((pair, slot, session, Refused())) + str(Refused())
    assert "\\xab" not in shown
    assert session.half not in shown
