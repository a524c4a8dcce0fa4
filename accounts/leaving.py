"""Where the quick exit may lead: which addresses an agency may choose, and the list it chose.

The exit itself is config/leaving.py.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked

FEWEST, MOST = 2, 8  # always the same page would be noticed; more than a screen of them nobody keeps in order
LONGEST = 120

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%-]*)*")


class NotNeutral(ValueError):
    """An address that leaving may not lead to; ``reason`` says why to who typed it."""

    def __init__(self, reason: Promise | str) -> None:
        super().__init__(str(reason))
        self.reason = reason


def checked(address: str) -> str:
    """Return the address as it will be opened: HTTPS, a public name, a path, and nothing else.

    A question mark or number sign could carry who left, or from where; our own name would say it.
    Raises NotNeutral.
    """
    if not address.lower().startswith("https://"):
        raise NotNeutral(_("It has to begin with https://."))
    if "?" in address or "#" in address:
        raise NotNeutral(_("It may not hold a question mark or a number sign."))
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        raise NotNeutral(_("This is no address.")) from None
    is_plain = (
        parts.netloc.lower().rstrip(".") == host and _HOST.fullmatch(host) and _PATH.fullmatch(parts.path)
    )
    if not is_plain or len(address) > LONGEST:
        raise NotNeutral(_("This is no plain address, such as https://example.com/weather/."))
    if any(_are_related(host, own) for own in own_hosts()):
        raise NotNeutral(_("This is our own site: leaving has to lead away from it."))
    return f"https://{host}{parts.path or '/'}"


def own_hosts() -> frozenset[str]:
    """Return the names this site answers to."""
    named = {*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname or ""}
    return frozenset(name.strip(".").lower() for name in named) - {"", "*"}


def _are_related(one: str, other: str) -> bool:
    """Say whether two names are of one family: the same, or one below the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def chosen_by(unlocked: Unlocked | None) -> list[str]:
    """Return what the agency of who is signed in chose; an empty list means the site's own pages.

    Asks the database nothing: the agency came with the session.
    """
    return [str(address) for address in unlocked.agency.leaves_to] if unlocked else []
