"""The directory's addresses under /api/v1/."""

from django.urls import path

from services import api

urlpatterns = [
    path("services/", api.ServiceList.as_view()),
    path("services/<uuid:service_id>/", api.ServiceItem.as_view()),
    path("organizations/", api.OrganizationList.as_view()),
    path("organizations/<uuid:organization_id>/", api.OrganizationItem.as_view()),
    path("availability/", api.AvailabilityList.as_view()),
]
