"""What the clock does: it makes true in the tables what every reading has derived already.

It holds no key and decides nothing: it ends what is over, so that halves are destroyed, and tells people
that there is an update. Each referral is a transaction of its own, looked at again under its lock; so
two clocks, a clock that was off for a week, and a killed one do the same as one that always ran. A
server's clock that goes back finds less to do; one that goes ahead ends access early, never late.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.actions import record
from audit.errors import LogFailed
from referrals import entries, notices
from referrals.actions import custody
from referrals.actions.duty import sweep_duty
from referrals.actions.erasure import erase_due, tell_ahead
from referrals.actions.steps import end_access, end_at, end_inquiry, log_clock
from referrals.codes import NOBODY_ANSWERED
from referrals.models import DoneOnce, Inquiry, Referral
from referrals.models.referrals import LIVE, WAITING, State, Told

logger = logging.getLogger(__name__)

# The most that one pass takes of each kind, and rows read at once. What is left is taken by the next pass.
MOST = 5000
CHUNK = 200
# A repeated click comes within minutes; a day's difference of dates is a day at least.
DONE_ONCE_DAYS = 2


@dataclass(frozen=True)
class Pass:
    """What one pass of the clock changed."""

    ended: int
    escalated: int
    late: int
    swept: int
    erased: int
    told: int


def tick(*, now: datetime) -> Pass:
    """Run all of it once."""
    waiting = Referral.objects.filter(state__in=sorted(WAITING))
    ran_out = Referral.objects.filter(consent_expires_at__isnull=False, consent_expires_at__lte=now)
    return Pass(
        ended=_each(waiting.filter(expires_at__lte=now), "expires_at", _end, now)
        + _each(ran_out, "consent_expires_at", _end, now)
        + _end_inquiries(now)
        + custody.end_what_is_over(now),
        escalated=_each(
            waiting.filter(told__in=(Told.NOBODY, Told.BOTH_SIDES), escalate_at__lte=now),
            *("escalate_at", _escalate, now),
        ),
        late=_each(waiting.filter(told=Told.NOBODY, respond_by__lte=now), "respond_by", _late, now),
        swept=sweep_done_once(now=now) + sweep_duty(now=now),
        erased=erase_due(now=now),
        told=tell_ahead(now=now),
    )


def sweep_done_once(*, now: datetime) -> int:
    """Forget forms that were posted days ago; return how many."""
    before = timezone.localdate(now) - timedelta(days=DONE_ONCE_DAYS)
    return DoneOnce.objects.filter(day__lt=before).delete()[0]


def _each(due: QuerySet[Referral], by: str, do: Callable[[Referral, datetime], bool], now: datetime) -> int:
    """Take what is due one by one, each in its own transaction; one that fails does not stop the others."""
    done = 0
    for referral_id in _ids(due, by):
        try:
            with transaction.atomic():
                # Another clock, or a person at work, holds the row: this or the next pass finds it again.
                rows = Referral.objects.select_for_update(skip_locked=True, of=("self",))
                referral = rows.filter(pk=referral_id).first()
                done += int(referral is not None and do(referral, now))
        except (LogFailed, OperationalError) as error:
            logger.error("the clock left a referral as it was: %s", type(error).__name__)
    return done


def _ids(due: QuerySet[Referral], by: str) -> Iterator[UUID]:
    """Read what is due in order, by keyset, so that rows that could not be done are not read again."""
    rows = due.order_by(by, "pk")
    page = rows
    for _ in range(MOST // CHUNK):
        found = list(page.values_list(by, "pk")[:CHUNK])
        yield from (pk for _moment, pk in found)
        if len(found) < CHUNK:
            return
        moment, pk = found[-1]
        page = rows.filter(Q(**{f"{by}__gt": moment}) | Q(**{by: moment, "pk__gt": pk}))


def _end_inquiries(now: datetime) -> int:
    """Destroy the halves of questions by link that nobody answered in time; return how many."""
    with transaction.atomic():
        over = Inquiry.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)
        rows = list(over.order_by("expires_at", "pk")[:CHUNK])
        for inquiry in rows:
            inquiry.answer = NOBODY_ANSWERED
            end_inquiry(inquiry, now)
            record(
                entries.INQUIRY_RAN_OUT,
                agency=inquiry.agency_id,
                actor=None,
                kind="inquiry",
                object=str(inquiry.id),
            )
            notices.asked(inquiry, now=now)
    return len(rows)


def _end(referral: Referral, now: datetime) -> bool:
    """End what is over: never accepted by itself; after acceptance only the access ends."""
    state = referral.state_at(now)
    if referral.state in WAITING and state not in WAITING:
        end_at(referral, state, now=now)
        over = entries.REFERRAL_EXPIRED if state == State.EXPIRED else entries.CONSENT_RAN_OUT
        log_clock(referral, over, now=now)
        return True
    ends = referral.consent_expires_at
    if referral.state not in LIVE or ends is None or ends > now:
        return False
    # Whether she was helped is still to be asked: the step stays, and nobody reads the packet any more.
    end_access(referral)
    referral.consent_expires_at = None
    referral.version += 1
    referral.save()
    log_clock(referral, entries.CONSENT_RAN_OUT, now=now)
    return True


def _escalate(referral: Referral, now: datetime) -> bool:
    due = referral.escalate_at
    if not _waits(referral, now) or referral.told >= Told.SUPERVISORS or due is None or due > now:
        return False
    if referral.told == Told.NOBODY:
        notices.late(referral, now=now)
    _tell(referral, Told.SUPERVISORS)
    log_clock(referral, entries.REFERRAL_ESCALATED, now=now)
    return True


def _late(referral: Referral, now: datetime) -> bool:
    if not _waits(referral, now) or referral.told != Told.NOBODY or not referral.is_overdue_at(now):
        return False
    _tell(referral, Told.BOTH_SIDES)
    notices.late(referral, now=now)
    return True


def _waits(referral: Referral, now: datetime) -> bool:
    return referral.state_at(now) == State.SENT


def _tell(referral: Referral, told: Told) -> None:
    """Note how far people were told. The version stays: nobody's open page is out of date by this."""
    referral.told = told
    referral.save(update_fields=["told"])
