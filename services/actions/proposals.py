"""Propose a change of an entry, and decide about it: nobody's change goes live by that person alone.

A proposal is decided against the entry it was written for. When the entry says something else by
then, it is put on top of the newer entry first (``look_again``), by somebody who has read both.
"""

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from services import entries
from services.actions.alone import must_edit
from services.actions.applying import apply, forget_sites_of
from services.actions.indexing import reindex
from services.actions.sites import removal, uncovered
from services.codes import Publication
from services.editing import records
from services.editing.sections import SECTIONS, Data
from services.errors import ChangedMeanwhile, NotAllowed
from services.models import (
    Location,
    Organization,
    Proposal,
    Service,
    Suggestion,
)

Kind, State = Proposal.Kind, Proposal.State
# As which of their roles somebody acts, the first that they hold.
_ACTING = (RoleName.EDITOR, RoleName.ADMINISTRATOR, RoleName.INTAKE)


def acting_role(by: Unlocked) -> RoleName:
    """Return the role in which somebody changes the directory. Raises NotAllowed without one."""
    for role in _ACTING:
        if role in by.roles:
            return role
    raise NotAllowed(_("Only the directory’s editors and the providers themselves may do this."))


def log(action: Action, proposal: Proposal, by: Unlocked) -> None:
    """Write the entry into the log of the acting person's agency: codes and ids, no text."""
    detail = {"kind": str(proposal.kind)} | ({"section": proposal.section} if proposal.section else {})
    record(
        action,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="proposal",
        object=str(proposal.pk),
        detail=detail,
    )


def _add(*, key: UUID, by: Unlocked, suggestion_id: UUID | None = None, **columns: Any) -> Proposal:
    """Add a proposal once: a form sent again finds its own. Raises NotAllowed for somebody else's key."""
    known = Proposal.objects.filter(pk=key).first()
    if known is not None:
        if known.proposed_by != by.person.pk:
            raise NotAllowed(_("Load the page anew and try again."))
        return known
    suggestion = None
    if suggestion_id is not None:
        suggestion = Suggestion.objects.select_for_update().filter(
            pk=suggestion_id, service=columns["service"], state=Suggestion.State.OPEN
        ).first()  # fmt: skip
    if suggestion is not None:
        suggestion.state = Suggestion.State.TAKEN
        suggestion.save(update_fields=["state"])
    proposal = Proposal.objects.create(
        id=key,
        suggestion=suggestion,
        proposed_by=by.person.pk,
        proposed_role=acting_role(by),
        proposed_agency=by.agency,
        proposed_at=timezone.now(),
        **columns,
    )
    log(entries.CHANGE_PROPOSED, proposal, by)
    return proposal


@transaction.atomic
def propose_change(
    *,
    key: UUID,
    service_id: UUID,
    section: str,
    target: UUID,
    seen: str,
    after: Data,
    why: str = "",
    suggestion_id: UUID | None = None,
    by: Unlocked,
) -> Proposal:
    """Write down a change of one section, to be approved by somebody else.

    ``seen`` is the mark (``records.digest``) of what the proposer saw; ChangedMeanwhile when the
    section says something else now. Raises NotAllowed for a change of nothing, free text with
    numbers of people, and a withheld site. The caller has checked who may, and that the target is
    part of the entry.
    """
    known = Proposal.objects.filter(pk=key, proposed_by=by.person.pk).first()
    if known is not None:
        return known
    what = SECTIONS[section]
    record_now = records.target_of(what, target)
    if record_now is None:
        raise ChangedMeanwhile(_("This part of the entry is gone."))
    before = records.snapshot(what, record_now)
    if records.digest(before) != seen:
        raise ChangedMeanwhile(_("Somebody changed the entry meanwhile. Look at what it says now."))
    if before == after:
        raise NotAllowed(_("This is what the entry says already."))
    if records.mistakes(what, after):
        raise NotAllowed(_("Free text must hold no personal numbers."))
    if what.tells_where and records.is_secret(record_now):
        raise NotAllowed(_("The address of a confidential site is not written down."))
    service = Service.objects.get(pk=service_id)
    return _add(
        key=key,
        by=by,
        suggestion_id=suggestion_id,
        kind=Kind.EDIT,
        service=service,
        organization=service.organization,
        section=section,
        target=target,
        before=before,
        after=after,
        why=why,
    )


