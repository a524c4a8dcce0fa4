"""What every way of giving a case to a colleague shares: to whom, the sealed offer, and its end.

Between agencies no case moves. Who may give, and what becomes of who gave, is in ``transfer`` (its owner)
and ``succession`` (its owner has left).
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import trust
from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import grants
from referrals.access.cases import OpenCase
from referrals.access.transfers import offer_context
from referrals.errors import Invalid
from referrals.models import Case, CaseTransfer
from referrals.models.transfers import Outcome
from vault.envelope import seal
from vault.errors import Refused
from vault.kdf import new_secret

WAITS = timedelta(days=7)


def caseworker_key(unlocked: Unlocked, person: Person) -> trust.TrustedKey:
    """Return a colleague's key, if they may work with cases today and the agency's root signed it."""
    if person.id == unlocked.person.id or person.agency_id != unlocked.agency.id:
        raise Invalid({"person": _("Choose a colleague.")})
    # As they are now: the page that offered them may have been open for a while.
    person = Person.objects.select_related("membership").get(pk=person.pk)
    groups = person.groups.filter(role__agency=unlocked.agency, role__name=RoleName.CASEWORKER)
    if not person.is_active or not groups.exists():
        raise Invalid({"person": _("This colleague is no caseworker.")})
    if not person.membership.is_current(unlocked.today):
        raise Invalid({"person": _("This colleague’s training or code of conduct has run out.")})
    try:
        return trust.current_person_key(unlocked, person.id, today=unlocked.today)
    except Refused:
        raise Invalid(
            {"person": _("This colleague’s keys are not signed. Tell your administrator.")}
        ) from None


def put_offer(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    case: Case,
    person: Person,
    key: trust.TrustedKey,
    ends_shares: bool,
    sent: Mapping[UUID, bytes],
    believed: Iterable[UUID],
) -> CaseTransfer:
    """Seal the case's secret and those of what was sent for one colleague, for seven days."""
    transfer = CaseTransfer(
        case=case,
        offered_by=unlocked.person,
        offered_to=person,
        ends_shares=ends_shares,
        offered_on=unlocked.today,
        expires_at=unlocked.now.replace(microsecond=0) + WAITS,
        key_epoch=case.key_epoch,
    )
    secret = new_secret()
    grants.give_transfer(unlocked=unlocked, transfer=transfer, key=key, secret=secret)
    content = {
        "case": opened.secret.hex(),
        "sent": {str(referral): packet.hex() for referral, packet in sent.items()},
        "believed": sorted(map(str, believed)),
    }
    transfer.sealed = seal(secret, json.dumps(content).encode(), offer_context(transfer))
    transfer.save(force_insert=True)
    return transfer


def end_offer(unlocked: Unlocked, transfer: CaseTransfer, outcome: Outcome) -> None:
    """End an offer: its keys are gone, the day is kept for two weeks.

    Not taken, the case is due for new keys: an old row, put back as it was, must open nothing.
    """
    if outcome != Outcome.TAKEN:
        Case.objects.filter(pk=transfer.case_id).update(rotation_due=True)
    transfer.outcome = outcome
    transfer.expires_at, transfer.ended_on = None, unlocked.today
    transfer.wrapped_key = transfer.signature = transfer.sealed = b""
    transfer.save()
