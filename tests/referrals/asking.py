"""How tests talk to the API: as somebody, with a fresh key for each change, and as JSON."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client

from accounts.models import Person
from tests import people

WISHES: dict[str, Any] = {
    "told": ["age_band", "household_size", "alias", "phone", "safe_contact"],
    "purpose": "a safe place tonight",
    "given_by": "survivor",
    "language": "uz",
    "script": "latin",
    "days": 30,
}
ANSWER: dict[str, Any] = {
    "read_aloud": True,
    "how": "written",
    "points": ["what_is_shared", "why", "may_refuse", "may_withdraw", "legal_duty", "limits"],
}
SENDING: dict[str, Any] = {
    "urgency": "urgent",
    "how_to_reach_worker": "desk line",
    "household_size": 3,
    "duty_known": True,
}


def fields_in(problem: Any) -> list[str]:
    """Return which answers a problem points at, in order; ``#`` is the whole body."""
    return list(dict.fromkeys(one["pointer"].removeprefix("#/") for one in problem["errors"]))


class Asker:
    """Somebody who is signed in and speaks JSON."""

    def __init__(self, person: Person, *, stepped_up: bool = False) -> None:
        self.person = person
        self.client = people.sign_in(Client(), person)
        if stepped_up:
            people.step_up(self.client)

    @classmethod
    def through_the_door(cls, person: Person) -> "Asker":
        """Sign in and confirm as a program does: by the pages, with the proof against forgery each time."""
        asker = cls.__new__(cls)
        asker.person, asker.client = person, Client(enforce_csrf_checks=True)
        asker.client.get("/sign-in/")
        for path, answers in (
            ("/sign-in/", {"name": person.name, "password": people.PASSWORD}),
            ("/confirm/", {"secret": people.PASSWORD}),
        ):
            led = asker.client.post(path, answers, headers=asker.proof())
            assert led.status_code == 302, path
        return asker

    def proof(self) -> dict[str, str]:
        cookie = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        return {"X-CSRFToken": cookie.value} if cookie else {}

    def get(self, path: str, status: int = 200) -> Any:
        response = self.client.get(f"/api/v1/{path}")
        assert response.status_code == status, (path, response.status_code, response.content)
        return response.json()

    def ask(self, path: str, body: Any = None, *, key: UUID | None = None, method: str = "post") -> Any:
        """Send a change, or a question; return the response."""
        send = getattr(self.client, method)
        headers = {"Idempotency-Key": str(key or uuid4()), **self.proof()}
        return send(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)

    def do(self, path: str, body: Any = None, *, status: int = 200, **how: Any) -> Any:
        """Send a change that must come to ``status``; return what was answered."""
        response = self.ask(path, body, **how)
        assert response.status_code == status, (path, response.status_code, response.content)
        return response.json() if response.content else None

    def decide(self, case: str, service: Any, **changes: Any) -> str:
        """Ask her about a service and record her yes; return the consent's id."""
        offer = self.do(f"cases/{case}/offer/", {"service": str(service)})
        wishes = WISHES | {"service": str(service), "duty_read": offer["duty_read"]} | changes
        text = self.do(f"cases/{case}/reading/", wishes)
        decision = ANSWER | wishes | {"text_read": text["text_read"]}
        made: str = self.do(f"cases/{case}/consents/", decision, status=201)["id"]
        return made

    def refer(self, case: str, service: Any, **changes: Any) -> str:
        """Record her yes and send; return the referral's id."""
        consent = self.decide(case, service, **changes)
        made: str = self.do(f"cases/{case}/consents/{consent}/send/", SENDING, status=201)["id"]
        return made
