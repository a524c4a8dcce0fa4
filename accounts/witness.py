"""Supervisors as witnesses of their agency's access log.

Their keyring keeps the last checkpoint they saw, where nobody else can change it. At sign-in, and when they
check the log, the server owes a proof that the log of today grew out of it (docs/log.md).
"""

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import Witnessed, witness

LAST_SEEN = "log_checkpoint"


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
