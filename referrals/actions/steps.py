"""What all changes share: a form is done once, rows are locked, both agencies' logs are told last."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import entries, grants, notices, timers
from referrals.access.cases import OpenCase, may_still_edit
from referrals.access.common import denied
from referrals.errors import SomeoneWasQuicker, WrongState
from referrals.models import Case, CaseTransfer, DoneOnce, Inquiry, InquiryHalf, Referral, ReferralHalf
from referrals.models.referrals import TRANSITIONS, Part, Side, State, Told
from referrals.models.transfers import Outcome


def once_key(key: UUID, step: str, about: UUID) -> UUID:
    """Return the key of a form for one step on one object."""
    return uuid5(key, f"{step}/{about}")


def was_done(*, unlocked: Unlocked, once: UUID, step: str, about: UUID) -> bool:
    """Say whether this very form did its step before: a repeated click may no longer find what it ended."""
    return DoneOnce.objects.filter(person=unlocked.person, key=once_key(once, step, about)).exists()


class Once:
    """One posted form. ``is_repeat`` says that it was done before; ``result`` what it made then.

    The key counts for one step on one object only: the key of another form must not turn a withdrawal
    into something that was "done already".

    Inside a transaction only: a second post waits for the first, and finds its row.
    """

    def __init__(self, unlocked: Unlocked, key: UUID | None, step: str, about: UUID) -> None:
        self._row: DoneOnce | None = None
        self.is_repeat = False
        if key is not None:
            self._row, created = DoneOnce.objects.get_or_create(
                person=unlocked.person, key=once_key(key, step, about), defaults={"day": unlocked.today}
            )
            self.is_repeat = not created

    @property
    def result(self) -> UUID:
        """What the first post made; ``WrongState`` when it made nothing, which is another form's id."""
        if self._row is None or self._row.result is None:
            raise WrongState
        return self._row.result

    def made(self, result: UUID) -> None:
        """Remember what this form made, for whoever posts it again."""
        if self._row is not None:
            self._row.result = result
            self._row.save(update_fields=["result"])


def lock_case(unlocked: Unlocked, opened: OpenCase, *, is_open: bool = True) -> Case:
    """Lock the case for a change and read it anew. ``WrongState`` when it is closed (or is not closed)."""
    if not opened.can_edit:
        raise denied(unlocked, entries.CASE_CHANGED, "case", opened.id)
    case = Case.objects.select_for_update().get(pk=opened.id)
    # A share may have ended between the door and the lock: who lost it changes and sends nothing.
    if not may_still_edit(unlocked, case.pk):
        if handed_over(unlocked, case):
            raise SomeoneWasQuicker(_("Your colleague has taken this case over."))
        raise denied(unlocked, entries.CASE_CHANGED, "case", opened.id)
    if case.is_open is not is_open:
        raise WrongState
    if case.key_epoch != opened.case.key_epoch:
        raise SomeoneWasQuicker
    opened.forget()
    return case


def handed_over(unlocked: Unlocked, case: Case) -> bool:
    """Say whether this person gave the case away and a colleague has just taken it."""
    taken = CaseTransfer.objects.filter(case=case, offered_by=unlocked.person, outcome=Outcome.TAKEN)
    return taken.exists()


