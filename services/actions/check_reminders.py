"""Remind providers by mail to say whether their entry is still correct.

Safe to run in two copies, and after a week of not running: who claims the notice first writes to the
provider, and nobody is written to twice within 30 days however often, or seldom, this runs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from audit.actions import record
from services import entries, links, notices
from services.codes import LinkKind, NoticeKind, Publication, Status
from services.freshness import FRESH_MONTHS, months_before
from services.models import NoticeSent, OneTimeLink, Service

AGAIN_AFTER = timedelta(days=30)
LINK_LASTS = timedelta(days=14)
GIVE_UP_MONTHS = 24  # a mailbox that was silent for so long is nobody's
MOST = 200


@dataclass
class Reminded:
    """How many providers were written to, had no usable address, or could not be written to."""

    sent: int = 0
    without_address: int = 0
    failed: int = 0


def send_check_reminders(*, now: datetime | None = None, most: int = MOST) -> Reminded:
    """Write to at most ``most`` providers whose entry nobody has stood for in six months.

    Raises OSError (or SMTPException) when the mail server does not answer at all: then nobody counts as
    reminded. A single mail that fails is tried again by the next run.
    """
    now = now or timezone.now()
    count = Reminded()
    with get_connection() as mail:
        for service in _due(now):
            if count.sent >= most:
                break
            if not notices.address_of(service):
                count.without_address += 1
                continue
            claimed = _claim(service, now)
            if claimed is None:
                continue
            link, token = claimed
            path = reverse("services:still_correct", args=[token])
            message = notices.message(service, path=path, until=link.expires_at)
            message.connection = mail
            try:
                message.send()
            except Exception:  # noqa: BLE001  whatever a mail server says, the next provider is not to blame
                _give_back(service, link, now)
                count.failed += 1
            else:
                count.sent += 1
    return count


def _due(now: datetime) -> list[Service]:
    today = timezone.localdate(now)
    lately = NoticeSent.objects.filter(
        service=OuterRef("pk"), kind=NoticeKind.STILL_CORRECT, sent_at__gte=now - AGAIN_AFTER
    )
    return list(
        Service.objects.filter(
            ~Exists(lately),
            publication=Publication.PUBLISHED,
            status__in=(Status.ACTIVE, Status.TEMPORARILY_CLOSED),
            vouched_on__lt=months_before(today, FRESH_MONTHS),
            vouched_on__gte=months_before(today, GIVE_UP_MONTHS),
        )
        .select_related("organization")
        .prefetch_related("languages")
        .order_by("vouched_on", "pk")
    )


@transaction.atomic
def _claim(service: Service, now: datetime) -> tuple[OneTimeLink, str] | None:
    """Mark the provider as reminded and make the link; None when another run was quicker."""
    if not notices.claim(service, NoticeKind.STILL_CORRECT, now=now, before=now - AGAIN_AFTER):
        return None
    made = links.make(kind=LinkKind.STILL_CORRECT, service=service, lasts=LINK_LASTS, by=None)
    agency = service.organization.agency_id
    if agency is not None:
        record(entries.REMINDED, agency=agency, actor=None, kind="service", object=str(service.pk))
    return made


@transaction.atomic
def _give_back(service: Service, link: OneTimeLink, now: datetime) -> None:
    links.revoke(link)
    notices.give_back(service, NoticeKind.STILL_CORRECT, at=now)
