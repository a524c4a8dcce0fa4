"""The cookies of this room: the two halves of a session, what a device remembers, and the mark of a lock."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.actions import SignedIn
from accounts.device import Device

_DEVICE_SECONDS = 365 * 24 * 60 * 60


def halves(request: HttpRequest) -> tuple[str, str] | None:
    """Return session id and half from the request, or None when one is missing."""
    session_id = request.COOKIES.get(settings.SESSION_ID_COOKIE, "")
    half = request.COOKIES.get(settings.SESSION_HALF_COOKIE, "")
    return (session_id, half) if session_id and half else None


def asks_to_lock(request: HttpRequest) -> bool:
    """Say whether this browser was locked or left while the server could not be told."""
    return bool(request.COOKIES.get(settings.LOCK_COOKIE))


def drop_lock(response: HttpResponse) -> None:
    """Delete the mark: what it asked for is done."""
    _delete(response, settings.LOCK_COOKIE)


def device(request: HttpRequest) -> Device:
    """Return what this device remembers."""
    return Device.from_cookie(request.COOKIES.get(settings.CARD_COOKIE, ""))


def put_session(response: HttpResponse, signed_in: SignedIn) -> None:
    """Give the browser the two halves; they are forgotten when it closes."""
    _set(response, settings.SESSION_ID_COOKIE, signed_in.session_id)
    _set(response, settings.SESSION_HALF_COOKIE, signed_in.session_half)


def put_device(response: HttpResponse, remembered: Device) -> None:
    """Give the browser the marks and cards of the people it knows, for a year."""
    _set(response, settings.CARD_COOKIE, remembered.to_cookie(), max_age=_DEVICE_SECONDS)


def drop_session(response: HttpResponse) -> None:
    """Delete the two halves from the browser."""
    for name in (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE):
        _delete(response, name)


def _set(response: HttpResponse, name: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Strict",
    )


def _delete(response: HttpResponse, name: str) -> None:
    # A browser ignores the deletion of a __Host- cookie that lacks the attributes it was set with.
    _set(response, name, "", max_age=0)
