"""Checkpoints as C2SP signed notes: `tlog-checkpoint`, `signed-note` and `tlog-cosignature` (v1).

Pure text and signatures; no table. The key name in a signature line is the log's origin, as the
specification recommends. Extension lines are read and kept, and never written: it recommends none.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

from vault.errors import Refused
from vault.keys import KeyPair, verify

_LOG_KEY = 0x01
_WITNESS_KEY = 0x04
_DASH = "\u2014"
_SIGNATURE_BYTES = 64
_TIME_BYTES = 8
# The specification asks readers to accept at least 16 signatures and to have some limit.
_MOST_SIGNATURES = 64
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, which key (4 bytes), and the signature's bytes."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{_DASH} {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint: origin, number of entries, root hash, and who signed it."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def text(self) -> str:
        """Return what is signed: the lines up to the blank one, each with its newline."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    def with_signature(self, signature: Signature) -> "Note":
        """Return the note with one more signature; the same name and key replaces its earlier one."""
        others = self.without_signature(signature).signatures
        return Note(self.origin, self.size, self.root, self.extensions, (*others, signature))

    def without_signature(self, signature: Signature) -> "Note":
        """Return the note without what this name and key signed."""
        identity = (signature.name, signature.key_id)
        others = tuple(one for one in self.signatures if (one.name, one.key_id) != identity)
        return Note(self.origin, self.size, self.root, self.extensions, others)


def origin_of(agency: UUID) -> str:
    """Return the origin line of an agency's log."""
    return f"hamroh/log/{agency}"


def witness_name(person: UUID) -> str:
    """Return the key name under which a supervisor cosigns."""
    return f"hamroh/person/{person}"


def key_id(name: str, public: bytes, *, witness: bool = False) -> bytes:
    """Return the 4-byte key id of an Ed25519 public key under a name."""
    kind = _WITNESS_KEY if witness else _LOG_KEY
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def parse(text: str) -> Note:
    """Read a signed checkpoint. ``Refused`` unless writing it again gives exactly the same text."""
    head, blank, tail = text.rpartition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or not all(lines) or not tail.endswith("\n"):
        raise Refused
    origin, size, root, *extensions = lines
    signature_lines = tail[:-1].split("\n")
    if not _SIZE.fullmatch(size) or len(signature_lines) > _MOST_SIGNATURES:
        raise Refused
    note = Note(
        origin=origin,
        size=int(size),
        root=_base64(root),
        extensions=tuple(extensions),
        signatures=tuple(_signature(line) for line in signature_lines),
    )
    if str(note) != text or len(note.root) != 32 or any(ord(sign) < 32 for sign in text if sign != "\n"):
        raise Refused
    return note


def sign(note: Note, keys: KeyPair) -> Note:
    """Return the note with the log's own signature."""
    signature = Signature(note.origin, key_id(note.origin, keys.public.sign), keys.sign(note.text.encode()))
    return note.with_signature(signature)


def check(note: Note, *, origin: str, public: bytes) -> None:
    """``Refused`` unless the note is about this log and signed by this key."""
    wanted = (origin, key_id(origin, public))
    own = [one for one in note.signatures if (one.name, one.key_id) == wanted]
    if note.origin != origin or not own:
        raise Refused
    for signature in own:
        verify(public, signature.value, note.text.encode())


def cosign(note: Note, keys: KeyPair, *, name: str, at: int) -> Note:
    """Return the note with a witness's `cosignature/v1` of the given Unix second.

    It says: "as of this second, the largest consistent tree I have seen of this log has this root."
    """
    time = at.to_bytes(_TIME_BYTES, "big")
    value = time + keys.sign(_cosigned(note, at))
    return note.with_signature(Signature(name, key_id(name, keys.public.sign, witness=True), value))


def check_cosignature(note: Note, *, name: str, public: bytes) -> int:
    """Return the Unix second at which this witness cosigned the note; ``Refused`` if they did not."""
    wanted = (name, key_id(name, public, witness=True))
    found = [one.value for one in note.signatures if (one.name, one.key_id) == wanted]
    if len(found) != 1 or len(found[0]) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise Refused
    at = int.from_bytes(found[0][:_TIME_BYTES], "big")
    verify(public, found[0][_TIME_BYTES:], _cosigned(note, at))
    return at


def _cosigned(note: Note, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note.text}".encode()


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not _NAME.fullmatch(parts[1]):
        raise Refused
    data = _base64(parts[2])
    if len(data) < 4 + _SIGNATURE_BYTES:
        raise Refused
    return Signature(parts[1], data[:4], data[4:])


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused from None
