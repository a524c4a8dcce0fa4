"""Each guard of sending alone: everything else is right, this one thing is not, nothing leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import Agency, Agreement
from audit.errors import Denied
from referrals import access, actions, errors
from referrals.disclosure import Request
from referrals.models import Referral, ReferralGroupPermission, ReferralHalf
from referrals.models.cases import Section
from services.codes import LegalDuty, Publication, ServiceType
from services.models import Organization
from tests import people
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db


@contextmanager
def nothing_leaves(error: type[Exception]) -> Iterator[None]:
    before = Referral.objects.count()
    with pytest.raises(error):
        yield
    assert Referral.objects.count() == before
    assert ReferralHalf.objects.count() == 3 * before
    assert ReferralGroupPermission.objects.count() == before


class Ready:
    """A case with an active consent to agency B's shelter: everything is right for sending."""

    def __init__(self, network: Network, **case: Any) -> None:
        self.unlocked = people.unlock(network.owner)
        self.case = making.make_case(self.unlocked, **case)
        self.opened = making.edit(self.unlocked, self.case)
        self.service = making.make_service(network.b.agency)
        self.consent: UUID = making.consent_to(self.unlocked, self.opened, self.service)

    def send(self, **changes: Any) -> Referral:
        return making.send_under(self.unlocked, self.opened, changes.pop("consent", self.consent), **changes)


def test_all_guards_passed_it_leaves(network: Network) -> None:
    assert Ready(network).send().recipient_agency == network.b.agency


def test_no_consent(network: Network) -> None:
    ready = Ready(network)
    with nothing_leaves(Denied):
        ready.send(consent=uuid4())


def test_consent_of_another_case(network: Network) -> None:
    ready = Ready(network)
    other = making.edit(ready.unlocked, making.make_case(ready.unlocked))
    with nothing_leaves(Denied):
        making.send_under(ready.unlocked, other, ready.consent)


def test_refused_consent(network: Network) -> None:
    ready = Ready(network)
    refused = actions.record_refusal(
        unlocked=ready.unlocked, opened=ready.opened, service_id=ready.service.id
    )
    with nothing_leaves(errors.ConsentMissing):
        ready.send(consent=refused)


def test_withdrawn_consent(network: Network) -> None:
    ready = Ready(network)
    actions.withdraw_consent(unlocked=ready.unlocked, opened=ready.opened, consent_id=ready.consent)
    with nothing_leaves(errors.ConsentMissing):
        ready.send()


def test_consent_that_is_over(network: Network) -> None:
    ready = Ready(network)
    unlocked = making.later(network.owner, days=31)
    opened = making.edit(unlocked, ready.case)
    with nothing_leaves(errors.ConsentMissing):
        making.send_under(unlocked, opened, ready.consent)


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


@pytest.mark.parametrize(
    "words",
    ["call me, or her on 998001112233", "ask for Nigora", "LOLA waits", "the word is apricot", "444 55 66 0"],
)
def test_her_name_or_phone_in_the_words_for_the_desk(network: Network, words: str) -> None:
    ready = Ready(network)
    if words.startswith("444"):
        words = "call +998 00 444-55-66"
    with nothing_leaves(errors.NotSafe):
        ready.send(request=replace(making.REQUEST, how_to_reach_worker=words))


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


def _exclude(ready: Ready, *organizations: UUID) -> None:
    actions.edit_section(
        unlocked=ready.unlocked,
        opened=ready.opened,
        section=Section.INCIDENT,
        content=replace(ready.opened.incident(), excluded_organizations=organizations),
        revision=ready.opened.revision(Section.INCIDENT),
    )


def test_organization_she_excluded(network: Network) -> None:
    ready = Ready(network)
    _exclude(ready, ready.service.organization_id)
    with nothing_leaves(errors.ConflictFound):
        ready.send()


def test_other_listing_of_the_agency_she_excluded(network: Network) -> None:
    ready = Ready(network)
    other = Organization.objects.create(name="Other listing", agency=network.b.agency)
    _exclude(ready, other.id)
    with nothing_leaves(errors.ConflictFound):
        ready.send()


def test_branch_of_the_body_she_excluded(network: Network) -> None:
    ready = Ready(network)
    parent = Organization.objects.create(name="Parent body")
    Organization.objects.filter(pk=ready.service.organization_id).update(parent_organization=parent)
    _exclude(ready, parent.id)
    with nothing_leaves(errors.ConflictFound):
        ready.send()


def test_authority_of_the_perpetrators_kind_needs_a_second_look(network: Network) -> None:
    ready = Ready(network, incident=replace(making.INCIDENT, perpetrator_authority="police"))
    police = making.make_service(network.b.agency, service_type=ServiceType.POLICE_SECURITY, name="Desk")
    consent = making.consent_to(ready.unlocked, ready.opened, police)
    with nothing_leaves(errors.SecondLookNeeded):
        ready.send(consent=consent)
    confirm(network, ready, consent)
    assert ready.send(consent=consent).state == "sent"


def confirm(network: Network, ready: Ready, consent: UUID) -> None:
    actions.share_case(unlocked=ready.unlocked, opened=ready.opened, person=network.colleague, to="edit")
    second = people.unlock(network.colleague)
    actions.confirm_consent(unlocked=second, opened=making.edit(second, ready.case), consent_id=consent)
    ready.opened = making.edit(ready.unlocked, ready.case)


def test_nobody_confirms_their_own_consent(network: Network) -> None:
    ready = Ready(network)
    with pytest.raises(errors.WrongState):
        actions.confirm_consent(unlocked=ready.unlocked, opened=ready.opened, consent_id=ready.consent)


