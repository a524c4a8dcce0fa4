"""A session is two halves: neither alone opens anything, and it ends when it should."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import actions, sessions
from accounts.actions.signing_in import start_session
from accounts.models import Session
from tests.people import Network, seed_of, sign_in, unlock


def start(network: Network) -> tuple[str, str]:
    owner = network.owner
    return start_session(owner, seed=seed_of(owner), is_waiting=False, now=timezone.now())


def test_both_halves_open_the_session(network: Network) -> None:
    session_id, half = start(network)
    found = sessions.find(session_id, half, now=timezone.now())
    assert found is not None
    assert found.person == network.owner
    assert found.keys.public == unlock(network.owner).keys.public


def test_one_half_opens_nothing(network: Network) -> None:
    first_id, first_half = start(network)
    other_id, other_half = start(network)
    now = timezone.now()
    assert sessions.find(first_id, other_half, now=now) is None
    assert sessions.find(other_id, first_half, now=now) is None
    assert sessions.find(first_id, "", now=now) is None
    assert sessions.find("", first_half, now=now) is None


def test_the_database_holds_neither_half(network: Network) -> None:
    session_id, half = start(network)
    row = Session.objects.get()
    stored = bytes(row.id_hash) + bytes(row.sealed)
    assert session_id.encode() not in stored
    assert half.encode() not in stored
    assert seed_of(network.owner) not in stored


def test_a_session_moved_to_another_person_opens_nothing(network: Network) -> None:
    session_id, half = start(network)
    Session.objects.update(person=network.colleague)
    assert sessions.find(session_id, half, now=timezone.now()) is None


def test_a_waiting_session_cannot_be_flipped_into_a_full_one(network: Network) -> None:
    owner, now = network.owner, timezone.now()
    session_id, half = start_session(owner, seed=seed_of(owner), is_waiting=True, now=now)
    assert sessions.find(session_id, half, now=now) is None
    Session.objects.update(is_waiting=False)
    assert sessions.find(session_id, half, now=now) is None


@pytest.mark.parametrize(
    ("later", "opens"),
    [(timedelta(minutes=13), True), (timedelta(minutes=15), False), (timedelta(hours=9), False)],
)
def test_idle_sessions_end(network: Network, later: timedelta, opens: bool) -> None:
    session_id, half = start(network)
    assert (sessions.find(session_id, half, now=timezone.now() + later) is not None) is opens


def test_a_busy_session_ends_after_eight_hours(network: Network) -> None:
    session_id, half = start(network)
    began = Session.objects.get().started_at
    now = began
    while now < began + timedelta(hours=7, minutes=50):
        now += timedelta(minutes=10)
        found = sessions.find(session_id, half, now=now)
        assert found is not None
        assert found.session is not None
        actions.touch(found.session, now=now)
    assert sessions.find(session_id, half, now=began + timedelta(hours=8)) is None


def test_times_in_the_database_are_coarse(network: Network) -> None:
    start(network)
    row = Session.objects.get()
    assert (row.started_at.minute % 5, row.started_at.second, row.seen_at.second) == (0, 0, 0)


def test_sign_out_ends_this_session_only(network: Network) -> None:
    first, second = start(network), start(network)
    found = sessions.find(*first, now=timezone.now())
    assert found is not None
    actions.sign_out(found)
    assert sessions.find(*first, now=timezone.now()) is None
    assert sessions.find(*second, now=timezone.now()) is not None


def test_sign_out_everywhere_ends_them_all(network: Network) -> None:
    both = start(network), start(network)
    found = sessions.find(*both[0], now=timezone.now())
    assert found is not None
    actions.sign_out_everywhere(found)
    assert [sessions.find(*one, now=timezone.now()) for one in both] == [None, None]


def test_an_inactive_person_or_agency_opens_nothing(network: Network) -> None:
    session_id, half = start(network)
    owner = network.owner
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert sessions.find(session_id, half, now=timezone.now()) is None
    owner.is_active = True
    owner.save(update_fields=["is_active"])
    assert sessions.find(session_id, half, now=timezone.now()) is not None
    network.a.agency.is_active = False
    network.a.agency.save(update_fields=["is_active"])
    assert sessions.find(session_id, half, now=timezone.now()) is None


def test_the_clock_sweeps_what_is_over(network: Network) -> None:
    start(network)
    call_command("sweep_accounts")
    assert Session.objects.exists()
    assert actions.sweep(now=timezone.now() + timedelta(minutes=20)) == 1
    assert not Session.objects.exists()


def test_an_ended_session_is_deleted_with_its_cookies(network: Network, client: Client) -> None:
    sign_in(client, network.owner)
    Session.objects.update(seen_at=timezone.now() - timedelta(minutes=16))
    response = client.get("/")
    assert not Session.objects.exists()
    assert response.cookies[settings.SESSION_ID_COOKIE].value == ""
    assert response.cookies[settings.SESSION_HALF_COOKIE].value == ""


def test_leaving_ends_the_session_in_the_database_too(network: Network, client: Client) -> None:
    sign_in(client, network.owner)
    client.get("/exit/")
    assert not Session.objects.exists()


def test_an_unlocked_person_shows_and_stores_nothing(network: Network) -> None:
    import pickle

    owner = unlock(network.owner)
    shown = f"{owner!r} {owner.keyring!r} {owner.keys!r}"
    assert owner.seed_for_new_slot().hex() not in shown
    assert shown == "<Unlocked> <OpenKeyring> <KeyPair>"
    with pytest.raises(TypeError):
        pickle.dumps(owner)
