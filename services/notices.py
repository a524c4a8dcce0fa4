"""Mail to providers that says only that there is an update to give, and where. Nothing else, ever.

No name of a service or a person, no number, no reason stands in a notice: a mail is read by whoever
holds the phone. What is due is decided elsewhere (services.actions.reminders); here a notice is claimed,
so that of two clocks one sends it, kept back at night, written and sent.
"""

import logging
from datetime import datetime, time
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from services.codes import NoticeKind
from services.models import NoticeSent, Service

logger = logging.getLogger(__name__)

# By the clock of the place: nobody is woken by us.
QUIET_FROM, QUIET_UNTIL = time(21), time(8)


def is_on() -> bool:
    """Say whether this site can send mail: a server and the site's own address are set."""
    return bool(settings.SITE_URL and settings.MAIL_HOST)


def is_quiet(service: Service, now: datetime) -> bool:
    """Say whether it is night where the service is."""
    clock = now.astimezone(ZoneInfo(service.time_zone)).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def claim(service: Service, kind: NoticeKind, *, now: datetime, before: datetime) -> bool:
    """Claim the next notice of a kind: True for exactly one of any number of clocks.

    False when one was sent at or after ``before``. Claim first, then send: a clock that dies in
    between has lost one notice, and never sends one twice.
    """
    row, is_new = NoticeSent.objects.get_or_create(service=service, kind=kind, defaults={"sent_at": now})
    if is_new:
        return True
    return bool(NoticeSent.objects.filter(pk=row.pk, sent_at__lt=before).update(sent_at=now))


def address_of(service: Service) -> str:
    """Return where the provider reads mail, or nothing."""
    return service.email or service.organization.email


def send(service: Service, *, path: str) -> bool:
    """Tell the provider that there is an update to give at ``path``. False when mail did not go out.

    In all four languages, because nobody knows which of them is read there.
    """
    lines = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            if code == settings.LANGUAGES[0][0]:
                subject = _("There is an update to give")
            lines.append(_("There is an update to give. It takes a moment:"))
    body = "\n".join([*lines, "", f"{settings.SITE_URL.rstrip('/')}{path}", ""])
    try:
        EmailMessage(subject=subject, body=body, to=[address_of(service)]).send()
    except (SMTPException, OSError) as error:
        logger.warning("a notice was not sent: %s", type(error).__name__)
        return False
    return True