CHILD = replace(making.CARD, age_band="12-17")


def test_child_is_not_asked_alone(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked, card=CHILD))
    service = making.make_service(network.b.agency)
    with pytest.raises(errors.Invalid) as caught:
        making.consent_to(unlocked, opened, service)
    assert set(caught.value.fields) == {"given_by"}


def test_child_found_out_after_the_consent(network: Network) -> None:
    ready = Ready(network)
    actions.edit_section(
        unlocked=ready.unlocked,
        opened=ready.opened,
        section=Section.CARD,
        content=CHILD,
        revision=ready.opened.revision(Section.CARD),
    )
    with nothing_leaves(errors.MinorNeedsGuardian):
        ready.send()


def test_child_with_guardian_and_assent(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked, card=CHILD))
    service = making.make_service(network.b.agency)
    consent = making.consent_to(unlocked, opened, service, given_by="guardian_with_assent")
    assert making.send_under(unlocked, opened, consent).state == "sent"


def test_guardian_who_harmed_her_is_not_asked(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    incident = replace(making.INCIDENT, perpetrator_relationship="primary_caregiver")
    opened = making.edit(unlocked, making.make_case(unlocked, card=CHILD, incident=incident))
    service = making.make_service(network.b.agency)
    with pytest.raises(errors.Invalid):
        making.consent_to(unlocked, opened, service, given_by="guardian_with_assent")


def test_guardian_found_out_after_the_consent(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked, card=CHILD))
    service = making.make_service(network.b.agency)
    consent = making.consent_to(unlocked, opened, service, given_by="guardian_with_assent")
    actions.edit_section(
        unlocked=unlocked,
        opened=opened,
        section=Section.INCIDENT,
        content=replace(making.INCIDENT, perpetrator_relationship="primary_caregiver"),
        revision=opened.revision(Section.INCIDENT),
    )
    with nothing_leaves(errors.GuardianIsPerpetrator):
        making.send_under(unlocked, opened, consent)


def test_best_interest_needs_the_second_persons_own_signature(network: Network) -> None:
    ready = Ready.__new__(Ready)
    ready.unlocked = people.unlock(network.owner)
    ready.case = making.make_case(ready.unlocked, card=CHILD)
    ready.opened = making.edit(ready.unlocked, ready.case)
    ready.service = making.make_service(network.b.agency)
    ready.consent = making.consent_to(ready.unlocked, ready.opened, ready.service, given_by="best_interest")
    with nothing_leaves(errors.MinorNeedsGuardian):
        ready.send()
    # The recorder writes the colleague's name under it with their own hand: worth nothing.
    item = ready.opened.consent(ready.consent)
    forged = replace(
        item.content,
        second_person_id=network.colleague.id,
        second_person_signature=ready.unlocked.keys.sign(b"anything").hex(),
    )
    assert ready.opened.replace(Section.CONSENTS, item.id, forged, revision=item.revision)
    with nothing_leaves(errors.MinorNeedsGuardian):
        ready.send()
    confirm(network, ready, ready.consent)
    assert ready.send().state == "sent"


def test_confirmation_covers_exactly_what_was_looked_at(network: Network) -> None:
    ready = Ready(network, incident=replace(making.INCIDENT, perpetrator_authority="police"))
    police = making.make_service(network.b.agency, service_type=ServiceType.POLICE_SECURITY, name="Desk")
    consent = making.consent_to(ready.unlocked, ready.opened, police)
    confirm(network, ready, consent)
    item = ready.opened.consent(consent)
    widened = replace(item.content, fields=[*item.content.fields, "name"])
    assert ready.opened.replace(Section.CONSENTS, item.id, widened, revision=item.revision)
    with nothing_leaves(errors.SecondLookNeeded):
        ready.send(consent=consent)


def test_legal_duty_not_acknowledged_now(network: Network) -> None:
    ready = Ready(network)
    with nothing_leaves(errors.LegalDutyNotShown):
        ready.send(legal_duty_acknowledged=False)


@pytest.mark.parametrize(
    "change",
    [{"legal_duty_acknowledged": False}, {"legal_duty_hash": "0" * 64}],
)
def test_legal_duty_not_shown_before_she_decided(network: Network, change: dict[str, Any]) -> None:
    ready = Ready(network)
    with pytest.raises(errors.LegalDutyNotShown):
        making.consent_to(ready.unlocked, ready.opened, ready.service, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"legal_notification_duty": LegalDuty.POLICE},
        {"legal_notification_note": "They tell the police of everything now."},
    ],
)
def test_legal_duty_that_changed_since(network: Network, change: dict[str, str]) -> None:
    ready = Ready(network)
    Organization.objects.filter(pk=ready.service.organization_id).update(**change)
    with nothing_leaves(errors.LegalDutyNotShown):
        ready.send()


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


def test_medical_care_inside_the_window_is_an_emergency(network: Network) -> None:
    soon = timezone.now() + timedelta(hours=20)
    ready = Ready(network, incident=replace(making.INCIDENT, clinical_window_ends_at=soon))
    clinic = making.make_service(network.b.agency, service_type=ServiceType.HEALTH_MEDICAL, name="Clinic")
    consent = making.consent_to(ready.unlocked, ready.opened, clinic)
    referral = ready.send(consent=consent, urgency="routine")
    assert referral.policy == {"respond_s": 3600, "supervisor_s": 7200, "expire_s": 14400}
