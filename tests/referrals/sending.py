"""Everything ready for sending, so that a test can take away one thing and see that nothing leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from referrals import actions
from referrals.models import Referral, ReferralGroupPermission, ReferralHalf
from referrals.models.cases import Section
from tests import people
from tests.people import Network
from tests.referrals import making

CHILD = replace(making.CARD, age_band="12-17")


@contextmanager
def nothing_leaves(error: type[Exception]) -> Iterator[None]:
    before = Referral.objects.count()
    with pytest.raises(error):
        yield
    assert Referral.objects.count() == before
    assert ReferralHalf.objects.count() == 3 * before
    assert ReferralGroupPermission.objects.count() == before


class Ready:
    """A case with an active consent to agency B's shelter: everything is right for sending."""

    def __init__(self, network: Network, **case: Any) -> None:
        self.unlocked = people.unlock(network.owner)
        self.case = making.make_case(self.unlocked, **case)
        self.opened = making.edit(self.unlocked, self.case)
        self.service = making.make_service(network.b.agency)
        self.consent: UUID = making.consent_to(self.unlocked, self.opened, self.service)

    def send(self, **changes: Any) -> Referral:
        return making.send_under(self.unlocked, self.opened, changes.pop("consent", self.consent), **changes)


def confirm(network: Network, ready: Ready, consent: UUID) -> None:
    """Let the colleague look at a consent and sign it."""
    actions.share_case(unlocked=ready.unlocked, opened=ready.opened, person=network.colleague, to="edit")
    second = people.unlock(network.colleague)
    actions.confirm_consent(unlocked=second, opened=making.edit(second, ready.case), consent_id=consent)
    ready.opened = making.edit(ready.unlocked, ready.case)


def exclude(ready: Ready, *organizations: UUID) -> None:
    """Write down that she wants none of these told."""
    actions.edit_section(
        unlocked=ready.unlocked,
        opened=ready.opened,
        section=Section.INCIDENT,
        content=replace(ready.opened.incident(), excluded_organizations=organizations),
        revision=ready.opened.revision(Section.INCIDENT),
    )
