"""Behaviour 22: for a child a guardian and the child, or two colleagues, decide; a guardian who did harm is
not asked, and where no age is known nobody is taken for an adult unasked."""

from dataclasses import replace

import pytest

from referrals import actions, errors
from referrals.models.cases import Section
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import SENDING, client_of, decide, filled, page, text
from tests.referrals.sending import CHILD, Ready, confirm, nothing_leaves

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("age", ["", "unknown"])
def test_an_open_age_is_asked_for_before_she_decides_herself(network: Network, age: str) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked, card=replace(making.CARD, age_band=age))
    service = making.make_service(network.b.agency)
    owner = client_of(network.owner)
    refused = decide(owner, case, service, told=["alias"])
    assert refused.status_code == 422
    assert 'href="#id_said_adult' in refused.content.decode()
    to_send = decide(owner, case, service, told=["alias"], said_adult="on")["Location"].partition("?")[0]
    assert owner.post(to_send, filled(text(owner, to_send)) | SENDING).status_code == 303
    # A child may stand behind it: a guardian and the child may decide as well.
    other = making.make_service(network.b.agency, name="Other")
    opened = making.edit(unlocked, case)
    consent = making.consent_to(unlocked, opened, other, given_by="guardian_with_assent")
    assert making.send_under(unlocked, opened, consent).state == "sent"


def test_an_age_that_became_open_stops_what_she_decided_herself(network: Network) -> None:
    ready = Ready(network)
    actions.edit_section(
        unlocked=ready.unlocked,
        opened=ready.opened,
        section=Section.CARD,
        content=replace(making.CARD, age_band="unknown"),
        revision=ready.opened.revision(Section.CARD),
    )
    with nothing_leaves(errors.AgeNotKnown):
        ready.send()


def test_a_guardian_is_asked_only_after_a_word_that_the_guardian_is_safe(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked, card=CHILD)
    service = making.make_service(network.b.agency)
    owner = client_of(network.owner)
    refused = decide(owner, case, service, told=["alias"], given_by="guardian_with_assent")
    assert refused.status_code == 422
    assert 'href="#id_guardian_is_safe' in refused.content.decode()
    given = {"given_by": "guardian_with_assent", "guardian_is_safe": "on"}
    to_send = decide(owner, case, service, told=["alias"], **given)["Location"].partition("?")[0]
    assert owner.post(to_send, filled(text(owner, to_send)) | SENDING).status_code == 303


def test_where_the_carer_did_it_the_page_offers_no_guardian_and_a_colleague_decides(network: Network) -> None:
    incident = replace(making.INCIDENT, perpetrator_relationship="primary_caregiver")
    unlocked = people.unlock(network.owner)
    case = making.make_case(unlocked, card=CHILD, incident=incident)
    service = making.make_service(network.b.agency)
    owner = client_of(network.owner)
    forced = {"given_by": "guardian_with_assent", "guardian_is_safe": "on"}
    refused = decide(owner, case, service, told=["alias"], **forced)
    assert refused.status_code == 422
    assert 'value="guardian_with_assent"' not in refused.content.decode()
    decide(owner, case, service, told=["alias"], given_by="best_interest")
    opened = making.edit(unlocked, case)
    [consent] = opened.consents()
    to_send = page("consent_send", case.id, consent.id)
    sending = filled(text(owner, to_send)) | SENDING
    assert owner.post(to_send, sending).status_code == 422  # nobody else has looked
    looks = page("consent_confirm", case.id, consent.id)
    assert owner.post(looks, filled(text(owner, looks))).status_code == 422  # not one's own record
    actions.share_case(unlocked=unlocked, opened=opened, person=network.colleague, to="edit")
    colleague = client_of(network.colleague)
    assert colleague.post(looks, filled(text(colleague, looks))).status_code == 303
    assert owner.post(to_send, filled(text(owner, to_send)) | SENDING).status_code == 303
