#!/usr/bin/env python3
"""Verify an exported access log of Hamroh, on any machine with Python 3.9 or newer.

    python3 verify_audit.py LOG.jsonl [--earlier FILE] [--key KEY]

This one file needs nothing else, no network and no key that opens anything: it reads the export,
computes the Merkle tree of RFC 9162 again and checks every signed checkpoint (C2SP tlog-checkpoint,
Ed25519 of RFC 8032). It finds and locates an edit, a deletion, another order, an insertion, a cut
end, a rewritten past and a bad signature. ``--earlier`` takes a checkpoint or an export that you kept:
only that shows a log that was rewritten by somebody who also holds the site's signing key. ``--key``
takes the site's public key as you have it on paper.

It cannot find what was never written, and it cannot open what an entry says.

Ends with 0 when everything fits, 1 when something does not, 2 when a file cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = "hamroh-access-log/1"
HEADER = ["format", "origin", "key", "witnesses", "entries", "root"]
ENTRY = ["seq", "hour", "segment", "body", "leaf"]
ORIGIN = re.compile(r"hamroh/log/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_FAULTS = 20
LONGEST_LINE = 1024 * 1024
LARGEST = 2**63 - 1


class Unreadable(Exception):
    """A line or a file that is not what it should be; the text says what, for a person."""


class Fault:
    """One thing that does not fit: where (line of the export, 0 for the whole) and what, in words."""

    def __init__(self, line: int, kind: str, text: str) -> None:
        self.line, self.kind, self.text = line, kind, text

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


# --- Ed25519 verification (RFC 8032, section 5.1) ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def _add(a: Any, b: Any) -> Any:
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three = 2 * a[3] * b[3] * D % P
    four = 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Any) -> Any:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _decode(data: bytes) -> Any:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _encode(point: Any) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    encoded: int = y | (x & 1) << 255
    return encoded.to_bytes(32, "little")


BASE = _decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the 64-byte signature over the message is by the 32-byte public key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key = _decode(public)
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    minus_key = (P - key[0], key[1], 1, P - key[3])
    return _encode(_add(_times(scalar, BASE), _times(challenge, minus_key))) == signature[:32]


# --- The tree (RFC 9162, section 2.1.1) ---


class Tree:
    """The roots of the complete subtrees, largest first; an append costs a few hashes."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        rest = self.size
        while rest & 1:
            leaf = hashlib.sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            rest >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = hashlib.sha256(b"\x01" + peak + root).digest()
        return root


def canonical(*parts: object) -> bytes:
    """Encode parts as the log does: a letter for the type, eight bytes of length, the bytes."""
    data = []
    for part in parts:
        if isinstance(part, int):
            letter, body = b"i", part.to_bytes(8, "big")
        elif isinstance(part, str):
            letter, body = b"s", part.encode()
        elif isinstance(part, bytes):
            letter, body = b"b", part
        else:
            raise TypeError
        data.append(letter + len(body).to_bytes(8, "big") + body)
    return b"".join(data)


def row_leaf(agency: str, row: dict[str, Any]) -> bytes:
    """Return the leaf hash that belongs to a row of the export."""
    body = decode64(row["body"])
    data = canonical("hamroh/v1/log-entry", agency, row["seq"], row["hour"], row["segment"], body)
    return hashlib.sha256(b"\x00" + data).digest()


# --- Checkpoints (C2SP tlog-checkpoint, signed-note, tlog-cosignature) ---


def _is_text(text: str) -> bool:
    """Say whether a text can be hashed and shown: no half characters, nothing a terminal would obey."""
    return all(line.isprintable() for line in text.split("\n"))


