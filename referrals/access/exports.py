"""The door to copies: only for a role that two people switched on, and in the log before a byte leaves."""

from accounts.models import Agency
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.common import denied, log_first, may_work
from referrals.models import ExportSwitch

STATISTICS, CASES, REFERRALS = "statistics", "cases", "referrals"
# Who may take what, where it is switched on. A list of cases or referrals is always one's own.
_ROLES = {
    STATISTICS: frozenset({RoleName.ANALYST, RoleName.SUPERVISOR}),
    CASES: frozenset({RoleName.CASEWORKER}),
    REFERRALS: frozenset({RoleName.CASEWORKER}),
}


def switched_on(agency: Agency) -> frozenset[str]:
    """Return the roles of an agency that may take copies out."""
    rows = ExportSwitch.objects.filter(agency=agency, approved_by__isnull=False)
    return frozenset(rows.values_list("role", flat=True))


def copies_for(unlocked: Unlocked) -> list[str]:
    """Return what the person may take out now; nothing by default."""
    on = switched_on(unlocked.agency) & unlocked.roles
    return [what for what, roles in _ROLES.items() if on & roles and _may(unlocked, what)]


def copy_of(unlocked: Unlocked, what: str, file_type: str) -> None:
    """Let somebody take a copy, or raise ``Denied``. Logged before anything is read for it."""
    if what not in copies_for(unlocked):
        raise denied(unlocked, entries.EXPORT_TAKEN, "agency", unlocked.agency.id)
    log_first(
        unlocked,
        entries.EXPORT_TAKEN,
        "agency",
        unlocked.agency.id,
        detail={"what": what, "format": file_type},
    )


def _may(unlocked: Unlocked, what: str) -> bool:
    if what == STATISTICS:
        return unlocked.person.is_active and unlocked.agency.is_active
    return may_work(unlocked, _ROLES[what])
