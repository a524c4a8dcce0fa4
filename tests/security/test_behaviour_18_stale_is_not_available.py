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
from tests.services.conftest import Make, make, places_loaded

__all__ = ["make", "places_loaded"]  # fixtures of the directory's tests
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
    make: Make,
    network: Network,
    hours_ago: float,
    is_fresh: bool,
) -> None:
    service = make(service_type=ServiceType.LEGAL_ASSISTANCE)  # open at every hour
    reported(service, hours_ago)
    said = Client().get("/api/v1/availability/", {"service": str(service.pk)}).json()[str(service.pk)]
    assert said["is_available"] is is_fresh
    assert said["reported_at"]
    case = making.make_case(people.unlock(network.owner))
    found = client_of(network.owner).post(page("case_match", case.id), {"service_type": "legal_assistance"})
    html = found.content.decode()
    assert f'data-service="{service.pk}"' in html
    assert ("Available now" in html.partition(f'data-service="{service.pk}"')[2]) is is_fresh
    entry = Client().get(f"/directory/services/{service.pk}/").content.decode()
    assert ("Old news: call first" in entry) is not is_fresh
    assert "1 hour" in entry if is_fresh else "1 week" in entry or "9 days" in entry
