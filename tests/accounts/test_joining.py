"""From a paper code to a colleague with keys; roles, hand-over of keys, and removal at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, queries, sessions
from accounts.actions.signing_in import start_session
from accounts.errors import (
    CodeUnknown,
    KeysChanged,
    LastHolder,
    NameAlike,
    NameTaken,
    NotActive,
    NotAllowed,
    NotYourself,
    RolesApart,
    SetUpIncomplete,
    SignInFailed,
    WeakPassword,
)
from accounts.models import (
    Agency,
    Invitation,
    Keyring,
    Person,
    PersonKey,
    QuickWrap,
    RoleKey,
    RoleKeyHolding,
    Session,
    Slot,
)
from accounts.names import check_password
from accounts.roles import KeyName, RoleName
from accounts.signals import person_removed
from tests.accounts.test_signing_in import attempt
from tests.people import PASSWORD, Network, make_team, next_year, seed_of, sign_in, step_up, unlock
from vault import codes
from vault.errors import Refused
from vault.kdf import new_secret
from vault.keys import KeyPair


def invite(network: Network, *roles: str, name: str = "a.new", shown: str = "") -> actions.NewInvitation:
    return actions.invite(
        unlock(network.a.administrator),
        name=name,
        display_name=shown or f"{name} of A",
        roles=roles or (RoleName.CASEWORKER,),
        trained_until=next_year(),
        code_signed_until=next_year(),
    )


def accept(code: str, **changes: Any) -> actions.NewColleague:
    wanted: dict[str, Any] = {
        "code": code,
        "password": PASSWORD,
        "with_card": False,
        "address": "192.0.2.7",
        "now": timezone.now(),
    }
    return actions.accept_invitation(**(wanted | changes))


def activate(network: Network, person: Person) -> list[KeyName]:
    fingerprint = bytes(PersonKey.objects.get(person=person).fingerprint)
    return actions.activate(unlock(network.a.administrator), person=person, compared_fingerprint=fingerprint)


def join(network: Network, *roles: str) -> tuple[Person, list[KeyName]]:
    invited = invite(network, *roles)
    accept(invited.code)
    waiting = activate(network, invited.person)
    return Person.objects.get(pk=invited.person.pk), waiting


def test_a_new_colleague_joins(network: Network) -> None:
    invited = invite(network)
    colleague = accept(invited.code)
    key = PersonKey.objects.get(person=invited.person)
    assert key.root_signature is None
    with pytest.raises(NotActive):
        attempt(invited.person)
    with pytest.raises(Refused):
        queries.public_keys_of(unlock(network.owner), invited.person)
    assert activate(network, invited.person) == []
    public, _ = queries.public_keys_of(unlock(network.owner), invited.person)
    assert public.safety_number == colleague.safety_number
    new = unlock(invited.person)
    assert new.roles == {RoleName.CASEWORKER}
    assert new.role_keys(new.agency, KeyName.MEMBER)
    assert queries.public_keys_of(new, network.owner)
    assert attempt(invited.person).person == invited.person


def test_only_holders_of_the_root_invite(network: Network) -> None:
    with pytest.raises(Refused):
        actions.invite(
            unlock(network.owner),
            name="x.y",
            display_name="X",
            roles=[RoleName.CASEWORKER],
            trained_until=None,
            code_signed_until=None,
        )
    with pytest.raises(NameTaken):
        invite(network, name="A.Owner")
    with pytest.raises(RolesApart):
        invite(network, RoleName.SUPERVISOR, RoleName.CUSTODIAN)
    # A second one of somebody, as a caseworker reads it who is about to share a case. The last one is nobody.
    owner = network.owner.display_name
    alike = (
        owner,
        f" {owner.upper()}",
        owner.replace("e", "е"),
        f"{owner[:3]}\u200b{owner[3:]}",
        "\u202e\u2060",
    )
    for shown in alike:
        with pytest.raises(NameAlike):
            invite(network, shown=shown)
    assert not Invitation.objects.exists()
    assert invite(network, shown="Owner\u202e  the Younger").person.display_name == "Owner the Younger"


def test_a_code_works_once_for_seven_days_and_is_kept_nowhere(network: Network) -> None:
    invited = invite(network)
    row = Invitation.objects.get()
    stored = b"".join(bytes(getattr(row, name)) for name in ("code_hash", "root_check", "sealed_check_key"))
    assert codes.parse(invited.code) not in stored
    with pytest.raises(CodeUnknown):
        accept(codes.new_code())
    accept(invited.code)
    with pytest.raises(CodeUnknown):
        accept(invited.code)
    late = invite(network, name="a.late")
    with pytest.raises(CodeUnknown):
        accept(late.code, now=timezone.now() + timedelta(days=7))


def test_keys_not_made_with_the_paper_are_not_signed(network: Network) -> None:
    """Somebody in the database answers the invitation with keys of their own."""
    invited = invite(network)
    accept(invited.code)
    pair = KeyPair.from_seed(new_secret())
    PersonKey.objects.filter(person=invited.person).update(
        public=pair.public.to_bytes(), fingerprint=pair.public.fingerprint
    )
    with pytest.raises(KeysChanged):
        activate(network, invited.person)
    assert not Person.objects.get(pk=invited.person.pk).is_active


def test_keys_other_than_those_compared_are_not_signed(network: Network) -> None:
    invited = invite(network)
    accept(invited.code)
    with pytest.raises(KeysChanged):
        actions.activate(
            unlock(network.a.administrator), person=invited.person, compared_fingerprint=new_secret()
        )


def test_a_forged_root_is_noticed_by_the_new_colleague(network: Network) -> None:
    invited = invite(network)
    Invitation.objects.update(root_fingerprint=new_secret())
    with pytest.raises(Refused):
        accept(invited.code)


def test_an_invitation_can_be_taken_back(network: Network) -> None:
    invited = invite(network)
    actions.withdraw_invitation(unlock(network.a.administrator), person=invited.person)
    assert not Person.objects.filter(pk=invited.person.pk).exists()
    with pytest.raises(CodeUnknown):
        accept(invited.code)
    with pytest.raises(NotAllowed):
        actions.withdraw_invitation(unlock(network.a.administrator), person=network.owner)


def test_a_name_is_free_again_after_an_invitation_ran_out(network: Network) -> None:
    invited = invite(network)
    actions.sweep(now=timezone.now() + timedelta(days=8))
    assert not Invitation.objects.exists()
    actions.withdraw_invitation(unlock(network.a.administrator), person=invited.person)
    assert invite(network).person.name == invited.person.name


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaaaa", "abcabcabcabcabc", "123456789012345", "abcdefghijklmno", "ozoda.karimova1"],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "ozoda.karimova", "Ozoda Karimova")


@pytest.mark.parametrize("password", [PASSWORD, "daryo boʻyida uzoq yoʻl", "долгая дорога домой"])
def test_long_phrases_in_any_script_are_good(password: str) -> None:
    check_password(password, "ozoda.karimova", "Ozoda Karimova")


# --- Roles and their keys ---


def test_the_key_of_a_role_is_handed_over_by_a_holder(network: Network) -> None:
    person, waiting = join(network, RoleName.SUPERVISOR)
    assert waiting == [KeyName.AUDITOR, KeyName.CONTINUITY_A]
    with pytest.raises(Refused):
        unlock(person).role_keys(person.agency_id, KeyName.AUDITOR)
    supervisor = unlock(network.a.supervisor)
    assert {(one.person, one.key) for one in queries.waiting_for_my_keys(supervisor)} == {
        (person, KeyName.AUDITOR),
        (person, KeyName.CONTINUITY_A),
    }
    actions.hand_over_key(supervisor, person=person, name=KeyName.AUDITOR)
    assert unlock(person).role_keys(person.agency_id, KeyName.AUDITOR).public == (
        supervisor.role_keys(person.agency_id, KeyName.AUDITOR).public
    )
    with pytest.raises(Refused):
        actions.hand_over_key(unlock(network.owner), person=person, name=KeyName.CONTINUITY_A)
    with pytest.raises(NotAllowed):
        actions.hand_over_key(supervisor, person=network.owner, name=KeyName.AUDITOR)


def test_who_hands_a_key_over_reads_that_it_was(network: Network, client: Client) -> None:
    person, _waiting = join(network, RoleName.SUPERVISOR)
    supervisor = step_up(sign_in(client, network.a.supervisor))
    address = reverse("accounts:hand_over", args=[person.pk, KeyName.AUDITOR])
    assert "The key was handed over." in supervisor.post(address, follow=True).content.decode()


def test_a_key_nobody_holds_starts_afresh(network: Network) -> None:
    person, waiting = join(network, RoleName.INTAKE)
    assert waiting == []
    keys = unlock(person).role_keys(person.agency_id, KeyName.INBOX)
    assert queries.role_public_keys(unlock(network.owner), person.agency_id, KeyName.INBOX) == (
        keys.public,
        2,
    )


def test_nobody_gives_themselves_a_role_or_dates(network: Network) -> None:
    administrator = unlock(network.a.administrator)
    with pytest.raises(NotYourself):
        actions.assign_role(
            administrator,
            person=network.a.administrator,
            roles=[RoleName.ADMINISTRATOR, RoleName.CASEWORKER],
        )
    with pytest.raises(NotYourself):
        actions.remove_person(administrator, person=network.a.administrator)
    with pytest.raises(NotYourself):
        actions.set_dates(
            administrator,
            person=network.a.administrator,
            trained_until=next_year(),
            code_signed_until=next_year(),
        )


def test_only_the_root_key_changes_roles_and_only_at_home(network: Network) -> None:
    for caller, person, error in (
        (network.owner, network.colleague, Refused),
        (network.a.supervisor, network.colleague, Refused),
        (network.a.administrator, network.outsider, NotAllowed),
    ):
        with pytest.raises(error):
            actions.assign_role(unlock(caller), person=person, roles=[RoleName.ANALYST])
        with pytest.raises(error):
            actions.remove_person(unlock(caller), person=person)
        with pytest.raises(error):
            actions.set_dates(unlock(caller), person=person, trained_until=None, code_signed_until=None)


def test_supervisor_and_custodian_are_never_one_person(network: Network) -> None:
    with pytest.raises(RolesApart):
        actions.assign_role(
            unlock(network.a.administrator),
            person=network.a.supervisor,
            roles=[RoleName.SUPERVISOR, RoleName.CUSTODIAN],
        )


def test_the_last_holder_of_a_key_keeps_it(network: Network) -> None:
    administrator = unlock(network.a.administrator)
    with pytest.raises(LastHolder):
        actions.assign_role(administrator, person=network.a.supervisor, roles=[])
    with pytest.raises(LastHolder):
        actions.remove_person(administrator, person=network.a.custodian)
    assert unlock(network.a.supervisor).role_keys(network.a.agency, KeyName.AUDITOR)


def test_taking_a_role_away_starts_a_new_epoch_of_its_key(network: Network) -> None:
    administrator = unlock(network.b.administrator)
    before = unlock(network.b.intake2).role_keys(network.b.agency, KeyName.INBOX)
    actions.assign_role(administrator, person=network.b.intake, roles=[RoleName.CASEWORKER])
    with pytest.raises(Refused):
        unlock(network.b.intake).role_keys(network.b.agency, KeyName.INBOX)
    stays = unlock(network.b.intake2)
    public, epoch = queries.role_public_keys(unlock(network.owner), network.b.agency, KeyName.INBOX)
    assert epoch == 2
    assert stays.role_keys(network.b.agency, KeyName.INBOX).public == public != before.public
    # What came before the change stays readable to who remains.
    assert stays.role_keys(network.b.agency, KeyName.INBOX, 1).public == before.public
    assert stays.held_epochs(KeyName.INBOX) == [2, 1]


# --- Removal ---


def test_a_removed_person_is_out_at_once(network: Network) -> None:
    person, now = network.b.intake, timezone.now()
    session = start_session(person, seed=seed_of(person), is_waiting=False, now=now)
    heard = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs["person"].pk)

    person_removed.connect(listen)
    try:
        actions.remove_person(unlock(network.b.administrator), person=person)
    finally:
        person_removed.disconnect(listen)
    assert heard == [person.pk]
    assert sessions.find(*session, now=now) is None
    with pytest.raises(SignInFailed):
        attempt(person)
    for table in (Session, Slot, Keyring, RoleKeyHolding, QuickWrap):
        assert not table.objects.filter(person=person).exists()  # type: ignore[attr-defined]
    person.refresh_from_db()
    assert not person.is_active
    assert not person.groups.exists()
    with pytest.raises(Refused):
        queries.public_keys_of(unlock(network.b.worker), person)


def test_a_removed_person_with_an_old_copy_reads_nothing_new(network: Network) -> None:
    """They kept everything the database held about them, and somebody puts the rows back."""
    person = network.b.intake
    kept = [
        list(table.objects.filter(person=person))  # type: ignore[attr-defined]
        for table in (Slot, Keyring, RoleKeyHolding)
    ]
    actions.remove_person(unlock(network.b.administrator), person=person)
    for rows in kept:
        for row in rows:
            row.save(force_insert=True)
    person.is_active, person.removed_on = True, None
    person.save()
    old = unlock(person)
    public, epoch = queries.role_public_keys(unlock(network.owner), network.b.agency, KeyName.INBOX)
    assert epoch == 2
    assert old.role_keys(network.b.agency, KeyName.INBOX).public != public
    with pytest.raises(Refused):
        old.role_keys(network.b.agency, KeyName.INBOX, 2)


def test_what_a_removed_person_signed_stays_verifiable(network: Network) -> None:
    person, _ = join(network, RoleName.ADMINISTRATOR)
    # The first administrator wrapped the owner's member key; the new one removes them.
    actions.remove_person(unlock(person), person=network.a.administrator)
    owner = unlock(network.owner)
    assert owner.role_keys(owner.agency, KeyName.MEMBER, 1)
    assert owner.held_epochs(KeyName.MEMBER) == [2, 1]


# --- First set-up ---


def test_the_first_set_up_needs_its_three_roles(db: None) -> None:
    with pytest.raises(SetUpIncomplete):
        make_team("e", people={"administrator": RoleName.ADMINISTRATOR, "supervisor": RoleName.SUPERVISOR})
    assert not Agency.objects.exists()


def test_the_first_set_up_is_all_or_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.actions import founding

    def broken(*args: Any, **kwargs: Any) -> None:
        raise Refused

    monkeypatch.setattr(founding, "_test_decryption", broken)
    with pytest.raises(Refused):
        make_team("c")
    assert not Agency.objects.exists()
    assert not RoleKey.objects.exists()


def test_all_public_keys_of_a_new_agency_are_signed(network: Network, client: Client) -> None:
    for unlocked in map(unlock, network.a.people.values()):
        for name in KeyName:
            assert queries.role_public_keys(unlocked, network.a.agency, name)[1] == 1


def test_roles_added_to_an_invitation_by_another_hand_are_refused(network: Network) -> None:
    invited = invite(network, RoleName.CASEWORKER)
    accept(invited.code)
    Invitation.objects.filter(person=invited.person).update(roles=["administrator", "caseworker"])
    with pytest.raises(KeysChanged):
        activate(network, invited.person)
    assert not Person.objects.get(pk=invited.person.pk).is_active
    assert not RoleKeyHolding.objects.filter(person=invited.person).exists()
