"""Handing a case over to another caseworker of the same agency: offered by its owner, taken by her.

Between agencies no case moves: another organisation gets a referral, under a consent of its own. The
purpose and the agency stay the same here, so her consents stay as they are.

The case's row is locked first, as in every change of a case, and then the offer's; so taking, sharing,
taking back and closing wait for each other, and the second finds what the first left.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Person
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import entries, grants
from referrals.access import renewal
from referrals.access.cases import OpenCase
from referrals.access.common import denied
from referrals.access.left import owners_of
from referrals.access.sent import open_sent_secrets
from referrals.access.transfers import OpenOffer, secrets_in
from referrals.actions.cases import only_owner
from referrals.actions.handing import caseworker_key, end_offer, put_offer
from referrals.actions.steps import Once, bump, lock_case, log_case
from referrals.actions.succession import inherit, may_inherit
from referrals.errors import SomeoneWasQuicker, WrongState
from referrals.models import Case, CaseHalf, CaseTransfer, Referral
from referrals.models.referrals import State
from referrals.models.transfers import Outcome
from vault.errors import Refused

PAGE = "referrals:needs_me"


def offer_case(
    *, unlocked: Unlocked, opened: OpenCase, person: Person, ends_shares: bool, once: UUID | None = None
) -> CaseTransfer:
    """Offer the case to a colleague for seven days; only its owner. Until it is taken nothing changes."""
    with transaction.atomic():
        form = Once(unlocked, once, "offer_case", opened.id)
        if form.is_repeat:
            return CaseTransfer.objects.get(pk=form.result)
        case = lock_case(unlocked, opened)
        only_owner(unlocked, opened)
        key = caseworker_key(unlocked, person)
        waiting = CaseTransfer.objects.select_for_update().filter(case=case, outcome=Outcome.WAITING).first()
        if waiting is not None and waiting.waits_at(unlocked.now):
            raise SomeoneWasQuicker(_("This case is offered to a colleague already."))
        if waiting is not None:
            end_offer(unlocked, waiting, Outcome.TAKEN_BACK)
            renewal.renew(unlocked, opened)
            case = opened.case
        transfer = put_offer(
            unlocked=unlocked,
            opened=opened,
            case=case,
            person=person,
            key=key,
            ends_shares=ends_shares,
            sent={referral.id: one for referral, one in open_sent_secrets(unlocked, opened.sent_ids())},
            believed=renewal.believed(unlocked, opened),
        )
        form.made(transfer.id)
        bump(case)
        notices.tell([person.id], page=PAGE, now=unlocked.now)
        log_case(unlocked, opened, entries.CASE_OFFERED, {"person": str(person.id)})
    return transfer


def take_back_offer(*, unlocked: Unlocked, opened: OpenCase, once: UUID | None = None) -> None:
    """End an offer that nobody has taken; only the case's owner."""
    with transaction.atomic():
        waits = CaseTransfer.objects.filter(case_id=opened.id, outcome=Outcome.WAITING)
        # The form that ended one offer must not make it look as if the next had ended as well.
        if Once(unlocked, once, "take_back_offer", opened.id).is_repeat and not waits.exists():
            return
        case = lock_case(unlocked, opened)
        only_owner(unlocked, opened)
        waiting = CaseTransfer.objects.select_for_update().filter(case=case, outcome=Outcome.WAITING).first()
        if waiting is None:
            raise SomeoneWasQuicker(_("This offer has ended already."))
        end_offer(unlocked, waiting, Outcome.TAKEN_BACK)
        bump(case)
        person = {"person": str(waiting.offered_to_id)}
        log_case(unlocked, opened, entries.CASE_OFFER_TAKEN_BACK, person)


def decline_offer(*, unlocked: Unlocked, offer: OpenOffer, once: UUID | None = None) -> None:
    """Say no to an offer; its owner keeps the case, and is told."""
    with transaction.atomic():
        if Once(unlocked, once, "decline_offer", offer.id).is_repeat:
            return
        _case, transfer = _lock(unlocked, offer)
        end_offer(unlocked, transfer, Outcome.DECLINED)
        notices.tell([transfer.offered_by_id], page=PAGE, now=unlocked.now)
        _record(unlocked, transfer, entries.CASE_OFFER_DECLINED)


