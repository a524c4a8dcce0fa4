"""Changes of a case: open, edit, note, share. Closing it is ``actions.closing``."""

from dataclasses import fields
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import trust
from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries, grants, timers
from referrals.access import renewal
from referrals.access.cases import SHAPES, OpenCase
from referrals.access.common import CASE_ROLES, denied, may_work
from referrals.access.sent import open_sent_secrets
from referrals.actions import ledger
from referrals.actions.steps import Once, bump, lock_case, log_case
from referrals.codes import MINORS, RetentionClass, UnmetReason
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Case, CaseHalf, CaseUserPermission
from referrals.models.cases import SINGLETONS, Section
from referrals.payload import Card, Dispositions, FollowUp, Identity, Incident, Note, Payload, Plan
from vault.errors import Refused
from vault.kdf import new_secret
from vault.shares import split

SHARE_DAYS, MOST_SHARE_DAYS = 30, 90


def open_case(
    *,
    unlocked: Unlocked,
    card: Card,
    identity: Identity | None = None,
    incident: Incident | None = None,
    plan: Plan | None = None,
    once: UUID | None = None,
) -> Case:
    """Open a case with new keys; its opener may look and edit. An alias is enough."""
    if not may_work(unlocked, {RoleName.CASEWORKER}):
        raise denied(unlocked, entries.CASE_OPENED, "case", None)
    if not card.alias:
        raise Invalid({"alias": _("Give an alias: a name that is not her own.")})
    with transaction.atomic():
        form = Once(unlocked, once, "open_case", unlocked.agency.id)
        if form.is_repeat:
            return Case.objects.get(pk=form.result)
        secret, half = new_secret(), new_secret()
        child = card.age_band in MINORS
        case = Case(
            agency=unlocked.agency,
            month_opened=timers.month_of(unlocked.now),
            retention_class=RetentionClass.CHILD if child else RetentionClass.STANDARD,
        )
        grants.share_with_roles(unlocked=unlocked, case=case, shares=split(secret))
        case.save(force_insert=True)
        CaseHalf.objects.create(case=case, epoch=case.key_epoch, half=half)
        key = grants.own_key(unlocked)
        for permission in grants.WHOLE_CASE:
            grants.give_case(
                unlocked=unlocked,
                case=case,
                person=unlocked.person,
                key=key,
                permission=permission,
                secret=secret,
                expires_at=None,
            )
        opened = OpenCase(
            unlocked=unlocked,
            case=case,
            permission=grants.EDIT_CASE,
            is_owner=True,
            secret=secret,
            half=half,
        )
        contents = (
            card,
            identity or Identity(),
            incident or Incident(),
            plan or Plan(),
            FollowUp(last_contact_on=unlocked.today),
        )
        for section, content in zip(SINGLETONS, contents, strict=True):
            opened.put(section, content)
        form.made(case.id)
        log_case(unlocked, opened, entries.CASE_OPENED)
    return case


