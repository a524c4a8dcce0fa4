"""What she decides: consent to one referral, refusal, the second person's look, withdrawal."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts import trust
from accounts.models import Person
from accounts.unlocked import Unlocked
from audit.registry import Action
from referrals import codes, entries, reading
from referrals.access.cases import OpenCase
from referrals.actions import followup, ledger
from referrals.actions.narrowing import chain_of
from referrals.actions.steps import Once, bump, end, end_inquiries, lock_case, log_case, log_referral
from referrals.destination import Destination, destination_of
from referrals.errors import (
    Invalid,
    LegalDutyNotShown,
    Message,
    NotReadToHer,
    SomeoneWasQuicker,
    WrongState,
)
from referrals.models import Referral
from referrals.models.cases import Section
from referrals.models.referrals import LIVE, State
from referrals.payload import Card, Consent, Heard, Incident
from vault.canonical import canonical
from vault.errors import Refused
from vault.keys import verify

# Longer notes of a legal duty are read from the directory's page; the form says their beginning.
MOST_NOTE = 4000


class Wishes(TypedDict):
    """What ``draft_consent`` takes, for ``record_consent`` to pass on."""

    service_id: UUID
    fields: list[str]
    purpose: str
    given_by: str
    language: str
    script: str
    said_adult: NotRequired[bool]
    guardian_is_safe: NotRequired[bool]
    expires_at: NotRequired[datetime | None]
    after_referral_id: NotRequired[UUID | None]
    renews: NotRequired[UUID | None]


def draft_consent(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    service_id: UUID,
    fields: list[str],
    purpose: str,
    given_by: str,
    language: str,
    script: str,
    said_adult: bool = False,
    guardian_is_safe: bool = False,
    expires_at: datetime | None = None,
    after_referral_id: UUID | None = None,
    renews: UUID | None = None,
) -> Consent:
    """Return what she would agree to, with the text that is to be read to her; nothing is kept.

    ``referrals.reading.reading_of`` makes the words of it. ``said_adult``: she was asked and is 18 or older;
    needed where the case knows no age and she decides herself. ``guardian_is_safe``: the guardian who
    decides neither harmed her nor protects who did. The consent ends after 30 days unless said
    otherwise, and at most after 90. ``after_referral_id`` names the attempt of this case that this one
    follows, ``renews`` the consent to the same service that is about to end.
    """
    if after_referral_id is not None:
        opened.sent_referral(after_referral_id)
    text = reading.text_for(language, script, reader=get_language() or "en")
    with override(text):  # names and the note as they are in the language of the text
        destination = destination_of(service_id)
    if renews is not None:
        _check_renewed(opened.consent(renews).content, service_id)
    ends = expires_at or unlocked.now + timedelta(days=codes.CONSENT_DAYS)
    consent = Consent(
        **_about(destination),
        fields=tuple(fields),
        purpose=purpose,
        given_by=given_by,
        said_adult=said_adult,
        guardian_is_safe=guardian_is_safe and given_by == codes.GivenBy.GUARDIAN,
        language=language,
        script=script,
        heard=Heard(
            wording=text,
            version=reading.VERSION,
            service=destination.local_name,
            organization=destination.local_organization_name,
            receiver=destination.agency_name,
            duty_note=destination.legal_duty_note[:MOST_NOTE],
            fields=tuple(fields),
            until=timezone.localdate(ends),
        ),
        legal_duty=destination.legal_duty,
        legal_duty_hash=destination.legal_duty_hash,
        decision=codes.Decision.GIVEN,
        recorded_by=unlocked.person.id,
        decided_at=unlocked.now,
        expires_at=ends,
        after_referral_id=after_referral_id,
        renews=renews,
    )
    _check_wishes(consent, opened.card(), opened.incident(), unlocked.now)
    words = reading.reading_of(consent)
    return _with(consent, heard=replace(consent.heard, hash=words.hash if words else ""))


def record_consent(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    text_read: str,
    how: str,
    points_explained: list[str],
    legal_duty_hash: str,
    legal_duty_acknowledged: bool,
    witness: str = "",
    once: UUID | None = None,
    **wishes: Unpack[Wishes],
) -> UUID:
    """Record that she said yes to this service and these fields. Return the consent's id.

    ``wishes`` are what ``draft_consent`` takes. ``text_read`` is the hash of the text that was read to her,
    ``legal_duty_hash`` the one of the page before (``Destination.legal_duty_hash``): when the directory's
    entry, the end or the text changed in between, she is asked again. ``witness`` says who else heard a
    spoken yes.
    """
    draft = draft_consent(unlocked=unlocked, opened=opened, **wishes)
    consent = _with(
        draft,
        how=how,
        witness=witness if how in codes.WITNESSED else "",
        points_explained=tuple(points_explained),
        legal_duty_acknowledged=legal_duty_acknowledged,
    )
    _check_said(consent)
    if not legal_duty_acknowledged or legal_duty_hash != consent.legal_duty_hash:
        raise LegalDutyNotShown
    if not text_read or text_read != consent.heard.hash:
        raise NotReadToHer
    return _keep(unlocked, opened, consent, entries.CONSENT_RECORDED, once)


def record_refusal(
    *, unlocked: Unlocked, opened: OpenCase, service_id: UUID, purpose: str = "", once: UUID | None = None
) -> UUID:
    """Record that she said no to this service: as good an answer as yes, and it closes nothing else."""
    consent = Consent(
        **_about(destination_of(service_id)),
        purpose=purpose,
        decision=codes.Decision.REFUSED,
        recorded_by=unlocked.person.id,
        decided_at=unlocked.now,
    )
    return _keep(unlocked, opened, consent, entries.CONSENT_REFUSED, once)


def confirm_consent(
    *, unlocked: Unlocked, opened: OpenCase, consent_id: UUID, once: UUID | None = None
) -> None:
    """Sign a consent as the second person: a child's best interest, or an authority like the perpetrator's.

    The second person has the case shared with them to edit, did not record the consent, and signs with
    their own key: nobody can put the confirmation there for them.
    """
    with transaction.atomic():
        if Once(unlocked, once, "confirm_consent", consent_id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        item = opened.consent(consent_id)
        consent = item.content
        if consent.recorded_by == unlocked.person.id:
            raise WrongState(_("Somebody else must look at this: you recorded it yourself."))
        if not consent.is_active_at(unlocked.now):
            raise WrongState
        signature = unlocked.keys.sign(_second_look(opened, consent_id, consent))
        signed = _with(consent, second_person_id=unlocked.person.id, second_person_signature=signature.hex())
        if not opened.replace(Section.CONSENTS, item.id, signed, revision=item.revision):
            raise SomeoneWasQuicker
        bump(case)
        log_case(unlocked, opened, entries.CONSENT_CONFIRMED, {"item": str(consent_id)})


def is_confirmed(unlocked: Unlocked, opened: OpenCase, consent_id: UUID, consent: Consent) -> bool:
    """Say whether a colleague other than the recorder and the asker signed exactly this consent."""
    second = consent.second_person_id
    if second is None or second in (consent.recorded_by, unlocked.person.id):
        return False
    if not Person.objects.filter(pk=second, agency=unlocked.agency).exists():
        return False
    message = _second_look(opened, consent_id, consent)
    try:
        signature = bytes.fromhex(consent.second_person_signature)
        keys = trust.signing_keys_of(unlocked, second)
    except (ValueError, Refused):
        return False
    for key in keys:
        try:
            verify(key, signature, message)
        except Refused:
            continue
        return True
    return False


def withdraw_consent(
    *, unlocked: Unlocked, opened: OpenCase, consent_id: UUID, once: UUID | None = None
) -> int:
    """Withdraw a consent: every live referral under it ends in the same moment. Return how many did.

    The recipient's permissions and the packets' halves are gone when this returns: their next request
    finds nothing, and no copy of the database opens again what they could read. Every other yes to the
    same service, renewed or recorded twice, is the same yes of hers and ends with it.
    """
    with transaction.atomic():
        if Once(unlocked, once, "withdraw_consent", consent_id).is_repeat:
            return 0
        case = lock_case(unlocked, opened)
        item = opened.consent(consent_id)
        if item.content.decision != codes.Decision.GIVEN or item.content.withdrawn_at is not None:
            raise WrongState
        chain = [one for one in chain_of(opened, consent_id) if one.content.withdrawn_at is None]
        for one in chain:
            withdrawn = _with(one.content, withdrawn_at=unlocked.now)
            if not opened.replace(Section.CONSENTS, one.id, withdrawn, revision=one.revision):
                raise SomeoneWasQuicker
        sent = [pk for one in chain for pk in opened.sent_ids(consent_id=one.id)]
        live = list(Referral.objects.select_for_update().filter(pk__in=sent, state__in=LIVE).order_by("pk"))
        for referral in live:
            end(unlocked, referral, State.CONSENT_WITHDRAWN)
        for one in chain:
            end_inquiries(unlocked, opened.inquiry_ids(consent_id=one.id))
        bump(case)
        log_case(unlocked, opened, entries.CONSENT_WITHDRAWN, {"item": str(consent_id)})
        for referral in live:
            log_referral(unlocked, referral, entries.CONSENT_WITHDRAWN)
    return len(live)


def _keep(unlocked: Unlocked, opened: OpenCase, consent: Consent, action: Action, once: UUID | None) -> UUID:
    with transaction.atomic():
        form = Once(unlocked, once, action.name, opened.id)
        if form.is_repeat:
            return form.result
        case = lock_case(unlocked, opened)
        item = opened.put(Section.CONSENTS, consent)
        form.made(item)
        followup.spoke_today(unlocked, opened)
        if consent.decision == codes.Decision.REFUSED:
            ledger.count(
                unlocked=unlocked,
                opened=opened,
                service_type=consent.service_type,
                reason=codes.UnmetReason.DECLINED_BY_SURVIVOR,
            )
        bump(case)
        log_case(unlocked, opened, action, {"item": str(item)})
    return item


def _about(destination: Destination) -> dict[str, Any]:
    return {
        "organization_id": destination.organization_id,
        "organization_name": destination.organization_name,
        "service_id": destination.service_id,
        "service_name": destination.service_name,
        "service_type": destination.service_type,
        "agency_id": destination.agency_id,
    }


def _check_renewed(before: Consent, service_id: UUID) -> None:
    if (
        before.service_id != service_id
        or before.decision != codes.Decision.GIVEN
        or before.withdrawn_at is not None
    ):
        raise WrongState


def _check_said(consent: Consent) -> None:
    wrong: dict[str, Message] = {}
    if not consent.how:
        wrong["how"] = _("This is needed.")
    if consent.how in codes.WITNESSED and not consent.witness:
        wrong["witness"] = _("Say who else was there. If nobody was, she can sign instead.")
    if not set(consent.points_explained) >= codes.REQUIRED_POINTS:
        wrong["points_explained"] = _("Explain all of these before she decides.")
    if wrong:
        raise Invalid(wrong)


def _check_wishes(consent: Consent, card: Card, incident: Incident, now: datetime) -> None:
    wrong: dict[str, Message] = {}
    for name in ("purpose", "given_by", "language"):
        if not getattr(consent, name):
            wrong[name] = _("This is needed.")
    if not consent.fields:
        wrong["fields"] = _("Tick what she agrees to share.")
    # Who has a number must also have the hours and the safe word: a call at the wrong time can kill.
    if codes.Field.SAFE_CONTACT not in consent.fields and codes.NUMBERS & set(consent.fields):
        wrong["fields"] = _("A number goes only together with how to reach her safely: tick that too.")
    if consent.expires_at is None or not (
        now < consent.expires_at <= now + timedelta(days=codes.MOST_CONSENT_DAYS)
    ):
        wrong["expires_at"] = _("Choose a day within the next 90 days.")
    is_minor, is_open = card.age_band in codes.MINORS, card.age_band in codes.OPEN_AGES
    if is_minor and consent.given_by == codes.GivenBy.SURVIVOR:
        wrong["given_by"] = _("She is under 18: a guardian with her assent, or a second colleague.")
    if is_open and consent.given_by == codes.GivenBy.SURVIVOR and not consent.said_adult:
        wrong["said_adult"] = _(
            "Ask her whether she is 18 or older. If not, a guardian or a second colleague decides with her."
        )
    if not is_minor and not is_open and consent.given_by != codes.GivenBy.SURVIVOR:
        wrong["given_by"] = _("She is an adult: only she herself decides.")
    if consent.given_by == codes.GivenBy.GUARDIAN and not consent.guardian_is_safe:
        wrong["guardian_is_safe"] = _(
            "Make sure first that the guardian neither harmed her nor protects who did. "
            "If you are not sure, a second colleague decides with you."
        )
    if (
        consent.given_by == codes.GivenBy.GUARDIAN
        and incident.perpetrator_relationship == codes.PerpetratorRelationship.PRIMARY_CAREGIVER
    ):
        wrong["given_by"] = _(
            "The person who cares for her is the one who harmed her. Do not ask the guardian."
        )
    if wrong:
        raise Invalid(wrong)


def _second_look(opened: OpenCase, consent_id: UUID, consent: Consent) -> bytes:
    """Return the bytes a second person signs: the decision itself, without what changes later.

    A narrowing leaves the signature as good as it was: they looked at more than what is left.
    """
    return canonical(
        "hamroh/v1/second-look",
        str(opened.case.agency_id),
        str(opened.id),
        str(consent_id),
        str(consent.organization_id),
        str(consent.service_id),
        ",".join(consent.heard.fields),
        consent.given_by,
        str(consent.recorded_by),
        str(consent.decided_at),
        str(consent.first_ends_at or consent.expires_at),
        consent.heard.hash,
    )


def _with(consent: Consent, **changes: object) -> Consent:
    return replace(consent, **changes)  # type: ignore[arg-type]
