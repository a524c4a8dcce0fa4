"""What is answered when a request cannot be done: RFC 9457 problems. None holds a word of a case.

Where a body is at fault ``errors`` says what to do and, by a JSON pointer (RFC 6901), in which answer.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException

from referrals.errors import Invalid, Message, ReferralError

# Where a problem is about the whole body and not one field.
WHOLE = "non_field_errors"


class Problem(APIException):
    """A refusal with a code of its own. ``members`` come beside type, title, status and detail."""

    def __init__(self, status: int, code: str, detail: Message, **members: Any) -> None:
        super().__init__(code)
        self.status_code = status
        self.problem = {"type": f"urn:hamroh:problem:{code}", "detail": str(detail), **members}


def code_of(error: type[ReferralError]) -> str:
    """Return the code of an action's refusal: SomeoneWasQuicker is ``someone-was-quicker``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__).lower()


def refused(error: ReferralError, **members: Any) -> Problem:
    """Return the 409 of an action that refused; ``members`` say how it stands now, where that is known."""
    detail = " ".join(str(one) for one in (error.message, members.pop("happened", "")) if one)
    return Problem(409, code_of(type(error)), detail, **members)


def not_right(errors: Mapping[str, Any]) -> Problem:
    """Return the 422 of a body whose answers need another look: what to do, and a pointer to where."""
    said = [
        {"pointer": "#" if name == WHOLE else f"#/{name}", "detail": str(one)}
        for name, messages in errors.items()
        for one in messages
    ]
    return Problem(422, "not-right", Invalid.message, errors=said)


def form_errors(form: Form) -> dict[str, list[str]]:
    """Return a form's errors in words that repeat nothing of what was sent."""
    found = form.errors.as_data()
    return {
        WHOLE if name == "__all__" else name: [text for error in errors for text in _said(error)]
        for name, errors in found.items()
    }


def _said(error: ValidationError) -> list[str]:
    # Django's own words for a choice that is none repeat it.
    return [_("Choose one of the answers.")] if error.code == "invalid_choice" else list(error.messages)
