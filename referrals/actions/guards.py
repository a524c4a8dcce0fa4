"""The guards of sending, one function each. Each raises its own error and lifts no other.

They read the case as it is under the lock, and the directory as it is now. Nothing here comes from a
form except the acknowledgement, which can only be missing, never make up for something else.
"""

from uuid import UUID

from accounts import trust
from accounts.models import Agency, Agreement
from accounts.roles import KeyName
from accounts.trust import TrustedKey
from accounts.unlocked import Unlocked
from referrals import codes, conflict
from referrals.access.cases import Item, OpenCase
from referrals.actions.consent import is_confirmed
from referrals.destination import Destination, destination_of, everybody_behind
from referrals.errors import (
    AgeNotKnown,
    AgreementMissing,
    AlreadySent,
    ConflictFound,
    ConsentDoesNotCover,
    ConsentMissing,
    GuardianIsPerpetrator,
    LegalDutyNotShown,
    MinorNeedsGuardian,
    SecondLookNeeded,
    WrongState,
)
from referrals.models import Referral
from referrals.models.referrals import LIVE
from referrals.payload import Card, Consent, Incident
from services.queries.merging import same_service
from vault.errors import Refused


def consent_is_active(unlocked: Unlocked, consent: Consent) -> None:
    """Given, not withdrawn, not over."""
    if not consent.is_active_at(unlocked.now):
        raise ConsentMissing


def last_word_is_yes(opened: OpenCase, consent: Item[Consent]) -> None:
    """Nothing new leaves under a yes when she said no to the same service after it."""
    if opened.said_no_since(consent):
        raise ConsentMissing


def consent_was_heard(consent: Consent) -> None:
    """No field beyond those that were read to her: she may take some back, nobody adds any."""
    if not set(consent.fields) <= set(consent.heard.fields):
        raise ConsentDoesNotCover


def consent_names_destination(consent: Consent) -> Destination:
    """Return the destination of the consent, if the directory still gives it by the same organisation."""
    if consent.service_id is None:
        raise ConsentMissing
    try:
        destination = destination_of(consent.service_id)
    except WrongState:
        raise ConsentDoesNotCover from None
    same = (
        destination.organization_id == consent.organization_id
        and destination.agency_id == consent.agency_id
        and destination.service_type == consent.service_type
    )
    if not same:
        raise ConsentDoesNotCover
    return destination


def recipient_is_agreed(unlocked: Unlocked, destination: Destination) -> tuple[Agency, TrustedKey]:
    """Return the recipient and its inbox key: active, and agreements signed by both sides and valid."""
    if destination.agency_id in (None, unlocked.agency.id):
        raise AgreementMissing
    recipient = Agency.objects.filter(organizations=destination.organization_id, is_active=True).first()
    if recipient is None or not recipient.provides_services:
        raise AgreementMissing
    # Theirs: without it their desk cannot check who sent this, and it would wait unopened.
    theirs = Agreement.objects.filter(
        agency=recipient, partner=unlocked.agency, valid_until__gte=unlocked.today
    )
    if not theirs.exists():
        raise AgreementMissing
    try:
        return recipient, trust.current_role_key(unlocked, recipient.id, KeyName.INBOX, today=unlocked.today)
    except Refused:
        raise AgreementMissing from None


def no_conflict(
    unlocked: Unlocked,
    opened: OpenCase,
    consent: Item[Consent],
    destination: Destination,
    incident: Incident,
) -> None:
    """Nothing to whom she excluded; to an authority of the perpetrator's kind only after a second look."""
    if destination.organization_id in everybody_behind(incident.excluded_organizations):
        raise ConflictFound
    needed = conflict.needs_second_look(
        service_type=destination.service_type, perpetrator_authority=incident.perpetrator_authority
    )
    if needed and not is_confirmed(unlocked, opened, consent.id, consent.content):
        raise SecondLookNeeded


def minor_is_protected(
    unlocked: Unlocked, opened: OpenCase, consent: Item[Consent], card: Card, incident: Incident
) -> None:
    """A guardian with her assent, who is not the one who harmed her, or a second person's decision.

    Where her age is open she is taken for an adult only if that was said (decision 0022).
    """
    given_by = consent.content.given_by
    if given_by == codes.GivenBy.BEST_INTEREST:
        if not is_confirmed(unlocked, opened, consent.id, consent.content):
            raise MinorNeedsGuardian
    elif given_by == codes.GivenBy.GUARDIAN:
        if incident.perpetrator_relationship == codes.PerpetratorRelationship.PRIMARY_CAREGIVER:
            raise GuardianIsPerpetrator
        if not consent.content.guardian_is_safe:
            raise MinorNeedsGuardian
    elif card.age_band in codes.MINORS:
        raise MinorNeedsGuardian
    elif card.age_band in codes.OPEN_AGES and not consent.content.said_adult:
        raise AgeNotKnown


def legal_duty_is_known(consent: Consent, destination: Destination, acknowledged: bool) -> None:
    """Shown before she decided, the same today, acknowledged now."""
    same = (
        consent.legal_duty == destination.legal_duty
        and consent.legal_duty_hash == destination.legal_duty_hash
    )
    if not (same and consent.legal_duty_acknowledged and acknowledged):
        raise LegalDutyNotShown


def nothing_live(unlocked: Unlocked, opened: OpenCase, service_id: UUID) -> None:
    """No other referral of this case to this service is live, under whichever id it was sent."""
    sent = [pk for one in same_service(service_id) for pk in opened.sent_ids(service_id=one)]
    for referral in Referral.objects.filter(pk__in=sent):
        if referral.state_at(unlocked.now) in LIVE:
            raise AlreadySent
