"""Addresses of the services room."""

from django.urls import path

from services.views import (
    desk,
    editing,
    exports,
    imports,
    provider_links,
    public,
    reviews,
    sheets,
    suggestions,
)

app_name = "services"
urlpatterns = [
    path("", public.search, name="search"),
    path("places/", public.places, name="place"),
    path("services/<uuid:service_id>/", public.service, name="service"),
    path("services/<uuid:service_id>/wrong/", suggestions.wrong, name="wrong"),
    path("edit/", editing.home, name="edit"),
    path("edit/new/", editing.new, name="edit_new"),
    path("edit/waiting/", editing.waiting, name="edit_waiting"),
    path("edit/waiting/<uuid:proposal_id>/", editing.proposal, name="edit_proposal"),
    path("edit/told/", suggestions.queue, name="told"),
    path("edit/told/<uuid:suggestion_id>/", suggestions.suggestion, name="told_one"),
    path("edit/<uuid:service_id>/", editing.entry, name="edit_entry"),
    path("edit/<uuid:service_id>/publication/", editing.publication, name="edit_publication"),
    path("edit/<uuid:service_id>/sites/new/", editing.new_site, name="edit_new_site"),
    path("edit/<uuid:service_id>/sites/<uuid:location_id>/", editing.site, name="edit_site"),
    path("edit/<uuid:service_id>/<slug:section>/<uuid:target>/", editing.section, name="edit_section"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/<slug:place>/numbers.pdf", sheets.sheet, name="sheet"),
    path("sheets/<slug:place>/notes.pdf", sheets.pocket, name="sheet_pocket"),
    path("data/", exports.exports, name="exports"),
    path("data/profile/", exports.profile, name="hsds_profile"),
    path("data/<str:code>/", exports.download, name="export"),
    path("desk/", desk.desk, name="availability_desk"),
    path("desk/<uuid:service_id>/", desk.report, name="availability_report"),
    path("desk/<uuid:service_id>/undo/", desk.undo, name="availability_undo"),
    path("desk/<uuid:service_id>/history/", desk.history, name="availability_history"),
    path("services/<uuid:service_id>/heard/", desk.heard, name="availability_heard"),
    path("services/<uuid:service_id>/link/", provider_links.make, name="link_make"),
    path("link/<str:token>/", provider_links.provider, name="provider_link"),
    path("import/", imports.imports, name="import"),
    path("import/map/<uuid:upload_id>/", imports.mapping, name="import_map"),
    path("import/review/", reviews.review, name="import_review"),
    path("import/review/<int:row_id>/", reviews.decide, name="import_decide"),
    path("import/<uuid:run_id>/", imports.run, name="import_run"),
    path("import/<uuid:run_id>/report/", imports.report, name="import_report"),
]
