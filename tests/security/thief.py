"""What a thief holds in their hands: the whole database in one piece, and how a word may be spelled there."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.db import connection


def spellings(word: str) -> Iterator[bytes]:
    """Yield a word as it could stand in a file: encodings, hex, the three phases of base64, escapes."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = word.encode(encoding)
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for phase in range(3):
            # Whole groups of the middle: the ends depend on the neighbours.
            coded = base64.b64encode(b"\x00" * phase + raw)[4:-4]
            yield coded
            yield coded.replace(b"+", b"-").replace(b"/", b"_")
    yield word.encode("unicode_escape")
    yield word.encode("ascii", "backslashreplace")


def dump() -> bytes:
    """Return the whole database as a thief takes it: SQLite's file and log, or pg_dump."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        whole: bytes = connection.connection.serialize()
        for path in (Path(name), Path(f"{name}-wal")):
            if path.is_file():
                whole += path.read_bytes()
        return whole
    settings = connection.settings_dict
    done = subprocess.run(
        [
            "pg_dump",
            *("--host", settings["HOST"] or "localhost", "--port", str(settings["PORT"] or 5432)),
            *("--username", settings["USER"], "--inserts", settings["NAME"]),
        ],
        capture_output=True,
        check=True,
        env={**os.environ, "PGPASSWORD": settings["PASSWORD"] or ""},
    )
    return done.stdout


def hits(words: dict[str, str], places: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return which word stands where, in any spelling."""
    return [
        (name, where)
        for name, word in words.items()
        for where, data in places.items()
        if any(spelling in data for spelling in spellings(word))
    ]
