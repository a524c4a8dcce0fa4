"""What every casework view does the same way: redirect after a POST, put an action's refusal on a form."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.unlocked import Unlocked
from referrals.actions.once import once
from referrals.errors import Invalid, ReferralError, SomeoneWasQuicker
from referrals.forms.base import WorkForm


class SeeOther(HttpResponseRedirect):
    """303: whatever was sent, ask for the next page with GET."""

    status_code = 303


def to(name: str, *args: Any, done: str = "", part: str = "") -> SeeOther:
    """Lead to a page of this room; ``done`` is a code of config/done.py, ``part`` an anchor."""
    address = reverse(f"referrals:{name}", args=args)
    query = f"?done={done}" if done else ""
    anchor = f"#{part}" if part else ""
    return SeeOther(f"{address}{query}{anchor}")


class Done:
    """What came of a form: whether the action went through, and the id of what it made."""

    def __init__(self, *, ok: bool, result: UUID | None = None) -> None:
        self.ok = ok
        self.result = result

    def __bool__(self) -> bool:
        return self.ok


def send(form: WorkForm, unlocked: Unlocked, do: Callable[[dict[str, Any]], UUID | None]) -> Done:
    """Run an action with the form's answers, once for its key.

    When the action refuses, the reason stands on the form, with everything that was typed. Only
    ``SomeoneWasQuicker`` goes on: it has a page of its own (409).
    """
    if not form.is_valid():
        return Done(ok=False)
    answers = form.cleaned_data
    try:
        result = once(unlocked=unlocked, key=answers["key"], do=lambda: do(answers))
    except SomeoneWasQuicker:
        raise
    except Invalid as error:
        for path, message in error.fields.items():
            name = path.rpartition(".")[2]
            form.add_error(name if name in form.fields else None, str(message))
        return Done(ok=False)
    except ReferralError as error:
        form.add_error(None, str(error.message))
        return Done(ok=False)
    return Done(ok=True, result=result)
