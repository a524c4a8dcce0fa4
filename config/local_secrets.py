"""Secrets of a demo or development machine, made on first use and kept in ``var/secrets``.

Production never comes here: it names its secrets in the environment, and
``config.checks`` refuses to deploy a site that runs in another mode.
"""

import os
import secrets
from pathlib import Path


def made_once(folder: Path, name: str) -> str:
    """Return the secret ``name`` (64 hexadecimal digits), creating it readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        value = secrets.token_hex(32)
        file.write(value)
    return value
