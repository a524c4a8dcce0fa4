"""Which first-visit hints a person has put away: kept in their keyring, where nobody else reads it.

A browser forgets, is shared and can be searched; a row in the database would say to a thief how far
somebody's work has come. What the hints say, and where they stand, is in ``config.hints``.
"""

from accounts.unlocked import Unlocked


def is_put_away(unlocked: Unlocked, code: str) -> bool:
    """Say whether the person has put this hint away."""
    return unlocked.keyring.get(_name(code)) is not None


def put_away(unlocked: Unlocked, code: str) -> None:
    """Never show this hint again; a name of its own each, so that two at once are both kept."""
    if not is_put_away(unlocked, code):
        unlocked.keyring.put(_name(code), 1)
        unlocked.keyring.save()


def show_again(unlocked: Unlocked, codes: list[str]) -> None:
    """Show these hints again, each where it belongs."""
    for code in codes:
        if is_put_away(unlocked, code):
            unlocked.keyring.put(_name(code), None)
    unlocked.keyring.save()


def _name(code: str) -> str:
    return f"hint.{code}"
