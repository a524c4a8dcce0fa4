"""Signing in is unlocking: a password (and card) opens the seed, and a session keeps it sealed.

What lives here: sign-in, the code from the telephone, step-up. Ending sessions is in ``sessions``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import entries, minting, names
from accounts.actions import slow_down
from accounts.actions.unlocking import open_password_slot
from accounts.device import Device
from accounts.errors import NotActive, SignInFailed, WrongCode
from accounts.models import Person, Session
from accounts.sessions import ABSOLUTE, coarse_start, minute, open_waiting, owner_of
from accounts.unlocked import Unlocked
from audit.actions import record, record_first
from audit.registry import Action
from vault import codes, totp
from vault.errors import Refused
from vault.sessions import new_session

_MOST_WRONG_CODES = 5


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What goes to the browser after a sign-in; ``needs_code`` asks for the telephone's code first."""

    person: Person
    session_id: str = field(repr=False)
    session_half: str = field(repr=False)
    device: Device = field(repr=False)
    needs_code: bool = False


def sign_in(
    *,
    name: str,
    password: str,
    card: str,
    device: Device,
    address: str,
    remember_card: bool,
    now: datetime,
) -> SignedIn:
    """Unlock a person and start a session. One Argon2id run, whoever the name belongs to.

    ``card`` is what was typed (may be empty when the device remembers it). Raises SlowDown, Busy,
    SignInFailed (never saying what was wrong), NotActive (only to whoever has the password).
    """
    person = find_person(name)
    counters = _counters(person, name=name, device=device, address=address)
    slow_down.attempt(counters, now=now)
    card_code = _card(card)
    if card_code is None and person is not None:
        card_code = device.card_of(person.id)
    try:
        seed = open_password_slot(person, password=password, card=card_code)
    except Refused:
        _record_failure(person, entries.SIGN_IN_FAILED)
        raise SignInFailed from None
    if person is None:
        raise SignInFailed
    if not (person.is_active and person.agency.is_active):
        raise NotActive
    unlocked = Unlocked(person=person, seed=seed, now=now)
    needs_code = unlocked.keyring.get("totp") is not None
    device = device.remembering(person.id, card_code if remember_card else None)
    with transaction.atomic():
        person.sessions.filter(started_at__lt=now - ABSOLUTE).delete()
        session_id, half = start_session(person, seed=seed, is_waiting=needs_code, now=now)
        if not needs_code:
            slow_down.forget(counters)
            _record(unlocked, entries.SIGNED_IN)
    return SignedIn(person, session_id, half, device, needs_code)


def confirm_code(*, session_id: str, session_half: str, code: str, device: Device, now: datetime) -> SignedIn:
    """Finish a sign-in with the code from the telephone. Raises SignInFailed, SlowDown, WrongCode."""
    opened = open_waiting(session_id, session_half, now=now)
    if opened is None:
        raise SignInFailed
    session, unlocked = opened
    person = unlocked.person
    counters = [(slow_down.CODE, str(person.id))]
    slow_down.attempt(counters, now=now)
    if not use_code(unlocked, code):
        Session.objects.filter(pk=session.pk).update(wrong_codes=F("wrong_codes") + 1)
        Session.objects.filter(pk=session.pk, wrong_codes__gte=_MOST_WRONG_CODES).delete()
        _record_failure(person, entries.SIGN_IN_FAILED)
        raise WrongCode
    with transaction.atomic():
        session.delete()
        new_id, half = start_session(person, seed=unlocked.seed_for_new_slot(), is_waiting=False, now=now)
        slow_down.forget([*counters, (slow_down.NAME, person.name), (slow_down.DEVICE, str(person.id))])
        _record(unlocked, entries.SIGNED_IN)
    return SignedIn(person, new_id, half, device)


def step_up(unlocked: Unlocked, *, secret: str, card: str, device: Device, now: datetime) -> None:
    """Confirm by password, or by the telephone's code, that the same person still sits there.

    Raises SlowDown, Busy, SignInFailed. Lasts ``settings.STEP_UP_SECONDS``.
    """
    person, session = unlocked.person, unlocked.session
    if session is None:
        raise SignInFailed
    counters = [(slow_down.STEP_UP, str(person.id))]
    slow_down.attempt(counters, now=now)
    if not (_is_code(secret) and use_code(unlocked, secret)) and not _is_own_password(
        unlocked, secret, card=_card(card) or device.card_of(person.id)
    ):
        _record_failure(person, entries.STEP_UP_FAILED)
        raise SignInFailed
    with transaction.atomic():
        session.stepped_up_until = minute(now) + timedelta(seconds=settings.STEP_UP_SECONDS)
        session.save(update_fields=["stepped_up_until"])
        slow_down.forget(counters)
        _record(unlocked, entries.STEPPED_UP)


def start_session(person: Person, *, seed: bytes, is_waiting: bool, now: datetime) -> tuple[str, str]:
    """Add a session row and return the two halves for the cookies."""
    made = new_session(owner=owner_of(person, is_waiting=is_waiting), seed=seed, pepper=minting.pepper())
    Session.objects.create(
        id_hash=made.id_hash,
        person=person,
        sealed=made.sealed,
        is_waiting=is_waiting,
        started_at=coarse_start(now),
        seen_at=minute(now),
    )
    return made.id, made.half


def use_code(unlocked: Unlocked, code: str) -> bool:
    """Say whether the telephone's code is right; it is used up with that, and works only once."""
    secret = unlocked.keyring.get("totp")
    if secret is None:
        return False
    step = totp.matching_step(
        bytes.fromhex(secret),
        code.replace(" ", ""),
        at=int(unlocked.now.timestamp()),
        after=unlocked.keyring.get("totp_step", -1),
    )
    if step is None:
        return False
    unlocked.keyring.put("totp_step", step)
    try:
        unlocked.keyring.save(merge=False)
    except Refused:
        return False
    return True


def find_person(name: str) -> Person | None:
    """Return the person of a sign-in name, removed ones included (they have no slot left)."""
    return Person.objects.select_related("agency", "membership").filter(name=names.fold(name)).first()


def _counters(
    person: Person | None, *, name: str, device: Device, address: str
) -> list[tuple[slow_down.Counter, str]]:
    by_address = (slow_down.ADDRESS, slow_down.address_prefix(address))
    if person is not None and device.knows(person.id):
        return [by_address, (slow_down.DEVICE, str(person.id))]
    return [by_address, (slow_down.NAME, names.fold(name))]


def _card(text: str) -> bytes | None:
    try:
        return codes.parse(text) if text.strip() else None
    except Refused:
        return None


def _is_code(text: str) -> bool:
    digits = text.replace(" ", "")
    return len(digits) == 6 and digits.isdigit()


def _is_own_password(unlocked: Unlocked, password: str, *, card: bytes | None) -> bool:
    try:
        seed = open_password_slot(unlocked.person, password=password, card=card)
    except Refused:
        return False
    return seed == unlocked.seed_for_new_slot()


def _record(unlocked: Unlocked, action: Action) -> None:
    person = unlocked.person
    record(action, agency=person.agency_id, actor=person.id, kind="person", object=str(person.id))


def _record_failure(person: Person | None, action: Action) -> None:
    """Log a failed attempt against somebody who exists; for other names there is no agency to tell."""
    if person is not None:
        record_first(
            action,
            agency=person.agency_id,
            actor=None,
            kind="person",
            object=str(person.id),
            outcome="denied",
        )
