"""What the sender does with a referral: send, cancel, ask her and close, count what stayed unmet."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Role
from accounts.roles import RoleName
from accounts.trust import TrustedKey
from accounts.unlocked import Unlocked
from referrals import codes, disclosure, entries, grants, notices, queries, timers
from referrals.access import renewal
from referrals.access.cases import Item, OpenCase
from referrals.access.common import packet_context
from referrals.access.packets import part_key
from referrals.actions import followup, guards, ledger
from referrals.actions.steps import (
    Once,
    bump,
    end,
    lock_case,
    lock_referral,
    log_case,
    log_referral,
    step,
)
from referrals.disclosure import Request
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Referral, ReferralHalf
from referrals.models.cases import Section
from referrals.models.referrals import Part, Side, State
from referrals.payload import Consent, Incident, PacketKey, Payload, SenderPart, SentReferral
from services.actions import own_holds
from services.codes import ServiceType
from vault.envelope import seal
from vault.kdf import new_secret
from vault.sections import part_secret


def send(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    consent_id: UUID,
    urgency: str,
    request: Request,
    legal_duty_acknowledged: bool,
    once: UUID | None = None,
) -> Referral:
    """Send a referral under one consent. Every guard stands alone; nothing a client says lifts one.

    - the consent is of this case, given, not withdrawn, not over, and her last word (``ConsentMissing``);
    - it names the organisation and service the directory has now (``ConsentDoesNotCover``);
    - it covers all that would leave (``ConsentDoesNotCover``); the desk's words name nobody (``NotSafe``);
    - the recipient takes part, and both sides signed an agreement that is valid (``AgreementMissing``);
    - she did not exclude the recipient (``ConflictFound``), and an authority of the perpetrator's kind was
      looked at by a second person (``SecondLookNeeded``);
    - for a minor a guardian with her assent or a second person decided (``MinorNeedsGuardian``), and not a
      guardian who harmed her (``GuardianIsPerpetrator``);
    - what the recipient must by law do was shown before she decided, is the same now, and is
      acknowledged (``LegalDutyNotShown``);
    - no other referral of this case to this service is live (``AlreadySent``).
    """
    if urgency not in codes.Urgency.values:
        raise Invalid({"urgency": _("Choose one of the answers.")})
    if not request.how_to_reach_worker.strip():
        raise Invalid({"how_to_reach_worker": _("Say how the desk reaches you at work.")})
    with transaction.atomic():
        form = Once(unlocked, once, "send", consent_id)
        if form.is_repeat:
            return Referral.objects.get(pk=form.result)
        case = lock_case(unlocked, opened)
        consent = opened.consent(consent_id)
        card, incident = opened.card(), opened.incident()
        guards.consent_is_active(unlocked, consent.content)
        guards.last_word_is_yes(opened, consent)
        guards.consent_was_heard(consent.content)
        destination = guards.consent_names_destination(consent.content)
        disclosure.check_cover(consent.content, request)
        disclosure.check_words(text=request.how_to_reach_worker, card=card, identity=opened.identity())
        recipient, inbox = guards.recipient_is_agreed(unlocked, destination)
        guards.no_conflict(unlocked, opened, consent, destination, incident)
        guards.minor_is_protected(unlocked, opened, consent, card, incident)
        guards.legal_duty_is_known(consent.content, destination, legal_duty_acknowledged)
        guards.nothing_live(unlocked, opened, destination.service_id)
        referral = _make(
            unlocked=unlocked,
            opened=opened,
            consent=consent,
            recipient=recipient,
            inbox=inbox,
            urgency=health_first(unlocked, consent.content, incident, urgency),
            request=request,
        )
        form.made(referral.id)
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_SENT, {"referral": str(referral.id)})
        log_referral(unlocked, referral, entries.REFERRAL_SENT)
    return referral


def cancel(
    *, unlocked: Unlocked, opened: OpenCase, referral_id: UUID, version: int, once: UUID | None = None
) -> Referral:
    """End a live referral from the sender's side: the recipient's access is over when this returns."""
    with transaction.atomic():
        if Once(unlocked, once, "cancel", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        opened.sent_referral(referral_id)
        referral = lock_referral(unlocked, referral_id, version=version, to=State.CANCELLED, side=Side.SENDER)
        end(unlocked, referral, State.CANCELLED)
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_CANCELLED, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_CANCELLED)
    return referral


def fail_after_trying(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    referral_id: UUID,
    reason: str,
    version: int,
    once: UUID | None = None,
) -> Referral:
    """End an accepted referral that will not work out, with a reason; from the sender's side."""
    if reason not in codes.FailReason.values:
        raise Invalid({"reason": _("Choose one of the answers.")})
    with transaction.atomic():
        if Once(unlocked, once, "fail_after_trying", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        opened.sent_referral(referral_id)
        referral = lock_referral(unlocked, referral_id, version=version, to=State.FAILED, side=Side.SENDER)
        end(unlocked, referral, State.FAILED, reason=reason)
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_FAILED, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_FAILED)
    return referral