def edit_section(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    section: Section,
    content: Payload,
    revision: int,
    once: UUID | None = None,
) -> None:
    """Replace card, identity, incident or plan. ``revision`` is the one the person was looking at."""
    if section not in SINGLETONS or type(content) is not SHAPES[section]:
        raise WrongState
    if isinstance(content, Card) and not content.alias:
        raise Invalid({"alias": _("Give an alias: a name that is not her own.")})
    with transaction.atomic():
        if Once(unlocked, once, section.value, opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        before = opened.plan() if isinstance(content, Plan) else None
        if not opened.replace(section, None, content, revision=revision):
            raise SomeoneWasQuicker
        if before is not None and isinstance(content, Plan):
            _count_unmet(unlocked, opened, before, content)
        if isinstance(content, Card) and content.age_band in MINORS:
            Case.objects.filter(pk=case.pk).update(retention_class=RetentionClass.CHILD)
        bump(case)
        log_case(unlocked, opened, entries.CASE_CHANGED, {"section": section.value})


def add_note(*, unlocked: Unlocked, opened: OpenCase, text: str, once: UUID | None = None) -> None:
    """Add a note. Notes are never changed: a correction is another note."""
    note = Note(text=text, written_by=unlocked.person.id, written_at=unlocked.now)
    if not note.text:
        raise Invalid({"text": _("Write the note.")})
    with transaction.atomic():
        if Once(unlocked, once, "add_note", opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        item = opened.put(Section.NOTES, note)
        bump(case)
        log_case(unlocked, opened, entries.CASE_CHANGED, {"section": "notes", "item": str(item)})


def share_case(
    *,
    unlocked: Unlocked,
    opened: OpenCase,
    person: Person,
    to: str,
    documents: bool = False,
    expires_at: datetime | None = None,
    once: UUID | None = None,
) -> None:
    """Give a colleague the case ``to`` "view" or "edit" until ``expires_at``; only its owner.

    Every share has an end, 30 days from now unless said: a row without one is the owner's.

    The colleague's key is believed only if the agency's root signed it. Live referrals of the case
    become readable to them as sent ones. Without ``documents`` they cannot see that there are any.
    """
    if person.id == unlocked.person.id or person.agency_id != unlocked.agency.id:
        raise Invalid({"person": _("Choose a colleague.")})
    expires_at = expires_at or unlocked.now + timedelta(days=SHARE_DAYS)
    if not unlocked.now < expires_at <= unlocked.now + timedelta(days=MOST_SHARE_DAYS):
        raise Invalid({"expires_at": _("Choose a day within the next 90 days.")})
    if not person.groups.filter(role__agency=unlocked.agency, role__name__in=CASE_ROLES).exists():
        raise Invalid({"person": _("This colleague does not work with cases.")})
    with transaction.atomic():
        if Once(unlocked, once, "share_case", opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        only_owner(unlocked, opened)
        try:
            key = trust.current_person_key(unlocked, person.id, today=unlocked.today)
        except Refused:
            raise Invalid(
                {"person": _("This colleague’s keys are not signed. Tell your administrator.")}
            ) from None
        grants.end_case(case=case, person_id=person.id)
        wanted = [grants.VIEW_CASE, grants.EDIT_CASE] if to == "edit" else [grants.VIEW_CASE]
        if documents:
            wanted.append(grants.VIEW_DOCUMENTS)
        for permission in wanted:
            grants.give_case(
                unlocked=unlocked,
                case=case,
                person=person,
                key=key,
                permission=permission,
                secret=opened.secret,
                expires_at=expires_at,
            )
        _share_sent(unlocked, opened, person, key, expires_at)
        bump(case)
        detail = {"person": str(person.id), "to": to} | ({"documents": "yes"} if documents else {})
        log_case(unlocked, opened, entries.CASE_SHARED, detail)


def revoke_share(*, unlocked: Unlocked, opened: OpenCase, person: Person, once: UUID | None = None) -> None:
    """End a colleague's access at once; the case gets new keys in the same moment. Only its owner."""
    with transaction.atomic():
        form = Once(unlocked, once, f"revoke_share/{person.id}", opened.id)
        # Shared anew meanwhile, it is taken back anew: never said to be without being so.
        holds = CaseUserPermission.objects.filter(content_object=opened.case, user=person)
        if form.is_repeat and not holds.exists():
            return
        case = lock_case(unlocked, opened)
        only_owner(unlocked, opened)
        if person.id == unlocked.person.id:
            raise WrongState
        if not grants.end_case(case=case, person_id=person.id):
            raise WrongState
        grants.end_sender(referral_ids=opened.sent_ids(), person_id=person.id)
        renewal.renew(unlocked, opened)
        bump(case)
        log_case(unlocked, opened, entries.CASE_UNSHARED, {"person": str(person.id)})


def _count_unmet(unlocked: Unlocked, opened: OpenCase, before: Plan, after: Plan) -> None:
    """Count the needs that became unmet by this change; the ledger counts none of them twice."""
    for kind in fields(Dispositions):
        now = getattr(after.dispositions, kind.name)
        if now != getattr(before.dispositions, kind.name) and now in UnmetReason.values:
            ledger.count(unlocked=unlocked, opened=opened, service_type=kind.name, reason=UnmetReason(now))


def only_owner(unlocked: Unlocked, opened: OpenCase) -> None:
    """Stop whoever works on a case that is somebody else's."""
    if not opened.is_owner:
        raise denied(unlocked, entries.CASE_CHANGED, "case", opened.id)


def _share_sent(
    unlocked: Unlocked,
    opened: OpenCase,
    person: Person,
    key: trust.TrustedKey,
    expires_at: datetime | None,
) -> None:
    sent = opened.sent_ids()
    grants.end_sender(referral_ids=sent, person_id=person.id)
    for referral, secret in open_sent_secrets(unlocked, sent):
        grants.give_sender(
            unlocked=unlocked,
            referral=referral,
            person=person,
            key=key,
            packet_secret=secret,
            expires_at=expires_at,
        )
