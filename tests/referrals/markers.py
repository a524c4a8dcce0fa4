"""Words that can be found again: one for every field that holds free text, made from the shapes.

A new field of a shape gets its marker by itself, and so comes under every test that looks for them.
"""

import dataclasses
from typing import Any, TypeVar
from uuid import UUID

from referrals.payload import Card, Identity, Incident, Payload, Plan

Shape = TypeVar("Shape", bound=Payload)


def marker(path: str) -> str:
    """Return the marker of one field: rare letters, none of them changed by cleaning."""
    return f"Zq{path.replace('.', 'x').replace('_', 'y')}ўғZq"


def filled(shape: type[Shape], path: str, found: dict[str, str], **fixed: Any) -> Shape:
    """Return a payload with every text field marked; ``found`` collects path and marker."""
    values: dict[str, Any] = {}
    for one in dataclasses.fields(shape):
        name = f"{path}.{one.name}"
        if one.name in fixed:
            values[one.name] = fixed[one.name]
        elif one.metadata["kind"] == "text":
            values[one.name] = found[name] = marker(name)
        elif one.metadata["kind"] == "nested":
            values[one.name] = filled(one.metadata["of"], name, found)
    return shape(**values)


class Marked:
    """The four sections of a case with a marker in every text; codes are set as in most tests."""

    def __init__(self, *, excluded: list[UUID] | None = None) -> None:
        self.found: dict[str, str] = {}
        self.card = filled(
            Card, "card", self.found, age_band="26-40", language="uz", sex="female", statistics_consent=True
        )
        self.identity = filled(Identity, "identity", self.found)
        self.incident = filled(Incident, "incident", self.found, excluded_organizations=excluded or [])
        self.plan = filled(Plan, "plan", self.found)

    def sections(self) -> dict[str, Payload]:
        return {
            "card": self.card,
            "identity": self.identity,
            "incident": self.incident,
            "plan": self.plan,
        }
