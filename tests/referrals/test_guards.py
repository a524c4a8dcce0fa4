"""Each guard of sending alone: everything else is right, this one thing is not, nothing leaves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Agency, Agreement
from audit.errors import Denied
from referrals import access, actions, errors
from referrals.disclosure import Request
from referrals.models import Referral
from referrals.models.cases import Section
from services.codes import Publication, ServiceType
from services.models import Organization
from tests.people import Network
from tests.referrals import making
from tests.referrals.sending import Ready, confirm, nothing_leaves

pytestmark = pytest.mark.django_db


def test_all_guards_passed_it_leaves(network: Network) -> None:
    assert Ready(network).send().recipient_agency == network.b.agency


def test_consent_of_another_case(network: Network) -> None:
    ready = Ready(network)
    other = making.edit(ready.unlocked, making.make_case(ready.unlocked))
    with nothing_leaves(Denied):
        making.send_under(ready.unlocked, other, ready.consent)


def test_service_that_moved_to_another_organization(network: Network) -> None:
    ready = Ready(network)
    ready.service.organization = Organization.objects.create(name="Another", agency=network.b.agency)
    ready.service.save()
    with nothing_leaves(errors.ConsentDoesNotCover):
        ready.send()


def test_service_that_became_another_kind(network: Network) -> None:
    ready = Ready(network)
    ready.service.service_type = ServiceType.POLICE_SECURITY
    ready.service.save()
    with nothing_leaves(errors.ConsentDoesNotCover):
        ready.send()


def test_service_that_left_the_directory(network: Network) -> None:
    ready = Ready(network)
    ready.service.publication = Publication.HIDDEN
    ready.service.save()
    with nothing_leaves(errors.ConsentDoesNotCover):
        ready.send()


@pytest.mark.parametrize(
    ("field", "request_"),
    [
        ("needs", Request(how_to_reach_worker="desk", needs="a warm room")),
        ("household_size", Request(how_to_reach_worker="desk", household_size=3)),
    ],
)
def test_words_that_the_consent_does_not_name(network: Network, field: str, request_: Request) -> None:
    ready = Ready(network)
    fields = [one for one in making.FIELDS if one != field]
    narrow = making.consent_to(ready.unlocked, ready.opened, ready.service, fields=fields)
    with nothing_leaves(errors.ConsentDoesNotCover):
        ready.send(consent=narrow, request=request_)


def test_organization_that_does_not_take_part(network: Network) -> None:
    ready = Ready(network)
    service = making.make_service(None, name="Only listed")
    consent = making.consent_to(ready.unlocked, ready.opened, service)
    with nothing_leaves(errors.AgreementMissing):
        ready.send(consent=consent)


def test_own_agency_is_no_destination(network: Network) -> None:
    ready = Ready(network)
    service = making.make_service(network.a.agency, name="Our own")
    consent = making.consent_to(ready.unlocked, ready.opened, service)
    with nothing_leaves(errors.AgreementMissing):
        ready.send(consent=consent)


@pytest.mark.parametrize("change", [{"is_active": False}, {"provides_services": False}])
def test_recipient_that_is_not_active(network: Network, change: dict[str, bool]) -> None:
    ready = Ready(network)
    Agency.objects.filter(pk=network.b.agency.pk).update(**change)
    with nothing_leaves(errors.AgreementMissing):
        ready.send()


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("how", ["missing", "over"])
def test_agreement_of_either_side(network: Network, side: str, how: str) -> None:
    ready = Ready(network)
    agency = network.a.agency if side == "ours" else network.b.agency
    rows = Agreement.objects.filter(agency=agency)
    if how == "missing":
        rows.delete()
    else:
        rows.update(valid_until=timezone.localdate() - timedelta(days=1))
    with nothing_leaves(errors.AgreementMissing):
        ready.send()


def test_nothing_leaves_that_was_not_read_to_her(network: Network) -> None:
    ready = Ready(network, incident=replace(making.INCIDENT, perpetrator_authority="police"))
    police = making.make_service(network.b.agency, service_type=ServiceType.POLICE_SECURITY, name="Desk")
    consent = making.consent_to(ready.unlocked, ready.opened, police)
    confirm(network, ready, consent)
    item = ready.opened.consent(consent)
    widened = replace(item.content, fields=[*item.content.fields, "name"])
    assert ready.opened.replace(Section.CONSENTS, item.id, widened, revision=item.revision)
    with nothing_leaves(errors.ConsentDoesNotCover):
        ready.send(consent=consent)


def test_legal_duty_not_acknowledged_now(network: Network) -> None:
    ready = Ready(network)
    with nothing_leaves(errors.LegalDutyNotShown):
        ready.send(legal_duty_acknowledged=False)


def test_one_live_referral_to_a_service(network: Network) -> None:
    ready = Ready(network)
    ready.send()
    again = making.consent_to(ready.unlocked, ready.opened, ready.service)
    with nothing_leaves(errors.AlreadySent):
        ready.send(consent=again)


def test_ended_referral_does_not_stand_in_the_way(network: Network) -> None:
    ready = Ready(network)
    first = ready.send()
    actions.cancel(unlocked=ready.unlocked, opened=ready.opened, referral_id=first.id, version=first.version)
    assert ready.send().id != first.id


def test_closed_case(network: Network) -> None:
    ready = Ready(network)
    actions.close_case(unlocked=ready.unlocked, opened=ready.opened)
    with nothing_leaves(errors.WrongState):
        ready.send()


def test_case_opened_to_look_only(network: Network) -> None:
    ready = Ready(network)
    ready.opened = access.case_for(ready.unlocked, ready.case.id)
    with nothing_leaves(Denied):
        ready.send()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"urgency": "whenever"}, "urgency"),
        ({"request": Request(how_to_reach_worker=" ")}, "how_to_reach_worker"),
    ],
)
def test_form_that_is_not_right(network: Network, change: dict[str, Any], field: str) -> None:
    ready = Ready(network)
    with nothing_leaves(errors.Invalid):
        ready.send(**change)


def test_same_form_posted_twice_sends_once(network: Network) -> None:
    ready = Ready(network)
    form = uuid4()
    first = ready.send(once=form)
    again = Ready.send(ready, once=form)
    assert first.id == again.id
    assert Referral.objects.count() == 1
