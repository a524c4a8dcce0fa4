"""Template tags of the interface: icons and marks of status. Built-ins, so no page has to load them.

A list has several of both in every row: as template tags they cost a tenth of an included template.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, Form, Textarea
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from config.hints import hint_for
from services.saying import Words, inside, listed

register = template.Library()

_SLASH = re.compile(r"(?<!/)/(?!/)")


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """Return one drawing of static/icons.svg, hidden from screen readers: the words beside it speak."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.filter
def at(name: str, organization: str) -> str:
    """Return a service's name and whose it is; many names begin with that, and it is not said twice."""
    begins = re.match(rf"{re.escape(organization)}(?!\w)", name, re.IGNORECASE)
    return name if begins or not organization else f"{name}, {organization}"


@register.simple_tag
def tag(kind: str, text: str, drawing: str = "") -> SafeString:
    """Return a mark of status, never by colour alone: ``kind`` is ok, wait, stop, info or quiet."""
    kind = kind or "quiet"
    return format_html(
        '<span class="tag tag--{}">{}<span>{}</span></span>', kind, icon(drawing or kind), text
    )


@register.inclusion_tag("components/hint.html", takes_context=True)
def hint(context: Context, code: str, form: Form | None = None) -> dict[str, Any]:
    """Show a first-visit hint of ``config.hints`` to who has not put it away.

    With ``form`` the page answers a POST: putting it away is a POST to the page itself, with the form's
    hidden fields, and the page's view does it.
    """
    request = context["request"]
    return {
        "hint": hint_for(request, code, is_answer=form is not None),
        "code": code,
        "form": form,
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token", ""),
    }


@register.filter
def hidden_if(name: str, hidden: bool) -> str:
    """Return a name for a list in an open office: its first letter only while names are hidden."""
    return f"{str(name)[:1]}…" if hidden else name


@register.filter
def at_slashes(text: Words) -> SafeString:
    """Return a text whose addresses may go on in the next line behind a slash, not within a word."""
    return mark_safe(_SLASH.sub("/<wbr>", conditional_escape(str(text))))  # noqa: S308  escaped here


@register.filter
def after_comma(label: Words) -> str:
    """Return a label as it stands after a comma: without its capital."""
    return inside(label)


@register.filter
def in_a_row(labels: Iterable[Words]) -> str:
    """Return labels with commas between them."""
    return listed(labels)


@register.filter
def kept_nowhere(field: BoundField) -> SafeString:
    """Return a question's field; what is typed at length is not written into the browser's profile.

    Firefox writes a text area down to restore its tabs unless the area says no; Chromium asks its form.
    """
    return field.as_widget(
        attrs={"autocomplete": "off"} if isinstance(field.field.widget, Textarea) else None
    )
