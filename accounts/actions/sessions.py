"""Ending sessions: by their person, by the quick exit, on all devices, and by the clock."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import entries
from accounts.models import Invitation, Session, Throttle
from accounts.sessions import ABSOLUTE, IDLE, minute
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.errors import LogFailed
from audit.registry import Action
from vault.sessions import id_hash

logger = logging.getLogger(__name__)


def touch(session: Session, *, now: datetime) -> None:
    """Note that the session is in use: at most one write a minute."""
    if session.seen_at != minute(now):
        Session.objects.filter(pk=session.pk).update(seen_at=minute(now))


def end_by_cookie(session_id: str) -> None:
    """End the session of this id, whoever's it is and whether or not the other half is there."""
    Session.objects.filter(id_hash=id_hash(session_id)).delete()


def sign_out(unlocked: Unlocked) -> None:
    """End this session. It ends even when the log fails: leaving must always work."""
    if unlocked.session is not None:
        unlocked.session.delete()
    _note(unlocked, entries.SIGNED_OUT)


def sign_out_everywhere(unlocked: Unlocked) -> None:
    """End all sessions of the person, on every device, this one included."""
    Session.objects.filter(person=unlocked.person).delete()
    _note(unlocked, entries.SIGNED_OUT_EVERYWHERE)


def end_other_sessions(unlocked: Unlocked) -> None:
    """End the person's sessions on all other devices; part of a change that logs itself."""
    others = Session.objects.filter(person=unlocked.person)
    if unlocked.session is not None:
        others = others.exclude(pk=unlocked.session.pk)
    others.delete()


def sweep(*, now: datetime) -> int:
    """Delete sessions, counters and invitations that are over; return how many. For the clock."""
    ended = Session.objects.filter(Q(seen_at__lte=now - IDLE) | Q(started_at__lte=now - ABSOLUTE))
    counters = Throttle.objects.filter(forget_at__lte=now)
    invitations = Invitation.objects.filter(accepted_at__isnull=True, expires_at__lte=now)
    return sum(rows.delete()[0] for rows in (ended, counters, invitations))


def _note(unlocked: Unlocked, action: Action) -> None:
    person = unlocked.person
    try:
        with transaction.atomic():
            record(action, agency=person.agency_id, actor=person.id, kind="person", object=str(person.id))
    except LogFailed:
        logger.error("a sign-out could not be logged")
