"""The clock's part of who holds a case: what ended by its date is deleted, and the case marked for new keys.

Every door has refused it since the moment it ended; this makes the tables say so. No key is here, so new
keys are made by whoever opens the case next.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actions import record
from referrals import entries, grants
from referrals.access.emergencies import RUNNING
from referrals.models import (
    Case,
    CaseSuccessor,
    CaseTransfer,
    CaseUserPermission,
    EmergencyOpening,
    ReferralUserPermission,
)
from referrals.models.emergencies import Step
from referrals.models.transfers import Outcome

# Rows taken in one pass; what is left is taken by the next pass.
MOST = 500
# How long it is remembered what became of an offer.
KEPT = timedelta(days=14)
# How long the owner sees that a case was opened in an emergency; the log keeps it for good.
SEEN = timedelta(days=90)


def end_what_is_over(now: datetime) -> int:
    """End shares and offers whose time is over; return how many."""
    # By when they ended: in the order of cases, SQLite would walk through everybody's.
    over = CaseUserPermission.objects.filter(expires_at__lte=now).order_by("expires_at")
    cases = dict.fromkeys(over.values_list("content_object_id", flat=True)[:MOST])
    ended = sum(_end_shares(case_id, now) for case_id in cases)
    sent = ReferralUserPermission.objects.filter(
        expires_at__lte=now, permission_id=grants.permission_id(grants.SEND_REFERRAL)
    )
    ReferralUserPermission.objects.filter(pk__in=list(sent.values_list("pk", flat=True)[:MOST])).delete()
    CaseSuccessor.objects.filter(until__lte=now).delete()
    return ended + _end_offers(now) + _end_emergencies(now)


def _end_shares(case_id: UUID, now: datetime) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
        if case is None:  # somebody works on it: the next pass finds it again
            return 0
        people = grants.end_over(case=case, now=now)
        if not people:
            return 0
        if case.is_open:
            Case.objects.filter(pk=case.pk).update(rotation_due=True)
        for person_id in people:
            record(
                entries.CASE_SHARE_ENDED,
                agency=case.agency_id,
                actor=None,
                kind="case",
                object=str(case.id),
                detail={"person": str(person_id)},
            )
    return len(people)


def _end_emergencies(now: datetime) -> int:
    """End openings whose time is over: what they could read ended with their permission row, above."""
    running = EmergencyOpening.objects.filter(step__in=RUNNING, ends_at__lte=now)
    ended = running.update(step=Step.ENDED, ends_at=None, share_b=b"", share_b_signature=b"")
    long_ago = timezone.localdate(now) - SEEN
    EmergencyOpening.objects.filter(asked_on__lt=long_ago, ends_at__isnull=True).delete()
    return ended


def _end_offers(now: datetime) -> int:
    """Destroy the keys of offers that nobody took in time, and forget what ended long ago."""
    over = CaseTransfer.objects.filter(outcome=Outcome.WAITING, expires_at__lte=now)
    Case.objects.filter(pk__in=over.values("case_id"), is_open=True).update(rotation_due=True)
    ended = over.update(
        outcome=Outcome.TAKEN_BACK,
        expires_at=None,
        ended_on=timezone.localdate(now),
        wrapped_key=b"",
        signature=b"",
        sealed=b"",
    )
    CaseTransfer.objects.filter(ended_on__lt=timezone.localdate(now) - KEPT).delete()
    return ended
