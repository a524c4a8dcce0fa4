"""Addresses of casework below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from referrals import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/", api.CaseList.as_view()),
    path("cases/<uuid:case_id>/", api.CaseItem.as_view()),
    path("referrals/", api.SentList.as_view()),
    path("referrals/<uuid:referral_id>/", api.SentItem.as_view()),
    path("inbox/", api.InboxList.as_view()),
    path("inbox/<uuid:referral_id>/", api.InboxItem.as_view()),
]
