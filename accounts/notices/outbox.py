"""The outbox: what waits to be told to whom, sent at least once and not twice without need.

``tell`` writes rows inside the transaction of the change they belong to, so that a crash loses none.
``send_due`` claims a row by moving its ``not_before``, sends, then deletes it. Killed between sending
and deleting, the notice goes out a second time when the claim runs out: at least once, never not at all.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from accounts.models import Channel, Gateway, Notice, NoticeChoice, Person, Update
from accounts.notices import gateway, mail, words
from accounts.sessions import minute
from accounts.unlocked import Unlocked

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)
# Nobody is written to more often, unless it is an emergency.
APART = timedelta(hours=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=6)
# With the waits above: a day of trying. The number on the page stays.
MOST_ATTEMPTS = 12
# No row waits so long by itself; one that does was written while the server's clock was wrong.
STUCK = timedelta(days=1)


def tell(people: Collection[UUID], *, page: str, now: datetime, is_urgent: bool = False) -> None:
    """Note an update on ``page`` for each of these people, and a notice for those who chose one.

    Inside the caller's transaction. The same few queries however many people.
    """
    wanted = Person.objects.filter(pk__in=people, is_active=True).order_by("pk")
    ids = list(wanted.values_list("pk", flat=True))
    if not ids:
        return
    here = Update.objects.filter(person__in=ids, page=page)
    # Locked in one order, so that two changes at once never wait for each other.
    known = set(here.select_for_update().order_by("person_id").values_list("person_id", flat=True))
    here.update(number=F("number") + 1)
    Update.objects.bulk_create(
        [Update(person_id=one, page=page) for one in ids if one not in known], ignore_conflicts=True
    )
    choices = NoticeChoice.objects.filter(person__in=ids).order_by("pk")
    for channel, chose in (
        (Channel.EMAIL, choices.filter(by_email=True).exclude(email="")),
        (Channel.GATEWAY, choices.filter(by_gateway=True, person__agency__gateway__url__gt="")),
    ):
        _put(list(chose.values_list("pk", flat=True)), channel, now=now, is_urgent=is_urgent)


def put_code(person: UUID, *, now: datetime) -> None:
    """Let the code for a waiting address go out. Inside the caller's transaction."""
    _put([person], Channel.CODE, now=now, is_urgent=True)


def _put(people: list[UUID], channel: Channel, *, now: datetime, is_urgent: bool) -> None:
    rows = Notice.objects.filter(person__in=people, channel=channel)
    known = set(rows.select_for_update().order_by("person_id").values_list("person_id", flat=True))
    if is_urgent:
        rows.update(number=F("number") + 1, is_urgent=True, not_before=now, attempts=0)
    else:
        rows.update(number=F("number") + 1)
    Notice.objects.bulk_create(
        [
            Notice(person_id=one, channel=channel, is_urgent=is_urgent, not_before=now)
            for one in people
            if one not in known
        ],
        ignore_conflicts=True,
    )


def counts(unlocked: Unlocked) -> dict[str, int]:
    """Return how many updates each page has for this person. One query."""
    return dict(Update.objects.filter(person=unlocked.person).values_list("page", "number"))


def seen(unlocked: Unlocked, page: str) -> None:
    """Forget the updates of a page that the person is looking at, and a notice that has not left yet."""
    rows = Update.objects.filter(person=unlocked.person)
    if page not in set(rows.values_list("page", flat=True)):
        return
    rows.filter(page=page).delete()
    if not rows.exists():
        # What they know already need not be mailed; a claimed one is on its way.
        Notice.objects.filter(person=unlocked.person, attempts=0).exclude(channel=Channel.CODE).delete()


def send_due(*, now: datetime, most: int = 200) -> int:
    """Send what is due and not kept back by the night; return how many notices went out."""
    due = (
        Notice.objects.filter(Q(not_before__lte=now) | Q(not_before__gt=now + STUCK))
        .select_related("person__agency", "person__notice_choice")
        .order_by("not_before", "pk")[:most]
    )
    silent: set[UUID] = set()
    return sum(_send_one(notice, now, silent) for notice in due)


def _send_one(notice: Notice, now: datetime, silent: set[UUID]) -> int:
    person, choice = notice.person, getattr(notice.person, "notice_choice", None)
    if choice is None or not person.is_active or not _is_wanted(notice, choice, now):
        Notice.objects.filter(pk=notice.pk, number=notice.number).delete()
        return 0
    later = _kept_back(notice, choice, now)
    if notice.channel == Channel.GATEWAY and person.agency_id in silent:
        later = now + FIRST_WAIT
    mine = Notice.objects.filter(pk=notice.pk, not_before=notice.not_before)
    if later is not None:
        mine.update(not_before=later)
        return 0
    claimed = now + CLAIM
    # An attempt is counted first: what kills the clock each time is given up like what fails.
    if not mine.update(not_before=claimed, attempts=F("attempts") + 1):
        return 0
    if _leave(notice, choice):
        if notice.channel != Channel.CODE:
            NoticeChoice.objects.filter(pk=choice.pk).update(told_at=minute(now))
        if not Notice.objects.filter(pk=notice.pk, number=notice.number).delete()[0]:
            # More happened while it was on its way.
            Notice.objects.filter(pk=notice.pk).update(not_before=now, attempts=0)
        return 1
    if notice.channel == Channel.GATEWAY:
        silent.add(person.agency_id)
    if notice.attempts + 1 >= MOST_ATTEMPTS:
        logger.warning("a notice was given up after %d attempts", notice.attempts + 1)
        Notice.objects.filter(pk=notice.pk, number=notice.number).delete()
        return 0
    wait = min(FIRST_WAIT * 2**notice.attempts, LONGEST_WAIT)
    Notice.objects.filter(pk=notice.pk, not_before=claimed).update(not_before=now + wait)
    return 0


def _is_wanted(notice: Notice, choice: NoticeChoice, now: datetime) -> bool:
    if notice.channel == Channel.CODE:
        return bool(choice.waiting_email and choice.code_until and choice.code_until > now)
    if notice.channel == Channel.EMAIL:
        return choice.by_email and bool(choice.email)
    return choice.by_gateway


def _kept_back(notice: Notice, choice: NoticeChoice, now: datetime) -> datetime | None:
    """Return until when this one waits: for the morning, or because one has just been sent."""
    if notice.channel == Channel.CODE:
        return None
    night = words.quiet_until(now, notice.person.agency.time_zone)
    if night is not None and not (notice.is_urgent and choice.emergencies_at_night):
        return night
    # A time after now was written while the clock was wrong: it keeps nothing back.
    if not notice.is_urgent and choice.told_at is not None and now - APART < choice.told_at <= now:
        return choice.told_at + APART
    return None


def _leave(notice: Notice, choice: NoticeChoice) -> bool:
    if notice.channel == Channel.CODE:
        text = words.code_in(choice.language, words.code_of(choice))
        return mail.is_on() and mail.send(to=choice.waiting_email, text=text)
    text = words.update_in(choice.language)
    if notice.channel == Channel.EMAIL:
        return mail.is_on() and mail.send(to=choice.email, text=text)
    row = Gateway.objects.filter(agency=notice.person.agency_id).first()
    return row is not None and gateway.send(row, to=choice.handle, text=text)
