"""Whose counter slows down: the caller's, also behind the proxy, and whatever the caller writes."""

from django.test import RequestFactory
from pytest_django.fixtures import Settings

from accounts.views.answers import address_of


def test_behind_the_proxy_only_what_the_proxy_wrote_counts(settings: Settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")
    settings.BEHIND_PROXY = True
    assert address_of(request) == "198.51.100.7"


def test_without_a_proxy_a_written_address_does_not_count(settings: Settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="203.0.113.9")
    settings.BEHIND_PROXY = False
    assert address_of(request) == "198.51.100.7"
