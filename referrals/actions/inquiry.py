"""Ask a provider without an account whether they can take her, by a link; and their answer.

The same consent as for a referral, naming that organisation, and only the opaque part of it: no
identity ever goes this way. After the answer the caseworker goes on by phone, together with her.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from audit.actions import record
from referrals import codes, disclosure, entries, notices, queries, timers
from referrals.access.cases import Item, OpenCase
from referrals.access.inquiries import OpenInquiry, inquiry_context, inquiry_key, token_hash, token_of
from referrals.actions import guards
from referrals.actions.referral import health_first, own_hold_id
from referrals.actions.steps import Once, bump, end_inquiries, end_inquiry, lock_case, log_case
from referrals.disclosure import Request
from referrals.errors import AlreadySent, Invalid, WrongState
from referrals.models import Inquiry, InquiryHalf
from referrals.models.cases import Section
from referrals.payload import AskedProvider
from services.actions import turn_into_acceptance
from services.errors import Missing
from vault.envelope import seal
from vault.kdf import new_secret


def ask_by_link(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    consent_id: UUID,
    urgency: str,
    request: Request,
    legal_duty_acknowledged: bool,
    once: UUID | None = None,
) -> tuple[UUID, str]:
    """Put one question under one consent; return its id and the link's token, which is kept nowhere.

    Every guard of ``send`` stands but the agreement, which an organisation without an account cannot
    sign; and one more: the organisation has none (else ``WrongState``: it gets a referral). Posted a
    second time the token is gone: ``WrongState`` says so.
    """
    if urgency not in codes.Urgency.values:
        raise Invalid({"urgency": _("Choose one of the answers.")})
    if not request.how_to_reach_worker.strip():
        raise Invalid({"how_to_reach_worker": _("Say how the desk reaches you at work.")})
    with transaction.atomic():
        form = Once(unlocked, once, "ask_by_link", consent_id)
        if form.is_repeat:
            raise WrongState(
                _("The link was made already and was shown once. Take the question back to ask anew.")
            )
        case = lock_case(unlocked, opened)
        consent = opened.consent(consent_id)
        about = consent.content
        card, incident = opened.card(), opened.incident()
        guards.consent_is_active(unlocked, about)
        guards.last_word_is_yes(opened, consent)
        guards.consent_was_heard(about)
        destination = guards.consent_names_destination(about)
        if destination.agency_id is not None or about.expires_at is None:
            raise WrongState
        disclosure.check_cover(about, request)
        disclosure.check_words(text=request.how_to_reach_worker, card=card, identity=opened.identity())
        guards.no_conflict(unlocked, opened, consent, destination, incident)
        guards.minor_is_protected(unlocked, opened, consent, card, incident)
        guards.legal_duty_is_known(about, destination, legal_duty_acknowledged)
        _nothing_waits(opened, destination.service_id, unlocked.now)
        urgency = health_first(unlocked, about, incident, urgency)
        secret, half = new_secret(), new_secret()
        now = unlocked.now.replace(microsecond=0)
        # Whoever has no account has said nothing about their week: the usual one, where she is.
        policy = timers.policy_for(
            urgency,
            sent_at=now,
            rules=queries.rules_of(queries.timer_policy(unlocked.agency)),
            calendar=queries.calendar_of(unlocked.agency, None),
        )
        lasts = timedelta(seconds=policy.expire_s)
        inquiry = Inquiry(
            agency=unlocked.agency,
            asked_by=unlocked.person,
            token_hash=token_hash(secret),
            asked_at=now,
            expires_at=min(now + lasts, about.expires_at),
        )
        opaque = disclosure.opaque_part(
            consent=about,
            card=card,
            incident=incident,
            request=request,
            urgency=urgency,
            hold_id=own_hold_id(unlocked, destination.service_id),
        )
        key = inquiry_key(secret, half, inquiry)
        inquiry.sealed_opaque = seal(key, opaque.to_bytes(), inquiry_context(inquiry))
        inquiry.save(force_insert=True)
        InquiryHalf.objects.create(inquiry=inquiry, half=half)
        opened.put(
            Section.INQUIRIES,
            AskedProvider(
                inquiry_id=inquiry.id,
                consent_id=consent_id,
                organization_name=about.organization_name,
                service_id=about.service_id,
                service_name=about.service_name,
                asked_by=unlocked.person.id,
                asked_at=now,
            ),
        )
        bump(case)
        log_case(unlocked, opened, entries.INQUIRY_SENT, {"item": str(inquiry.id)})
    return inquiry.id, token_of(secret)


def answer_inquiry(*, found: OpenInquiry, answer: str, reason: str = "") -> None:
    """Keep the provider's answer; the link opens nothing from now on. Of two at once one wins, the
    other gets ``Missing``. Where they can take her a shelter place is held until they report anew."""
    if answer not in codes.InquiryAnswer.values:
        raise Invalid({"answer": _("Choose one of the answers.")})
    if answer != codes.InquiryAnswer.CANNOT:
        reason = ""
    elif reason not in codes.DeclineReason.values:
        raise Invalid({"reason": _("Choose one of the answers.")})
    now = timezone.now()
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update().get(pk=found.inquiry.pk)
        if not inquiry.waits_at(now):
            raise Missing
        inquiry.answer, inquiry.reason_code = answer, reason
        end_inquiry(inquiry, now)
        if answer == codes.InquiryAnswer.CAN and found.opaque.service_id is not None:
            turn_into_acceptance(service_id=found.opaque.service_id, hold_id=found.opaque.hold_id)
        record(
            entries.INQUIRY_ANSWERED,
            agency=inquiry.agency_id,
            actor=None,
            kind="inquiry",
            object=str(inquiry.id),
            detail={"answer": answer},
        )
        notices.asked(inquiry, now=now)


def take_back_inquiry(
    *, unlocked: Unlocked, opened: OpenCase, inquiry_id: UUID, once: UUID | None = None
) -> None:
    """Take a question of this case back: its link opens nothing from now on. Harmless when it is over."""
    with transaction.atomic():
        if Once(unlocked, once, "take_back_inquiry", inquiry_id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        opened.inquiry(inquiry_id)
        if not Inquiry.objects.filter(pk=inquiry_id, ended_at__isnull=True).exists():
            return  # said once in the log is enough
        end_inquiries(unlocked, [inquiry_id])
        bump(case)
        log_case(unlocked, opened, entries.INQUIRY_TAKEN_BACK, {"item": str(inquiry_id)})


def _nothing_waits(opened: OpenCase, service_id: UUID, now: datetime) -> None:
    asked: list[Item[AskedProvider]] = opened.inquiries()
    ids = [one.content.inquiry_id for one in asked if one.content.service_id == service_id]
    if Inquiry.objects.filter(pk__in=[one for one in ids if one], expires_at__gt=now).exists():
        raise AlreadySent(_("A question to this service still waits for its answer."))
