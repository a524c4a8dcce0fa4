"""A whole sign-in beside the one Argon2id run in it, at the cost a real site uses."""

from typing import Any

from django.test.utils import override_settings
from django.utils import timezone

from accounts import minting
from accounts.actions import sign_in
from accounts.device import Device
from bench.timing import in_turn
from bench.world import PASSWORD, World
from vault import slots

FULL_COST = (65536, 3, 1)


def measure(world: World) -> dict[str, Any]:
    """Sign in one person whose password slot was made at full cost; the data stays as it was."""
    person = world.measured[-1]
    seed = world.seeds[person.id]

    def argon2(_: int) -> None:
        slots.burn(secret=PASSWORD, pepper=minting.pepper(), cost=FULL_COST)

    def whole(_: int) -> None:
        sign_in(
            name=person.name,
            password=PASSWORD,
            card="",
            device=Device(),
            address="192.0.2.1",
            remember_card=False,
            now=timezone.now(),
        )

    with override_settings(KDF_COST=FULL_COST):
        minting.put_password_slot(person, seed=seed, password=PASSWORD, card=None)
        samples = in_turn({"argon2": argon2, "sign_in": whole}, rounds=world.scale.sign_in_rounds, warm_up=1)
    minting.put_password_slot(person, seed=seed, password=PASSWORD, card=None)
    person.sessions.all().delete()
    return {**samples.to_json(), "sign_in_to_argon2": round(samples.ratio("sign_in", "argon2"), 3)}
