"""The door to one case, and what an opened case holds. Lists of cases are in ``access.cards``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from referrals import entries, grants
from referrals.access import renewal
from referrals.access.common import (
    CASE_ROLES,
    denied,
    guardian_agrees,
    item_context,
    log_first,
    may_work,
)
from referrals.access.emergencies import emergency_of
from referrals.codes import Decision
from referrals.errors import SomeoneWasQuicker
from referrals.models import Case, CaseHalf, CaseItem, CaseUserPermission
from referrals.models.cases import Section
from referrals.payload import (
    AskedProvider,
    Card,
    Closing,
    Consent,
    Document,
    FollowUp,
    HistoryEntry,
    Identity,
    Incident,
    Note,
    PacketKey,
    Payload,
    Plan,
    SentReferral,
)
from vault.envelope import seal, unseal
from vault.errors import Refused
from vault.sections import part_secret, section_key

SHAPES: dict[Section, type[Payload]] = {
    Section.CARD: Card,
    Section.IDENTITY: Identity,
    Section.INCIDENT: Incident,
    Section.PLAN: Plan,
    Section.FOLLOWUP: FollowUp,
    Section.NOTES: Note,
    Section.CONSENTS: Consent,
    Section.REFERRALS: SentReferral,
    Section.INQUIRIES: AskedProvider,
    Section.DOCUMENTS: Document,
    Section.CLOSINGS: Closing,
    Section.HISTORY: HistoryEntry,
    Section.PACKETS: PacketKey,
}

Shape = TypeVar("Shape", bound=Payload)
Rows = TypeVar("Rows", bound=QuerySet[CaseUserPermission, Any])


@dataclass(frozen=True)
class Item(Generic[Shape]):
    """One opened item of a many-valued section."""

    id: UUID
    revision: int
    content: Shape


class OpenCase:
    """A case whose key is open, for the length of one request. Sections open when they are asked for.

    An item that does not open is ``Denied`` and logged like every other closed door.
    """

    def __init__(
        self,
        *,
        unlocked: Unlocked,
        case: Case,
        permission: str,
        is_owner: bool,
        secret: bytes,
        half: bytes,
        granted_by: UUID | None = None,
        expires_at: datetime | None = None,
    ):
        self.case = case
        # Who signed the row it was opened by: that it opened shows that they knew the secret.
        self.granted_by = granted_by
        # When the share through which it was opened ends; None for no end.
        self.expires_at = expires_at
        # Opened by two people for a few hours, not by its owner: each entry read is written down.
        self.emergency: UUID | None = None
        self.can_edit = permission == grants.EDIT_CASE
        self.is_owner = is_owner
        self._unlocked = unlocked
        self._secret = secret
        self._half = half
        self._keys: dict[Section, bytes] = {}
        self._documents_part: bytes | None = None
        self._asked_for_documents = False
        self._rows: dict[Section, list[CaseItem]] = {}

    def __repr__(self) -> str:
        return "<OpenCase>"

    @property
    def id(self) -> UUID:
        return self.case.id

    @property
    def secret(self) -> bytes:
        """The case secret, for sharing the case; never shown."""
        return self._secret

    @property
    def half(self) -> bytes:
        """The server's half, for renewing the keys; never shown."""
        return self._half

    def card(self) -> Card:
        return self._single(Section.CARD, Card)

    def identity(self) -> Identity:
        return self._single(Section.IDENTITY, Identity)

    def incident(self) -> Incident:
        return self._single(Section.INCIDENT, Incident)

    def plan(self) -> Plan:
        return self._single(Section.PLAN, Plan)

    def follow_up(self) -> FollowUp:
        return self._single(Section.FOLLOWUP, FollowUp)

    def notes(self) -> list[Item[Note]]:
        """Return the notes, oldest first."""
        notes = self._many(Section.NOTES, Note)
        return sorted(notes, key=lambda item: (str(item.content.written_at), item.id))

    def consents(self) -> list[Item[Consent]]:
        """Return decisions given and refused, oldest first."""
        consents = self._many(Section.CONSENTS, Consent)
        return sorted(consents, key=lambda item: (str(item.content.decided_at), item.id))

    def said_no_since(self, yes: Item[Consent]) -> bool:
        """Say whether she refused the service of a yes after it, to the second: her last word counts."""
        about = yes.content
        noes = [item.content for item in self.consents() if item.content.decision == Decision.REFUSED]
        return any(
            no.service_id == about.service_id
            and no.decided_at is not None
            and about.decided_at is not None
            and no.decided_at > about.decided_at
            for no in noes
        )

    def referrals(self) -> list[Item[SentReferral]]:
        """Return what was sent, oldest first."""
        sent = self._many(Section.REFERRALS, SentReferral)
        return sorted(sent, key=lambda item: (str(item.content.sent_at), item.id))

    def inquiries(self) -> list[Item[AskedProvider]]:
        """Return the questions that were put by link, oldest first."""
        asked = self._many(Section.INQUIRIES, AskedProvider)
        return sorted(asked, key=lambda item: (str(item.content.asked_at), item.id))

    def inquiry_ids(self, *, consent_id: UUID | None = None) -> list[UUID]:
        """Return the ids of the questions by link: all, or those under one consent."""
        return [
            item.content.inquiry_id
            for item in self.inquiries()
            if item.content.inquiry_id is not None and consent_id in (None, item.content.consent_id)
        ]

    def inquiry(self, inquiry_id: UUID) -> Item[AskedProvider]:
        """Return this case's memory of one question; a question of another case is ``Denied``."""
        for item in self.inquiries():
            if item.content.inquiry_id == inquiry_id:
                return item
        raise self._denied("inquiry", inquiry_id)

    def closings(self) -> list[Item[Closing]]:
        """Return the closings of the case, oldest first; each says whether it was opened again."""
        closings = self._many(Section.CLOSINGS, Closing)
        return sorted(closings, key=lambda item: (str(item.content.closed_at), item.id))

    @property
    def may_see_documents(self) -> bool:
        """Say whether the person was given the documents too: a share may leave them out."""
        return self._documents_secret() is not None

    def documents(self) -> list[Item[Document]]:
        """Return what the files are, oldest first; none to whom a share left them out."""
        if not self.may_see_documents:
            return []
        documents = self._many(Section.DOCUMENTS, Document)
        return sorted(documents, key=lambda item: (str(item.content.added_at), item.id))

    def document(self, document_id: UUID) -> Item[Document]:
        """Return one document of this case; another case's, or one that was left out, is ``Denied``."""
        return self._one(self.documents(), document_id, "document")

    def history(self) -> list[Item[HistoryEntry]]:
        """Return who opened or changed the case, oldest first; of documents to who may see them."""
        history = self._many(Section.HISTORY, HistoryEntry)
        if not self.may_see_documents:
            history = [item for item in history if not item.content.action.startswith("document.")]
        return sorted(history, key=lambda item: (str(item.content.at), item.id))

    def sent_ids(self, *, consent_id: UUID | None = None, service_id: UUID | None = None) -> list[UUID]:
        """Return the ids of what was sent: all of it, or under one consent, or to one service."""
        return [
            item.content.referral_id
            for item in self.referrals()
            if item.content.referral_id is not None
            and consent_id in (None, item.content.consent_id)
            and service_id in (None, item.content.service_id)
        ]

    def packet_secrets(self) -> dict[UUID, bytes]:
        """Return the secrets of what was sent, by referral: for who takes the case over; never shown."""
        return {
            item.content.referral_id: bytes.fromhex(item.content.secret)
            for item in self._many(Section.PACKETS, PacketKey)
            if item.content.referral_id is not None
        }

    def consent(self, consent_id: UUID) -> Item[Consent]:
        """Return one consent of this case; a consent of another case is ``Denied``."""
        return self._one(self.consents(), consent_id, "consent")

    def sent_referral(self, referral_id: UUID) -> Item[SentReferral]:
        """Return this case's memory of one referral; a referral of another case is ``Denied``."""
        for item in self.referrals():
            if item.content.referral_id == referral_id:
                return item
        raise self._denied("referral", referral_id)

    def revision(self, section: Section) -> int:
        """Return the revision of a single section, to compare when it is changed."""
        return self._row(section).revision

    # --- For actions of this room: they lock the case first ---

    def rekey(self, secret: bytes, half: bytes) -> None:
        """Go on with the new keys of the case: they were renewed a moment ago."""
        self._secret, self._half = secret, half
        self._documents_part, self._asked_for_documents = None, False
        self._keys.clear()
        self._rows.clear()

    def forget(self) -> None:
        """Read everything anew: somebody may have changed it before the case was locked."""
        self._rows.clear()

    def put(self, section: Section, content: Payload) -> UUID:
        """Add an item to a many-valued section, or a single section that is not there yet."""
        item = CaseItem(id=uuid4(), case=self.case, section=section, epoch=self.case.key_epoch, revision=1)
        item.sealed = self._seal(item, content)
        item.save(force_insert=True)
        self._rows.pop(section, None)
        return item.id

    def replace(self, section: Section, item_id: UUID | None, content: Payload, *, revision: int) -> bool:
        """Seal a new revision over ``revision``; False when somebody else changed it first."""
        row = next(row for row in self._load(section) if item_id in (None, row.id))
        if row.revision != revision:
            return False
        row.revision += 1
        row.sealed = self._seal(row, content)
        changed = CaseItem.objects.filter(pk=row.pk, revision=revision).update(
            revision=row.revision, sealed=row.sealed
        )
        self._rows.pop(section, None)
        return changed == 1

    def drop(self, section: Section, item_id: UUID) -> None:
        """Delete an item of a many-valued section."""
        CaseItem.objects.filter(pk=item_id, case=self.case, section=section).delete()
        self._rows.pop(section, None)

    def remember(self, action: Action, object_id: UUID | None = None) -> None:
        """Write a line of the case's own history."""
        self.put(
            Section.HISTORY,
            HistoryEntry(
                action=action.name, actor=self._unlocked.person.id, object=object_id, at=self._unlocked.now
            ),
        )

    # --- Inside ---

    def _single(self, section: Section, shape: type[Shape]) -> Shape:
        return self._open(self._row(section), shape)

    def _many(self, section: Section, shape: type[Shape]) -> list[Item[Shape]]:
        return [Item(row.id, row.revision, self._open(row, shape)) for row in self._load(section)]

    def _one(self, items: Iterable[Item[Shape]], item_id: UUID, kind: str) -> Item[Shape]:
        for item in items:
            if item.id == item_id:
                return item
        raise self._denied(kind, item_id)

    def _row(self, section: Section) -> CaseItem:
        rows = self._load(section)
        if len(rows) != 1:  # deleted by a strange hand: see models.cases.SINGLETONS
            raise self._denied("case", self.case.id, entries.CASE_DOES_NOT_OPEN)
        return rows[0]

    def _load(self, section: Section) -> list[CaseItem]:
        if section not in self._rows:
            rows = list(CaseItem.objects.filter(case=self.case, section=section))
            if self.emergency is not None:
                self._write_down(self.emergency, rows)
            self._rows[section] = rows
        return self._rows[section]

    def _write_down(self, emergency: UUID, rows: list[CaseItem]) -> None:
        """Let the log know of each entry that is about to be read in an emergency opening."""
        with transaction.atomic():
            for row in rows:
                record(
                    entries.EMERGENCY_READ,
                    agency=self.case.agency_id,
                    actor=self._unlocked.person.id,
                    kind="case",
                    object=str(self.case.id),
                    detail={"section": row.section, "item": str(row.id), "opening": str(emergency)},
                )

    def _open(self, row: CaseItem, shape: type[Shape]) -> Shape:
        try:
            return open_item(self._key(Section(row.section)), self.case, row, shape)
        except Refused:
            if not Case.objects.filter(pk=self.case.pk, key_epoch=self.case.key_epoch).exists():
                # A colleague renewed the keys between two looks of this request: nobody changed anything.
                raise SomeoneWasQuicker from None
            raise self._denied("case", self.case.id, entries.CASE_DOES_NOT_OPEN) from None

    def _seal(self, row: CaseItem, content: Payload) -> bytes:
        if type(content) is not SHAPES[Section(row.section)]:
            raise TypeError("This is another section's content.")
        context = item_context(
            agency=self.case.agency_id,
            case=self.case.id,
            section=row.section,
            item=row.id,
            epoch=row.epoch,
            revision=row.revision,
        )
        return seal(self._key(Section(row.section)), content.to_bytes(), context)

    def _key(self, section: Section) -> bytes:
        if section not in self._keys:
            part = part_secret(self._secret, section.value)
            if section == Section.DOCUMENTS:
                # From the permission for documents alone: without that row this section stays shut.
                given = self._documents_secret()
                if given is None:
                    raise self._denied("document", self.case.id)
                part = given
            self._keys[section] = _key_of(
                part, self._half, case=self.case.id, epoch=self.case.key_epoch, section=section
            )
        return self._keys[section]

    def _documents_secret(self) -> bytes | None:
        """Return the documents' secret from the person's own row for them, None where there is no row."""
        if not self._asked_for_documents:
            rows = own_rows(CaseUserPermission.objects.all(), self._unlocked, grants.VIEW_DOCUMENTS)
            row = rows.filter(content_object=self.case).first()
            try:
                if row is not None:
                    if row.key_epoch != self.case.key_epoch:
                        raise Refused
                    [self._documents_part] = grants.open_case_secrets(
                        self._unlocked, [row], grants.VIEW_DOCUMENTS
                    )
            except Refused:
                raise self._denied("case", self.case.id, entries.CASE_DOES_NOT_OPEN) from None
            self._asked_for_documents = True
        return self._documents_part

    def _denied(self, kind: str, object_id: UUID, action: Action = entries.CASE_VIEWED) -> Exception:
        return denied(self._unlocked, action, kind, object_id)


