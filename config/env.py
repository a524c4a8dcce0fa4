"""Read settings from the environment, and refuse odd values.

Every helper names the variable in its error and never repeats the value, because the
value may be a secret. A secret may stand in a file named by ``<NAME>_FILE`` instead
(systemd credentials, container secrets).
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the default; without a default a missing variable is an error."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value.strip()


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no variable; anything that is neither is an error."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, true, yes, on, 0, false, no, off.")


def whole(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number between ``least`` and ``most`` inclusive."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
    """Return the variable if it is one of the choices."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(choices)}.")
    return value


def secret(name: str, *, least: int = 32) -> str | None:
    """Return a secret from ``NAME`` or from the file named by ``NAME_FILE``; None if neither is set.

    A secret shorter than ``least`` characters is refused: it is a placeholder somebody forgot.
    """
    path = os.environ.get(f"{name}_FILE")
    if path and os.environ.get(name):
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError:
            raise ImproperlyConfigured(f"The file named by {name}_FILE cannot be read.") from None
    else:
        value = os.environ.get(name, "").strip()
        if not value:
            return None
    if len(value) < least:
        raise ImproperlyConfigured(f"{name} is shorter than {least} characters.")
    return value
