"""Two people change one colleague's keys at the same moment, on real connections."""

import threading
from typing import Any

import pytest

from accounts import actions, trust
from accounts.models import RoleKeyHolding
from accounts.roles import RoleName
from tests import people
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_handed_over_while_its_role_is_taken_away_stays_with_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = people.get_network()
    colleague, administrator = network.colleague, people.unlock(network.a.administrator)
    actions.assign_role(administrator, person=colleague, roles=[RoleName.CASEWORKER, RoleName.SUPERVISOR])
    holder = people.unlock(network.a.supervisor)
    checked, taken = threading.Event(), threading.Event()
    check = trust.check_roles

    def check_and_wait(*args: Any, **kwargs: Any) -> None:
        check(*args, **kwargs)
        if threading.current_thread().name == "holder":
            checked.set()
            taken.wait(timeout=2)

    monkeypatch.setattr(trust, "check_roles", check_and_wait)

    def hand_over() -> None:
        threading.current_thread().name = "holder"
        actions.hand_over_key(holder, person=colleague, name="auditor")

    def take_away() -> None:
        checked.wait(timeout=10)
        actions.assign_role(
            people.unlock(network.a.administrator), person=colleague, roles=[RoleName.CASEWORKER]
        )
        taken.set()

    assert both(hand_over, take_away) == [None, None]
    held = RoleKeyHolding.objects.filter(person=colleague).values_list("role_key__name", flat=True)
    assert set(held) == {"member"}
