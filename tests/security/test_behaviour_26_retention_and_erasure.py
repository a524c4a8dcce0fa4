"""Behaviour 26: what is erased is gone: rows, files, links, indexes, and within 35 days every copy."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, connections, models
from django.utils import timezone

from accounts.models import Notice, QuickWrap, Update
from audit.errors import Denied
from referrals import access, actions, retention, tides
from referrals.actions.clock import tick
from referrals.actions.tides import HALVES, turn
from referrals.errors import Invalid, WrongState
from referrals.models import Case, CaseHalf, CaseHold, Referral, ReferralHalf, ReferralUserPermission
from tests import people
from tests.people import Network
from tests.referrals import log, making

pytestmark = pytest.mark.django_db


def everything(network: Network) -> tuple[Case, list[Referral], UUID]:
    """Make a case with something in every section, shared, with referrals live and ended, asked by link."""
    owner, desk = people.unlock(network.owner), people.unlock(network.b.intake)
    shelter = making.make_service(network.b.agency)
    legal = making.make_service(network.b.agency, service_type="legal_assistance", name="Lawyers")
    unlisted = making.make_service(None, name="No account")
    case = making.make_case(owner)
    opened = making.edit(owner, case)
    actions.add_note(unlocked=owner, opened=opened, text="a note about the baker")
    actions.share_case(unlocked=owner, opened=opened, person=network.colleague, to="edit")
    waiting = making.send_under(owner, opened, making.consent_to(owner, opened, shelter))
    taken = making.take(desk, making.send_under(owner, opened, making.consent_to(owner, opened, legal)))
    asked, _token = making.ask_under(owner, opened, making.consent_to(owner, opened, unlisted))
    owner.finish()
    colleague = people.unlock(network.colleague)
    access.case_for(colleague, case.id).card()
    colleague.finish()
    return case, [waiting, taken], asked


def close(network: Network, case: Case) -> None:
    """Cancel what is live and close the case, as its owner does."""
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    for referral_id in opened.sent_ids():
        version = Referral.objects.get(pk=referral_id).version
        actions.cancel(unlocked=owner, opened=opened, referral_id=referral_id, version=version)
    actions.close_case(unlocked=owner, opened=opened)


def noon_of_erasure(case: Case) -> datetime:
    """Return a moment of the day on which the clock erases a closed case."""
    case.refresh_from_db()
    assert case.destroy_after is not None
    day = retention.erased_on(case.destroy_after)
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_current_timezone())


def pointing_at(wanted: set[UUID]) -> list[str]:
    """Return each column of any table, found in the models, that holds one of these ids, in any form."""
    found = []
    for model in apps.get_models():
        for row in model._default_manager.all().values():
            for name, value in row.items():
                text = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                if any(str(one).encode() in text or one.bytes in text for one in wanted):
                    found.append(f"{model.__name__}.{name}")
    return sorted(set(found))


def a_tide_of_its_own(tmp_path: Path, settings: Any) -> Path:
    """Copy the tides into a folder of this test, which may move its clock."""
    if Path(settings.TIDE_DIR).is_dir():
        shutil.copytree(settings.TIDE_DIR, tmp_path / "tides")
    settings.TIDE_DIR = tmp_path / "tides"
    return tmp_path / "tides"


# --- Erasure reaches everything ---


def test_everything_that_hangs_on_a_case_goes_with_it() -> None:
    """A table that points at a case, or at what does, is deleted by cascade: so no new one is forgotten."""
    reached: set[type[models.Model]] = {Case}
    while True:
        pointing = {
            (model, column)
            for model in apps.get_models()
            for column in model._meta.concrete_fields
            if column.is_relation and column.related_model in reached
        }
        assert {
            f"{model.__name__}.{column.name}"
            for model, column in pointing
            if column.remote_field.on_delete is not models.CASCADE
        } == set()
        grown = reached | {model for model, _ in pointing}
        if grown == reached:
            break
        reached = grown
    assert len(reached) >= 5, "half, items, permissions, hold"


def test_she_asks_and_nothing_points_to_her(network: Network) -> None:
    case, (waiting, taken), asked = everything(network)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    items = {item.id for item in case.items.all()}
    ours = {case.id, asked, *items}
    assert pointing_at({case.id})
    assert QuickWrap.objects.filter(person=network.colleague).exists()
    with pytest.raises(Invalid):
        actions.erase_case(unlocked=owner, opened=opened, alias="Somebody else")
    assert CaseHalf.objects.filter(case=case).exists()

    actions.erase_case(unlocked=owner, opened=opened, alias="  LOLA ")
    owner.finish()

    # Of the log and its copies only the sealed bodies know, and only the supervisors read them.
    assert pointing_at(ours) == []
    assert not ReferralHalf.objects.filter(referral__in=[waiting, taken]).exists()
    assert not ReferralUserPermission.objects.filter(content_object__in=[waiting, taken]).exists()
    for referral in Referral.objects.filter(pk__in=[waiting.pk, taken.pk]):
        sealed = [f for f in referral._meta.concrete_fields if isinstance(f, models.BinaryField)]
        assert [f.name for f in sealed if bytes(getattr(referral, f.attname) or b"")] == []
        assert referral.state == "consent_withdrawn"
    for person in (network.owner, network.colleague):
        with pytest.raises(Denied):
            access.case_for(people.unlock(person), case.id)
    with pytest.raises(Denied):
        access.packet_for(people.unlock(network.b.intake), waiting.id)
    assert [entry.action for entry in log.newest(network.a, 4)].count("case.erase") == 1


def test_no_quick_copy_of_the_key_is_left(network: Network) -> None:
    """Opening a case keeps a quick copy of its key for next time; erasing takes everybody's."""
    before = set(QuickWrap.objects.values_list("pk", flat=True))
    case, _, _ = everything(network)
    owner = people.unlock(network.owner)
    access.case_for(owner, case.id).card()
    opened = making.edit(owner, case)
    own = {row.pk for row in QuickWrap.objects.exclude(pk__in=before)}
    assert own
    actions.erase_case(unlocked=owner, opened=opened, alias="Lola")
    owner.finish()
    # What is left opens role keys; none of a case or a packet that was sent.
    people_with = QuickWrap.objects.exclude(pk__in=before).values_list("person", flat=True)
    assert network.owner.pk not in set(people_with)
    assert network.colleague.pk not in set(people_with)


