"""Supervisors as witnesses of their agency's access log.

Their keyring keeps the last checkpoint they saw, where nobody else can change it. At sign-in, and when they
check the log, the server owes a proof that the log of today grew out of it (docs/log.md).
"""

from dataclasses import dataclass
from datetime import datetime

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import Witnessed, witness

LAST_SEEN = "log_checkpoint"
LAST_CHECK = "log_checked"


@dataclass(frozen=True, slots=True)
class Check:
    """A supervisor's last check of the whole log: when, what it found (``fits``: nothing), entries."""

    at: datetime
    found: str
    size: int

    @property
    def fits(self) -> bool:
        return self.found == "fits"


def remember_check(unlocked: Unlocked, *, found: str, size: int) -> None:
    """Keep in the person's keyring that they checked the whole log; in the database it would be anybody's."""
    unlocked.keyring.put(LAST_CHECK, [unlocked.now.isoformat(), found, size])
    unlocked.keyring.save()


def last_check(unlocked: Unlocked) -> Check | None:
    """Return the person's last check of the whole log; None before the first."""
    kept = unlocked.keyring.get(LAST_CHECK)
    return Check(datetime.fromisoformat(kept[0]), kept[1], kept[2]) if kept else None


def has_seen_before(unlocked: Unlocked) -> bool:
    """Say whether this person's keyring holds a checkpoint to compare with."""
    return unlocked.keyring.get(LAST_SEEN) is not None


def witness_log(unlocked: Unlocked) -> Witnessed:
    """Compare the log with the checkpoint in the person's keyring, and keep the new one only if it fits.

    Raises LogFailed when the log cannot be signed.
    """
    seen = witness(
        agency=unlocked.agency.id,
        person=unlocked.person.id,
        keys=unlocked.keys,
        last_seen=unlocked.keyring.get(LAST_SEEN),
    )
    if seen.consistent:
        unlocked.keyring.put(LAST_SEEN, seen.note)
        unlocked.keyring.save()
    return seen


def log_was_rewritten(unlocked: Unlocked) -> bool:
    """Ask at sign-in: is the log no longer the one this supervisor saw? Others are not asked."""
    return RoleName.SUPERVISOR in unlocked.roles and not witness_log(unlocked).consistent
