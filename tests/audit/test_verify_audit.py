"""The stand-alone verifier: RFC vectors, and every kind of tampering with an export found and located."""

import ast
import base64
import hashlib
import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import notes, site_keys, verify_audit
from audit.actions import make_checkpoint, witness
from audit.models import Checkpoint, Entry
from audit.queries import export_lines
from audit.verify_audit import Earlier, Verification
from tests.audit.tampering import flipped, refit, renumber
from vault.errors import Refused
from vault.kdf import new_secret
from vault.keys import KeyPair, verify

Append = Callable[..., int]
SCRIPT = Path(verify_audit.__file__)

# RFC 8032, 7.1: public key, message, signature (tests 1, 2, 3 and SHA(abc)).
ED25519 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), ED25519)
def test_ed25519_vectors(public: str, message: str, signature: str) -> None:
    key, text, value = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    verify(key, value, text)
    assert verify_audit.ed25519_verify(key, value, text)
    for at in (0, 31, 32, 40):
        assert not verify_audit.ed25519_verify(key, flipped(value, at), text)
        assert not verify_audit.ed25519_verify(flipped(key, min(at, 31)), value, text)
    assert not verify_audit.ed25519_verify(key, value, text + b"x")
    # The same signature with its scalar beyond the group's order must not pass (malleability).
    scalar = int.from_bytes(value[32:], "little") + verify_audit.ORDER
    assert not verify_audit.ed25519_verify(key, value[:32] + scalar.to_bytes(32, "little"), text)


@given(st.binary(max_size=100), st.binary(min_size=32, max_size=32))
@settings(max_examples=20)
def test_ed25519_agrees_with_the_vault(message: bytes, seed: bytes) -> None:
    pair = KeyPair.from_seed(seed)
    assert verify_audit.ed25519_verify(pair.public.sign, pair.sign(message), message)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
@settings(max_examples=20)
def test_ed25519_refuses_what_the_vault_refuses(public: bytes, signature: bytes) -> None:
    try:
        verify(public, signature, b"message")
    except Refused:
        assert not verify_audit.ed25519_verify(public, signature, b"message")


def test_it_is_one_file_for_any_machine() -> None:
    """Python 3.9 reads it, and it imports nothing but the standard library."""
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert names <= sys.stdlib_module_names


# --- An export of ten entries, with checkpoints of 4, 8 and 10 ---


@pytest.fixture
def ten(log: UUID, append: Append) -> UUID:
    for number in range(1, 11):
        append(detail={"section": "notes"})
        if number in (4, 8):
            make_checkpoint(agency=log)
    return log


def exported(agency: UUID) -> list[bytes]:
    return list(export_lines(agency=agency, note=make_checkpoint(agency=agency)))


def faults(lines: list[bytes], *earlier: bytes, key: bytes | None = None) -> list[tuple[int, str]]:
    verification = Verification([Earlier(one) for one in earlier], key)
    found = verification.run(b"".join(lines).splitlines(keepends=True))
    return [(fault.line, fault.kind) for fault in found]


def line_of(lines: list[bytes], seq: int) -> int:
    """Return the line (from 1) on which an entry stands."""
    return next(at for at, line in enumerate(lines, 1) if line.startswith(b'{"seq":%d,' % seq))


@pytest.fixture
def lines(ten: UUID) -> list[bytes]:
    return exported(ten)


pytestmark = pytest.mark.django_db


def test_an_untouched_export_fits(lines: list[bytes]) -> None:
    assert faults(lines) == []
    assert len(lines) == 1 + 10 + 3
    assert faults(lines, key=site_keys.checkpoint_keys().public.sign) == []


def test_an_empty_log_fits(log: UUID) -> None:
    assert faults(exported(log)) == []


def test_it_carries_no_key_and_nothing_readable(lines: list[bytes], ten: UUID) -> None:
    whole = b"".join(lines)
    segment = Entry.objects.filter(log=ten)[0].segment
    assert base64.b64encode(bytes(segment.wrapped)) not in whole
    for word in (b"test.open", b"section", b"case"):
        assert word not in whole
        assert base64.b64encode(word).rstrip(b"=") not in whole


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_changed_byte_anywhere_is_found_and_located(lines: list[bytes], data: st.DataObject) -> None:
    """A change of a row or a checkpoint is on its own line; one of the header is there or where it shows."""
    number = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != lines[number][at]))
    changed = list(lines)
    changed[number] = lines[number][:at] + bytes([byte]) + lines[number][at + 1 :]
    found = faults(changed)
    assert found, "the change was not found"
    # A lost line end joins two lines, and a new one makes two: the first is where it happened.
    if number > 0:
        assert found[0][0] == number + 1


