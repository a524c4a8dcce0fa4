"""Organizations, services and sites as HSDS 3.1 objects: whole, or only their own fields (a *line*).

Takes rows with their parts prefetched (services.queries) and the attributes of a whole page at
once, so that a page costs the same few queries however long it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from services.codes import Publication, Sex
from services.confidential import ADDRESS_WITHHELD, is_confidential, withheld_sites
from services.models import (
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from services.publish import records
from services.publish.records import filled, listed, record
from services.queries.entries import attributes_of, public_among

# What the mark of a confidential site may be called; any other name could say more.
_MARKS = ("confidentiality", "safety")


@dataclass(frozen=True)
class Around:
    """What a page of records needs beside its rows: their attributes, and the sites that are withheld."""

    attributes: dict[UUID, list[Attribute]]
    withheld: set[UUID] = field(default_factory=set)
    organizations: set[UUID] = field(default_factory=set)  # the public ones among owners of sites

    def attributes_of(self, record_id: UUID) -> list[dict[str, Any]]:
        return records.attributes(self.attributes.get(record_id, []))


def location_json(location: Location, around: Around) -> dict[str, Any]:
    """Return an HSDS location. A withheld one says that it exists, in which district, and that is all."""
    if location.pk in around.withheld:
        mark = _mark(location, around.attributes.get(location.pk, []))
        return (
            {"id": str(location.pk), "location_type": "virtual"}
            | records.place_of(location)
            | {"attributes": [mark]}
        )
    return (
        _location_line(location, around)
        | records.place_of(location)
        | filled(
            languages=listed("language", location.languages.all()),
            addresses=listed("address", location.addresses.all()),
            contacts=records.contacts(location.contacts.all()),
            accessibility=listed("accessibility", location.accessibility.all()),
            phones=records.phones(location.phones.all()),
            schedules=records.schedules(location.schedules.all()),
            attributes=around.attributes_of(location.pk),
        )
    )


def _mark(location: Location, attributes: list[Attribute]) -> dict[str, Any]:
    """Return the attribute that says so: the file's own, if it had one, without its other words."""
    own = next((row for row in attributes if row.value == ADDRESS_WITHHELD), None)
    kind = own.link_type if own is not None and own.link_type in _MARKS else _MARKS[0]
    return {
        "id": str(own.pk if own is not None else uuid5(location.pk, ADDRESS_WITHHELD)),
        "link_id": str(location.pk),
        "link_entity": "location",
        "link_type": kind,
        "value": ADDRESS_WITHHELD,
    }


def _location_line(location: Location, around: Around) -> dict[str, Any]:
    if location.pk in around.withheld:
        return {"id": str(location.pk), "location_type": "virtual"}
    owner = location.organization_id
    return record("location", location) | (
        {"organization_id": str(owner)} if owner in around.organizations else {}
    )


def service_at_location_json(link: ServiceAtLocation, around: Around) -> dict[str, Any]:
    """Return a service_at_location with its site, without its service."""
    withheld = link.location_id in around.withheld
    found = record("service_at_location", link)
    if withheld:
        found.pop("description", None)
    found |= filled(
        service_areas=records.areas(link.service_areas.all(), is_withheld=withheld),
        phones=records.phones(link.phones.all(), is_withheld=withheld),
        schedules=records.schedules(link.schedules.all(), is_withheld=withheld),
    )
    if not withheld:
        found |= filled(
            contacts=records.contacts(link.contacts.all()),
            attributes=around.attributes_of(link.pk),
        )
    return found | {"location": location_json(link.location, around)}


def services_at_locations_json(links: Iterable[ServiceAtLocation]) -> list[dict[str, Any]]:
    """Return services at locations with their whole service and site, each service without its sites."""
    rows = list(links)
    around = around_services(row.service for row in rows)
    found = []
    for row in rows:
        service = _service_json(row.service, around)
        service["organization"] = organization_json(row.service.organization, around)
        service.pop("service_at_locations", None)
        found.append(
            service_at_location_json(row, around)
            | {"service_id": str(row.service_id), "location_id": str(row.location_id), "service": service}
        )
    return found


def service_at_location_lines(links: Iterable[ServiceAtLocation]) -> list[dict[str, Any]]:
    """Return services at locations with the own fields of their service and site."""
    rows = list(links)
    around = around_sites([row.location for row in rows])
    return [_service_at_location_line(row, around) for row in rows]


def _service_at_location_line(link: ServiceAtLocation, around: Around) -> dict[str, Any]:
    is_withheld = link.location_id in around.withheld
    found = {"id": str(link.pk)} if is_withheld else record("service_at_location", link)
    return found | {
        "service_id": str(link.service_id),
        "location_id": str(link.location_id),
        "service": service_line(link.service),
        "location": _location_line(link.location, around),
    }


def organization_line(organization: Organization) -> dict[str, Any]:
    """Return an organization's own fields."""
    return record("organization", organization) | {
        "legal_notification_duty": {
            "code": organization.legal_notification_duty,
            "description": organization.legal_notification_note,
        }
    }


