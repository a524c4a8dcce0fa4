"""The catalogues of translated texts: compile them, collect new texts, check that none is missing.

``compile`` needs nothing but Python, so a fresh machine can run Hamroh; ``messages`` and
``check`` read the sources with GNU gettext, as Django's makemessages does.

Uzbek Cyrillic is written from Uzbek Latin (``tools.transliteration``) each time. An entry that
somebody corrected carries the translator's comment ``by hand`` and is kept.
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools import guides
from tools.transliteration import to_cyrillic

PROJECT = Path(__file__).resolve().parent.parent
LOCALE = PROJECT / "locale"
LANGUAGES = ("uz", "uz_Cyrl", "ru")
# Uzbek does not change a noun after a number; Russian has three forms of it.
PLURALS = {
    "uz": "nplurals=1; plural=0;",
    "uz_Cyrl": "nplurals=1; plural=0;",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0"
    " : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
}
SOURCES = ("config", "referrals", "services", "accounts", "audit", "templates")
BY_HAND = "by hand"
# What Django calls the months of its format E, those inside a date.
IN_A_DATE = "alt. month"
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
_NUMBER_AND_UNIT = re.compile(r"^(%\(\w+\)d)(?=[^\W\d])")
_TAG = re.compile(r"</?[a-z]\w*")
_TYPED_APOSTROPHE = re.compile(r"(?<=\w)['`‘’](?=\w)")


def po_file(language: str, locale: Path = LOCALE) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def empty(language: str, header: str = "") -> Catalog:
    """Return a catalogue without texts, whose header says what a translator and gettext need to know."""
    catalogue = Catalog(
        locale=language,
        project="Hamroh",
        version="1",
        header_comment=header,
        msgid_bugs_address=" ",
        last_translator="the Hamroh team",
        language_team="the Hamroh team",
        fuzzy=False,
    )
    headers = dict(catalogue.mime_headers) | {"Plural-Forms": PLURALS[language]}
    catalogue.mime_headers = list(headers.items())
    return catalogue


def write(path: Path, catalogue: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def entries(catalogue: Catalog) -> Iterator[Message]:
    """Yield every message but the header."""
    return (message for message in catalogue if message.id)


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the singular and plural forms of an id or a translation, one or more."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


# --- compile ---


def compile_all(locale: Path = LOCALE) -> None:
    """Write django.mo beside every django.po that is newer than it, or older than these rules."""
    rules = Path(__file__).stat().st_mtime
    for language in LANGUAGES:
        source = po_file(language, locale)
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime >= max(source.stat().st_mtime, rules):
            continue
        catalogue = read(source, language)
        if language == "uz_Cyrl":
            _add_djangos_own(catalogue)
        if language in ("uz", "uz_Cyrl"):
            _add_small_months(catalogue)
            _add_spaced_sizes(catalogue)
        if language == "uz":
            _add_right_apostrophes(catalogue)
        # Written aside and moved, because two test processes may do this at once.
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
            write_mo(file, catalogue)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)


def _djangos_uzbek() -> Iterator[Message]:
    import django

    return entries(read(po_file("uz", Path(django.__file__).parent / "conf" / "locale"), "uz"))


def _add_small_months(catalogue: Catalog) -> None:
    """Write the months of dates small, as Uzbek does («2026-yil 3-sentabr»): Django has «3-Sentabr»."""
    for message in _djangos_uzbek():
        if message.context == IN_A_DATE:
            said = str(message.string).lower()
            catalogue.delete(message.id, IN_A_DATE)
            catalogue.add(
                message.id,
                to_cyrillic(said) if str(catalogue.locale) == "uz_Cyrl" else said,
                context=IN_A_DATE,
            )


def _add_spaced_sizes(catalogue: Catalog) -> None:
    """Put a space between a number and its unit ("76 bayt"): Django's Uzbek has none in some."""
    for message in _djangos_uzbek():
        said = [_NUMBER_AND_UNIT.sub(r"\1 ", text) for text in forms(message.string)]
        if not message.context and said != list(forms(message.string)):
            if str(catalogue.locale) == "uz_Cyrl":
                said = [to_cyrillic(text) for text in said]
            catalogue.delete(message.id)
            catalogue.add(message.id, said)


def _add_right_apostrophes(catalogue: Catalog) -> None:
    """Write oʻ, gʻ and ʼ in Django's own Uzbek, as in ours beside it: Django has "to'g'ri"."""
    for message in _djangos_uzbek():
        said = [_TYPED_APOSTROPHE.sub(_apostrophe, text) for text in forms(message.string)]
        if message.fuzzy or said == list(forms(message.string)) or catalogue.get(message.id, message.context):
            continue
        catalogue.add(message.id, said[0] if isinstance(message.id, str) else said, context=message.context)


def _apostrophe(match: re.Match[str]) -> str:
    return "ʻ" if match.string[match.start() - 1] in "oOgG" else "ʼ"


def _add_djangos_own(catalogue: Catalog) -> None:
    """Add Django's own Uzbek texts in Cyrillic: Django has them in Latin letters only."""
    for message in _djangos_uzbek():
        if message.string and not message.fuzzy and catalogue.get(message.id, message.context) is None:
            translated = _cyrillic(message, catalogue)
            if all(forms(translated)):
                catalogue.add(message.id, translated, context=message.context)


def _cyrillic(message: Message, target: Catalog) -> str | list[str]:
    texts = [to_cyrillic(text) for text in forms(message.string)]
    if isinstance(message.id, str):
        return texts[0]
    return [texts[min(index, len(texts) - 1)] for index in range(target.num_plurals)]


