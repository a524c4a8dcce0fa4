"""What one editor may do alone, because it protects more and shows less, as history of the entry.

That it is an editor who acts is checked here for every change of the directory that only they make.
"""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from services.errors import NotAllowed
from services.models import Proposal, Service


def must_edit(by: Unlocked) -> None:
    """Raise NotAllowed for who is no editor of the directory."""
    if RoleName.EDITOR not in by.roles:
        raise NotAllowed(_("Only an editor of the directory may do this."))


def done_before(key: UUID, *, by: Unlocked) -> Proposal | None:
    """Return what a form that was sent before has done; NotAllowed for who is no editor."""
    must_edit(by)
    return Proposal.objects.filter(pk=key, proposed_by=by.person.pk).first()


def written_down(
    kind: Proposal.Kind, *, key: UUID, service: Service, target: UUID | None = None, why: str, by: Unlocked
) -> Proposal:
    """Write down what an editor does alone: proposed and decided by one person, at one moment."""
    now = timezone.now()
    return Proposal.objects.create(
        id=key,
        kind=kind,
        state=Proposal.State.APPLIED,
        service=service,
        organization_id=service.organization_id,
        target=target,
        why=why,
        proposed_by=by.person.pk,
        proposed_role=RoleName.EDITOR,
        proposed_agency=by.agency,
        proposed_at=now,
        decided_by=by.person.pk,
        decided_role=RoleName.EDITOR,
        decided_agency=by.agency,
        decided_at=now,
    )
