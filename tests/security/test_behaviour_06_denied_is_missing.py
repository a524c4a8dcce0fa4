"""Behaviour 6: what is forbidden answers exactly as what does not exist, and no list or count hints at it.

Every route by every person: test_matrix.py. Here, what lies beside the routes: lists, search, the API.
"""

import re
from uuid import uuid4

import pytest
from django.test import Client

from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, page

pytestmark = pytest.mark.django_db

LISTS = ["/work/", "/work/inbox/", "/api/v1/cases/", "/api/v1/referrals/", "/api/v1/inbox/"]


def seen(client: Client, url: str) -> tuple[int, bytes, dict[str, str]]:
    response = client.get(url)
    return response.status_code, response.content, dict(response.headers)


def test_there_and_nowhere_are_the_same_bytes(network: Network) -> None:
    case, consent, referral = making.make_referral(network)
    pairs = [
        (page("case", case.id), page("case", uuid4())),
        (page("consent_send", case.id, consent), page("consent_send", uuid4(), uuid4())),
        (page("referral", referral.id), page("referral", uuid4())),
        (f"/api/v1/cases/{case.id}/", f"/api/v1/cases/{uuid4()}/"),
        (f"/api/v1/referrals/{referral.id}/", f"/api/v1/referrals/{uuid4()}/"),
    ]
    for person in (network.outsider, network.colleague, network.a.supervisor, network.b.intake):
        client = client_of(person)
        for there, nowhere in pairs:
            assert seen(client, there) == seen(client, nowhere)
            assert seen(client, there)[0] == 404
        # What is not theirs is answered before anything of what they sent is looked at.
        for path in ("cases/{}/notes/", "cases/{}/offer/", "referrals/{}/cancel/", "supervise/{}/cancel/"):
            if person == network.a.supervisor and path.startswith("supervise"):
                continue  # theirs
            one = case.id if path.startswith("cases") else referral.id
            for body in ({}, {"version": 1}, {"no": "such"}):
                there, nowhere = (_posted(client, path.format(pk), body) for pk in (one, uuid4()))
                assert there == nowhere
                assert there[0] == 404
    outsider = client_of(network.outsider)
    for name in ("packet", "packet_decline", "packet_deliver", "packet_fail"):
        assert seen(outsider, page(name, referral.id)) == seen(outsider, page(name, uuid4()))


def _posted(client: Client, path: str, body: dict[str, object]) -> tuple[int, bytes, dict[str, str]]:
    headers = {"Idempotency-Key": str(uuid4())}
    response = client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)
    return response.status_code, response.content, dict(response.headers)


def test_lists_and_search_are_the_same_before_and_after(network: Network) -> None:
    """A case and a referral come into being: nobody else's list, count or search changes by a byte."""
    making.make_service(network.b.agency)
    service = making.make_service(network.b.agency, name="Second shelter")
    urls = [*LISTS, f"/directory/?q={making.CARD.alias}", "/directory/?q=Second"]
    clients = [client_of(person) for person in (network.outsider, network.colleague, network.b.worker)]
    before = [[_without_keys(seen(client, url)) for url in urls] for client in clients]
    making.make_referral(network, service=service)
    assert [[_without_keys(seen(client, url)) for url in urls] for client in clients] == before


def _without_keys(answer: tuple[int, bytes, dict[str, str]]) -> tuple[int, bytes]:
    """Leave out what is drawn anew for every page: form keys."""
    return answer[0], re.sub(rb'name="(key|csrfmiddlewaretoken)" value="[^"]*"', b"", answer[1])
