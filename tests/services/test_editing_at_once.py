"""Two editors at the same moment, on real connections: one wins, the other is told."""

from uuid import uuid4

import pytest

from accounts.roles import RoleName
from services import actions
from services.errors import ChangedMeanwhile
from services.models import Location, Proposal, Service, ServiceAtLocation
from tests import people
from tests.referrals import making
from tests.referrals.test_at_once import both
from tests.services.editors import give_role, make_editors, propose

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_approve_and_one_turns_down_at_once() -> None:
    editors = make_editors()
    give_role(editors.network.a.analyst, RoleName.EDITOR)
    third = people.unlock(editors.network.a.analyst)
    service = making.make_service(editors.network.b.agency, service_type="psychosocial")
    proposal = propose(service, "service_names", editors.first, name="Decided once")
    results = both(
        lambda: actions.approve(proposal_id=proposal.pk, by=editors.second),
        lambda: actions.approve(proposal_id=proposal.pk, by=third),
        lambda: actions.reject(proposal_id=proposal.pk, reason="No.", by=third),
    )
    names = sorted(type(one).__name__ for one in results)
    assert names == ["ChangedMeanwhile", "ChangedMeanwhile", "Proposal"]
    proposal.refresh_from_db()
    said = Service.objects.get(pk=service.pk).name
    assert (said == proposal.after["name"]) == (proposal.state == Proposal.State.APPLIED)


def test_two_changes_of_one_section_are_not_approved_over_each_other() -> None:
    editors = make_editors()
    service = making.make_service(editors.network.b.agency, service_type="psychosocial")
    one = propose(service, "service_names", editors.first, name="One")
    two = propose(service, "service_names", editors.second, name="Two")
    results = both(
        lambda: actions.approve(proposal_id=one.pk, by=editors.second),
        lambda: actions.approve(proposal_id=two.pk, by=editors.first),
    )
    assert sorted(type(one).__name__ for one in results) == ["ChangedMeanwhile", "Proposal"]


def test_a_site_made_confidential_while_its_address_is_approved_ends_without_one() -> None:
    editors = make_editors()
    service = making.make_service(editors.network.b.agency, service_type="psychosocial")
    site = _site(service)
    rows = [
        {"id": str(uuid4()), "address_1": "Marker street", "address_2": "", "city": "", "postal_code": ""}
    ]
    proposal = propose(service, "site_address", editors.first, target=site, rows=rows)
    results = both(
        lambda: actions.approve(proposal_id=proposal.pk, by=editors.second),
        lambda: actions.conceal(
            key=uuid4(), service_id=service.pk, location_id=site.pk, why="", by=editors.first
        ),
    )
    assert isinstance(results[1], Proposal)
    assert isinstance(results[0], Proposal | ChangedMeanwhile)
    site.refresh_from_db()
    proposal.refresh_from_db()
    assert site.is_confidential
    assert not site.addresses.exists()
    assert (proposal.before, proposal.after) == ({}, {})


def _site(service: Service) -> Location:
    site = Location.objects.create(location_type="physical", organization=service.organization)
    ServiceAtLocation.objects.create(service=service, location=site)
    return site


def test_a_phone_approved_while_its_site_becomes_confidential_is_gone_too() -> None:
    editors = make_editors()
    service = making.make_service(editors.network.b.agency, service_type="psychosocial")
    site = _site(service)
    link = site.service_at_locations.get()
    rows = [{"id": str(uuid4()), "number": "+998 00 000 31 31", "extension": "", "description": ""}]
    proposal = propose(service, "link_phones", editors.first, target=link, rows=rows)
    results = both(
        lambda: actions.approve(proposal_id=proposal.pk, by=editors.second),
        lambda: actions.conceal(
            key=uuid4(), service_id=service.pk, location_id=site.pk, why="", by=editors.first
        ),
    )
    assert isinstance(results[1], Proposal)
    assert not link.phones.exists()
