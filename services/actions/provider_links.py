"""Links with which a provider without an account says how much room there is.

A link is for one service and is used once; for a quarter of an hour after that a slip can be mended,
twice. Making a new one takes back those of the same service that were not used.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries, links
from services.actions.availability import report_availability, reported
from services.codes import AvailabilitySource, LinkKind
from services.models import AvailabilityReport, OneTimeLink, Service

CORRECTIONS = 2
MEND_WITHIN = timedelta(minutes=15)


@transaction.atomic
def make_provider_link(*, service: Service, lasts: timedelta, by: Unlocked | None) -> tuple[OneTimeLink, str]:
    """Make the link of a service and return it with its token, which is kept nowhere.

    ``by`` is None for the clock. The caller has checked who may make one.
    """
    for older in open_links(service).select_for_update():
        links.revoke(older)
    link, token = links.make(kind=LinkKind.PROVIDER, service=service, lasts=lasts, by=by)
    if by is not None:
        record(
            entries.PROVIDER_LINK_MADE,
            agency=by.agency.pk,
            actor=by.person.pk,
            kind="service",
            object=str(service.pk),
            detail={"link": str(link.pk)},
        )
    return link, token


@transaction.atomic
def report_by_link(
    *,
    link: OneTimeLink,
    status: str,
    places_free: int | None,
    note: str,
    opens_again: date | None,
    once: UUID | None,
) -> AvailabilityReport:
    """Report by a link, which is used up by it. Missing when it was used, ended or taken back meanwhile.

    The form's own repetition uses nothing up again.
    """
    done = reported(link.service_id, once)
    if done is not None:
        return done
    links.use(link, corrections=CORRECTIONS, within=MEND_WITHIN)
    report = report_availability(
        service_id=link.service_id,
        status=status,
        source=AvailabilitySource.PROVIDER_LINK,
        places_free=places_free,
        note=note,
        opens_again=opens_again,
        once=once,
    )
    maker = Person.objects.filter(pk=link.made_by).first() if link.made_by else None
    record(
        entries.AVAILABILITY_BY_LINK,
        agency=maker.agency_id if maker else None,
        actor=None,
        kind="service",
        object=str(link.service_id),
        detail={"status": report.status, "link": str(link.pk)},
    )
    return report


@transaction.atomic
def revoke_provider_link(*, service: Service, link_id: UUID, by: Unlocked) -> None:
    """Take back a link of this service. Harmless when it is over, or repeated."""
    link = open_links(service).filter(pk=link_id).first()
    if link is None:
        return
    links.revoke(link)
    record(
        entries.PROVIDER_LINK_REVOKED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="service",
        object=str(service.pk),
        detail={"link": str(link.pk)},
    )


def open_links(service: Service) -> QuerySet[OneTimeLink]:
    """Return the links of a service that nobody has used, newest first."""
    return OneTimeLink.objects.filter(
        service=service,
        kind=LinkKind.PROVIDER,
        used_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    ).order_by("-made_at")