class Checkpoint:
    """A signed note on the log at one size."""

    def __init__(self, note: str) -> None:
        text, blank, tail = note.rpartition("\n\n")
        lines = text.split("\n")
        if not blank or len(lines) < 3 or not all(lines) or not tail.endswith("\n") or not _is_text(note):
            raise Unreadable("this is not a checkpoint")
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise Unreadable("the checkpoint has no size")
        self.text = text + "\n"
        self.origin, self.size, self.root = lines[0], int(lines[1]), decode64(lines[2])
        self.signatures: list[tuple[str, bytes, bytes]] = []
        for line in tail[:-1].split("\n"):
            parts = line.split(" ")
            if len(parts) != 3 or parts[0] != "\u2014":
                raise Unreadable("the checkpoint has a signature line that is none")
            data = decode64(parts[2])
            self.signatures.append((parts[1], data[:4], data[4:]))

    def fault(self, origin: str, key: bytes, witnesses: dict[str, bytes]) -> str:
        """Return what is wrong with the signatures, in words, or nothing."""
        if self.origin != origin:
            return "it is about another log than the export"
        own = 0
        for name, identity, value in self.signatures:
            if name == origin and identity == key_id(name, 1, key):
                if not ed25519_verify(key, value, self.text.encode()):
                    return "its signature is wrong"
                own += 1
            elif name in witnesses and identity == key_id(name, 4, witnesses[name]):
                time = int.from_bytes(value[:8], "big")
                message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
                if not ed25519_verify(witnesses[name], value[8:], message):
                    return f"the cosignature of {name!a} is wrong"
            else:
                return f"it has a signature by a key that the export does not name ({name[:80]!a})"
        return "" if own == 1 else "it is not signed by the log's key"


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


# --- The export: one JSON object a line, written in exactly one way ---


