"""Opening a case that nobody at hand was given: two people, a reason, 24 hours, and its owner is told.

A supervisor asks and a custodian releases; nobody is both. The custodian's half of the case's secret is
wrapped to the supervisor, who joins it with the supervisors' half: neither of them, and no command on the
server, opens anything alone. What comes of it is a permission to read that ends by itself.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import notices, trust
from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import codes, entries, grants
from referrals.access import renewal
from referrals.access.cases import OpenCase
from referrals.access.common import denied, may_work
from referrals.access.emergencies import ASKS, RELEASES, RUNNING, KnownCase
from referrals.actions.steps import Once
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Case, CaseHalf, CaseItem, CaseUserPermission, EmergencyOpening
from referrals.models.cases import Section
from referrals.models.emergencies import Step
from vault.errors import Refused
from vault.shares import join

LASTS = timedelta(hours=24)
PAGE, OWNERS_PAGE = "referrals:emergencies", "referrals:needs_me"


def ask_emergency(
    *, unlocked: Unlocked, known: KnownCase, reason: str, once: UUID | None = None
) -> EmergencyOpening:
    """Ask, as a supervisor, that a custodian releases a case. Owner, supervisors, custodians are told."""
    if reason not in codes.EmergencyReason.values:
        raise Invalid({"reason": _("Choose one of the answers.")})
    with transaction.atomic():
        form = Once(unlocked, once, "ask_emergency", known.id)
        if form.is_repeat:
            return EmergencyOpening.objects.get(pk=form.result)
        case = _lock_case(unlocked, known.id, ASKS, entries.EMERGENCY_ASKED)
        if not case.is_open:
            raise WrongState
        if _holds(unlocked, case):
            raise WrongState(_("You can open this case already."))
        for old in EmergencyOpening.objects.filter(case=case, asked_by=unlocked.person, step__in=RUNNING):
            if old.step_at(unlocked.now) != Step.ENDED:
                raise SomeoneWasQuicker(_("You have asked for this case already."))
            _end(old)
        opening = EmergencyOpening.objects.create(
            case=case,
            asked_by=unlocked.person,
            reason=reason,
            asked_on=unlocked.today,
            ends_at=unlocked.now.replace(microsecond=0) + LASTS,
            key_epoch=case.key_epoch,
        )
        form.made(opening.id)
        _tell(unlocked, case)
        _record(unlocked, opening, entries.EMERGENCY_ASKED, {"reason": reason})
    return opening


def release_emergency(
    *, unlocked: Unlocked, opening: EmergencyOpening, once: UUID | None = None
) -> EmergencyOpening:
    """Release, as a custodian, the second half to who asked, for 24 hours from now."""
    with transaction.atomic():
        if Once(unlocked, once, "release_emergency", opening.id).is_repeat:
            return EmergencyOpening.objects.get(pk=opening.id)
        case, opening = _lock(unlocked, opening, RELEASES, entries.EMERGENCY_RELEASED, Step.ASKED)
        _second_person(unlocked, opening)
        asked_by = _still_supervisor(unlocked, opening)
        opening.released_by, opening.step = unlocked.person, Step.RELEASED
        opening.key_epoch = case.key_epoch
        opening.ends_at = unlocked.now.replace(microsecond=0) + LASTS
        try:
            share = grants.open_share(unlocked=unlocked, case=case, letter="b")
            key = trust.current_person_key(unlocked, asked_by.id, today=unlocked.today)
        except Refused:
            raise denied(unlocked, entries.EMERGENCY_RELEASED, "case", case.id) from None
        grants.release_share(unlocked=unlocked, opening=opening, key=key, share=share)
        opening.save()
        _tell(unlocked, case)
        _record(unlocked, opening, entries.EMERGENCY_RELEASED, {"person": str(opening.asked_by_id)})
    return opening


def refuse_emergency(*, unlocked: Unlocked, opening: EmergencyOpening, once: UUID | None = None) -> None:
    """Say no, as a custodian: nothing was opened, and whoever was told is told that too."""
    with transaction.atomic():
        if Once(unlocked, once, "refuse_emergency", opening.id).is_repeat:
            return
        case, opening = _lock(unlocked, opening, RELEASES, entries.EMERGENCY_REFUSED, Step.ASKED)
        _second_person(unlocked, opening)
        opening.step, opening.ends_at = Step.REFUSED, None
        opening.save(update_fields=["step", "ends_at"])
        _tell(unlocked, case)
        _record(unlocked, opening, entries.EMERGENCY_REFUSED, {"person": str(opening.asked_by_id)})


def open_in_emergency(
    *, unlocked: Unlocked, opening: EmergencyOpening, once: UUID | None = None
) -> EmergencyOpening:
    """Join both halves, as the supervisor who asked: the case can be read until the end, never changed.

    The released half is gone from the row when this returns. The case's own history knows of it.
    """
    with transaction.atomic():
        if Once(unlocked, once, "open_in_emergency", opening.id).is_repeat:
            return EmergencyOpening.objects.get(pk=opening.id)
        case, opening = _lock(unlocked, opening, ASKS, entries.EMERGENCY_OPENED, Step.RELEASED)
        if unlocked.person.id not in {opening.asked_by_id} - {opening.released_by_id}:
            raise denied(unlocked, entries.EMERGENCY_OPENED, "case", case.id)
        if opening.key_epoch != case.key_epoch or not case.is_open:
            raise WrongState(_("The case’s keys were renewed since. Ask again."))
        opened = _joined(unlocked, case, opening)
        grants.give_case(
            unlocked=unlocked,
            case=case,
            person=unlocked.person,
            key=grants.own_key(unlocked),
            permission=grants.VIEW_CASE,
            secret=opened.secret,
            expires_at=opening.ends_at,
        )
        opening.step = Step.OPENED
        opening.share_b = opening.share_b_signature = b""
        opening.save()
        _tell(unlocked, case)
        opened.remember(entries.EMERGENCY_OPENED, opening.released_by_id)
        _record(unlocked, opening, entries.EMERGENCY_OPENED, {"person": str(opening.released_by_id)})
    return opening


def end_emergency(*, unlocked: Unlocked, opening: EmergencyOpening, once: UUID | None = None) -> None:
    """End an opening early: any supervisor or custodian of the agency. The case is due for new keys."""
    with transaction.atomic():
        if Once(unlocked, once, "end_emergency", opening.id).is_repeat:
            return
        case = _lock_case(unlocked, opening.case_id, ASKS | RELEASES, entries.EMERGENCY_ENDED)
        opening = EmergencyOpening.objects.select_for_update().get(pk=opening.pk)
        if opening.step_at(unlocked.now) not in RUNNING:
            raise SomeoneWasQuicker(_("It has ended already."))
        if opening.step == Step.OPENED:
            grants.end_case(case=case, person_id=opening.asked_by_id)
        _end_early(unlocked, case, opening)


def end_openings_of(*, unlocked: Unlocked, person: Person) -> None:
    """End what somebody who leaves, or is no supervisor any more, has asked for: a half that was released
    to them is gone at once, and so is what they had opened with it.

    Inside the transaction of that change, with the cases locked.
    """
    rows = EmergencyOpening.objects.select_for_update(of=("self",)).filter(asked_by=person)
    for opening in rows.filter(step__in=RUNNING).select_related("case").order_by("pk"):
        if opening.step == Step.OPENED:
            grants.end_case(case=opening.case, person_id=person.id)
        _end_early(unlocked, opening.case, opening)


def _end_early(unlocked: Unlocked, case: Case, opening: EmergencyOpening) -> None:
    if opening.step in (Step.OPENED, Step.RELEASED):
        # Also unused: an old row, put back as it was, must open nothing.
        Case.objects.filter(pk=case.pk).update(rotation_due=True)
    _end(opening)
    _tell(unlocked, case)
    _record(unlocked, opening, entries.EMERGENCY_ENDED, {"person": str(opening.asked_by_id)})


def _joined(unlocked: Unlocked, case: Case, opening: EmergencyOpening) -> OpenCase:
    """Join the halves and open the case with them; ``Denied`` unless they open this very case."""
    try:
        secret = join(
            grants.open_share(unlocked=unlocked, case=case, letter="a"),
            grants.open_released_share(unlocked=unlocked, opening=opening),
        )
        opened = OpenCase(
            unlocked=unlocked,
            case=case,
            permission=grants.VIEW_CASE,
            is_owner=False,
            secret=secret,
            half=bytes(CaseHalf.objects.get(case=case, epoch=case.key_epoch).half),
        )
        renewal.check_opens(opened, CaseItem.objects.get(case=case, section=Section.CARD))
    except (Refused, CaseHalf.DoesNotExist, CaseItem.DoesNotExist):
        raise denied(unlocked, entries.EMERGENCY_OPENED, "case", case.id) from None
    return opened


def _second_person(unlocked: Unlocked, opening: EmergencyOpening) -> None:
    if opening.asked_by_id == unlocked.person.id:
        raise WrongState(_("Two people: whoever asked cannot release it."))


def _still_supervisor(unlocked: Unlocked, opening: EmergencyOpening) -> Person:
    """Return who asked, if they are still an active supervisor of the agency with a current training."""
    person = Person.objects.select_related("membership").get(pk=opening.asked_by_id)
    groups = person.groups.filter(role__agency=unlocked.agency, role__name=RoleName.SUPERVISOR)
    if not (person.is_active and groups.exists() and person.membership.is_current(unlocked.today)):
        raise WrongState(_("Who asked is no supervisor any more."))
    return person


def _holds(unlocked: Unlocked, case: Case) -> bool:
    rows = CaseUserPermission.objects.filter(content_object=case, user=unlocked.person)
    return any(row.expires_at is None or row.expires_at > unlocked.now for row in rows)


def _lock_case(unlocked: Unlocked, case_id: UUID, roles: frozenset[RoleName], action: Action) -> Case:
    case = Case.objects.select_for_update().filter(pk=case_id, agency=unlocked.agency).first()
    if case is None or not may_work(unlocked, roles):
        raise denied(unlocked, action, "case", case_id)
    return case


def _lock(
    unlocked: Unlocked, opening: EmergencyOpening, roles: frozenset[RoleName], action: Action, step: Step
) -> tuple[Case, EmergencyOpening]:
    """Lock the case, then the opening; ``SomeoneWasQuicker`` when it is not at this step any more."""
    case = _lock_case(unlocked, opening.case_id, roles, action)
    opening = EmergencyOpening.objects.select_for_update().get(pk=opening.pk)
    if opening.step_at(unlocked.now) != step:
        raise SomeoneWasQuicker
    return case, opening


def _end(opening: EmergencyOpening) -> None:
    opening.step, opening.ends_at = Step.ENDED, None
    opening.share_b = opening.share_b_signature = b""
    opening.save()


def _tell(unlocked: Unlocked, case: Case) -> None:
    """Tell the owner, all supervisors and all custodians that there is an update; not who acts."""
    owners = CaseUserPermission.objects.filter(content_object=case, expires_at__isnull=True)
    watching = Person.objects.filter(
        agency=unlocked.agency,
        is_active=True,
        groups__role__agency=unlocked.agency,
        groups__role__name__in=ASKS | RELEASES,
    )
    for page, people in (
        (OWNERS_PAGE, owners.values_list("user_id", flat=True)),
        (PAGE, watching.values_list("pk", flat=True)),
    ):
        told = sorted(set(people) - {unlocked.person.id})
        notices.tell(told, page=page, now=unlocked.now, is_urgent=True)


def _record(unlocked: Unlocked, opening: EmergencyOpening, action: Action, detail: dict[str, str]) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="case",
        object=str(opening.case_id),
        detail={"opening": str(opening.id), **detail},
    )
