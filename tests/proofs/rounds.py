"""What every proof shares: how many rounds, a world with fresh referrals, and what must hold after each.

A round costs a fraction of a second, so that hundreds of them find what one never shows. In the normal
suite each proof runs one round; ``make proofs`` runs hundreds (``HAMROH_PROOF_ROUNDS``).
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from accounts.models import Person
from audit.errors import Denied
from audit.queries.verification import Progress, verify_log
from referrals import access, grants
from referrals.errors import ReferralError
from referrals.models import Case, Referral, ReferralGroupPermission, ReferralHalf, ReferralUserPermission
from referrals.models.referrals import LIVE, WAITING
from tests import people
from tests.people import Team
from tests.referrals import log, making
from tests.referrals.test_at_once import both

ROUNDS = int(os.environ.get("HAMROH_PROOF_ROUNDS", "1"))

# Seconds: none, a part of an action, and longer than any: so that each of two comes first now and then.
APART = (0, 0.02, 0.1)
_CHANCE = random.SystemRandom()

# Whoever is told no: by a rule, or as if it were not there.
TOLD = (ReferralError, Denied)
RECIPIENTS = ("intake", "intake2", "worker")


@dataclass(frozen=True)
class Sent:
    """One case with one consent and one referral under it."""

    case: Case
    consent: UUID
    referral: Referral


class World:
    """Two agencies and a service, set up once for all rounds; and how far both logs were verified."""

    def __init__(self) -> None:
        self.network = people.get_network()
        self.service = making.make_service(self.network.b.agency)
        self.noted: Counter[tuple[str, str, str]] = Counter()
        self._verified = {letter: Progress() for letter in "ab"}

    def send(self) -> Sent:
        """Open a case of its own and send one referral from it."""
        return Sent(*making.make_referral(self.network, service=self.service))

    def person(self, name: str) -> Person:
        """Return somebody of either agency."""
        team = self.network.b if name in RECIPIENTS else self.network.a
        return team.people[name]

    def both_logs_verify(self) -> None:
        """Verify what was written since the last round, and count it by log, action and object."""
        for letter in "ab":
            team: Team = getattr(self.network, letter)
            before = self._verified[letter]
            found = verify_log(agency=team.agency.id, progress=before)
            assert found.finding is None, found.finding
            self._verified[letter] = found.progress
            new = found.size - before.checked
            bodies = log.newest(team, new) if new else []
            assert len(bodies) == new
            self.noted.update((letter, body.action, body.object) for body in bodies)

    def times(self, action: str, about: object) -> tuple[int, int]:
        """How often each of the two logs knows of an action on an object."""
        return self.noted["a", action, str(about)], self.noted["b", action, str(about)]

    def holds(
        self, sent: Sent, *, workers: Iterable[str] = (), senders: Iterable[str] = ("owner",)
    ) -> Referral:
        """Check that the row, its halves, its keys and the doors say the same; return the row.

        ``workers``: who works on it, if it is accepted; ``senders``: who reads what was sent.
        """
        referral = Referral.objects.get(pk=sent.referral.pk)
        waits, lives = referral.state in WAITING, referral.state in LIVE
        assert lives or not waits
        parts = set(ReferralHalf.objects.filter(referral=referral).values_list("part", flat=True))
        assert parts == ({"opaque", "identity", "sender"} if lives else {"sender"}), referral.state
        assert bool(referral.handover) == bool(referral.handover_signature) == waits, referral.state
        assert (referral.handover_until is not None) == waits
        assert (referral.ended_at is None) == lives
        assert lives or (referral.claimed_by_id, referral.expires_at) == (None, None)
        assert ReferralGroupPermission.objects.filter(content_object=referral).count() == int(waits)
        working = set(workers) if lives and not waits else set()
        rows = ReferralUserPermission.objects.filter(content_object=referral)
        held = Counter(rows.values_list("user_id", "permission__codename"))
        wanted = Counter((self.person(name).pk, grants.SEND_REFERRAL) for name in senders)
        for name in working:
            wanted.update((self.person(name).pk, one) for one in (grants.VIEW_REFERRAL, grants.VIEW_IDENTITY))
        assert held == wanted, referral.state
        for name in RECIPIENTS:
            unlocked = people.unlock(self.person(name))
            reads = name in working or (waits and name != "worker")
            assert is_open(access.packet_for, unlocked, referral.pk) is reads, (name, referral.state)
            assert is_open(access.identity_for, unlocked, referral.pk) is (name in working), name
        return referral


def say(seen: str) -> None:
    """Tell what the rounds came upon: shown by ``make proofs``."""
    sys.stdout.write(f"{seen}\n")


def is_open(door: object, *args: object, **kwargs: object) -> bool:
    """Say whether a door opens."""
    try:
        door(*args, **kwargs)  # type: ignore[operator]
    except Denied:
        return False
    return True


def nearly_at_once(*work: Callable[[], object]) -> list[object]:
    """Run them at the same moment, give or take a little by chance: now one is first, now the other."""

    apart = _CHANCE.choice(APART)

    def one_of_them(do: Callable[[], object]) -> object:
        time.sleep(_CHANCE.uniform(0, apart))
        return do()

    return both(*(partial(one_of_them, do) for do in work))


def one_and_one(results: list[object], won: type, lost: type[Exception] | tuple[type[Exception], ...]) -> int:
    """Check that one of two won and the other was told; return which one won."""
    winners = [number for number, one in enumerate(results) if isinstance(one, won)]
    losers = [one for one in results if isinstance(one, lost)]
    assert (len(winners), len(losers)) == (1, 1), results
    return winners[0]
