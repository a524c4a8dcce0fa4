"""Remind providers whose news of free places is going stale. For the clock; needs no key.

Safe in two copies (each notice is claimed first), and after a week in which it did not run: what is due
is derived from the newest report, so there is no backlog, and a provider gets one notice, not seven.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from services import notices
from services.actions.provider_links import make_provider_link
from services.codes import FRESH_HOURS, NoticeKind, Publication, ServiceType, Status
from services.models import PlaceHold, Service

# Not more often than once a day, and only weekly while nobody answers.
LEAST = timedelta(hours=20)
AGAIN = timedelta(days=7)
# Who has said nothing for so long is a matter of verification, not of places.
GIVEN_UP = timedelta(days=60)
LINK_LASTS = timedelta(days=1)


def send_availability_reminders(*, now: datetime) -> int:
    """Send what is due and not kept back by the night; return how many notices went out."""
    PlaceHold.objects.filter(expires_at__lte=now).delete()
    if not notices.is_on():
        return 0
    sent = 0
    for service in _due(now):
        if not notices.address_of(service) or notices.is_quiet(service, now) or service.latest_report is None:
            continue
        before = max(min(service.latest_report.reported_at, now - LEAST), now - AGAIN)
        if notices.claim(service, NoticeKind.AVAILABILITY, now=now, before=before):
            sent += notices.send(service, path=_where(service))
    return sent


def _where(service: Service) -> str:
    """Return the page that takes the news: the desk's, or a link for who has no account."""
    if service.organization.agency_id is not None:
        return reverse("services:availability_desk")
    _link, token = make_provider_link(service=service, lasts=LINK_LASTS, by=None)
    return reverse("services:provider_link", args=[token])


def _due(now: datetime) -> list[Service]:
    """Return services whose newest report is no longer fresh. One query."""
    shelter, office = (now - timedelta(hours=FRESH_HOURS[kind][0]) for kind in ("shelter", "office"))
    shelters = Q(service_type=ServiceType.SAFE_HOUSE)
    return list(
        Service.objects.filter(
            # Closed until a day is no old news before that day.
            Q(latest_report__reopens_at__isnull=True) | Q(latest_report__reopens_at__lte=now),
            (shelters & Q(latest_report__reported_at__lte=shelter))
            | (~shelters & Q(latest_report__reported_at__lte=office)),
            latest_report__reported_at__gt=now - GIVEN_UP,
            publication=Publication.PUBLISHED,
            status=Status.ACTIVE,
        )
        .select_related("organization", "latest_report")
        .order_by("pk")
    )
