"""One entry: what it may say, how it is sealed, and the leaf it becomes.

What it says is an allow-list: names of registered actions, ids, short codes, small numbers, dates.
Free text is refused by a pattern, so that a survivor's words cannot reach the log even by mistake.
"""

import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from audit import merkle
from audit.errors import NotLoggable
from vault.canonical import canonical
from vault.envelope import Context, seal, unseal
from vault.errors import Refused

Outcome = Literal["allowed", "denied"]

# Groups the entries of one click. Empty outside a request (a command, the clock).
request_id: ContextVar[str] = ContextVar("audit_request_id", default="")

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CODE = r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*"
# No capitals, no spaces, no other script, and no number long enough to be a phone or a passport.
_NUMBER = r"[0-9]{1,5}"
_DATE = r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?"
_KIND = re.compile(rf"(?=.{{1,40}}\Z){_CODE}")
_VALUE = re.compile(rf"{_UUID}|{_NUMBER}|{_DATE}|(?=.{{1,200}}\Z){_CODE}(?:,{_CODE})*")
_REQUEST = re.compile(r"[0-9a-f]{0,32}")
_MOST_DETAILS = 12


@dataclass(frozen=True, slots=True)
class Body:
    """What an entry says. ``time`` is exact, in UTC; ``actor`` is None for the clock or a stranger."""

    action: str
    actor: UUID | None
    kind: str
    object: str
    outcome: Outcome
    detail: Mapping[str, str] = field(default_factory=dict)
    request: str = ""
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        """Refuse anything that is not a code or an id (``NotLoggable`` names the field, not the value)."""
        _require(_KIND, self.action, "action")
        _require(_KIND, self.kind, "kind")
        if self.object:
            _require(_VALUE, self.object, "object")
        _require(_REQUEST, self.request, "request")
        if self.outcome not in ("allowed", "denied"):
            raise NotLoggable("outcome")
        if not isinstance(self.actor, UUID | None):
            raise NotLoggable("actor")
        if len(self.detail) > _MOST_DETAILS:
            raise NotLoggable("detail")
        for key, value in self.detail.items():
            _require(_KIND, key, "detail")
            _require(_VALUE, value, f"detail.{key}")

    def to_bytes(self) -> bytes:
        content = {
            "action": self.action,
            "actor": str(self.actor) if self.actor else None,
            "kind": self.kind,
            "object": self.object,
            "outcome": self.outcome,
            "detail": dict(self.detail),
            "request": self.request,
            "time": self.time.isoformat(),
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Body":
        """Read what ``to_bytes`` wrote; anything else is ``Refused``, whoever sealed it."""
        try:
            content = json.loads(data)
            actor = content.pop("actor")
            time = datetime.fromisoformat(content.pop("time"))
            return cls(**content, actor=UUID(actor) if actor else None, time=time)
        except (ValueError, TypeError, KeyError, AttributeError, NotLoggable):
            raise Refused from None


def _require(pattern: re.Pattern[str], value: object, name: str) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotLoggable(name)


def seal_body(key: bytes, body: Body, *, agency: UUID, segment: UUID, epoch: int, seq: int) -> bytes:
    """Seal a body for exactly this place in this log: moved to another row it does not open."""
    return seal(key, body.to_bytes(), _context(agency, segment, epoch, seq))


def open_body(key: bytes, sealed: bytes, *, agency: UUID, segment: UUID, epoch: int, seq: int) -> Body:
    """Open what ``seal_body`` sealed for the same place, else ``Refused``."""
    return Body.from_bytes(unseal(key, bytes(sealed), _context(agency, segment, epoch, seq)))


def stored(value: bytes | memoryview | str) -> bytes:
    """Return a column's bytes. SQLite keeps a text in it where somebody wrote one: it fits no hash."""
    return value.encode(errors="replace") if isinstance(value, str) else bytes(value)


def row_leaf(*, agency: UUID, seq: int, hour: int, segment: UUID, body: bytes) -> bytes:
    """Return the leaf hash of a stored row. ``audit/verify_audit.py`` computes the same."""
    row = canonical("hamroh/v1/log-entry", str(agency), seq, hour, str(segment), bytes(body))
    return merkle.leaf_hash(row)


def _context(agency: UUID, segment: UUID, epoch: int, seq: int) -> Context:
    return Context(
        kind="log.entry", agency=str(agency), object=str(segment), section="body", epoch=epoch, revision=seq
    )
