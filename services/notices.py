"""Messages that leave the house by mail. They say that an update is waiting, and where: nothing else.

No name of a service, an organisation or a person, and no word of what the work is about: whoever reads
over a shoulder, or keeps the mail server, learns nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.models import Service

# Where nothing is known of the language: the two that most desks read.
_UNKNOWN = ("uz", "ru")


def languages_of(service: Service) -> tuple[str, ...]:
    """Return the languages to write in: one that is spoken there, else the two most desks read."""
    spoken = {row.code for row in service.languages.all()}
    return next(((code,) for code in ("uz", "ru", "en") if code in spoken), _UNKNOWN)


def update_waiting(*, to: str, path: str, until: datetime, languages: Iterable[str]) -> EmailMessage:
    """Return the mail that leads to one page of this site; it is not sent yet."""
    address = f"{settings.SITE_URL}{path}"
    subject, parts = "", []
    for language in languages:
        with translation.override(language):
            subject = subject or _("An update is waiting")
            day = date_format(timezone.localtime(until), "DATE_FORMAT")
            parts.append(
                _("There is an update waiting for you. It takes a minute: open the page and tap once.")
                + f"\n\n{address}\n\n"
                + _("The page works once, until %(day)s.") % {"day": day}
            )
    return EmailMessage(
        subject=subject,
        body="\n\n\n".join(parts) + "\n",
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
