"""Behaviour 12: when what is stored does not open, or the access log cannot be written, nothing is shown."""

import pytest
from django.db import connection
from django.test import Client

from referrals.models import CaseItem, Referral
from referrals.models.cases import Section
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, page

pytestmark = pytest.mark.django_db

HERS = [making.CARD.alias, making.IDENTITY.phone, making.IDENTITY.name, "the tailor", "green bag", "UZ-JI"]


def nothing_shown(client: Client, url: str, *statuses: int) -> None:
    response = client.get(url)
    assert response.status_code in statuses, (url, response.status_code)
    assert [word for word in HERS if word.encode() in response.content] == []


def test_one_changed_byte_of_what_is_stored_shows_nothing(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    assert making.IDENTITY.phone in desk.get(page("packet", referral.pk)).content.decode()
    row = CaseItem.objects.get(case=case, section=Section.CARD)
    CaseItem.objects.filter(pk=row.pk).update(sealed=_flipped(row.sealed))
    Referral.objects.update(sealed_identity=_flipped(Referral.objects.get().sealed_identity))
    nothing_shown(owner, page("case", case.id), 404)
    nothing_shown(owner, f"/api/v1/cases/{case.id}/", 404)
    nothing_shown(owner, page("needs_me"), 200)
    nothing_shown(desk, page("packet", referral.pk), 404)
    nothing_shown(desk, f"/api/v1/inbox/{referral.pk}/", 404)


def test_without_the_log_nothing_is_shown(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_log SET size = size + 1")
    for url in (
        page("case", case.id),
        page("case_reach", case.id),
        page("needs_me"),
        f"/api/v1/cases/{case.id}/",
    ):
        nothing_shown(owner, url, 503)
    for url in (page("packet", referral.pk), page("inbox"), f"/api/v1/inbox/{referral.pk}/"):
        nothing_shown(desk, url, 503)


def _flipped(sealed: bytes) -> bytes:
    data = bytearray(sealed)
    data[len(data) // 2] ^= 1
    return bytes(data)