def close_after_asking(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    referral_id: UUID,
    answer: str,
    version: int,
    once: UUID | None = None,
) -> Referral:
    """Close a delivered referral with what she says: yes, no, or not safe to ask. Only the case's owner.

    "No" may also mean that the service goes on: then ``reopen_not_received``. The answer stays in the
    case; the recipient does not learn it.
    """
    if answer not in codes.Answer.values:
        raise Invalid({"answer": _("Choose one of the answers.")})
    with transaction.atomic():
        if Once(unlocked, once, "close_after_asking", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        item = opened.sent_referral(referral_id)
        if not opened.is_owner:
            raise WrongState(_("Only the caseworker who owns the case asks her and closes."))
        referral = lock_referral(unlocked, referral_id, version=version, to=State.CLOSED, side=Side.SENDER)
        _answer(opened, item, answer=answer, answered_at=unlocked.now)
        if answer != codes.Answer.NOT_SAFE_TO_ASK:
            followup.spoke_today(unlocked, opened)
        if answer == codes.Answer.YES:
            ledger.count_wait(
                unlocked=unlocked, opened=opened, about=item.content, delivered_at=referral.delivered_at
            )
        end(unlocked, referral, State.CLOSED, reason=referral.reason_code)
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_CLOSED, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_CLOSED)
    return referral


def reopen_not_received(
    *, unlocked: Unlocked, opened: OpenCase, referral_id: UUID, version: int, once: UUID | None = None
) -> Referral:
    """Put a delivered referral back in progress: she says the service was not received."""
    with transaction.atomic():
        if Once(unlocked, once, "reopen_not_received", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        item = opened.sent_referral(referral_id)
        referral = lock_referral(
            unlocked, referral_id, version=version, to=State.IN_PROGRESS, side=Side.SENDER
        )
        _answer(opened, item, answer=codes.Answer.NO, answered_at=unlocked.now)
        followup.spoke_today(unlocked, opened)
        step(referral, State.IN_PROGRESS)
        referral.delivered_at = None
        # Whoever worked on it may have left since they said that it was done.
        reads = referral.is_readable_at(unlocked.now)
        referral.worker_left = reads and not grants.workers_rows(referral).exists()
        referral.save()
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_REOPENED, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_REOPENED)
        if referral.worker_left:
            log_referral(unlocked, referral, entries.REFERRAL_WORKER_LEFT)
            notices.worker_left(referral, now=unlocked.now)
    return referral


_UNMET = frozenset({State.DECLINED, State.EXPIRED})


def count_unmet_need(*, unlocked: Unlocked, opened: OpenCase, referral_id: UUID) -> None:
    """Count a declined or expired referral as an unmet need, once. Called where alternatives are shown."""
    with transaction.atomic():
        case = lock_case(unlocked, opened)
        item = opened.sent_referral(referral_id)
        referral = Referral.objects.get(pk=referral_id)
        if item.content.unmet_counted or referral.state_at(unlocked.now) not in _UNMET:
            return
        _answer(opened, item, unmet_counted=True)
        ledger.count(
            unlocked=unlocked,
            opened=opened,
            service_type=item.content.service_type,
            reason=_unmet_reason(referral, unlocked.now),
        )
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_ALTERNATIVES, {"referral": str(referral_id)})


def _unmet_reason(referral: Referral, now: datetime) -> codes.UnmetReason:
    if referral.state_at(now) == State.EXPIRED:
        return codes.UnmetReason.NO_ANSWER
    if referral.reason_code == codes.DeclineReason.NO_CAPACITY:
        return codes.UnmetReason.NO_CAPACITY
    return codes.UnmetReason.UNAVAILABLE


def _answer(opened: OpenCase, item: Item[SentReferral], **changes: object) -> None:
    content = replace(item.content, **changes)  # type: ignore[arg-type]
    if not opened.replace(Section.REFERRALS, item.id, content, revision=item.revision):
        raise SomeoneWasQuicker


def own_hold_id(unlocked: Unlocked, service_id: UUID | None) -> UUID | None:
    """Return the place the sender holds at a service, so that the answer ends exactly that hold."""
    if service_id is None:
        return None
    hold = own_holds(unlocked, [service_id]).get(service_id)
    return hold.pk if hold else None


