"""Confidential sites: a marker in whatever could tell where one is comes out nowhere."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction
from django.test import Client

from services import actions, publish
from services.errors import ImportRefused
from services.models import Address, ImportRow, Location, Service
from services.queries import Needs, SearchFilters, match, search
from services.queries.entries import published_service_with_parts

from .conftest import Make, as_file, hsds_service, imported

pytestmark = pytest.mark.django_db
MARKER = "Zumradxonim"


def marked_location(**changes: Any) -> dict[str, Any]:
    """Return a location with the marker in everything that could tell where it is."""
    return {
        "id": str(uuid4()),
        "location_type": "physical",
        "name": MARKER,
        "alternate_name": MARKER,
        "description": MARKER,
        "transportation": MARKER,
        "url": f"https://{MARKER}.example",
        "external_identifier": MARKER,
        "external_identifier_type": "UPRN",
        "latitude": 39.123456,
        "longitude": 68.654321,
        "translations": {"uz": {"name": MARKER, "description": MARKER}},
        "district": {"region_iso": "UZ-JI", "name_uz_latn": "Zomin tumani"},
        "addresses": [
            {"id": str(uuid4()), "address_1": MARKER, "city": MARKER, "state_province": MARKER,
             "postal_code": MARKER, "country": "UZ", "address_type": "physical"}
        ],
        "phones": [{"id": str(uuid4()), "number": "+998 00 777 77 77", "description": MARKER}],
        "contacts": [{"id": str(uuid4()), "title": MARKER}],
    } | changes  # fmt: skip


WITHHELD = {"id": str(uuid4()), "link_type": "safety", "value": "address-withheld"}


def shelter(location: dict[str, Any], **changes: Any) -> dict[str, Any]:
    link = {
        "id": str(uuid4()),
        "description": MARKER,
        "contacts": [{"id": str(uuid4()), "title": MARKER}],
        "location": location,
    }
    return hsds_service(service_type="safe_house", service_at_locations=[link]) | changes


def everything_out(service: Service, client: Client) -> str:
    """Return every public output of one service, and what search and match hold of it."""
    addresses = [
        "/directory/",
        f"/directory/?q={MARKER}",
        f"/directory/services/{service.pk}/",
        "/directory/places/",
        "/api/v1/services/",
        f"/api/v1/services/?words={MARKER}",
        f"/api/v1/services/{service.pk}/",
        "/api/v1/organizations/",
        f"/api/v1/organizations/{service.organization_id}/",
        f"/api/v1/availability/?service={service.pk}",
    ]
    found = [client.get(address).content.decode() for address in addresses]
    # The search page repeats the word that was typed.
    found[1] = found[1].replace(f'value="{MARKER}"', "").replace(f"?q={MARKER}", "")
    found.append(str(search(SearchFilters()).cards))
    found.append(str(match(Needs(region="UZ-JI"))))
    found_service = published_service_with_parts(service.pk)
    assert found_service is not None
    found.append(str(publish.service_json(found_service)))
    return "\n".join(found)


def everything_stored() -> str:
    models = apps.get_app_config("services").get_models()
    return "\n".join(serializers.serialize("json", model._default_manager.all()) for model in models)


def test_a_marked_site_loses_all_that_tells_where_it_is(places_loaded: None, client: Client) -> None:
    location = marked_location(attributes=[WITHHELD])
    organization = hsds_service()["organization"] | {"locations": [location | {"attributes": []}]}
    service = imported(shelter(location, organization=organization))[0]
    out, stored = everything_out(service, client), everything_stored()
    for marker in (MARKER, "39.123456", "68.654321", "777 77 77"):
        assert marker not in out
        assert marker not in stored
    assert "Namuna" in out  # the service itself is there
    site = Location.objects.get()
    assert (site.location_type, site.is_confidential, site.district_id) == (
        "virtual",
        True,
        "uz-ji-zomin-tumani",
    )
    assert not search(SearchFilters(words=MARKER)).cards
    assert "address-withheld" in out


@pytest.mark.parametrize(
    "words",
    [
        "Shelter for women",
        "a confidential place",
        "Safe house for girls",
        "Ayollar boshpanasi",
        "maxfiy manzil",
        "Бошпана",
        "махфий жой",
        "Приют для женщин",
        "конфиденциальный адрес",
        "Sаfe hоuse",
    ],
)
@pytest.mark.parametrize("where", ["service", "location", "translation"])
def test_what_sounds_confidential_goes_to_review_without_its_address(
    words: str, where: str, places_loaded: None
) -> None:
    location = marked_location()
    service = hsds_service(service_at_locations=[{"id": "link", "location": location}])
    if where == "service":
        service["description"] = words
    elif where == "translation":
        service["translations"] = {"ru": {"name": words}}
    else:
        location["name"] = words
    run = actions.import_hsds(as_file(service), source="test", dry_run=False)
    assert run.counts == {"quarantined": 1}
    assert [note["code"] for note in run.rows.get().notes][:1] == ["suspect_confidential"]
    assert MARKER not in everything_stored()
    assert not Service.objects.exists()
    assert ImportRow.objects.get().data["name"] == service["name"]  # put aside, not lost


def test_a_shelter_with_an_address_goes_to_review_whatever_it_says(places_loaded: None) -> None:
    public = {"id": "a", "link_type": "confidentiality", "value": "public"}
    run = actions.import_hsds(as_file(shelter(marked_location(attributes=[public]))), source="test")
    assert run.counts == {"quarantined": 1}
    assert MARKER not in everything_stored()


def test_somebody_can_say_that_a_site_is_public(places_loaded: None) -> None:
    public = {"id": "a", "link_type": "confidentiality", "value": "public"}
    link = {"id": "link", "location": marked_location(attributes=[public])}
    imported(hsds_service(description="Confidential talks.", service_at_locations=[link]))
    assert Address.objects.get().address_1 == MARKER


def test_a_lawyers_secret_is_no_shelter(make: Make) -> None:
    make(description="What you say is a lawyer's secret, also if leaving home is not safe.")
    assert Address.objects.count() == 1


def test_an_import_never_makes_a_confidential_site_public(places_loaded: None, client: Client) -> None:
    location = marked_location(attributes=[WITHHELD])
    first = hsds_service(service_at_locations=[{"id": "link", "location": location}])
    imported(first)
    del location["attributes"]
    service = imported(first)[0]
    assert Location.objects.get().is_confidential
    assert MARKER not in everything_out(service, client)
    assert MARKER not in everything_stored()


def test_the_database_refuses_an_address_of_a_confidential_site(make: Make) -> None:
    make()
    open_site = Location.objects.get()
    closed = Location.objects.create(location_type="virtual", is_confidential=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.create(location=closed, address_1="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.update(location=closed)
    with pytest.raises(IntegrityError), transaction.atomic():
        Location.objects.filter(pk=open_site.pk).update(
            is_confidential=True, location_type="virtual", latitude=None, longitude=None, name=""
        )
    for columns in ({"location_type": "physical"}, {"latitude": 1.0, "longitude": 1.0}, {"name": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Location.objects.filter(pk=closed.pk).update(**columns)


def test_a_hidden_service_is_nowhere(places_loaded: None, client: Client) -> None:
    service = imported(hsds_service(name=f"Room {MARKER}"), publish=False)[0]
    for address in (
        "/directory/",
        "/api/v1/services/",
        "/api/v1/organizations/",
        f"/api/v1/availability/?service={service.pk}",
    ):
        assert MARKER not in client.get(address).content.decode()
    for address in (f"/directory/services/{service.pk}/", f"/api/v1/services/{service.pk}/"):
        hidden, missing = client.get(address), client.get(address.replace(str(service.pk), str(uuid4())))
        assert (hidden.status_code, hidden.content) == (404, missing.content)
    with pytest.raises(ValueError, match="hidden"):
        publish.service_json(service)


def test_a_refusal_does_not_repeat_the_file(places_loaded: None) -> None:
    with pytest.raises(ImportRefused) as refused:
        actions.import_hsds(f'[{{"id": "{MARKER}'.encode(), source="test")
    assert MARKER not in f"{refused.value.message}{refused.value.advice}{refused.value!r}"
