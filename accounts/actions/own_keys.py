"""What people change about their own way in: password, papers, recovery, the telephone's code.

Private keys are held nowhere else. Whoever has neither password nor recovery code is invited
anew, and colleagues give them their cases again.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts import entries, minting, names
from accounts.actions import slow_down
from accounts.actions.sessions import end_other_sessions
from accounts.actions.signing_in import find_person
from accounts.actions.unlocking import open_password_slot, open_recovery_slot
from accounts.device import Device
from accounts.errors import NotActive, SignInFailed, StepUpNeeded, WrongCode
from accounts.models import Person, Session, Slot
from accounts.unlocked import Unlocked
from audit.actions import record, record_first
from audit.registry import Action
from vault import codes, totp
from vault.errors import Refused


def change_password(
    unlocked: Unlocked, *, old_password: str, new_password: str, card: str, device: Device, now: datetime
) -> None:
    """Set a new password; the card stays the same. Other devices are signed out.

    Raises SlowDown, Busy, SignInFailed (the old one is wrong), WeakPassword.
    """
    person = unlocked.person
    names.check_password(new_password, person.name, person.display_name)
    counters = [(slow_down.STEP_UP, str(person.id))]
    slow_down.attempt(counters, now=now)
    card_code = _card(card) or device.card_of(person.id)
    try:
        seed = open_password_slot(person, password=old_password, card=card_code)
    except Refused:
        _record_failure(person)
        raise SignInFailed from None
    has_card = person.slots.filter(kind=Slot.Kind.PASSWORD_AND_CARD).exists()
    with transaction.atomic():
        minting.put_password_slot(
            person, seed=seed, password=new_password, card=card_code if has_card else None
        )
        end_other_sessions(unlocked)
        slow_down.forget(counters)
        _record(person, entries.PASSWORD_CHANGED)


def use_recovery_code(
    *, name: str, code: str, new_password: str, address: str, now: datetime, draw: str = ""
) -> tuple[Person, minting.Papers]:
    """Set a new password with the printed recovery code; return the person and the new papers.

    The code is used up. A person who had a card gets a new one. The telephone's code is switched
    off, because a lost telephone is one reason to be here; it is as strong as 128 printed bits.
    All sessions end. The same form sent again (its ``draw`` with the code typed in it gives the same
    papers) ends the same: they are shown once, and the answer may have been lost on the way.
    Raises SlowDown, Busy, SignInFailed, NotActive, WeakPassword.
    """
    person = find_person(name)
    names.check_password(new_password, name, person.display_name if person else name)
    counters = [
        (slow_down.ADDRESS, slow_down.address_prefix(address)),
        (slow_down.NAME, names.fold(name)),
    ]
    slow_down.attempt(counters, now=now)
    with_card = person is not None and person.slots.filter(kind=Slot.Kind.PASSWORD_AND_CARD).exists()
    papers = minting.new_papers(with_card=with_card, draw=draw, known=_as_printed(code).encode())
    try:
        # Typed with other letters or dashes it is the same code.
        seed = _one_of(
            lambda: open_recovery_slot(person, code=_as_printed(code)),
            lambda: open_recovery_slot(person, code=papers.recovery_code),
        )
    except Refused:
        if person is not None:
            _record_failure(person)
        raise SignInFailed from None
    if person is None:
        raise SignInFailed
    if not (person.is_active and person.agency.is_active):
        raise NotActive
    unlocked = Unlocked(person=person, seed=seed, now=now)
    with transaction.atomic():
        minting.new_slots(person, seed=seed, password=new_password, papers=papers)
        unlocked.keyring.put("totp", None)
        unlocked.keyring.save()
        Session.objects.filter(person=person).delete()
        slow_down.forget(counters)
        _record(person, entries.RECOVERED)
    return person, papers


def renew_papers(
    unlocked: Unlocked,
    *,
    password: str,
    card: str,
    device: Device,
    with_card: bool,
    now: datetime,
    draw: str = "",
) -> minting.Papers:
    """Make a new recovery code and a new card (or none); the old papers are worth nothing then.

    The same form sent again (its ``draw`` with the person's seed) makes the same papers, as in
    :func:`use_recovery_code`.
    Raises SlowDown, Busy, SignInFailed.
    """
    person = unlocked.person
    counters = [(slow_down.STEP_UP, str(person.id))]
    slow_down.attempt(counters, now=now)
    papers = minting.new_papers(with_card=with_card, draw=draw, known=unlocked.keys.derive("papers"))
    try:
        known = _card(card) or device.card_of(person.id)
        seed = _one_of(
            lambda: open_password_slot(person, password=password, card=known),
            lambda: open_password_slot(person, password=password, card=_card(papers.card or "")),
        )
    except Refused:
        _record_failure(person)
        raise SignInFailed from None
    with transaction.atomic():
        minting.new_slots(person, seed=seed, password=password, papers=papers)
        slow_down.forget(counters)
        _record(person, entries.PAPERS_RENEWED)
    return papers


def start_totp(unlocked: Unlocked) -> str:
    """Put a fresh secret aside in the keyring and return its ``otpauth:`` address for the QR code."""
    secret = totp.new_secret()
    unlocked.keyring.put("totp_new", secret.hex())
    unlocked.keyring.save()
    return _uri(unlocked, secret)


def waiting_totp(unlocked: Unlocked) -> str | None:
    """Return the ``otpauth:`` address of a secret that waits for its first code, if there is one."""
    secret = unlocked.keyring.get("totp_new")
    return _uri(unlocked, bytes.fromhex(secret)) if secret else None


def confirm_totp(unlocked: Unlocked, *, code: str) -> None:
    """Switch the telephone's code on once the first one is right. Raises WrongCode, SlowDown."""
    counters = [(slow_down.CODE, str(unlocked.person.id))]
    slow_down.attempt(counters, now=unlocked.now)
    secret = unlocked.keyring.get("totp_new")
    step = secret and totp.matching_step(
        bytes.fromhex(secret), code.replace(" ", ""), at=int(unlocked.now.timestamp())
    )
    if not step:
        raise WrongCode
    with transaction.atomic():
        for name, value in (("totp", secret), ("totp_step", step), ("totp_new", None)):
            unlocked.keyring.put(name, value)
        unlocked.keyring.save()
        slow_down.forget(counters)
        end_other_sessions(unlocked)
        _record(unlocked.person, entries.TOTP_ON)


def stop_totp(unlocked: Unlocked) -> None:
    """Switch the telephone's code off; only just after the password was confirmed (StepUpNeeded)."""
    if not unlocked.stepped_up:
        raise StepUpNeeded
    with transaction.atomic():
        for name in ("totp", "totp_step", "totp_new"):
            unlocked.keyring.put(name, None)
        unlocked.keyring.save()
        _record(unlocked.person, entries.TOTP_OFF)


def _uri(unlocked: Unlocked, secret: bytes) -> str:
    # What stands on the telephone's screen must not say what the work is about.
    return totp.uri(secret, name=unlocked.person.name, issuer="Hamroh")


def _one_of(with_given: Callable[[], bytes], with_made_before: Callable[[], bytes]) -> bytes:
    """Open with what was typed, or else with the papers that this form made when it came before."""
    try:
        return with_given()
    except Refused:
        return with_made_before()


def _as_printed(code: str) -> str:
    try:
        return codes.to_text(codes.parse(code))
    except Refused:
        return code[:64]


def _card(text: str) -> bytes | None:
    try:
        return codes.parse(text) if text.strip() else None
    except Refused:
        return None


def _record(person: Person, action: Action) -> None:
    record(action, agency=person.agency_id, actor=person.id, kind="person", object=str(person.id))


def _record_failure(person: Person) -> None:
    record_first(
        entries.STEP_UP_FAILED,
        agency=person.agency_id,
        actor=None,
        kind="person",
        object=str(person.id),
        outcome="denied",
    )