def take_case(*, unlocked: Unlocked, offer: OpenOffer, once: UUID | None = None) -> UUID:
    """Take the case over; return its id. From now the giver opens nothing of it, and its keys are new.

    What was sent follows. Shares stay or end as the giver chose. Not taken: an offer from before the keys
    were renewed, or from before something more was sent, because its keys would not open all of it.
    """
    with transaction.atomic():
        if Once(unlocked, once, "take_case", offer.id).is_repeat:
            return offer.transfer.case_id
        case, transfer = _lock(unlocked, offer)
        giver = transfer.offered_by_id
        # Given by somebody who holds a key of a case whose owner has left: only to who was named for it.
        named = None if _owns(case, giver) else may_inherit(unlocked, case, giver)
        try:
            given = secrets_in(unlocked, transfer)
            half = CaseHalf.objects.get(case=case, epoch=case.key_epoch)
        except (Refused, CaseHalf.DoesNotExist):
            raise denied(unlocked, entries.CASE_DOES_NOT_OPEN, "case", case.id) from None
        if named is not None:
            inherit(
                unlocked=unlocked,
                case=case,
                named=named,
                secret=given.case,
                half=bytes(half.half),
                sent=given.sent,
                believed=given.believed,
            )
            return case.id
        opened = OpenCase(
            unlocked=unlocked,
            case=case,
            permission=grants.EDIT_CASE,
            is_owner=True,
            secret=given.case,
            half=bytes(half.half),
        )
        later = Referral.objects.filter(pk__in=set(opened.sent_ids()) - set(given.sent))
        # What was entered in error, or forgotten when the case was closed, is open to nobody.
        if later.exclude(state=State.ENTERED_IN_ERROR).exclude(sealed_sender=b"").exists():
            raise WrongState(_("Something was sent after the offer. Ask your colleague to offer it again."))
        for person_id in (giver, unlocked.person.id):
            grants.end_case(case=case, person_id=person_id)
        grants.give_owner(unlocked=unlocked, case=case, secret=given.case)
        _follow(unlocked, case, transfer, given.sent)
        renewal.renew(unlocked, opened, also=given.believed)
        end_offer(unlocked, transfer, Outcome.TAKEN)
        bump(case)
        notices.tell([giver], page=PAGE, now=unlocked.now)
        log_case(unlocked, opened, entries.CASE_TAKEN, {"person": str(giver)})
    return case.id


def _follow(unlocked: Unlocked, case: Case, transfer: CaseTransfer, sent: dict[UUID, bytes]) -> None:
    """Let what was sent follow its case: the giver reads it no more, who shared it only if shares stay."""
    leave = [transfer.offered_by_id, unlocked.person.id]
    if transfer.ends_shares:
        leave += grants.end_others(case=case, person_id=unlocked.person.id)
    for person_id in leave:
        grants.end_sender(referral_ids=list(sent), person_id=person_id)
    follow = Referral.objects.filter(pk__in=sent).exclude(state=State.ENTERED_IN_ERROR)
    for referral in follow.order_by("pk"):
        grants.give_sender(
            unlocked=unlocked,
            referral=referral,
            person=unlocked.person,
            key=grants.own_key(unlocked),
            packet_secret=sent[referral.id],
        )


def _lock(unlocked: Unlocked, offer: OpenOffer) -> tuple[Case, CaseTransfer]:
    """Lock the case, then the offer; ``SomeoneWasQuicker`` when it does not wait any more."""
    case = Case.objects.select_for_update().get(pk=offer.transfer.case_id)
    transfer = CaseTransfer.objects.select_for_update().get(pk=offer.id)
    if transfer.offered_to_id != unlocked.person.id or case.agency_id != unlocked.agency.id:
        raise denied(unlocked, entries.CASE_OFFER_VIEWED, "offer", offer.id)
    if not transfer.waits_at(unlocked.now) or not case.is_open:
        raise SomeoneWasQuicker(_("This offer has ended already."))
    if transfer.key_epoch != case.key_epoch:
        raise WrongState(_("The case changed after the offer. Ask your colleague to offer it again."))
    return case, transfer


def _owns(case: Case, giver: UUID) -> bool:
    """Say whether who offered the case still owns it, and may work with cases: else a supervisor names."""
    return owners_of(case).filter(user_id=giver).exists()


def _record(unlocked: Unlocked, transfer: CaseTransfer, action: Action) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="case",
        object=str(transfer.case_id),
        detail={"person": str(transfer.offered_by_id)},
    )
