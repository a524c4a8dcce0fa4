"""The language switch: four languages, kept in a cookie, back to a page of our own only."""

from datetime import date, datetime

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import make_aware
from django.utils.translation import override

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "tag"), [("uz", "uz-Latn"), ("uz-cyrl", "uz-Cyrl"), ("ru", "ru"), ("en", "en")]
)
def test_choosing_a_language_keeps_it_and_goes_back(code: str, tag: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/language/", {"language": code, "next": "/privacy/?a=1"})
    assert (response.status_code, response.headers["Location"]) == (303, "/privacy/?a=1")
    cookie = response.cookies["language"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert f'<html lang="{tag}">' in client.get("/privacy/").content.decode()


@pytest.mark.parametrize(
    "target",
    ["https://other.example/", "//other.example/", "/\\other.example", "javascript:alert(1)", "privacy/", ""],
)
def test_the_way_back_never_leads_to_another_site(client: Client, target: str) -> None:
    assert client.post("/language/", {"language": "ru", "next": target}).headers["Location"] == "/"


def test_an_unknown_language_or_another_site_changes_nothing(client: Client) -> None:
    assert not client.post("/language/", {"language": "xx"}).cookies
    assert not client.post("/language/", {"language": "ru"}, headers={"Sec-Fetch-Site": "cross-site"}).cookies


def test_the_switch_offers_all_four_and_names_the_way_back(client: Client) -> None:
    body = client.get("/privacy/?a=1&b=2").content.decode()
    for code in ("uz", "uz-cyrl", "ru", "en"):
        assert f'name="language" value="{code}"' in body
    assert 'name="next" value="/privacy/?a=1&amp;b=2"' in body


def test_dates_of_uzbek_cyrillic_hold_no_latin_letter_and_a_small_month() -> None:
    day = make_aware(datetime(2027, 9, 19, 8, 5))  # noqa: DTZ001  made aware here
    with override("uz-cyrl"):
        said = [date_format(day, name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "YEAR_MONTH_FORMAT")]
    assert said == ["2027-йил 19-сентябрь", "2027-йил 19-сентябрь, 8:05", "2027-йил сентябрь"]


def test_uzbek_says_the_year_first_and_the_month_small() -> None:
    day = make_aware(datetime(2027, 9, 19, 8, 5))  # noqa: DTZ001  made aware here
    with override("uz"):
        said = [date_format(day, name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "YEAR_MONTH_FORMAT")]
    assert said == ["2027-yil 19-sentabr", "2027-yil 19-sentabr, 8:05", "2027-yil sentabr"]


def test_a_russian_date_may_end_a_sentence() -> None:
    """With Django's «2027 г.» it would end in two full stops."""
    day = make_aware(datetime(2027, 9, 19, 8, 5))  # noqa: DTZ001  made aware here
    with override("ru"):
        said = [date_format(day, name) for name in ("DATE_FORMAT", "DATETIME_FORMAT")]
    assert said == ["19 сентября 2027", "19 сентября 2027, 8:05"]


def test_english_says_the_day_before_the_month() -> None:
    day = make_aware(datetime(2027, 9, 19, 8, 5))  # noqa: DTZ001  made aware here
    with override("en"):
        said = [date_format(day, name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "MONTH_DAY_FORMAT")]
    assert said == ["19 Sep 2027", "19 Sep 2027, 08:05", "19 September"]


def test_a_day_of_a_month_is_in_the_genitive_in_russian() -> None:
    with override("ru"):
        assert date_format(date(2026, 11, 30), "MONTH_DAY_FORMAT") == "30 ноября"