def health_first(unlocked: Unlocked, consent: Consent, incident: Incident, urgency: str) -> str:
    """Inside the clinical window medical care is an emergency, whatever was chosen."""
    running = incident.clinical_window_at(unlocked.now) is not None
    if running and consent.service_type == ServiceType.HEALTH_MEDICAL:
        return codes.Urgency.EMERGENCY
    return urgency


def _make(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    consent: Item[Consent],
    recipient: Agency,
    inbox: TrustedKey,
    urgency: str,
    request: Request,
) -> Referral:
    """Seal the packet under its own secret and halves, and wrap its parts to who may read them."""
    now = unlocked.now.replace(microsecond=0)
    about = consent.content
    # How long she waits is for her own agency to say; which days are working days, for who answers.
    policy = timers.policy_for(
        urgency,
        sent_at=now,
        rules=queries.rules_of(queries.timer_policy(unlocked.agency)),
        calendar=queries.calendar_of(recipient, queries.timer_policy(recipient)),
    )
    referral = Referral(
        sender_agency=unlocked.agency,
        recipient_agency=recipient,
        state=State.SENT,
        policy=policy.to_json(),
        sent_at=now,
        respond_by=now + timedelta(seconds=policy.respond_s),
        escalate_at=now + timedelta(seconds=policy.supervisor_s),
        expires_at=now + timedelta(seconds=policy.expire_s),
        consent_expires_at=about.expires_at,
        sent_by=unlocked.person,
    )
    secret = new_secret()
    item_id = opened.put(
        Section.REFERRALS,
        SentReferral(
            referral_id=referral.id,
            consent_id=consent.id,
            organization_name=about.organization_name,
            service_id=about.service_id,
            service_name=about.service_name,
            service_type=about.service_type,
            urgency=urgency,
            fields=about.fields,
            sent_by=unlocked.person.id,
            sent_at=now,
            after_referral_id=about.after_referral_id,
        ),
    )
    # Whoever takes the case over when its caseworker has left can go on with what was sent.
    opened.put(Section.PACKETS, PacketKey(referral_id=referral.id, secret=secret.hex()))
    card = opened.card()
    hold_id = own_hold_id(unlocked, about.service_id)
    parts: dict[Part, Payload] = {
        Part.OPAQUE: disclosure.opaque_part(
            consent=about,
            card=card,
            incident=opened.incident(),
            request=request,
            urgency=urgency,
            hold_id=hold_id,
        ),
        Part.IDENTITY: disclosure.identity_part(
            consent=about, card=card, identity=opened.identity(), request=request
        ),
        Part.SENDER: SenderPart(
            case_id=opened.id,
            item_id=item_id,
            organization_name=about.organization_name,
            service_name=about.service_name,
            service_type=about.service_type,
            urgency=urgency,
        ),
    }
    halves = {part: new_secret() for part in parts}
    for part, content in parts.items():
        key = part_key(part_secret(secret, part.value), halves[part], referral, part)
        setattr(
            referral, f"sealed_{part.value}", seal(key, content.to_bytes(), packet_context(referral, part))
        )
    grants.give_handover(unlocked=unlocked, referral=referral, key=inbox, packet_secret=secret)
    referral.save(force_insert=True)
    ReferralHalf.objects.bulk_create(
        [ReferralHalf(referral=referral, part=part, half=half) for part, half in halves.items()]
    )
    desk = Role.objects.get(agency=recipient, name=RoleName.INTAKE)
    grants.give_desk(unlocked=unlocked, referral=referral, group=desk.group, key=inbox, packet_secret=secret)
    grants.give_sender(
        unlocked=unlocked,
        referral=referral,
        person=unlocked.person,
        key=grants.own_key(unlocked),
        packet_secret=secret,
        # Whose share of the case ends reads no longer what they sent from it.
        expires_at=opened.expires_at,
    )
    _give_to_others(unlocked, opened, referral, secret)
    return referral


def _give_to_others(unlocked: Unlocked, opened: OpenCase, referral: Referral, secret: bytes) -> None:
    """Let all who hold the case see what was sent from it, as a share does for what was sent before.

    Only whom one who may give it really gave it: a row that stands in the database is not enough.
    """
    for row, key in renewal.holders(unlocked, opened):
        if row.user_id == unlocked.person.id or row.permission.codename != grants.VIEW_CASE:
            continue
        grants.give_sender(
            unlocked=unlocked,
            referral=referral,
            person=row.user,
            key=key,
            packet_secret=secret,
            expires_at=row.expires_at,
        )