def case_section_key(secret: bytes, half: bytes, *, case: UUID, epoch: int, section: Section) -> bytes:
    """Return the key of one section at the case's epoch."""
    return _key_of(part_secret(secret, section.value), half, case=case, epoch=epoch, section=section)


def _key_of(part: bytes, half: bytes, *, case: UUID, epoch: int, section: Section) -> bytes:
    return section_key(
        part,
        half,
        kind="case",
        object=str(case),
        section=section.value,
        epoch=epoch,
    )


def open_item(key: bytes, case: Case, row: CaseItem, shape: type[Shape]) -> Shape:
    """Open one item of the case's present epoch, else ``Refused``."""
    if row.epoch != case.key_epoch:
        raise Refused
    context = item_context(
        agency=case.agency_id,
        case=case.id,
        section=row.section,
        item=row.id,
        epoch=row.epoch,
        revision=row.revision,
    )
    return shape.from_bytes(unseal(key, bytes(row.sealed), context))


def case_for(
    unlocked: Unlocked, case_id: UUID, *, to: str = "view", action: Action = entries.CASE_VIEWED
) -> OpenCase:
    """Open one case ``to`` "view" or "edit", or raise ``Denied``. Logged before anything is shown.

    - the person is active, in an active agency, trained, bound by the code of conduct;
    - an own permission row of exactly this kind exists on this case of their own agency, not expired;
    - guardian agrees, the key in the row opens, and the server still holds the half.
    """
    opened = _open(unlocked, case_id, to=to, action=action)
    if not opened.is_owner:
        emergency = emergency_of(unlocked, opened.case)
        opened.emergency = emergency.pk if emergency else None
    # Whoever lost access must not read what is written from now on: before anything is shown.
    renewal.renew_if_due(unlocked, opened)
    log_first(unlocked, action, "case", case_id, detail={"to": to})
    if opened.case.is_open and not _remember(opened, action):
        return case_for(unlocked, case_id, to=to, action=action)
    return opened


