"""What leaves the directory, as JSON: the one place that every output of records passes.

Confidential sites leave here as ``virtual`` with the mark *address-withheld* and nothing else.
What hsds.profile does not name never leaves: raw parts, sources, internal notes, assurer e-mails.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Model

from services.codes import Publication, ServiceType
from services.confidential import ADDRESS_WITHHELD
from services.hours import DayHours, to_hsds
from services.hsds.profile import TABLES
from services.models import Attribute, Location, Organization, Schedule, Service, ServiceAtLocation
from services.queries.availability import Availability
from services.queries.cards import Named, ServiceCard

_HSDS_LANGUAGES = {"uz": "uz", "uz-cyrl": "uz-Cyrl", "ru": "ru", "en": "en"}
_REQUIRED_EMPTY = {
    "address": ("city", "state_province", "postal_code"),
    "organization": ("description",),
    "taxonomy": ("description",),
    "taxonomy_term": ("description",),
}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _record(table: str, row: Model) -> dict[str, Any]:
    """Return the plain fields of one row under their HSDS names; empty ones are left out."""
    found: dict[str, Any] = {"id": str(row.pk)}
    for spec in TABLES[table].fields:
        value = getattr(row, spec.to)
        if value not in (None, "") or spec.name in _REQUIRED_EMPTY.get(table, ()):
            found[spec.name] = _plain(value)
    translations = getattr(row, "translations", None)
    if translations:
        found["translations"] = {
            _HSDS_LANGUAGES[code]: texts for code, texts in translations.items() if code in _HSDS_LANGUAGES
        }
    return found


def _listed(table: str, rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [_record(table, row) for row in rows]


def _phones(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        _record("phone", row) | _filled(languages=_listed("language", row.languages.all())) for row in rows
    ]


def _filled(**lists: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: rows for name, rows in lists.items() if rows}


def _schedules(rows: Iterable[Schedule]) -> list[dict[str, Any]]:
    """Put the weekday rows of one HSDS schedule together again."""
    grouped: dict[tuple[Any, ...], list[Schedule]] = {}
    for row in rows:
        key = (row.hsds_id, row.opens, row.closes, row.valid_from, row.valid_to)
        grouped.setdefault(key, []).append(row)
    found = []
    for (hsds_id, opens, closes, valid_from, valid_to), days in grouped.items():
        first = days[0]
        schedule: dict[str, Any] = {"id": str(hsds_id)}
        if opens is None or closes is None:
            schedule |= {key: value for key, value in first.raw.items() if key != "id"}
        else:
            schedule |= to_hsds(
                [DayHours(day.weekday or 0, opens, closes, valid_from, valid_to) for day in days]
            )
            schedule |= first.raw
        if first.note:
            schedule["description"] = first.note
        found.append(schedule)
    return found


def _attributes(rows: Iterable[Attribute]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        one = _record("attribute", row) | {"link_entity": row.link_entity, "link_id": str(row.link_id)}
        term = row.taxonomy_term
        if term is not None:
            one["taxonomy_term"] = _record("taxonomy_term", term)
            if term.taxonomy_detail is not None:
                one["taxonomy_term"]["taxonomy_detail"] = _record("taxonomy", term.taxonomy_detail)
        found.append(one)
    return found


def location_json(location: Location, *, is_withheld: bool = False) -> dict[str, Any]:
    """Return an HSDS location. A confidential one says that it exists, and that is all.

    ``is_withheld`` says that it is the site of a confidential service, whatever it says itself.
    """
    if location.is_confidential or is_withheld:
        return {
            "id": str(location.pk),
            "location_type": "virtual",
            "attributes": [
                {
                    "id": str(uuid5(location.pk, ADDRESS_WITHHELD)),
                    "link_id": str(location.pk),
                    "link_entity": "location",
                    "link_type": "confidentiality",
                    "value": ADDRESS_WITHHELD,
                    "label": "The address is withheld.",
                }
            ],
        }
    return _record("location", location) | _filled(
        languages=_listed("language", location.languages.all()),
        addresses=_listed("address", location.addresses.all()),
        contacts=_contacts(location.contacts.all()),
        accessibility=_listed("accessibility", location.accessibility.all()),
        phones=_phones(location.phones.all()),
        schedules=_schedules(location.schedules.all()),
    )


def _contacts(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [_record("contact", row) | _filled(phones=_phones(row.phones.all())) for row in rows]


def _service_at_location(link: ServiceAtLocation, service: Service) -> dict[str, Any]:
    # The same rule as on the page: where the service is confidential, none of its sites is told.
    is_withheld = (
        link.location.is_confidential
        or service.is_confidential
        or service.service_type == ServiceType.SAFE_HOUSE
    )
    found = _record("service_at_location", link) | _filled(
        service_areas=_listed("service_area", link.service_areas.all()),
        phones=_phones(link.phones.all()),
        schedules=_schedules(link.schedules.all()),
    )
    if is_withheld:
        found.pop("description", None)
    else:
        found |= _filled(contacts=_contacts(link.contacts.all()))
    return found | {"location": location_json(link.location, is_withheld=is_withheld)}


def organization_json(organization: Organization) -> dict[str, Any]:
    """Return an HSDS organization with phones, desks and websites; its sites stand with its services."""
    return _record("organization", organization) | _filled(
        additional_websites=_listed("url", organization.additional_websites.all()),
        contacts=_contacts(organization.contacts.all()),
        phones=_phones(organization.phones.all()),
    ) | {
        "legal_notification_duty": {
            "code": organization.legal_notification_duty,
            "description": organization.legal_notification_note,
        }
    }  # fmt: skip


def service_json(service: Service) -> dict[str, Any]:
    """Return an HSDS service with everything in it. Raises ValueError for a hidden one."""
    if service.publication != Publication.PUBLISHED:
        raise ValueError("A hidden service is not published.")
    found = _record("service", service) | {"service_type": service.service_type}
    if service.assured_date:
        found["assured_date"] = service.assured_date.isoformat()
    found["last_modified"] = service.modified_at.isoformat()
    attributes = Attribute.objects.filter(link_id=service.pk).select_related("taxonomy_term__taxonomy_detail")
    capacities = [] if service.service_type == ServiceType.SAFE_HOUSE else service.capacities.all()
    found |= _filled(
        additional_urls=_listed("url", service.additional_urls.all()),
        phones=_phones(service.phones.all()),
        schedules=_schedules(service.schedules.all()),
        service_areas=_listed("service_area", service.service_areas.all()),
        languages=_listed("language", service.languages.all()),
        cost_options=_listed("cost_option", service.cost_options.all()),
        required_documents=_listed("required_document", service.required_documents.all()),
        contacts=_contacts(service.contacts.all()),
        capacities=[
            _record("service_capacity", row) | {"unit": _record("unit", row.unit)} for row in capacities
        ],
        attributes=_attributes(attributes.order_by("pk")),
        service_at_locations=[
            _service_at_location(link, service) for link in service.service_at_locations.all()
        ],
    )
    return found | {"organization": organization_json(service.organization)}


def _named(items: list[Named]) -> list[dict[str, str]]:
    return [{"code": item.code, "name": str(item.name)} for item in items]


def availability_json(availability: Availability) -> dict[str, Any]:
    """Return an availability made ``for_public``: it holds no number that is not public."""
    return {
        "status": availability.status or None,
        "freshness": str(availability.freshness),
        "reported_at": availability.reported_at.isoformat() if availability.reported_at else None,
        "is_open": availability.is_open,
        "is_available": availability.is_available,
        "places_free": availability.places_free,
        "places_total": availability.places_total,
        "wait_days": availability.wait_days,
    }


def card_json(card: ServiceCard) -> dict[str, Any]:
    """Return a search result, texts in the reader's language."""
    return {
        "id": str(card.id),
        "name": str(card.name),
        "description": str(card.description),
        "service_type": card.service_type,
        "subtypes": _named(card.subtypes),
        "organization": {"id": str(card.organization_id), "name": str(card.organization_name)},
        "legal_notification_duty": card.legal_duty,
        "is_confidential": card.is_confidential,
        "regions": _named(card.regions),
        "districts": _named(card.districts),
        "languages": _named(card.languages),
        "accessibility": _named(card.access),
        "phones": card.phones,
        "minimum_age": card.minimum_age,
        "maximum_age": card.maximum_age,
        "sex": card.sex,
        "accepts_children": card.accepts_children,
        "is_free": card.is_free,
        "assured_date": card.assured_date.isoformat() if card.assured_date else None,
        "availability": availability_json(card.availability),
    }
