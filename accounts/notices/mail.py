"""Sending a mail: the site's only way out by mail, for every room. Off until a mail server is named.

"Auto-Submitted" (RFC 3834) on every one keeps automatic answers from coming back.
"""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def is_on() -> bool:
    """Say whether this site can send mail."""
    return bool(settings.MAIL_HOST)


def send(*, to: str, text: str) -> bool:
    """Send one sentence, as subject and as body. False when the server did not take it."""
    return deliver(
        EmailMessage(subject=text, body=f"{text}\n", to=[to], headers={"Auto-Submitted": "auto-generated"})
    )


def deliver(mail: EmailMessage) -> bool:
    """Hand a mail to the server. False when it was not taken; the reason is logged by its type only."""
    try:
        return bool(mail.send())
    except (SMTPException, OSError) as error:
        logger.warning("a mail was not sent: %s", type(error).__name__)
        return False
