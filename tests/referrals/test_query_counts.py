"""Lists cost the same few queries whatever their length."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from referrals import access, queries
from tests import people
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db


def _count(person: Person, what: str, length: int) -> int:
    """Return the queries of a second look at a list, as on most days: quick copies of the keys exist."""
    for _ in range(2):
        unlocked = people.unlock(person)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            if what == "cases":
                shown = len(queries.case_page(unlocked, limit=length).cards)
            elif what == "inbox":
                shown = len(queries.inbox_page(unlocked, limit=length).rows)
            else:
                shown = len(access.open_sent_rows(unlocked, list(access.sent_for(unlocked)[:length])))
        assert shown == length
        unlocked.finish()
    return len(captured)


def test_ten_and_fifty_cases_cost_the_same(network: Network) -> None:
    owner = people.unlock(network.owner)
    for _ in range(51):
        making.make_case(owner)
    few, many = _count(network.owner, "cases", 10), _count(network.owner, "cases", 50)
    assert few == many
    assert many <= 20


def test_inbox_and_sent_of_five_and_thirty_cost_the_same(network: Network) -> None:
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    for number in range(30):
        service = making.make_service(network.b.agency, name=f"Service {number}")
        making.send_under(owner, opened, making.consent_to(owner, opened, service))
    for person, what in ((network.b.intake, "inbox"), (network.owner, "sent")):
        few, many = _count(person, what, 5), _count(person, what, 30)
        assert few == many
        assert many <= 25
