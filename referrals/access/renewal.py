"""Renewing a case's keys after somebody's access ended: a new secret, a new half, everything sealed anew.

Done by whoever opens the case next, before anything is shown, or at once by who took the access away. One
transaction under the case's lock: a crash leaves the old keys or the new ones, never both or neither. Who
has kept the old secret, and even a copy of the old half, reads nothing that is written from then on.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import notices, trust
from accounts.unlocked import Unlocked
from audit.actions import record
from referrals import entries, grants
from referrals.access import cases
from referrals.access.common import item_context
from referrals.models import Case, CaseHalf, CaseItem, CaseUserPermission, EmergencyOpening
from referrals.models.cases import Section
from referrals.models.emergencies import Step
from vault.envelope import Context, seal, unseal
from vault.errors import Refused
from vault.kdf import new_secret
from vault.shares import split


def renew_if_due(unlocked: Unlocked, opened: "cases.OpenCase") -> None:
    """Renew the keys of an opened case if a share of it ended: marked so, or derived from the clock."""
    if not opened.case.is_open or opened.emergency or not _is_due(unlocked, opened.case):
        return
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=opened.id)
        # Somebody else may have been quicker: then the door's next look finds the new keys.
        if case.key_epoch == opened.case.key_epoch and _is_due(unlocked, case):
            renew(unlocked, opened)


def renew(unlocked: Unlocked, opened: "cases.OpenCase", *, also: Iterable[UUID] = ()) -> bool:
    """Renew the keys now. Inside a transaction, with the case's row locked. ``also``: granters to believe.

    False when something stored does not open or a role's key is not signed: the case stays as it is, stays
    marked as due, and the page of what was changed says so.
    """
    case = opened.case
    old_epoch, epoch = case.key_epoch, case.key_epoch + 1
    secret, half = new_secret(), new_secret()
    remain = _genuine(unlocked, case, believed(unlocked, opened) | frozenset(also))
    try:
        items = _sealed_anew(opened, secret, half, epoch)
        case.key_epoch = epoch
        grants.share_with_roles(unlocked=unlocked, case=case, shares=split(secret))
    except Refused:
        case.key_epoch = old_epoch
        Case.objects.filter(pk=case.pk).update(rotation_due=True)
        return False
    CaseItem.objects.bulk_update(items, ["epoch", "sealed"], batch_size=100)
    _wrap_anew(unlocked, case, secret, remain)
    CaseHalf.objects.create(case=case, epoch=epoch, half=half)
    CaseHalf.objects.filter(case=case).exclude(epoch=epoch).delete()
    _end_emergencies(unlocked, case)
    case.rotation_due = False
    case.save(
        update_fields=[
            "key_epoch",
            "rotation_due",
            "shares_granted_by",
            *(f"share_{letter}{name}" for letter in "ab" for name in ("", "_signature", "_key_epoch")),
        ]
    )
    opened.rekey(secret, half)
    record(
        entries.CASE_RENEWED,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="case",
        object=str(case.id),
        detail={"epoch": str(epoch)},
    )
    return True


def _end_emergencies(unlocked: Unlocked, case: Case) -> None:
    """End what two people opened or released: its key is an old one now, and whoever reads by it is told.

    It is not given anew (decision 0040): nothing in the row proves any more that a custodian released it.
    """
    rows = EmergencyOpening.objects.select_for_update().filter(
        case=case, step__in=[Step.RELEASED, Step.OPENED], ends_at__gt=unlocked.now
    )
    for opening in rows.order_by("pk"):
        opening.step, opening.ends_at = Step.ENDED, None
        opening.share_b = opening.share_b_signature = b""
        opening.save()
        told = {opening.asked_by_id, opening.released_by_id} - {None, unlocked.person.id}
        notices.tell(
            [one for one in told if one], page="referrals:emergencies", now=unlocked.now, is_urgent=True
        )
        record(
            entries.EMERGENCY_ENDED,
            agency=case.agency_id,
            actor=unlocked.person.id,
            kind="case",
            object=str(case.id),
            detail={"opening": str(opening.id), "why": "keys_renewed"},
        )


def _is_due(unlocked: Unlocked, case: Case) -> bool:
    over = CaseUserPermission.objects.filter(content_object=case, expires_at__lte=unlocked.now)
    return case.rotation_due or over.exists()


def _sealed_anew(opened: "cases.OpenCase", secret: bytes, half: bytes, epoch: int) -> list[CaseItem]:
    """Return every item of the case, sealed under the new keys; its revision stays. Raises ``Refused``."""
    case = opened.case
    items = list(CaseItem.objects.filter(case=case))
    # From the case's secret itself: whoever renews need not be given every section.
    keys: dict[str, tuple[bytes, bytes]] = {}
    for item in items:
        section = Section(item.section)
        if item.section not in keys:
            keys[item.section] = (
                _section_key(opened.secret, opened.half, case, case.key_epoch, section),
                _section_key(secret, half, case, epoch, section),
            )
        old, new = keys[item.section]
        content = unseal(old, bytes(item.sealed), _place(case, item, case.key_epoch))
        item.sealed, item.epoch = seal(new, content, _place(case, item, epoch)), epoch
    return items


def _section_key(secret: bytes, half: bytes, case: Case, epoch: int, section: Section) -> bytes:
    return cases.case_section_key(secret, half, case=case.id, epoch=epoch, section=section)


def _place(case: Case, item: CaseItem, epoch: int) -> Context:
    return item_context(
        agency=case.agency_id,
        case=case.id,
        section=item.section,
        item=item.id,
        epoch=epoch,
        revision=item.revision,
    )


def check_opens(opened: "cases.OpenCase", item: CaseItem) -> None:
    """Raise ``Refused`` unless the case's secret opens an item of it."""
    section = Section(item.section)
    key = _section_key(opened.secret, opened.half, opened.case, opened.case.key_epoch, section)
    cases.open_item(key, opened.case, item, cases.SHAPES[section])


