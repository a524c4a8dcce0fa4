"""Behaviour 17: what lowers a protection takes two people, and who asked for it does not approve it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from referrals import actions as casework
from referrals import errors
from services import actions
from services.errors import NotAllowed
from services.models import Location, Proposal, Service
from tests.people import Network
from tests.referrals.sending import Ready
from tests.services.conftest import make, places_loaded
from tests.services.editors import client, make_editors

__all__ = ["make", "places_loaded"]  # fixtures of the directory's tests
pytestmark = pytest.mark.django_db


def test_a_confidential_site_is_made_public_by_two_editors(make: Callable[..., Service]) -> None:
    editors = make_editors()
    service = make()
    site = service.service_at_locations.get().location
    page = reverse("services:edit_site", args=[service.pk, site.pk])
    first, second = client(editors.first), client(editors.second)
    # Raising it takes one.
    first.post(page, {"key": str(uuid4()), "reason": "They asked", "conceal": "yes"})
    assert Location.objects.get(pk=site.pk).is_confidential
    seen: Any = first.get(page).context["seen"]
    first.post(page, {"key": str(uuid4()), "reason": "They moved", "seen": seen})
    asked = Proposal.objects.get(kind="reveal")
    with pytest.raises(NotAllowed):
        actions.approve(proposal_id=asked.pk, by=editors.first)
    decide = reverse("services:edit_proposal", args=[asked.pk])
    assert first.post(decide, {"approve": "yes"}).status_code == 422
    assert Location.objects.get(pk=site.pk).is_confidential
    assert second.post(decide, {"approve": "yes"}).status_code == 303
    assert not Location.objects.get(pk=site.pk).is_confidential


def test_nobody_confirms_their_own_consent(network: Network) -> None:
    ready = Ready(network)
    with pytest.raises(errors.WrongState):
        casework.confirm_consent(unlocked=ready.unlocked, opened=ready.opened, consent_id=ready.consent)