@transaction.atomic
def propose_entry(
    *, key: UUID, after: Data, organization_id: UUID | None = None, why: str = "", by: Unlocked
) -> Proposal:
    """Propose a service that is not listed. ``after``: name, service_type, description, phone, place,
    and organization_name where the organization is not listed either.
    """
    organization = Organization.objects.get(pk=organization_id) if organization_id else None
    return _add(key=key, by=by, kind=Kind.NEW, organization=organization, after=after, why=why, service=None)


@transaction.atomic
def propose_site(*, key: UUID, service_id: UUID, after: Data, why: str = "", by: Unlocked) -> Proposal:
    """Propose one more site of a service. ``after``: is_confidential, place, name, address_1, city.

    Raises NotAllowed when a site that must stay secret comes with a name or an address.
    """
    service = Service.objects.get(pk=service_id)
    tells = any(after[name] for name in ("name", "address_1", "city"))
    if tells and (after["is_confidential"] or service.is_confidential):
        raise NotAllowed(_("The address of a confidential site is not written down."))
    return _add(
        key=key,
        by=by,
        kind=Kind.SITE,
        service=service,
        organization=service.organization,
        after=after,
        why=why,
    )


@transaction.atomic
def ask_to_publish(*, key: UUID, service_id: UUID, why: str, by: Unlocked) -> Proposal:
    """Ask a second editor to show a hidden entry. Raises NotAllowed when it is shown or has no type."""
    service = Service.objects.select_for_update().get(pk=service_id)
    if service.publication == Publication.PUBLISHED:
        raise NotAllowed(_("The public sees this entry already."))
    if not service.service_type:
        raise NotAllowed(_("Say first what kind of help it is: nobody would find it."))
    return _add(
        key=key,
        by=by,
        kind=Kind.PUBLISH,
        service=service,
        organization=service.organization,
        before=_publication(service),
        after={"publication": Publication.PUBLISHED.value},
        why=why,
    )


def _publication(service: Service) -> Data:
    # With the time of the last change: the second editor approves the texts that the first one read.
    return {"publication": service.publication, "modified_at": service.modified_at.isoformat()}


@transaction.atomic
def ask_to_reveal(
    *, key: UUID, service_id: UUID, location_id: UUID, seen: str, why: str, by: Unlocked
) -> Proposal:
    """Ask a second editor to make a confidential site public. ``seen`` marks what was said to become
    visible; ChangedMeanwhile when it would be something else now.
    """
    must_edit(by)
    site = Location.objects.select_for_update().get(pk=location_id)
    if not site.is_confidential:
        raise NotAllowed(_("This site is public already."))
    before = uncovered(site)
    if records.digest(before) != seen:
        raise ChangedMeanwhile(_("Something else would become visible now. Look again."))
    service = Service.objects.get(pk=service_id)
    return _add(
        key=key,
        by=by,
        kind=Kind.REVEAL,
        service=service,
        organization=service.organization,
        target=location_id,
        before=before,
        why=why,
    )


@transaction.atomic
def ask_to_remove_site(
    *, key: UUID, service_id: UUID, location_id: UUID, seen: str, why: str, by: Unlocked
) -> Proposal:
    """Ask a second editor to take a site out of an entry; it may be the last one. ``seen`` marks what the
    page said (``sites.removal``); ChangedMeanwhile when it would say something else now.
    """
    must_edit(by)
    known = Proposal.objects.filter(pk=key, proposed_by=by.person.pk).first()
    if known is not None:
        return known
    service = Service.objects.select_for_update().get(pk=service_id)
    before = removal(service, location_id)
    if before is None:
        raise ChangedMeanwhile(_("This part of the entry is gone."))
    if records.digest(before) != seen:
        raise ChangedMeanwhile(_("Somebody changed the entry meanwhile. Look at what it says now."))
    return _add(
        key=key,
        by=by,
        kind=Kind.REMOVE,
        service=service,
        organization=service.organization,
        target=location_id,
        before=before,
        why=why,
    )


# --- deciding ---


def now_says(proposal: Proposal) -> Data | None:
    """Return what the entry says now where the proposal wants to change it; None when it is gone."""
    if proposal.kind == Kind.EDIT:
        section = SECTIONS[proposal.section]
        target = section.of._default_manager.filter(pk=proposal.target or uuid4()).first()
        return None if target is None else records.snapshot(section, target)
    if proposal.kind == Kind.PUBLISH and proposal.service is not None:
        return _publication(proposal.service)
    if proposal.kind == Kind.REVEAL:
        site = Location.objects.filter(pk=proposal.target or uuid4()).first()
        return None if site is None else uncovered(site)
    if proposal.kind == Kind.REMOVE and proposal.service is not None:
        return removal(proposal.service, proposal.target or uuid4())
    return {}


