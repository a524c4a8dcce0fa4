"""Attacks that once worked, each as its attacker would try it."""

import json
from uuid import uuid4

import pytest

from tests.people import Network
from tests.referrals import making
from tests.referrals.asking import Asker

pytestmark = pytest.mark.django_db


def test_half_a_letter_is_no_text(network: Network) -> None:
    """JSON can say half of a surrogate pair, which no database and no page can be written with."""
    desk = Asker(network.b.intake)
    desk.client.raise_request_exception = False
    service = making.make_service(network.b.agency)
    for body in ({"status": "capacity", "note": "\ud800"}, {"status": "capacity", "\udfff": ""}):
        answer = desk.client.post(
            f"/api/v1/services/{service.pk}/availability/",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 400, answer.content
