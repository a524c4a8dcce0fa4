"""How tests of the casework pages talk to them: clients signed in as somebody, forms filled as shown."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Person
from tests import people

DECISION = {
    "step": "record",
    "decision": "given",
    "told": ["age_band", "alias", "phone", "safe_contact"],
    "purpose": "a safe place tonight",
    "given_by": "survivor",
    "how": "written",
    "language": "uz",
    "script": "latin",
    "points": ["what_is_shared", "why", "may_refuse", "may_withdraw", "legal_duty", "limits"],
    "days": "30",
}
SENDING = {"urgency": "urgent", "how_to_reach_worker": "desk line", "duty_known": "on"}


def client_of(person: Person) -> Client:
    """Return a client signed in as somebody."""
    return people.sign_in(Client(), person)


def page(name: str, *args: Any) -> str:
    return reverse(f"referrals:{name}", args=args)


def text(client: Client, url: str, status: int = 200) -> str:
    """Return a page as text, after looking at its status."""
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def hidden(html: str, name: str) -> str:
    """Return the value of the last hidden field of this name."""
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)[-1]


def filled(html: str, **answers: Any) -> dict[str, Any]:
    """Return answers together with the hidden fields of the page's last form."""
    known = {}
    for name in ("key", "version", "service", "duty_read", "looked_again"):
        found = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
        if found:
            known[name] = found[-1]
    return known | answers
