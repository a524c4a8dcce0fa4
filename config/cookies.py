"""Every cookie this site sets, with its purpose and life: the one list.

The privacy page shows it, the quick exit deletes it, and a test compares it with what the site
really sets.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Cookie:
    name: str
    purpose: Promise | str
    life: Promise | str


COOKIES = (
    Cookie(
        settings.SESSION_ID_COOKIE,
        _("Remembers that you are signed in. Set only when you sign in."),
        _("Until you leave or sign out, or after 15 minutes without use; at most 8 hours."),
    ),
    Cookie(
        settings.SESSION_HALF_COOKIE,
        _("Holds half of the key to your session; we keep only the other half. Set only when you sign in."),
        _("Until you leave or sign out, or after 15 minutes without use; at most 8 hours."),
    ),
    Cookie(
        settings.CARD_COOKIE,
        _(
            "Remembers, without a name, that a staff member signed in on this device, and their printed "
            "card, so that it is not asked each time. Set only when you sign in."
        ),
        _("One year, or until you leave with “Leave now”."),
    ),
    Cookie(
        settings.LOCK_COOKIE,
        _("Says that you locked or left this page, in case the network was gone. It signs you out."),
        _("Until the site is reached again, or until you close the browser."),
    ),
    Cookie(
        settings.CSRF_COOKIE_NAME,
        _("Makes sure that a form you send was opened on this site."),
        _("Until you close the browser."),
    ),
    Cookie(
        settings.LANGUAGE_COOKIE_NAME,
        _("Remembers the language you chose. Set only when you choose one."),
        _("Until you close the browser."),
    ),
    Cookie(
        settings.NAMES_COOKIE,
        _("Remembers that lists on this screen show no names. Set only when you hide them."),
        _("Until you close the browser."),
    ),
)