def bump(case: Case) -> None:
    """Count a change of the case."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


def log_case(
    unlocked: Unlocked, opened: OpenCase, action: Action, detail: dict[str, str] | None = None
) -> None:
    """End a change of a case: its own history, then the access log."""
    object_id = next((UUID(value) for name, value in (detail or {}).items() if name in _OBJECTS), None)
    opened.remember(action, object_id)
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="case",
        object=str(opened.id),
        detail=detail,
    )


_OBJECTS = frozenset({"item", "referral", "person", "document"})


def lock_referral(
    unlocked: Unlocked, referral_id: UUID, *, version: int | None, to: State, side: Side
) -> Referral:
    """Lock a referral for a step. Stale page: ``SomeoneWasQuicker``; step not possible: ``WrongState``."""
    referral = Referral.objects.select_for_update().get(pk=referral_id)
    if version is not None and referral.version != version:
        raise SomeoneWasQuicker
    # The sender may still end what the clock has run out on; the recipient may not touch it.
    now = referral.state_at(unlocked.now) if side == Side.RECIPIENT else State(referral.state)
    if side not in TRANSITIONS.get((now, to), frozenset()):
        raise WrongState
    return referral


def step(referral: Referral, to: State, *, reason: str = "") -> None:
    """Move a locked referral on; an ended one loses its keys, its readers and its exact times."""
    referral.state = to
    referral.reason_code = reason
    referral.version += 1


def end(unlocked: Unlocked, referral: Referral, to: State, *, reason: str = "") -> None:
    """End a locked referral (``end_at``), now."""
    end_at(referral, to, now=unlocked.now, reason=reason)


def end_at(referral: Referral, to: State, *, now: datetime, reason: str = "") -> None:
    """End a locked referral: destroy the halves, the handover and the recipient's rows, round the times.

    The sender's own part stays: it says which case this was, and nothing about her. What was entered in
    error loses that too, and its sender's rows: it is in nobody's list any more.
    """
    step(referral, to, reason=reason)
    if to == State.ENTERED_IN_ERROR:
        ReferralHalf.objects.filter(referral=referral).delete()
        grants.end_everybody(referral)
    end_access(referral)
    referral.claimed_by = referral.claimed_until = None
    referral.respond_by = referral.escalate_at = referral.expires_at = None
    referral.consent_expires_at = referral.paused_until = None
    sent_at = timers.to_the_day(referral.sent_at)
    if sent_at is not None:
        referral.sent_at = sent_at
    referral.accepted_at = timers.to_the_day(referral.accepted_at)
    referral.delivered_at = timers.to_the_day(referral.delivered_at)
    referral.ended_at = timers.to_the_day(now)
    referral.told = Told.NOBODY
    referral.save()


def end_access(referral: Referral) -> None:
    """Destroy what the recipient reads with, on a locked row that the caller saves."""
    ReferralHalf.objects.filter(referral=referral).exclude(part=Part.SENDER).delete()
    grants.end_recipient(referral)
    referral.handover, referral.handover_signature, referral.handover_until = b"", b"", None
    referral.handover_by, referral.worker_left = None, False
    referral.sealed_answer = referral.sealed_meeting = b""


def end_inquiries(unlocked: Unlocked, ids: list[UUID]) -> None:
    """End those that still wait: her consent was withdrawn, the case is closed, the worker took it back."""
    for inquiry in Inquiry.objects.select_for_update().filter(pk__in=ids, ended_at__isnull=True):
        end_inquiry(inquiry, unlocked.now)


def end_inquiry(inquiry: Inquiry, now: datetime) -> None:
    """Destroy the half and what it sealed, and round the times."""
    InquiryHalf.objects.filter(inquiry=inquiry).delete()
    inquiry.sealed_opaque = b""
    asked_at = timers.to_the_day(inquiry.asked_at)
    inquiry.asked_at = asked_at or inquiry.asked_at
    inquiry.expires_at, inquiry.ended_at = None, timers.to_the_day(now)
    inquiry.save()


def log_referral(
    unlocked: Unlocked, referral: Referral, action: Action, detail: dict[str, str] | None = None
) -> None:
    """End a change of a referral: both agencies' logs know who did it, and who waits for it is told."""
    _log_both(referral, action, actor=unlocked.person.id, detail=detail, also=unlocked.agency.id)
    notices.after(referral, action, now=unlocked.now, by=unlocked.person.id)


def log_clock(referral: Referral, action: Action, *, now: datetime) -> None:
    """The same for what the clock did, which is nobody in particular and holds no key."""
    _log_both(referral, action, actor=None)
    notices.after(referral, action, now=now)


def _log_both(
    referral: Referral,
    action: Action,
    *,
    actor: UUID | None,
    detail: dict[str, str] | None = None,
    also: UUID | None = None,
) -> None:
    """Write to both logs, always in the same order, so that two changes never wait for each other."""
    both = {referral.sender_agency_id, referral.recipient_agency_id}
    for agency in sorted(both | {also} if also else both):
        record(action, agency=agency, actor=actor, kind="referral", object=str(referral.id), detail=detail)
