"""A page asks the same few questions of the database however much there is to show.

Every route of the site is opened as somebody who may, once with little and once with much; a new page
comes along by itself.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.referrals import making
from tests.security.routes import Door, doors
from tests.security.scene import Scene, make_scene
from tests.security.test_matrix import WHO as WHO_MAY

pytestmark = pytest.mark.django_db

WHO = ("stranger", "owner", "intake", "supervisor", "administrator")
# Pages whose queries grow with something other than rows of a list; each with its reason.
_LIMIT = "the limit is written at every tenth request; tests/services/test_hsds_api.py counts the rest"
_OPEN = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
GROWS: dict[str, str] = {"hsds:about": _LIMIT, "hsds:openapi": _LIMIT, "services:export": _LIMIT} | {
    f"hsds:{kind}{item}": _LIMIT for kind in _OPEN for item in ("", "_item")
}


def counted(
    scene: Scene, routes: list[Door], known: dict[tuple[str, str], int] | None = None
) -> dict[tuple[str, str], int]:
    """Return the queries of each page for each person who may open it.

    The fewest of two looks: before the first there are no quick copies of keys. One is enough where it
    took no more than is ``known``.
    """
    found = {}
    for route in routes:
        for who in WHO:
            if who not in WHO_MAY[route.name]:
                continue
            if who not in ("owner", "stranger") and (route.name, "stranger") in found:
                continue  # a public page: how it looks signed in is seen with one
            page = (route.name, who)
            for _look in range(2):
                asked = _queries(scene.clients[who], route.path(scene.there))
                if asked is None:
                    break
                found[page] = min(asked, found.get(page, asked))
                if known and asked <= known.get(page, asked):
                    break
    return found


def _queries(client: Client, path: str) -> int | None:
    """Return how much a page asks of the database, None where there is none to see."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    return len(captured) if answer.status_code == 200 else None


def test_no_page_asks_more_when_there_is_more() -> None:
    network = people.get_network()
    scene = make_scene(network)
    routes = [door for door in doors() if door.name not in (*GROWS, "exit", "style")]
    few = counted(scene, routes)
    owner = people.unlock(network.owner)
    case = scene.there["case_id"]
    for number in range(6):
        making.make_referral(network, service=making.make_service(network.b.agency, name=f"Another {number}"))
        opened = making.edit(owner, _case(case))
        service = making.make_service(network.b.agency, name=f"Same case {number}")
        making.send_under(owner, opened, making.consent_to(owner, opened, service))
    owner.finish()
    many = counted(scene, routes, few)
    assert len(few) > 40, "the pages were opened"
    grown = {page: (few[page], many[page]) for page in few if many[page] > few[page]}
    assert grown == {}


def _case(case_id: object):  # type: ignore[no-untyped-def]
    from referrals.models import Case

    return Case.objects.get(pk=case_id)