def _waiting(proposal_id: UUID) -> Proposal:
    """Return a waiting proposal, locked. Of two people who decide at once the second is told.

    The record it changes is locked first: ``actions.sites.conceal`` takes the two in this order.
    """
    unlocked = Proposal.objects.get(pk=proposal_id)
    if unlocked.target is not None:
        model = SECTIONS[unlocked.section].of if unlocked.kind == Kind.EDIT else Location
        model._default_manager.select_for_update().filter(pk=unlocked.target).first()
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != State.WAITING:
        raise ChangedMeanwhile(_("Somebody has decided about this already."))
    if proposal.service_id is not None:
        # Locked too, and read anew: what is approved must still be there when it is written.
        proposal.service = (
            Service.objects.select_for_update(of=("self",))
            .select_related("organization")
            .get(pk=proposal.service_id)
        )
    return proposal


def _decide(proposal: Proposal, state: Proposal.State, by: Unlocked, reason: str = "") -> None:
    proposal.state = state
    proposal.decided_by = by.person.pk
    proposal.decided_role = acting_role(by)
    proposal.decided_agency = by.agency
    proposal.decided_at = timezone.now()
    proposal.reason = reason
    proposal.save()
    if proposal.suggestion_id is not None:
        # Done with, or back in the queue; its text is kept no longer than it is needed.
        told = Suggestion.objects.filter(pk=proposal.suggestion_id, state=Suggestion.State.TAKEN)
        if state == State.APPLIED:
            told.update(state=Suggestion.State.CLOSED, text="", decided_at=proposal.decided_at)
        else:
            told.update(state=Suggestion.State.OPEN)


@transaction.atomic
def approve(*, proposal_id: UUID, by: Unlocked) -> Proposal:
    """Let a proposal take effect. Raises NotAllowed for its own author and for who is no editor,
    ChangedMeanwhile when the entry is no longer what the proposal was written for.
    """
    must_edit(by)
    proposal = _waiting(proposal_id)
    if by.person.pk in (proposal.proposed_by, proposal.looked_again_by):
        raise NotAllowed(_("Another editor has to approve this: you proposed it."))
    if now_says(proposal) != proposal.before:
        raise ChangedMeanwhile(_("The entry has changed since this was proposed. Look at it again first."))
    touched = apply(proposal)
    _decide(proposal, State.APPLIED, by)
    reindex(touched)
    if proposal.section == "service_kind" or proposal.kind == Kind.SITE:
        forget_sites_of(proposal.service)
    log(entries.CHANGE_APPROVED, proposal, by)
    return proposal


@transaction.atomic
def reject(*, proposal_id: UUID, reason: str, by: Unlocked) -> Proposal:
    """Turn a proposal down, with a reason that its author reads."""
    must_edit(by)
    if not reason.strip():
        raise NotAllowed(_("Say why: the author reads it."))
    proposal = _waiting(proposal_id)
    if proposal.proposed_by == by.person.pk:
        raise NotAllowed(_("You proposed this: take it back instead."))
    _decide(proposal, State.REJECTED, by, reason)
    log(entries.CHANGE_REJECTED, proposal, by)
    return proposal


@transaction.atomic
def withdraw(*, proposal_id: UUID, by: Unlocked) -> Proposal:
    """Take one's own proposal back."""
    proposal = _waiting(proposal_id)
    if proposal.proposed_by != by.person.pk:
        raise NotAllowed(_("Only who proposed it can take it back."))
    _decide(proposal, State.WITHDRAWN, by)
    log(entries.CHANGE_WITHDRAWN, proposal, by)
    return proposal


@transaction.atomic
def look_again(*, proposal_id: UUID, seen: str, by: Unlocked) -> Proposal:
    """Put a proposal on top of what the entry says now; then somebody else has to approve it.

    Only what the proposal changes stays changed. ``seen`` marks the entry as it was on the page.
    """
    acting_role(by)
    proposal = _waiting(proposal_id)
    now = now_says(proposal)
    if now is None:
        raise NotAllowed(_("This part of the entry is gone."))
    if records.digest(now) != seen:
        raise ChangedMeanwhile(_("Somebody changed the entry meanwhile. Look at what it says now."))
    if proposal.kind == Kind.EDIT:
        proposal.after = records.merged(proposal.before, proposal.after, now)
    proposal.before = now
    proposal.looked_again_by = by.person.pk
    proposal.save(update_fields=["before", "after", "looked_again_by"])
    log(entries.CHANGE_LOOKED_AGAIN, proposal, by)
    return proposal
