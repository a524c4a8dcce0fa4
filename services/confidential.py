"""What makes a site confidential, and what then may not be kept or told: the one place of that rule.

Import clears records here before anything is stored, every output (API, exports, pages, sheets,
search) asks ``withheld_sites`` here before anything leaves, and the triggers at the end keep address
rows of confidential sites out of the database whoever writes them.
"""

import itertools
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from services.codes import ServiceType
from services.folding import folded_words, tokens
from services.models import Location, Service, ServiceAtLocation

ADDRESS_WITHHELD = "address-withheld"
PUBLIC = "public"

# Columns of Location that could tell where it is. The check constraint names them too.
TELLING = (
    "name",
    "alternate_name",
    "description",
    "transportation",
    "url",
    "external_identifier",
    "external_identifier_type",
)
# Keys of an HSDS location that could tell where it is, beyond the columns above.
TELLING_HSDS = (*TELLING, "latitude", "longitude", "addresses", "phones", "contacts", "translations")
# What stays of an HSDS location. Any other name, of an older standard or made up, could tell.
_KEPT_HSDS = (
    "id",
    "organization_id",
    "region_iso",
    "district",
    "languages",
    "schedules",
    "accessibility",
    "attributes",
)

# Beginnings of words, folded when loaded: shelter terms and "confidential" in the four languages.
_SUSPECT = tuple(
    tokens(
        "shelter safehouse refuge confidential undisclosed "
        "boshpana panohgoh maxfiy yashirin бошпана паноҳгоҳ махфий яширин "
        "приют убежищ конфиденциальн секретн"
    )
)
# Two words in a row, each by its beginning. Alone they say nothing: a lawyer keeps secrets too.
_SUSPECT_PAIRS = tuple(
    tuple(tokens(pair))
    for pair in (
        "safe house",
        "safe home",
        "secret address",
        "secret location",
        "xavfsiz uy",
        "хавфсиз уй",
        "sir manzil",
        "кризисная квартира",
    )
)


# A post box in the four languages, as it stands in place of a street.
_POST_BOX = re.compile(
    r"(?:\bp\.?\s*o\.?\s*box\b|\bpost(?:al)?\s+(?:office\s+)?box\b|\bpob\s*\d|\bа\s*/\s*я\b|\bа\.\s*я\."
    r"|абонентск\w*\s+ящик|почтов\w*\s+ящик|\b[pп]\s*/\s*[qя]\b"
    r"|\b(?:abonent|pochta)\s+(?:qutisi|yashigi)|(?:абонент|почта)\s+(?:қутиси|яшиги))",
    re.IGNORECASE,
)


def is_post_box_only(addresses: Any) -> bool:
    """Say whether a location has addresses and each is a post box: it may hide where it is."""
    if not isinstance(addresses, list) or not addresses:
        return False
    lines = [
        " ".join(str(address.get(key) or "") for key in ("address_1", "address_2"))
        for address in addresses
        if isinstance(address, dict)
    ]
    return bool(lines) and all(_POST_BOX.search(line) for line in lines)


def suspect_word(text: str, known: dict[str, str] | None = None) -> str | None:
    """Return the folded word or words that make a text sound like a confidential site, if any.

    ``known``: see ``folding.folded_words``.
    """
    words = folded_words(text, known)
    for word in words:
        if word.startswith(_SUSPECT):
            return word
    for first, second in itertools.pairwise(words):
        if any(first.startswith(pair[0]) and second.startswith(pair[1]) for pair in _SUSPECT_PAIRS):
            return f"{first} {second}"
    return None


def cleared(location: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of an HSDS location without anything that could tell where it is."""
    kept = {key: value for key, value in location.items() if key in _KEPT_HSDS}
    kept["location_type"] = "virtual"
    return kept


def is_confidential(service: Service) -> bool:
    """Say whether nothing may tell where a service is: a site of it is marked, or it is a shelter."""
    return service.is_confidential or service.service_type == ServiceType.SAFE_HOUSE


def links_of_shelters() -> QuerySet[ServiceAtLocation]:
    """Return where confidential services are, hidden ones too: their sites are told of nobody."""
    return ServiceAtLocation.objects.filter(
        Q(service__is_confidential=True) | Q(service__service_type=ServiceType.SAFE_HOUSE)
    )


def withheld_sites(location_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the sites of which nothing may be told, whichever service is asked about:
    marked ones, and those that any confidential service shares. One query.
    """
    of_shelter = Q(service_at_locations__service__is_confidential=True)
    of_shelter |= Q(service_at_locations__service__service_type=ServiceType.SAFE_HOUSE)
    found = Location.objects.filter(Q(is_confidential=True) | of_shelter, pk__in=list(location_ids))
    return set(found.values_list("pk", flat=True))


_SQLITE_ADDRESS = """CREATE TRIGGER IF NOT EXISTS services_no_confidential_address_{event}
    BEFORE {event} ON services_address
    WHEN (SELECT is_confidential FROM services_location WHERE id = NEW.location_id)
    BEGIN SELECT RAISE(ABORT, 'a confidential site has no address'); END"""
_SQLITE_LOCATION = """CREATE TRIGGER IF NOT EXISTS services_confidential_without_address
    BEFORE UPDATE ON services_location
    WHEN NEW.is_confidential AND EXISTS (SELECT 1 FROM services_address WHERE location_id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'a confidential site has no address'); END"""

_POSTGRES = """
CREATE OR REPLACE FUNCTION services_no_confidential_address() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  confidential boolean;
BEGIN
  -- FOR SHARE: a site being marked confidential meanwhile makes this wait, and then see the mark.
  SELECT is_confidential INTO confidential FROM services_location WHERE id = NEW.location_id FOR SHARE;
  IF confidential THEN
    RAISE EXCEPTION 'a confidential site has no address' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION services_confidential_without_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.is_confidential AND EXISTS (SELECT 1 FROM services_address WHERE location_id = NEW.id) THEN
    RAISE EXCEPTION 'a confidential site has no address' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS services_no_confidential_address ON services_address;
CREATE TRIGGER services_no_confidential_address BEFORE INSERT OR UPDATE ON services_address
  FOR EACH ROW EXECUTE FUNCTION services_no_confidential_address();
DROP TRIGGER IF EXISTS services_confidential_without_address ON services_location;
CREATE TRIGGER services_confidential_without_address BEFORE UPDATE ON services_location
  FOR EACH ROW EXECUTE FUNCTION services_confidential_without_address();
"""


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers. Run after every migration: SQLite drops them when it rebuilds a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES)
            return
        for event in ("INSERT", "UPDATE"):
            cursor.execute(_SQLITE_ADDRESS.format(event=event))
        cursor.execute(_SQLITE_LOCATION)
