"""What the rooms above tell the log: the actions that can be recorded, and whose key seals them.

Filled in ``AppConfig.ready`` and read at run time, because imports point down only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from vault.keys import PublicKeys


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person does that the log knows by name; ``label`` is what a supervisor reads.

    ``is_rare``: seldom done and far-reaching, so each time is worth a supervisor's look.
    """

    name: str
    label: str | Promise
    is_rare: bool = False


@dataclass(frozen=True, slots=True)
class AuditorKey:
    """The public keys of an agency's auditor role (the supervisors), and their epoch."""

    public: PublicKeys
    epoch: int


class AuditorKeyMissing(Exception):
    """The agency has no auditor key, so nothing can be recorded for it."""


class UnknownAction(Exception):
    """The action was never registered: a mistake in the calling code."""


_actions: dict[str, Action] = {}
_words: dict[tuple[str, str], str | Promise] = {}
_providers: list[Callable[[UUID], AuditorKey]] = []


def register(name: str, label: str | Promise, *, is_rare: bool = False) -> Action:
    """Name an action, ``room.verb`` in lower case. Registering it again with the same label is harmless."""
    action = Action(name, label, is_rare)
    known = _actions.setdefault(name, action)
    if str(known.label) != str(label):
        raise ValueError(f"Two labels for the action {name}.")
    return known


def action(named: Action | str) -> Action:
    """Return the registered action. ``UnknownAction`` if there is none of this name."""
    name = named.name if isinstance(named, Action) else named
    try:
        return _actions[name]
    except KeyError:
        raise UnknownAction(name) from None


def actions() -> list[Action]:
    """Return every registered action, by name."""
    return sorted(_actions.values(), key=lambda one: one.name)


def say(detail: str, words: Iterable[tuple[str, str | Promise]]) -> None:
    """Give a detail’s codes their words: ``say("method", CheckMethod.choices)``. A code keeps its first."""
    for code, label in words:
        _words.setdefault((detail, code), label)


def said(detail: str, code: str) -> str | Promise:
    """Return a detail's code in words; one that nobody gave words keeps its code."""
    return _words.get((detail, code), code)


def set_auditor_key(provider: Callable[[UUID], AuditorKey]) -> None:
    """Say who knows an agency's auditor key. The provider raises ``AuditorKeyMissing`` if there is none."""
    _providers[:] = [provider]


def auditor_key(agency: UUID) -> AuditorKey:
    """Return the auditor role's current public keys. ``AuditorKeyMissing`` if there are none."""
    if not _providers:
        raise AuditorKeyMissing
    return _providers[0](agency)
