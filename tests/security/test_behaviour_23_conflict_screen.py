"""Behaviour 23: nothing goes to whom she excluded, however they are listed, and an authority like the one
who harmed her is told only after a second colleague has looked."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals import errors
from referrals.destination import everybody_behind
from services.codes import ServiceType
from services.models import Organization
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, page
from tests.referrals.sending import Ready, confirm, exclude, nothing_leaves

pytestmark = pytest.mark.django_db


def test_organization_she_excluded(network: Network) -> None:
    ready = Ready(network)
    exclude(ready, ready.service.organization_id)
    with nothing_leaves(errors.ConflictFound):
        ready.send()


def test_other_listing_of_the_agency_she_excluded(network: Network) -> None:
    ready = Ready(network)
    other = Organization.objects.create(name="Other listing", agency=network.b.agency)
    exclude(ready, other.id)
    with nothing_leaves(errors.ConflictFound):
        ready.send()


@pytest.mark.parametrize("levels", [1, 2, 12])
def test_a_branch_at_any_depth_below_whom_she_excluded(network: Network, levels: int) -> None:
    ready = Ready(network)
    below = ready.service.organization
    for level in range(levels):
        above = Organization.objects.create(name=f"Body {level}")
        Organization.objects.filter(pk=below.pk).update(parent_organization=above)
        below = above
    exclude(ready, below.pk)
    with nothing_leaves(errors.ConflictFound):
        ready.send()
    found = (
        client_of(network.owner)
        .post(page("case_match", ready.case.id), {"service_type": "safe_house"})
        .content.decode()
    )
    assert f'data-service="{ready.service.pk}"' not in found


def test_a_branch_of_another_listing_of_the_same_agency(network: Network) -> None:
    """She excluded one listing; the place belongs to another listing of the same agency, one level down."""
    ready = Ready(network)
    excluded = Organization.objects.create(name="First listing", agency=network.c.agency)
    above = Organization.objects.create(name="Second listing", agency=network.c.agency)
    Organization.objects.filter(pk=ready.service.organization_id).update(parent_organization=above)
    exclude(ready, excluded.pk)
    with nothing_leaves(errors.ConflictFound):
        ready.send()


def test_a_circle_ends_and_depth_costs_nothing(network: Network) -> None:
    chain = [Organization.objects.create(name=f"Body {number}") for number in range(30)]
    for above, below in zip(chain, [*chain[1:], chain[0]], strict=True):
        Organization.objects.filter(pk=below.pk).update(parent_organization=above)
    stranger = Organization.objects.create(name="Somebody else", agency=network.b.agency)
    with CaptureQueriesContext(connection) as captured:
        behind = everybody_behind([chain[0].pk])
    assert len(captured) == 3
    assert behind == {one.pk for one in chain}
    assert stranger.pk not in behind


def test_authority_of_the_perpetrators_kind_needs_a_second_look(network: Network) -> None:
    ready = Ready(network, incident=replace(making.INCIDENT, perpetrator_authority="police"))
    police = making.make_service(network.b.agency, service_type=ServiceType.POLICE_SECURITY, name="Desk")
    found = client_of(network.owner).post(
        page("case_match", ready.case.id), {"service_type": ServiceType.POLICE_SECURITY}
    )
    place = found.content.decode().partition(f'data-service="{police.pk}"')[2]
    # Said before anything that speaks for it.
    assert "has power in such a place" in place.partition('<ul class="reasons">')[2].partition("</li>")[0]
    consent = making.consent_to(ready.unlocked, ready.opened, police)
    with nothing_leaves(errors.SecondLookNeeded):
        ready.send(consent=consent)
    confirm(network, ready, consent)
    assert ready.send(consent=consent).state == "sent"
