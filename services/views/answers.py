"""What the editor's views share: the way on after a POST, and errors told on the form."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from services.errors import ChangedMeanwhile, NotAllowed


def lead_to(name: str, *args: Any, done: str = "") -> HttpResponse:
    """Lead on after something was done; ``done`` is a code of the known sentences."""
    response = HttpResponseRedirect(reverse(name, args=args) + (f"?done={done}" if done else ""))
    response.status_code = 303
    return response


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Render a page of this room; one whose form has errors says so in its status."""
    form = context.get("form")
    status = context.pop("status", 422 if isinstance(form, forms.Form) and form.errors else 200)
    return render(request, f"services/{template}.html", context, status=status)


def tell(form: forms.Form, error: NotAllowed) -> int:
    """Put an error of this room on the form and return the status of the answer."""
    form.add_error(None, str(error))
    return 409 if isinstance(error, ChangedMeanwhile) else 422
