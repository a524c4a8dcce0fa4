"""A case whose caseworker has left gets a new owner: a supervisor names, whoever holds a key hands it over.

Never by code alone: without somebody who still opens the case (a colleague it is shared with, or the
supervisor for whom a custodian released it) nobody's word gives anybody a key.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import entries, grants
from referrals.access import renewal
from referrals.access.cases import OpenCase, may_still_view
from referrals.access.common import denied, may_work
from referrals.access.left import NAMES, LeftCase, has_owner, successor_message, successor_of
from referrals.access.sent import open_sent_secrets
from referrals.actions.handing import caseworker_key, end_offer, put_offer
from referrals.actions.steps import Once, bump, log_case
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Case, CaseSuccessor, CaseTransfer, CaseUserPermission, Referral
from referrals.models.referrals import State
from referrals.models.transfers import Outcome

LASTS = timedelta(days=14)
PAGE = "referrals:needs_me"


def name_successor(
    *, unlocked: Unlocked, left: LeftCase, person: Person, once: UUID | None = None
) -> CaseSuccessor:
    """Name, as a supervisor, which caseworker shall take the case over; somebody else than oneself.

    Gives no key. Naming again puts the new name in the place of the old one.
    """
    with transaction.atomic():
        if Once(unlocked, once, "name_successor", left.id).is_repeat:
            return CaseSuccessor.objects.get(pk=left.id)
        case = Case.objects.select_for_update().filter(pk=left.id, agency=unlocked.agency).first()
        if case is None or not may_work(unlocked, NAMES):
            raise denied(unlocked, entries.CASE_SUCCESSOR_NAMED, "case", left.id)
        _is_left(case)
        if person.id == unlocked.person.id:
            raise Invalid({"person": _("Two people: somebody else takes it over.")})
        caseworker_key(unlocked, person)
        row = CaseSuccessor(
            case=case,
            person=person,
            named_by=unlocked.person,
            until=unlocked.now.replace(microsecond=0) + LASTS,
        )
        row.signature = unlocked.keys.sign(successor_message(row, unlocked.agency.id))
        CaseSuccessor.objects.filter(case=case).delete()
        row.save(force_insert=True)
        holding = CaseUserPermission.objects.filter(content_object=case, expires_at__gt=unlocked.now)
        told = {person.id, *holding.values_list("user_id", flat=True)} - {unlocked.person.id}
        notices.tell(sorted(told), page=PAGE, now=unlocked.now)
        _record(unlocked, case, entries.CASE_SUCCESSOR_NAMED, person.id)
    return row


def hand_over_left_case(*, unlocked: Unlocked, opened: OpenCase, once: UUID | None = None) -> CaseTransfer:
    """Offer a case that one has open to the colleague who was named, for seven days.

    What was given to the case's holders stays theirs; who reads in an emergency passes nothing on but the
    case itself, and everybody else's access ends when it is taken.
    """
    with transaction.atomic():
        form = Once(unlocked, once, "hand_over_left_case", opened.id)
        if form.is_repeat:
            return CaseTransfer.objects.get(pk=form.result)
        case, named = _lock(unlocked, opened)
        if named.person_id == unlocked.person.id:
            raise WrongState(_("You hold its key: take it over."))
        key = caseworker_key(unlocked, named.person)
        waiting = CaseTransfer.objects.select_for_update().filter(case=case, outcome=Outcome.WAITING).first()
        if waiting is not None:
            if waiting.waits_at(unlocked.now) and waiting.offered_to_id == named.person_id:
                raise SomeoneWasQuicker(_("This case is offered to a colleague already."))
            end_offer(unlocked, waiting, Outcome.TAKEN_BACK)
        transfer = put_offer(
            unlocked=unlocked,
            opened=opened,
            case=case,
            person=named.person,
            key=key,
            ends_shares=False,
            sent={referral.id: one for referral, one in open_sent_secrets(unlocked, opened.sent_ids())},
            # Who opened it with the two halves was given it by nobody, and can vouch for nobody's row.
            believed=[] if opened.emergency else renewal.believed(unlocked, opened),
        )
        form.made(transfer.id)
        bump(case)
        notices.tell([named.person_id], page=PAGE, now=unlocked.now)
        log_case(unlocked, opened, entries.CASE_OFFERED, {"person": str(named.person_id)})
    return transfer


def take_left_case(*, unlocked: Unlocked, opened: OpenCase, once: UUID | None = None) -> UUID:
    """Take a case over that one was named for and holds a key of; return its id."""
    with transaction.atomic():
        if Once(unlocked, once, "take_left_case", opened.id).is_repeat:
            return opened.id
        case, named = _lock(unlocked, opened)
        if named.person_id != unlocked.person.id or not may_work(unlocked, {RoleName.CASEWORKER}):
            raise denied(unlocked, entries.CASE_TAKEN, "case", case.id)
        inherit(
            unlocked=unlocked,
            case=case,
            named=named,
            secret=opened.secret,
            half=opened.half,
            sent={referral.id: one for referral, one in open_sent_secrets(unlocked, opened.sent_ids())},
            believed=[] if opened.emergency else renewal.believed(unlocked, opened),
        )
    return opened.id


def may_inherit(unlocked: Unlocked, case: Case, giver: UUID) -> CaseSuccessor:
    """Return the naming by which an offer of somebody who does not own the locked case may be taken.

    ``SomeoneWasQuicker`` where it has an owner again, somebody else is named, or the giver lost it.
    """
    held = CaseUserPermission.objects.filter(
        content_object=case,
        user_id=giver,
        user__is_active=True,
        permission_id=grants.permission_id(grants.VIEW_CASE),
        expires_at__gt=unlocked.now,
    )
    named = None if has_owner(case) else successor_of(unlocked, case)
    if named is None or named.person_id != unlocked.person.id or not held.exists():
        raise SomeoneWasQuicker(_("This offer has ended already."))
    return named


def inherit(
    *,
    unlocked: Unlocked,
    case: Case,
    named: CaseSuccessor,
    secret: bytes,
    half: bytes,
    sent: Mapping[UUID, bytes],
    believed: Iterable[UUID],
) -> None:
    """Make the signed-in person the owner of a locked case; its keys are new, what was sent follows.

    Shares stay where who gave the key could vouch for them; all others end, and it is written down whose.
    """
    opened = OpenCase(
        unlocked=unlocked,
        case=case,
        permission=grants.EDIT_CASE,
        is_owner=True,
        secret=secret,
        half=half,
    )
    # Of this case only, and what the case itself says before what somebody handed over.
    known = dict(sent) | opened.packet_secrets()
    secrets = {referral_id: known[referral_id] for referral_id in opened.sent_ids() if referral_id in known}
    before = _readers(case)
    grants.end_owner(case=case)
    grants.end_case(case=case, person_id=unlocked.person.id)
    grants.give_owner(unlocked=unlocked, case=case, secret=secret)
    case.owner_left = False
    case.save(update_fields=["owner_left"])
    renewal.renew(unlocked, opened, also=believed)
    after = _readers(case)
    grants.end_senders_but(referral_ids=list(secrets), stay=after - {unlocked.person.id})
    follow = Referral.objects.filter(pk__in=secrets).exclude(state=State.ENTERED_IN_ERROR)
    for referral in follow.exclude(sealed_sender=b"").order_by("pk"):
        grants.give_sender(
            unlocked=unlocked,
            referral=referral,
            person=unlocked.person,
            key=grants.own_key(unlocked),
            packet_secret=secrets[referral.id],
        )
    CaseSuccessor.objects.filter(case=case).delete()
    for waiting in CaseTransfer.objects.filter(case=case, outcome=Outcome.WAITING):
        end_offer(unlocked, waiting, Outcome.TAKEN)
    bump(case)
    ended = sorted(before - after - {unlocked.person.id})
    notices.tell({*before, named.named_by_id} - {unlocked.person.id}, page=PAGE, now=unlocked.now)
    for person_id in ended:
        _record(unlocked, case, entries.CASE_UNSHARED, person_id)
    log_case(unlocked, opened, entries.CASE_TAKEN, {"person": str(named.named_by_id)})


def _readers(case: Case) -> set[UUID]:
    rows = CaseUserPermission.objects.filter(
        content_object=case, permission_id=grants.permission_id(grants.VIEW_CASE)
    )
    return set(rows.values_list("user_id", flat=True))


def _lock(unlocked: Unlocked, opened: OpenCase) -> tuple[Case, CaseSuccessor]:
    """Lock the case for its handing over and read it anew, with who is named at this moment."""
    case = Case.objects.select_for_update().get(pk=opened.id)
    if not may_still_view(unlocked, case.pk):
        raise denied(unlocked, entries.CASE_SUCCESSION_VIEWED, "case", case.id)
    if case.key_epoch != opened.case.key_epoch:
        raise SomeoneWasQuicker
    opened.forget()
    _is_left(case)
    named = successor_of(unlocked, case)
    if named is None:
        raise SomeoneWasQuicker(_("Nobody is named for this case any more. Ask your supervisor."))
    return case, named


def _is_left(case: Case) -> None:
    if not case.is_open:
        raise WrongState
    if has_owner(case):
        raise SomeoneWasQuicker(_("This case has a caseworker again."))


def _record(unlocked: Unlocked, case: Case, action: Action, person: UUID) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="case",
        object=str(case.id),
        detail={"person": str(person)},
    )
