"""How a session is found and opened from the two halves in the cookies, and when it has ended.

Reading only; starting and ending sessions are in ``accounts.actions``.
"""

from datetime import datetime, timedelta

from django.conf import settings

from accounts import minting
from accounts.models import Person, Session
from accounts.unlocked import Unlocked
from vault.errors import Refused
from vault.sessions import id_hash, open_session

IDLE = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
ABSOLUTE = timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
# From a start that is kept to five minutes: five minutes at least to find the telephone.
_WAITING = timedelta(minutes=10)


def minute(now: datetime) -> datetime:
    """Return the time to the minute, downwards: what the database keeps of somebody's activity."""
    return now.replace(second=0, microsecond=0)


def coarse_start(now: datetime) -> datetime:
    """Return the start to five minutes, downwards: sessions end a little early, never late."""
    return minute(now) - timedelta(minutes=now.minute % 5)


def owner_of(person: Person, *, is_waiting: bool) -> str:
    """Return whom the seal names. A session that waits for a code is sealed to another name, so
    that no change in the database turns it into a full one."""
    return f"{person.id}/waiting" if is_waiting else str(person.id)


def find(session_id: str, half: str, *, now: datetime) -> Unlocked | None:
    """Return who the two cookies unlock, or None. Changes nothing."""
    opened = _open(session_id, half, is_waiting=False, now=now)
    return opened[1] if opened else None


def open_waiting(session_id: str, half: str, *, now: datetime) -> tuple[Session, Unlocked] | None:
    """Return the session that waits for the telephone's code, with its person, or None."""
    opened = _open(session_id, half, is_waiting=True, now=now)
    if opened is None or now - opened[0].started_at >= _WAITING:
        return None
    return opened


def has_ended(session: Session, *, now: datetime) -> bool:
    """Say whether the session ended by itself: 15 minutes idle, or 8 hours in all."""
    return now - session.seen_at >= IDLE or now - session.started_at >= ABSOLUTE


def _open(session_id: str, half: str, *, is_waiting: bool, now: datetime) -> tuple[Session, Unlocked] | None:
    session = (
        Session.objects.select_related("person__agency", "person__membership", "person__keyring")
        .filter(id_hash=id_hash(session_id), is_waiting=is_waiting)
        .first()
    )
    if session is None or has_ended(session, now=now):
        return None
    person = session.person
    if not (person.is_active and person.agency.is_active):
        return None
    try:
        seed = open_session(
            owner=owner_of(person, is_waiting=is_waiting),
            id=session_id,
            half=half,
            sealed=bytes(session.sealed),
            pepper=minting.pepper(),
        )
    except Refused:
        return None
    keyring = getattr(person, "keyring", None)  # None where there is no row: refused when it is asked for
    return session, Unlocked(person=person, seed=seed, session=session, keyring=keyring, now=now)
