"""Make the PDF: Typst reads one of our templates and a JSON text, and nothing else.

The directory's words travel as data and are never markup. No system font, no package, no file but the
templates; the same content is the same bytes on every machine.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import fontpkg  # type: ignore[import-untyped]
import typst

from services.errors import TooBusy
from services.sheets.content import Kind

TEMPLATES = Path(__file__).parent
FONT = "noto-sans"
AT_ONCE = 2  # renders of one process
WAIT_SECONDS = 10.0
KEPT = 64  # finished papers of one process, some 60 KB each
_places = BoundedSemaphore(AT_ONCE)


@cache
def fonts() -> typst.Fonts:
    """Return our own font, and no other."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fontpkg.path(FONT).parent)],
    )


@contextmanager
def _a_place() -> Iterator[None]:
    """Wait for one of the few places to render in; TooBusy when none becomes free."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise TooBusy
    try:
        yield
    finally:
        _places.release()


def as_text(content: dict[str, Any]) -> str:
    """Return content as the text that is printed from, and that stands for it in a cache."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def etag(kind: Kind, text: str, printed: date) -> str:
    """Return the mark of a paper: the same content, day and templates give the same."""
    return f'"{sha256(f"{kind} {_templates_hash()} {printed} {text}".encode()).hexdigest()[:32]}"'


@cache
def _templates_hash() -> str:
    files = sorted(TEMPLATES.glob("*.typ"))
    return sha256(b"".join(file.read_bytes() for file in files) + version("typst").encode()).hexdigest()


def pdf(kind: Kind, text: str, printed: date) -> bytes:
    """Return the PDF of one paper. Raises TooBusy when too many are being made."""
    return compiled(TEMPLATES / f"{kind}.typ", text, printed)


@lru_cache(maxsize=KEPT)
def compiled(template: Path, text: str, printed: date) -> bytes:
    """Return the PDF that one of our templates makes of a content; it reads only its own folder.

    Raises TooBusy when too many are being made.
    """
    with _a_place():
        return typst.compile(
            template,
            root=template.parent,
            font_paths=fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": text},
            timestamp=datetime.combine(printed, datetime.min.time(), UTC),
        )