def test_only_the_owner_erases_and_two_people_let_go_what_two_people_keep(network: Network) -> None:
    case, _, _ = everything(network)
    colleague = people.unlock(network.colleague)
    with pytest.raises(Denied):
        actions.erase_case(unlocked=colleague, opened=making.edit(colleague, case), alias="Lola")
    close(network, case)
    owner, supervisor = people.unlock(network.owner), people.unlock(network.a.supervisor)
    actions.ask_to_keep(unlocked=owner, opened=making.edit(owner, case), years=1, reason="a hearing")
    asked = CaseHold.objects.get(case=case).asked
    with pytest.raises(Denied):
        actions.decide_hold(unlocked=owner, case_id=case.id, agrees=True, asked=asked)
    actions.decide_hold(unlocked=supervisor, case_id=case.id, agrees=True, asked=asked)
    with pytest.raises(WrongState):
        actions.erase_case(unlocked=owner, opened=making.edit(owner, case), alias="Lola")
    actions.ask_to_let_go(unlocked=owner, opened=making.edit(owner, case))
    assert CaseHold.objects.get(case=case).agreed_by_id, "asking alone lets nothing go"
    asked = CaseHold.objects.get(case=case).asked
    actions.decide_hold(unlocked=supervisor, case_id=case.id, agrees=True, asked=asked)
    actions.erase_case(unlocked=owner, opened=making.edit(owner, case), alias="Lola")
    assert not Case.objects.filter(pk=case.pk).exists()


# --- The clock ---


def test_the_clock_erases_a_closed_case_after_its_years_and_tells_before(network: Network) -> None:
    case, sent, _asked = everything(network)
    open_case = making.make_case(people.unlock(network.owner))
    close(network, case)
    assert not ReferralHalf.objects.filter(referral__in=sent).exists(), "forgotten when it is closed"
    assert not ReferralUserPermission.objects.filter(content_object__in=sent).exists()
    case.refresh_from_db()
    assert case.month_closed is not None
    assert case.destroy_after == retention.last_month(case.month_closed, 5)
    items = {item.id for item in case.items.all()}
    at = noon_of_erasure(case)
    Update.objects.all().delete()

    assert tick(now=at - timedelta(days=40)).erased == 0
    assert not Update.objects.exists()
    tick(now=at - timedelta(days=29))
    tick(now=at - timedelta(days=28))
    told = dict(Update.objects.values_list("person_id", "number"))
    assert told == {network.owner.pk: 1}, "the colleague's share ended long ago"
    assert tick(now=at - timedelta(days=1)).erased == 0
    assert tick(now=at).erased == 1
    assert tick(now=at).erased == 0
    assert pointing_at({case.id, *items}) == []
    assert Case.objects.filter(pk=open_case.pk).exists()
    assert not Notice.objects.filter(person=network.b.intake).exists()
    assert log.newest(network.a)[0].action == "case.erase_due"


