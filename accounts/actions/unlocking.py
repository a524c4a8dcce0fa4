"""The one place where a password or a code meets a slot: one Argon2id run an attempt, two at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from accounts import minting
from accounts.errors import Busy
from accounts.models import Person, Slot
from vault import slots
from vault.errors import Refused

# 64 MiB each: more at a time would let a crowd of attempts exhaust the machine. Per process.
_TWO_AT_MOST = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10.0


@contextmanager
def _turn() -> Iterator[None]:
    if not _TWO_AT_MOST.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _TWO_AT_MOST.release()


def open_password_slot(person: Person | None, *, password: str, card: bytes | None) -> bytes:
    """Return the seed; Refused for a wrong password or card, and, at the same cost, for nobody."""
    rows = person.slots.filter(kind__startswith="password") if person else Slot.objects.none()
    row = rows.first()
    # A card remembered by the device of somebody who has none today must not spoil the password.
    return _open(row, secret=password, card=card if row and row.kind == Slot.Kind.PASSWORD_AND_CARD else None)


def open_recovery_slot(person: Person | None, *, code: str) -> bytes:
    """Return the seed; Refused for a wrong code, and, at the same cost, for nobody."""
    rows = person.slots.filter(kind=Slot.Kind.RECOVERY) if person else Slot.objects.none()
    return _open(rows.first(), secret=code, card=None)


def _open(row: Slot | None, *, secret: str, card: bytes | None) -> bytes:
    with _turn():
        if row is None:
            slots.burn(secret=secret, pepper=minting.pepper(), cost=settings.KDF_COST)
            raise Refused
        return slots.open_slot(
            slots.Slot(bytes(row.salt), bytes(row.verifier_hash), bytes(row.sealed)),
            kind=row.kind,
            owner=str(row.person_id),
            secret=secret,
            pepper=minting.pepper(),
            card=card,
            cost=settings.KDF_COST,
        )
