"""Checkpoints as signed notes: the specification's own example, and what must be refused."""

import uuid

import pytest

from audit import notes
from audit.notes import Note
from vault.errors import Refused
from vault.kdf import new_secret
from vault.keys import KeyPair

# From the C2SP specification of tlog-cosignature: the log's and the witness's lines.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
    "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


@pytest.fixture
def keys() -> KeyPair:
    return KeyPair.from_seed(new_secret())


@pytest.fixture
def note(keys: KeyPair) -> Note:
    return notes.sign(Note(notes.origin_of(uuid.uuid4()), 3, b"r" * 32), keys)


def test_the_example_of_the_specification() -> None:
    note = notes.parse(EXAMPLE)
    assert (note.origin, note.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(note) == EXAMPLE
    log, witness = note.signatures
    assert log.name == note.origin
    assert (len(log.value), len(witness.value)) == (64, 72)
    assert int.from_bytes(witness.value[:8], "big") == 1679315147, "the time of the example"


def test_a_signed_note_survives_text(note: Note, keys: KeyPair) -> None:
    again = notes.parse(str(note))
    assert again == note
    notes.check(again, origin=note.origin, public=keys.public.sign)


def test_extension_lines_are_kept_and_signed(keys: KeyPair) -> None:
    note = notes.sign(Note("hamroh/log/x", 1, b"r" * 32, extensions=("more words",)), keys)
    again = notes.parse(str(note))
    assert again.extensions == ("more words",)
    other = notes.parse(str(note).replace("more words", "other words"))
    with pytest.raises(Refused):
        notes.check(other, origin=note.origin, public=keys.public.sign)


def test_what_is_signed_cannot_change(note: Note, keys: KeyPair) -> None:
    stranger = KeyPair.from_seed(new_secret())
    text = str(note)
    changed = [
        (text.replace("\n3\n", "\n4\n"), keys),
        (text.replace("\ncnJy", "\nDnJy"), keys),
        (text, stranger),
        (str(notes.sign(Note(note.origin, 4, note.root), stranger)), keys),
    ]
    for forged, holder in changed:
        with pytest.raises(Refused):
            notes.check(notes.parse(forged), origin=note.origin, public=holder.public.sign)
    with pytest.raises(Refused):
        notes.check(note, origin=notes.origin_of(uuid.uuid4()), public=keys.public.sign)
    # Signed with the right key under the right name, and about another log.
    other = Note(notes.origin_of(uuid.uuid4()), 3, note.root)
    identity = notes.key_id(note.origin, keys.public.sign)
    moved = other.with_signature(notes.Signature(note.origin, identity, keys.sign(other.text.encode())))
    with pytest.raises(Refused):
        notes.check(moved, origin=note.origin, public=keys.public.sign)


def test_a_cosignature_is_its_own_statement(note: Note, keys: KeyPair) -> None:
    witness = KeyPair.from_seed(new_secret())
    name = notes.witness_name(uuid.uuid4())
    cosigned = notes.parse(str(notes.cosign(note, witness, name=name, at=1_700_000_000)))
    assert notes.check_cosignature(cosigned, name=name, public=witness.public.sign) == 1_700_000_000
    notes.check(cosigned, origin=note.origin, public=keys.public.sign)
    later = notes.cosign(cosigned, witness, name=name, at=1_700_000_001)
    assert len(later.signatures) == 2, "the later cosignature replaces the earlier"
    with pytest.raises(Refused):
        notes.check_cosignature(cosigned, name=name, public=keys.public.sign)
    bigger = notes.sign(Note(note.origin, 5, note.root), keys)
    moved = bigger.with_signature(cosigned.signatures[1])
    with pytest.raises(Refused):
        notes.check_cosignature(moved, name=name, public=witness.public.sign)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\n3\n", "\n03\n"),
        lambda text: text.replace("\n3\n", "\n-3\n"),
        lambda text: text.replace("\u2014", "-"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n",
        lambda text: text.replace("cnJy", "cnJ", 1),
        lambda text: text.replace("cnI=", "cnJ=", 1),  # the same bytes written in another way
        lambda text: text.split("\n\n", maxsplit=1)[0] + "\n\n",
        lambda _: "",
    ],
)
def test_another_shape_is_refused(note: Note, change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused):
        notes.parse(change(str(note)))
