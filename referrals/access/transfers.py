"""Door of a colleague who is offered a case: that it is offered, by whom, until when. Nothing of the case."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries, grants
from referrals.access.cases import may_still_edit
from referrals.access.common import denied, log_first, may_work
from referrals.models import CaseTransfer
from referrals.models.transfers import Outcome
from vault.envelope import Context, unseal


@dataclass(frozen=True)
class OpenOffer:
    """An offer made to the signed-in person that still waits."""

    transfer: CaseTransfer

    @property
    def id(self) -> UUID:
        return self.transfer.id


@dataclass(frozen=True)
class EndedOffer:
    """An offer made to the signed-in person that ended lately: how; which case only while it is theirs."""

    id: UUID
    outcome: Outcome
    case_id: UUID | None


def offer_for(unlocked: Unlocked, transfer_id: UUID) -> OpenOffer:
    """Return an offer made to oneself, or raise ``Denied``. Logged first.

    The case itself stays closed until it is taken.
    """
    transfer = offers_to(unlocked).filter(pk=transfer_id).first()
    if transfer is None:
        raise denied(unlocked, entries.CASE_OFFER_VIEWED, "offer", transfer_id)
    log_first(
        unlocked, entries.CASE_OFFER_VIEWED, "case", transfer.case_id, detail={"offer": str(transfer_id)}
    )
    return OpenOffer(transfer)


def ended_offer_for(unlocked: Unlocked, transfer_id: UUID) -> EndedOffer | None:
    """Return an offer made to oneself that waits no more; None where ``offer_for`` answers. Logged first.

    So that who sends an answer twice is told how it stands. Everybody else learns nothing of it.
    """
    if not may_work(unlocked, {RoleName.CASEWORKER}):
        return None
    rows = CaseTransfer.objects.filter(
        pk=transfer_id, offered_to=unlocked.person, case__agency=unlocked.agency
    ).select_related("case")
    transfer = rows.first()
    if transfer is None or (transfer.waits_at(unlocked.now) and transfer.case.is_open):
        return None
    log_first(
        unlocked, entries.CASE_OFFER_VIEWED, "case", transfer.case_id, detail={"offer": str(transfer_id)}
    )
    # Waiting no more without an answer: its days, or the case, are over.
    outcome = Outcome(transfer.outcome)
    is_mine = outcome == Outcome.TAKEN and may_still_edit(unlocked, transfer.case_id)
    return EndedOffer(transfer.id, outcome, transfer.case_id if is_mine else None)


def offers_to(unlocked: Unlocked) -> QuerySet[CaseTransfer]:
    """Return the offers that wait for the signed-in caseworker."""
    rows = CaseTransfer.objects.filter(
        offered_to=unlocked.person,
        outcome=Outcome.WAITING,
        expires_at__gt=unlocked.now,
        case__agency=unlocked.agency,
        case__is_open=True,
    ).select_related("offered_by")
    return rows.order_by("offered_on", "id") if may_work(unlocked, {RoleName.CASEWORKER}) else rows.none()


def offers_by(unlocked: Unlocked) -> QuerySet[CaseTransfer]:
    """Return what became of the person's own offers: those that wait, and those that ended lately."""
    rows = CaseTransfer.objects.filter(offered_by=unlocked.person, case__agency=unlocked.agency)
    # The clock forgets an ended one after two weeks.
    news = Q(outcome=Outcome.WAITING, expires_at__gt=unlocked.now) | Q(
        outcome__in=[Outcome.TAKEN, Outcome.DECLINED]
    )
    return rows.filter(news).select_related("offered_to").order_by("-offered_on", "id")


@dataclass(frozen=True)
class Secrets:
    """What an offer holds: the case's secret, those of what was sent, and whose signatures count in it."""

    case: bytes = field(repr=False)
    sent: dict[UUID, bytes] = field(repr=False)
    believed: list[UUID]


def secrets_in(unlocked: Unlocked, transfer: CaseTransfer) -> Secrets:
    """Open what an offer holds. Raises ``Refused``.

    For taking the case only, under its lock.
    """
    key = grants.open_transfer(unlocked=unlocked, transfer=transfer)
    content = json.loads(unseal(key, bytes(transfer.sealed), offer_context(transfer)))
    return Secrets(
        case=bytes.fromhex(content["case"]),
        sent={UUID(referral): bytes.fromhex(secret) for referral, secret in content["sent"].items()},
        believed=[UUID(person) for person in content["believed"]],
    )


def offer_context(transfer: CaseTransfer) -> Context:
    """Return where the sealed secrets of an offer belong."""
    return Context(
        kind="case-transfer",
        agency=str(transfer.case.agency_id),
        object=f"{transfer.case_id}/{transfer.id}",
        section="keys",
        epoch=transfer.key_epoch,
        revision=1,
    )
