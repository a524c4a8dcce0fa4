"""A desk asks one question before it answers, and the caseworker answers it inside the consent.

Both are codes: no words travel that could name her or ask for what she did not agree to. What was sent
stays as it is; the answer is a part of its own under a key that the desk's own grant already opens.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import codes, disclosure, entries
from referrals.access.cases import OpenCase
from referrals.access.common import packet_context
from referrals.access.packets import OpenPacket, part_key
from referrals.access.sent import sent_secret_of
from referrals.actions import guards
from referrals.actions.desk import holds_claim, lock_packet
from referrals.actions.steps import Once, bump, lock_case, lock_referral, log_case, log_referral, step
from referrals.errors import ConsentMissing, Invalid, WrongState
from referrals.models import Referral, ReferralHalf
from referrals.models.referrals import WAITING, Part, Side, State
from vault.envelope import seal
from vault.kdf import new_secret
from vault.sections import part_secret

# The clock stands still for a question once, and never longer than the time to answer of this referral:
# in an emergency a day of silence would be the answer.
MOST_PAUSE = timedelta(hours=24)


def ask(
    *, unlocked: Unlocked, packet: OpenPacket, question: str, version: int, once: UUID | None = None
) -> Referral:
    """Ask the caseworker one question as the holder of the claim. The clock stands still meanwhile.

    The claim ends: a colleague may go on when the answer is there. A second question is asked by phone.
    """
    if question not in codes.Question.values:
        raise Invalid({"question": _("Choose one of the questions.")})
    with transaction.atomic():
        if Once(unlocked, once, "ask", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.NEEDS_INFO)
        holds_claim(unlocked, referral)
        if referral.paused_until is not None:
            raise WrongState(_("A question was asked already. Call the caseworker."))
        step(referral, State.NEEDS_INFO, reason=question)
        now = unlocked.now.replace(microsecond=0)
        pause = min(MOST_PAUSE, timedelta(seconds=referral.policy["respond_s"]))
        referral.paused_until = now + pause
        _shift(referral, pause)
        referral.claimed_by = referral.claimed_until = None
        referral.save()
        log_referral(unlocked, referral, entries.REFERRAL_ASKED)
    return referral


def answer_question(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    referral_id: UUID,
    answer: str,
    household_size: int | None = None,
    version: int,
    once: UUID | None = None,
) -> Referral:
    """Answer the desk's question, inside the consent it was sent under; the clock goes on.

    "Told" takes the value from the case as it is now, and only a field that the consent names. Also
    possible once the pause is over, as long as the referral waits for an answer.
    """
    if answer not in codes.QuestionAnswer.values:
        raise Invalid({"answer": _("Choose one of the answers.")})
    with transaction.atomic():
        if Once(unlocked, once, "answer_question", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        item = opened.sent_referral(referral_id)
        referral = lock_referral(unlocked, referral_id, version=version, to=State.SENT, side=Side.SENDER)
        if referral.state_at(unlocked.now) not in WAITING:
            raise WrongState
        if item.content.consent_id is None:
            raise ConsentMissing
        consent = opened.consent(item.content.consent_id).content
        guards.consent_is_active(unlocked, consent)
        now = unlocked.now.replace(microsecond=0)
        content = disclosure.answer_part(
            consent=consent,
            card=opened.card(),
            incident=opened.incident(),
            question=referral.reason_code,
            answer=answer,
            household_size=household_size,
            answered_at=now,
        )
        secret = part_secret(sent_secret_of(unlocked, referral), Part.OPAQUE.value)
        half = ReferralHalf.objects.create(referral=referral, part=Part.ANSWER, half=new_secret())
        key = part_key(secret, bytes(half.half), referral, Part.ANSWER)
        referral.sealed_answer = seal(key, content.to_bytes(), packet_context(referral, Part.ANSWER))
        step(referral, State.SENT)
        _go_on(referral, now)
        referral.save()
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_ANSWERED, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_ANSWERED)
    return referral


def _go_on(referral: Referral, now: datetime) -> None:
    """Give back what is left of the pause; a pause that is over has nothing left."""
    if referral.paused_until is not None and referral.paused_until > now:
        _shift(referral, now - referral.paused_until)
        referral.paused_until = now


def _shift(referral: Referral, by: timedelta) -> None:
    for name in ("respond_by", "escalate_at", "expires_at"):
        moment = getattr(referral, name)
        if moment is not None:
            setattr(referral, name, moment + by)
