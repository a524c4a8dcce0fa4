"""A clock that is wrong, was off for a week, or runs twice: everything once, early at worst, never late."""

import random
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from accounts.models import Update
from referrals import access, actions
from referrals.actions.clock import Pass, tick
from referrals.models import Referral, ReferralHalf
from referrals.models.referrals import State
from tests import people
from tests.proofs.rounds import ROUNDS, World, is_open, nearly_at_once, say
from tests.referrals import making
from tests.referrals.test_at_once import both

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
CHANCE = random.SystemRandom()
# What one late referral that ends unanswered tells: the sender twice, everybody else once.
TOLD_ONCE = {
    ("owner", "referrals:needs_me"): 2,
    ("intake", "referrals:inbox"): 1,
    ("intake2", "referrals:inbox"): 1,
    ("supervisor", "referrals:late"): 1,
    ("their supervisor", "referrals:late"): 1,
}


def told(world: World) -> dict[tuple[str, str], int]:
    """Return how much each person was told, by page."""
    names = {world.person(name).pk: name for name in ("owner", "supervisor", "intake", "intake2")}
    names[world.network.b.supervisor.pk] = "their supervisor"
    rows = Update.objects.values_list("person_id", "page", "number")
    return {(names[person], page): number for person, page, number in rows}


def nothing_is_due(now: datetime) -> None:
    done = tick(now=now)
    assert (done.ended, done.escalated, done.late) == (0, 0, 0), done


def test_a_server_whose_clock_jumps_an_hour_back_and_ahead() -> None:
    """Between any two passes it goes an hour wrong: told once, ended once, early by an hour at most."""
    world, passes = World(), 0
    for _round in range(ROUNDS):
        sent = world.send()
        before = sent.referral
        assert before.expires_at is not None
        Update.objects.all().delete()
        now, told_so_far, is_over = before.sent_at, 0, False
        while now < before.expires_at - HOUR:
            now += timedelta(minutes=CHANCE.randint(30, 150))
            shown = now + CHANCE.choice((-HOUR, timedelta(), HOUR))
            tick(now=shown)
            passes += 1
            row = Referral.objects.get(pk=before.pk)
            if is_over or row.state != State.SENT:
                assert row.state == State.EXPIRED
                assert now >= before.expires_at - HOUR
                is_over = True
            else:
                assert row.told >= told_so_far
                assert shown < before.expires_at
                told_so_far = row.told
        # Off from here: the doors derive the end, whatever the table says.
        desk = making.at(world.person("intake"), before.expires_at)
        assert not is_open(access.packet_for, desk, before.pk)
        tick(now=before.expires_at)
        nothing_is_due(before.expires_at - HOUR)
        nothing_is_due(before.expires_at + HOUR)
        # Ended is ended, also for whoever's clock stands an hour before that.
        assert world.holds(sent).state == State.EXPIRED
        early = making.at(world.person("intake"), before.expires_at - HOUR)
        assert not is_open(access.packet_for, early, before.pk)
        assert told(world) == TOLD_ONCE
        world.both_logs_verify()
        assert world.times("referral.expire", before.pk) == (1, 1)
        assert world.times("referral.escalate", before.pk) == (1, 1)
    say(f"clock an hour wrong: {ROUNDS} referrals, {passes} passes")


def test_two_clocks_at_the_same_moment() -> None:
    """Late, escalated, ended: each once between the two, and each person told once."""
    world, by_first = World(), 0
    for _round in range(ROUNDS):
        sent = world.send()
        Update.objects.all().delete()
        for hours, kind in ((5, "late"), (13, "escalated"), (25, "ended")):
            now = sent.referral.sent_at + hours * HOUR
            passes = nearly_at_once(partial(tick, now=now), partial(tick, now=now))
            counts = [getattr(one, kind) for one in passes if isinstance(one, Pass)]
            assert sorted(counts) == [0, 1], (kind, passes)
            by_first += counts[0]
            nothing_is_due(now)
        assert world.holds(sent).state == State.EXPIRED
        assert told(world) == TOLD_ONCE
        world.both_logs_verify()
        assert world.times("referral.expire", sent.referral.pk) == (1, 1)
        assert world.times("referral.escalate", sent.referral.pk) == (1, 1)
    say(f"two clocks at once: {3 * ROUNDS} things due, {by_first} done by the first of the two")


def test_two_clocks_come_back_after_a_week_off() -> None:
    """Waiting, claimed, asked about and accepted, all over: each ended once, by one or the other."""
    world, many = World(), ROUNDS * 3 // 2
    made = []
    for number in range(many):
        sent = world.send()
        desk, owner = (people.unlock(world.person(name)) for name in ("intake", "owner"))
        if number % 4 == 1:
            actions.claim(unlocked=desk, packet=making.packet(desk, sent.referral))
        elif number % 4 == 2:
            making.ask(desk, sent.referral)
        elif number % 4 == 3:
            making.take(desk, sent.referral)
            actions.narrow_consent(
                unlocked=owner,
                opened=making.edit(owner, sent.case),
                consent_id=sent.consent,
                fields=making.FIELDS,
                ends_at=owner.now + timedelta(days=3),
            )
        made.append(sent)
    Update.objects.all().delete()
    now = making.later(world.person("owner"), days=7).now
    passes = both(partial(tick, now=now), partial(tick, now=now))
    ended = [one.ended for one in passes if isinstance(one, Pass)]
    last = tick(now=now)
    assert len(ended) == 2, passes
    assert sum(ended) + last.ended == many
    # SQLite has one writer at a time: one of two clocks may have waited too long for its turn.
    assert last.ended == 0 or connection.vendor == "sqlite"
    nothing_is_due(now)
    assert told(world) == {("owner", "referrals:needs_me"): many}, "what is over is not late"
    world.both_logs_verify()
    for number, sent in enumerate(made):
        if number % 4 == 3:
            row = Referral.objects.get(pk=sent.referral.pk)
            assert (row.state, row.consent_expires_at) == (State.ACCEPTED, None)
            assert ReferralHalf.objects.filter(referral=row).values_list("part", flat=True).get() == "sender"
            assert not is_open(access.identity_for, people.unlock(world.person("intake")), row.pk)
            assert world.times("consent.run_out", row.pk) == (1, 1)
        else:
            row = world.holds(sent)
            assert row.state == State.EXPIRED
            assert world.times("referral.expire", row.pk) == (1, 1)
    say(f"a week off: {many} due, the two clocks ended {ended[0]} and {ended[1]}")
