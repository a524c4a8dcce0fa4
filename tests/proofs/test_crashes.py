"""Killed with SIGKILL at any moment: done or not done, never half, and nothing acknowledged is lost.

What a kill left as it was stays in the pool, so the next child does it again: it can always be done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from accounts.models import Agency
from referrals import access, actions, queries
from referrals.codes import TIME_ZONES
from referrals.models import (
    Case,
    CaseHalf,
    CaseItem,
    CaseSuccessor,
    CaseTransfer,
    CaseUserPermission,
    EmergencyOpening,
    Referral,
    ReferralHalf,
    ReferralUserPermission,
    TimerPolicy,
)
from referrals.models.emergencies import Step
from referrals.models.transfers import Outcome
from referrals.timers import DEFAULT, DEFAULT_WEEK
from tests import people
from tests.proofs.killing import Killer, Work
from tests.proofs.rounds import ROUNDS, Sent, World, is_open, say
from tests.referrals import making

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

AT_ONCE = 2


@dataclass(frozen=True)
class Prepared:
    """Something ready to be done: ``do`` does it; ``check`` says whether it was, and that it is whole."""

    do: Work
    check: Callable[[], bool]


def again_and_again(name: str, world: World, prepare: Callable[[int], Prepared]) -> None:
    """Kill a child in each round, and look at everything that it had before it."""
    killer, pool, made = Killer(), list[Prepared](), 0
    while made < AT_ONCE:
        pool.append(prepare(made))
        made += 1
    for turn in range(1 + ROUNDS):  # the first is only measured
        acknowledged = (killer.run if turn else killer.measure)([one.do for one in pool])
        world.both_logs_verify()
        done = [one.check() for one in pool]
        assert done == sorted(done, reverse=True), "one after the other"
        assert all(done[:acknowledged]), "an acknowledged change is lost"
        assert sum(done) <= acknowledged + 1
        if turn:
            killer.count(acknowledged=acknowledged, done=sum(done), of=len(pool))
        pool = pool[sum(done) :]
        while len(pool) < AT_ONCE:
            pool.append(prepare(made))
            made += 1
    say(f"{name}, {ROUNDS} kills: {killer}")


def test_accept() -> None:
    world = World()

    def prepare(_number: int) -> Prepared:
        sent, desk = world.send(), people.unlock(world.person("intake"))
        packet = making.packet(desk, sent.referral)
        version = actions.claim(unlocked=desk, packet=packet).version
        do = partial(actions.accept, unlocked=desk, packet=packet, version=version)
        return Prepared(do, partial(_is_accepted, world, sent, version))

    again_and_again("accept", world, prepare)


def _is_accepted(world: World, sent: Sent, version: int) -> bool:
    now = world.holds(sent, workers={"intake"})
    done = now.state == "accepted"
    assert done or now.state == "sent"
    assert (now.version, now.accepted_at is not None) == (version + done, done)
    assert (now.claimed_by_id is None) == done
    assert world.times("referral.accept", now.pk) == (done, done)
    return done


def test_withdrawal() -> None:
    """By turns of what waits and of what was accepted."""
    world = World()

    def prepare(number: int) -> Prepared:
        sent, owner = world.send(), people.unlock(world.person("owner"))
        if number % 2:
            making.take(people.unlock(world.person("intake")), sent.referral)
        opened = making.edit(owner, sent.case)
        do = partial(actions.withdraw_consent, unlocked=owner, opened=opened, consent_id=sent.consent)
        before = Referral.objects.get(pk=sent.referral.pk), Case.objects.get(pk=sent.case.pk)
        return Prepared(do, partial(_is_withdrawn, world, sent, *before))

    again_and_again("withdrawal", world, prepare)


def _is_withdrawn(world: World, sent: Sent, before: Referral, case: Case) -> bool:
    now = world.holds(sent, workers={"intake"})
    done = now.state == "consent_withdrawn"
    assert done or now.state == before.state
    opened = making.edit(people.unlock(world.person("owner")), sent.case)
    assert (opened.consent(sent.consent).content.withdrawn_at is not None) == done
    assert now.version == before.version + done
    assert Case.objects.get(pk=case.pk).version == case.version + done
    assert [one.content.action for one in opened.history()].count("consent.withdraw") == done
    assert world.times("consent.withdraw", now.pk) == (done, done)
    assert world.times("consent.withdraw", case.pk) == (done, 0)
    return done


def test_taking_a_case_over() -> None:
    world = World()

    def prepare(_number: int) -> Prepared:
        sent, owner = world.send(), people.unlock(world.person("owner"))
        transfer = actions.offer_case(
            unlocked=owner,
            opened=making.edit(owner, sent.case),
            person=world.person("colleague"),
            ends_shares=True,
        )
        colleague = people.unlock(world.person("colleague"))
        offer = access.offer_for(colleague, transfer.id)
        do = partial(actions.take_case, unlocked=colleague, offer=offer)
        return Prepared(do, partial(_is_taken, world, sent, transfer, Case.objects.get(pk=sent.case.pk)))

    again_and_again("taking over", world, prepare)


def _is_taken(world: World, sent: Sent, offered: CaseTransfer, before: Case) -> bool:
    transfer, case = CaseTransfer.objects.get(pk=offered.pk), Case.objects.get(pk=before.pk)
    done = transfer.outcome == Outcome.TAKEN
    assert done or transfer.outcome == Outcome.WAITING
    assert bool(transfer.wrapped_key) == bool(transfer.sealed) == (not done)
    assert (case.key_epoch, case.rotation_due) == (before.key_epoch + done, False)
    assert case.version == before.version + done
    assert list(CaseHalf.objects.filter(case=case).values_list("epoch", flat=True)) == [case.key_epoch]
    epochs = CaseItem.objects.filter(case=case).values_list("epoch", flat=True)
    assert set(epochs) == {case.key_epoch}
    has, has_not = ("colleague", "owner") if done else ("owner", "colleague")
    rows = CaseUserPermission.objects.filter(content_object=case)
    assert set(rows.values_list("user_id", flat=True)) == {world.person(has).pk}
    world.holds(sent, senders=[has])
    who = people.unlock(world.person(has))
    assert making.edit(who, case).card().alias == "Lola"
    assert access.sent_referral_for(who, sent.referral.pk).note.case_id == case.pk
    for door, key in ((access.case_for, case.pk), (access.sent_referral_for, sent.referral.pk)):
        assert not is_open(door, people.unlock(world.person(has_not)), key)
    assert world.times("case.take", case.pk) == (done, 0)
    return done


def test_renewal_of_a_cases_keys() -> None:
    """By who opens it next: old keys or new ones for everybody, by turns with an emergency opening."""
    world = World()

    def prepare(number: int) -> Prepared:
        sent, owner = world.send(), people.unlock(world.person("owner"))
        opened = making.edit(owner, sent.case)
        actions.share_case(unlocked=owner, opened=opened, person=world.person("colleague"), to="view")
        if number % 2 == 0:
            _open_in_emergency(world, sent.case)
        Case.objects.filter(pk=sent.case.pk).update(rotation_due=True)
        do = partial(access.case_for, people.unlock(world.person("owner")), sent.case.pk, to="edit")
        return Prepared(do, partial(_is_renewed, world, sent, Case.objects.get(pk=sent.case.pk)))

    again_and_again("renewal of keys", world, prepare)


def _open_in_emergency(world: World, case: Case) -> None:
    supervisor, custodian = (people.unlock(world.person(name)) for name in ("supervisor", "custodian"))
    known = access.case_by_reference(supervisor, access.reference_of(case))
    assert known is not None
    opening = actions.ask_emergency(unlocked=supervisor, known=known, reason="danger")
    opening = actions.release_emergency(unlocked=custodian, opening=opening)
    actions.open_in_emergency(unlocked=supervisor, opening=opening)


def _is_renewed(world: World, sent: Sent, before: Case) -> bool:
    case = Case.objects.get(pk=before.pk)
    done = case.key_epoch == before.key_epoch + 1
    assert (case.key_epoch, case.rotation_due) == (before.key_epoch + done, not done)
    _one_epoch(case)
    openings = EmergencyOpening.objects.filter(case=case).values_list("step", flat=True)
    assert set(openings) <= {Step.ENDED if done else Step.OPENED}
    assert world.times("case.renew", case.pk) == (done, 0)
    assert world.times("emergency.end", case.pk) == (done and len(openings), 0)
    rows = CaseUserPermission.objects.filter(content_object=case)
    held = set(rows.values_list("user_id", flat=True))
    reads = {"owner", "colleague"} | ({"supervisor"} if openings and not done else set())
    assert held == {world.person(name).pk for name in reads}
    if done:  # looking at it would renew it
        for name in ("owner", "colleague", "supervisor"):
            who = people.unlock(world.person(name))
            assert is_open(access.case_for, who, case.pk) is (name in reads), name
    world.holds(sent, senders=("owner", "colleague"))
    return done


def _one_epoch(case: Case) -> None:
    """Half, items and keys are of the case's one epoch."""
    assert list(CaseHalf.objects.filter(case=case).values_list("epoch", flat=True)) == [case.key_epoch]
    for rows, column in (
        (CaseItem.objects.filter(case=case), "epoch"),
        (CaseUserPermission.objects.filter(content_object=case), "key_epoch"),
    ):
        assert set(rows.values_list(column, flat=True)) == {case.key_epoch}


