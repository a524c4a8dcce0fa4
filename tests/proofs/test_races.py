"""Two at the same moment, on real connections, again and again: one wins where one may, the other is told."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from referrals import access, actions, errors, grants
from referrals.actions.clock import Pass, tick
from referrals.models import Case, CaseHalf, CaseUserPermission, Referral
from referrals.models.referrals import State
from tests import people
from tests.proofs.rounds import ROUNDS, TOLD, Sent, World, is_open, nearly_at_once, one_and_one, say
from tests.referrals import making

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]


def test_claim_against_claim() -> None:
    world, won = World(), Counter[str]()
    for _round in range(ROUNDS):
        sent = world.send()
        pair = [people.unlock(world.person(name)) for name in ("intake", "intake2")]
        packets = [making.packet(one, sent.referral) for one in pair]
        version = sent.referral.version
        results = nearly_at_once(
            *(
                partial(actions.claim, unlocked=one, packet=packet, version=version)
                for one, packet in zip(pair, packets, strict=True)
            )
        )
        winner = one_and_one(results, Referral, errors.SomeoneWasQuicker)
        now = world.holds(sent)
        assert (now.state, now.claimed_by_id, now.version) == ("sent", pair[winner].person.id, version + 1)
        world.both_logs_verify()
        assert world.times("referral.claim", now.pk) == (1, 1)
        won[("first", "second")[winner]] += 1
    say(f"claim against claim: {dict(won)}")


def test_accept_against_accept() -> None:
    """Two windows of who holds the claim, and by turns a colleague who does not."""
    world, won = World(), Counter[str]()
    for turn in range(ROUNDS):
        sent = world.send()
        second = "intake2" if turn % 4 == 3 else "intake"
        pair = [people.unlock(world.person(name)) for name in ("intake", second)]
        packets = [making.packet(one, sent.referral) for one in pair]
        claimed = actions.claim(unlocked=pair[0], packet=packets[0])
        results = nearly_at_once(
            *(
                partial(actions.accept, unlocked=one, packet=packet, version=claimed.version)
                for one, packet in zip(pair, packets, strict=True)
            )
        )
        winner = one_and_one(results, Referral, TOLD)
        assert second == "intake" or winner == 0
        now = world.holds(sent, workers={"intake"})
        assert (now.state, now.version) == ("accepted", claimed.version + 1)
        world.both_logs_verify()
        assert world.times("referral.accept", now.pk) == (1, 1)
        won[("first", "second")[winner]] += 1
    say(f"accept against accept: {dict(won)}")


def test_withdrawal_against_accept() -> None:
    """Whoever comes first: in the end nobody at the recipient reads anything."""
    world, won = World(), Counter[str]()
    for _round in range(ROUNDS):
        sent = world.send()
        desk, owner = (people.unlock(world.person(name)) for name in ("intake", "owner"))
        packet = making.packet(desk, sent.referral)
        claimed = actions.claim(unlocked=desk, packet=packet)
        opened = making.edit(owner, sent.case)
        accepted, withdrawn = nearly_at_once(
            partial(actions.accept, unlocked=desk, packet=packet, version=claimed.version),
            partial(actions.withdraw_consent, unlocked=owner, opened=opened, consent_id=sent.consent),
        )
        assert withdrawn == 1
        was_first = isinstance(accepted, Referral)
        assert was_first or isinstance(accepted, TOLD), accepted
        _nothing_is_left(world, sent)
        assert Referral.objects.get(pk=sent.referral.pk).version == claimed.version + 1 + was_first
        assert world.times("referral.accept", sent.referral.pk) == (was_first, was_first)
        won["accepted first" if was_first else "withdrawn first"] += 1
    say(f"withdrawal against accept: {dict(won)}")


def test_giving_on_against_withdrawal() -> None:
    world, won = World(), Counter[str]()
    for turn in range(ROUNDS):
        sent = world.send()
        desk, owner = (people.unlock(world.person(name)) for name in ("intake", "owner"))
        taken = making.take(desk, sent.referral)
        packet, opened = making.packet(desk, taken), making.edit(owner, sent.case)
        about: dict[str, Any] = {"person": world.person("worker"), "stay": turn % 2 == 0}
        assigned, withdrawn = nearly_at_once(
            partial(actions.assign, unlocked=desk, packet=packet, version=taken.version, **about),
            partial(actions.withdraw_consent, unlocked=owner, opened=opened, consent_id=sent.consent),
        )
        assert withdrawn == 1
        was_first = isinstance(assigned, Referral)
        assert was_first or isinstance(assigned, TOLD), assigned
        _nothing_is_left(world, sent)
        assert world.times("referral.assign", sent.referral.pk) == (was_first, was_first)
        won["given first" if was_first else "withdrawn first"] += 1
    say(f"giving on against withdrawal: {dict(won)}")


def _nothing_is_left(world: World, sent: Sent) -> None:
    now = world.holds(sent)
    assert now.state == State.CONSENT_WITHDRAWN
    content = making.edit(people.unlock(world.person("owner")), sent.case).consent(sent.consent).content
    assert content.withdrawn_at is not None
    world.both_logs_verify()
    assert world.times("consent.withdraw", now.pk) == (1, 1)


def test_clock_against_accept() -> None:
    """At the last second: accepted in time, or expired. Never both, never neither."""
    world, won = World(), Counter[str]()
    for _round in range(ROUNDS):
        sent = world.send()
        assert sent.referral.expires_at is not None
        ends = sent.referral.expires_at
        desk = making.later(world.person("intake"), hours=0)
        desk.now = ends - (ends - desk.now) / 1000
        packet = making.packet(desk, sent.referral)
        claimed = actions.claim(unlocked=desk, packet=packet)
        accepted, passed = nearly_at_once(
            partial(actions.accept, unlocked=desk, packet=packet, version=claimed.version),
            partial(tick, now=ends),
        )
        assert isinstance(passed, Pass), passed
        was_first = isinstance(accepted, Referral)
        assert was_first or isinstance(accepted, TOLD), accepted
        assert passed.ended == (0 if was_first else 1), (accepted, passed)
        now = world.holds(sent, workers={"intake"})
        assert (now.state, now.version) == ("accepted" if was_first else "expired", claimed.version + 1)
        world.both_logs_verify()
        assert world.times("referral.accept", now.pk) == (was_first, was_first)
        assert world.times("referral.expire", now.pk) == (not was_first, not was_first)
        won["accepted" if was_first else "expired"] += 1
    say(f"clock against accept: {dict(won)}")


def test_transfer_against_share() -> None:
    world, won = World(), Counter[str]()
    for turn in range(ROUNDS):
        sent = world.send()
        owner, colleague = (people.unlock(world.person(name)) for name in ("owner", "colleague"))
        transfer = actions.offer_case(
            unlocked=owner,
            opened=making.edit(owner, sent.case),
            person=world.person("colleague"),
            ends_shares=turn % 2 == 0,
        )
        opened, offered = making.edit(owner, sent.case), access.offer_for(colleague, transfer.id)
        with_whom = world.person("supervisor")
        shared, taken = nearly_at_once(
            partial(actions.share_case, unlocked=owner, opened=opened, person=with_whom, to="view"),
            partial(actions.take_case, unlocked=colleague, offer=offered),
        )
        assert taken == sent.case.id, (shared, taken)
        was_first = shared is None
        assert was_first or isinstance(shared, errors.SomeoneWasQuicker), shared
        stays = was_first and turn % 2 == 1
        _is_the_colleagues(world, sent.case, reader=stays)
        # What was sent follows the case, to exactly those who hold it now.
        world.holds(sent, senders=("colleague", "supervisor") if stays else ("colleague",))
        world.both_logs_verify()
        assert world.times("case.take", sent.case.id) == (1, 0)
        assert world.times("case.share", sent.case.id) == (was_first, 0)
        won["shared first" if was_first else "taken first"] += 1
    say(f"transfer against share: {dict(won)}")


def _is_the_colleagues(world: World, case: Case, *, reader: bool) -> None:
    rows = CaseUserPermission.objects.filter(content_object=case)
    held = Counter(rows.values_list("user_id", "permission__codename"))
    taker = world.person("colleague").pk
    wanted = Counter((taker, one) for one in grants.WHOLE_CASE)
    wanted.update([(world.person("supervisor").pk, grants.VIEW_CASE)] if reader else [])
    assert held == wanted
    case.refresh_from_db()
    assert list(CaseHalf.objects.filter(case=case).values_list("epoch", flat=True)) == [case.key_epoch]
    opens = {
        name
        for name in ("owner", "colleague", "supervisor")
        if is_open(access.case_for, people.unlock(world.person(name)), case.id)
    }
    assert opens == {"colleague"} | ({"supervisor"} if reader else set())


def test_narrowing_against_accept() -> None:
    """Whoever comes first: the worker reads what is left, and never what she took out."""
    world, won = World(), Counter[str]()
    left = ["age_band", "alias", "safe_contact"]
    for _round in range(ROUNDS):
        sent = world.send()
        desk, owner = (people.unlock(world.person(name)) for name in ("intake", "owner"))
        packet = making.packet(desk, sent.referral)
        claimed = actions.claim(unlocked=desk, packet=packet)
        opened = making.edit(owner, sent.case)
        accepted, cut = nearly_at_once(
            partial(actions.accept, unlocked=desk, packet=packet, version=claimed.version),
            partial(
                actions.narrow_consent, unlocked=owner, opened=opened, consent_id=sent.consent, fields=left
            ),
        )
        assert cut == 1, cut
        was_first = isinstance(accepted, Referral)
        assert was_first or isinstance(accepted, errors.SomeoneWasQuicker), accepted
        now = world.holds(sent, workers={"intake"})
        assert (now.state, now.version) == (
            "accepted" if was_first else "sent",
            claimed.version + 1 + was_first,
        )
        if not was_first:  # told, the desk looks again and accepts what is left
            fresh = people.unlock(world.person("intake"))
            actions.accept(unlocked=fresh, packet=making.packet(fresh, now), version=now.version)
            world.holds(sent, workers={"intake"})
        desk = people.unlock(world.person("intake"))
        identity, opaque = access.identity_for(desk, now.pk), making.packet(desk, now).opaque
        assert (identity.alias, identity.phone, identity.needs) == ("Lola", "", "")
        assert (opaque.age_band, opaque.language, opaque.household_size) == ("26-40", "", None)
        world.both_logs_verify()
        assert world.times("referral.accept", now.pk) == world.times("consent.narrow", now.pk) == (1, 1)
        won["accepted first" if was_first else "narrowed first"] += 1
    say(f"narrowing against accept: {dict(won)}")