def decode64(text: object) -> bytes:
    """Decode base64; the text must be the only way to write these bytes."""
    if not isinstance(text, str):
        raise Unreadable("a value is not base64")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("a value is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Unreadable("a value is not base64 as the log writes it")
    return data


def parse_line(line: bytes) -> dict[str, Any]:
    """Read one line. Every byte counts: it must be what writing the object again gives."""
    if len(line) > LONGEST_LINE:
        raise Unreadable("this line is far longer than the log writes")
    try:
        row = json.loads(line.decode("ascii"))
        same = json.dumps(row, separators=(",", ":")).encode() + b"\n" == line
    except (ValueError, RecursionError):
        raise Unreadable("this line is not readable") from None
    if not isinstance(row, dict) or not same:
        raise Unreadable("this line is not written as the log writes it")
    return row


def whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise Unreadable("a number is missing or out of range")
    return value


class Header:
    """The first line: which log, whose key, how many entries, which root."""

    def __init__(self, row: dict[str, Any]) -> None:
        if row.get("format") != FORMAT:
            raise Unreadable("this is not an exported access log of a known format")
        if list(row) != HEADER:
            raise Unreadable("the first line has missing, unknown or misplaced parts")
        match = ORIGIN.fullmatch(str(row["origin"]))
        if not match or not isinstance(row["witnesses"], dict) or not all(map(_is_text, row["witnesses"])):
            raise Unreadable("the first line names no log")
        self.origin, self.agency = match.group(0), match.group(1)
        self.key = decode64(row["key"])
        self.witnesses = {name: decode64(key) for name, key in row["witnesses"].items()}
        self.entries, self.root = whole(row["entries"]), decode64(row["root"])


class Earlier:
    """What somebody kept: a checkpoint, or an export with its rows and its last checkpoint."""

    def __init__(self, data: bytes) -> None:
        self.leaves: dict[int, str] = {}
        if not data.startswith(b"{"):
            try:
                self.checkpoint = Checkpoint(data.decode().replace("\r\n", "\n"))
            except UnicodeDecodeError:
                raise Unreadable("the earlier file is neither a checkpoint nor an export") from None
            return
        notes: list[object] = []
        for number, line in enumerate(data.splitlines(keepends=True), start=1):
            try:
                row = parse_line(line)
                if "seq" in row:
                    self.leaves[whole(row["seq"])] = str(row.get("leaf"))
            except Unreadable as problem:
                raise Unreadable(f"the earlier export, line {number}: {problem}") from None
            if "checkpoint" in row:
                notes.append(row["checkpoint"])
        if not notes:
            raise Unreadable("the earlier export has no checkpoint")
        self.checkpoint = Checkpoint(str(notes[-1]))


class Order:
    """Which numbers are expected next, which were jumped over, and which came out of turn."""

    def __init__(self) -> None:
        self.next = 1
        self.gaps: list[tuple[int, int, int]] = []

    def seen(self, seq: int, line: int) -> Fault | None:
        if seq == self.next:
            self.next += 1
            return None
        if seq > self.next:
            self.gaps.append((self.next, seq - 1, line))
            self.next = seq + 1
            return None
        for place, (first, last, start) in enumerate(self.gaps):
            if first <= seq <= last:
                rest = [(first, seq - 1, start), (seq + 1, last, start)]
                self.gaps[place : place + 1] = [gap for gap in rest if gap[0] <= gap[1]]
                return Fault(
                    line, "reorder", f"entry {seq} stands in the wrong place: the order was changed."
                )
        return Fault(line, "insertion", f"entry {seq} is there a second time: a row was put in.")

    def missing(self) -> list[Fault]:
        return [
            Fault(line, "deletion", f"{_entries(first, last)} missing before this line.")
            for first, last, line in self.gaps
        ]


def _entries(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


class Verification:
    """One pass over the export. ``faults`` is empty when everything fits."""

    def __init__(self, earlier: Iterable[Earlier] = (), key: bytes | None = None) -> None:
        self.header: Header | None = None
        self.earlier = list(earlier)
        self.pinned = key
        self.faults: list[Fault] = []
        self.order = Order()
        self.tree = Tree()
        self.checkpoints = 0
        self.entries = 0
        self._last_good = 0
        self._last_size = -1
        self._range_fault = False
        self._tree_fault = False
        self._compared: set[int] = set()

    def run(self, lines: Iterable[bytes]) -> list[Fault]:
        """Read every line and return what does not fit, in the order of the file."""
        number = 0
        for number, line in enumerate(lines, start=1):
            try:
                self._line(number, line)
            except Unreadable as problem:
                self._fault(number, "edit", f"{problem}.")
                if self.header is None:
                    return self.faults
            if len(self.faults) >= MOST_FAULTS:
                self._fault(number, "more", "too many faults: the rest was not read.")
                return self._sorted()
        self._end(number)
        return self._sorted()

    def _sorted(self) -> list[Fault]:
        return sorted(self.faults, key=lambda fault: fault.line or sys.maxsize)

    def _fault(self, line: int, kind: str, text: str) -> None:
        self.faults.append(Fault(line, kind, text))
        self._range_fault = True

    def _line(self, number: int, line: bytes) -> None:
        row = parse_line(line)
        if self.header is None:
            self.header = Header(row)
            if self.pinned is not None and self.pinned != self.header.key:
                self._fault(number, "signature", "the export names another key than the one you gave.")
            self._compare_earlier()
        elif list(row) == ENTRY:
            self._entry(number, row, self.header)
        elif list(row) == ["checkpoint"]:
            self._checkpoint(number, Checkpoint(str(row["checkpoint"])), self.header)
        else:
            raise Unreadable("this line is neither an entry nor a checkpoint")

    def _entry(self, number: int, row: dict[str, Any], header: Header) -> None:
        seq, leaf = whole(row["seq"]), decode64(row["leaf"])
        whole(row["hour"])
        if len(leaf) != 32 or not UUID.fullmatch(str(row["segment"])):
            raise Unreadable("this entry has a part of the wrong shape")
        if self._last_size == self.entries == header.entries and self.checkpoints:
            self._fault(number, "insertion", f"entry {seq} stands after the last checkpoint.")
        misplaced = self.order.seen(seq, number)
        if misplaced:
            self.faults.append(misplaced)
        if misplaced or self.order.gaps:
            self._range_fault = True
        if row_leaf(header.agency, row) != leaf:
            self._fault(number, "edit", f"entry {seq} was changed: it does not fit its hash.")
        for earlier in self.earlier:
            if earlier.leaves.get(seq, row["leaf"]) != row["leaf"]:
                self._fault(number, "fork", f"entry {seq} is not the one in the export you kept.")
        self.tree.append(leaf)
        self.entries += 1
        self._compare_earlier()

    def _compare_earlier(self) -> None:
        """Compare with what was kept at the moment the tree has the same size."""
        for place, earlier in enumerate(self.earlier):
            kept = earlier.checkpoint
            if kept.size != self.entries or place in self._compared or self.header is None:
                continue
            self._compared.add(place)
            problem = kept.fault(self.header.origin, self.header.key, self._witnesses_of(kept))
            if problem:
                self._fault(0, "signature", f"The earlier checkpoint of {kept.size} entries: {problem}.")
            if kept.root != self.tree.root():
                text = (
                    f"The log was rewritten: its first {kept.size} entries are not those "
                    "of the checkpoint you kept."
                )
                self._fault(0, "fork", text)

    def _witnesses_of(self, kept: Checkpoint) -> dict[str, bytes]:
        """Drop, from what was kept, cosignatures of people whose keys this export does not carry."""
        header = self.header
        if header is None:
            return {}
        kept.signatures = [
            one for one in kept.signatures if one[0] == header.origin or one[0] in header.witnesses
        ]
        return header.witnesses

    def _checkpoint(self, number: int, checkpoint: Checkpoint, header: Header) -> None:
        problem = checkpoint.fault(header.origin, header.key, header.witnesses)
        if problem:
            self._fault(number, "signature", f"the checkpoint of {checkpoint.size} entries: {problem}.")
            return
        if checkpoint.size <= self._last_size:
            self._fault(number, "insertion", "this checkpoint stands in the wrong place.")
            return
        self.checkpoints += 1
        self._last_size = checkpoint.size
        reached = self.order.next - 1
        if checkpoint.size > reached:
            text = f"{_entries(reached + 1, checkpoint.size)} missing before this checkpoint."
            self._fault(number, "deletion", text)
        elif checkpoint.size < reached and not self._range_fault:
            text = f"entries stand before this checkpoint that came after it: {checkpoint.size} were signed."
            self._fault(number, "insertion", text)
        elif checkpoint.root != self.tree.root() and not self._range_fault and not self._tree_fault:
            first = self._last_good + 1
            text = (
                f"something among entries {first} to {checkpoint.size} was changed, removed or put in, and "
                "its hashes were made to fit; the signed checkpoint here says otherwise."
            )
            self._fault(number, "edit", text)
        if self._range_fault:
            self._tree_fault = True
        elif not self._tree_fault:
            self._last_good = checkpoint.size
        self._range_fault = False

    def _end(self, number: int) -> None:
        header = self.header
        if header is None:
            self._fault(0, "truncation", "The file is empty.")
            return
        self.faults.extend(self.order.missing()[:MOST_FAULTS])
        clean = not self.faults
        last = self.order.next - 1
        if header.entries > last:
            text = f"the end was cut off: {_entries(last + 1, header.entries)} missing."
            self._fault(number, "truncation", text)
        elif self._last_size != header.entries or header.entries != self.entries:
            if clean:
                text = "the end was cut off or added to: the last line must be a checkpoint of every entry."
                self._fault(number, "truncation", text)
        elif clean and header.root != self.tree.root():
            self._fault(1, "edit", "the first line names another root than its entries have.")
        for place, earlier in enumerate(self.earlier):
            if place in self._compared:
                continue
            size = earlier.checkpoint.size
            text = (
                f"The end was cut off: you kept a checkpoint of {size} entries, here are {self.entries}. "
                "(Only if you took that checkpoint after this export, download the log again and check that.)"
            )
            self._fault(0, "truncation", text)


def read_key(text: str) -> bytes:
    """Read a public key in base64 or hexadecimal."""
    text = "".join(text.split())
    try:
        key = bytes.fromhex(text) if len(text) == 64 else decode64(text)
    except ValueError:
        raise Unreadable("the key is neither base64 nor hexadecimal") from None
    if len(key) != 32:
        raise Unreadable("the key is not 32 bytes long")
    return key


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file, each read no further than is needed to see that it is too long."""
    while True:
        line = file.readline(LONGEST_LINE + 1)
        if not line:
            return
        yield line


def report(verification: Verification, write: Any) -> int:
    """Say the result in plain words and return the exit code."""
    if verification.faults:
        write("The log does NOT fit. What was found first is the place to begin:\n")
        for fault in verification.faults:
            write(f"  - {fault}\n")
        return 1
    header = verification.header
    if header is None:
        return 2
    write(f"The log fits: {verification.entries} entries, {verification.checkpoints} signed checkpoints.\n")
    write(f"  log   {header.origin}\n")
    write(f"  root  {base64.b64encode(header.root).decode()}\n")
    write(f"  key   {base64.b64encode(header.key).decode()}\n")
    if verification.pinned is None and not verification.earlier:
        write("Compare the key with the one on paper, and keep this file for --earlier next time.\n")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported access log of Hamroh.")
    parser.add_argument("log", help="the exported log")
    parser.add_argument("--earlier", action="append", default=[], help="a checkpoint or export you kept")
    parser.add_argument("--key", help="the site's public key, from paper")
    options = parser.parse_args(arguments)
    try:
        key = read_key(options.key) if options.key else None
        earlier = [Earlier(Path(name).read_bytes()) for name in options.earlier]
        verification = Verification(earlier, key)
        with Path(options.log).open("rb") as file:
            verification.run(lines_of(file))
    except Unreadable as problem:
        sys.stderr.write(f"Cannot verify: {problem}.\n")
        return 2
    except OSError as problem:
        sys.stderr.write(f"Cannot read the file: {problem.strerror}.\n")
        return 2
    return report(verification, sys.stdout.write)


if __name__ == "__main__":
    sys.exit(main())
