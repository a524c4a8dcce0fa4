"""Our profile of HSDS 3.1: which names of which objects we keep, and in which columns.

One table here drives both directions: ``hsds.rows`` reads by it, ``services.publish`` writes by
it. What is not named here is not published; ``RAW`` says what is kept nevertheless.
"""

from dataclasses import dataclass, field

from django.db.models import Model

from services import models
from services.codes import Status
from services.hsds import values as v


@dataclass(frozen=True)
class Field:
    """HSDS name, how to read it, our column where it differs, and whether it must be there."""

    name: str
    read: v.Reader
    column: str = ""
    required: bool = False

    @property
    def to(self) -> str:
        return self.column or self.name


@dataclass(frozen=True)
class Child:
    """A list of objects inside another: their table, and the column that points back."""

    table: str
    column: str


@dataclass(frozen=True)
class Table:
    model: type[Model]
    fields: tuple[Field, ...]
    children: dict[str, Child] = field(default_factory=dict)
    raw: tuple[str, ...] = ()
    translated: tuple[str, ...] = ()


NAME = v.line()
SHORT = v.line(100)
ADDRESS_WORDS = ["physical", "postal", "virtual"]

TABLES: dict[str, Table] = {
    "taxonomy": Table(
        models.Taxonomy,
        (
            Field("name", NAME, required=True),
            Field("description", v.text),
            Field("uri", v.uri),
            Field("version", SHORT),
        ),
    ),
    "taxonomy_term": Table(
        models.TaxonomyTerm,
        (
            Field("code", v.line(200)),
            Field("name", NAME, required=True),
            Field("description", v.text),
            Field("taxonomy", NAME),
            Field("language", v.line(20)),
            Field("term_uri", v.uri),
        ),
    ),
    "organization": Table(
        models.Organization,
        (
            Field("name", NAME, required=True),
            Field("alternate_name", NAME),
            Field("description", v.text),
            Field("email", v.line(254)),
            Field("website", v.uri),
            Field("year_incorporated", v.integer(0, 9999)),
            Field("legal_status", NAME),
            Field("logo", v.uri),
            Field("uri", v.uri),
        ),
        {
            "additional_websites": Child("url", "organization"),
            "contacts": Child("contact", "organization"),
            "phones": Child("phone", "organization"),
            "locations": Child("location", "organization"),
        },
        raw=(
            "funding",
            "programs",
            "organization_identifiers",
            "tax_status",
            "tax_id",
            "parent_organization_id",
        ),
        translated=("name", "description", "legal_notification_note"),
    ),
    "location": Table(
        models.Location,
        (
            Field("location_type", v.word_of(ADDRESS_WORDS), required=True),
            Field("name", NAME),
            Field("alternate_name", NAME),
            Field("description", v.text),
            Field("transportation", v.text),
            Field("url", v.uri),
            Field("latitude", v.degrees),
            Field("longitude", v.degrees),
            Field("external_identifier", v.line(200)),
            Field("external_identifier_type", SHORT),
        ),
        {
            "languages": Child("language", "location"),
            "addresses": Child("address", "location"),
            "contacts": Child("contact", "location"),
            "accessibility": Child("accessibility", "location"),
            "phones": Child("phone", "location"),
            "schedules": Child("schedule", "location"),
        },
        translated=("name", "description"),
    ),
    "service": Table(
        models.Service,
        (
            Field("name", NAME, required=True),
            Field("status", v.word_of(Status.values), required=True),
            Field("alternate_name", NAME),
            Field("description", v.text),
            Field("url", v.uri),
            Field("email", v.line(254)),
            Field("interpretation_services", v.text),
            Field("application_process", v.text),
            Field("fees_description", v.text),
            Field("wait_time", NAME),
            Field("accreditations", v.text),
            Field("licenses", v.text),
            Field("alert", v.text),
            Field("eligibility_description", v.text),
            Field("minimum_age", v.integer(0, 150)),
            Field("maximum_age", v.integer(0, 150)),
        ),
        {
            "additional_urls": Child("url", "service"),
            "phones": Child("phone", "service"),
            "schedules": Child("schedule", "service"),
            "service_areas": Child("service_area", "service"),
            "service_at_locations": Child("service_at_location", "service"),
            "languages": Child("language", "service"),
            "cost_options": Child("cost_option", "service"),
            "required_documents": Child("required_document", "service"),
            "contacts": Child("contact", "service"),
            "capacities": Child("service_capacity", "service"),
        },
        raw=("funding", "program", "program_id", "fees", "assured_date"),
        translated=(
            "name",
            "description",
            "eligibility_description",
            "application_process",
            "fees_description",
            "alert",
        ),
    ),
    "service_at_location": Table(
        models.ServiceAtLocation,
        (Field("description", v.text),),
        {
            "service_areas": Child("service_area", "service_at_location"),
            "contacts": Child("contact", "service_at_location"),
            "phones": Child("phone", "service_at_location"),
            "schedules": Child("schedule", "service_at_location"),
        },
    ),
    "address": Table(
        models.Address,
        (
            Field("address_1", NAME, required=True),
            Field("address_2", NAME),
            Field("city", v.line(200)),
            Field("region", v.line(200)),
            Field("state_province", v.line(200)),
            Field("postal_code", v.line(40)),
            Field("country", v.line(2)),
            Field("address_type", v.word_of(ADDRESS_WORDS, "physical")),
        ),
    ),
    "contact": Table(
        models.Contact,
        (Field("title", NAME), Field("department", NAME), Field("email", v.line(254))),
        {"phones": Child("phone", "contact")},
    ),
    "phone": Table(
        models.Phone,
        (
            Field("number", v.phone, required=True),
            Field("extension", v.line(20)),
            Field("type", v.line(40)),
            Field("description", v.text),
        ),
        {"languages": Child("language", "phone")},
    ),
    "language": Table(
        models.Language, (Field("code", v.line(20)), Field("name", SHORT), Field("note", v.text))
    ),
    "schedule": Table(models.Schedule, ()),  # one HSDS schedule is several rows: hsds.rows
    "accessibility": Table(
        models.Accessibility,
        (Field("description", v.text), Field("details", v.text), Field("url", v.uri)),
        translated=("description",),
    ),
    "service_area": Table(
        models.ServiceArea,
        (
            Field("name", NAME),
            Field("description", v.text),
            Field("extent", v.text),
            Field("extent_type", v.line(40)),
            Field("uri", v.uri),
        ),
        translated=("name",),
    ),
    "cost_option": Table(
        models.CostOption,
        (
            Field("valid_from", v.day),
            Field("valid_to", v.day),
            Field("option", v.text),
            Field("currency", v.line(3)),
            Field("amount", v.money),
            Field("amount_description", v.text),
        ),
        translated=("option", "amount_description"),
    ),
    "required_document": Table(
        models.RequiredDocument,
        (Field("document", v.text), Field("uri", v.uri)),
        translated=("document",),
    ),
    "unit": Table(
        models.Unit,
        (
            Field("name", v.line(200), required=True),
            Field("scheme", v.line(200)),
            Field("identifier", v.line(200)),
            Field("uri", v.uri),
        ),
    ),
    "service_capacity": Table(
        models.ServiceCapacity,
        (
            Field("available", v.integer(0, 1_000_000), required=True),
            Field("maximum", v.integer(0, 1_000_000)),
            Field("description", v.text),
            Field("updated", v.moment, required=True),
        ),
    ),
    "url": Table(models.Url, (Field("label", v.line(200)), Field("url", v.uri, required=True))),
    "attribute": Table(
        models.Attribute,
        (Field("link_type", v.line(200)), Field("value", v.text), Field("label", v.text)),
    ),
}

# Records with ``source``, in the order in which foreign keys allow them to be written.
WRITE_ORDER = (
    "taxonomy",
    "taxonomy_term",
    "unit",
    "organization",
    "location",
    "service",
    "service_at_location",
    "contact",
    "phone",
    "language",
    "schedule",
    "address",
    "accessibility",
    "service_area",
    "cost_option",
    "required_document",
    "service_capacity",
    "url",
    "attribute",
)
ENTRIES = frozenset({"organization", "location", "service", "service_at_location"})
