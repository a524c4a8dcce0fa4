"""Behaviour 19: inside the clinical window health comes first, and no care waits for a police report."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.models import Referral
from services.codes import ServiceType
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import SENDING, client_of, decide, filled, page, text
from tests.referrals.sending import Ready

pytestmark = pytest.mark.django_db

RECENT = replace(
    making.INCIDENT,
    gbv_type="rape",
    time_window="within_72h",
    clinical_window_ends_at=timezone.now() + timedelta(hours=40),
    reported_elsewhere=False,
)


def test_medical_care_inside_the_window_is_an_emergency(network: Network) -> None:
    soon = timezone.now() + timedelta(hours=20)
    ready = Ready(network, incident=replace(making.INCIDENT, clinical_window_ends_at=soon))
    clinic = making.make_service(network.b.agency, service_type=ServiceType.HEALTH_MEDICAL, name="Clinic")
    consent = making.consent_to(ready.unlocked, ready.opened, clinic)
    referral = ready.send(consent=consent, urgency="routine")
    assert referral.policy == {"respond_s": 3600, "supervisor_s": 7200, "expire_s": 14400}


def test_health_stands_first_and_is_sent_as_an_emergency_without_any_report(network: Network) -> None:
    owner = client_of(network.owner)
    case = making.make_case(people.unlock(network.owner), incident=RECENT)
    health = making.make_service(network.b.agency, service_type=ServiceType.HEALTH_MEDICAL, name="Clinic")
    asked = text(owner, page("case_match", case.id))
    assert "Health first" in asked
    assert "She needs no police report for it." in asked
    assert re.search(r'<input[^>]*value="health_medical"[^>]*checked', asked)
    to_send = decide(owner, case, health)["Location"].partition("?")[0]
    asked = text(owner, to_send)
    assert "Health first" in asked
    sent = owner.post(to_send, filled(asked) | SENDING | {"urgency": "routine"})
    assert sent.status_code == 303
    assert Referral.objects.get().policy["respond_s"] == 3600
