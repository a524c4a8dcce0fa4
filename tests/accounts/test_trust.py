"""Nobody who writes in the database can put their key in another's place, or a role in a hand."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import actions, queries, trust
from accounts.models import (
    Agreement,
    Keyring,
    Person,
    PersonKey,
    QuickWrap,
    Role,
    RoleKey,
    RoleKeyHolding,
)
from accounts.roles import KeyName, RoleName
from audit.registry import AuditorKeyMissing
from tests.people import Network, make_agreement, next_year, unlock
from vault.errors import Refused
from vault.grants import Info, wrap
from vault.kdf import new_secret
from vault.keys import KeyPair


def key_row(person: Person) -> PersonKey:
    return PersonKey.objects.get(person=person)


def put_key(row: PersonKey | RoleKey, pair: KeyPair) -> None:
    row.public, row.fingerprint = pair.public.to_bytes(), pair.public.fingerprint
    row.save()


def test_keys_of_a_colleague_are_found(network: Network) -> None:
    public, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    assert (public, epoch) == (unlock(network.colleague).keys.public, 1)


def test_keys_of_a_partner_agency_are_found_through_the_agreement(network: Network) -> None:
    public, _ = queries.role_public_keys(unlock(network.owner), network.b.agency, KeyName.INBOX)
    assert public == unlock(network.b.intake).role_keys(network.b.agency, KeyName.INBOX).public
    assert queries.public_keys_of(unlock(network.owner), network.b.worker)


def test_a_substituted_key_is_refused(network: Network) -> None:
    put_key(key_row(network.colleague), KeyPair.from_seed(new_secret()))
    with pytest.raises(Refused):
        queries.public_keys_of(unlock(network.owner), network.colleague)


def test_a_key_swapped_with_a_colleague_s_is_refused(network: Network) -> None:
    mine, theirs = key_row(network.a.analyst), key_row(network.colleague)
    theirs.public, theirs.fingerprint = mine.public, mine.fingerprint
    theirs.root_signature = mine.root_signature
    theirs.save()
    with pytest.raises(Refused):
        queries.public_keys_of(unlock(network.owner), network.colleague)


def test_a_key_of_a_higher_epoch_without_signature_is_not_taken(network: Network) -> None:
    pair = KeyPair.from_seed(new_secret())
    PersonKey.objects.create(
        person=network.colleague, epoch=2, public=pair.public.to_bytes(), fingerprint=pair.public.fingerprint
    )
    public, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    assert (public, epoch) == (unlock(network.colleague).keys.public, 1)


def test_a_person_moved_to_another_agency_is_refused(network: Network) -> None:
    Person.objects.filter(pk=network.outsider.pk).update(agency=network.a.agency)
    with pytest.raises(Refused):
        queries.public_keys_of(unlock(network.owner), network.outsider)


def test_a_whole_forged_root_is_refused(network: Network) -> None:
    """Somebody replaces the root and signs everything anew: the keyring pins the true one."""
    root, pair = KeyPair.from_seed(new_secret()), KeyPair.from_seed(new_secret())
    agency = network.a.agency
    row = RoleKey.objects.get(agency=agency, name=KeyName.ROOT)
    put_key(row, root)
    row.root_signature = root.sign(
        trust.role_key_message(agency=agency.id, name="root", epoch=1, public=root.public.to_bytes())
    )
    row.save()
    theirs = key_row(network.colleague)
    put_key(theirs, pair)
    theirs.root_signature = root.sign(
        trust.person_key_message(
            agency=agency.id, person=network.colleague.pk, epoch=1, public=pair.public.to_bytes()
        )
    )
    theirs.save()
    with pytest.raises(Refused):
        queries.public_keys_of(unlock(network.owner), network.colleague)


def test_a_substituted_inbox_key_of_a_partner_is_refused(network: Network) -> None:
    put_key(RoleKey.objects.get(agency=network.b.agency, name=KeyName.INBOX), KeyPair.from_seed(new_secret()))
    with pytest.raises(Refused):
        queries.role_public_keys(unlock(network.owner), network.b.agency, KeyName.INBOX)


def test_one_role_key_in_the_place_of_another_is_refused(network: Network) -> None:
    auditor = RoleKey.objects.get(agency=network.b.agency, name=KeyName.AUDITOR)
    inbox = RoleKey.objects.get(agency=network.b.agency, name=KeyName.INBOX)
    inbox.public, inbox.fingerprint, inbox.root_signature = (
        auditor.public,
        auditor.fingerprint,
        auditor.root_signature,
    )
    inbox.save()
    with pytest.raises(Refused):
        queries.role_public_keys(unlock(network.owner), network.b.agency, KeyName.INBOX)


def test_without_an_agreement_nothing_is_trusted(network: Network) -> None:
    owner = unlock(network.owner)
    assert not queries.has_agreement(owner, network.c.agency)
    with pytest.raises(Refused):
        queries.role_public_keys(owner, network.c.agency, KeyName.INBOX)
    with pytest.raises(Refused):
        queries.public_keys_of(owner, network.outsider)


@pytest.mark.parametrize("change", ["until", "root", "moved", "theirs"])
def test_a_changed_agreement_is_refused(network: Network, change: str) -> None:
    agreement = Agreement.objects.get(agency=network.a.agency)
    if change == "until":
        agreement.valid_until += timedelta(days=1)
    elif change == "root":
        agreement.partner_root_fingerprint = new_secret()
    elif change == "moved":
        agreement.partner = network.c.agency
    else:
        agreement.root_signature = Agreement.objects.get(agency=network.b.agency).root_signature
    agreement.save()
    for partner in (network.b.agency, network.c.agency):
        assert not queries.has_agreement(unlock(network.owner), partner)


def test_an_agreement_ends(network: Network) -> None:
    owner = unlock(network.owner)
    make_agreement(network.a, network.b, valid_until=owner.today)
    assert queries.has_agreement(owner, network.b.agency)
    owner.now += timedelta(days=1)
    assert not queries.has_agreement(owner, network.b.agency)
    with pytest.raises(Refused):
        queries.role_public_keys(owner, network.b.agency, KeyName.INBOX)
    # What they signed before stays verifiable.
    assert trust.signing_keys_of(owner, network.b.worker.pk)


# --- Role keys and grants ---


def test_everybody_holds_the_keys_of_their_roles_and_no_other(network: Network) -> None:
    held = {
        "owner": {KeyName.MEMBER},
        "analyst": {KeyName.MEMBER, KeyName.STATISTICS},
        "supervisor": {KeyName.MEMBER, KeyName.AUDITOR, KeyName.CONTINUITY_A},
        "custodian": {KeyName.MEMBER, KeyName.CONTINUITY_B},
        "administrator": {KeyName.MEMBER, KeyName.ROOT},
    }
    for name, keys in held.items():
        unlocked = unlock(network.a.people[name])
        for key in KeyName:
            if key in keys:
                assert unlocked.role_keys(network.a.agency, key)
            else:
                with pytest.raises(Refused):
                    unlocked.role_keys(network.a.agency, key)


def test_a_role_written_into_the_database_gives_no_key(network: Network) -> None:
    role = Role.objects.get(agency=network.a.agency, name=RoleName.SUPERVISOR)
    network.owner.groups.add(role.group)
    owner = unlock(network.owner)
    assert RoleName.SUPERVISOR in owner.roles
    with pytest.raises(Refused):
        owner.role_keys(owner.agency, KeyName.AUDITOR)
    with pytest.raises(Refused):
        actions.hand_over_key(unlock(network.a.supervisor), person=network.owner, name=KeyName.AUDITOR)


def test_a_holding_moved_to_somebody_else_opens_nothing(network: Network) -> None:
    RoleKeyHolding.objects.filter(person=network.a.supervisor, role_key__name=KeyName.AUDITOR).update(
        person=network.owner
    )
    with pytest.raises(Refused):
        unlock(network.owner).role_keys(network.a.agency, KeyName.AUDITOR)


@pytest.mark.parametrize("column", ["wrapped_key", "signature"])
def test_one_changed_bit_in_a_holding_is_refused(network: Network, column: str) -> None:
    row = RoleKeyHolding.objects.get(person=network.a.supervisor, role_key__name=KeyName.AUDITOR)
    value = bytearray(getattr(row, column))
    value[-1] ^= 1
    setattr(row, column, bytes(value))
    row.save()
    with pytest.raises(Refused):
        unlock(network.a.supervisor).role_keys(network.a.agency, KeyName.AUDITOR)


class Row:
    """What a permission row carries."""

    def __init__(self, grant: Any, granted_by: Person) -> None:
        self.wrapped_key, self.signature = grant.wrapped, grant.signature
        self.granted_by_id = granted_by.pk


def grant_to(network: Network, recipient: str, keys: Any, epoch: int, key: bytes) -> tuple[Row, Info]:
    info = Info(
        kind="case",
        object="some case",
        epoch=1,
        section="identity",
        recipient=recipient,
        recipient_epoch=epoch,
        recipient_fingerprint=keys.fingerprint,
        rights="view",
        not_after=0,
        granter=str(network.owner.pk),
    )
    return Row(wrap(key, info, keys, unlock(network.owner).keys), network.owner), info


def test_a_grant_to_a_person_opens_for_them_only(network: Network) -> None:
    owner, key = unlock(network.owner), new_secret()
    keys, epoch = queries.public_keys_of(owner, network.colleague)
    row, info = grant_to(network, str(network.colleague.pk), keys, epoch, key)
    assert unlock(network.colleague).open_grant(row, info) == key
    for other in (network.a.analyst, network.a.supervisor, network.outsider):
        with pytest.raises(Refused):
            unlock(other).open_grant(row, info)


def test_a_grant_to_a_role_of_a_partner_opens_for_its_holders(network: Network) -> None:
    owner, key = unlock(network.owner), new_secret()
    keys, epoch = queries.role_public_keys(owner, network.b.agency, KeyName.INBOX)
    row, info = grant_to(network, trust.role_recipient(network.b.agency.id, KeyName.INBOX), keys, epoch, key)
    for desk in (network.b.intake, network.b.intake2):
        assert unlock(desk).open_grant(row, info) == key
    for other in (network.b.worker, network.b.supervisor, network.outsider):
        with pytest.raises(Refused):
            unlock(other).open_grant(row, info)


def test_a_grant_signed_by_somebody_else_is_refused(network: Network) -> None:
    keys, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    row, info = grant_to(network, str(network.colleague.pk), keys, epoch, new_secret())
    row.granted_by_id = network.a.analyst.pk
    with pytest.raises(Refused):
        unlock(network.colleague).open_grant(row, info)


def test_a_grant_from_an_agency_without_agreement_is_refused(network: Network) -> None:
    keys, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    row, info = grant_to(network, str(network.colleague.pk), keys, epoch, new_secret())
    Person.objects.filter(pk=network.owner.pk).update(agency=network.c.agency)
    with pytest.raises(Refused):
        unlock(network.colleague).open_grant(row, info)


def test_a_list_opened_before_costs_one_query(network: Network, django_assert_num_queries: Any) -> None:
    keys, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    secrets = [new_secret() for _ in range(20)]
    rows = [grant_to(network, str(network.colleague.pk), keys, epoch, key) for key in secrets]
    first = unlock(network.colleague)
    assert first.open_grants(rows) == secrets
    first.finish()
    second = unlock(network.colleague)
    assert second.keys  # the keyring
    with django_assert_num_queries(1):
        assert second.open_grants(rows) == secrets


def test_a_quick_wrap_does_not_open_for_a_changed_grant(network: Network) -> None:
    keys, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    row, info = grant_to(network, str(network.colleague.pk), keys, epoch, new_secret())
    first = unlock(network.colleague)
    first.open_grant(row, info)
    first.finish()
    assert QuickWrap.objects.filter(person=network.colleague).count() == 1
    row.signature = bytes(64)
    with pytest.raises(Refused):
        unlock(network.colleague).open_grant(row, info)


def test_a_quick_wrap_of_somebody_else_or_damaged_is_not_believed(network: Network) -> None:
    key = new_secret()
    keys, epoch = queries.public_keys_of(unlock(network.owner), network.colleague)
    row, info = grant_to(network, str(network.colleague.pk), keys, epoch, key)
    first = unlock(network.colleague)
    first.open_grant(row, info)
    first.finish()
    QuickWrap.objects.update(person=network.a.analyst)
    with pytest.raises(Refused):
        unlock(network.a.analyst).open_grant(row, info)
    QuickWrap.objects.update(person=network.colleague, sealed=bytes(400))
    assert unlock(network.colleague).open_grant(row, info) == key


# --- The keyring ---


def test_the_keyring_opens_for_its_owner_and_its_revision_only(network: Network) -> None:
    row = Keyring.objects.get(person=network.owner)
    old = bytes(row.sealed)
    owner = unlock(network.owner)
    owner.keyring.put("checkpoint", "seen")
    owner.keyring.save()
    assert unlock(network.owner).keyring.get("checkpoint") == "seen"
    Keyring.objects.filter(person=network.owner).update(sealed=old)
    with pytest.raises(Refused):
        unlock(network.owner).keyring.get("checkpoint")
    Keyring.objects.filter(person=network.owner).update(
        sealed=Keyring.objects.get(person=network.colleague).sealed
    )
    with pytest.raises(Refused):
        unlock(network.owner).keyring.get("checkpoint")


def test_two_writers_of_one_keyring_both_keep_their_change(network: Network) -> None:
    first, second = unlock(network.owner), unlock(network.owner)
    first.keyring.put("checkpoint", "seen")
    second.keyring.put("totp_new", "00")
    first.keyring.save()
    second.keyring.save()
    fresh = unlock(network.owner).keyring
    assert (fresh.get("checkpoint"), fresh.get("totp_new")) == ("seen", "00")
    assert fresh.get("root") == first.keyring.get("root")


def test_the_keyring_is_written_once_a_request_and_only_when_changed(network: Network) -> None:
    owner = unlock(network.owner)
    before = Keyring.objects.get(person=network.owner).revision
    owner.keyring.put("checkpoint", "one")
    owner.keyring.put("checkpoint", "two")
    owner.finish()
    owner.finish()
    assert Keyring.objects.get(person=network.owner).revision == before + 1


def test_agreement_needs_the_root_key(network: Network) -> None:
    root = RoleKey.objects.get(agency=network.c.agency, name=KeyName.ROOT)
    with pytest.raises(Refused):
        actions.agree(
            unlock(network.owner),
            partner=network.c.agency,
            partner_root_fingerprint=bytes(root.fingerprint),
            valid_until=next_year(),
        )
    assert not Agreement.objects.filter(partner=network.c.agency).exists()


@pytest.mark.parametrize("root_epoch", [0, 9])
def test_a_second_root_put_in_the_database_does_not_seal_the_log_to_a_stranger(
    network: Network, root_epoch: int
) -> None:
    agency = network.a.agency
    honest = queries.auditor_key(agency.id)
    false_root, false_auditor = KeyPair.from_seed(new_secret()), KeyPair.from_seed(new_secret())
    for name, pair, epoch in ((KeyName.ROOT, false_root, root_epoch), (KeyName.AUDITOR, false_auditor, 9)):
        public = pair.public.to_bytes()
        message = trust.role_key_message(agency=agency.id, name=name, epoch=epoch, public=public)
        RoleKey.objects.create(
            agency=agency,
            name=name,
            epoch=epoch,
            public=public,
            fingerprint=pair.public.fingerprint,
            root_epoch=root_epoch,
            root_signature=false_root.sign(message),
        )
    with pytest.raises(AuditorKeyMissing):
        queries.auditor_key(agency.id)
    RoleKey.objects.get(agency=agency, name=KeyName.AUDITOR, epoch=9).delete()
    assert queries.auditor_key(agency.id) == honest


def test_the_auditor_key_is_checked_anew_when_anything_it_rests_on_changes(network: Network) -> None:
    """What was checked is remembered: a changed key, signature, epoch or root must not profit from it."""
    agency = network.a.agency.id
    honest = queries.auditor_key(agency)
    stranger = KeyPair.from_seed(new_secret()).public
    for name, change in (
        (KeyName.AUDITOR, {"public": stranger.to_bytes()}),
        (KeyName.AUDITOR, {"root_signature": bytes(64)}),
        (KeyName.AUDITOR, {"epoch": 7}),
        (KeyName.ROOT, {"public": stranger.to_bytes()}),
    ):
        rows = RoleKey.objects.filter(agency_id=agency, name=name)
        before = rows.values(*change).get()
        rows.update(**change)
        with pytest.raises(AuditorKeyMissing):
            queries.auditor_key(agency)
        rows.update(**before)
        assert queries.auditor_key(agency) == honest
