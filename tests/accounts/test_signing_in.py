"""Signing in is unlocking: what opens, what does not, and what a stranger can do to whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions, minting, sessions
from accounts.actions import unlocking
from accounts.device import Device
from accounts.errors import NotActive, SignInFailed, SlowDown, WrongCode
from accounts.models import Keyring, Person, Session, Slot, Throttle
from tests.people import PASSWORD, TEAMS, Network, Team, make_team, unlock
from vault import codes
from vault.totp import _totp

NOW = datetime.fromisoformat("2026-11-23T09:00:30+05:00")


def attempt(person: Person | str, **changes: Any) -> actions.SignedIn:
    wanted: dict[str, Any] = {
        "name": person if isinstance(person, str) else person.name,
        "password": PASSWORD,
        "card": "",
        "device": Device(),
        "address": "192.0.2.7",
        "remember_card": True,
        "now": timezone.now(),
    }
    return actions.sign_in(**(wanted | changes))


@pytest.fixture
def with_cards(db: None) -> Team:
    return make_team("d", people=TEAMS["c"], with_card=True)


def test_the_right_password_opens_a_session(network: Network) -> None:
    signed_in = attempt(network.owner)
    found = sessions.find(signed_in.session_id, signed_in.session_half, now=timezone.now())
    assert found is not None
    assert found.person == network.owner


def test_the_name_is_found_as_people_write_it(network: Network) -> None:
    assert attempt(" A.OWNER ").person == network.owner


@pytest.mark.parametrize("change", [{"password": "a long walk beside the sea"}, {"name": "nobody"}])
def test_wrong_name_and_wrong_password_fail_alike(network: Network, change: dict[str, str]) -> None:
    with pytest.raises(SignInFailed):
        attempt(network.owner, **change)
    assert not Session.objects.exists()


@pytest.mark.parametrize("name", ["a.owner", "nobody", "", "x" * 5000])
def test_every_attempt_costs_one_argon2_run(
    network: Network, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    kept = unlocking.slots._keys  # type: ignore[attr-defined]

    def counted(**kwargs: Any) -> Any:
        runs.append(1)
        return kept(**kwargs)

    monkeypatch.setattr(unlocking.slots, "_keys", counted)
    with pytest.raises(SignInFailed):
        attempt(name, password="not the right password")
    assert len(runs) == 1


def test_a_card_is_needed_and_then_remembered(with_cards: Team) -> None:
    person, card = with_cards.outsider, with_cards.papers["outsider"].card
    assert card is not None
    with pytest.raises(SignInFailed):
        attempt(person)
    with pytest.raises(SignInFailed):
        attempt(person, card=codes.new_code())
    first = attempt(person, card=card.lower().replace("-", " "))
    again = attempt(person, device=Device.from_cookie(first.device.to_cookie()))
    assert again.person == person


def test_a_remembered_card_of_somebody_else_does_not_help(with_cards: Team) -> None:
    card = with_cards.papers["outsider"].card
    assert card is not None
    device = attempt(with_cards.outsider, card=card).device
    with pytest.raises(SignInFailed):
        attempt(with_cards.supervisor, device=device)


def test_a_person_not_yet_activated_is_told_so_only_after_the_password(network: Network) -> None:
    owner = network.owner
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    with pytest.raises(NotActive):
        attempt(owner)
    with pytest.raises(SignInFailed):
        attempt(owner, password="not the right password")


# --- Slow-down without lock-out ---


def fail(name: str, times: int, **changes: Any) -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            attempt(name, password="not the right password", **changes)


def test_guessing_is_slowed_down(network: Network) -> None:
    fail("a.owner", 5, now=NOW)
    with pytest.raises(SlowDown) as slow:
        attempt(network.owner, now=NOW)
    assert 1 <= slow.value.seconds <= 30
    assert attempt(network.owner, now=NOW + timedelta(seconds=31)).person == network.owner


def test_a_name_that_does_not_exist_is_slowed_down_alike(network: Network) -> None:
    fail("nobody", 5, now=NOW)
    with pytest.raises(SlowDown):
        attempt("nobody", now=NOW)


def test_a_stranger_never_makes_a_person_wait_more_than_half_a_minute(network: Network) -> None:
    now = NOW
    for number in range(60):
        now += timedelta(seconds=31)
        fail("a.owner", 1, now=now, address=f"198.51.{number}.1")
    assert attempt(network.owner, now=now + timedelta(seconds=31), address="192.0.2.7").person


def test_a_stranger_does_not_slow_down_a_device_that_is_known(network: Network) -> None:
    known = attempt(network.owner, now=NOW).device
    for number in range(5):
        fail("a.owner", 1, now=NOW, address=f"198.51.{number}.1")
    with pytest.raises(SlowDown):
        attempt(network.owner, now=NOW)
    assert attempt(network.owner, now=NOW, device=known).person == network.owner


def test_a_forged_device_is_a_strange_device(network: Network) -> None:
    fail("a.owner", 5, now=NOW)
    with pytest.raises(SlowDown):
        attempt(network.owner, now=NOW, device=Device({"0" * 32: ""}))


def test_one_address_is_slowed_down_over_many_names(network: Network) -> None:
    for number in range(20):
        fail(f"name{number}", 1, now=NOW)
    with pytest.raises(SlowDown):
        attempt(network.owner, now=NOW)
    assert attempt(network.owner, now=NOW, address="203.0.113.9").person == network.owner


def test_counters_hold_neither_name_nor_address(network: Network) -> None:
    import hashlib

    fail("a.owner", 1, now=NOW)
    keys = {bytes(row.key) for row in Throttle.objects.all()}
    assert len(keys) == 2
    for guess in (b"a.owner", b"192.0.2.7", b"192.0.2.0/24"):
        assert hashlib.sha256(guess).digest() not in keys


# --- The code from the telephone ---


def code_at(secret: bytes, moment: datetime) -> str:
    return _totp(secret).generate(int(moment.timestamp())).decode()


def switch_totp_on(person: Person, moment: datetime) -> bytes:
    unlocked = unlock(person)
    unlocked.now = moment
    actions.start_totp(unlocked)
    secret = bytes.fromhex(unlocked.keyring.get("totp_new"))
    actions.confirm_totp(unlocked, code=code_at(secret, moment))
    return secret


def confirm(waiting: actions.SignedIn, code: str, moment: datetime) -> actions.SignedIn:
    return actions.confirm_code(
        session_id=waiting.session_id,
        session_half=waiting.session_half,
        code=code,
        device=waiting.device,
        now=moment,
    )


def test_the_code_is_asked_after_the_password(network: Network) -> None:
    now = timezone.now()
    secret = switch_totp_on(network.owner, now - timedelta(minutes=5))
    waiting = attempt(network.owner, now=now)
    assert waiting.needs_code
    assert sessions.find(waiting.session_id, waiting.session_half, now=now) is None
    full = confirm(waiting, code_at(secret, now), now)
    assert sessions.find(full.session_id, full.session_half, now=now) is not None
    assert sessions.open_waiting(waiting.session_id, waiting.session_half, now=now) is None


def test_a_code_works_once(network: Network) -> None:
    now = timezone.now()
    secret = switch_totp_on(network.owner, now - timedelta(minutes=5))
    code = code_at(secret, now)
    confirm(attempt(network.owner, now=now), code, now)
    with pytest.raises(WrongCode):
        confirm(attempt(network.owner, now=now), code, now)


def test_five_wrong_codes_end_the_attempt_and_slow_the_next(network: Network) -> None:
    now = timezone.now()
    secret = switch_totp_on(network.owner, now - timedelta(minutes=5))
    wrong = f"{(int(code_at(secret, now)) + 1) % 10**6:06d}"
    waiting = attempt(network.owner, now=now)
    for _ in range(5):
        with pytest.raises(WrongCode):
            confirm(waiting, wrong, now)
    with pytest.raises(SignInFailed):
        confirm(waiting, code_at(secret, now), now)
    with pytest.raises(SlowDown):
        confirm(attempt(network.owner, now=now), code_at(secret, now), now)


def test_the_secret_is_nowhere_in_the_database(network: Network) -> None:
    secret = switch_totp_on(network.owner, timezone.now())
    row = Keyring.objects.get(person=network.owner)
    stored = bytes(row.sealed)
    assert secret not in stored
    assert secret.hex().encode() not in stored
    assert b"totp" not in stored


# --- Password, recovery, step-up ---


def test_a_new_password_replaces_the_old_one(network: Network) -> None:
    here = attempt(network.owner)
    elsewhere = attempt(network.owner)
    found = sessions.find(here.session_id, here.session_half, now=timezone.now())
    assert found is not None
    actions.change_password(
        found,
        old_password=PASSWORD,
        new_password="quite another evening",
        card="",
        device=Device(),
        now=timezone.now(),
    )
    with pytest.raises(SignInFailed):
        attempt(network.owner)
    assert attempt(network.owner, password="quite another evening").person == network.owner
    assert sessions.find(elsewhere.session_id, elsewhere.session_half, now=timezone.now()) is None
    assert sessions.find(here.session_id, here.session_half, now=timezone.now()) is not None


def recover(person: Person, code: str, draw: str = "") -> Any:
    return actions.use_recovery_code(
        name=person.name,
        code=code,
        new_password="quite another evening",
        address="192.0.2.7",
        now=timezone.now(),
        draw=draw,
    )


def test_the_recovery_code_gives_the_same_keys_a_new_password(with_cards: Team) -> None:
    person, papers = with_cards.outsider, with_cards.papers["outsider"]
    old_card = codes.parse(papers.card or "")
    before = unlock(person, card=old_card).keys.public
    switched = unlock(person, card=old_card)
    actions.start_totp(switched)
    secret = bytes.fromhex(switched.keyring.get("totp_new"))
    actions.confirm_totp(switched, code=code_at(secret, switched.now))
    _, new_papers = recover(person, papers.recovery_code.lower().replace("-", ""))
    assert new_papers.card not in (None, papers.card)
    after = unlock(person, password="quite another evening", card=codes.parse(new_papers.card))
    assert after.keys.public == before
    assert not attempt(person, password="quite another evening", card=new_papers.card).needs_code
    with pytest.raises(SignInFailed):
        attempt(person, card=papers.card)
    with pytest.raises(SignInFailed):
        recover(person, papers.recovery_code)


def test_the_form_of_a_recovery_whose_answer_was_lost_gives_the_same_papers_again(with_cards: Team) -> None:
    person, old, draw = with_cards.outsider, with_cards.papers["outsider"], codes.new_code()
    _, lost = recover(person, old.recovery_code, draw)
    _, papers = recover(person, old.recovery_code, draw)
    assert papers == lost
    assert attempt(person, password="quite another evening", card=papers.card).person == person
    # Another form is another draw: the used code opens nothing, the new one does.
    for other in ("", codes.new_code()):
        with pytest.raises(SignInFailed):
            recover(person, old.recovery_code, other)
    _, later = recover(person, papers.recovery_code, codes.new_code())
    assert {later.card, later.recovery_code}.isdisjoint({papers.card, papers.recovery_code})


@pytest.mark.parametrize("with_card", [True, False])
def test_the_form_of_new_papers_whose_answer_was_lost_gives_them_again(
    with_cards: Team, with_card: bool
) -> None:
    person, old = with_cards.outsider, with_cards.papers["outsider"].card or ""
    device = Device().remembering(person.id, codes.parse(old))
    draw = codes.new_code()
    unlocked = unlock(person, card=codes.parse(old))
    given = {"password": PASSWORD, "card": "", "with_card": with_card, "device": device, "draw": draw}
    lost = actions.renew_papers(unlocked, **given, now=timezone.now())
    with pytest.raises(SignInFailed):
        actions.renew_papers(unlocked, **given | {"password": "not the right one"}, now=timezone.now())
    papers = actions.renew_papers(unlocked, **given, now=timezone.now())
    assert papers == lost
    assert attempt(person, card=papers.card or "").person == person
    if with_card:  # the card it replaced, and another draw, open nothing
        with pytest.raises(SignInFailed):
            actions.renew_papers(unlocked, **given | {"draw": codes.new_code()}, now=timezone.now())


def test_who_saw_the_form_before_it_was_filled_in_knows_nothing_of_its_papers(with_cards: Team) -> None:
    person, old, draw = with_cards.outsider, with_cards.papers["outsider"], codes.new_code()
    _, papers = recover(person, old.recovery_code, draw)
    for code in ("nonsense", codes.new_code(), codes.code_from(draw, "recovery", known=b"")):
        with pytest.raises(SignInFailed):
            recover(person, code, draw)
    unlocked = unlock(person, password="quite another evening", card=codes.parse(papers.card or ""))
    renewed = actions.renew_papers(
        unlocked,
        password="quite another evening",
        card=papers.card or "",
        device=Device(),
        with_card=True,
        now=timezone.now(),
        draw=draw,
    )
    guessed = minting.new_papers(with_card=True, draw=draw)
    assert {guessed.card, guessed.recovery_code}.isdisjoint({renewed.card, renewed.recovery_code})
    with pytest.raises(SignInFailed):
        recover(person, guessed.recovery_code)


def test_recovery_ends_every_session(network: Network) -> None:
    attempt(network.owner)
    recover(network.owner, network.a.papers["owner"].recovery_code)
    assert not Session.objects.exists()


@pytest.mark.parametrize("code", ["", "nonsense", "0000-0000-0000-0000-0000-0000-0000"])
def test_a_wrong_recovery_code_changes_nothing(network: Network, code: str) -> None:
    before = set(Slot.objects.values_list("pk", flat=True))
    with pytest.raises(SignInFailed):
        recover(network.owner, code)
    assert set(Slot.objects.values_list("pk", flat=True)) == before


def test_step_up_lasts_ten_minutes(network: Network) -> None:
    now = timezone.now()
    signed_in = attempt(network.owner, now=now)
    found = sessions.find(signed_in.session_id, signed_in.session_half, now=now)
    assert found is not None
    assert not found.stepped_up
    with pytest.raises(SignInFailed):
        actions.step_up(found, secret="not the right password", card="", device=Device(), now=now)
    assert not found.stepped_up
    actions.step_up(found, secret=PASSWORD, card="", device=Device(), now=now)
    assert found.stepped_up
    later = sessions.find(signed_in.session_id, signed_in.session_half, now=now + timedelta(minutes=10))
    assert later is not None
    assert not later.stepped_up


def test_step_up_by_telephone(network: Network) -> None:
    now = timezone.now()
    secret = switch_totp_on(network.owner, now - timedelta(minutes=5))
    full = confirm(attempt(network.owner, now=now), code_at(secret, now), now)
    later = now + timedelta(minutes=2)
    found = sessions.find(full.session_id, full.session_half, now=later)
    assert found is not None
    actions.step_up(found, secret=code_at(secret, later), card="", device=Device(), now=later)
    assert found.stepped_up


def test_somebody_else_s_password_does_not_step_up(network: Network) -> None:
    now = timezone.now()
    actions.change_password(
        unlock(network.colleague),
        old_password=PASSWORD,
        new_password="quite another evening",
        card="",
        device=Device(),
        now=now,
    )
    signed_in = attempt(network.owner, now=now)
    found = sessions.find(signed_in.session_id, signed_in.session_half, now=now)
    assert found is not None
    with pytest.raises(SignInFailed):
        actions.step_up(found, secret="quite another evening", card="", device=Device(), now=now)