def _open(unlocked: Unlocked, case_id: UUID, *, to: str, action: Action, again: bool = True) -> OpenCase:
    permission = grants.EDIT_CASE if to == "edit" else grants.VIEW_CASE
    rows = CaseUserPermission.objects.select_related("content_object")
    row = own_rows(rows, unlocked, permission).filter(content_object_id=case_id).first()
    if row is None or not guardian_agrees(unlocked, permission, row.content_object):
        raise denied(unlocked, action, "case", case_id)
    case = row.content_object
    half = CaseHalf.objects.filter(case=case, epoch=case.key_epoch).first()
    if half is None and again:
        # The keys may have been renewed between the two looks.
        return _open(unlocked, case_id, to=to, action=action, again=False)
    try:
        # A half whose tide was destroyed reads as nothing.
        if half is None or not half.half or row.key_epoch != case.key_epoch:
            raise Refused
        [secret] = grants.open_case_secrets(unlocked, [row], permission)
    except Refused:
        raise denied(unlocked, entries.CASE_DOES_NOT_OPEN, "case", case_id) from None
    return OpenCase(
        unlocked=unlocked,
        case=case,
        permission=permission,
        is_owner=permission == grants.EDIT_CASE and row.expires_at is None,
        secret=secret,
        half=bytes(half.half),
        granted_by=row.granted_by_id,
        expires_at=row.expires_at,
    )


