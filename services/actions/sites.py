"""Make a site confidential, and public again; take one out of an entry.

Confidential is at once and by one person: it protects. Everything that tells where the site is goes
from its record, from what waits for approval, from the history of changes and from kept import rows.
Public takes two people, and so does taking out, which may uncover other sites; the second one's yes
is in ``actions.proposals``.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries
from services.actions.alone import done_before, written_down
from services.actions.imports import drop_import
from services.actions.indexing import reindex
from services.codes import ServiceType
from services.confidential import TELLING, is_confidential, links_of_shelters, withheld_sites
from services.editing.sections import Data
from services.errors import NotAllowed
from services.models import (
    Attribute,
    Contact,
    ImportRow,
    ImportRun,
    Location,
    Phone,
    Proposal,
    Service,
    ServiceAtLocation,
    Suggestion,
)


@transaction.atomic
def conceal(*, key: UUID, service_id: UUID, location_id: UUID, why: str, by: Unlocked) -> Proposal:
    """Make a site confidential now, and forget everything that tells where it is. It cannot be undone:
    who makes the site public again has to write the address anew.
    """
    known = done_before(key, by=by)
    if known is not None:
        return known
    site = Location.objects.select_for_update().get(pk=location_id)
    if site.is_confidential:
        raise NotAllowed(_("This site is confidential already."))
    links = ServiceAtLocation.objects.filter(location=site)
    # Locked, so that a phone being approved for one of them is there to be deleted, or refused.
    locked = [link.pk for link in links.select_for_update()]
    told = [site.pk, *locked, *site.addresses.values_list("pk", flat=True)]
    Attribute.objects.filter(link_id__in=told).delete()
    for related in ("addresses", "phones", "contacts"):
        getattr(site, related).all().delete()
    for column in TELLING:
        setattr(site, column, "")
    site.latitude = site.longitude = None
    site.translations, site.raw = {}, {}
    site.location_type = Location.Type.VIRTUAL
    site.is_confidential = True
    site.save()
    # A landline of the site, or a word about the way, tells as much as an address.
    Phone.objects.filter(service_at_location__in=links).delete()
    Contact.objects.filter(service_at_location__in=links).delete()
    links.update(description="", raw={}, modified_at=timezone.now())
    forget_whereabouts(site.pk)
    services = list(Service.objects.filter(service_at_locations__location=site).values_list("pk", flat=True))
    Service.objects.filter(pk__in=services).update(modified_at=timezone.now())
    reindex(services)
    service = Service.objects.get(pk=service_id)
    proposal = written_down(Proposal.Kind.CONCEAL, key=key, service=service, target=site.pk, why=why, by=by)
    record(
        entries.SITE_CONCEALED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="location",
        object=str(site.pk),
    )
    return proposal


def forget_whereabouts(location_id: UUID) -> None:
    """Take a site's words out of proposals and their history, and out of kept rows of imports.

    What waits about the site is turned down by this; an import that waits is dropped, because its
    rows would write the address again.
    """
    links = list(ServiceAtLocation.objects.filter(location=location_id).values_list("pk", "service_id"))
    targets = [location_id, *(pk for pk, _service in links)]
    services = [service for _pk, service in links]
    # Those of new sites have their site only once they are approved: what waits of the service goes too.
    about = Proposal.objects.filter(
        Q(kind__in=Proposal.TELLING, target__in=targets)
        | Q(kind=Proposal.Kind.SITE, service__in=services, state=Proposal.State.WAITING)
    )
    Suggestion.objects.filter(
        state=Suggestion.State.TAKEN, proposals__in=about.filter(state=Proposal.State.WAITING)
    ).update(state=Suggestion.State.OPEN)
    forgotten = list(about.values_list("pk", flat=True))
    about.filter(state=Proposal.State.WAITING).update(
        state=Proposal.State.WITHDRAWN, decided_at=timezone.now()
    )
    Proposal.objects.filter(pk__in=forgotten).update(before={}, after={}, why="", reason="")
    # People write addresses where they are asked what is wrong.
    Suggestion.objects.filter(service__in=services).update(text="")
    roots = Q(object_id__in=[*services, *targets])
    roots |= Q(object_id__in=Service.objects.filter(pk__in=services).values("organization"))
    rows = ImportRow.objects.filter(roots)
    for run in ImportRun.objects.filter(state=ImportRun.State.TRIED, rows__in=rows).distinct():
        drop_import(run.pk)
    waiting = (ImportRow.Review.WAITING, ImportRow.Review.ASKED_PUBLIC)
    rows.filter(review__in=waiting).update(review=ImportRow.Review.DROPPED)
    rows.update(data={}, changes=[])


def uncovered(site: Location) -> Data:
    """Return what making this site public would show, as ids: services that stop being confidential,
    and the other sites that become visible with them.
    """
    services = (
        Service.objects.filter(service_at_locations__location=site)
        .exclude(service_type=ServiceType.SAFE_HOUSE)
        .exclude(
            pk__in=ServiceAtLocation.objects.filter(location__is_confidential=True)
            .exclude(location=site)
            .values("service")
        )
    )
    ids = sorted(set(services.values_list("pk", flat=True)))
    sites = Location.objects.filter(service_at_locations__service__in=ids).exclude(pk=site.pk)
    return {
        "is_confidential": site.is_confidential,
        "services": [str(pk) for pk in ids],
        "sites": sorted({str(pk) for pk in sites.values_list("pk", flat=True)}),
    }


def removal(service: Service, location_id: UUID) -> Data | None:
    """Return what an entry says of a site that is to go, and what that would show, as ids: the service
    if it stops being confidential, and sites that become visible. None when the site is not part of it.
    """
    links = list(service.service_at_locations.select_related("location"))
    site = next((link.location for link in links if link.location_id == location_id), None)
    if site is None:
        return None
    withheld = withheld_sites(link.location_id for link in links)
    others = [link.location for link in links if link.location_id != location_id]
    stays = service.service_type == ServiceType.SAFE_HOUSE or any(one.is_confidential for one in others)
    stops = is_confidential(service) and not stays
    uncovered_sites = {one.pk for one in (site, *(others if stops else ())) if not one.is_confidential}
    shared = links_of_shelters().exclude(service=service).filter(location__in=uncovered_sites)
    uncovered_sites = (uncovered_sites & withheld) - set(shared.values_list("location", flat=True))
    address = site.addresses.order_by("pk").first() if site.pk not in withheld else None
    return {
        "place": str(site.district_id or site.region_id or ""),
        "name": "" if site.pk in withheld else site.name,
        "address_1": address.address_1 if address else "",
        "city": address.city if address else "",
        "is_last": not others,
        "services": [str(service.pk)] if stops else [],
        "sites": sorted(str(pk) for pk in uncovered_sites),
    }


def sites_taken_out(service: Service) -> set[UUID]:
    """Return the sites that an entry has had, or may soon have had."""
    found = Proposal.objects.filter(service=service, kind=Proposal.Kind.REMOVE, target__isnull=False)
    return {pk for pk in found.values_list("target", flat=True) if pk is not None}


def take_out(service: Service, location_id: UUID) -> list[UUID]:
    """Take a site out of an entry, with what hangs on the two; return the services to index.

    The site itself stays: others may be there, and what was changed of it is history. What waits about
    it in this entry is turned down. The caller has seen to the second person.
    """
    links = ServiceAtLocation.objects.filter(service=service, location=location_id)
    ids = list(links.values_list("pk", flat=True))
    touched = set(
        ServiceAtLocation.objects.filter(location=location_id).values_list("service", flat=True)
    ) | {service.pk}
    about = Proposal.objects.filter(kind=Proposal.Kind.EDIT, target__in=ids)
    about.filter(state=Proposal.State.WAITING).update(
        state=Proposal.State.WITHDRAWN, decided_at=timezone.now()
    )
    # Found by the site from now on, should it become confidential one day.
    about.update(target=location_id)
    Attribute.objects.filter(link_id__in=ids).delete()
    links.delete()
    Service.objects.filter(pk__in=touched).update(modified_at=timezone.now())
    return sorted(touched)


def reveal(location_id: UUID) -> list[UUID]:
    """Make a site public; return the services to index. The caller has seen to the second person."""
    Location.objects.filter(pk=location_id).update(is_confidential=False, modified_at=timezone.now())
    services = list(
        Service.objects.filter(service_at_locations__location=location_id).values_list("pk", flat=True)
    )
    Service.objects.filter(pk__in=services).update(modified_at=timezone.now())
    return services
