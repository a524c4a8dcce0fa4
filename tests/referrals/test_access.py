"""Who gets through a door: every condition alone, everything else being right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from guardian.core import ObjectPermissionChecker
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts import actions as accounts
from accounts.models import Agency, Membership, Person
from accounts.roles import KeyName, RoleName
from audit.errors import Denied
from referrals import access, actions, errors
from referrals.models import (
    Case,
    CaseUserPermission,
    Referral,
    ReferralGroupPermission,
    ReferralUserPermission,
)
from referrals.models.referrals import State
from tests import people
from tests.people import Network
from tests.referrals import log, making

pytestmark = pytest.mark.django_db


def case_door(network: Network, case: Case) -> object:
    return access.case_for(people.unlock(network.owner), case.id).card()


def test_outsiders_of_every_kind_get_the_same_404_and_are_written_down(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    team = network.a
    for person in (network.colleague, team.supervisor, team.custodian, team.administrator, team.analyst):
        for to in ("view", "edit"):
            with pytest.raises(Denied) as caught:
                access.case_for(people.unlock(person), case.id, to=to)
            body = log.written_down(caught.value, team)
            assert (body.actor, body.object, body.outcome) == (person.id, str(case.id), "denied")
    with pytest.raises(Denied):
        access.case_for(people.unlock(network.outsider), case.id)


def _lapse(column: str) -> Callable[[Network, Person], object]:
    def change(network: Network, person: Person) -> object:
        yesterday = timezone.localdate() - timedelta(days=1)
        return Membership.objects.filter(person=person).update(**{column: yesterday})

    return change


def _inactive(network: Network, person: Person) -> object:
    return Person.objects.filter(pk=person.pk).update(is_active=False)


def _no_roles(network: Network, person: Person) -> object:
    return person.groups.clear()


def _closed_agency(network: Network, person: Person) -> object:
    return Agency.objects.filter(pk=person.agency_id).update(is_active=False)


CHANGES = [_lapse("trained_until"), _lapse("code_signed_until"), _inactive, _no_roles, _closed_agency]
NAMES = ["training lapsed", "code of conduct lapsed", "inactive", "without a role", "agency closed"]


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_case_stays_shut_for(network: Network, change: Callable[[Network, Person], object]) -> None:
    case = making.make_case(people.unlock(network.owner))
    assert case_door(network, case)
    change(network, network.owner)
    with pytest.raises(Denied):
        case_door(network, case)
    owner = people.unlock(network.owner)
    assert list(access.cases_for(owner)) == []
    with pytest.raises(Denied):
        actions.open_case(unlocked=owner, card=making.CARD)


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_packet_stays_shut_for(network: Network, change: Callable[[Network, Person], object]) -> None:
    _, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    assert access.identity_for(desk, referral.id)
    change(network, network.b.intake)
    desk = people.unlock(network.b.intake)
    for door in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            door(desk, referral.id)
    assert list(access.inbox_for(desk)) == []
    assert access.ended_packet_for(desk, referral.id) is None


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_sent_referral_stays_shut_for(network: Network, change: Callable[[Network, Person], object]) -> None:
    _, _, referral = making.make_referral(network)
    change(network, network.owner)
    owner = people.unlock(network.owner)
    with pytest.raises(Denied):
        access.sent_referral_for(owner, referral.id)
    assert list(access.sent_for(owner)) == []


def test_expired_share_is_shut(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    ends = owner.now + timedelta(days=2)
    actions.share_case(
        unlocked=owner,
        opened=making.edit(owner, case),
        person=network.colleague,
        to="view",
        expires_at=ends,
    )
    assert access.case_for(people.unlock(network.colleague), case.id).card().alias == "Lola"
    over = making.later(network.colleague, days=2, seconds=1)
    with pytest.raises(Denied):
        access.case_for(over, case.id)
    assert list(access.cases_for(over)) == []


def test_share_to_look_is_not_a_share_to_edit(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.share_case(unlocked=owner, opened=making.edit(owner, case), person=network.colleague, to="view")
    colleague = people.unlock(network.colleague)
    opened = access.case_for(colleague, case.id)
    with pytest.raises(Denied):
        making.edit(colleague, case)
    with pytest.raises(Denied):
        actions.add_note(unlocked=colleague, opened=opened, text="a note")


def test_shared_colleague_neither_shares_nor_closes(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.share_case(unlocked=owner, opened=making.edit(owner, case), person=network.colleague, to="edit")
    colleague = people.unlock(network.colleague)
    opened = making.edit(colleague, case)
    with pytest.raises(Denied):
        actions.share_case(unlocked=colleague, opened=opened, person=network.a.supervisor, to="view")
    with pytest.raises(Denied):
        actions.close_case(unlocked=colleague, opened=opened)


def test_share_shows_what_was_sent_and_its_end_hides_it_again(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    actions.share_case(unlocked=owner, opened=opened, person=network.colleague, to="edit")
    colleague = people.unlock(network.colleague)
    assert access.sent_referral_for(colleague, referral.id).note.case_id == case.id
    actions.revoke_share(unlocked=owner, opened=making.edit(owner, case), person=network.colleague)
    colleague = people.unlock(network.colleague)
    for door in (
        lambda: access.sent_referral_for(colleague, referral.id),
        lambda: access.case_for(colleague, case.id),
    ):
        with pytest.raises(Denied):
            door()
    renewed = Case.objects.get(pk=case.pk)
    assert (renewed.key_epoch, renewed.rotation_due) == (2, False)


def test_a_share_that_ends_takes_what_was_sent_under_it(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    consent = making.consent_to(owner, making.edit(owner, case), making.make_service(network.b.agency))
    actions.share_case(
        unlocked=owner,
        opened=making.edit(owner, case),
        person=network.colleague,
        to="edit",
        expires_at=owner.now + timedelta(days=2),
    )
    colleague = people.unlock(network.colleague)
    referral = making.send_under(colleague, making.edit(colleague, case), consent)
    assert access.sent_referral_for(colleague, referral.id).note.case_id == case.id
    over = making.later(network.colleague, days=3)
    with pytest.raises(Denied):
        access.sent_referral_for(over, referral.id)
    assert list(access.sent_for(over)) == []


def test_who_lost_the_case_between_door_and_lock_changes_and_sends_nothing(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    opened = making.edit(owner, case)
    consent = making.consent_to(owner, opened, making.make_service(network.b.agency))
    actions.share_case(unlocked=owner, opened=opened, person=network.colleague, to="edit")
    colleague = people.unlock(network.colleague)
    waiting = making.edit(colleague, case)
    actions.revoke_share(unlocked=owner, opened=making.edit(owner, case), person=network.colleague)
    with pytest.raises(Denied):
        actions.add_note(unlocked=colleague, opened=waiting, text="a note")
    with pytest.raises(Denied):
        making.send_under(colleague, waiting, consent)
    assert not Referral.objects.exists()


def test_who_left_the_desk_between_door_and_lock_accepts_nothing(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    claimed = actions.claim(unlocked=desk, packet=making.packet(desk, referral))
    waiting = making.packet(desk, referral)
    accounts.assign_role(
        people.unlock(network.b.administrator), person=network.b.intake, roles=[RoleName.CASEWORKER]
    )
    with pytest.raises(Denied):
        actions.accept(unlocked=desk, packet=waiting, version=claimed.version)
    assert Referral.objects.get().state == State.SENT
    assert not ReferralUserPermission.objects.filter(user=network.b.intake).exists()


def test_nothing_is_shared_outside_the_agency(network: Network) -> None:
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    for person in (network.outsider, network.b.worker, network.owner, network.a.analyst):
        with pytest.raises(errors.Invalid):
            actions.share_case(unlocked=owner, opened=opened, person=person, to="view")


def test_removed_person_opens_nothing_and_their_rows_are_gone(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    kept = people.unlock(network.owner)  # a request that was under way
    accounts.remove_person(people.unlock(network.a.administrator), person=network.owner)
    assert not CaseUserPermission.objects.exists()
    assert not ReferralUserPermission.objects.exists()
    assert Case.objects.get(pk=case.pk).rotation_due
    with pytest.raises(Denied):
        access.case_for(kept, case.id)
    with pytest.raises(Denied):
        access.sent_referral_for(kept, referral.id)


def test_identity_needs_acceptance_by_exactly_this_worker(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    desk, colleague = people.unlock(network.b.intake), people.unlock(network.b.intake2)
    # Before acceptance nobody, though the whole desk holds the inbox key the handover is wrapped to.
    assert desk.role_keys(network.b.agency, KeyName.INBOX)
    for unlocked in (desk, colleague):
        with pytest.raises(Denied) as caught:
            access.identity_for(unlocked, referral.id)
    assert log.written_down(caught.value, network.b).object == str(referral.id)
    making.take(desk, referral)
    assert access.identity_for(desk, referral.id).alias == "Lola"
    # The desk's key was dropped at that moment: a colleague reads who has taken it, and nothing of it.
    for door in (access.identity_for, access.packet_for):
        with pytest.raises(Denied):
            door(colleague, referral.id)
    handed = access.handed_packet_for(colleague, referral.id)
    assert handed is not None
    assert handed.workers == (network.b.intake.display_name,)


def test_state_written_by_hand_opens_no_identity(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    Referral.objects.filter(pk=referral.pk).update(state=State.ACCEPTED, accepted_at=timezone.now())
    with pytest.raises(Denied):
        access.identity_for(people.unlock(network.b.intake), referral.id)


def test_identity_row_without_the_state_opens_nothing(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    Referral.objects.filter(pk=referral.pk).update(state=State.SENT)
    with pytest.raises(Denied):
        access.identity_for(desk, referral.id)


def test_colleague_does_not_act_on_what_another_accepted(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    colleague = people.unlock(network.b.intake2)
    packet = making.packet(colleague, referral)  # opened a moment before
    accepted = making.take(people.unlock(network.b.intake), referral)
    with pytest.raises(Denied):
        actions.start(unlocked=colleague, packet=packet, version=accepted.version)
    with pytest.raises(Denied):
        actions.fail(unlocked=colleague, packet=packet, reason="moved", version=accepted.version)


def test_sender_cannot_read_through_the_recipients_doors(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    for person in (network.owner, network.a.supervisor, network.b.supervisor, network.b.worker):
        for door in (access.packet_for, access.identity_for):
            with pytest.raises(Denied):
                door(people.unlock(person), referral.id)


# --- A permission without a key cannot exist ---


def _bare(row: type[models.Model], network: Network) -> dict[str, Any]:
    case, _, referral = making.make_referral(network)
    holder: dict[str, Any] = (
        {"group": Group.objects.get(role__agency=network.b.agency, role__name=RoleName.ADMINISTRATOR)}
        if row is ReferralGroupPermission
        else {"user": network.colleague}
    )
    codename = {CaseUserPermission: "view_case", ReferralUserPermission: "view_identity"}.get(
        row, "view_referral"
    )
    return {
        **holder,
        "permission": Permission.objects.get(content_type__app_label="referrals", codename=codename),
        "content_object": case if row is CaseUserPermission else referral,
        "key_epoch": 1,
        "recipient_key_epoch": 1,
        "granted_by": network.owner,
        # Without an end it would be an owner's row, and a case has one owner already.
        "expires_at": timezone.now() + timedelta(days=2),
    }


ROWS = [CaseUserPermission, ReferralUserPermission, ReferralGroupPermission]


@pytest.mark.parametrize("row", ROWS)
def test_permission_without_a_key_cannot_exist(network: Network, row: type[models.Model]) -> None:
    values = _bare(row, network)
    table = row._default_manager
    before = table.count()
    for keys in ({}, {"wrapped_key": b"x"}, {"signature": b"x"}):
        with pytest.raises(ValidationError):
            table.create(**values, **keys)
        with pytest.raises(IntegrityError), transaction.atomic():
            table.bulk_create([row(**values, **keys)])
    with pytest.raises(IntegrityError), transaction.atomic():
        table.update(wrapped_key=b"")
    with pytest.raises(IntegrityError), transaction.atomic():
        table.update(signature=b"")
    holder = values.get("user") or values.get("group")
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        assign_perm(values["permission"].codename, holder, values["content_object"])
    assert table.count() == before


def test_row_with_a_made_up_key_opens_nothing(network: Network) -> None:
    values = _bare(CaseUserPermission, network)
    CaseUserPermission.objects.create(**values, wrapped_key=b"HG\x01\x01noise", signature=b"s" * 64)
    case = values["content_object"]
    assert ObjectPermissionChecker(network.colleague).has_perm("view_case", case)
    colleague = people.unlock(network.colleague)
    with pytest.raises(Denied):
        access.case_for(colleague, case.id)
    [card] = access.open_case_cards(colleague, list(access.cases_for(colleague)))
    assert card.card is None


def test_guardians_generic_tables_open_nothing_and_stay_empty(network: Network) -> None:
    """A group row in guardian's generic table says yes for a case; there is no key in it."""
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()
    group = Group.objects.get(role__agency=network.a.agency, role__name=RoleName.CASEWORKER)
    GroupObjectPermission.objects.assign_perm("view_case", group, obj=case)
    assert ObjectPermissionChecker(network.colleague).has_perm("view_case", case)
    with pytest.raises(Denied):
        access.case_for(people.unlock(network.colleague), case.id)
