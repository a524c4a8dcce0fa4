"""How answers are said inside a sentence, in the languages that write a month and a label small there."""

from datetime import date

import pytest
from django.utils.translation import override

from accounts.views.log import DETAILS, _detail
from config.templatetags.interface import at
from referrals import codes
from referrals.views import words
from services.saying import inside


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "November 2026"),
        ("ru", "ноябрь 2026"),
        ("uz", "2026-yil noyabr"),
        ("uz-cyrl", "2026-йил ноябрь"),
    ],
)
def test_a_month_inside_a_sentence_has_a_capital_only_in_english(language: str, said: str) -> None:
    with override(language):
        assert words.month_of(date(2026, 11, 1)) == said


def test_a_place_named_like_its_organisation_is_named_once() -> None:
    assert words.named_once("Line 24, Line 24 said yes.", "Line 24", "Line 24") == "Line 24 said yes."
    assert words.named_once("Room, Line 24 said yes.", "Room", "Line 24") == "Room, Line 24 said yes."


def test_an_organisation_is_not_said_twice() -> None:
    assert at("Legal advice", "Room of Law") == "Legal advice, Room of Law"
    assert at("Room of Law, Tashkent", "Room of Law") == "Room of Law, Tashkent"
    assert at("Room of law", "Room of Law") == "Room of law"
    assert at("Rooms to let", "Room") == "Rooms to let, Room"
    assert at("Legal advice", "") == "Legal advice"


def test_a_label_inside_a_sentence_keeps_what_is_written_in_capitals() -> None:
    assert inside("Her caseworker is away") == "her caseworker is away"
    assert inside("ID card") == "ID card"
    assert inside("") == ""


@pytest.mark.parametrize(
    ("language", "needs", "days"),
    [
        ("en", "Lift, sign language", "Monday, Friday"),
        ("ru", "Лифт, жестовый язык", "Понедельник, пятница"),
        ("uz", "Lift, imo-ishora tili", "Dushanba, juma"),
        ("uz-cyrl", "Лифт, имо-ишора тили", "Душанба, жума"),
    ],
)
def test_only_the_first_of_a_list_has_a_capital_but_for_days_in_english(
    language: str, needs: str, days: str
) -> None:
    with override(language):
        assert words.labels(codes.AccessNeed, ("lift", "sign_language")) == needs
        assert words.labels(codes.Weekday, ("mon", "fri")) == days


def test_what_the_log_says_of_an_offer_or_an_emergency_is_in_words() -> None:
    with override("ru"):
        assert [str(DETAILS[name]) for name in ("offer", "item", "why", "document")] == [
            "Номер",
            "Номер",
            "Почему",
            "Документ",
        ]


def test_the_log_says_the_codes_of_a_detail_in_words() -> None:
    with override("ru"):
        said = {
            name: str(_detail(name, code, {})[1])
            for name, code in (
                ("role", "caseworker"),
                ("method", "visit"),
                ("disposition", "closed"),
                ("section", "notes"),
                ("stays", "no"),
                ("answer", "a newer code"),
            )
        }
    assert said == {
        "role": "Социальный работник",
        "method": "Посещение",
        "disposition": "Закрыто навсегда",
        "section": "Заметки",
        "stays": "Нет",
        "answer": "a newer code",
    }
    assert {"disposition", "format", "role", "section", "stays"} <= set(DETAILS)
