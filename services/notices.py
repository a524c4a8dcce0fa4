"""Mail to providers that says only that an update is waiting, and where. Nothing else, ever.

No name of a service or a person, no number, no reason stands in a notice: a mail is read by whoever
holds the phone or keeps the mail server. What is due is decided elsewhere (``actions.reminders``,
``actions.check_reminders``); here a notice is claimed,
so that of two clocks one sends it, kept back at night, written and sent.
"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.notices import mail, words
from services.codes import NoticeKind
from services.models import NoticeSent, Service

# Where nothing is known of the language: the two that most desks read.
_UNKNOWN = ("uz", "ru")


def is_on() -> bool:
    """Say whether this site can send mail: a server and the site's own address are set."""
    return bool(settings.SITE_URL) and mail.is_on()


def is_quiet(service: Service, now: datetime) -> bool:
    """Say whether it is night where the service is."""
    return words.quiet_until(now, service.time_zone) is not None


def claim(service: Service, kind: NoticeKind, *, now: datetime, before: datetime) -> bool:
    """Claim the next notice of a kind: True for exactly one of any number of clocks.

    False when one was sent at or after ``before``. Claim first, then send: a clock that dies in
    between has lost one notice, and never sends one twice.
    """
    row, is_new = NoticeSent.objects.get_or_create(service=service, kind=kind, defaults={"sent_at": now})
    if is_new:
        return True
    return bool(NoticeSent.objects.filter(pk=row.pk, sent_at__lt=before).update(sent_at=now))


def give_back(service: Service, kind: NoticeKind, *, at: datetime) -> None:
    """Undo the claim of that moment: its mail was not taken, and the next clock tries again."""
    NoticeSent.objects.filter(service=service, kind=kind, sent_at=at).delete()


def address_of(service: Service) -> str:
    """Return the entry's own address; empty if there is none that mail can go to.

    The organization's stands in, as on the public page, but never for a confidential site: who reads
    that mailbox is not known.
    """
    address = service.email or ("" if service.is_confidential else service.organization.email)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def languages_of(service: Service) -> tuple[str, ...]:
    """Return the languages to write in: one that is spoken there, else the two most desks read."""
    spoken = {row.code for row in service.languages.all()}
    return next(((code,) for code in ("uz", "ru", "en") if code in spoken), _UNKNOWN)


def message(service: Service, *, path: str, until: datetime | None = None) -> EmailMessage:
    """Return the mail that leads to one page of this site; it is not sent yet.

    ``until``: when that page ends to work.
    """
    subject, parts = "", []
    for language in languages_of(service):
        with translation.override(language):
            subject = subject or _("An update is waiting")
            text = _("There is an update waiting for you. It takes a minute: open the page and tap once.")
            parts += [text, f"{settings.SITE_URL.rstrip('/')}{path}"]
            if until is not None:
                day = date_format(timezone.localtime(until), "DATE_FORMAT")
                parts.append(_("The page works once, until %(day)s.") % {"day": day})
    return EmailMessage(
        subject=subject,
        body="\n\n".join(parts) + "\n",
        to=[address_of(service)],
        headers={"Auto-Submitted": "auto-generated"},
    )


def send(service: Service, *, path: str) -> bool:
    """Tell the provider that an update waits at ``path``. False when mail did not go out."""
    return mail.deliver(message(service, path=path))
