"""Addresses of the services room."""

from django.urls import path

from services.views import (
    desk,
    duplicates,
    exports,
    groups,
    imports,
    public,
    reviews,
    sheets,
    verify,
)

app_name = "services"
urlpatterns = [
    path("", public.search, name="search"),
    path("places/", public.places, name="place"),
    path("services/<uuid:service_id>/", public.service, name="service"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/<slug:place>/numbers.pdf", sheets.sheet, name="sheet"),
    path("sheets/<slug:place>/notes.pdf", sheets.pocket, name="sheet_pocket"),
    path("data/", exports.exports, name="exports"),
    path("data/profile/", exports.profile, name="hsds_profile"),
    path("data/<str:code>/", exports.download, name="export"),
    path("desk/", desk.desk, name="availability_desk"),
    path("desk/<uuid:service_id>/", desk.report, name="availability_report"),
    path("verify/", verify.queue, name="verify"),
    path("verify/duplicates/", duplicates.pairs, name="duplicates"),
    path("verify/duplicates/merges/", duplicates.merges, name="merges"),
    path("verify/duplicates/merges/<uuid:merge_id>/undo/", duplicates.undo, name="merge_undo"),
    path("verify/duplicates/<uuid:service_id>/<uuid:other_id>/", duplicates.compare, name="duplicate"),
    path("verify/<uuid:service_id>/", verify.entry, name="verify_entry"),
    path("still-correct/<str:answer_token>/", verify.still_correct, name="still_correct"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.new, name="group_new"),
    path("groups/<uuid:group_id>/", groups.group, name="group"),
    path("groups/<uuid:group_id>/edit/", groups.edit, name="group_edit"),
    path("import/", imports.imports, name="import"),
    path("import/map/<uuid:upload_id>/", imports.mapping, name="import_map"),
    path("import/review/", reviews.review, name="import_review"),
    path("import/review/<int:row_id>/", reviews.decide, name="import_decide"),
    path("import/<uuid:run_id>/", imports.run, name="import_run"),
    path("import/<uuid:run_id>/report/", imports.report, name="import_report"),
]
