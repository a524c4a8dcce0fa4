"""Reminders to providers: content-free, once in thirty days, whoever runs them and however late."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from services import notices
from services.actions.check_reminders import send_check_reminders
from services.freshness import months_before
from services.models import NoticeSent, OneTimeLink, Organization, Service
from tests.people import Team

from .checkers import make_editors
from .conftest import hsds_service, imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.SITE_URL = "https://site.example"
    settings.MAIL_HOST = "mail.site.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def listed(*, months: int = 7, **changes: Any) -> Service:
    """List a service whose last check lies so many months back."""
    [service] = imported(hsds_service(email="desk@umid.example") | changes)
    day = months_before(timezone.localdate(), months)
    Service.objects.filter(pk=service.pk).update(assured_date=day, vouched_on=day)
    service.refresh_from_db()
    return service


def link_in(message: Any) -> str:
    [address] = [word for word in message.body.split() if word.startswith("https://site.example/")]
    return str(address.removeprefix("https://site.example"))


def test_a_reminder_says_only_that_an_update_waits_and_its_link_works_once(
    places_loaded: None, client: Client
) -> None:
    service = listed()
    assert send_check_reminders().sent == 1
    [message] = mail.outbox
    assert message.to == ["desk@umid.example"]
    whole = message.message().as_string() + message.body
    for telling in ("Namuna", "Listening", "psychosocial", str(service.pk), "violence", "service", "Hamroh"):
        assert telling.lower() not in whole.lower()
    address = link_in(message)
    assert client.get(address).status_code == 200
    assert send_check_reminders().sent == 0
    assert client.post(address, {"correct": "yes"}).status_code == 303
    service.refresh_from_db()
    assert service.assured_date == timezone.localdate()
    assert send_check_reminders(now=timezone.now() + timedelta(days=40)).sent == 0


def test_who_is_reminded_and_when(places_loaded: None) -> None:
    listed(months=3)  # checked lately
    listed(months=30)  # nobody has answered for two years
    hidden = listed()
    Service.objects.filter(pk=hidden.pk).update(publication="hidden")
    listed(email="not an address", organization={"id": "o", "name": "O", "description": "x"})
    listed(email="two@lines.example\nBcc: all@umid.example")
    due = listed(months=17)
    count = send_check_reminders()
    assert (count.sent, count.without_address, count.failed) == (1, 2, 0)
    assert [message.to for message in mail.outbox] == [["desk@umid.example"]]
    assert [row.service_id for row in NoticeSent.objects.all()] == [due.pk]
    # A clock that stood still for a week writes once, not seven times; the next is due after 30 days.
    for days, expected in ((7, 0), (29, 0), (31, 1), (38, 0)):
        assert send_check_reminders(now=timezone.now() + timedelta(days=days)).sent == expected, days


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        ([{"id": "l", "code": "ru", "name": "Russian"}], ["ru"]),
        ([{"id": "l", "code": "en", "name": "English"}], ["en"]),
        ([{"id": "l", "code": "ru", "name": "R"}, {"id": "m", "code": "uz", "name": "U"}], ["uz"]),
        ([], ["uz", "ru"]),
    ],
)
def test_the_reminder_is_written_in_a_language_that_is_spoken_there(
    spoken: list[dict[str, str]], words: list[str], places_loaded: None
) -> None:
    service = listed(languages=spoken)
    assert list(notices.languages_of(service)) == words
    send_check_reminders()
    assert mail.outbox[0].body.count("https://site.example/") == len(words)


def test_a_confidential_site_is_written_to_at_its_own_address_only(places_loaded: None) -> None:
    service = listed(
        email="", organization={"id": "o", "name": "O", "description": "x", "email": "office@umid.example"}
    )
    assert notices.address_of(service) == "office@umid.example"
    service.is_confidential = True
    assert notices.address_of(service) == ""
    service.email = "own@umid.example"
    assert notices.address_of(service) == "own@umid.example"


class Broken(EmailBackend):
    """A mail server that takes no message."""

    def send_messages(self, messages: Sequence[Any]) -> int:
        raise ConnectionResetError(str(messages[0].body))


def test_a_mail_that_was_not_taken_is_tried_again_and_its_link_is_dead(
    places_loaded: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    listed()
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    with pytest.raises(CommandError) as raised:
        call_command("send_check_reminders")
    assert "still-correct" not in str(raised.value) + "".join(capsys.readouterr())
    assert OneTimeLink.objects.get().revoked_at is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("send_check_reminders")
    assert "1 reminded" in capsys.readouterr().out
    assert len(mail.outbox) == 1


def test_without_the_sites_address_nothing_is_sent(places_loaded: None, settings: Any) -> None:
    listed()
    settings.SITE_URL = ""
    with pytest.raises(CommandError):
        call_command("send_check_reminders")
    assert mail.outbox == []


def test_a_reminder_stands_in_the_log_of_the_agency_behind_the_entry(places_loaded: None) -> None:
    team: Team = make_editors()
    listed()
    Organization.objects.update(agency=team.agency)
    logged = Entry.objects.count()
    send_check_reminders()
    assert Entry.objects.count() == logged + 1


class Counted(EmailBackend):
    """Keeps what it was given where all threads see it."""

    sent: list[Any] = []

    def send_messages(self, messages: Sequence[Any]) -> int:
        self.sent.extend(messages)
        return len(messages)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_write_once(places_loaded: None, settings: Any) -> None:
    for number in range(4):
        listed(email=f"desk{number}@umid.example")
    settings.EMAIL_BACKEND = f"{__name__}.Counted"
    Counted.sent.clear()
    together = threading.Barrier(2)

    def run() -> None:
        try:
            together.wait(10)
            send_check_reminders()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(message.to[0] for message in Counted.sent) == [f"desk{n}@umid.example" for n in range(4)]
    assert OneTimeLink.objects.count() == 4