def _remember(opened: OpenCase, action: Action) -> bool:
    """Write the look into the case's history; False when its keys were renewed meanwhile."""
    with transaction.atomic():
        epochs = Case.objects.select_for_update().filter(pk=opened.id).values_list("key_epoch", flat=True)
        if list(epochs) != [opened.case.key_epoch]:
            return False
        opened.remember(action)
    return True


def may_still_edit(unlocked: Unlocked, case_id: UUID) -> bool:
    """Say whether the row that opened a case to edit is still there: asked again under the case's lock."""
    rows = own_rows(CaseUserPermission.objects.all(), unlocked, grants.EDIT_CASE)
    return rows.filter(content_object_id=case_id).exists()


def may_still_view(unlocked: Unlocked, case_id: UUID) -> bool:
    """Say the same of the row that opened it to read."""
    rows = own_rows(CaseUserPermission.objects.all(), unlocked, grants.VIEW_CASE)
    return rows.filter(content_object_id=case_id).exists()


def own_rows(rows: Rows, unlocked: Unlocked, permission: str) -> Rows:
    """Keep of permission rows on cases one's own that are valid now: none where cases are locked."""
    own = rows.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now),
        user=unlocked.person,
        user__is_active=True,
        permission_id=grants.permission_id(permission),
        content_object__agency=unlocked.agency,
    )
    return own if may_work(unlocked, CASE_ROLES) else own.none()
