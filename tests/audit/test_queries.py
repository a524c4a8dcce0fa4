"""Reading, proofs, witnesses and checkpoints of a stored log."""

import uuid
from collections.abc import Callable
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from audit import merkle, notes, site_keys
from audit.actions import keep_cosignature, make_checkpoint, open_log, witness
from audit.models import Checkpoint, Entry, Log
from audit.queries import Filter, entries, inclusion
from tests.audit.conftest import Auditors
from vault.errors import Refused
from vault.kdf import new_secret
from vault.keys import KeyPair

Append = Callable[..., int]
pytestmark = pytest.mark.django_db


def test_pages_newest_first(log: UUID, auditors: Auditors, append: Append) -> None:
    for _ in range(7):
        append()
    keys = auditors.pairs[log]
    first = entries(agency=log, keys=keys, limit=3)
    second = entries(agency=log, keys=keys, limit=3, before=first.next)
    third = entries(agency=log, keys=keys, limit=3, before=second.next)
    assert [[one.seq for one in page.entries] for page in (first, second, third)] == [
        [7, 6, 5],
        [4, 3, 2],
        [1],
    ]
    assert third.next is None
    assert all(one.body is not None for one in first.entries)


def test_filters_look_inside(log: UUID, auditors: Auditors, append: Append) -> None:
    actor, case = uuid.uuid4(), str(uuid.uuid4())
    wanted = {append(actor=actor), append("test.list", object=case), append(outcome="denied")}
    append()
    keys = auditors.pairs[log]
    found = [
        entries(agency=log, keys=keys, filters=filters).entries
        for filters in (
            Filter(actor=actor),
            Filter(action="test.list", object=case),
            Filter(outcome="denied"),
        )
    ]
    assert {page[0].seq for page in found} == wanted
    assert [len(page) for page in found] == [1, 1, 1]


def test_a_search_pauses_and_goes_on(log: UUID, auditors: Auditors, append: Append) -> None:
    case = str(uuid.uuid4())
    append(object=case)
    for _ in range(6):
        append()
    keys, filters = auditors.pairs[log], Filter(object=case)
    first = entries(agency=log, keys=keys, filters=filters, search_at_most=4)
    assert (first.entries, first.next, first.searched_to) == ([], 4, 4)
    rest = entries(agency=log, keys=keys, filters=filters, search_at_most=4, before=first.next)
    assert [one.seq for one in rest.entries] == [1]


def test_an_entry_of_another_key_stays_sealed(log: UUID, auditors: Auditors, append: Append) -> None:
    append()
    auditors.new_epoch(log)
    append()
    old, new = auditors.pairs[log]
    assert [one.body is None for one in entries(agency=log, keys=[new]).entries] == [False, True]
    assert [one.body is None for one in entries(agency=log, keys=[old, new]).entries] == [False, False]
    stranger = KeyPair.from_seed(new_secret())
    assert [one.body for one in entries(agency=log, keys=[stranger]).entries] == [None, None]


def test_a_body_moved_to_another_row_does_not_open(log: UUID, auditors: Auditors, append: Append) -> None:
    append(), append()
    first, second = Entry.objects.order_by("seq")
    Entry.objects.filter(log=log, seq=1).update(body=second.body)
    page = entries(agency=log, keys=auditors.pairs[log])
    assert [one.body is None for one in page.entries] == [False, True]
    assert first.body != second.body


def test_inclusion_from_stored_rows(log: UUID, append: Append) -> None:
    for _ in range(13):
        append()
    root = bytes(Log.objects.get().root)
    for row in Entry.objects.all():
        proof = inclusion(agency=log, seq=row.seq, size=13)
        assert merkle.verify_inclusion(
            leaf=bytes(row.leaf), index=row.seq - 1, size=13, proof=proof, root=root
        )
    Entry.objects.filter(seq=8).delete()
    with pytest.raises(Refused):
        inclusion(agency=log, seq=9, size=13)


def test_a_checkpoint_signs_the_tree(log: UUID, append: Append) -> None:
    empty = notes.parse(make_checkpoint(agency=log))
    assert (empty.size, empty.root) == (0, merkle.EMPTY_ROOT)
    append()
    text = make_checkpoint(agency=log)
    assert make_checkpoint(agency=log) == text
    note = notes.parse(text)
    notes.check(note, origin=notes.origin_of(log), public=site_keys.checkpoint_keys().public.sign)
    assert (note.size, note.root) == (1, bytes(Log.objects.get().root))


def test_the_daily_command_signs_every_log(log: UUID, auditors: Auditors, append: Append) -> None:
    append()
    other = uuid.uuid4()
    auditors.new_epoch(other)
    open_log(agency=other)
    out = StringIO()
    call_command("make_checkpoints", stdout=out)
    assert set(Checkpoint.objects.values_list("log_id", "size")) == {(log, 1), (other, 0)}
    assert notes.origin_of(log) in out.getvalue()


def test_the_daily_command_goes_on_and_says_what_failed(log: UUID, auditors: Auditors) -> None:
    later = uuid.uuid4()
    auditors.new_epoch(later)
    open_log(agency=later)
    Log.objects.filter(pk=log).update(root=b"")
    with pytest.raises(CommandError, match="1 access log"):
        call_command("make_checkpoints", stdout=StringIO(), stderr=StringIO())
    assert Checkpoint.objects.get().log_id == later


def test_a_witness_follows_the_log(log: UUID, append: Append) -> None:
    person, keys = uuid.uuid4(), KeyPair.from_seed(new_secret())
    last: str | None = None
    for _ in range(5):
        append()
        seen = witness(agency=log, person=person, keys=keys, last_seen=last)
        assert seen.consistent
        stored = notes.parse(Checkpoint.objects.order_by("-size")[0].note)
        notes.check_cosignature(stored, name=notes.witness_name(person), public=keys.public.sign)
        last = seen.note


@pytest.mark.parametrize("attack", ["cut", "rewritten", "other log"])
def test_a_witness_finds_a_rewritten_past(log: UUID, auditors: Auditors, append: Append, attack: str) -> None:
    """Even where every row, hash, head and checkpoint in the database was made to fit."""
    person, keys = uuid.uuid4(), KeyPair.from_seed(new_secret())
    for _ in range(5):
        append()
    last = witness(agency=log, person=person, keys=keys, last_seen=None).note
    if attack == "other log":
        other = uuid.uuid4()
        auditors.new_epoch(other)
        open_log(agency=other)
        last = make_checkpoint(agency=other)
    else:
        Checkpoint.objects.all().delete()
        Entry.objects.all().delete()
        empty = merkle.Frontier()
        Log.objects.update(size=0, frontier=b"", root=empty.root)
        for _ in range(3 if attack == "cut" else 6):
            append()
    seen = witness(agency=log, person=person, keys=keys, last_seen=last)
    assert not seen.consistent
    name = notes.witness_name(person)
    newest = notes.parse(Checkpoint.objects.filter(log=log).order_by("-size")[0].note)
    if attack != "other log":
        with pytest.raises(Refused):
            notes.check_cosignature(newest, name=name, public=keys.public.sign)


def test_only_our_own_checkpoint_takes_a_cosignature(log: UUID, append: Append) -> None:
    append()
    note = notes.parse(make_checkpoint(agency=log))
    witness_keys = KeyPair.from_seed(new_secret())
    foreign = notes.sign(notes.Note(note.origin, 1, b"x" * 32), witness_keys)
    with pytest.raises(Refused):
        keep_cosignature(agency=log, note=str(foreign))