def test_taking_a_case_whose_caseworker_has_left() -> None:
    world = World()

    def prepare(_number: int) -> Prepared:
        sent, owner = world.send(), people.unlock(world.person("owner"))
        opened = making.edit(owner, sent.case)
        actions.share_case(unlocked=owner, opened=opened, person=world.person("colleague"), to="view")
        # As if the owner had been removed, who is needed for the next case.
        CaseUserPermission.objects.filter(content_object=sent.case, user=owner.person).delete()
        ReferralUserPermission.objects.filter(content_object=sent.referral, user=owner.person).delete()
        Case.objects.filter(pk=sent.case.pk).update(owner_left=True)
        supervisor = people.unlock(world.person("supervisor"))
        left = access.left_case_for(supervisor, sent.case.pk)
        actions.name_successor(unlocked=supervisor, left=left, person=world.person("colleague"))
        colleague = people.unlock(world.person("colleague"))
        found, _successor = access.succession_for(colleague, sent.case.pk)
        do = partial(actions.take_left_case, unlocked=colleague, opened=found)
        return Prepared(do, partial(_is_inherited, world, sent, Case.objects.get(pk=sent.case.pk)))

    again_and_again("taking a left case", world, prepare)


def _is_inherited(world: World, sent: Sent, before: Case) -> bool:
    case, colleague = Case.objects.get(pk=before.pk), world.person("colleague")
    done = not case.owner_left
    assert (case.key_epoch, case.version) == (before.key_epoch + done, before.version + done)
    assert CaseSuccessor.objects.filter(case=case).exists() is not done
    _one_epoch(case)
    rows = CaseUserPermission.objects.filter(content_object=case)
    assert rows.count() == (3 if done else 1)
    assert {(row.user_id, row.expires_at is None) for row in rows} == {(colleague.pk, done)}
    world.holds(sent, senders=["colleague"])
    unlocked = people.unlock(colleague)
    assert access.case_for(unlocked, case.pk).card().alias == "Lola"
    assert is_open(access.case_for, unlocked, case.pk, to="edit") is done
    assert access.sent_referral_for(unlocked, sent.referral.pk).note.case_id == case.pk
    assert world.times("case.take", case.pk) == (done, 0)
    return done


