"""The smaller HSDS records that hang on the main ones.

HSDS lets one phone, contact or schedule belong to several kinds of parent, so each has a column
per kind. Contacts are roles or desks: a person's name is not even stored.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from services.models.entries import Location, Organization, Service, ServiceAtLocation
from services.translated import Translated


class Part(models.Model):
    """What every part has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


def _parent(model: type[models.Model] | str, name: str) -> Any:
    # Any: django-stubs types a foreign key by its class, which differs from call to call here.
    return models.ForeignKey(model, null=True, on_delete=models.CASCADE, related_name=name)


class Address(Part):
    """A postal or street address. Never of a confidential site (trigger)."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="addresses")
    address_1 = models.CharField(max_length=300)
    address_2 = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=200, blank=True)
    state_province = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    address_type = models.CharField(max_length=10, default="physical")


class Contact(Part):
    """A role or desk to ask for."""

    organization = _parent(Organization, "contacts")
    service = _parent(Service, "contacts")
    service_at_location = _parent(ServiceAtLocation, "contacts")
    location = _parent(Location, "contacts")
    title = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254, blank=True)


class Phone(Part):
    organization = _parent(Organization, "phones")
    service = _parent(Service, "phones")
    service_at_location = _parent(ServiceAtLocation, "phones")
    location = _parent(Location, "phones")
    contact = _parent(Contact, "phones")
    number = models.CharField(max_length=60)
    extension = models.CharField(max_length=20, blank=True)
    type = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)


class Language(Part):
    """A language spoken at a service or site, or on a phone line."""

    service = _parent(Service, "languages")
    location = _parent(Location, "languages")
    phone = _parent(Phone, "languages")
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)


class Schedule(Part):
    """Opening hours of one weekday, or a rule that such rows cannot say (kept in ``raw``).

    ``closes`` at or before ``opens`` means the next day; the same time twice is round the clock.
    ``hsds_id`` joins the rows that came from one HSDS schedule. Monday is 0.
    """

    service = _parent(Service, "schedules")
    service_at_location = _parent(ServiceAtLocation, "schedules")
    location = _parent(Location, "schedules")
    hsds_id = models.UUIDField()
    weekday = models.PositiveSmallIntegerField(null=True)
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    by_appointment = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    raw = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(weekday__lte=6), name="services_weekday_exists"
            ),
            models.CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(opens__isnull=False, closes__isnull=False),
                name="services_weekday_has_times",
            ),
        ]


class ScheduleException(Part):
    """Other hours, or none, on certain dates. A closed day is closed at every minute of it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="schedule_exceptions")
    date_from = models.DateField()
    date_to = models.DateField()
    opens = models.TimeField(null=True)  # both null: closed
    closes = models.TimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(date_from__lte=models.F("date_to")), name="services_exception_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__gt=models.F("opens")),
                name="services_exception_within_a_day",
            ),
        ]
        indexes = [
            # "Open now" on the search page.
            models.Index(fields=["service", "date_from"], name="services_exception_dates"),
        ]


class Accessibility(Part):
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="accessibility")
    description = models.TextField(blank=True)
    details = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    translations = models.JSONField(default=dict)

    local_description = Translated("description")


class ServiceArea(Part):
    """Where the people live whom a service takes."""

    service = _parent(Service, "service_areas")
    service_at_location = _parent(ServiceAtLocation, "service_areas")
    name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    extent = models.TextField(blank=True)
    extent_type = models.CharField(max_length=40, blank=True)
    uri = models.CharField(max_length=500, blank=True)
    translations = models.JSONField(default=dict)
    region = models.ForeignKey("Region", null=True, on_delete=models.PROTECT)
    district = models.ForeignKey("District", null=True, on_delete=models.PROTECT)

    local_name = Translated("name")


class CostOption(Part):
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="cost_options")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    option = models.TextField(blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    amount_description = models.TextField(blank=True)
    translations = models.JSONField(default=dict)

    local_option = Translated("option")
    local_amount_description = Translated("amount_description")


class RequiredDocument(Part):
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="required_documents")
    document = models.TextField(blank=True)
    uri = models.CharField(max_length=500, blank=True)
    translations = models.JSONField(default=dict)


class Unit(Part):
    name = models.CharField(max_length=200)
    scheme = models.CharField(max_length=200, blank=True)
    identifier = models.CharField(max_length=200, blank=True)
    uri = models.CharField(max_length=500, blank=True)


class ServiceCapacity(Part):
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="capacities")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    available = models.IntegerField()
    maximum = models.IntegerField(null=True)
    description = models.TextField(blank=True)
    updated = models.DateTimeField()


class Url(Part):
    organization = _parent(Organization, "additional_websites")
    service = _parent(Service, "additional_urls")
    label = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500)


class Taxonomy(Part):
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    uri = models.CharField(max_length=500, blank=True)
    version = models.CharField(max_length=100, blank=True)


class TaxonomyTerm(Part):
    code = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    parent_id = models.UUIDField(null=True)  # a term may come before its parent in a file
    taxonomy = models.CharField(max_length=300, blank=True)
    taxonomy_detail = models.ForeignKey(Taxonomy, null=True, on_delete=models.SET_NULL)
    language = models.CharField(max_length=20, blank=True)
    term_uri = models.CharField(max_length=500, blank=True)


class Attribute(Part):
    """A term or value hung on any record. Our own coded facts are columns instead (hsds/profile)."""

    link_entity = models.CharField(max_length=40)  # HSDS table name
    link_id = models.UUIDField()
    link_type = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    label = models.TextField(blank=True)
    taxonomy_term = models.ForeignKey(TaxonomyTerm, null=True, on_delete=models.SET_NULL)

    class Meta:
        indexes = [
            # A service's page and API item: the attributes of its records.
            models.Index(fields=["link_id"], name="services_attribute_link"),
        ]
