"""The four main HSDS records: organization, service, location, service_at_location.

``source`` and ``source_id`` say where an imported record comes from. ``raw`` keeps what HSDS
files carry and we accept but never publish (program, funding, organization_identifier …).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from services.codes import LegalDuty, Publication, ServiceType, Sex, Status
from services.translated import Translated


class Entry(models.Model):
    """What every record has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    raw = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Organization(Entry):
    """A body that gives services. ``agency`` is set where it takes part and has people and keys."""

    agency = models.ForeignKey(
        "accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="organizations"
    )
    parent_organization = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=300)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    translations = models.JSONField(default=dict)
    email = models.CharField(max_length=254, blank=True)
    website = models.CharField(max_length=500, blank=True)
    year_incorporated = models.PositiveSmallIntegerField(null=True)
    legal_status = models.CharField(max_length=300, blank=True)
    logo = models.CharField(max_length=500, blank=True)
    uri = models.CharField(max_length=500, blank=True)
    legal_notification_duty = models.CharField(
        max_length=40, choices=LegalDuty.choices, default=LegalDuty.UNKNOWN
    )
    legal_notification_note = models.TextField(blank=True)

    local_name = Translated("name")
    local_description = Translated("description")
    local_legal_notification_note = Translated("legal_notification_note")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(legal_notification_duty__in=LegalDuty.values),
                name="services_organization_duty_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Service(Entry):
    """One service as people look for it. Hidden until someone publishes it; assured by a check only."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="services")
    service_type = models.CharField(max_length=30, choices=ServiceType.choices, blank=True)
    subtypes = models.JSONField(default=list)
    publication = models.CharField(max_length=10, choices=Publication.choices, default=Publication.HIDDEN)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    # Moves by a check only (services.actions.verification); an import that changes the entry takes it away.
    assured_date = models.DateField(null=True)
    # The last day somebody stood for the entry: the last check, before that the day it came in. Nothing
    # else moves it: an import can neither hide a service that was checked nor bring a forgotten one back.
    vouched_on = models.DateField(default=timezone.localdate)
    # Another entry of the same service stands for this one, and this one stays hidden (actions.merging).
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")

    name = models.CharField(max_length=300)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    translations = models.JSONField(default=dict)
    url = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=254, blank=True)
    interpretation_services = models.TextField(blank=True)
    application_process = models.TextField(blank=True)
    fees_description = models.TextField(blank=True)
    wait_time = models.CharField(max_length=300, blank=True)
    accreditations = models.TextField(blank=True)
    licenses = models.TextField(blank=True)
    alert = models.TextField(blank=True)

    minimum_age = models.PositiveSmallIntegerField(null=True)
    maximum_age = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.ANY)
    accepts_children = models.BooleanField(null=True)  # may she bring hers; null: not known
    eligibility_description = models.TextField(blank=True)

    # The provider agrees that the public sees the number of free places. Never for shelters.
    shows_numbers = models.BooleanField(default=False)
    # Kept by services.actions: the newest report, so that a search needs no sub-query for it.
    latest_report = models.OneToOneField(
        "AvailabilityReport", null=True, on_delete=models.SET_NULL, related_name="latest_of"
    )
    # Derived by services.actions.indexing.
    is_confidential = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=50, default=settings.TIME_ZONE)
    sort_name = models.CharField(max_length=100, blank=True)
    # Where it stands in "nearest first": its public site, else the middle of its district or region.
    # Of a confidential one always the middle of what it is for, never nearer. Shown nowhere.
    near_latitude = models.FloatField(null=True)
    near_longitude = models.FloatField(null=True)

    local_name = Translated("name")
    local_description = Translated("description")
    local_eligibility = Translated("eligibility_description")
    local_application_process = Translated("application_process")
    local_fees = Translated("fees_description")
    local_alert = Translated("alert")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(publication=Publication.HIDDEN) | Q(service_type__in=ServiceType.values),
                name="services_published_has_type",
            ),
            models.CheckConstraint(
                condition=Q(shows_numbers=False) | ~Q(service_type=ServiceType.SAFE_HOUSE),
                name="services_shelter_shows_no_numbers",
            ),
            models.CheckConstraint(
                condition=Q(minimum_age__isnull=True)
                | Q(maximum_age__isnull=True)
                | Q(minimum_age__lte=models.F("maximum_age")),
                name="services_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(publication=Publication.HIDDEN),
                name="services_merged_is_hidden",
            ),
        ]
        indexes = [
            # The public list and search: next page in the order of names.
            models.Index(fields=["publication", "sort_name", "id"], name="services_list"),
            # Search by type, the caseworker's match, and the numbers on the map.
            models.Index(fields=["publication", "service_type", "sort_name", "id"], name="services_by_type"),
            # The editor's list, hidden entries too.
            models.Index(fields=["sort_name", "id"], name="services_editors_list"),
            # Search, newest check first.
            models.Index(fields=["publication", "-assured_date", "id"], name="services_by_check"),
            # Search, nearest first: one belt of latitudes after the other; all that rings ask is in it.
            models.Index(
                fields=["publication", "near_latitude", "near_longitude", "service_type"],
                name="services_by_latitude",
            ),
            # The editor's queue of what nobody has checked, and the reminders: longest ago first.
            models.Index(fields=["publication", "vouched_on", "id"], name="services_longest_unchecked"),
        ]

    def __str__(self) -> str:
        return self.name


class Location(Entry):
    """A site. A confidential one has no address and no coordinates anywhere in these tables.

    That it has no address row is held by triggers (services/confidential.py), because a check
    constraint cannot look into another table.
    """

    class Type(models.TextChoices):
        PHYSICAL = "physical"
        POSTAL = "postal"
        VIRTUAL = "virtual"

    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="locations"
    )
    location_type = models.CharField(max_length=10, choices=Type.choices)
    is_confidential = models.BooleanField(default=False)
    name = models.CharField(max_length=300, blank=True)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    translations = models.JSONField(default=dict)
    transportation = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    external_identifier = models.CharField(max_length=200, blank=True)
    external_identifier_type = models.CharField(max_length=100, blank=True)
    region = models.ForeignKey("Region", null=True, on_delete=models.PROTECT)
    district = models.ForeignKey("District", null=True, on_delete=models.PROTECT)

    local_name = Translated("name")
    local_description = Translated("description")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_confidential=False)
                | Q(
                    location_type="virtual",
                    latitude__isnull=True,
                    longitude__isnull=True,
                    name="",
                    alternate_name="",
                    description="",
                    transportation="",
                    url="",
                    external_identifier="",
                ),
                name="services_confidential_names_no_place",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="services_location_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ServiceAtLocation(Entry):
    """A service given at a site."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="service_at_locations")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="service_at_locations")
    description = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.id)
