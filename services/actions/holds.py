"""Hold a place for a while, so that it is not promised twice. A hold names nobody.

Who made a hold stands in the access log (sealed) and nowhere else: the row carries a mark that only
the maker's own key can recognise. Ended holds are deleted; expiry is derived when read, so a hold
that is over counts for nobody even before its row is gone.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from services import entries
from services.codes import HoldKind, Publication, ServiceType
from services.errors import NotAllowed
from services.models import PlaceHold, Service
from services.queries.availability import counting_holds, derive
from vault.kdf import keyed_hash, same

HOLD_LASTS = timedelta(minutes=90)


@transaction.atomic
def hold_place(*, service_id: UUID, by: Unlocked) -> PlaceHold:
    """Hold one place of a shelter for 90 minutes. The caller has checked that ``by`` is a caseworker.

    - the service is a published shelter whose fresh report counts its places (else NotAllowed);
    - a place is free that nobody holds: of two at once on the last place one wins, the other gets
      NotAllowed (the service's row is locked first);
    - one hold a person and shelter: asked again, the first is returned, with its own end.
    """
    now = timezone.now()
    _sweep(now)
    service = _locked(service_id)
    mine = own_holds(by, [service_id]).get(service_id)
    if mine is not None:
        return mine
    state = derive(service, now)
    if service.service_type != ServiceType.SAFE_HOUSE or service.publication != Publication.PUBLISHED:
        raise NotAllowed(_("Places are held in shelters only."))
    if state.is_held_out:
        raise NotAllowed(_("Somebody else was quicker: all free places are held. Call them."))
    # Open or not at this minute does not matter: the place is for tonight.
    if not state.is_fresh_room or state.places_free is None:
        raise NotAllowed(_("They have not said lately how many places are free. Call them."))
    hold = _make(service, HoldKind.ASKED, now)
    hold.mark = _mark(by, hold.pk)
    hold.save(force_insert=True)
    _log(by, entries.PLACE_HELD, service_id)
    return hold


@transaction.atomic
def release_place(*, service_id: UUID, by: Unlocked) -> None:
    """Give one's own hold back. Harmless when repeated, or when it is over."""
    mine = own_holds(by, [service_id]).get(service_id)
    if mine is None:
        return
    mine.delete()
    _log(by, entries.PLACE_RELEASED, service_id)


@transaction.atomic
def turn_into_acceptance(*, service_id: UUID, hold_id: UUID | None) -> None:
    """Let an acceptance end the hold that came with the referral, and hold the place itself.

    The place stays counted until the desk reports anew, at most 90 minutes. Where nothing was held
    and nothing is free by the directory, nothing is held: whoever accepted knows their own house. The
    caller logs the acceptance.
    """
    now = timezone.now()
    service = _locked(service_id)
    drop_hold(service_id=service_id, hold_id=hold_id)
    if service.service_type == ServiceType.SAFE_HOUSE and derive(service, now).places_free:
        _make(service, HoldKind.ACCEPTED, now).save(force_insert=True)


def drop_hold(*, service_id: UUID, hold_id: UUID | None) -> None:
    """End a hold by its id, which only the referral it went with knows (a declined one, say)."""
    if hold_id is not None:
        PlaceHold.objects.filter(pk=hold_id, service=service_id).delete()


def own_holds(by: Unlocked, service_ids: Collection[UUID]) -> Mapping[UUID, PlaceHold]:
    """Return a person's holds in these services that are not over, by service. One query."""
    holds = counting_holds(timezone.now()).filter(kind=HoldKind.ASKED, service__in=service_ids)
    return {hold.service_id: hold for hold in holds if same(bytes(hold.mark), _mark(by, hold.pk))}


def _make(service: Service, kind: HoldKind, now: datetime) -> PlaceHold:
    return PlaceHold(
        id=uuid4(), service=service, kind=kind, mark=b"", made_at=now, expires_at=now + HOLD_LASTS
    )


def _mark(by: Unlocked, hold_id: UUID) -> bytes:
    return keyed_hash(by.keys.derive("place-hold"), str(hold_id))


def _sweep(now: datetime) -> None:
    PlaceHold.objects.filter(expires_at__lte=now).delete()


def _locked(service_id: UUID) -> Service:
    return Service.objects.select_for_update(of=("self",)).select_related("latest_report").get(pk=service_id)


def _log(by: Unlocked, action: Action, service_id: UUID) -> None:
    record(action, agency=by.agency.pk, actor=by.person.pk, kind="service", object=str(service_id))
