"""Behaviour 18: old news never makes a place available, and how old the news is stands beside it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from services import actions
from services.codes import AvailabilitySource, ServiceType
from services.models import Service
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, page

pytestmark = pytest.mark.django_db


def reported(service: Service, hours_ago: float) -> None:
    actions.report_availability(
        service_id=service.pk,
        status="capacity",
        places_free=3,
        source=AvailabilitySource.PHONE_CALL,
        reported_at=timezone.now() - timedelta(hours=hours_ago),
    )


@pytest.mark.parametrize(("hours_ago", "is_fresh"), [(1, True), (24 * 9, False)])
def test_pages_and_api_say_available_only_while_it_is_fresh_and_always_how_old(
    network: Network, hours_ago: float, is_fresh: bool
) -> None:
    service = making.make_service(network.b.agency, service_type=ServiceType.LEGAL_ASSISTANCE, name="Lawyers")
    reported(service, hours_ago)
    [row] = [
        one
        for one in Client().get("/api/v1/availability/").json()["results"]
        if one["service_id"] == str(service.pk)
    ]
    assert (row["freshness"] == "fresh") is is_fresh
    case = making.make_case(people.unlock(network.owner))
    found = client_of(network.owner).post(page("case_match", case.id), {"service_type": "legal_assistance"})
    html = found.content.decode()
    assert f'data-service="{service.pk}"' in html
    assert "Available now" not in html if not is_fresh else True
    entry = Client().get(f"/directory/services/{service.pk}/").content.decode()
    assert ("Old news: call first" in entry) is not is_fresh
    assert "1 hour" in entry if is_fresh else "1 week" in entry or "9 days" in entry
