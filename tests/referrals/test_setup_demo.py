"""The demo: made once, kept on a second run, never in production."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Agency, Person
from audit.models import Log
from referrals import access, queries
from referrals.demo.network import PASSWORD, unlock
from referrals.demo.tour import WAYS
from referrals.models import Case, Referral
from services.codes import Publication
from services.models import Organization, Service

pytestmark = pytest.mark.django_db


def test_demo_is_made_once_and_kept() -> None:
    words = StringIO()
    call_command("setup_demo", "--port", "8123", stdout=words)
    assert "http://localhost:8123/work/" in words.getvalue()
    assert all(person.name in words.getvalue() for person in Person.objects.all())
    assert Service.objects.filter(publication=Publication.PUBLISHED).count() >= 45
    assert not Service.objects.filter(assured_date=None).exists()
    assert Organization.objects.filter(agency__isnull=False).count() == 3
    assert Counter(Referral.objects.values_list("state", flat=True)) == {
        "sent": 1,
        "in_progress": 1,
        "declined": 1,
        "delivered": 1,
    }
    aliases = {one.card.alias for one in queries.case_page(unlock("dilnoza")).cards if one.card}
    assert aliases == {"Anor", "Behi", "Olma", "Gilos", "Uzum"}
    # One shared with her, and her own that she offers.
    aliases = {one.card.alias for one in queries.case_page(unlock("malika")).cards if one.card}
    assert aliases == {"Behi", "Shaftoli"}
    assert len(access.inbox_for(unlock("nodira"))) == 1
    assert len(access.worked_on_by(unlock("nodira"))) == 1

    # Every stop of the tour is a page that this person opens, and the front page shows the tour there only.
    with override_settings(DEMO=True):
        for way in WAYS:
            client = Client()
            if way.person:
                client.post("/sign-in/", {"name": way.person, "password": PASSWORD})
            front = client.get("/").content.decode()
            for stop in way.stops:
                assert f"http://localhost:8123{reverse(stop.route)}" in words.getvalue()
                assert f'href="{reverse(stop.route)}"' in front
                answer = client.get(reverse(stop.route))
                asked_again = answer.status_code == 302 and answer["Location"].startswith("/confirm/")
                assert answer.status_code == 200 or asked_again, stop
            assert ("card--chosen" in front) == bool(way.person)
    assert 'id="try"' not in Client().get("/").content.decode()

    before = [table.objects.count() for table in (Agency, Person, Log, Service, Case, Referral)]
    words = StringIO()
    call_command("setup_demo", stdout=words)
    assert "was kept" in words.getvalue()
    assert [table.objects.count() for table in (Agency, Person, Log, Service, Case, Referral)] == before


def test_demo_is_never_made_in_production() -> None:
    with override_settings(PRODUCTION=True), pytest.raises(CommandError):
        call_command("setup_demo", stdout=StringIO())
    assert not Person.objects.exists()
