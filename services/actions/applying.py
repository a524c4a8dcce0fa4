"""What an approved proposal does to the entry. Each kind returns the services to index.

``actions.proposals.approve`` calls this inside its transaction, with the entry locked, and has seen
to the second person.
"""

from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from services.actions.publishing import publish
from services.actions.sites import forget_whereabouts, reveal, sites_taken_out, take_out
from services.editing import records
from services.editing.sections import SECTIONS
from services.errors import ChangedMeanwhile, NotAllowed
from services.models import (
    Address,
    Location,
    Organization,
    Phone,
    Proposal,
    Service,
    ServiceArea,
    ServiceAtLocation,
)

Kind = Proposal.Kind


def apply(proposal: Proposal) -> list[UUID]:
    """Write what a proposal says; return the services whose search rows may have changed."""
    return _APPLY[Kind(proposal.kind)](proposal)


def _apply_edit(proposal: Proposal) -> list[UUID]:
    section = SECTIONS[proposal.section]
    target = records.target_of(section, proposal.target or uuid4())
    if target is None:
        raise ChangedMeanwhile(_("This part of the entry is gone."))
    records.write(section, target, proposal.after)
    condition: dict[str, Any] = {
        Service: {"pk": target.pk},
        Organization: {"organization": target.pk},
        Location: {"service_at_locations__location": target.pk},
    }.get(section.of, {"service_at_locations": target.pk})
    touched = list(Service.objects.filter(**condition).values_list("pk", flat=True))
    # An entry's JSON holds all of these: whoever asks for what changed must get it.
    Service.objects.filter(pk__in=touched).update(modified_at=timezone.now())
    return touched


def _apply_new(proposal: Proposal) -> list[UUID]:
    after = proposal.after
    organization = proposal.organization or Organization.objects.create(name=after["organization_name"])
    service = Service.objects.create(
        organization=organization,
        name=after["name"],
        service_type=after["service_type"],
        description=after["description"],
    )
    region, district = records.find_place(after["place"])
    ServiceArea.objects.create(
        service=service, region=region, district=district, name=str((district or region).name)
    )
    if after.get("phone"):
        Phone.objects.create(service=service, number=after["phone"])
    proposal.service, proposal.organization = service, organization
    return [service.pk]


def _apply_site(proposal: Proposal) -> list[UUID]:
    after, service = proposal.after, proposal.service
    if service is None:
        raise NotAllowed(_("This part of the entry is gone."))
    if after["address_1"] and service.is_confidential:
        raise NotAllowed(_("The address of a confidential site is not written down."))
    region, district = records.find_place(after["place"])
    has_address = bool(after["address_1"])
    site = Location.objects.create(
        organization=service.organization,
        location_type=Location.Type.PHYSICAL if has_address else Location.Type.VIRTUAL,
        is_confidential=after["is_confidential"],
        name=after["name"],
        region=region,
        district=district,
    )
    ServiceAtLocation.objects.create(service=service, location=site)
    if has_address:
        Address.objects.create(location=site, address_1=after["address_1"], city=after["city"])
    Service.objects.filter(pk=service.pk).update(modified_at=timezone.now())
    # So that making it confidential later finds these words too.
    proposal.target = site.pk
    return [service.pk]


def _apply_publish(proposal: Proposal) -> list[UUID]:
    service_id = proposal.service_id
    if service_id is None:
        raise NotAllowed(_("This part of the entry is gone."))
    publish([service_id])
    return [service_id]


def _apply_reveal(proposal: Proposal) -> list[UUID]:
    return reveal(proposal.target or uuid4())


def _apply_remove(proposal: Proposal) -> list[UUID]:
    if proposal.service is None:
        raise NotAllowed(_("This part of the entry is gone."))
    return take_out(proposal.service, proposal.target or uuid4())


def forget_sites_of(service: Service | None) -> None:
    """When an entry has become confidential, no history may go on telling where its sites are.

    Others at these sites are told of differently too, so they count as changed.
    """
    if service is not None and Service.objects.get(pk=service.pk).is_confidential:
        sites = {link.location_id for link in service.service_at_locations.all()} | sites_taken_out(service)
        Service.objects.filter(service_at_locations__location__in=sites).update(modified_at=timezone.now())
        for site in sites:
            forget_whereabouts(site)


_APPLY = {
    Kind.EDIT: _apply_edit,
    Kind.NEW: _apply_new,
    Kind.SITE: _apply_site,
    Kind.PUBLISH: _apply_publish,
    Kind.REVEAL: _apply_reveal,
    Kind.REMOVE: _apply_remove,
}