def believed(unlocked: Unlocked, opened: "cases.OpenCase") -> frozenset[UUID]:
    """Return whose signature on a row of this case is believed: one's own, that of who gave one the case, and
    the owner's, whom one of these two signed.

    A row that somebody else wrote into the database, well signed or not, gets no new key.
    """
    first = frozenset({unlocked.person.id} | ({opened.granted_by} if opened.granted_by else set()))
    owners = {row.user_id for row, _key in _genuine(unlocked, opened.case, first) if row.expires_at is None}
    return first | owners


def holders(
    unlocked: Unlocked, opened: "cases.OpenCase"
) -> list[tuple[CaseUserPermission, trust.TrustedKey]]:
    """Return the rows of who really holds the case now, each with its holder's key.

    Whatever else is handed over because somebody holds the case goes to these only. Who reads in an
    emergency signed their own row and is not among them: they read the case, and are given nothing of it.
    """
    return _genuine(unlocked, opened.case, believed(unlocked, opened))


def _genuine(
    unlocked: Unlocked, case: Case, granters: frozenset[UUID]
) -> list[tuple[CaseUserPermission, trust.TrustedKey]]:
    """Return the rows of who may open the case now and whom one of the granters really gave it."""
    stays = Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now)
    rows = CaseUserPermission.objects.filter(
        stays,
        content_object=case,
        key_epoch=case.key_epoch,
        granted_by__in=granters,
        user__is_active=True,
        user__agency=unlocked.agency,
    )
    keys: dict[UUID, trust.TrustedKey] = {unlocked.person.id: grants.own_key(unlocked)}
    found = []
    for row in rows.select_related("user", "permission").order_by("pk"):
        try:
            if row.user_id not in keys:
                keys[row.user_id] = trust.current_person_key(unlocked, row.user_id, today=unlocked.today)
        except Refused:
            continue
        if grants.is_genuine(unlocked, row, keys[row.user_id]):
            found.append((row, keys[row.user_id]))
    return found


def _wrap_anew(
    unlocked: Unlocked,
    case: Case,
    secret: bytes,
    remain: list[tuple[CaseUserPermission, trust.TrustedKey]],
) -> None:
    """Give the new secret to who may open the case now, each as before; what is over or forged is gone."""
    grants.end_all(case)
    for row, key in remain:
        grants.give_case(
            unlocked=unlocked,
            case=case,
            person=row.user,
            key=key,
            permission=row.permission.codename,
            secret=secret,
            expires_at=row.expires_at,
        )
