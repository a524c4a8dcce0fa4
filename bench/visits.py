"""Visits of pages by HTTP: somebody with a real session, as after signing in."""

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.actions.signing_in import start_session
from accounts.models import Person


def signed_in(person: Person, seed: bytes) -> Client:
    """Return a browser of this person: two cookies, and a row in the database of this moment."""
    client = Client()
    session_id, half = start_session(person, seed=seed, is_waiting=False, now=timezone.now())
    client.cookies[settings.SESSION_ID_COOKIE] = session_id
    client.cookies[settings.SESSION_HALF_COOKIE] = half
    return client


def answered(client: Client, method: str, address: str, **asked: str) -> None:
    """Ask for a page, and fail unless it comes."""
    status = getattr(client, method)(address, asked).status_code
    if status != 200:
        raise RuntimeError(f"{address} answers {status}")
