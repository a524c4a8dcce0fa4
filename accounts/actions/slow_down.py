"""Slow-down without lock-out: counters that make guessing slow and keep nobody out for long.

The counters' keys are HMACs under the pepper. An attempt is counted before the work is done, so
that attempts sent at once are counted too. A device that opened this person's account before is
counted on its own, so a stranger who tries somebody's name elsewhere does not slow them down.
"""

import ipaddress
from datetime import datetime, timedelta

from django.db import transaction

from accounts import minting
from accounts.errors import SlowDown
from accounts.models import Throttle
from vault.kdf import keyed_hash

_FORGET = timedelta(hours=1)


class Counter:
    """One kind of counter: how many failures are free, and the longest wait in seconds."""

    def __init__(self, kind: str, *, free: int, longest: int) -> None:
        self.kind, self.free, self.longest = kind, free, longest

    def key(self, value: str) -> bytes:
        return keyed_hash(minting.pepper(), "throttle", self.kind, value)

    def wait(self, failures: int) -> timedelta:
        """Return the wait after so many failures: none, then 1, 2, 4 … seconds up to the longest."""
        if failures < self.free:
            return timedelta(0)
        return timedelta(seconds=min(2 ** min(failures - self.free, 20), self.longest))


# A stranger can make a person wait half a minute on a new device, never longer.
NAME = Counter("name", free=5, longest=30)
DEVICE = Counter("device", free=5, longest=60)
# An office has one address: many people may mistype in one morning.
ADDRESS = Counter("address", free=20, longest=300)
# Only somebody who has the password already comes this far.
CODE = Counter("code", free=5, longest=3600)
STEP_UP = Counter("step_up", free=5, longest=300)
INVITATION = Counter("invitation", free=10, longest=300)


def address_prefix(address: str) -> str:
    """Return the network of an address (IPv4 /24, IPv6 /48): one household, not one telephone."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


def attempt(counters: list[tuple[Counter, str]], *, now: datetime) -> None:
    """Count one attempt on each counter, or raise SlowDown (and count nothing) if one must wait."""
    with transaction.atomic():
        rows = []
        for counter, value in counters:
            row, _ = Throttle.objects.select_for_update().get_or_create(
                key=counter.key(value), defaults={"not_before": now, "forget_at": now + _FORGET}
            )
            if row.forget_at <= now:
                row.failures = 0
            elif now < row.not_before:
                raise SlowDown(int((row.not_before - now).total_seconds()) + 1)
            rows.append((counter, row))
        for counter, row in rows:
            row.failures += 1
            row.not_before = now + counter.wait(row.failures)
            row.forget_at = now + _FORGET
            row.save(update_fields=["failures", "not_before", "forget_at"])


def forget(counters: list[tuple[Counter, str]]) -> None:
    """Start the counters again after a success."""
    Throttle.objects.filter(key__in=[counter.key(value) for counter, value in counters]).delete()
