"""The open API's limit: so much a minute for one network, counted without keeping its address.

Each process counts for itself and writes to the database every ``_EVERY`` points, so most requests
write nothing; a network may so get up to ``_EVERY`` points more for each process. What is written is
counted together by all processes, and deleted when its minute is over. Memory is bounded.
"""

import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import minting
from accounts.actions.slow_down import address_prefix
from services.models import OpenUse
from vault.kdf import keyed_hash

_EVERY = 10
_MOST_NETWORKS = 10_000  # counted in one process before it forgets them all
_lock = threading.Lock()
_unwritten: dict[bytes, int] = {}
_known: dict[bytes, int] = {}  # what all processes had spent when this one last wrote


class TooManyRequests(Exception):
    """The network has to wait ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many requests.")
        self.retry_after = retry_after


def spend(address: str, *, points: int = 1, now: datetime) -> None:
    """Count a request of a network address, or raise TooManyRequests until the minute is over.

    ``points`` weighs what it costs us: 1 for a page, more for everything at once.
    """
    minute = now.replace(second=0, microsecond=0)
    key = keyed_hash(minting.pepper(), "open-api", minute.isoformat(), address_prefix(address))
    with _lock:
        if len(_known) > _MOST_NETWORKS:
            _known.clear()
            _unwritten.clear()
        waiting = _unwritten.get(key, 0) + points
        is_new = key not in _known
        _unwritten[key] = 0 if (due := is_new or waiting >= _EVERY) else waiting
    if due:
        spent = _write(key, minute, waiting)
        with _lock:
            _known[key] = spent
    if _known.get(key, 0) + _unwritten.get(key, 0) > settings.OPEN_API_PER_MINUTE:
        raise TooManyRequests(60 - now.second)


@transaction.atomic
def _write(key: bytes, minute: datetime, points: int) -> int:
    """Add to the network's row and return what all processes have spent of this minute."""
    _, is_new = OpenUse.objects.get_or_create(key=key, defaults={"minute": minute})
    if is_new:
        OpenUse.objects.filter(minute__lt=minute - timedelta(minutes=1)).delete()
    OpenUse.objects.filter(key=key).update(spent=F("spent") + points)
    return OpenUse.objects.values_list("spent", flat=True).get(key=key)
