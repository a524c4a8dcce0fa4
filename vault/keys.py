"""Key pairs of people and roles: one 32-byte seed gives a KEM pair, a signing pair, a keyring key.

Suite 1 is the hybrid ML-KEM-768 + X25519: a recording made today stays closed to a quantum computer
later. Suite 2 (X25519 alone) exists for builds of OpenSSL without ML-KEM. The suite is part of the
fingerprint, so nobody can move a person to a weaker one without their signed key ceasing to match.
"""

import warnings
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vault.errors import Refused
from vault.kdf import expand, plain_hash

HYBRID = 1
X25519_ONLY = 2
_MLKEM_PUBLIC_BYTES = 1184
_SUITES = {
    HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    X25519_ONLY: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}

_Private = X25519PrivateKey | hpke.MLKEM768X25519PrivateKey
_Public = X25519PublicKey | hpke.MLKEM768X25519PublicKey


def _strongest_suite() -> int:
    try:
        MLKEM768PrivateKey.generate()
    except UnsupportedAlgorithm:
        warnings.warn(
            "This build of OpenSSL has no ML-KEM: new keys will not resist a quantum computer.",
            RuntimeWarning,
            stacklevel=2,
        )
        return X25519_ONLY
    return HYBRID


DEFAULT_SUITE = _strongest_suite()


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What others need to send to somebody and to check their signature."""

    suite: int
    kem: bytes
    sign: bytes

    def to_bytes(self) -> bytes:
        """Return suite (1 byte), signing key (32 bytes), KEM key (the rest)."""
        return bytes([self.suite]) + self.sign + self.kem

    @classmethod
    def from_bytes(cls, data: bytes) -> "PublicKeys":
        """Read what ``to_bytes`` wrote; refuses other suites and lengths."""
        data = bytes(data)
        lengths = {HYBRID: 33 + _MLKEM_PUBLIC_BYTES + 32, X25519_ONLY: 33 + 32}
        if not data or len(data) != lengths.get(data[0]):
            raise Refused
        return cls(suite=data[0], sign=data[1:33], kem=data[33:])

    @property
    def fingerprint(self) -> bytes:
        """Return 32 bytes that stand for these keys and no others."""
        return plain_hash("hamroh/v1/fingerprint", self.to_bytes())

    @property
    def safety_number(self) -> str:
        """Return six groups of five digits to compare aloud, the same in every language."""
        digits = f"{int.from_bytes(self.fingerprint[:16], 'big') % 10**30:030d}"
        return " ".join(digits[start : start + 5] for start in range(0, 30, 5))

    def encrypt(self, plaintext: bytes, info: bytes) -> bytes:
        """Encrypt to the holder (HPKE base mode, RFC 9180): encapsulation followed by ciphertext."""
        return _SUITES[self.suite].encrypt(plaintext, self._kem_key(), info)

    def _kem_key(self) -> _Public:
        try:
            if self.suite == X25519_ONLY:
                return X25519PublicKey.from_public_bytes(self.kem)
            return hpke.MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.kem[:_MLKEM_PUBLIC_BYTES]),
                X25519PublicKey.from_public_bytes(self.kem[_MLKEM_PUBLIC_BYTES:]),
            )
        except ValueError:
            raise Refused from None


@dataclass(frozen=True, repr=False)
class KeyPair:
    """The private side. Made from its seed whenever it is needed, never stored."""

    seed: bytes = field(repr=False)
    suite: int = DEFAULT_SUITE

    @classmethod
    def from_seed(cls, seed: bytes, suite: int = DEFAULT_SUITE) -> "KeyPair":
        """Return the pair of a 32-byte seed."""
        if len(seed) != 32 or suite not in _SUITES:
            raise Refused
        return cls(seed=bytes(seed), suite=suite)

    def __repr__(self) -> str:
        return "<KeyPair>"

    def derive(self, label: str, length: int = 32) -> bytes:
        """Return bytes for one purpose of the holder alone, the keyring's key for example."""
        return expand(self.seed, salt=b"", label=f"seed/{label}", length=length)

    @cached_property
    def quick(self) -> bytes:
        """The key of the holder's quick wraps: a list needs it fifty times."""
        return self.derive("quick")

    @cached_property
    def public(self) -> PublicKeys:
        sign = self._signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kem = self._x25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        if self.suite == HYBRID:
            kem = self._mlkem.public_key().public_bytes_raw() + kem
        return PublicKeys(suite=self.suite, kem=kem, sign=sign)

    def sign(self, message: bytes) -> bytes:
        """Return an Ed25519 signature (64 bytes)."""
        return self._signing.sign(message)

    def decrypt(self, ciphertext: bytes, info: bytes) -> bytes:
        """Open what ``PublicKeys.encrypt`` made for this pair and the same ``info``, else ``Refused``."""
        try:
            return _SUITES[self.suite].decrypt(bytes(ciphertext), self._kem_key, info)
        except Exception:  # noqa: BLE001 - whatever the library raises on hostile bytes means one thing
            raise Refused from None

    @cached_property
    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derive("sign"))

    @cached_property
    def _x25519(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.derive("x25519"))

    @cached_property
    def _mlkem(self) -> MLKEM768PrivateKey:
        return MLKEM768PrivateKey.from_seed_bytes(self.derive("ml-kem-768", 64))

    @cached_property
    def _kem_key(self) -> _Private:
        if self.suite == X25519_ONLY:
            return self._x25519
        return hpke.MLKEM768X25519PrivateKey(self._mlkem, self._x25519)


def verify(sign_public: bytes, signature: bytes, message: bytes) -> None:
    """Check an Ed25519 signature; ``Refused`` when it is not by that key over that message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes(sign_public)).verify(bytes(signature), message)
    except (InvalidSignature, ValueError):
        raise Refused from None
