"""Every way to tamper with the stored rows is found and located, on the page that verifies a log."""

import uuid
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from audit import actions, merkle
from audit.actions import make_checkpoint
from audit.models import Checkpoint, Entry, Log, Segment
from audit.queries import Finding, Progress, entries, export_lines, verify_log
from audit.queries import verification as verification_module
from tests.audit.conftest import Auditors
from tests.audit.tampering import flipped, refit, renumber
from vault.errors import Refused

Append = Callable[..., int]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ten(log: UUID, append: Append) -> UUID:
    """Ten entries, with signed checkpoints of 4 and 8."""
    for number in range(1, 11):
        append()
        if number in (4, 8):
            make_checkpoint(agency=log)
    return log


def finding(agency: UUID) -> tuple[str, int, int]:
    found = verify_log(agency=agency).finding
    assert isinstance(found, Finding)
    assert "{" not in found.text
    return found.code, found.first, found.last


def rows(seq: int):  # type: ignore[no-untyped-def]
    return Entry.objects.filter(seq=seq)


def test_an_untouched_log_fits(ten: UUID) -> None:
    result = verify_log(agency=ten)
    assert (result.finished, result.finding, result.size) == (True, None, 10)
    assert result.root == bytes(Log.objects.get().root)


def test_an_empty_log_fits(log: UUID) -> None:
    make_checkpoint(agency=log)
    assert verify_log(agency=log).finding is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET hour = -1 WHERE seq = 6",
        "UPDATE audit_entry SET hour = 1.5 WHERE seq = 6",
        "UPDATE audit_entry SET body = 'x' WHERE seq = 6",
        "UPDATE audit_entry SET leaf = 'x' WHERE seq = 6",
        "UPDATE audit_entry SET nodes = 'x' WHERE seq = 6",
    ],
)
def test_what_no_column_should_hold_is_located_everywhere(ten: UUID, change: str, auditors: Auditors) -> None:
    """A hand on the database file is not held by types and checks; no page may stop at it."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite stores a value of another type")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(change)
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert finding(ten)[1:] == (6, 6)
    assert len(entries(agency=ten, keys=auditors.pairs[ten]).entries) == 10
    assert list(export_lines(agency=ten, note=make_checkpoint(agency=ten)))


@pytest.mark.parametrize("column", ["body", "hour", "leaf"])
def test_an_edit(ten: UUID, column: str) -> None:
    row = rows(6).get()
    value = row.hour + 1 if column == "hour" else flipped(getattr(row, column))
    rows(6).update(**{column: value})
    assert finding(ten) == ("changed", 6, 6)


def test_another_segment(ten: UUID) -> None:
    other = Segment.objects.get()
    other.id = uuid.uuid4()
    other.save(force_insert=True)
    rows(6).update(segment=other)
    assert finding(ten) == ("changed", 6, 6)


def test_an_edit_made_to_fit_contradicts_the_checkpoint(ten: UUID) -> None:
    rows(6).update(body=flipped(rows(6).get().body))
    refit(ten)
    assert finding(ten) == ("rewritten", 5, 8)


def test_a_deletion(ten: UUID) -> None:
    Entry.objects.filter(seq__in=(6, 7)).delete()
    assert finding(ten) == ("missing", 6, 7)


def test_a_deletion_made_to_fit(ten: UUID) -> None:
    rows(3).delete()
    renumber(ten, 3)
    assert finding(ten) == ("changed", 3, 3)
    refit(ten)
    assert finding(ten) == ("rewritten", 1, 4)


def test_another_order(ten: UUID) -> None:
    rows(2).update(seq=99)
    rows(5).update(seq=2)
    rows(99).update(seq=5)
    assert finding(ten) == ("changed", 2, 2)
    refit(ten)
    assert finding(ten) == ("rewritten", 1, 4)


def test_an_insertion_in_the_middle(ten: UUID) -> None:
    for seq in range(10, 5, -1):
        rows(seq).update(seq=seq + 1)
    copy = rows(3).get()
    copy.seq = 6
    copy.save(force_insert=True)
    Log.objects.update(size=11)
    assert finding(ten) == ("changed", 6, 6)
    refit(ten)
    assert finding(ten) == ("rewritten", 5, 8)


def test_an_insertion_at_the_end(ten: UUID) -> None:
    copy = rows(10).get()
    copy.seq = 11
    copy.save(force_insert=True)
    assert finding(ten) == ("beyond_head", 11, 11)


def test_a_cut_end(ten: UUID) -> None:
    Entry.objects.filter(seq__gt=6).delete()
    assert finding(ten) == ("missing", 7, 10)
    refit(ten)
    assert finding(ten) == ("truncated", 7, 8)


def test_everything_gone(ten: UUID) -> None:
    Checkpoint.objects.all().delete()
    Entry.objects.all().delete()
    assert finding(ten) == ("missing", 1, 10)
    Segment.objects.all().delete()
    Log.objects.all().delete()
    assert finding(ten) == ("no_head", 0, 0)


def test_a_forged_checkpoint(ten: UUID) -> None:
    checkpoint = Checkpoint.objects.get(size=4)
    good = checkpoint.note
    for note in (good.replace("\n4\n", "\n5\n"), good[:-9] + "AAAA" + good[-5:], ""):
        Checkpoint.objects.filter(size=4).update(note=note)
        assert finding(ten) == ("signature", 4, 4)
    Checkpoint.objects.filter(size=4).update(note=Checkpoint.objects.get(size=8).note)
    assert finding(ten) == ("signature", 4, 4)


def test_a_missing_regular_checkpoint(log: UUID, append: Append, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (actions, verification_module):
        monkeypatch.setattr(module, "CHECKPOINT_EVERY", 4)
    for _ in range(9):
        append()
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [4, 8]
    assert verify_log(agency=log).finding is None
    Checkpoint.objects.filter(size=4).delete()
    assert finding(log) == ("no_checkpoint", 4, 4)


@pytest.mark.parametrize("column", ["frontier", "root"])
def test_a_changed_head(ten: UUID, column: str) -> None:
    Log.objects.update(**{column: flipped(getattr(Log.objects.get(), column))})
    assert finding(ten) == ("head", 9, 10)


def test_changed_inner_nodes(ten: UUID) -> None:
    rows(8).update(nodes=flipped(rows(8).get().nodes))
    assert finding(ten) == ("nodes", 8, 8)


@pytest.mark.parametrize("column", ["wrapped", "signature", "auditor_fingerprint", "auditor_epoch", "hour"])
def test_an_exchanged_segment_key(ten: UUID, column: str) -> None:
    value = getattr(Segment.objects.get(), column)
    Segment.objects.update(**{column: value + 1 if isinstance(value, int) else flipped(value)})
    assert finding(ten) == ("segment", 1, 1)


def test_a_log_is_not_another_agencys(ten: UUID, auditors: Auditors) -> None:
    """Rows moved as they are, hashes and all, into the log of another agency."""
    other = uuid.uuid4()
    auditors.new_epoch(other)
    actions.open_log(agency=other)
    Segment.objects.update(log=other)
    Entry.objects.update(log=other)
    head = Log.objects.get(pk=ten)
    Log.objects.filter(pk=other).update(size=10, frontier=head.frontier, root=head.root)
    assert finding(other) == ("changed", 1, 1)


def test_in_steps(ten: UUID) -> None:
    progress, steps = None, 0
    while True:
        result = verify_log(agency=ten, progress=progress, limit=3)
        steps += 1
        if result.finished:
            break
        progress = Progress.from_text(result.progress.to_text(ten), ten)
    assert (steps, result.finding, result.progress.checked) == (4, None, 10)
    rows(10).update(body=flipped(rows(10).get().body))
    assert progress is not None
    found = verify_log(agency=ten, progress=progress).finding
    assert found is not None
    assert found.first == 10


def test_a_step_is_good_for_its_own_log_only(ten: UUID) -> None:
    token = Progress(3, b"x" * 64, 0).to_text(ten)
    with pytest.raises(Refused):
        Progress.from_text(token, uuid.uuid4())
    with pytest.raises(Refused):
        Progress.from_text(token + "x", ten)


def test_it_says_what_the_tree_says(ten: UUID) -> None:
    tree = merkle.Frontier()
    for row in Entry.objects.order_by("seq"):
        tree, _ = tree.append(bytes(row.leaf))
    assert verify_log(agency=ten).progress.frontier == tree.to_bytes()
