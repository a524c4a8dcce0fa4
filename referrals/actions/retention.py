"""Decisions about keeping: how many years, and one case longer than that. Keeping longer takes two people.

An erased case cannot be asked for by anybody; a kept one can. So keeping longer lowers a protection, and
erasing earlier does not. Supervisors decide here without opening a case: why it is kept stands in the case.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Agency
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import entries, queries, retention, timers
from referrals.access.cases import OpenCase, may_still_edit
from referrals.access.common import denied, may_work
from referrals.actions.steps import Once, log_case
from referrals.codes import LEAST_YEARS, MOST_HOLD_YEARS, MOST_YEARS, RetentionClass
from referrals.errors import Invalid, Message, SomeoneWasQuicker, WrongState
from referrals.models import Case, CaseHold, RetentionPolicy
from referrals.models.cases import Section
from referrals.notices import RETENTION, keepers
from referrals.payload import Note
from referrals.retention import Years

# --- How many years ---


def change_years(*, unlocked: Unlocked, years: Years, version: int, once: UUID | None = None) -> bool:
    """Decide fewer years at once, or ask for more; return whether it counts already.

    ``version`` is what was on screen (0 for the defaults). It counts for what is closed from then on: a
    case that is closed keeps the month it was given.
    """
    agency = _supervisor(unlocked)
    _check(years)
    with transaction.atomic():
        Agency.objects.select_for_update().get(pk=agency.pk)
        form = Once(unlocked, once, "change_years", agency.id)
        current = queries.retention_policy(agency)
        if form.is_repeat:
            return queries.waiting_years(agency) is None
        if version != (current.version if current else 0):
            raise SomeoneWasQuicker
        RetentionPolicy.objects.filter(agency=agency, decided_by__isnull=True).delete()
        is_longer = years.is_longer_than(queries.years_of(agency))
        RetentionPolicy.objects.create(
            agency=agency,
            version=version + 1,
            standard_years=years.standard,
            child_years=years.child,
            is_longer=is_longer,
            asked_by=unlocked.person,
            asked_on=unlocked.today,
            decided_by=None if is_longer else unlocked.person,
            decided_on=None if is_longer else unlocked.today,
        )
        if is_longer:
            _tell_supervisors(unlocked)
        _log(
            unlocked, entries.RETENTION_ASKED if is_longer else entries.RETENTION_CHANGED, "agency", agency.id
        )
    return not is_longer


def decide_years(*, unlocked: Unlocked, agrees: bool, asked: str, once: UUID | None = None) -> None:
    """Agree to more years that another supervisor asked for, or refuse them (also one's own).

    ``asked`` is what was on screen (``RetentionPolicy.asked``): nobody agrees to other years than they saw.
    """
    agency = _supervisor(unlocked)
    with transaction.atomic():
        if Once(unlocked, once, "decide_years", agency.id).is_repeat:
            return
        waiting = (
            RetentionPolicy.objects.select_for_update().filter(agency=agency, decided_by__isnull=True).first()
        )
        if waiting is None or waiting.asked != asked:
            raise SomeoneWasQuicker
        if not agrees:
            waiting.delete()
        elif waiting.asked_by_id == unlocked.person.id:
            raise WrongState(_("Two people: another supervisor has to agree."))
        else:
            waiting.decided_by, waiting.decided_on = unlocked.person, unlocked.today
            waiting.save(update_fields=["decided_by", "decided_on"])
        _log(
            unlocked, entries.RETENTION_CHANGED if agrees else entries.RETENTION_REFUSED, "agency", agency.id
        )


def _check(years: Years) -> None:
    wrong: dict[str, Message] = {}
    for one, number in ((RetentionClass.STANDARD, years.standard), (RetentionClass.CHILD, years.child)):
        if not LEAST_YEARS[one] <= number <= MOST_YEARS[one]:
            wrong[one.value] = _("Choose a number from %(least)d to %(most)d.") % {
                "least": LEAST_YEARS[one],
                "most": MOST_YEARS[one],
            }
    if not wrong and years.child < years.standard:
        wrong[RetentionClass.CHILD.value] = _("A child’s case is kept at least as long as others.")
    if wrong:
        raise Invalid(wrong)


# --- One case, longer ---


def ask_to_keep(
    *, unlocked: Unlocked, opened: OpenCase, years: int, reason: str, once: UUID | None = None
) -> None:
    """Ask a supervisor to keep a closed case ``years`` longer; the reason stays sealed in the case.

    Until it is decided the clock leaves the case, for thirty days at most.
    """
    if not 1 <= years <= MOST_HOLD_YEARS:
        raise Invalid({"years": _("Choose one of the answers.")})
    note = Note(text=reason, written_by=unlocked.person.id, written_at=unlocked.now)
    if not note.text:
        raise Invalid({"reason": _("Say why: whoever opens the case later has to understand it.")})
    with transaction.atomic():
        if Once(unlocked, once, "ask_to_keep", opened.id).is_repeat:
            return
        case = _lock_closed(unlocked, opened)
        if case.destroy_after is None or CaseHold.objects.filter(case=case).exists():
            raise WrongState(_("Somebody has asked already, or it is kept longer."))
        start = max(case.destroy_after, timers.month_of(unlocked.now))
        CaseHold.objects.create(
            case=case,
            until=retention.last_month(start, years),
            asked_by=unlocked.person,
            asked_on=unlocked.today,
        )
        opened.put(Section.NOTES, note)
        _tell_supervisors(unlocked)
        log_case(unlocked, opened, entries.CASE_KEEP_ASKED)


def ask_to_let_go(*, unlocked: Unlocked, opened: OpenCase, once: UUID | None = None) -> None:
    """Take back one's request to keep a case, or ask a supervisor to keep it no longer than its time."""
    with transaction.atomic():
        if Once(unlocked, once, "ask_to_let_go", opened.id).is_repeat:
            return
        case = _lock_closed(unlocked, opened)
        hold = CaseHold.objects.filter(case=case).first()
        if hold is None or hold.lift_asked_by_id is not None:
            raise WrongState
        if hold.agreed_by_id is None:
            hold.delete()
            action = entries.CASE_KEEP_REFUSED
        else:
            hold.lift_asked_by = unlocked.person
            hold.save(update_fields=["lift_asked_by"])
            _tell_supervisors(unlocked)
            action = entries.CASE_LIFT_ASKED
        log_case(unlocked, opened, action)


def decide_hold(
    *, unlocked: Unlocked, case_id: UUID, agrees: bool, asked: str, once: UUID | None = None
) -> None:
    """Decide, as a supervisor who did not ask, whether a case is kept longer, or let go again.

    ``asked`` is what was on screen (``CaseHold.asked``). The case stays closed to them. Asking for what
    is not there, or was decided meanwhile, is ``Denied``.
    """
    agency = _supervisor(unlocked)
    with transaction.atomic():
        if Once(unlocked, once, "decide_hold", case_id).is_repeat:
            return
        # The clock locks the case too: either it finds the decision, or this finds no case.
        case = Case.objects.select_for_update().filter(pk=case_id, agency=agency).first()
        hold = CaseHold.objects.filter(case=case).first() if case else None
        if case is None or hold is None or (hold.agreed_by_id and not hold.lift_asked_by_id):
            raise denied(unlocked, entries.CASE_KEPT, "case", case_id)
        if hold.asked != asked:
            raise SomeoneWasQuicker
        lifts = hold.lift_asked_by_id is not None
        asker = hold.lift_asked_by_id if lifts else hold.asked_by_id
        if agrees and asker == unlocked.person.id:
            raise WrongState(_("Two people: another supervisor has to agree."))
        if (lifts and agrees) or (not lifts and not agrees):
            hold.delete()
        elif lifts:
            hold.lift_asked_by = None
            hold.save(update_fields=["lift_asked_by"])
        else:
            hold.agreed_by = unlocked.person
            hold.save(update_fields=["agreed_by"])
            # They are told again, thirty days before the new end.
            Case.objects.filter(pk=case.pk).update(erasure_told=False)
        _log(unlocked, _DECIDED[lifts, agrees], "case", case_id)


_DECIDED = {
    (False, True): entries.CASE_KEPT,
    (False, False): entries.CASE_KEEP_REFUSED,
    (True, True): entries.CASE_LIFTED,
    (True, False): entries.CASE_LIFT_REFUSED,
}


# --- Inside ---


def _supervisor(unlocked: Unlocked) -> Agency:
    if not may_work(unlocked, {RoleName.SUPERVISOR}):
        raise denied(unlocked, entries.RETENTION_VIEWED, "agency", unlocked.agency.id)
    return unlocked.agency


def _lock_closed(unlocked: Unlocked, opened: OpenCase) -> Case:
    """Lock a closed case for a decision about its end; while it is open its time does not run."""
    case = Case.objects.select_for_update().get(pk=opened.id)
    if not opened.can_edit or not may_still_edit(unlocked, case.pk):
        raise denied(unlocked, entries.CASE_CHANGED, "case", opened.id)
    if case.is_open:
        raise WrongState
    opened.forget()
    return case


def _tell_supervisors(unlocked: Unlocked) -> None:
    others = [one for one in keepers(unlocked.agency.id) if one != unlocked.person.id]
    notices.tell(others, page=RETENTION, now=unlocked.now)


def _log(unlocked: Unlocked, action: Action, kind: str, object_id: UUID) -> None:
    record(action, agency=unlocked.agency.id, actor=unlocked.person.id, kind=kind, object=str(object_id))
