"""Tides: the keys outside the database under which the server's halves are sealed. Only files and keys here.

A half in the database is sealed under the tide of the day it was written. Every fortnight a new tide begins,
the clock seals all halves anew, and a tide of four weeks is destroyed. So a copy of the database, whoever
kept it and wherever, holds halves that nobody can open once it is four weeks old; and a half that was
deleted since is in no younger copy. (``actions.tides`` turns them; ``docs/operations.md`` says what to keep.)

A tide is a file in ``settings.TIDE_DIR``, named after the day it begins; its number is that day's ordinal.
"""

import os
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from django.conf import settings

from vault.envelope import Context, seal, unseal
from vault.errors import Refused
from vault.kdf import KEY_BYTES, new_secret

# A new one begins so many days after the last, and one is destroyed at that age: at the latest so many
# days after a case was erased. A week is left until the 35 days that are promised.
PERIOD_DAYS = 14
LIFE_DAYS = 28
_SUFFIX = ".tide"
_NUMBER_BYTES = 4


class NoTide(Exception):
    """The folder of tides cannot be used: nothing new can be sealed."""


class Sealed(bytes):
    """A half as it stands in the database: the tide's number, then the envelope. Empty stays empty."""

    @property
    def tide(self) -> int:
        return number_of(self)


@dataclass(frozen=True)
class _Known:
    """What the folder held when it was last looked at."""

    mark: tuple[str, int, int]
    keys: dict[int, bytes] = field(repr=False)


class _Memory:
    """The tides this process knows."""

    def __init__(self) -> None:
        self.known: _Known | None = None
        self.lock = Lock()


_memory = _Memory()


def seal_half(half: bytes, *, tide: int | None = None) -> Sealed:
    """Seal a half under the tide of today, or under that one. Makes the very first tide by itself."""
    if tide is None:
        today = datetime.now(UTC).date()
        tide = current(today) or begin(today)
    key = _key(tide)
    if key is None:
        raise NoTide("the tide is not there")
    return Sealed(tide.to_bytes(_NUMBER_BYTES, "big") + seal(key, bytes(half), _context(tide)))


def open_half(sealed: bytes) -> bytes:
    """Return the half; nothing at all when its tide was destroyed or somebody changed it.

    Nothing is no half: ``vault.sections`` refuses it, and the door stays closed like any other.
    """
    sealed = bytes(sealed)
    tide = number_of(sealed)
    key = _key(tide)
    if key is None:
        return b""
    try:
        return unseal(key, sealed[_NUMBER_BYTES:], _context(tide))
    except Refused:
        return b""


def number_of(sealed: bytes) -> int:
    """Return the tide a sealed half says it is of."""
    return int.from_bytes(sealed[:_NUMBER_BYTES], "big")


def numbers() -> list[int]:
    """Return the tides there are, oldest first."""
    return sorted(_keys())


def current(today: date) -> int | None:
    """Return the newest tide that has begun; None where there is none at all.

    After a server's clock that was ahead went back, all may begin later than today: then the first of them.
    """
    known = numbers()
    begun = [number for number in known if number <= today.toordinal()]
    return begun[-1] if begun else min(known, default=None)


def begin(day: date) -> int:
    """Make the tide that begins on ``day``, unless it is there already; return its number."""
    folder = _folder()
    path = folder / f"{day.isoformat()}{_SUFFIX}"
    draft = folder / f".{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new_secret())
            file.flush()
            os.fsync(file.fileno())
        # Whole or not at all, and the first of two makers wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync(folder)
    _forget()
    return day.toordinal()


def destroy(number: int) -> None:
    """Overwrite a tide and take it away: no copy of the database that needs it opens any more."""
    folder = _folder()
    path = folder / f"{date.fromordinal(number).isoformat()}{_SUFFIX}"
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass  # another clock was quicker
    _sync(folder)
    _forget()


def _context(tide: int) -> Context:
    """Return where a sealed half belongs. Not to its row: moved to another one it makes another key there."""
    return Context(kind="half", agency="", object="", section="", epoch=tide, revision=1)


def _folder() -> Path:
    folder = Path(settings.TIDE_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NoTide("the folder of tides cannot be made") from error
    return folder


def _key(tide: int) -> bytes | None:
    """Return one tide; a missing one is looked for anew, for another process may just have made it."""
    if tide not in _keys():
        _forget()
    return _keys().get(tide)


def _keys() -> dict[int, bytes]:
    """Return the tides by number. Looks at the folder when it changed: what was destroyed is forgotten."""
    folder = Path(settings.TIDE_DIR)
    try:
        # A file system may tell two changes within some milliseconds by one time: look again each minute.
        mark = (str(folder), folder.stat().st_mtime_ns, int(time.monotonic()) // 60)
    except FileNotFoundError:
        return {}
    known = _memory.known
    if known is None or known.mark != mark:
        with _memory.lock:
            known = _memory.known = _Known(mark, _read(folder))
    return known.keys


def _read(folder: Path) -> dict[int, bytes]:
    keys = {}
    for path in folder.glob(f"*{_SUFFIX}"):
        try:
            number, key = date.fromisoformat(path.stem).toordinal(), path.read_bytes()
        except (ValueError, FileNotFoundError):
            continue
        if len(key) == KEY_BYTES:
            keys[number] = key
    return keys


def _forget() -> None:
    _memory.known = None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
