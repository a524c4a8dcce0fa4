"""What a person chooses about notices: the own address, confirmed by a code, the channels, the night.

Also an agency's gateway. None of it is about a case, and none of it opens anything.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import entries
from accounts.errors import CodeUnknown, NotAllowed, SlowDown
from accounts.models import Agency, Gateway, NoticeChoice
from accounts.notices.outbox import put_code
from accounts.notices.words import code_of
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from vault.kdf import same

CODE_LASTS = timedelta(hours=1)
# Another code for another address only after this: nobody's mailbox is filled from here.
CODES_APART = timedelta(minutes=5)
MOST_WRONG = 5


def choose_notices(
    unlocked: Unlocked, *, language: str, by_email: bool, by_gateway: bool, emergencies_at_night: bool
) -> None:
    """Set the channels and the night. Raises NotAllowed for a language the site does not speak."""
    if language not in dict(settings.LANGUAGES):
        raise NotAllowed
    with transaction.atomic():
        NoticeChoice.objects.update_or_create(
            person=unlocked.person,
            defaults={
                "language": language,
                "by_email": by_email,
                "by_gateway": by_gateway,
                "emergencies_at_night": emergencies_at_night,
            },
        )
        _record(unlocked, entries.NOTICES_CHOSEN)


def ask_for_code(unlocked: Unlocked, *, email: str, language: str) -> None:
    """Let a code go to a new address; the old one stays in use until the code was typed here.

    Raises SlowDown when another code was asked for a moment ago.
    """
    with transaction.atomic():
        choice, _ = NoticeChoice.objects.select_for_update().get_or_create(
            person=unlocked.person, defaults={"language": language}
        )
        now = unlocked.now.replace(microsecond=0)
        asked_at = choice.code_until - CODE_LASTS if choice.code_until else None
        if asked_at is not None and asked_at <= now < asked_at + CODES_APART:
            raise SlowDown(int((asked_at + CODES_APART - now).total_seconds()))
        choice.waiting_email, choice.code_until, choice.wrong_codes = email, now + CODE_LASTS, 0
        choice.save(update_fields=["waiting_email", "code_until", "wrong_codes"])
        put_code(unlocked.person.id, now=now)
        _record(unlocked, entries.ADDRESS_ASKED)


def confirm_address(unlocked: Unlocked, *, code: str) -> None:
    """Take the code that came by mail: from now on notices go to that address. Raises CodeUnknown.

    A wrong code is counted and kept, whatever the answer to it; after five the address is forgotten.
    """
    with transaction.atomic():
        choice = NoticeChoice.objects.select_for_update().filter(person=unlocked.person).first()
        right = (
            choice is not None
            and bool(choice.waiting_email)
            and choice.code_until is not None
            and choice.code_until > unlocked.now
            and same(code_of(choice).encode(), code.strip().encode())
        )
        if choice is not None and right:
            choice.email, choice.waiting_email, choice.code_until = choice.waiting_email, "", None
            choice.by_email = True
            choice.save(update_fields=["email", "waiting_email", "code_until", "by_email"])
            _record(unlocked, entries.ADDRESS_CONFIRMED)
        elif choice is not None:
            choice.wrong_codes += 1
            if choice.wrong_codes >= MOST_WRONG:
                choice.waiting_email = ""
            choice.save(update_fields=["wrong_codes", "waiting_email"])
    if not right:
        raise CodeUnknown


def forget_address(unlocked: Unlocked) -> None:
    """Delete the person's address, confirmed or waiting."""
    with transaction.atomic():
        NoticeChoice.objects.filter(person=unlocked.person).update(email="", waiting_email="", by_email=False)
        _record(unlocked, entries.ADDRESS_FORGOTTEN)


def set_gateway(unlocked: Unlocked, *, url: str) -> None:
    """Set where the agency's gateway listens, with a new secret; an empty address switches it off."""
    with transaction.atomic():
        Agency.objects.select_for_update().get(pk=unlocked.agency.id)
        row = Gateway.objects.filter(agency=unlocked.agency).first()
        if not url:
            Gateway.objects.filter(agency=unlocked.agency).update(url="")
        elif row is None:
            Gateway.objects.create(agency=unlocked.agency, url=url)
        else:
            row.url, row.secret_epoch = url, row.secret_epoch + 1
            row.save(update_fields=["url", "secret_epoch"])
        _record(unlocked, entries.GATEWAY_SET)


def set_time_zone(unlocked: Unlocked, *, time_zone: str) -> None:
    """Set where the agency's days and nights are counted; part of a change that logs itself."""
    Agency.objects.filter(pk=unlocked.agency.id).update(time_zone=time_zone)


def _record(unlocked: Unlocked, action: Action) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="person",
        object=str(unlocked.person.id),
    )
