"""Help: the guides on pages and as papers to print. Public; nothing is kept, no database is asked."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from config import guides
from config.context import open_page
from config.guides import GuideName


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Offer the guides, one's own first."""
    roles = _roles(request)
    offered = [
        {
            "name": name,
            "whose": name.whose,
            "title": guides.guide(name).title,
            "is_mine": bool(name.roles & roles),
        }
        for name in GuideName
    ]
    offered.sort(key=lambda one: not one["is_mine"])
    return render(request, "help/index.html", {"guides": offered})


@require_safe
def guide(request: HttpRequest, guide: str) -> HttpResponse:
    """Show one guide; a page it names is a link for who may open it."""
    name = _known(guide)
    roles = _roles(request)
    shown = guides.guide(name)
    parts = [
        {
            "heading": part.heading,
            "is_numbered": part.is_numbered,
            "items": [_linked(item, roles) for item in part.items],
        }
        for page in shown.pages
        for part in page
    ]
    context = {"name": name, "whose": name.whose, "guide": shown, "parts": parts}
    return render(request, "help/guide.html", context)


@require_safe
def paper(request: HttpRequest, guide: str) -> HttpResponse:
    """Send one guide as a file with a name that says nothing."""
    name = _known(guide)
    file = guides.paper(name, printed=timezone.localdate())
    file_name = name.file_name(get_language() or settings.LANGUAGE_CODE)
    return HttpResponse(
        file,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _known(name: str) -> GuideName:
    try:
        return GuideName(name)
    except ValueError:
        raise Http404 from None


def _roles(request: HttpRequest) -> frozenset[str]:
    unlocked = getattr(request, "unlocked", None)
    return frozenset(str(role) for role in unlocked.roles) if unlocked else frozenset()


def _linked(item: tuple[guides.Piece, ...], roles: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "text": piece.text,
            "is_label": piece.is_label,
            "url": open_page(piece.route, roles) if piece.route else "",
        }
        for piece in item
    ]