# --- Every copy, within 35 days ---


def opens(network: Network, case: Case) -> bool:
    try:
        access.case_for(people.unlock(network.owner), case.id).card()
    except Denied:
        return False
    return True


def halves() -> Iterator[tuple[type[models.Model], int, bytes, int]]:
    """Return every half as the database holds it."""
    for model in HALVES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, half, tide FROM {model._meta.db_table}")  # noqa: S608
            for pk, half, tide in cursor.fetchall():
                yield model, pk, bytes(half), tide


def test_an_old_copy_opens_nothing_after_35_days(network: Network, tmp_path: Path, settings: Any) -> None:
    """An old copy of the database, together with every secret of today: password, pepper and tides."""
    folder = a_tide_of_its_own(tmp_path, settings)
    case, _, _ = everything(network)
    kept = making.make_case(people.unlock(network.owner))
    assert opens(network, case)
    copy = list(halves())
    assert copy
    assert all(len(half) > 300 and half[:4] == tide.to_bytes(4, "big") for _, _, half, tide in copy)
    secrets = {path.name: path.read_bytes() for path in folder.iterdir()}
    now = timezone.now()

    for days in range(36):
        turn(now=now + timedelta(days=days))
    for model, pk, half, tide in copy:
        assert tides.open_half(half) == b"", "no tide of today opens it"
        if model is CaseHalf and CaseHalf.objects.filter(pk=pk, case=case).exists():
            CaseHalf.objects.filter(pk=pk).update(half=tides.Sealed(half), tide=tide)
    assert not opens(network, case), "the copy"
    assert opens(network, kept), "what lives is sealed anew and opens"
    assert not {path.name for path in folder.iterdir()} & set(secrets)
    # The same row and all else as before, with the tide of then: so only the tide was missing.
    for name, key in secrets.items():
        (folder / name).write_bytes(key)
    assert opens(network, case)


# --- Killed, and two at once ---

_ERASE = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from django.db import connection
from referrals.actions.clock import tick
connection.settings_dict["NAME"] = sys.argv[3]
left = int(sys.argv[1])
def count(execute, sql, params, many, context):
    global left
    if sql.startswith(("DELETE", "UPDATE", "INSERT")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    print(tick(now=datetime.fromisoformat(sys.argv[2])).erased)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_it_is_whole_or_gone_and_two_clocks_erase_once() -> None:
    network = people.get_network()
    owner = people.unlock(network.owner)
    cases = [making.make_case(owner) for _ in range(3)]
    for case in cases:
        actions.close_case(unlocked=owner, opened=making.edit(owner, case))
    at = noon_of_erasure(Case.objects.get(pk=cases[0].pk))
    before = len(cases)
    for step in (4, 15):
        process = subprocess.run(
            [sys.executable, "-c", _ERASE, str(step), at.isoformat(), str(connection.settings_dict["NAME"])],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            check=False,
        )
        assert process.returncode in (0, -signal.SIGKILL), process.stderr
        for case in Case.objects.filter(pk__in=[one.pk for one in cases]):
            assert opens(network, case), "whole"
        now_left = Case.objects.count()
        assert now_left <= before
        before = now_left
    connections.close_all()
    erased: list[int] = []

    def run() -> None:
        try:
            erased.append(tick(now=at).erased)
        finally:
            connection.close()

    clocks = [threading.Thread(target=run) for _ in range(2)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    tick(now=at)
    assert sum(erased) <= before
    assert not Case.objects.exists()
    assert not CaseHalf.objects.exists()
    entries = [one.object for one in log.newest(network.a, 30) if one.action == "case.erase_due"]
    assert sorted(entries) == sorted(str(case.id) for case in cases), "each once"