def test_one_removed_byte_is_found(lines: list[bytes]) -> None:
    for number, line in enumerate(lines):
        shorter = [*lines[:number], line[:-1], *lines[number + 1 :]]
        assert faults(shorter)[0][0] == number + 1


def written(row: object) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


HALF = "\ud800"


@pytest.mark.parametrize(
    "tamper",
    [
        lambda note: note.replace("\n\n", f"\n{HALF}\n\n", 1),
        lambda note: note.replace("\n\n", "\n\x1b[2J\n\n", 1),
        lambda note: f"{note}\u2014 {HALF} AAAA\n",
        lambda note: {"a": [note]},
    ],
)
def test_a_note_that_cannot_be_hashed_or_shown_is_located(
    lines: list[bytes], tamper: Callable[[str], object], tmp_path: Path
) -> None:
    row = json.loads(lines[-1])
    lines[-1] = written({"checkpoint": tamper(row["checkpoint"])})
    assert faults(lines)[0] == (len(lines), "edit")
    (tmp_path / "log").write_bytes(b"".join(lines))
    done = subprocess.run([sys.executable, SCRIPT, tmp_path / "log"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_witness_that_cannot_be_named_is_located(lines: list[bytes]) -> None:
    header = json.loads(lines[0])
    header["witnesses"] = {HALF: header["key"]}
    assert faults([written(header), *lines[1:]]) == [(1, "edit")]


def test_an_endless_line_is_located_and_not_read_to_its_end(lines: list[bytes], tmp_path: Path) -> None:
    size = 0

    class Endless:
        def readline(self, most: int) -> bytes:
            nonlocal size
            size += most
            return b" " * most

    verification = Verification()
    verification.run(verify_audit.lines_of(Endless()))  # type: ignore[arg-type]
    assert [fault.line for fault in verification.faults] == [1]
    assert size <= verify_audit.LONGEST_LINE + 1


def test_a_strange_earlier_export_says_which_line(lines: list[bytes]) -> None:
    with pytest.raises(verify_audit.Unreadable, match="line 2"):
        Earlier(lines[0] + b"{}\r\n" + lines[1])
    row = json.loads(lines[1])
    del row["leaf"]
    assert faults(lines, b"".join([lines[0], written(row), *lines[2:]])) == [(2, "fork")]


def test_many_gaps_do_not_fill_the_screen(lines: list[bytes]) -> None:
    template = json.loads(lines[1])
    many = [lines[0], *(written({**template, "seq": 2 * n}) for n in range(1, 60))]
    assert len(faults(many)) <= 2 * verify_audit.MOST_FAULTS + 3


def test_an_edit_is_located(lines: list[bytes]) -> None:
    at = line_of(lines, 6)
    row = json.loads(lines[at - 1])
    row["hour"] += 1
    lines[at - 1] = json.dumps(row, separators=(",", ":")).encode() + b"\n"
    assert faults(lines) == [(at, "edit")]


def test_a_deletion_is_located(lines: list[bytes]) -> None:
    at = line_of(lines, 6)
    del lines[at - 1]
    assert faults(lines) == [(at, "deletion")]


def test_a_deletion_before_a_checkpoint_is_located(lines: list[bytes]) -> None:
    at = line_of(lines, 8)
    del lines[at - 1]
    assert (at, "deletion") in faults(lines)


def test_another_order_is_located(lines: list[bytes]) -> None:
    at = line_of(lines, 6)
    lines[at - 1], lines[at] = lines[at], lines[at - 1]
    assert faults(lines) == [(at + 1, "reorder")]


def test_an_insertion_is_located(lines: list[bytes]) -> None:
    at = line_of(lines, 6)
    lines.insert(at, lines[line_of(lines, 3) - 1])
    assert faults(lines)[0] == (at + 1, "insertion")


def test_a_cut_end_is_found(lines: list[bytes]) -> None:
    for kept in range(1, len(lines)):
        assert (kept, "truncation") in faults(lines[:kept])
    assert faults([]) == [(0, "truncation")]
    found = Verification().run(lines[: line_of(lines, 6)])
    assert "entries 7 to 10 are missing" in str(found[0])


def test_lines_after_the_end_are_found(lines: list[bytes]) -> None:
    assert faults([*lines, lines[5]])
    assert faults([*lines, lines[-1]])
    assert faults([*lines, b"\n"])


def test_a_rewrite_that_fits_contradicts_a_signed_checkpoint(ten: UUID) -> None:
    """The attacker writes the database, and cannot sign."""
    row = Entry.objects.get(seq=6)
    Entry.objects.filter(seq=6).update(body=flipped(row.body))
    refit(ten)
    lines = exported(ten)
    assert faults(lines)[0] == (line_of(lines, 8) + 1, "edit")


def test_a_removed_entry_that_fits_contradicts_a_signed_checkpoint(ten: UUID) -> None:
    Entry.objects.filter(seq=6).delete()
    renumber(ten, 6)
    refit(ten)
    lines = exported(ten)
    assert faults(lines)[0] == (line_of(lines, 8) + 1, "edit")


def test_a_log_cut_back_is_found_with_an_earlier_checkpoint(ten: UUID) -> None:
    """Cut back to a signed checkpoint the export fits in itself: only what was kept shows it."""
    kept = make_checkpoint(agency=ten)
    Entry.objects.filter(seq__gt=8).delete()
    Checkpoint.objects.filter(size__gt=8).delete()
    refit(ten)
    lines = exported(ten)
    assert faults(lines) == []
    assert faults(lines, kept.encode()) == [(0, "truncation")]


def test_a_fork_is_found_with_an_earlier_checkpoint(ten: UUID, lines: list[bytes]) -> None:
    """The attacker writes the database and signs as the site."""
    kept = make_checkpoint(agency=ten)
    Checkpoint.objects.all().delete()
    Entry.objects.filter(seq=6).update(body=flipped(Entry.objects.get(seq=6).body))
    refit(ten)
    forked = exported(ten)
    assert faults(forked) == []
    assert faults(forked, kept.encode()) == [(0, "fork")]
    at = line_of(forked, 6)
    assert faults(forked, b"".join(lines))[0] == (at, "fork"), "an earlier export shows the entry itself"


def test_a_log_that_only_grew_fits_what_was_kept(ten: UUID, append: Append, lines: list[bytes]) -> None:
    kept = make_checkpoint(agency=ten)
    for _ in range(3):
        append()
    assert faults(exported(ten), kept.encode(), b"".join(lines)) == []


def test_another_signer_is_found(ten: UUID, lines: list[bytes]) -> None:
    impostor = KeyPair.from_seed(new_secret())
    origin = notes.origin_of(ten)
    forged = []
    for line in lines:
        row = json.loads(line)
        if "key" in row:
            row["key"] = base64.b64encode(impostor.public.sign).decode()
        if "checkpoint" in row:
            old = notes.parse(row["checkpoint"])
            row["checkpoint"] = str(notes.sign(notes.Note(origin, old.size, old.root), impostor))
        forged.append(json.dumps(row, separators=(",", ":")).encode() + b"\n")
    assert faults(forged) == [], "in itself it fits: the key on paper, or an earlier checkpoint, decides"
    key = site_keys.checkpoint_keys().public.sign
    assert faults(forged, key=key) == [(1, "signature")]
    assert faults(forged, make_checkpoint(agency=ten).encode()) == [(0, "signature")]


def test_a_cosignature_travels_with_its_key(ten: UUID) -> None:
    person, keys = uuid.uuid4(), KeyPair.from_seed(new_secret())
    note = witness(agency=ten, person=person, keys=keys, last_seen=None).note
    name = notes.witness_name(person)
    with_keys = list(export_lines(agency=ten, note=note, witnesses={name: keys.public.sign}))
    assert faults(with_keys) == []
    assert name.encode() in with_keys[-1]
    wrong = list(export_lines(agency=ten, note=note, witnesses={name: new_secret()}))
    assert faults(wrong) == [(len(wrong), "signature")]
    without = list(export_lines(agency=ten, note=note))
    assert faults(without, note.encode()) == []
    assert name.encode() not in b"".join(without)


def test_as_a_program(lines: list[bytes], ten: UUID, append: Append, tmp_path: Path) -> None:
    """Run as anyone would: alone in a folder, isolated from this project and its packages."""
    program, log, kept = tmp_path / "verify_audit.py", tmp_path / "log.jsonl", tmp_path / "kept.txt"
    program.write_bytes(SCRIPT.read_bytes())
    log.write_bytes(b"".join(lines))
    kept.write_text(make_checkpoint(agency=ten), encoding="utf-8")
    key = base64.b64encode(site_keys.checkpoint_keys().public.sign).decode()

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        return done.returncode, done.stdout + done.stderr

    code, said = run("log.jsonl", "--earlier", "kept.txt", "--key", key)
    assert (code, "10 entries" in said) == (0, True)
    append()
    kept.write_text(make_checkpoint(agency=ten), encoding="utf-8")
    code, said = run("log.jsonl", "--earlier", "kept.txt")
    assert (code, "Only if you took that checkpoint after this export" in said) == (1, True)
    at = line_of(lines, 6)
    log.write_bytes(b"".join([*lines[: at - 1], lines[at - 1].replace(b'"seq":6', b'"seq":7'), *lines[at:]]))
    code, said = run("log.jsonl")
    assert code == 1
    assert f"line {at}" in said
    assert run("missing.jsonl")[0] == 2
    assert run("log.jsonl", "--key", "zz")[0] == 2
    assert run("log.jsonl", "--earlier", "verify_audit.py")[0] == 2
