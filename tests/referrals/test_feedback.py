"""What she said of a service: sums of a service and a quarter, in words to editors, never a case."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from referrals import actions, statistics
from referrals.models import Referral, ServiceFeedback
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text
from tests.services.editors import client as editors_client
from tests.services.editors import make_editors

pytestmark = pytest.mark.django_db


def delivered(network: Network, **case: Any) -> Referral:
    desk = people.unlock(network.b.intake)
    _, _, referral = making.make_referral(network, **case)
    taken = making.take(desk, referral)
    started = actions.start(unlocked=desk, packet=making.packet(desk, taken), version=taken.version)
    return actions.deliver(
        unlocked=desk,
        packet=making.packet(desk, started),
        outcome="service_received",
        version=started.version,
    )


def test_what_she_said_is_added_once_and_leads_nowhere(network: Network) -> None:
    client, referral = client_of(network.owner), delivered(network)
    asked = page("referral_asked", referral.id)
    assert client.get(page("referral_feedback", referral.id)).status_code == 404, "nobody asked her yet"
    leads = client.post(asked, filled(text(client, asked), answer="yes"))["Location"]
    url = page("referral_feedback", referral.id)
    assert leads.startswith(url)
    html = text(client, url)
    assert "textarea" not in html
    assert 'type="text"' not in html
    nothing = client.post(url, filled(html))
    assert nothing.status_code == 422
    answers = filled(html, reached="yes", safe="no")
    for _ in range(2):
        assert client.post(url, answers).status_code == 303
    assert client.post(url, filled(html, key=str(referral.id), safe="no")).status_code == 422, (
        "once a referral"
    )
    sums = {row.question: (row.yes, row.no) for row in ServiceFeedback.objects.all()}
    assert sums == {"reached": (1, 0), "safe": (0, 1)}
    assert {column.name for column in ServiceFeedback._meta.concrete_fields} == {
        "id", "service", "quarter", "question", "yes", "no",
    }  # fmt: skip
    assert {row.quarter for row in ServiceFeedback.objects.all()} == {
        statistics.quarter_of(people.unlock(network.owner).today)
    }
    assert 'data-test="feedback"' not in text(client, page("referral", referral.id))


def test_who_did_not_agree_to_statistics_is_not_counted(network: Network) -> None:
    card = replace(making.CARD, statistics_consent=False)
    client, referral = client_of(network.owner), delivered(network, card=card)
    asked = page("referral_asked", referral.id)
    leads = client.post(asked, filled(text(client, asked), answer="yes"))["Location"]
    assert leads.startswith(page("referral", referral.id) + "?")
    assert client.get(page("referral_feedback", referral.id)).status_code == 404


def test_editors_read_words_after_the_quarter_and_from_five_answers_on(db: None) -> None:
    editors = make_editors()
    service = making.make_service(None)
    today = timezone.localdate()
    [over] = statistics.finished_quarters(today)[:1]
    for quarter, question, yes, no in (
        (over, "safe", 4, 0),
        (over, "respectful", 5, 1),
        (statistics.quarter_of(today), "again", 9, 0),
    ):
        ServiceFeedback.objects.create(service=service.pk, quarter=quarter, question=question, yes=yes, no=no)
    url = reverse("referrals:quality", args=[service.pk])
    html = editors_client(editors.first).get(url).content.decode()
    assert "Most said yes" in html
    assert "Fewer than five answers" in html
    assert "Would she go there again?" not in html, "this quarter is not over"
    [row] = editors_client(editors.first).get(f"/api/v1/services/{service.pk}/quality/").json()["results"]
    assert row["said"] == {"safe": "Fewer than five answers: not shown", "respectful": "Most said yes"}
    assert editors_client(editors.desk).get(url).status_code == 404
    assert Client().get(url).status_code == 302
