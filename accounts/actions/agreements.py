"""Information-sharing agreements: one agency's root signs the fingerprint of a partner's root."""

from datetime import date

from django.db import transaction

from accounts import entries, trust
from accounts.errors import KeysChanged, NotAllowed
from accounts.models import Agency, Agreement, RoleKey
from accounts.roles import KeyName
from accounts.unlocked import Unlocked
from audit.actions import record


def agree(
    unlocked: Unlocked, *, partner: Agency, partner_root_fingerprint: bytes, valid_until: date
) -> Agreement:
    """Sign (or prolong) an agreement, after the partner's fingerprint was compared on paper or aloud.

    Raises Refused (no root key held), KeysChanged when the directory of keys shows another root.
    """
    root = unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    if partner.id == unlocked.agency.id or valid_until < unlocked.today:
        raise NotAllowed
    if not RoleKey.objects.filter(
        agency=partner, name=KeyName.ROOT, fingerprint=partner_root_fingerprint
    ).exists():
        raise KeysChanged
    message = trust.agreement_message(
        agency=unlocked.agency.id,
        partner=partner.id,
        root=partner_root_fingerprint,
        valid_until=valid_until,
    )
    with transaction.atomic():
        agreement, _ = Agreement.objects.update_or_create(
            agency=unlocked.agency,
            partner=partner,
            defaults={
                "partner_root_fingerprint": partner_root_fingerprint,
                "valid_until": valid_until,
                "root_epoch": trust.own_root(unlocked).epoch,
                "root_signature": root.sign(message),
            },
        )
        record(
            entries.AGREEMENT_SIGNED,
            agency=unlocked.agency.id,
            actor=unlocked.person.id,
            kind="agency",
            object=str(partner.id),
        )
    return agreement
