"""The text that is read to her before she decides: found, filled in, and hashed.

The texts are files of this repository (``data/consent/<version>/<text>.toml``), one a language and script.
A version that was used never changes: a consent keeps which one was read and what stood in it
(``payload.Heard``), so that it says for ever what she heard. Whether something was read well enough to be
recorded is decided in ``actions.consent``.
"""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from referrals import codes
from referrals.payload import Consent
from vault.kdf import plain_hash

VERSION = 1
LINE = "_" * 24

_FILES = Path(settings.BASE_DIR) / "referrals" / "data" / "consent"
_TAGS = {"uz": "uz-Latn", "uz-cyrl": "uz-Cyrl"}


@dataclass(frozen=True)
class Part:
    """A heading, a paragraph, and where there is one a list under it."""

    heading: str
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A text with everything filled in: what is read aloud, shown and printed."""

    text: str
    version: int
    title: str
    intro: str
    parts: tuple[Part, ...]
    # Words around the lines to sign on; not read to her, so not hashed.
    paper: dict[str, str]

    @property
    def tag(self) -> str:
        """The ``lang`` attribute of this text."""
        return _TAGS.get(self.text, self.text)

    @property
    def hash(self) -> str:
        """SHA-256 over all that is read, in its order: the same words in two texts are two hashes."""
        words = [self.title, self.intro]
        for part in self.parts:
            words += [part.heading, part.text, str(len(part.items)), *part.items]
        return plain_hash("hamroh/v1/consent-read", self.text, str(self.version), *words).hex()


def blank_form(text: str) -> Reading:
    """Return the newest version with lines instead of names, and every field and duty to tick."""
    words = words_of(text, VERSION)
    told, law = words["told"], words["law"]
    lines = dict.fromkeys(("service", "organization", "receiver", "purpose", "until"), LINE)
    at_once = [code for code in codes.Field.values if code in codes.OPAQUE_FIELDS]
    after_yes = [code for code in codes.Field.values if code not in codes.OPAQUE_FIELDS]
    return Reading(
        text=text,
        version=VERSION,
        title=words["title"],
        intro=words["intro"],
        parts=(
            Part(words["about"]["heading"], _filled(words["about"]["text"], lines)),
            Part("", _filled(words["about"]["receiver"], lines)),
            Part(law["heading"], "", _to_tick(law["duties"].values())),
            Part(told["heading"], told["always"]),
            Part("", told["at_once"], _to_tick(words["fields"][code] for code in at_once)),
            Part("", told["after_yes"], _to_tick(words["fields"][code] for code in after_yes)),
            Part("", f"{told['nothing_else']} {words['paper']['tick']}"),
            Part(words["why"]["heading"], _filled(words["why"]["text"], lines)),
            Part(words["until"]["heading"], _filled(words["until"]["text"], lines)),
            *_always(words),
            Part(words["who"]["heading"], "", _to_tick(words["who"][one] for one in codes.GivenBy.values)),
        ),
        paper=words["paper"],
    )


@cache
def words_of(text: str, version: int) -> dict[str, Any]:
    """Return the words of a text; ``LookupError`` when there is no such text or version."""
    path = _FILES / str(version) / f"{text}.toml"
    if text not in codes.TEXTS or not path.is_file():
        raise LookupError("There is no such text.")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def hash_of_text(text: str, version: int) -> str:
    """Return SHA-256 over a text's words in canonical form: comments and the order of lines do not count."""
    words = json.dumps(words_of(text, version), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return plain_hash("hamroh/v1/consent-text", text, str(version), words).hex()


def text_for(language: str, script: str, *, reader: str) -> str:
    """Return which text is read to somebody who speaks ``language`` and reads ``script``.

    Where there is no text in her language it is the one that the caseworker reads, who says it in hers.
    Who does not read letters hears it in those of the caseworker.
    """
    if language in ("ru", "en"):
        return language
    if language == "uz" and script in (codes.Script.LATIN, codes.Script.CYRILLIC):
        return "uz-cyrl" if script == codes.Script.CYRILLIC else "uz"
    if language == "uz":
        return "uz-cyrl" if reader == "uz-cyrl" else "uz"
    return reader if reader in codes.TEXTS else "en"


def is_spoken_in(language: str, text: str) -> bool:
    """Say whether the text is in her language, or has to be said in it by whoever reads it."""
    return text.partition("-")[0] == language


def reading_of(consent: Consent) -> Reading | None:
    """Return what was, or is to be, read for this decision; None where nothing was, as for a refusal."""
    heard = consent.heard
    if not heard.wording or heard.version is None:
        return None
    try:
        words = words_of(heard.wording, heard.version)
    except LookupError:  # of a newer program than this one
        return None
    about, told = words["about"], words["told"]
    known = {
        "service": heard.service,
        "organization": heard.organization,
        "receiver": heard.receiver,
        "purpose": consent.purpose,
        "until": heard.until.strftime("%d.%m.%Y") if heard.until else LINE,
    }
    duty = words["law"]["duties"].get(consent.legal_duty, words["law"]["duties"]["unknown"])
    return Reading(
        text=heard.wording,
        version=heard.version,
        title=words["title"],
        intro=words["intro"],
        parts=(
            Part(about["heading"], _filled(about["text"], known)),
            Part("", _filled(about["receiver"] if heard.receiver else about["no_receiver"], known)),
            Part(words["law"]["heading"], f"{duty} {heard.duty_note}".strip()),
            Part(told["heading"], told["always"]),
            Part("", told["at_once"], _listed(words, heard.fields, opaque=True)),
            Part("", told["after_yes"], _listed(words, heard.fields, opaque=False)),
            Part("", told["nothing_else"]),
            Part(words["why"]["heading"], _filled(words["why"]["text"], known)),
            Part(words["until"]["heading"], _filled(words["until"]["text"], known)),
            *_always(words),
            Part(words["who"]["heading"], words["who"].get(consent.given_by, "")),
        ),
        paper=words["paper"],
    )


def as_it_was_read(consent: Consent) -> Reading | None:
    """Return what was read to her, word for word; None when it cannot be shown exactly so any more."""
    reading = reading_of(consent)
    return reading if reading is not None and reading.hash == consent.heard.hash else None


def _listed(words: dict[str, Any], fields: tuple[str, ...], *, opaque: bool) -> tuple[str, ...]:
    items = tuple(words["fields"][code] for code in fields if (code in codes.OPAQUE_FIELDS) is opaque)
    return items or (words["told"]["nothing"],)


def _to_tick(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"☐ {line}" for line in lines)


def _always(words: dict[str, Any]) -> tuple[Part, ...]:
    return tuple(Part(words[one]["heading"], words[one]["text"]) for one in ("refuse", "withdraw", "limits"))


def _filled(sentence: str, known: dict[str, str]) -> str:
    return sentence.format(**known)