def organization_json(organization: Organization, around: Around | None = None) -> dict[str, Any]:
    """Return an HSDS organization with phones, desks and websites; its sites stand with its services."""
    around = around or Around(attributes_of([organization.pk]))
    return organization_line(organization) | filled(
        additional_websites=listed("url", organization.additional_websites.all()),
        contacts=records.contacts(organization.contacts.all()),
        phones=records.phones(organization.phones.all()),
        attributes=around.attributes_of(organization.pk),
    )


def organizations_json(
    organizations: Iterable[Organization], *, with_whole_services: bool = False
) -> list[dict[str, Any]]:
    """Return organizations with the services loaded as ``shown``: id, name and status of each, or all."""
    rows = list(organizations)
    around = Around(attributes_of(row.pk for row in rows))
    services: list[Service] = [service for row in rows for service in getattr(row, "shown", ())]
    whole = services_json(services, with_organization=False) if with_whole_services else []
    of: dict[str, list[dict[str, Any]]] = {}
    for one in whole or [_named(service) for service in services]:
        of.setdefault(one["organization_id"], []).append(one)
    return [organization_json(row, around) | filled(services=of.get(str(row.pk), [])) for row in rows]


def _named(service: Service) -> dict[str, Any]:
    return {
        "id": str(service.pk),
        "organization_id": str(service.organization_id),
        "name": service.name,
        "status": service.status,
    }


def service_minimum(service: Service) -> dict[str, Any]:
    """Return what HSDS calls minimal, and the fields without which it would not be valid."""
    changed = service.modified_at.isoformat()
    return {
        "id": str(service.pk),
        "name": service.name,
        "status": service.status,
        "modified_date": changed,
        "last_modified": changed,
    }


def _own_fields(service: Service) -> dict[str, Any]:
    """Return a service's own fields, HSDS's and those of our profile. Raises ValueError for a hidden one."""
    if service.publication != Publication.PUBLISHED:
        raise ValueError("A hidden service is not published.")
    found = record("service", service) | {
        "organization_id": str(service.organization_id),
        "service_type": service.service_type,
        "last_modified": service.modified_at.isoformat(),
    }
    if service.assured_date:
        found["assured_date"] = service.assured_date.isoformat()
    if service.subtypes:
        found["service_subtypes"] = service.subtypes
    if service.sex != Sex.ANY:
        found["eligible_sexes"] = [service.sex]
    if service.accepts_children is not None:
        found["accepts_children"] = service.accepts_children
    return found


def service_line(service: Service) -> dict[str, Any]:
    """Return a service's own fields and those of its organization."""
    return _own_fields(service) | {"organization": organization_line(service.organization)}


def services_json(services: Iterable[Service], *, with_organization: bool = True) -> list[dict[str, Any]]:
    """Return HSDS services with everything in them: two queries more, whatever their number."""
    rows = list(services)
    around = around_services(rows)
    found = [_service_json(row, around) for row in rows]
    if with_organization:
        for row, one in zip(rows, found, strict=True):
            one["organization"] = organization_json(row.organization, around)
    return found


def service_json(service: Service) -> dict[str, Any]:
    """Return an HSDS service with everything in it. Raises ValueError for a hidden one."""
    return services_json([service])[0]


def around_services(services: Iterable[Service]) -> Around:
    """Return what the records of these services need beside them: three queries."""
    rows = list(services)
    links = [link for service in rows for link in service.service_at_locations.all()]
    ids = {row.pk for row in rows} | {row.organization_id for row in rows} | {link.pk for link in links}
    return around_sites([link.location for link in links], others=ids)


def around_sites(sites: Iterable[Location], *, others: Iterable[UUID] | None = None) -> Around:
    """Return what these sites need beside them; their attributes, and those of others, only if named."""
    rows = list(sites)
    ids = {site.pk for site in rows}
    owners = {site.organization_id for site in rows if site.organization_id}
    return Around(
        attributes_of(ids | set(others)) if others is not None else {},
        withheld_sites(ids),
        public_among(owners),
    )


def _service_json(service: Service, around: Around) -> dict[str, Any]:
    withheld = is_confidential(service) or any(
        link.location.is_confidential for link in service.service_at_locations.all()
    )
    return _own_fields(service) | filled(
        additional_urls=listed("url", service.additional_urls.all()),
        phones=records.phones(service.phones.all()),
        schedules=records.schedules(service.schedules.all()),
        service_areas=records.areas(service.service_areas.all(), is_withheld=withheld),
        languages=listed("language", service.languages.all()),
        cost_options=listed("cost_option", service.cost_options.all()),
        required_documents=listed("required_document", service.required_documents.all()),
        contacts=records.contacts(service.contacts.all()),
        # The number of free places at a shelter would tell who came and who left.
        capacities=[
            record("service_capacity", row) | {"unit": record("unit", row.unit)}
            for row in ([] if withheld else service.capacities.all())
        ],
        attributes=around.attributes_of(service.pk),
        service_at_locations=[
            service_at_location_json(link, around) for link in service.service_at_locations.all()
        ],
    )


def taxonomy_json(taxonomy: Taxonomy) -> dict[str, Any]:
    return record("taxonomy", taxonomy)


def taxonomy_term_json(term: TaxonomyTerm) -> dict[str, Any]:
    return records.taxonomy_term(term)
