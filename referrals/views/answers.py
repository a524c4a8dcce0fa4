"""What every casework view does the same way: redirect after a POST, put an action's refusal on a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from referrals.errors import Invalid, Message, ReferralError, SomeoneWasQuicker
from referrals.forms.base import WorkForm


class SeeOther(HttpResponseRedirect):
    """303: whatever was sent, ask for the next page with GET."""

    status_code = 303


def to(name: str, *args: Any, done: str = "", new: bool = False) -> SeeOther:
    """Lead to a page of this room; ``done`` is a code of config/done.py, ``new`` goes on with a new case."""
    query = "&".join(part for part in ("new=1" if new else "", f"done={done}" if done else "") if part)
    address = reverse(f"referrals:{name}", args=args)
    return SeeOther(f"{address}?{query}" if query else address)


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page of this room; one whose form has to be looked at again says so in its status (422)."""
    form = context.get("form")
    wrong = isinstance(form, Form) and bool(form.errors)
    return render(request, f"referrals/{template}.html", context, status=422 if wrong else 200)


@dataclass(frozen=True)
class Now:
    """How something stands now, and where to go on: for whoever found that somebody was quicker."""

    happened: Message
    url: str
    label: Message


def _answers_in(form: Form) -> list[tuple[Message, Message]]:
    """Return what was chosen and typed, in the words of the form."""
    kept: list[tuple[Message, Message]] = []
    for bound in form.visible_fields():
        value = bound.value()
        given = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value or "")]
        choices: Any = getattr(bound.field, "choices", None)
        names = {str(code): label for code, label in choices} if choices is not None else {}
        said = ", ".join(str(names.get(one, one)) for one in given if one)
        if said:
            kept.append((bound.label, said))
    return kept


class Done:
    """What came of a form: whether the action went through, and the id of what it made."""

    def __init__(self, *, ok: bool, result: UUID | None = None) -> None:
        self.ok = ok
        self.result = result

    def __bool__(self) -> bool:
        return self.ok


def send(
    form: WorkForm,
    do: Callable[[dict[str, Any]], UUID | None],
    asked_as: Mapping[str, str] | None = None,
    now: Callable[[], Now] | None = None,
) -> Done:
    """Run an action with the form's answers; its ``key`` makes a second click do nothing twice.

    When the action refuses, the reason stands on the form, with everything that was typed. Only
    ``SomeoneWasQuicker`` goes on: it has a page of its own (409), which says what ``now`` returns and
    keeps the answers. ``asked_as`` maps the action's names to the form's where they differ.
    """
    if not form.is_valid():
        return Done(ok=False)
    try:
        result = do(form.cleaned_data)
    except SomeoneWasQuicker as lost:
        lost.kept = _answers_in(form)
        if now is not None:
            stands = now()
            lost.happened, lost.way = stands.happened, (stands.url, stands.label)
        raise
    except Invalid as error:
        for path, message in error.fields.items():
            name = path.rpartition(".")[2]
            name = (asked_as or {}).get(name, name)
            form.add_error(name if name in form.fields else None, str(message))
        return Done(ok=False)
    except ReferralError as error:
        form.add_error(None, str(error.message))
        return Done(ok=False)
    return Done(ok=True, result=result)
