"""Who may take copies out: off until two people switched a role on; one person switches it off."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import entries
from referrals.access.common import denied
from referrals.errors import Invalid, WrongState
from referrals.models import ExportSwitch

# Who decides, two of them together; and the roles it can be switched on for.
DECIDERS = frozenset({RoleName.SUPERVISOR, RoleName.ADMINISTRATOR})
ROLES = (RoleName.CASEWORKER, RoleName.SUPERVISOR, RoleName.ANALYST)


def ask_for_exports(*, unlocked: Unlocked, role: str) -> None:
    """Ask that a role may take copies out. Nothing changes until somebody else approves."""
    with transaction.atomic():
        _decides(unlocked, role)
        _, made = ExportSwitch.objects.get_or_create(
            agency=unlocked.agency,
            role=role,
            defaults={"asked_by": unlocked.person, "asked_on": unlocked.today},
        )
        if made:
            _log(unlocked, entries.EXPORT_ASKED, role)


def approve_exports(*, unlocked: Unlocked, role: str) -> None:
    """Switch a role on, as somebody other than who asked."""
    with transaction.atomic():
        _decides(unlocked, role)
        row = ExportSwitch.objects.select_for_update().filter(agency=unlocked.agency, role=role).first()
        if row is None:
            raise WrongState
        if row.approved_by_id is not None:
            return
        if row.asked_by_id == unlocked.person.id:
            raise WrongState(_("Somebody else must approve this: you asked for it yourself."))
        row.approved_by, row.approved_on = unlocked.person, unlocked.today
        row.save(update_fields=["approved_by", "approved_on"])
        _log(unlocked, entries.EXPORT_ON, role)


def switch_exports_off(*, unlocked: Unlocked, role: str) -> None:
    """Switch a role off, or turn down what was asked: this protects, so one person is enough."""
    with transaction.atomic():
        _decides(unlocked, role)
        gone, _rows = ExportSwitch.objects.filter(agency=unlocked.agency, role=role).delete()
        if gone:
            _log(unlocked, entries.EXPORT_OFF, role)


def _decides(unlocked: Unlocked, role: str) -> None:
    if DECIDERS.isdisjoint(unlocked.roles) or not unlocked.person.is_active:
        raise denied(unlocked, entries.EXPORT_ON, "agency", unlocked.agency.id)
    if role not in ROLES:
        raise Invalid({"role": _("Choose one of the answers.")})


def _log(unlocked: Unlocked, action: Action, role: str) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="agency",
        object=str(unlocked.agency.id),
        detail={"role": role},
    )
