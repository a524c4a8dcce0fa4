"""How often strangers may do what needs no account: slower and slower, never shut out for long.

The counters are those of signing in (accounts.actions.slow_down): their keys are HMACs of a
network's prefix under the pepper, gone after an hour. No address is kept.
"""

from django.http import HttpRequest
from django.utils import timezone

from accounts.actions.slow_down import Counter, address_prefix, attempt
from accounts.views.answers import address_of

# A whole office behind one address may correct a few entries in a row.
SUGGESTIONS = Counter("suggestion", free=6, longest=120)


def count(request: HttpRequest, counter: Counter) -> None:
    """Count one act of the caller's network. Raises accounts.errors.SlowDown when it must wait."""
    attempt([(counter, address_prefix(address_of(request)))], now=timezone.now())
