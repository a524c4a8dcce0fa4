"""Who is given what leaves a case: only who really holds it, whatever stands in the database."""

from datetime import timedelta

import pytest

from audit.errors import Denied
from referrals import access, actions, grants
from referrals.models import CaseUserPermission, Referral, ReferralUserPermission
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.security.test_behaviour_16_emergency_opening import ask, open_it, release

pytestmark = pytest.mark.django_db


def _send(network: Network, case: making.Case) -> Referral:
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    consent = making.consent_to(owner, opened, making.make_service(network.b.agency))
    return making.send_under(owner, opened, consent)


def test_a_row_written_into_the_database_is_given_nothing_that_is_sent(network: Network) -> None:
    """A colleague who writes in the database has no key to the case, and gets none to what leaves it."""
    owner, colleague = people.unlock(network.owner), people.unlock(network.colleague)
    case, own = making.make_case(owner), making.make_case(colleague)
    forged = CaseUserPermission.objects.get(
        content_object=own, permission_id=grants.permission_id(grants.VIEW_CASE)
    )
    forged.pk, forged._state.adding, forged.content_object = None, True, case
    forged.expires_at = owner.now + timedelta(days=30)
    # Signed by themselves, for what it is worth; and the same in the owner's name, which they cannot sign.
    for name in (network.colleague, network.owner):
        CaseUserPermission.objects.filter(content_object=case, user=network.colleague).delete()
        forged.pk, forged.granted_by = None, name
        forged.save(force_insert=True)
        referral = _send(network, case)
        assert not ReferralUserPermission.objects.filter(
            content_object=referral, user=network.colleague
        ).exists()
        with pytest.raises(Denied):
            access.sent_referral_for(people.unlock(network.colleague), referral.pk)


def test_who_was_given_the_case_still_reads_what_is_sent(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    opened = making.edit(owner, case)
    actions.share_case(unlocked=owner, opened=opened, person=network.colleague, to="edit")
    # Sent by the owner, and by who shares it: the other reads both.
    first = _send(network, case)
    colleague = people.unlock(network.colleague)
    opened = making.edit(colleague, case)
    consent = making.consent_to(colleague, opened, making.make_service(network.b.agency, name="Another"))
    second = making.send_under(colleague, opened, consent)
    for person in (network.owner, network.colleague):
        for referral in (first, second):
            access.sent_referral_for(people.unlock(person), referral.pk)


def test_who_reads_in_an_emergency_reads_nothing_else_and_in_no_list(network: Network) -> None:
    """What was sent meanwhile stayed open after the opening was ended; lists read without an own entry."""
    case = making.make_case(people.unlock(network.owner))
    opening = release(network, ask(network, case))
    supervisor = open_it(network, opening)
    assert not list(access.cases_for(supervisor))
    referral = _send(network, case)
    assert not ReferralUserPermission.objects.filter(
        content_object=referral, user=network.a.supervisor
    ).exists()
    access.case_for(people.unlock(network.a.supervisor), case.id).referrals()
    assert log.newest(network.a)[0].action == "emergency.read"
    actions.end_emergency(unlocked=people.unlock(network.a.custodian), opening=opening)
    with pytest.raises(Denied):
        access.sent_referral_for(people.unlock(network.a.supervisor), referral.pk)
