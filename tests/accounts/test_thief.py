"""A thief has a copy of the whole database: every way in is tried, and nothing opens."""

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts import actions, minting
from accounts.actions import unlocking
from accounts.actions.signing_in import start_session
from accounts.models import Keyring, RoleKeyHolding, Session, Slot
from accounts.roles import RoleName
from tests.accounts.test_signing_in import switch_totp_on
from tests.people import PASSWORD, TEAMS, Network, Team, make_team, next_year, seed_of, unlock
from vault import codes, sessions, slots
from vault.envelope import Context, unseal
from vault.errors import Refused
from vault.keyring import open_keyring
from vault.keys import KeyPair

CHEAP = (64, 1, 1)


@dataclass(frozen=True)
class Loot:
    """Everything secret that exists while the database is copied, and who it belongs to."""

    secrets: dict[str, bytes]
    session: tuple[str, str]
    cards: Team


@pytest.fixture
def loot(network: Network) -> Loot:
    owner = network.owner
    cards = make_team("d", people=TEAMS["c"], with_card=True)
    session = start_session(owner, seed=seed_of(owner), is_waiting=False, now=timezone.now())
    start_session(network.colleague, seed=seed_of(network.colleague), is_waiting=True, now=timezone.now())
    totp_secret = switch_totp_on(network.colleague, timezone.now())
    invited = actions.invite(
        unlock(network.a.administrator),
        name="a.new",
        display_name="New of A",
        roles=[RoleName.CASEWORKER],
        trained_until=next_year(),
        code_signed_until=next_year(),
    )
    papers = cards.papers["outsider"]
    unlocked = unlock(owner)
    return Loot(
        secrets={
            "password": PASSWORD.encode(),
            "seed": seed_of(owner),
            "member seed": unlocked.role_keys(owner.agency_id, "member").seed,
            "keyring key": unlocked.keys.derive("keyring"),
            "session id": session[0].encode(),
            "session half": session[1].encode(),
            "totp secret": totp_secret,
            "invitation": codes.parse(invited.code),
            "card": codes.parse(papers.card or ""),
            "recovery code": codes.parse(papers.recovery_code),
            "pepper": minting.pepper(),
        },
        session=session,
        cards=cards,
    )


