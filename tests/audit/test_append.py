"""Appending: in the change's transaction, before disclosure, in one order, or not at all."""

import subprocess
import sys
import textwrap
import threading
import uuid
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from audit import merkle, segments
from audit.actions import open_log, record
from audit.entries import open_body, row_leaf
from audit.errors import LogFailed, NotLoggable
from audit.models import Entry, Log, Segment
from tests.audit.conftest import Auditors

Append = Callable[..., int]
durable = pytest.mark.django_db(transaction=True)


@pytest.mark.django_db
def test_entries_stand_in_one_tree(log: UUID, append: Append) -> None:
    assert [append() for _ in range(11)] == list(range(1, 12))
    frontier = merkle.Frontier()
    for row in Entry.objects.filter(log=log).order_by("seq"):
        leaf = row_leaf(agency=log, seq=row.seq, hour=row.hour, segment=row.segment_id, body=row.body)
        assert leaf == bytes(row.leaf)
        frontier, completed = frontier.append(leaf)
        assert b"".join(completed) == bytes(row.nodes)
    head = Log.objects.get()
    assert (head.size, bytes(head.frontier), bytes(head.root)) == (11, frontier.to_bytes(), frontier.root)


@pytest.mark.django_db
def test_only_the_auditor_opens_a_body(log: UUID, auditors: Auditors, append: Append) -> None:
    actor, case = uuid.uuid4(), str(uuid.uuid4())
    append(actor=actor, object=case, detail={"section": "identity", "count": "12"})
    row, segment = Entry.objects.get(), Segment.objects.get()
    for clear in (actor.bytes, str(actor).encode(), case.encode(), b"identity", b"test.open", b"case"):
        assert clear not in bytes(row.body)
    key = segments.open_key(segment, auditors.pairs[log][0])
    body = open_body(key, row.body, agency=log, segment=segment.id, epoch=segment.auditor_epoch, seq=1)
    assert (body.actor, body.object, body.action) == (actor, case, "test.open")
    assert body.detail == {"section": "identity", "count": "12"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        {"object": "Malika"},
        {"object": "+998001234567"},
        {"object": "998001234567"},
        {"kind": "the case of M"},
        {"detail": {"note": "she called"}},
        {"detail": {"note": "у неё"}},
        {"detail": {"note": "aa 1234567"}},
        {"detail": {"Note": "a"}},
        {"detail": {"note": "a\n"}},
        {"outcome": "maybe"},
        {"actor": "somebody"},
        {"detail": {f"k{i}": "a" for i in range(13)}},
    ],
)
def test_free_text_is_refused(log: UUID, append: Append, words: dict[str, object]) -> None:
    with pytest.raises(NotLoggable) as refused:
        append(**words)
    assert "Malika" not in str(refused.value)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_an_unknown_action_is_refused(log: UUID, append: Append) -> None:
    with pytest.raises(LogFailed):
        append("test.never_registered")


@pytest.mark.django_db
def test_no_auditor_key_no_log(agency: UUID, auditors: Auditors, append: Append) -> None:
    open_log(agency=agency)
    auditors.pairs.clear()
    with pytest.raises(LogFailed):
        append()
    with pytest.raises(LogFailed):
        open_log(agency=uuid.uuid4())


@pytest.mark.django_db
def test_a_log_is_opened_once(log: UUID, append: Append) -> None:
    append()
    with pytest.raises(LogFailed):
        open_log(agency=log)
    assert Log.objects.get().size == 1


@pytest.mark.django_db
def test_without_a_head_row_nothing_is_appended(agency: UUID, append: Append) -> None:
    with pytest.raises(LogFailed):
        append()


@pytest.mark.django_db
def test_a_new_auditor_key_seals_at_once(log: UUID, auditors: Auditors, append: Append) -> None:
    append()
    auditors.new_epoch(log)
    append()
    old, new = (entry.segment for entry in Entry.objects.order_by("seq").select_related("segment"))
    assert (old.auditor_epoch, new.auditor_epoch) == (1, 2)
    segments.open_key(new, auditors.pairs[log][1])


@durable
def test_record_first_is_refused_inside_a_transaction(log: UUID, append: Append) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        append()
    assert not Entry.objects.exists()


@durable
def test_record_needs_the_transaction_of_its_change(log: UUID) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record("test.change", agency=log, actor=None, kind="case", object="")


@durable
def test_record_goes_with_its_change(log: UUID, append: Append) -> None:
    """The segment row is rolled back with the change, and stored again by the next entry."""
    with transaction.atomic():
        record("test.change", agency=log, actor=None, kind="case", object="")
        transaction.set_rollback(True)
    assert Log.objects.get().size == 0
    assert not Segment.objects.exists()
    append()
    assert Entry.objects.get().segment_id == Segment.objects.get().id


@durable
def test_a_swallowed_failure_still_changes_nothing(agency: UUID, auditors: Auditors) -> None:
    """A caller who catches LogFailed cannot commit what was not recorded."""
    other = uuid.uuid4()
    with transaction.atomic():
        Log.objects.create(agency=other)
        with pytest.raises(LogFailed):
            record("test.change", agency=agency, actor=None, kind="case", object="")
    assert not Log.objects.exists()


@durable
def test_a_hundred_at_once(log: UUID, append: Append) -> None:
    """Each writer has a connection of its own; a third also write a second log and change something."""
    failures: list[BaseException] = []
    start = threading.Barrier(25)

    def write() -> None:
        try:
            start.wait()
            for turn in range(4):
                if turn % 2:
                    append()
                else:
                    with transaction.atomic():
                        record("test.change", agency=log, actor=None, kind="case", object="")
        except BaseException as error:  # noqa: BLE001 - reported below, in the test's own thread
            failures.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(25)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    rows = list(Entry.objects.filter(log=log).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, 101))
    frontier = merkle.Frontier()
    for row in rows:
        leaf = row_leaf(agency=log, seq=row.seq, hour=row.hour, segment=row.segment_id, body=row.body)
        frontier, _ = frontier.append(leaf)
    assert bytes(Log.objects.get().root) == frontier.root


KILLED = """
    import os, signal, sys, uuid
    os.environ["HAMROH_MODE"] = "test"
    import django
    django.setup()
    from django.conf import settings
    from django.db import connection
    from audit import registry
    from audit.actions import record_first
    from vault.keys import KeyPair, PublicKeys

    connection.settings_dict["NAME"] = sys.argv[1]
    public = PublicKeys.from_bytes(bytes.fromhex(sys.argv[3]))
    registry.set_auditor_key(lambda agency: registry.AuditorKey(public, 1))
    registry.register("test.open", "test.open")
    record_first("test.open", agency=uuid.UUID(sys.argv[2]), actor=None, kind="case", object="")
    if sys.argv[4] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    print("what the case says", flush=True)
"""


@durable
@pytest.mark.parametrize(("end", "shown"), [("kill", b""), ("live", b"what the case says\n")])
def test_killed_between_entry_and_disclosure(log: UUID, auditors: Auditors, end: str, shown: bytes) -> None:
    """Nothing is shown, and the entry is there. The second run proves that the first would have shown."""
    public = auditors.pairs[log][0].public.to_bytes().hex()
    database = str(connection.settings_dict["NAME"])
    connection.close()
    process = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), database, str(log), public, end],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert process.stdout == shown
    assert process.returncode == (-9 if end == "kill" else 0), process.stderr
    assert Entry.objects.filter(log=log).count() == 1