def test_change_of_timers() -> None:
    """Version, working week and the agency's zone say the same, and each version is in the log once."""
    world = World()
    agency = world.network.a.agency
    zones = sorted(TIME_ZONES)[:2]
    supervisor = people.unlock(world.person("supervisor"))

    def prepare(number: int) -> Prepared:
        about: dict[str, Any] = {
            "rules": DEFAULT,
            "week": sorted(DEFAULT_WEEK)[: 4 + number % 2],
            "time_zone": zones[number % 2],
            "version": number,
        }
        do = partial(actions.change_timers, unlocked=supervisor, **about)
        return Prepared(do, lambda: _is_decided(world, number, about))

    def _is_decided(world: World, number: int, about: dict[str, Any]) -> bool:
        versions = list(TimerPolicy.objects.filter(agency=agency).order_by("version"))
        assert [one.version for one in versions] == list(range(1, len(versions) + 1))
        assert world.times("timers.change", agency.pk) == (len(versions), 0)
        newest = queries.timer_policy(agency)
        assert (newest.version if newest else 0) == len(versions)
        if newest and newest.version == number + 1:
            assert newest.working_week == "".join(str(day) for day in about["week"])
            assert Agency.objects.get(pk=agency.pk).time_zone == about["time_zone"]
        return len(versions) > number

    again_and_again("change of timers", world, prepare)


def test_erasing() -> None:
    world = World()

    def prepare(number: int) -> Prepared:
        sent, owner = world.send(), people.unlock(world.person("owner"))
        if number % 2:
            making.take(people.unlock(world.person("intake")), sent.referral)
        before = Referral.objects.get(pk=sent.referral.pk)
        opened = making.edit(owner, sent.case)
        do = partial(actions.erase_case, unlocked=owner, opened=opened, alias="Lola")
        return Prepared(do, partial(_is_erased, world, sent, before))

    again_and_again("erasing", world, prepare)


def _is_erased(world: World, sent: Sent, before: Referral) -> bool:
    done = not Case.objects.filter(pk=sent.case.pk).exists()
    now = Referral.objects.get(pk=before.pk)
    assert world.times("case.erase", sent.case.pk) == (done, 0)
    assert world.times("consent.withdraw", now.pk) == (done, done)
    owner = people.unlock(world.person("owner"))
    if not done:
        assert now.state == before.state
        world.holds(sent, workers={"intake"})
        assert making.edit(owner, sent.case).card().alias == "Lola"
        return False
    assert (now.state, now.version) == ("consent_withdrawn", before.version + 1)
    for sealed in (
        now.sealed_opaque,
        now.sealed_identity,
        now.sealed_sender,
        now.sealed_answer,
        now.handover,
    ):
        assert bytes(sealed) == b""
    assert not CaseHalf.objects.filter(case_id=sent.case.pk).exists()
    assert not CaseItem.objects.filter(case_id=sent.case.pk).exists()
    assert not CaseUserPermission.objects.filter(content_object_id=sent.case.pk).exists()
    assert not ReferralHalf.objects.filter(referral=now).exists()
    assert not ReferralUserPermission.objects.filter(content_object=now).exists()
    assert not is_open(access.case_for, owner, sent.case.pk)
    assert not is_open(access.sent_referral_for, owner, now.pk)
    for name in ("intake", "intake2"):
        assert not is_open(access.packet_for, people.unlock(world.person(name)), now.pk)
    return True
