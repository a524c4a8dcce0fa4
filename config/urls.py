"""Addresses. Each room brings its own; this file only says where they hang."""

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from config import help as help_pages
from config import hints, screen, views

urlpatterns = [
    path("", views.home, name="home"),
    path("exit/", views.leave, name="exit"),
    path("exit/about/", views.leave_about, name="exit_about"),
    path("language/", views.set_language, name="set_language"),
    path("lock/", screen.lock, name="lock"),
    path("names/", screen.show_names, name="show_names"),
    path("hints/", hints.index, name="hints"),
    path("hints/again/", hints.show_again, name="hints_again"),
    path("hints/<slug:code>/", hints.put_away, name="hint_put_away"),
    path("privacy/", views.privacy, name="privacy"),
    path("help/", help_pages.index, name="help"),
    path("help/<slug:guide>/", help_pages.guide, name="guide"),
    path("help/<slug:guide>/steps.pdf", help_pages.paper, name="guide_paper"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("", include("accounts.urls")),
    path("directory/", include("services.urls")),
    path("work/", include("referrals.urls")),
    path("api/v1/", include("config.api_urls")),
    path("api/hsds/", include("services.hsds_api.urls")),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny]),
        name="schema",
    ),
]

if not settings.PRODUCTION:
    from config import style

    urlpatterns += [path("style/", style.page, name="style")]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.not_found"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
