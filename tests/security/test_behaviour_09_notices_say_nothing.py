"""Behaviour 9: a notice says that there is an update, and nothing of what, whose, from whom or where."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from services.actions.reminders import send_availability_reminders
from tests.people import Network
from tests.referrals import making
from tests.services.test_reminders import noon, reported

pytestmark = pytest.mark.django_db


def test_a_mail_to_a_desk_has_no_id_no_name_and_no_number(network: Network, settings: Any) -> None:
    settings.SITE_URL, settings.MAIL_HOST = "https://hamroh.example/", "mail.example"
    service = making.make_service(network.b.agency, name="Marker house")
    service.organization.email = "desk@agency.example"
    service.organization.save(update_fields=["email"])
    case, _, referral = making.make_referral(network, service=service)
    reported(service, noon() - timedelta(hours=30))
    send_availability_reminders(now=noon())
    [sent] = mail.outbox
    assert sent.to == ["desk@agency.example"]
    whole = sent.message().as_bytes().decode("utf-8", "replace")
    said = f"{sent.subject} {sent.body}"
    for hers in (case.id, referral.id, service.pk, service.organization_id, network.owner.id):
        assert str(hers) not in whole
    for word in ("Marker", "house", "safe", network.a.agency.name, network.b.agency.name, "Owner", "Lola"):
        assert word not in said
    assert not re.search(r"\d", said)
    assert not sent.attachments
