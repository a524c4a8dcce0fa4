"""Directory texts in several languages: a JSON column and a small descriptor.

The plain column holds the base text (English in HSDS files); ``translations`` holds
``{"uz": {"name": …}, …}`` with Django's language codes. Reading picks the active language, else
the next best one a reader of that language is likely to understand.
"""

from typing import Any, Self, overload

from django.utils.translation import get_language

BASE_LANGUAGE = "en"
_FALLBACK = {
    "uz": ("uz", "uz-cyrl", "ru", "en"),
    "uz-cyrl": ("uz-cyrl", "uz", "ru", "en"),
    "ru": ("ru", "uz", "uz-cyrl", "en"),
    "en": ("en", "ru", "uz", "uz-cyrl"),
}


class Localized(str):
    """A text that knows its language, so that a page can mark it with ``lang``."""

    language: str

    def __new__(cls, text: str, language: str) -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made

    @property
    def tag(self) -> str:
        """The ``lang`` attribute that says in which language and script this text is."""
        return {"uz": "uz-Latn", "uz-cyrl": "uz-Cyrl"}.get(self.language, self.language)


def fallback_order(language: str | None = None) -> tuple[str, ...]:
    """Return the languages to try, best first, for a reader of ``language`` (default: the active one)."""
    return _FALLBACK.get((language or get_language() or BASE_LANGUAGE).lower(), _FALLBACK["en"])


def pick(base: str, translations: dict[str, Any], field: str, language: str | None = None) -> Localized:
    """Return the best text of ``field`` for the reader; empty if there is none in any language."""
    for code in fallback_order(language):
        text = base if code == BASE_LANGUAGE else translations.get(code, {}).get(field, "")
        if text:
            return Localized(text, code)
    return Localized("", BASE_LANGUAGE)


def pick_name(names: dict[str, str], language: str | None = None) -> Localized:
    """Return the best of a ``{language: name}`` mapping (places)."""
    return pick(
        names.get(BASE_LANGUAGE, ""), {code: {"name": name} for code, name in names.items()}, "name", language
    )


class Translated:
    """Read ``instance.<field>`` in the reader's language: ``local_name = Translated("name")``."""

    def __init__(self, field: str) -> None:
        self.field = field

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Localized: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Localized:
        if instance is None:
            return self
        translations: dict[str, Any] = instance.translations  # type: ignore[attr-defined]
        return pick(getattr(instance, self.field), translations, self.field)
