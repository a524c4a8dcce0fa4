"""Write down checks of entries: the one way by which ``assured_date`` moves.

A check is not an edit: it changes what is known about the entry, never what the entry says. Only a
disposition that says "it is right" moves the day.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries, links, screening
from services.codes import WARRANTS, CheckMethod, Disposition, Status
from services.errors import NotAllowed
from services.models import OneTimeLink, Service, VerificationSession

PROVIDER = "provider"
MAX_NOTE = 300
_SAME_CLICK = timedelta(minutes=10)


@transaction.atomic
def check(
    *, service: Service, method: str, disposition: str, note: str = "", by: Unlocked
) -> VerificationSession:
    """Write down what an editor's check has found.

    - *correct* and *corrected* move ``assured_date`` to today;
    - *closed* takes the service out of the public directory (status "closed for good");
    - everything else leaves the entry as it is.

    The same found again by the same agency within ten minutes is one click too many: it returns the
    check there is. Raises NotAllowed for what only a provider says, for a note that holds personal data,
    and for an entry that another one stands for.
    """
    if method not in CheckMethod.values or method == CheckMethod.PROVIDER_LINK:
        raise NotAllowed(_("Say how it was checked."))
    if disposition not in Disposition.values or disposition == Disposition.REPORTED:
        raise NotAllowed(_("Say what came of it."))
    note = clean_note(note)
    locked = _locked(service)
    before = (
        VerificationSession.objects.filter(
            service=locked,
            agency=by.agency,
            disposition=disposition,
            checked_at__gt=timezone.now() - _SAME_CLICK,
        )
        .order_by("-checked_at")
        .first()
    )
    if before is not None:
        return before
    made = _add(locked, method, disposition, note, role=RoleName.EDITOR, by=by)
    record(
        entries.CHECKED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="service",
        object=str(locked.pk),
        detail={"method": method, "disposition": disposition},
    )
    return made


@transaction.atomic
def answer_link(*, link: OneTimeLink, is_correct: bool, note: str = "") -> VerificationSession:
    """Take a provider's answer by link: still correct, or something changed (with a word about what).

    Uses the link up: of two answers at once one counts, the other gets Missing. Only that something changed
    may still be told for a moment after "still correct". Raises NotAllowed for a note that holds personal
    data, and for a change nobody described; the link then stays good.
    """
    note = "" if is_correct else clean_note(note)
    if not is_correct and not note:
        raise NotAllowed(_("Say in a few words what changed."))
    told_after = int(link.used_at is not None and not is_correct)
    links.use(link, corrections=told_after, within=links.JUST_USED)
    locked = _locked(link.service)
    disposition = Disposition.CORRECT if is_correct else Disposition.REPORTED
    made = _add(locked, CheckMethod.PROVIDER_LINK, disposition, note, role=PROVIDER, by=None)
    agency = locked.organization.agency_id
    if agency is not None:
        record(
            entries.CHECKED,
            agency=agency,
            actor=None,
            kind="service",
            object=str(locked.pk),
            detail={"method": str(CheckMethod.PROVIDER_LINK), "disposition": str(disposition)},
        )
    return made


def clean_note(note: str) -> str:
    """Return the note in one line. Raises NotAllowed when it is too long or holds personal data."""
    note = " ".join(note.split())
    if len(note) > MAX_NOTE:
        raise NotAllowed(_("At most %(most)s characters.") % {"most": MAX_NOTE})
    warning = screening.warning_for(note)
    if warning is not None:
        raise NotAllowed(_("%(what)s Take it out: this note is about the place.") % {"what": warning})
    return note


def _locked(service: Service) -> Service:
    """Return the entry, locked, so that two checks at once stand one after the other."""
    found = Service.objects.select_for_update(of=("self",)).select_related("organization").get(pk=service.pk)
    if found.merged_into_id is not None:
        raise NotAllowed(_("Another entry stands for this service now."))
    return found


def _add(
    service: Service, method: str, disposition: str, note: str, *, role: str, by: Unlocked | None
) -> VerificationSession:
    now = timezone.now()
    made = VerificationSession.objects.create(
        service=service,
        method=method,
        disposition=disposition,
        note=note,
        role=role,
        agency=by.agency if by else None,
        checked_at=now,
    )
    if disposition in WARRANTS:
        service.assured_date = service.vouched_on = timezone.localdate(now)
        service.save(update_fields=["assured_date", "vouched_on", "modified_at"])
    elif disposition == Disposition.CLOSED:
        service.status = Status.DEFUNCT
        service.save(update_fields=["status", "modified_at"])
    return made
