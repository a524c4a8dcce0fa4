"""An agency with an auditor key, and actions to record. No room above the log is needed."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from audit import actions, registry, segments
from audit.registry import AuditorKey, AuditorKeyMissing
from vault.kdf import new_secret
from vault.keys import KeyPair

for _name in ("test.open", "test.change", "test.list"):
    registry.register(_name, _name)


@dataclass
class Auditors:
    """The auditor roles of the agencies of one test, as accounts would know them."""

    pairs: dict[UUID, list[KeyPair]] = field(default_factory=dict)

    def __call__(self, agency: UUID) -> AuditorKey:
        pairs = self.pairs.get(agency)
        if not pairs:
            raise AuditorKeyMissing
        return AuditorKey(public=pairs[-1].public, epoch=len(pairs))

    def new_epoch(self, agency: UUID) -> None:
        self.pairs.setdefault(agency, []).append(KeyPair.from_seed(new_secret()))


@pytest.fixture
def auditors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Auditors]:
    people = Auditors()
    monkeypatch.setattr(registry, "_providers", [people])
    segments.forget()
    yield people
    segments.forget()


@pytest.fixture
def agency(auditors: Auditors) -> UUID:
    """An agency that has its auditor key; its log is open once ``log`` is asked for."""
    agency = uuid.uuid4()
    auditors.new_epoch(agency)
    return agency


@pytest.fixture
def log(agency: UUID, db: None) -> UUID:
    actions.open_log(agency=agency)
    return agency


@pytest.fixture
def append(agency: UUID) -> Callable[..., int]:
    """Append one entry, committed."""

    def append(action: str = "test.open", **changes: object) -> int:
        values: dict[str, object] = {
            "agency": agency,
            "actor": uuid.uuid4(),
            "kind": "case",
            "object": str(uuid.uuid4()),
        }
        return actions.record_first(action, **{**values, **changes})  # type: ignore[arg-type]

    return append