# --- messages ---


def messages() -> int:
    """Collect every text of the product into the catalogues, and write Uzbek Cyrillic."""
    if not _gettext_is_there():
        return 1
    for language in ("uz", "ru"):
        if not po_file(language).exists():
            # With the plural forms in its header, gettext makes as many places as there are forms.
            write(po_file(language), empty(language))
    _makemessages(PROJECT, "uz", "ru")
    write_cyrillic()
    guides.write()
    compile_all()
    return 0


def _gettext_is_there() -> bool:
    if shutil.which("xgettext") and shutil.which("msgmerge"):
        return True
    print("GNU gettext is missing. Install it with:  apt install gettext", file=sys.stderr)
    return False


def _makemessages(folder: Path, *languages: str, template: bool = False) -> None:
    """Run Django's makemessages in ``folder``; with ``template``, keep the file of bare texts too."""
    options = [option for language in languages for option in ("--locale", language)]
    options += ["--keep-pot"] if template else ["--no-obsolete", "--add-location", "file"]
    ignored = [
        option
        for name in ("tests", "tools", "bench", "var", "docs", ".venv*", "build")
        for option in ("--ignore", name)
    ]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--verbosity", "0", *options, *ignored],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "tools.message_settings"},
        check=True,
    )


def write_cyrillic(locale: Path = LOCALE) -> None:
    """Write uz_Cyrl from uz, keeping what was corrected by hand, and say which of those is now in doubt."""
    latin = read(po_file("uz", locale), "uz")
    path = po_file("uz_Cyrl", locale)
    old = read(path, "uz_Cyrl") if path.exists() else empty("uz_Cyrl")
    new = empty(
        "uz_Cyrl",
        "# Uzbek in Cyrillic letters, written from locale/uz by `make messages`.\n"
        f'# Put "# {BY_HAND}" above an entry to keep a correction.',
    )
    new.creation_date, new.revision_date = latin.creation_date, latin.revision_date
    for message in entries(latin):
        before = old.get(message.id, message.context)
        by_hand = before is not None and BY_HAND in before.user_comments
        new.add(
            message.id,
            before.string if before is not None and by_hand else _cyrillic(message, new),
            locations=message.locations,
            flags=message.flags - {"fuzzy"},
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before is not None and by_hand else (),
            context=message.context,
        )
    write(path, new)


# --- check ---


def check() -> int:
    """Say which texts lack a whole translation; return 1 if any does."""
    if not _gettext_is_there():
        return 1
    with tempfile.TemporaryDirectory(prefix="hamroh-messages-") as name:
        folder = Path(name)
        for source in (*SOURCES, "tools"):
            shutil.copytree(PROJECT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "locale").mkdir()
        _makemessages(folder, "en", template=True)
        template = read_template(folder / "locale" / "django.pot")
        problems = [problem for language in LANGUAGES for problem in faults(template, language)]
    problems += guides.stale()
    for problem in problems[:50]:
        print(problem)
    if problems:
        print(f"{len(problems)} texts are not translated whole. 'make messages' collects them.")
    return 1 if problems else 0


def read_template(path: Path) -> Catalog:
    """Read a file of bare texts, in which gettext leaves the plural forms for the translator to fill in."""
    text = path.read_text(encoding="utf-8").replace(
        "nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=(n != 1);"
    )
    return read_po(io.StringIO(text), abort_invalid=True)


def faults(template: Catalog, language: str, locale: Path = LOCALE) -> Iterator[str]:
    """Yield one line for each text of ``template`` that ``language`` does not translate whole."""
    path = po_file(language, locale)
    catalogue = read(path, language) if path.exists() else empty(language)
    for wanted in entries(template):
        found = catalogue.get(wanted.id, wanted.context)
        fault = "is missing" if found is None else fault_of(found, catalogue.num_plurals)
        if fault:
            yield f"{language}: {forms(wanted.id)[0][:70]!r} {fault}"


def fault_of(message: Message, plurals: int) -> str:
    """Return what is wrong with one translation, or an empty string."""
    texts = forms(message.string)
    if not all(texts) or (not isinstance(message.id, str) and len(texts) < plurals):
        return "is not translated"
    if message.fuzzy:
        return "is marked fuzzy"
    ids = forms(message.id)
    # A singular may leave the number out ("one case"), so a form owes what every form of the id has.
    allowed = {part for text in ids for part in _PLACEHOLDER.findall(text)}
    owed = set.intersection(*({*_PLACEHOLDER.findall(text)} for text in ids))
    for text in texts:
        used = set(_PLACEHOLDER.findall(text))
        if not owed <= used <= allowed:
            return "has other placeholders"
        if sorted(_TAG.findall(text)) not in [sorted(_TAG.findall(source)) for source in ids]:
            return "has other tags"
        if _mixed(text):
            return f"mixes Latin and Cyrillic letters in one word ({_mixed(text)!r})"
    return ""


def _mixed(text: str) -> str:
    """Return the first word with letters of both alphabets: a look-alike that search never finds."""
    for match in re.finditer(r"[^\W\d_]+", _PLACEHOLDER.sub(" ", text)):
        word = match.group()
        if re.search("[a-zA-Z]", word) and re.search("[а-яёўқғҳА-ЯЁЎҚҒҲ]", word):
            return word
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["compile", "messages", "check"])
    command = parser.parse_args().command
    if command == "compile":
        compile_all()
        return 0
    return messages() if command == "messages" else check()


if __name__ == "__main__":
    sys.exit(main())
