"""The editor's pages: the list of entries, one entry, a change of one section, and decisions.

What a page shows comes from ``queries.editing``; who may see it is decided in ``access``.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.unlocked import Unlocked
from services import access, actions
from services.actions.proposals import now_says
from services.actions.sites import removal, uncovered
from services.codes import Publication
from services.editing import records
from services.editing.forms import DecisionForm, NewEntryForm, NewSiteForm, ReasonForm, SectionForm
from services.editing.sections import has_hours
from services.errors import BadCursor, ChangedMeanwhile, NotAllowed
from services.models import Proposal
from services.queries import editing as queries
from services.queries import proposals
from services.views.answers import lead_to, page, tell

_HEAD = 5  # of each queue on the first page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the entries to work on, and the heads of the two queues."""
    unlocked = access.proposer(request)
    is_editor = access.is_editor(unlocked)
    words, show = request.GET.get("q", "")[:100], request.GET.get("show", "")
    own = None if is_editor else unlocked.agency.pk
    wanted = queries.Wanted(words=words, show=show if show in queries.SHOW else "", agency=own)
    after = request.GET.get("after", "")
    try:
        found = queries.entry_list(wanted, own_agency=unlocked.agency.pk, after=after or None)
    except BadCursor:
        raise Http404 from None
    here = reverse("services:edit")
    given = {name: value for name, value in (("q", words), ("show", wanted.show)) if value}
    waiting, more_waiting = proposals.waiting_list(person=unlocked.person.pk, agency=own, limit=_HEAD)
    told, more_told = proposals.open_suggestions(limit=_HEAD) if is_editor else ([], None)
    return page(
        request,
        "edit",
        found=found.lines,
        words=words,
        show=wanted.show,
        shows=_shows(is_editor=is_editor),
        next_url=f"{here}?{urlencode(given | {'after': found.next})}" if found.next else "",
        first_url=f"{here}?{urlencode(given)}" if after else "",
        waiting=waiting,
        more_waiting=more_waiting,
        told=told,
        more_told=more_told,
        is_editor=is_editor,
        everything_url=here,
    )


def _shows(*, is_editor: bool) -> list[str]:
    return [one for one in queries.SHOW if is_editor or one != "ours"]


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show all that waits for approval, oldest first."""
    unlocked = access.proposer(request)
    own = None if access.is_editor(unlocked) else unlocked.agency.pk
    after = request.GET.get("after", "")
    try:
        lines, following = proposals.waiting_list(person=unlocked.person.pk, agency=own, after=after or None)
    except BadCursor:
        raise Http404 from None
    here = reverse("services:edit_waiting")
    next_url = f"{here}?{urlencode({'after': following})}" if following else ""
    return page(request, "edit_waiting", waiting=lines, next_url=next_url, first_url=here if after else "")


@require_safe
def entry(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Show one entry with all that can be changed, what waits, and its history."""
    unlocked = access.entry_for_proposer(request, service_id)[0]
    found = queries.entry(service_id)
    if found is None:
        raise Http404
    return page(request, "edit_entry", entry=found, is_editor=access.is_editor(unlocked))


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, service_id: UUID, section: str, target: UUID) -> HttpResponse:
    """Ask for a change of one section; sending it makes a proposal."""
    unlocked, service, what, record = access.part_for_proposer(request, service_id, section, target)
    now = records.snapshot(what, record)
    told = _suggestion_id(request) if access.is_editor(unlocked) else None
    form = SectionForm(request.POST or None, section=what, now=now)
    status = 200
    if request.method == "POST":
        status = 422
        if not form.was_seen:
            form.show_anew()
            status = tell(
                form, ChangedMeanwhile(_("Somebody changed the entry meanwhile. Look at what it says now."))
            )
        elif form.is_valid():
            try:
                proposal = actions.propose_change(
                    key=form.cleaned_data["key"],
                    service_id=service.pk,
                    section=what.code,
                    target=target,
                    seen=form.cleaned_data["seen"],
                    after=form.after,
                    why=form.cleaned_data["why"],
                    suggestion_id=told,
                    by=unlocked,
                )
            except NotAllowed as error:
                status = tell(form, error)
            else:
                return lead_to("services:edit_proposal", proposal.pk, done="change-proposed")
    return page(
        request,
        "edit_section",
        form=form,
        section=what,
        service=service,
        told=told,
        other_hours=records.other_hours(record) if has_hours(what) else 0,
        status=status,
    )


