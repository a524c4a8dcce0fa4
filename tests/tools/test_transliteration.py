"""Words whose Cyrillic spelling is known, one for each rule and each exception."""

import pytest

from tools.transliteration import to_cyrillic

WORDS = {
    # oʻ and gʻ, whichever apostrophe somebody typed
    "oʻzbek": "ўзбек",
    "o'zbek": "ўзбек",
    "o’zbek": "ўзбек",
    "o‘zbek": "ўзбек",
    "o`zbek": "ўзбек",
    "Oʻzbekiston": "Ўзбекистон",
    "OʻZBEKISTON": "ЎЗБЕКИСТОН",
    "togʻ": "тоғ",
    "tog'": "тоғ",
    "gʻamxoʻrlik": "ғамхўрлик",
    # letter pairs
    "shahar": "шаҳар",
    "Chilonzor": "Чилонзор",
    "CHORA": "ЧОРА",
    "tong": "тонг",
    "yoʻl": "йўл",
    "Yoʻq": "Йўқ",
    "yosh": "ёш",
    "tayyor": "тайёр",
    "dunyo": "дунё",
    "yuborish": "юбориш",
    "yangi": "янги",
    "YANGI": "ЯНГИ",
    "loyiha": "лойиҳа",
    "qiyin": "қийин",
    # e
    "yer": "ер",
    "Yetti": "Етти",
    "eng": "энг",
    "Elektron": "Электрон",
    "kerak": "керак",
    "aeroport": "аэропорт",
    "poyezd": "поезд",
    # the tutuq belgisi
    "maʼlumot": "маълумот",
    "ma'lumot": "маълумот",
    "ma’lumot": "маълумот",
    "eʼlon": "эълон",
    "sanʼat": "санъат",
    "SANʼAT": "САНЪАТ",
    "Isʼhoq": "Исҳоқ",
    "moʻjiza": "мўъжиза",
    # borrowed words
    "tashkilot": "ташкилот",
    "konsultatsiya": "консультация",
    "reabilitatsiyasi": "реабилитацияси",
    "informatsion": "информацион",
    "stansiya": "станция",
    "funksiya": "функция",
    "pensiya": "пенсия",
    "versiya": "версия",
    "komissiya": "комиссия",
    "aytsa": "айтса",
    "ketsin": "кетсин",
    "litsenziyasi": "лицензияси",
    "Parol": "Пароль",
    "paroli": "пароли",
    "parolni": "паролни",
    "rayon": "район",
    "kompyuterda": "компьютерда",
    "sentabr": "сентябрь",
    "sentabrda": "сентябрда",
    "iyunda": "июнда",
    "obyekt": "объект",
}


@pytest.mark.parametrize(("latin", "cyrillic"), WORDS.items())
def test_word(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    "text",
    [
        "%(count)d",
        "%(name)s",
        "%s",
        "{service}",
        '<a href="/directory/" class="button">',
        "&nbsp;",
        "https://example.uz/yordam",
        "yordam@example.uz",
        "verify_audit.py",
        "PDF",
        "HSDS",
        "Microsoft",
        "102",
        "https://",
        "JPEG",
        "Content-Type: application/json",
        "more_1",
        "uz-Cyrl",
        "UZ-JI",
        "Open Referral",
        "ETag",
        "Hamroh",
    ],
)
def test_left_alone(text: str) -> None:
    assert to_cyrillic(text) == text


def test_text_around_what_is_left_alone() -> None:
    latin = 'Yana <strong class="ish">%(count)d</strong> ta tashkilot, {name}: “oʻqing”.'
    assert to_cyrillic(latin) == 'Яна <strong class="ish">%(count)d</strong> та ташкилот, {name}: «ўқинг».'


def test_percent_sign_after_a_number_is_not_a_placeholder() -> None:
    assert to_cyrillic("50 % dan") == "50 % дан"
