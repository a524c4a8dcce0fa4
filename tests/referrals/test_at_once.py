"""Two people, or one person twice, at the same moment, on real connections."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection

from accounts.unlocked import Unlocked
from audit.errors import Denied
from referrals import access, actions, errors
from referrals.models import Case, CaseItem, Referral, ReferralUserPermission
from referrals.models.cases import Section
from tests import people
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


def both(*work: Callable[[], object]) -> list[object]:
    """Run the functions at the same moment, each on its own connection; return results or errors."""
    start, results = threading.Barrier(len(work)), [None] * len(work)

    def run(number: int, one: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            results[number] = one()  # type: ignore[call-overload]
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return list(results)


def test_two_desks_claim_at_once() -> None:
    network = people.get_network()
    _, _, referral = making.make_referral(network)
    pair = [people.unlock(person) for person in (network.b.intake, network.b.intake2)]
    packets = [access.packet_for(unlocked, referral.id) for unlocked in pair]

    def claim(number: int) -> Callable[[], object]:
        return lambda: actions.claim(unlocked=pair[number], packet=packets[number], version=referral.version)

    results = both(claim(0), claim(1))
    assert sorted(type(one).__name__ for one in results) == ["Referral", "SomeoneWasQuicker"]
    winner = next(number for number, one in enumerate(results) if isinstance(one, Referral))
    now = Referral.objects.get(pk=referral.id)
    assert (now.claimed_by_id, now.version) == (pair[winner].person.id, referral.version + 1)


def test_two_desks_accept_at_once() -> None:
    """Both believe to hold the claim; only its holder gets the identity, the other is told."""
    network = people.get_network()
    _, _, referral = making.make_referral(network)
    pair = [people.unlock(person) for person in (network.b.intake, network.b.intake2)]
    packets = [access.packet_for(unlocked, referral.id) for unlocked in pair]
    claimed = actions.claim(unlocked=pair[0], packet=packets[0])

    def accept(unlocked: Unlocked, number: int) -> Callable[[], object]:
        return lambda: actions.accept(unlocked=unlocked, packet=packets[number], version=claimed.version)

    results = both(accept(pair[0], 0), accept(pair[1], 1))
    assert isinstance(results[0], Referral)
    assert isinstance(results[1], errors.SomeoneWasQuicker)
    [row] = ReferralUserPermission.objects.filter(permission__codename="view_identity")
    assert row.user_id == network.b.intake.id
    with pytest.raises(Denied):
        access.identity_for(people.unlock(network.b.intake2), referral.id)


def test_accept_clicked_twice_at_once_does_nothing_twice() -> None:
    network = people.get_network()
    _, _, referral = making.make_referral(network)
    clicks = [people.unlock(network.b.intake) for _ in range(2)]
    packets = [access.packet_for(unlocked, referral.id) for unlocked in clicks]
    claimed = actions.claim(unlocked=clicks[0], packet=packets[0])
    form = uuid4()

    def click(number: int) -> Callable[[], object]:
        return lambda: actions.accept(
            unlocked=clicks[number], packet=packets[number], version=claimed.version, once=form
        )

    results = both(click(0), click(1))
    assert all(isinstance(one, Referral) for one in results), results
    assert Referral.objects.get(pk=referral.id).version == claimed.version + 1
    assert ReferralUserPermission.objects.filter(permission__codename="view_identity").count() == 1


def test_accept_and_withdrawal_at_once_leave_nothing_readable() -> None:
    network = people.get_network()
    case, consent, referral = making.make_referral(network)
    desk, owner = people.unlock(network.b.intake), people.unlock(network.owner)
    packet = access.packet_for(desk, referral.id)
    claimed = actions.claim(unlocked=desk, packet=packet)
    opened = making.edit(owner, case)
    results = both(
        lambda: actions.accept(unlocked=desk, packet=packet, version=claimed.version),
        lambda: actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent),
    )
    assert results[1] == 1
    with pytest.raises(Denied):
        access.identity_for(people.unlock(network.b.intake), referral.id)
    assert not ReferralUserPermission.objects.filter(permission__codename="view_identity").exists()


def test_two_colleagues_edit_at_once() -> None:
    network = people.get_network()
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    pair = [people.unlock(network.owner) for _ in range(2)]
    opened = [making.edit(unlocked, case) for unlocked in pair]
    revision = opened[0].revision(Section.CARD)

    def edit(number: int) -> Callable[[], object]:
        return lambda: actions.edit_section(
            unlocked=pair[number],
            opened=opened[number],
            section=Section.CARD,
            content=making.CARD,
            revision=revision,
        )

    results = both(edit(0), edit(1))
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "SomeoneWasQuicker"]
    assert CaseItem.objects.get(case=case, section=Section.CARD).revision == revision + 1


def test_new_case_posted_twice_at_once_is_one_case() -> None:
    network = people.get_network()
    clicks, form = [people.unlock(network.owner) for _ in range(2)], uuid4()

    def click(number: int) -> Callable[[], object]:
        return lambda: actions.open_case(unlocked=clicks[number], card=making.CARD, once=form)

    results = both(click(0), click(1))
    assert [type(one) for one in results] == [Case, Case]
    assert Case.objects.count() == 1
