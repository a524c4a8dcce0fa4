"""The catalogue tools on small catalogues of their own: compiled, checked, written in Cyrillic."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from tools import catalogues

Text = str | tuple[str, str]


def store(locale: Path, language: str, entries: dict[Text, object], comment: str = "") -> None:
    """Write a catalogue with these translations; a list gives plural forms."""
    catalogue = catalogues.empty(language)
    for text, translation in entries.items():
        catalogue.add(text, translation, user_comments=[comment] if comment else ())  # type: ignore[arg-type]
    path = catalogues.po_file(language, locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue)


def translated(locale: Path, language: str, text: Text) -> object:
    found = catalogues.read(catalogues.po_file(language, locale), language).get(text)
    return found.string if found else None


@pytest.mark.parametrize(
    ("english", "translation", "fault"),
    [
        ("Sign in", "Kirish", ""),
        ("Sign in", "", "not translated"),
        ("Hello, %(name)s", "Salom, %(name)s", ""),
        ("Hello, %(name)s", "Salom, %(ism)s", "placeholders"),
        ("Hello, {name}", "Salom", "placeholders"),
        ("<strong>Now</strong>", "<strong>Hozir</strong>", ""),
        ("<strong>Now</strong>", "Hozir", "tags"),
        ("Case", "Сase", "mixes"),  # the first letter is Cyrillic
        ("PDF file", "файл PDF", ""),
        (("One case", "%(count)d cases"), ("Один случай", "%(count)d случая", "%(count)d случаев"), ""),
        (("One case", "%(count)d cases"), ("Один случай", "", ""), "not translated"),
        (("One case", "%(count)d cases"), ("Один случай",), "not translated"),
    ],
)
def test_fault_is_named(english: Text, translation: Text, fault: str) -> None:
    plurals = 3 if isinstance(english, tuple) else 1
    found = catalogues.fault_of(Message(english, translation), plurals)
    assert fault in found
    assert bool(fault) == bool(found)


def test_fuzzy_is_a_fault() -> None:
    assert "fuzzy" in catalogues.fault_of(Message("Sign in", "Kirish", flags=["fuzzy"]), 1)


def test_missing_text_is_a_fault_and_a_whole_catalogue_has_none(tmp_path: Path) -> None:
    template = Catalog()
    template.add("Sign in")
    store(tmp_path, "uz", {"Sign out": "Chiqish"})
    assert list(catalogues.faults(template, "uz", tmp_path)) == ["uz: 'Sign in' is missing"]
    store(tmp_path, "uz", {"Sign in": "Kirish"})
    assert list(catalogues.faults(template, "uz", tmp_path)) == []


def test_cyrillic_is_written_from_latin(tmp_path: Path) -> None:
    store(tmp_path, "uz", {"Sign in": "Kirish", ("%(n)d case", "%(n)d cases"): ["%(n)d ish"]})
    catalogues.write_cyrillic(tmp_path)
    assert translated(tmp_path, "uz_Cyrl", "Sign in") == "Кириш"
    assert translated(tmp_path, "uz_Cyrl", ("%(n)d case", "%(n)d cases")) == ("%(n)d иш",)


def test_correction_by_hand_is_kept_and_any_other_is_written_anew(tmp_path: Path) -> None:
    store(tmp_path, "uz", {"Sign in": "Kirish"})
    store(tmp_path, "uz_Cyrl", {"Sign in": "Киринг"}, comment=catalogues.BY_HAND)
    catalogues.write_cyrillic(tmp_path)
    catalogues.write_cyrillic(tmp_path)  # the mark itself is kept too
    assert translated(tmp_path, "uz_Cyrl", "Sign in") == "Киринг"

    store(tmp_path, "uz_Cyrl", {"Sign in": "Киринг"})
    catalogues.write_cyrillic(tmp_path)
    assert translated(tmp_path, "uz_Cyrl", "Sign in") == "Кириш"


def test_compiled_catalogue_is_what_gettext_reads(tmp_path: Path) -> None:
    for language in catalogues.LANGUAGES:
        store(tmp_path, language, {"Hamroh": "Ҳамроҳ"})
    catalogues.compile_all(tmp_path)
    for language in catalogues.LANGUAGES:
        read = gettext.translation("django", tmp_path, [language])
        assert read.gettext("Hamroh") == "Ҳамроҳ"
    # Django has no Uzbek in Cyrillic; its own form errors come from its Latin catalogue.
    own = gettext.translation("django", tmp_path, ["uz_Cyrl"]).gettext("This field is required.")
    assert own == "Ушбу майдон тўлдирилиши шарт."
    own = gettext.translation("django", tmp_path, ["uz"]).gettext("This field is required.")
    assert own == "Ushbu maydon toʻldirilishi shart."  # Django has "to'ldirilishi"
    # Django's Uzbek writes "76bayt".
    for language, said in (("uz", "%(size)d bayt"), ("uz_Cyrl", "%(size)d байт")):
        read = gettext.translation("django", tmp_path, [language])
        assert read.ngettext("%(size)d byte", "%(size)d bytes", 76) == said


def test_template_with_plurals_is_read(tmp_path: Path) -> None:
    path = tmp_path / "django.pot"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"\n\n'
        'msgid "%(n)d hour"\nmsgid_plural "%(n)d hours"\nmsgstr[0] ""\nmsgstr[1] ""\n',
        encoding="utf-8",
    )
    texts = [message.id for message in catalogues.entries(catalogues.read_template(path))]
    assert texts == [("%(n)d hour", "%(n)d hours")]
