"""The keys outside the database that halves are sealed under: turned, never lost."""

import shutil
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from referrals import tides
from referrals.actions.tides import turn
from referrals.models import CaseHalf
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.security.test_behaviour_26_retention_and_erasure import a_tide_of_its_own, halves, opens

pytestmark = pytest.mark.django_db


def test_a_tide_is_not_destroyed_while_anything_is_sealed_under_it(
    network: Network, tmp_path: Path, settings: Any
) -> None:
    """A clock that was off for a year, a half that somebody changed, a lost tide."""
    folder = a_tide_of_its_own(tmp_path, settings)
    case = making.make_case(people.unlock(network.owner))
    broken = making.make_case(people.unlock(network.owner))
    [old] = [tides.current(datetime.now(UTC).date())]
    assert old is not None
    bad = tides.Sealed(old.to_bytes(4, "big") + bytes(340))
    CaseHalf.objects.filter(case=broken).update(half=bad)
    later = timezone.now() + timedelta(days=365)
    turned = turn(now=later)
    assert turned.destroyed >= 1
    assert old not in tides.numbers()
    assert opens(network, case)
    assert not opens(network, broken)
    assert turn(now=later).sealed == 0

    # The clock goes back: sealing goes on, and soon under a tide of the right day again.
    another = making.make_case(people.unlock(network.owner))
    assert CaseHalf.objects.get(case=another).tide > later.date().toordinal() - 2
    assert turn(now=timezone.now()).sealed >= 2
    assert CaseHalf.objects.get(case=another).tide == datetime.now(UTC).date().toordinal()
    assert opens(network, another)

    # The folder is lost: nothing opens, nothing is taken for damaged, and it all comes back with the folder.
    away = folder.rename(tmp_path / "away")
    assert not opens(network, case)
    turn(now=timezone.now())
    shutil.rmtree(folder, ignore_errors=True)
    away.rename(folder)
    assert opens(network, case)


def test_a_changed_half_opens_nothing(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    [(half, tide)] = [(half, tide) for model, _, half, tide in halves() if model is CaseHalf]
    for changed in (half[:-1] + bytes([half[-1] ^ 1]), half[:-1], b"\x00\x00\x00\x01" + half[4:], bytes(32)):
        CaseHalf.objects.filter(case=case).update(half=tides.Sealed(changed), tide=tide)
        assert not opens(network, case)
    CaseHalf.objects.filter(case=case).update(half=tides.Sealed(half), tide=tide)
    assert opens(network, case)


def test_the_clock_turns_them_and_a_command_finds_what_lives_too_long(
    network: Network, tmp_path: Path, settings: Any
) -> None:
    folder = a_tide_of_its_own(tmp_path, settings)
    case = making.make_case(people.unlock(network.owner))
    [name] = {path.name for path in folder.iterdir()}
    today = date.fromisoformat(Path(name).stem)  # the day of the tide, also where midnight has passed since
    said = StringIO()
    call_command("check_backups", tmp_path, stdout=said)
    assert "none older than 35 days" in said.getvalue()

    # As if it had begun a fortnight ago: the command that runs all the time lets the next one begin.
    tides.destroy(today.toordinal())
    old = folder / f"{(today - timedelta(days=36)).isoformat()}.tide"
    old.write_bytes(bytes(32))
    with pytest.raises(CommandError, match="should have been destroyed"):
        call_command("check_backups", tmp_path)
    with pytest.raises(CommandError, match="CaseHalf: halves are sealed under a tide that is missing"):
        call_command("check_backups")
    call_command("run_clock", stdout=said)
    assert "sealed anew 0" in said.getvalue(), "what cannot be opened is left as it is"
    assert (folder / name).exists()
    assert not old.exists()
    assert not opens(network, case)