def _suggestion_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("told") or request.GET.get("told") or "")
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for the first facts of a service that is not listed; sending them makes a proposal."""
    if request.GET.get("organization"):
        try:
            wanted = UUID(request.GET["organization"])
        except ValueError:
            raise Http404 from None
        unlocked, organization = access.organization_for_proposer(request, wanted)
    else:
        unlocked, organization = access.editor(request), None
    form = NewEntryForm(request.POST or None, has_organization=organization is not None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            names = ("organization_name", "name", "service_type", "description", "phone", "place")
            try:
                proposal = actions.propose_entry(
                    key=form.cleaned_data["key"],
                    after={name: form.cleaned_data.get(name, "") for name in names},
                    organization_id=organization.pk if organization else None,
                    why=form.cleaned_data["why"],
                    by=unlocked,
                )
            except NotAllowed as error:
                status = tell(form, error)
            else:
                return lead_to("services:edit_proposal", proposal.pk, done="change-proposed")
    return page(request, "edit_new", form=form, organization=organization, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new_site(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Ask for one more site of a service; sending it makes a proposal."""
    unlocked, service = access.entry_for_proposer(request, service_id)
    form = NewSiteForm(request.POST or None, is_confidential=service.is_confidential)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.propose_site(
                    key=form.cleaned_data["key"],
                    service_id=service.pk,
                    after=form.after,
                    why=form.cleaned_data["why"],
                    by=unlocked,
                )
            except NotAllowed as error:
                status = tell(form, error)
            else:
                return lead_to("services:edit_proposal", made.pk, done="change-proposed")
    return page(request, "edit_new_site", form=form, service=service, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show a proposal against what the entry says now; take the decision about it."""
    unlocked, found = access.proposal_for_reader(request, proposal_id)
    form = DecisionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = _decide(request, found, form, unlocked)
            except NotAllowed as error:
                status = tell(form, error)
                found = access.proposal_for_reader(request, proposal_id)[1]
            else:
                return lead_to("services:edit_proposal", found.pk, done=done)
    me = unlocked.person.pk
    return page(
        request,
        "edit_proposal",
        form=form,
        proposal=found,
        decision=proposals.decision(found, now_says(found)),
        waits=found.state == Proposal.State.WAITING,
        is_editor=access.is_editor(unlocked),
        is_mine=found.proposed_by == me,
        is_author=me in (found.proposed_by, found.looked_again_by),
        status=status,
    )


def _decide(request: HttpRequest, found: Proposal, form: DecisionForm, unlocked: Unlocked) -> str:
    """Do what the button says; return the code of the sentence that tells it was done."""
    if "approve" in request.POST:
        actions.approve(proposal_id=found.pk, by=unlocked)
        return "change-approved"
    if "reject" in request.POST:
        actions.reject(proposal_id=found.pk, reason=form.cleaned_data["reason"], by=unlocked)
        return "change-rejected"
    if "withdraw" in request.POST:
        actions.withdraw(proposal_id=found.pk, by=unlocked)
        return "change-withdrawn"
    actions.look_again(proposal_id=found.pk, seen=form.cleaned_data["seen"], by=unlocked)
    return "change-looked-again"


@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Hide an entry at once, or ask a second editor to show it."""
    unlocked, service = access.entry_for_proposer(request, service_id)
    is_published = service.publication == Publication.PUBLISHED
    if is_published:
        access.editor(request)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {"key": form.cleaned_data["key"], "service_id": service.pk, "by": unlocked}
            try:
                # What the page said would happen, not what the entry's state would make of it now.
                if "hide" in request.POST:
                    access.editor(request)
                    actions.hide_entry(why=form.cleaned_data["reason"], **given)
                    return lead_to("services:edit_entry", service.pk, done="entry-hidden")
                asked = actions.ask_to_publish(why=form.cleaned_data["reason"], **given)
                return lead_to("services:edit_proposal", asked.pk, done="change-proposed")
            except NotAllowed as error:
                status = tell(form, error)
    return page(
        request, "edit_publication", form=form, service=service, is_published=is_published, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove_site(request: HttpRequest, service_id: UUID, location_id: UUID) -> HttpResponse:
    """Ask a second editor to take a site out of an entry; it may be the last one."""
    unlocked, service, location = access.site_for_editor(request, service_id, location_id)
    says = removal(service, location.pk)
    if says is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asked = actions.ask_to_remove_site(
                    key=form.cleaned_data["key"],
                    service_id=service.pk,
                    location_id=location.pk,
                    seen=request.POST.get("seen", ""),
                    why=form.cleaned_data["reason"],
                    by=unlocked,
                )
            except NotAllowed as error:
                status = tell(form, error)
            else:
                return lead_to("services:edit_proposal", asked.pk, done="change-proposed")
    return page(
        request,
        "edit_remove_site",
        form=form,
        service=service,
        facts=proposals.site_facts(says),
        is_last=says["is_last"],
        seen=records.digest(says),
        shown=proposals.what_shows(says),
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, service_id: UUID, location_id: UUID) -> HttpResponse:
    """Make a site confidential at once, or ask a second editor to make it public."""
    unlocked, service, location = access.site_for_editor(request, service_id, location_id)
    shows = uncovered(location)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            key, why = form.cleaned_data["key"], form.cleaned_data["reason"]
            try:
                if "conceal" in request.POST:
                    actions.conceal(
                        key=key, service_id=service.pk, location_id=location.pk, why=why, by=unlocked
                    )
                    return lead_to("services:edit_entry", service.pk, done="site-concealed")
                asked = actions.ask_to_reveal(
                    key=key,
                    service_id=service.pk,
                    location_id=location.pk,
                    seen=request.POST.get("seen", ""),
                    why=why,
                    by=unlocked,
                )
                return lead_to("services:edit_proposal", asked.pk, done="change-proposed")
            except NotAllowed as error:
                status = tell(form, error)
    return page(
        request,
        "edit_site",
        form=form,
        service=service,
        site=location,
        seen=records.digest(shows),
        shown=proposals.what_shows(shows),
        status=status,
    )
