"""An entry of the directory was merged into another, or forgotten: what a case may still do with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.errors import AlreadySent, ConflictFound, ConsentDoesNotCover, WrongState
from services import actions as directory
from services.models import Service
from tests import people
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db


def two_entries(network: Network) -> tuple[Service, Service]:
    """List one shelter twice: under the body that agency B stands behind, and once more by hand."""
    kept = making.make_service(network.b.agency, name="Kept")
    return kept, making.make_service(None, name="Dropped")


def merge(network: Network, kept: Service, dropped: Service) -> None:
    directory.merge(kept_id=kept.id, dropped_id=dropped.id, by=people.unlock(network.owner))


def test_a_second_referral_does_not_slip_past_under_the_other_id(network: Network) -> None:
    old, new = (making.make_service(network.b.agency, name=name) for name in ("Old", "New"))
    case, _, _ = making.make_referral(network, service=old)
    merge(network, new, old)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    consent = making.consent_to(owner, opened, new)
    with pytest.raises(AlreadySent):
        making.send_under(owner, opened, consent)


def test_a_consent_to_a_merged_entry_is_asked_again_and_not_led_on(network: Network) -> None:
    old, new = (making.make_service(network.b.agency, name=name) for name in ("Old", "New"))
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    consent = making.consent_to(owner, opened, old)
    merge(network, new, old)
    with pytest.raises(ConsentDoesNotCover):
        making.send_under(owner, opened, consent)
    with pytest.raises(WrongState):
        making.consent_to(owner, opened, old)


def test_whom_she_excluded_stays_excluded_under_the_entry_that_was_kept(network: Network) -> None:
    kept, dropped = two_entries(network)
    merge(network, kept, dropped)
    owner = people.unlock(network.owner)
    excluded = replace(making.INCIDENT, excluded_organizations=(dropped.organization_id,))
    opened = making.edit(owner, making.make_case(owner, incident=excluded))
    consent = making.consent_to(owner, opened, kept)
    with pytest.raises(ConflictFound):
        making.send_under(owner, opened, consent)


def test_nothing_is_sent_to_an_entry_that_nobody_stood_for_in_a_year_and_a_half(network: Network) -> None:
    service = making.make_service(network.b.agency)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    consent = making.consent_to(owner, opened, service)
    Service.objects.update(vouched_on=timezone.localdate() - timedelta(days=600))
    with pytest.raises(ConsentDoesNotCover):
        making.send_under(owner, opened, consent)
