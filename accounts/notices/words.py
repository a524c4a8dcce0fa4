"""Every word that a notice may hold, in the reader's language; and when it is night somewhere."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import NoticeChoice
from vault.kdf import keyed_hash

# By the clock of the place: nobody is woken by us.
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
_CODE_DIGITS = 8


def update_in(language: str) -> str:
    """Return the one sentence that subject, body and text message consist of."""
    with translation.override(language):
        return _("You have an update.")


def code_in(language: str, code: str) -> str:
    """Return the sentence that confirms an address."""
    with translation.override(language):
        return _("Your code: %(code)s") % {"code": code}


def code_of(choice: NoticeChoice) -> str:
    """Return the eight digits that confirm the waiting address. Derived under the pepper, kept nowhere."""
    stamp = choice.code_until.isoformat() if choice.code_until else ""
    digest = keyed_hash(
        settings.PEPPER.encode(), "hamroh/v1/address", str(choice.pk), choice.waiting_email, stamp
    )
    return str(int.from_bytes(digest[:8], "big") % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)


def quiet_until(now: datetime, zone: str) -> datetime | None:
    """Return when the night ends where the clocks show ``zone``; None by day."""
    local = now.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, tzinfo=local.tzinfo)
