"""One-time links: make, open, use, take back. What a link lets its holder do is its kind's own affair.

The token stands in the path of the link's page and nowhere else: never in the database (a hash of 32
random bytes, which cannot be guessed back), in a log line, a mail's subject or the access log. Looking
at the page uses nothing up, because programs that read mail open links by themselves; only a POST does.
Who may make a link, and the entry in the access log, are the caller's: they know the person.
"""

import base64
import binascii
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.unlocked import Unlocked
from services.codes import LinkKind
from services.errors import Missing, NotAllowed
from services.models import OneTimeLink, Service
from vault.kdf import new_secret, plain_hash

LONGEST = timedelta(days=31)
# As many corrections as anybody could make: for looking at a link that was used a moment ago.
ANY = 32767
# For how long after its use a check's link still knows the second click, and takes a word about what changed.
JUST_USED = timedelta(minutes=10)

# How long a link that opens nothing any more is still listed with its service.
KEPT = timedelta(days=35)


def make(
    *, kind: LinkKind, service: Service, lasts: timedelta, by: Unlocked | None
) -> tuple[OneTimeLink, str]:
    """Make a link; return it and its token (43 characters, base64url), which nobody can read again.

    ``lasts`` is more than nothing and at most 31 days, else NotAllowed. ``by`` is None for the clock.
    """
    if not timedelta() < lasts <= LONGEST:
        raise NotAllowed("A link lasts at most 31 days.")
    secret = new_secret()
    now = timezone.now()
    link = OneTimeLink.objects.create(
        kind=kind,
        service=service,
        token_hash=_hash(secret),
        made_by=by.person.pk if by else None,
        made_at=now,
        expires_at=now + lasts,
    )
    return link, base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def open_link(
    token: str, *, kind: LinkKind, corrections: int = 0, within: timedelta = timedelta()
) -> OneTimeLink:
    """Return the link of a token, with its service. Unknown, of another kind, expired, used and
    revoked are the same Missing.

    A kind that lets its holder mend a slip says how many ``corrections`` it allows after the first
    use, and for how long (``within``); the link's own end comes first.
    """
    try:
        secret = base64.b64decode(token.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Missing from None
    link = (
        OneTimeLink.objects.select_related("service__organization")
        .filter(_open_at(timezone.now(), corrections, within), kind=kind, token_hash=_hash(secret))
        .first()
    )
    if link is None:
        raise Missing
    return link


def use(link: OneTimeLink, *, corrections: int = 0, within: timedelta = timedelta()) -> None:
    """Use a link up, inside the transaction of what it does. Of two at once one wins, the other
    gets Missing: one conditional UPDATE decides, on both databases."""
    now = timezone.now()
    won = OneTimeLink.objects.filter(_open_at(now, corrections, within), pk=link.pk).update(
        used_at=Coalesce("used_at", now), uses=F("uses") + 1
    )
    if not won:
        raise Missing


def revoke(link: OneTimeLink) -> None:
    """Take a link back: it opens nothing from now on. Harmless when repeated."""
    OneTimeLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def sweep(*, now: datetime) -> int:
    """Delete links that ended more than 35 days ago; return how many. Nothing refers to them."""
    before = now - KEPT
    ended = OneTimeLink.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))
    return ended.delete()[0]


def _open_at(now: datetime, corrections: int, within: timedelta) -> Q:
    unused = Q(used_at__isnull=True)
    mending = Q(used_at__gt=now - within, uses__lte=corrections)
    return Q(revoked_at__isnull=True, expires_at__gt=now) & (unused | mending)


def _hash(secret: bytes) -> bytes:
    return plain_hash("hamroh/v1/one-time-link", secret)