def cells() -> Iterator[bytes]:
    """Yield every value of every table of the copied database, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                for cell in row:
                    yield bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def spellings(secret: bytes) -> list[bytes]:
    """Return the forms in which a secret might be written down."""
    encoded = [secret, secret.hex().encode(), secret.hex().upper().encode(), repr(secret)[2:-1].encode()]
    encoded += [base64.b64encode(secret).rstrip(b"="), base64.urlsafe_b64encode(secret).rstrip(b"=")]
    if len(secret) == 16:
        encoded += [codes.to_text(secret).encode(), codes.to_text(secret).replace("-", "").encode()]
    return encoded


def test_no_secret_is_in_the_database(loot: Loot) -> None:
    stolen = list(cells())
    assert len(stolen) > 1000
    found = {
        name
        for name, secret in loot.secrets.items()
        for form in spellings(secret)
        for cell in stolen
        if form in cell
    }
    assert found == set()


def test_the_right_password_opens_no_slot_without_the_pepper(loot: Loot, network: Network) -> None:
    for pepper in (b"", b"pepper", b"\x00" * 32):
        for row in Slot.objects.filter(person=network.owner):
            with pytest.raises(Refused):
                open_slot(row, secret=PASSWORD, pepper=pepper, card=None)


def test_password_and_pepper_open_no_slot_that_has_a_card(loot: Loot) -> None:
    """Database and configuration both stolen, the password watched: the card is still missing."""
    row = Slot.objects.get(person=loot.cards.outsider, kind=Slot.Kind.PASSWORD_AND_CARD)
    for card in (None, bytes(16), codes.parse(codes.new_code())):
        with pytest.raises(Refused):
            open_slot(row, secret=PASSWORD, pepper=minting.pepper(), card=card)
    assert open_slot(row, secret=PASSWORD, pepper=minting.pepper(), card=loot.secrets["card"])


def open_slot(row: Slot, *, secret: str, pepper: bytes, card: bytes | None) -> bytes:
    return slots.open_slot(
        slots.Slot(bytes(row.salt), bytes(row.verifier_hash), bytes(row.sealed)),
        kind=row.kind,
        owner=str(row.person_id),
        secret=secret,
        pepper=pepper,
        card=card,
        cost=CHEAP,
    )


def test_sessions_open_with_nothing_the_database_or_the_configuration_holds(loot: Loot) -> None:
    row = Session.objects.get(is_waiting=False)
    guesses = [
        base64.urlsafe_b64encode(cell[:32]).decode().rstrip("=") for cell in cells() if len(cell) >= 32
    ]
    for guess in guesses:
        with pytest.raises(Refused):
            sessions.open_session(
                owner=str(row.person_id),
                id=guess,
                half=guess,
                sealed=bytes(row.sealed),
                pepper=minting.pepper(),
            )


def test_no_value_of_the_database_is_a_key_to_another(loot: Loot, network: Network) -> None:
    sealed = [
        (bytes(row.sealed), Context("slot", "", str(row.person_id), row.kind, 1, 1))
        for row in Slot.objects.filter(person=network.owner)
    ]
    ring = Keyring.objects.get(person=network.owner)
    for cell in cells():
        for start in range(0, max(1, min(len(cell), 128) - 31), 4):
            key = cell[start : start + 32].ljust(32, b"\x00")
            for box, context in sealed:
                with pytest.raises(Refused):
                    unseal(key, box, context)
        if len(cell) == 32:
            with pytest.raises(Refused):
                open_keyring(
                    KeyPair.from_seed(cell),
                    owner=str(network.owner.pk),
                    revision=ring.revision,
                    sealed=bytes(ring.sealed),
                )


def test_slots_and_keyrings_of_one_person_do_not_open_as_another_s(loot: Loot, network: Network) -> None:
    theirs = Slot.objects.get(person=network.colleague, kind=Slot.Kind.PASSWORD)
    for field in ("salt", "verifier_hash", "sealed"):
        setattr(theirs, field, getattr(Slot.objects.get(person=network.owner, kind=theirs.kind), field))
    theirs.save()
    with pytest.raises(Refused):
        unlocking.open_password_slot(network.colleague, password=PASSWORD, card=None)


def test_a_slot_relabelled_as_one_without_card_opens_nothing(loot: Loot) -> None:
    person = loot.cards.outsider
    Slot.objects.filter(person=person, kind=Slot.Kind.PASSWORD_AND_CARD).update(kind=Slot.Kind.PASSWORD)
    with pytest.raises(Refused):
        unlocking.open_password_slot(person, password=PASSWORD, card=None)


def test_every_binary_column_of_this_room_is_known(db: None) -> None:
    """A new sealed or hashed column must be looked at here before it exists."""
    from django.db.models import BinaryField

    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("accounts").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField)
    }
    public_or_signature = {
        "PersonKey.public",
        "PersonKey.fingerprint",
        "PersonKey.root_signature",
        "RoleKey.public",
        "RoleKey.fingerprint",
        "RoleKey.root_signature",
        "RoleKeyHolding.signature",
        "Membership.roles_signature",
        "Invitation.root_fingerprint",
        "Agreement.partner_root_fingerprint",
        "Agreement.root_signature",
    }
    hashed = {
        "Slot.salt",
        "Slot.verifier_hash",
        "Session.id_hash",
        "Throttle.key",
        "QuickWrap.digest",
        "Invitation.code_hash",
        "Invitation.root_check",
        "Invitation.keys_check",
    }
    sealed = {
        "Slot.sealed",
        "Keyring.sealed",
        "Session.sealed",
        "QuickWrap.sealed",
        "RoleKeyHolding.wrapped_key",
        "Invitation.sealed_check_key",
    }
    assert found == public_or_signature | hashed | sealed
    assert RoleKeyHolding._meta.get_field("wrapped_key").null is False


def test_two_unlocks_at_a_time_and_no_more(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = [], []

    def slow(**kwargs: Any) -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()

    monkeypatch.setattr(unlocking.slots, "burn", slow)

    def attempt() -> None:
        with pytest.raises(Refused):
            unlocking._open(None, secret="x", card=None)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2
    assert len(most) == 8
