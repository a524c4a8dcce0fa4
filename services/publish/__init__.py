"""What leaves the directory, as JSON: the one place that every output of records passes.

Confidential sites leave here as ``virtual`` with the mark *address-withheld* and nothing else.
What hsds.profile does not name never leaves: raw parts, sources, internal notes, assurer e-mails.
"""

from services.publish.cards import availability_json, card_json
from services.publish.objects import (
    organization_json,
    organization_line,
    organizations_json,
    service_at_location_lines,
    service_json,
    service_line,
    service_minimum,
    services_at_locations_json,
    services_json,
    taxonomy_json,
    taxonomy_term_json,
)

__all__ = [
    "availability_json",
    "card_json",
    "organization_json",
    "organization_line",
    "organizations_json",
    "service_at_location_lines",
    "service_json",
    "service_line",
    "service_minimum",
    "services_at_locations_json",
    "services_json",
    "taxonomy_json",
    "taxonomy_term_json",
]
