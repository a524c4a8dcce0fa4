"""HSDS JSON and NDJSON: services with everything in them. What stands in a service is not made here."""

import json as codec
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Stamp:
    """When and from where a file was taken: the watermark of every format."""

    at: datetime
    origin: str

    @property
    def fields(self) -> dict[str, str]:
        moment = self.at.astimezone(UTC).isoformat(timespec="seconds")
        return {"exported_at": moment, "exported_from": self.origin}


def _text(value: Any) -> str:
    return codec.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json(services: Iterator[dict[str, Any]], stamp: Stamp) -> Iterator[bytes]:
    """Yield ``{"exported_at": …, "exported_from": …, "services": [ … ]}``, a service a line."""
    yield f'{_text(stamp.fields)[:-1]},"services":['.encode()
    for number, service in enumerate(services):
        yield f"{',' if number else ''}\n{_text(service)}".encode()
    yield b"\n]}\n"


def ndjson(services: Iterator[dict[str, Any]], stamp: Stamp) -> Iterator[bytes]:
    """Yield a service a line, each with the watermark, because lines are cut and joined."""
    for service in services:
        yield f"{_text(service | stamp.fields)}\n".encode()
