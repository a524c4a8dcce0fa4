"""Sending one mail: the site's only way out by mail. Off until a mail server is named."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def is_on() -> bool:
    """Say whether this site can send mail."""
    return bool(settings.MAIL_HOST)


def send(*, to: str, text: str) -> bool:
    """Send one sentence, as subject and as body. False when the server did not take it.

    "Auto-Submitted" (RFC 3834) keeps automatic answers from coming back.
    """
    mail = EmailMessage(subject=text, body=f"{text}\n", to=[to], headers={"Auto-Submitted": "auto-generated"})
    try:
        return bool(mail.send())
    except (SMTPException, OSError) as error:
        logger.warning("a mail was not sent: %s", type(error).__name__)
        return False
