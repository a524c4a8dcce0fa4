"""How answers are said inside a sentence, in the languages that write a month and a label small there."""

from datetime import date

import pytest
from django.utils.translation import override

from accounts.views.log import DETAILS
from referrals.views import words


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "November 2026"),
        ("ru", "ноябрь 2026 г."),
        ("uz", "2026-yil noyabr"),
        ("uz-cyrl", "2026-йил ноябрь"),
    ],
)
def test_a_month_inside_a_sentence_has_a_capital_only_in_english(language: str, said: str) -> None:
    with override(language):
        assert words.month_of(date(2026, 11, 1)) == said


def test_a_label_inside_a_sentence_keeps_what_is_written_in_capitals() -> None:
    assert words.inside("Her caseworker is away") == "her caseworker is away"
    assert words.inside("ID card") == "ID card"
    assert words.inside("") == ""


def test_what_the_log_says_of_an_offer_or_an_emergency_is_in_words() -> None:
    with override("ru"):
        assert [str(DETAILS[name]) for name in ("offer", "item", "why", "document")] == [
            "Номер",
            "Номер",
            "Почему",
            "Документ",
        ]
