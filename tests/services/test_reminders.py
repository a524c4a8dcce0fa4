"""Reminders to providers: what a mail says, when it is due, once only, not at night."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from services import actions
from services.actions.reminders import send_availability_reminders
from services.codes import AvailabilitySource
from services.models import NoticeSent, Organization, Service
from tests.people import Network
from tests.referrals import making
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Tashkent")


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.SITE_URL = "https://hamroh.example/"
    settings.MAIL_HOST = "mail.example"


def noon(days: int = 0) -> datetime:
    """Return a noon that lies after every report made now: clocks of the site only run forward."""
    day = timezone.localdate() + timedelta(days=1 + days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)


def reported(service: Service, at: datetime, status: str = "capacity", **more: Any) -> None:
    report = actions.report_availability(
        service_id=service.pk, status=status, source=AvailabilitySource.PROVIDER_PAGE, **more
    )
    type(report).objects.filter(pk=report.pk).update(reported_at=at)


@pytest.fixture
def office(db: None) -> Service:
    service = making.make_service(None, service_type="legal_assistance", name="Lawyers of the corner")
    Organization.objects.filter(pk=service.organization_id).update(email="desk@provider.example")
    return service


def test_a_mail_says_nothing_but_that_there_is_an_update(office: Service) -> None:
    reported(office, noon() - timedelta(hours=30))
    assert send_availability_reminders(now=noon()) == 1
    [sent] = mail.outbox
    assert sent.to == ["desk@provider.example"]
    link = re.search(r"https://hamroh\.example(/directory/link/[\w-]{43}/)", str(sent.body))
    assert link is not None
    # The only link, in each language it is written in.
    assert set(re.findall(r"https?://\S+", str(sent.body))) == {link[0]}
    rest = str(sent.body).replace(link[0], "") + sent.subject
    for telling in ("Lawyers", "corner", str(office.pk), "legal", "place", "Organization", "@"):
        assert telling not in rest
    assert not re.search(r"\d", rest)
    assert "Lawyers of the corner" in Client().get(link[1]).content.decode()


def test_a_desk_with_accounts_gets_no_token(network: Network, office: Service) -> None:
    Organization.objects.update(agency=network.b.agency)
    reported(office, noon() - timedelta(hours=30))
    send_availability_reminders(now=noon())
    assert "https://hamroh.example/directory/desk/\n" in str(mail.outbox[0].body)
    assert "/link/" not in str(mail.outbox[0].body)


def test_one_after_a_week_off_then_weekly_and_again_after_news(office: Service) -> None:
    reported(office, noon() - timedelta(days=9))
    for days, due in ((0, 1), (0, 0), (1, 0), (6, 0), (8, 1), (9, 0)):
        assert send_availability_reminders(now=noon(days)) == due, days
    reported(office, noon(10) - timedelta(hours=25))
    assert send_availability_reminders(now=noon(10)) == 1
    assert send_availability_reminders(now=noon(10) + timedelta(hours=3)) == 0
    assert NoticeSent.objects.count() == 1


@pytest.mark.parametrize(
    "how", ["fresh", "hidden", "inactive", "no mail", "never", "long ago", "closed until", "off"]
)
def test_not_due(how: str, office: Service, settings: Any) -> None:
    old = noon() - timedelta(hours=30)
    if how == "closed until":
        reported(office, old, "temporarily-closed", opens_again=timezone.localdate() + timedelta(days=9))
    elif how != "never":
        reported(
            office,
            {"fresh": noon() - timedelta(hours=20), "long ago": noon() - timedelta(days=61)}.get(how, old),
        )
    if how == "hidden":
        Service.objects.update(publication="hidden")
    if how == "inactive":
        Service.objects.update(status="inactive")
    if how == "no mail":
        Organization.objects.update(email="")
    if how == "off":
        settings.MAIL_HOST = ""
    assert send_availability_reminders(now=noon()) == 0
    assert mail.outbox == []


def test_nobody_is_woken(office: Service) -> None:
    reported(office, noon() - timedelta(hours=60))
    for hour in (21, 23, 0, 7):
        assert send_availability_reminders(now=noon().replace(hour=hour)) == 0
    assert send_availability_reminders(now=noon().replace(hour=8)) == 1


def test_the_command_says_what_it_did(
    office: Service, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("send_availability_reminders")
    settings.MAIL_HOST = ""
    call_command("send_availability_reminders")
    assert capsys.readouterr().out.startswith("0 reminders.\nNo mail: set HAMROH_MAIL_HOST")


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_send_one(office: Service) -> None:
    reported(office, noon() - timedelta(hours=30))
    send_availability_reminders(now=noon())
    later = noon(8)
    assert sorted(both(*[lambda: send_availability_reminders(now=later)] * 2), key=str) == [0, 1]
