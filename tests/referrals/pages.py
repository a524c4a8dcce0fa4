"""How tests of the casework pages talk to them: clients signed in as somebody, forms filled as shown."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Person
from referrals.models import Case, Referral
from services.models import Service
from tests import people

DECISION = {
    "step": "read",
    "told": ["age_band", "alias", "phone", "safe_contact"],
    "purpose": "a safe place tonight",
    "given_by": "survivor",
    "language": "uz",
    "script": "latin",
    "days": "30",
}
HER_ANSWER = {
    "step": "record",
    "decision": "given",
    "how": "written",
    "points": ["what_is_shared", "why", "may_refuse", "may_withdraw", "legal_duty", "limits"],
}
SENDING = {"urgency": "urgent", "how_to_reach_worker": "desk line", "duty_known": "on", "checked": "1"}


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
    for name in ("key", "version", "service", "duty_read", "text_read", "looked_again", "do", "asked"):
        found = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
        if found:
            known[name] = found[-1]
    return known | answers


def decide(client: Client, case: Case, service: Service, **changes: Any) -> Any:
    """Go through the pages of a decision; return the answer to the last, or to the one that refused."""
    url = page("consent_new", case.id)
    duty = client.post(url, {"service": service.pk, "step": "duty"}).content.decode()
    assert 'data-test="duty"' in duty
    html = client.post(url, {"service": service.pk, "step": "decide", "read_aloud": "on"}).content.decode()
    wishes = DECISION | {name: value for name, value in changes.items() if name not in HER_ANSWER}
    if changes.get("decision") == "refused":
        return client.post(url, filled(html) | wishes | {"decision": "refused"})
    page_three = client.post(url, filled(html) | wishes)
    shown = page_three.content.decode()
    if 'data-test="reading"' not in shown:
        return page_three
    answer = HER_ANSWER | {name: value for name, value in changes.items() if name in HER_ANSWER}
    return client.post(url, {**wishes, **filled(shown), **answer})


def send(client: Client, case: Case, service: Service, **changes: Any) -> Referral:
    """Record her yes and send; return the referral."""
    to_send = decide(client, case, service, **changes)["Location"]
    response = client.post(to_send.partition("?")[0], filled(text(client, to_send)) | SENDING)
    assert response.status_code == 303, response.content.decode()
    return Referral.objects.latest("sent_at", "id")


def step(client: Client, referral: Referral, code: str, **answers: Any) -> Any:
    """Take one step at the desk, from the page it is offered on."""
    asks = code in ("decline", "deliver", "fail")
    html = text(client, page(f"packet_{code}" if asks else "packet", referral.pk))
    if code == "decline":
        answers["checked"] = "1"
    return client.post(page(f"packet_{code}", referral.pk), filled(html, **answers))
