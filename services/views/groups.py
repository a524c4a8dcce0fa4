"""Working groups: the public list and page, and the editor's form."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from services import access, actions
from services.errors import NotAllowed
from services.forms import GroupForm
from services.models import WorkingGroup
from services.queries.groups import Mark, group_card, group_page
from services.queries.places import region_choices


def _mark(text: str) -> Mark | None:
    name, _sep, pk = text.rpartition("_")
    if not text:
        return None
    try:
        if "\x00" in name:
            raise Http404
        return name, UUID(pk)
    except ValueError:
        raise Http404 from None


def _is_editor(request: HttpRequest) -> bool:
    unlocked: Unlocked | None = getattr(request, "unlocked", None)
    return unlocked is not None and RoleName.EDITOR in unlocked.roles


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """Show the groups that meet, by name, of one region or of all."""
    regions = region_choices()
    region = request.GET.get("region", "")
    region = region if region in dict(regions) else ""
    after = request.GET.get("after", "")
    page = group_page(region=region, after=_mark(after))
    here = reverse("services:groups")
    kept = {"region": region} if region else {}
    context = {
        "groups": page.groups,
        "regions": regions,
        "region": region,
        "is_editor": _is_editor(request),
        "next_url": f"{here}?{urlencode(kept | {'after': f'{page.next[0]}_{page.next[1]}'})}"
        if page.next
        else "",
        "first_url": f"{here}?{urlencode(kept)}" if after else "",
    }
    return render(request, "services/groups.html", context)


@require_safe
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show one group: its place, and who takes part by kind."""
    is_editor = _is_editor(request)
    card = group_card(group_id, for_editor=is_editor)
    if card is None:
        raise Http404
    return render(request, "services/group.html", {"card": card, "is_editor": is_editor})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a group down."""
    unlocked = access.editor(request)
    return _form(request, unlocked, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Change a group, or say that it no longer meets."""
    unlocked, found = access.group_for_editor(request, group_id)
    return _form(request, unlocked, found)


def _form(request: HttpRequest, unlocked: Unlocked, found: WorkingGroup | None) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, GroupForm(initial=_initial(found)), found)
    form = GroupForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, found, status=400)
    given = form.cleaned_data
    try:
        saved = actions.save_group(
            name=given["name"],
            district=given["district"],
            mahalla=given["mahalla"],
            member_kinds=given["member_kinds"],
            description=given["description"],
            is_active=given["is_active"],
            group_id=found.pk if found else None,
            version=given["version"] or 0,
            by=unlocked,
        )
    except NotAllowed as error:
        form.add_error(None, str(error))
        return _ask(request, form, found, status=400)
    done = "group-saved" if saved.is_active else "saved"
    response = HttpResponseRedirect(f"{reverse('services:group', args=[saved.pk])}?done={done}")
    response.status_code = 303
    return response


def _initial(found: WorkingGroup | None) -> dict[str, object]:
    if found is None:
        return {}
    return {
        "name": found.name,
        "district": found.district_id,
        "mahalla": found.mahalla,
        "member_kinds": found.member_kinds,
        "description": found.description,
        "is_active": found.is_active,
        "version": found.version,
    }


def _ask(
    request: HttpRequest, form: GroupForm, found: WorkingGroup | None, status: int = 200
) -> HttpResponse:
    return render(request, "services/group_form.html", {"form": form, "group": found}, status=status)
