"""Publish, hide, and confirm entries: what an import never does."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries
from services.actions.alone import done_before, written_down
from services.codes import Publication
from services.errors import NotAllowed
from services.models import Proposal, Service


@transaction.atomic
def publish(service_ids: Iterable[UUID]) -> int:
    """Show services to the public; return how many were hidden before.

    Raises NotAllowed when one has no service type, because nobody would find it, and when another
    entry stands for it since a merge. What nobody stood for in 18 months stays unseen until a check.
    """
    services = Service.objects.select_for_update().filter(
        pk__in=list(service_ids), publication=Publication.HIDDEN
    )
    if any(not service.service_type for service in services):
        raise NotAllowed("A service without a type cannot be published.")
    if any(service.merged_into_id for service in services):
        raise NotAllowed("Another entry stands for this service now.")
    return services.update(publication=Publication.PUBLISHED, modified_at=timezone.now())


def hide(service_ids: Iterable[UUID]) -> int:
    """Take services out of the public directory; return how many were published before."""
    return Service.objects.filter(pk__in=list(service_ids), publication=Publication.PUBLISHED).update(
        publication=Publication.HIDDEN, modified_at=timezone.now()
    )


@transaction.atomic
def hide_entry(*, key: UUID, service_id: UUID, why: str, by: Unlocked) -> Proposal:
    """Take an entry out of the public directory at once: it protects, so one editor may."""
    known = done_before(key, by=by)
    if known is not None:
        return known
    service = Service.objects.select_for_update().get(pk=service_id)
    if not hide([service_id]):
        raise NotAllowed(_("The public does not see this entry."))
    proposal = written_down(Proposal.Kind.HIDE, key=key, service=service, why=why, by=by)
    record(
        entries.ENTRY_HIDDEN,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="service",
        object=str(service_id),
    )
    return proposal


def confirm(service_id: UUID, *, on: date) -> None:
    """Write down that an entry came checked on a day (the demo). Raises NotAllowed for the future.

    A person's check is ``actions.verification.check``: it says who and how.
    """
    if on > timezone.localdate():
        raise NotAllowed("Nobody can have checked it tomorrow.")
    Service.objects.filter(pk=service_id).update(assured_date=on, vouched_on=on, modified_at=timezone.now())
