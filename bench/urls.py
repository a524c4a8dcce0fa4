"""The product's addresses, and the same page served in each way that is compared (bench.case_list)."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.access import may_open_cases
from config.urls import *  # noqa: F403
from config.urls import urlpatterns as product_urls


def page(request: HttpRequest, way: str) -> HttpResponse:
    """Answer with the page, behind every layer that a page of the product has."""
    from bench.case_list import WAYS, html_of

    unlocked = may_open_cases(request)
    return HttpResponse(html_of(request, WAYS[way](unlocked)))


urlpatterns = [*product_urls, path("bench/<way>/", page, name="bench_page")]
