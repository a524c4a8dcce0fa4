"""Publish, hide, and confirm entries: what an import never does."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from services.codes import Publication
from services.errors import NotAllowed
from services.models import Service


@transaction.atomic
def publish(service_ids: Iterable[UUID]) -> int:
    """Show services to the public; return how many were hidden before.

    Raises NotAllowed when one has no service type: nobody would find it.
    """
    services = Service.objects.select_for_update().filter(
        pk__in=list(service_ids), publication=Publication.HIDDEN
    )
    if any(not service.service_type for service in services):
        raise NotAllowed("A service without a type cannot be published.")
    return services.update(publication=Publication.PUBLISHED, modified_at=timezone.now())


def hide(service_ids: Iterable[UUID]) -> int:
    """Take services out of the public directory; return how many were published before."""
    return Service.objects.filter(pk__in=list(service_ids), publication=Publication.PUBLISHED).update(
        publication=Publication.HIDDEN, modified_at=timezone.now()
    )


def confirm(service_id: UUID, *, on: date) -> None:
    """Write down that somebody has checked an entry on a day. Raises NotAllowed for the future."""
    if on > timezone.localdate():
        raise NotAllowed("Nobody can have checked it tomorrow.")
    Service.objects.filter(pk=service_id).update(assured_date=on, modified_at=timezone.now())
