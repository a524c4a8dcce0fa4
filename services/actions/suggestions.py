"""What the public tells us about an entry, and what an editor does with it.

Nobody signs in for it and nothing about the sender is kept: no address, no time of day. ``limits``
slows down whoever sends many; here only a full queue of one entry is closed to more.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries, screening
from services.actions.alone import must_edit
from services.errors import ChangedMeanwhile, NotAllowed
from services.models import Service, Suggestion

MOST_OPEN = 20  # of one entry: more would say nothing new
State = Suggestion.State


@transaction.atomic
def suggest(*, key: UUID, service_id: UUID, about: str, text: str) -> None:
    """Keep what somebody says is wrong with a published entry; a form sent again is kept once.

    Raises NotAllowed for text with a number of a person. The caller has checked that the entry is public.
    """
    if about not in Suggestion.About.values:
        raise NotAllowed(_("Choose what is wrong."))
    sentence = screening.warning_for(text)
    if sentence is not None:
        raise NotAllowed(sentence)
    service = Service.objects.get(pk=service_id)
    waiting = Suggestion.objects.filter(service=service_id, state=State.OPEN)
    if waiting.count() >= MOST_OPEN:
        return
    Suggestion.objects.get_or_create(
        id=key,
        defaults={
            "service": service,
            "about": about,
            # Whoever knows where a shelter is may write it: of these only the kind is kept.
            "text": "" if service.is_confidential else text[:500],
            "told_on": timezone.localdate(),
        },
    )


def _open(suggestion_id: UUID, by: Unlocked) -> Suggestion:
    must_edit(by)
    found = Suggestion.objects.select_for_update().filter(pk=suggestion_id, state=State.OPEN).first()
    if found is None:
        raise ChangedMeanwhile(_("Somebody has decided about this already."))
    return found


@transaction.atomic
def close_suggestion(*, suggestion_id: UUID, reason: str, by: Unlocked) -> None:
    """Be done with a suggestion, with a reason; its text is not kept."""
    if not reason.strip():
        raise NotAllowed(_("Say why."))
    found = _open(suggestion_id, by)
    found.state, found.text, found.reason = State.CLOSED, "", reason
    found.decided_by, found.decided_role = by.person.pk, RoleName.EDITOR
    found.decided_agency, found.decided_at = by.agency, timezone.now()
    found.save()
    record(
        entries.SUGGESTION_CLOSED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="suggestion",
        object=str(suggestion_id),
    )


@transaction.atomic
def delete_suggestion(*, suggestion_id: UUID, by: Unlocked) -> None:
    """Delete spam: nothing of it stays but that an editor deleted something."""
    _open(suggestion_id, by).delete()
    record(
        entries.SUGGESTION_DELETED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="suggestion",
        object=str(suggestion_id),
    )
