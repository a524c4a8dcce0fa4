"""A machine that does anything at any time, as anybody, and a small model beside it that knows the rules.

After every step: what the model forbids did not happen, what it allows did, and exactly the people of the
model open the case, the packet, the identity and what was sent. Nobody reads outside her consent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.unlocked import Unlocked
from audit.errors import Denied
from referrals import access, actions
from referrals.access import OpenPacket
from referrals.errors import ReferralError
from referrals.models import Referral
from tests import people
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)

LIVE = ("sent", "accepted", "in_progress", "delivered")
OPEN = ("accepted", "in_progress", "delivered")
DESK = ("intake", "intake2")
# Whoever may be given an accepted referral: the desk, and a colleague behind it who is no intake.
WORKERS = (*DESK, "worker")
PEOPLE = ("owner", "colleague", *WORKERS, "outsider")
ANYBODY = st.sampled_from(PEOPLE)
MOST_SENT = 2
WORK = st.sampled_from(("go on", "go on", "fail"))
# A little longer than an urgent referral waits, and than a consent lasts.
A_DAY, A_MONTH = timedelta(hours=25), timedelta(days=31)


@dataclass
class Consented:
    ends: datetime
    service: int
    withdrawn: bool = False


@dataclass
class Sent:
    """What the model knows of a referral. ``state`` is the one of the table; time is looked at beside it."""

    id: UUID
    consent: UUID
    service: int
    expires: datetime
    state: str = "sent"
    claimed_by: str = ""
    claimed_until: datetime | None = None
    workers: frozenset[str] = frozenset()


class Casework(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        network = people.get_network() if _NETWORK == [] else _NETWORK[0]
        _NETWORK[:] = [network]
        persons = {
            "owner": network.owner,
            "colleague": network.colleague,
            "intake": network.b.intake,
            "intake2": network.b.intake2,
            "worker": network.b.worker,
            "outsider": network.outsider,
        }
        self.persons = persons
        self.unlocked = {name: people.unlock(person) for name, person in persons.items()}
        self.now = max(one.now for one in self.unlocked.values())
        self.pass_time(timedelta())
        self.services = [making.make_service(network.b.agency, name=f"Place {number}") for number in range(2)]
        self.case = making.make_case(self.unlocked["owner"])
        self.is_open = True
        self.mine = "owner"  # who owns the case: it can be handed over, and back
        self.shared = ""  # what the other of the two holds: nothing, "view" or "edit"
        self.share_ends = self.now
        self.consents: dict[UUID, Consented] = {}
        self.sent: list[Sent] = []

    @initialize(
        to=st.sampled_from(("", "view", "edit")),
        who=st.sampled_from(("owner", "colleague")),
        is_taken=st.booleans(),
    )
    def begin(self, to: str, who: str, is_taken: bool) -> None:
        """Most begins with a referral on its way, or accepted: from there everything else is near."""
        if to:
            self.share_it("owner", to)
        sender = who if to == "edit" else "owner"
        self.consent(sender, 0)
        self.send(sender, 0)
        if is_taken:
            self.claim(DESK[0], 0)
            self.accept(DESK[0], 0)

    # --- the model ---

    def pass_time(self, much: timedelta) -> None:
        self.now += much
        for unlocked in self.unlocked.values():
            unlocked.now = self.now

    @property
    def other(self) -> str:
        return "colleague" if self.mine == "owner" else "owner"

    def share(self) -> str:
        """What the other holds at this moment: every share ends by itself."""
        return self.shared if self.now < self.share_ends else ""

    def may_edit(self, who: str) -> bool:
        return who == self.mine or (who == self.other and self.share() == "edit")

    def holders(self) -> set[str]:
        return {self.mine} | ({self.other} if self.share() else set())

    def consent_holds(self, one: Sent) -> bool:
        consent = self.consents[one.consent]
        return not consent.withdrawn and self.now < consent.ends

    def is_expired(self, one: Sent) -> bool:
        return one.state == "sent" and self.now >= one.expires

    def is_readable(self, one: Sent) -> bool:
        return one.state in LIVE and self.consent_holds(one) and not self.is_expired(one)

    def claimed_by_other(self, one: Sent, who: str) -> bool:
        return self.holds_claim(one) not in ("", who)

    def holds_claim(self, one: Sent) -> str:
        still = one.claimed_until is not None and self.now < one.claimed_until
        return one.claimed_by if still else ""

    # --- doing something, and what must come of it ---

    def attempt(self, should: bool, do: Callable[[], object], what: str) -> Any:
        try:
            done = do()
        except (Denied, ReferralError):
            if should:
                raise
            return None
        assert should, f"{what} succeeded and must not"
        return done

    def opened(self, who: str) -> access.OpenCase:
        return making.edit(self.unlocked[who], self.case)

    def at_case(self, who: str, should: bool, act: Callable[..., Any], **answers: Any) -> Any:
        unlocked: Unlocked = self.unlocked[who]
        may = should and self.is_open and self.may_edit(who)
        return self.attempt(
            may,
            lambda: act(unlocked=unlocked, opened=self.opened(who), **answers) or True,
            f"{who} {act.__name__}",
        )

    def at_desk(self, who: str, one: Sent, should: bool, act: Callable[..., Any], **answers: Any) -> bool:
        def do() -> object:
            packet: OpenPacket = access.packet_for(self.unlocked[who], one.id)
            return act(unlocked=self.unlocked[who], packet=packet, version=version_of(one), **answers)

        may = should and who in self.readers(one)
        return self.attempt(may, do, f"{who} {act.__name__} of {one.state}") is not None

    def readers(self, one: Sent) -> frozenset[str]:
        """Who opens the packet: the desk until somebody accepts, then only who works on it."""
        if not self.is_readable(one):
            return frozenset()
        return one.workers if one.state in OPEN else frozenset(DESK)

    def moved(self, one: Sent, state: str) -> None:
        one.state = state
        _REACHED.add(state)
        if state not in LIVE:
            one.workers = frozenset()
        one.claimed_by = ""

    def pick(self, number: int) -> Sent:
        return self.sent[number % len(self.sent)]

    # --- her case ---

    @rule(who=ANYBODY, service=st.integers(0, 1))
    def consent(self, who: str, service: int) -> None:
        def record(*, unlocked: Unlocked, opened: access.OpenCase) -> UUID:
            return making.consent_to(unlocked, opened, self.services[service])

        made = self.at_case(who, True, record)
        if made:
            self.consents[made] = Consented(self.now + timedelta(days=30), service)

    @precondition(lambda self: self.consents and len(self.sent) < MOST_SENT)
    @rule(who=st.sampled_from(("owner", "owner", *PEOPLE)), number=st.integers(0, 9))
    def send(self, who: str, number: int) -> None:
        consent_id = list(self.consents)[number % len(self.consents)]
        consent = self.consents[consent_id]
        lives = [one for one in self.sent if one.service == consent.service and self._stands_in_the_way(one)]
        should = not consent.withdrawn and self.now < consent.ends and not lives

        def do(*, unlocked: Unlocked, opened: access.OpenCase) -> Referral:
            return making.send_under(unlocked, opened, consent_id)

        made = self.at_case(who, should, do)
        if made:
            expires = made.sent_at + timedelta(hours=24)
            self.sent.append(Sent(made.id, consent_id, consent.service, expires))

    def _stands_in_the_way(self, one: Sent) -> bool:
        """Live by the clock: what has expired or whose consent ran out unanswered is over."""
        return one.state in OPEN or self.is_readable(one)

    @rule(who=ANYBODY, to=st.sampled_from(("view", "edit")))
    def share_it(self, who: str, to: str) -> None:
        other = self.persons[self.other]
        if self.at_case(who, who == self.mine, actions.share_case, person=other, to=to):
            self.shared, self.share_ends = to, self.now + timedelta(days=30)

    @rule(who=ANYBODY)
    def unshare(self, who: str) -> None:
        should = who == self.mine and bool(self.share())
        if self.at_case(who, should, actions.revoke_share, person=self.persons[self.other]):
            self.shared = ""

    @rule(who=st.sampled_from(("owner", "colleague", *PEOPLE)), ends_shares=st.booleans())
    def hand_over(self, who: str, ends_shares: bool) -> None:
        """Offered, looked at by everybody, and taken: between the two nothing changes."""
        other, taker = self.persons[self.other], self.unlocked[self.other]
        about = {"person": other, "ends_shares": ends_shares}
        if self.at_case(who, who == self.mine, actions.offer_case, **about):
            self.exactly_who_should_opens_the_case()
            [transfer] = access.offers_to(taker).filter(case=self.case)
            assert self.who(lambda one: access.offer_for(one, transfer.id)) == {self.other}
            actions.take_case(unlocked=taker, offer=access.offer_for(taker, transfer.id))
            self.mine, self.shared = self.other, ""
            _REACHED.add("handed over")

    @precondition(lambda self: self.consents)
    @rule(who=ANYBODY, number=st.integers(0, 9))
    def withdraw(self, who: str, number: int) -> None:
        consent_id = list(self.consents)[number % len(self.consents)]
        consent = self.consents[consent_id]
        if self.at_case(who, not consent.withdrawn, actions.withdraw_consent, consent_id=consent_id):
            consent.withdrawn = True
            for one in self.sent:
                if one.consent == consent_id and one.state in LIVE:
                    self.moved(one, "consent_withdrawn")

    @precondition(lambda self: self.sent)
    @rule(who=ANYBODY, number=st.integers(0, 9))
    def close_case(self, who: str, number: int) -> None:
        if number:  # seldom: nothing comes after it
            return
        should = who == self.mine and not [one for one in self.sent if one.state in LIVE]
        if self.at_case(who, should, actions.close_case):
            self.is_open = False

    @precondition(lambda self: self.sent)
    @rule(who=ANYBODY, number=st.integers(0, 9), how=st.sampled_from(("cancel", "fail", "close", "reopen")))
    def end_from_the_case(self, who: str, number: int, how: str) -> None:
        one = self.pick(number)
        about = {"referral_id": one.id, "version": version_of(one)}
        if how == "cancel" and self.at_case(who, one.state in LIVE, actions.cancel, **about):
            self.moved(one, "cancelled")
        started = one.state in ("accepted", "in_progress")
        if how == "fail" and self.at_case(who, started, actions.fail_after_trying, reason="moved", **about):
            self.moved(one, "failed")
        may_close = one.state == "delivered" and who == self.mine
        if how == "close" and self.at_case(who, may_close, actions.close_after_asking, answer="yes", **about):
            self.moved(one, "closed")
        if how == "reopen":
            again = one.state == "delivered"
            if self.at_case(who, again, actions.reopen_not_received, **about):
                self.moved(one, "in_progress")

    # --- the desk ---

    @precondition(lambda self: self.sent)
    @rule(who=st.sampled_from((*DESK, *PEOPLE)), number=st.integers(0, 9))
    def claim(self, who: str, number: int) -> None:
        one = self.pick(number)
        should = one.state == "sent" and not self.claimed_by_other(one, who)
        if self.at_desk(who, one, should, actions.claim):
            one.claimed_by, one.claimed_until = who, self.now.replace(microsecond=0) + timedelta(minutes=10)

    @precondition(lambda self: self.sent)
    @rule(who=st.sampled_from(DESK), number=st.integers(0, 9))
    def release(self, who: str, number: int) -> None:
        one = self.pick(number)
        if self.at_desk(who, one, one.state == "sent" and self.holds_claim(one) == who, actions.release):
            one.claimed_by = ""

    @precondition(lambda self: self.sent)
    @rule(who=st.sampled_from(("holder", "holder", *DESK, *PEOPLE)), number=st.integers(0, 9))
    def accept(self, who: str, number: int) -> None:
        one = self.pick(number)
        # Drawn often: else few runs come past this step.
        who = (self.holds_claim(one) or DESK[0]) if who == "holder" else who
        if self.at_desk(who, one, one.state == "sent" and self.holds_claim(one) == who, actions.accept):
            self.moved(one, "accepted")
            one.workers = frozenset({who})

    @precondition(lambda self: any(one.workers for one in self.sent))
    @rule(
        who=st.sampled_from(("worker on it", "worker on it", *WORKERS)),
        number=st.integers(0, 9),
        to=st.sampled_from(WORKERS),
        stay=st.booleans(),
    )
    def assign(self, who: str, number: int, to: str, stay: bool) -> None:
        one = self.pick(number)
        if who == "worker on it":
            who = min(one.workers, default=DESK[0])
        should = one.state in ("accepted", "in_progress") and who != to
        person = self.persons[to]
        if self.at_desk(who, one, should, actions.assign, person=person, stay=stay):
            one.workers = frozenset({to}) | (one.workers if stay else one.workers - {who})
            _REACHED.add("assigned")

    @precondition(lambda self: self.sent)
    @rule(who=ANYBODY, number=st.integers(0, 9))
    def decline(self, who: str, number: int) -> None:
        one = self.pick(number)
        should = one.state == "sent" and not self.claimed_by_other(one, who)
        if self.at_desk(who, one, should, actions.decline, reason="no_capacity"):
            self.moved(one, "declined")

    @precondition(lambda self: any(one.state != "sent" for one in self.sent))
    @rule(
        who=st.sampled_from((*DESK, *PEOPLE)),
        number=st.integers(0, 9),
        how=WORK,
    )
    def work(self, who: str, number: int, how: str) -> None:
        one = self.pick(number)
        if how == "fail":
            started = one.state in ("accepted", "in_progress")
            if self.at_desk(who, one, started and who in one.workers, actions.fail, reason="no_show"):
                self.moved(one, "failed")
        elif one.state == "in_progress":
            if self.at_desk(who, one, who in one.workers, actions.deliver, outcome="partly"):
                self.moved(one, "delivered")
        elif self.at_desk(who, one, one.state == "accepted" and who in one.workers, actions.start):
            self.moved(one, "in_progress")

    # --- time ---

    @precondition(lambda self: self.sent)
    @rule(much=st.sampled_from((timedelta(minutes=5), timedelta(minutes=11), A_DAY, A_MONTH)))
    def time_passes(self, much: timedelta) -> None:
        self.pass_time(much)

    # --- after every step ---

    @invariant()
    def exactly_who_should_opens_the_case(self) -> None:
        case_id = self.case.id
        assert self.who(lambda one: access.case_for(one, case_id).card()) == self.holders()
        editors = {name for name in PEOPLE if self.may_edit(name)}
        assert self.who(lambda one: access.case_for(one, case_id, to="edit").identity()) == editors

    @invariant()
    def exactly_who_should_opens_the_packets(self) -> None:
        for one in self.sent:
            readers = self.readers(one)
            assert self.who(_opens(access.packet_for, one)) == readers, one
            told = readers if one.state in OPEN else frozenset()
            assert self.who(_opens(access.identity_for, one)) == told, one
            # Closing the case forgets the sender's part; the case itself remembers.
            senders = self.holders() if self.is_open else frozenset()
            assert self.who(_opens(access.sent_referral_for, one)) == senders, one

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        states = dict(
            Referral.objects.filter(pk__in=[one.id for one in self.sent]).values_list("pk", "state")
        )
        assert states == {one.id: one.state for one in self.sent}

    def who(self, door: Callable[[Unlocked], object]) -> set[str]:
        """Return who gets through a door."""
        through = set()
        for name, unlocked in self.unlocked.items():
            try:
                door(unlocked)
            except Denied:
                continue
            through.add(name)
        return through


def _opens(door: Callable[[Unlocked, UUID], object], one: Sent) -> Callable[[Unlocked], object]:
    return lambda unlocked: door(unlocked, one.id)


# One network for all examples of a run: each example has its own case, services and referrals.
_NETWORK: list[people.Network] = []
# Where the referrals of a run have been: a machine that never gets anywhere proves nothing.
_REACHED: set[str] = set()


def version_of(one: Sent) -> int:
    return Referral.objects.values_list("version", flat=True).get(pk=one.id)


def test_anything_by_anybody_at_any_time() -> None:
    _NETWORK.clear()
    _REACHED.clear()
    run_state_machine_as_test(
        Casework,
        settings=settings(
            max_examples=4,
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Else the machine has only knocked at closed doors.
    assert "accepted" in _REACHED, _REACHED
    assert _REACHED & {"declined", "consent_withdrawn", "cancelled", "failed", "closed"}, _REACHED
