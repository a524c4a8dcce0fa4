"""She takes back a part: fewer fields, or an earlier end, from now on, also for what was sent already.

What is taken out of a packet is cut from its parts; what is left is sealed again under new halves, and the
old halves are destroyed: the recipient's own key opens the rest, and no copy opens the old (decision 0028).
Nothing is ever added. The consents to one service that renew each other are narrowed and withdrawn together.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import codes, disclosure, entries
from referrals.access.cases import Item, OpenCase
from referrals.access.common import packet_context
from referrals.access.packets import answer_in, half_of, part_key
from referrals.access.sent import open_sent_secrets
from referrals.actions.steps import Once, bump, end_inquiries, lock_case, log_case, log_referral
from referrals.disclosure import PartT
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Referral, ReferralHalf
from referrals.models.cases import Section
from referrals.models.referrals import LIVE, Part
from referrals.payload import Consent, IdentityPart, Narrowing, OpaquePart, Payload
from vault.envelope import seal, unseal
from vault.errors import Refused
from vault.kdf import new_secret
from vault.sections import part_secret


def narrow_consent(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    consent_id: UUID,
    fields: list[str],
    ends_at: datetime | None = None,
    once: UUID | None = None,
) -> int:
    """Leave only ``fields`` of a consent, and end it at ``ends_at`` if that is earlier.

    Return how many live referrals were cut. At their next request the recipients read what is left. Whoever
    narrows must be able to read what was sent; else ``WrongState``: then she takes it back as a whole.
    """
    with transaction.atomic():
        if Once(unlocked, once, "narrow_consent", consent_id).is_repeat:
            return 0
        case = lock_case(unlocked, opened)
        if not opened.consent(consent_id).content.is_active_at(unlocked.now):
            raise WrongState
        chain = [item for item in chain_of(opened, consent_id) if item.content.is_active_at(unlocked.now)]
        _check(chain, fields, ends_at, unlocked.now)
        taken_out = {field for item in chain for field in item.content.fields} - set(fields)
        for item in chain:
            _narrow(unlocked, opened, item, taken_out, ends_at)
        ids = {item.id for item in chain}
        live = _cut(unlocked, opened, ids, taken_out, ends_at)
        # A link's key is nobody's here, so what it shows cannot be cut: it is asked again, by a new link.
        for one in ids if taken_out & codes.OPAQUE_FIELDS or ends_at else ():
            end_inquiries(unlocked, opened.inquiry_ids(consent_id=one))
        bump(case)
        log_case(unlocked, opened, entries.CONSENT_NARROWED, {"item": str(consent_id)})
        for referral in live:
            log_referral(unlocked, referral, entries.CONSENT_NARROWED)
    return len(live)


def chain_of(opened: OpenCase, consent_id: UUID) -> list[Item[Consent]]:
    """Return every yes of hers to the service of a consent: renewed or recorded twice, for her it is one."""
    service_id = opened.consent(consent_id).content.service_id
    return [
        item
        for item in opened.consents()
        if item.content.decision == codes.Decision.GIVEN and item.content.service_id == service_id
    ]


def _check(chain: list[Item[Consent]], fields: list[str], ends_at: datetime | None, now: datetime) -> None:
    wrong = {}
    had = {field for item in chain for field in item.content.fields}
    left = had & set(fields)
    ends = [item.content.expires_at for item in chain if item.content.expires_at is not None]
    if not left:
        wrong["fields"] = _("If nothing of it is left, she takes back her consent.")
    # Who has a number must also have the hours and the safe word.
    if left & codes.NUMBERS and codes.Field.SAFE_CONTACT not in left:
        wrong["fields"] = _("A number goes only together with how to reach her safely: tick that too.")
    if ends_at is not None and not now < ends_at < max(ends):
        wrong["ends_at"] = _("Choose an earlier day than now, but not a past one.")
    if not wrong and left == had and ends_at is None:
        wrong["fields"] = _("Take out what they may no longer read, or choose an earlier day.")
    if wrong:
        raise Invalid(wrong)


def _narrow(
    unlocked: Unlocked, opened: OpenCase, item: Item[Consent], taken_out: set[str], ends_at: datetime | None
) -> None:
    consent = item.content
    left = tuple(field for field in consent.fields if field not in taken_out)
    ends = _earlier(consent.expires_at, ends_at)
    if not left or (left == consent.fields and ends == consent.expires_at):
        return
    step = Narrowing(
        taken_out=tuple(taken_out & set(consent.fields)),
        ends_at=ends if ends != consent.expires_at else None,
        by=unlocked.person.id,
        at=unlocked.now,
    )
    narrowed = replace(
        consent,
        fields=left,
        expires_at=ends,
        first_ends_at=consent.first_ends_at or consent.expires_at,
        narrowed=(*consent.narrowed, step),
    )
    if not opened.replace(Section.CONSENTS, item.id, narrowed, revision=item.revision):
        raise SomeoneWasQuicker


def _cut(
    unlocked: Unlocked,
    opened: OpenCase,
    consents: Iterable[UUID],
    taken_out: set[str],
    ends_at: datetime | None,
) -> list[Referral]:
    """Cut every live packet that was sent under these, in the order of ids, as everybody locks them."""
    sent = [pk for one in consents for pk in opened.sent_ids(consent_id=one)]
    live = list(Referral.objects.select_for_update().filter(pk__in=sent, state__in=LIVE).order_by("pk"))
    readable = [one for one in live if one.is_readable_at(unlocked.now)]
    secrets = {
        referral.pk: secret
        for referral, secret in open_sent_secrets(unlocked, [referral.pk for referral in readable])
    }
    if len(secrets) != len(readable):
        raise WrongState(
            _("You cannot cut what a colleague sent. Ask them, or she takes back her consent as a whole.")
        )
    for referral in readable:
        ends = _earlier(referral.consent_expires_at, ends_at)
        opaque = _open(referral, secrets[referral.pk], Part.OPAQUE, OpaquePart)
        identity = _open(referral, secrets[referral.pk], Part.IDENTITY, IdentityPart)
        _seal(referral, secrets[referral.pk], Part.OPAQUE, disclosure.without(opaque, taken_out, ends))
        _seal(referral, secrets[referral.pk], Part.IDENTITY, disclosure.without(identity, taken_out, ends))
        if _answers_with(referral, secrets[referral.pk], taken_out):
            referral.sealed_answer = b""
            ReferralHalf.objects.filter(referral=referral, part=Part.ANSWER).delete()
        referral.consent_expires_at = ends
        referral.version += 1
        referral.save()
    return readable


def _open(referral: Referral, secret: bytes, part: Part, shape: type[PartT]) -> PartT:
    try:
        key = part_key(part_secret(secret, part.value), half_of(referral, part), referral, part)
        sealed = bytes(getattr(referral, f"sealed_{part.value}"))
        return shape.from_bytes(unseal(key, sealed, packet_context(referral, part)))
    except Refused:
        raise WrongState from None


def _answers_with(referral: Referral, secret: bytes, taken_out: set[str]) -> bool:
    """Say whether the desk was told one of these as the answer to its question."""
    try:
        answer = answer_in(referral, part_secret(secret, Part.OPAQUE.value))
    except Refused:
        raise WrongState from None
    return answer is not None and answer.question in taken_out


def _seal(referral: Referral, secret: bytes, part: Part, content: Payload) -> None:
    """Seal a part anew under a new half; the old half is gone with it."""
    half = new_secret()
    ReferralHalf.objects.filter(referral=referral, part=part).update(half=half)
    key = part_key(part_secret(secret, part.value), half, referral, part)
    sealed = seal(key, content.to_bytes(), packet_context(referral, part))
    setattr(referral, f"sealed_{part.value}", sealed)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known) if known else None
