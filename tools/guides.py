"""The guides in Uzbek Cyrillic: written from those in Uzbek Latin, as the catalogue is.

``make messages`` writes them; ``make check`` says which are not what would be written now.
"""

from collections.abc import Iterator
from pathlib import Path

from tools.transliteration import to_cyrillic

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "guides"


def _pairs() -> Iterator[tuple[Path, str]]:
    """Yield each file in Cyrillic and what belongs into it. Labels in braces stay as they are."""
    for latin in sorted(FOLDER.glob("*.uz.md")):
        yield latin.with_name(latin.name.replace(".uz.", ".uz-cyrl.")), to_cyrillic(latin.read_text("utf-8"))


def write() -> None:
    for path, text in _pairs():
        path.write_text(text, encoding="utf-8")


def stale() -> list[str]:
    """Return one line for each guide whose Cyrillic file is missing or old."""
    return [
        f"docs/guides/{path.name} is not what {path.name.replace('-cyrl', '')} says"
        for path, text in _pairs()
        if not path.exists() or path.read_text("utf-8") != text
    ]
