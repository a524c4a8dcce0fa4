"""Search results and availability for our own API, in the reader's language. HSDS is objects.py."""

from typing import Any

from services.queries.availability import Availability
from services.queries.cards import Named, ServiceCard


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
