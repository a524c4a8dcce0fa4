"""Addresses of casework below /api/v1/. None holds a case's id together with a referral's or a service's."""

from django.urls import URLPattern, URLResolver, path

from referrals.api import (
    cases,
    consents,
    documents,
    ending,
    followup,
    home,
    packets,
    sent,
    supervision,
    transfers,
)

_CASE = "cases/<uuid:case_id>/"
_TASK = f"{_CASE}tasks/<uuid:task_id>/"
_CONSENT = f"{_CASE}consents/<uuid:consent_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/", cases.CaseList.as_view()),
    path("cases/closed/", ending.ClosedList.as_view()),
    path(_CASE, cases.CaseItem.as_view()),
    *(path(f"{_CASE}sections/{code}/", view.as_view()) for code, view in cases.edit_views().items()),
    path(f"{_CASE}reach/", cases.Reach.as_view()),
    path(f"{_CASE}notes/", cases.Notes.as_view()),
    path(f"{_CASE}shares/", cases.Shares.as_view()),
    path(f"{_CASE}shares/<uuid:person>/end/", cases.ShareEnd.as_view()),
    path(f"{_CASE}inquiries/take-back/", cases.TakeBack.as_view()),
    path(f"{_CASE}close/", cases.Close.as_view()),
    path(f"{_CASE}reopen/", ending.Reopen.as_view()),
    path(f"{_CASE}erase/", ending.Erase.as_view()),
    path(f"{_CASE}tasks/", followup.Tasks.as_view()),
    path(_TASK, followup.TaskItem.as_view()),
    path(f"{_TASK}done/", followup.TaskDone.as_view()),
    path(f"{_TASK}delete/", followup.TaskDelete.as_view()),
    path(f"{_CASE}documents/", documents.Documents.as_view()),
    path(f"{_CASE}documents/<uuid:document_id>/", documents.DocumentItem.as_view()),
    path(f"{_CASE}documents/<uuid:document_id>/delete/", documents.DocumentDelete.as_view()),
    path(f"{_CASE}contact/", followup.Contact.as_view()),
    path(f"{_CASE}transfer/", transfers.Transfer.as_view()),
    path(f"{_CASE}transfer/take-back/", transfers.TransferEnd.as_view()),
    path(f"{_CASE}disclosures/", consents.Disclosures.as_view()),
    path(f"{_CASE}places/", cases.Places.as_view()),
    path(f"{_CASE}places/why/", cases.WhyNot.as_view()),
    path(f"{_CASE}places/none/", cases.NothingFound.as_view()),
    path(f"{_CASE}offer/", consents.Offer.as_view()),
    path(f"{_CASE}reading/", consents.Reading.as_view()),
    path(f"{_CASE}consents/", consents.Consents.as_view()),
    path(f"{_CASE}refusals/", consents.Refusals.as_view()),
    path(f"{_CONSENT}confirm/", consents.Confirm.as_view()),
    path(f"{_CONSENT}withdraw/", consents.Withdraw.as_view()),
    path(f"{_CONSENT}narrow/", consents.Narrow.as_view()),
    path(f"{_CONSENT}send/", consents.Send.as_view()),
    path(f"{_CONSENT}ask/", consents.Ask.as_view()),
    path("offers/", transfers.Offers.as_view()),
    path("offers/<uuid:transfer_id>/take/", transfers.Take.as_view()),
    path("offers/<uuid:transfer_id>/decline/", transfers.Decline.as_view()),
    path("needs-me/", home.NeedsMe.as_view()),
    path("services/<uuid:service_id>/availability/", home.Availability.as_view()),
    path("places/hold/", cases.Hold.as_view()),
    path("places/release/", cases.Release.as_view()),
    path("referrals/", sent.SentList.as_view()),
    path("referrals/<uuid:referral_id>/", sent.SentItem.as_view()),
    *(path(f"referrals/<uuid:referral_id>/{code}/", view.as_view()) for code, view in sent.STEPS.items()),
    path("inbox/", packets.InboxList.as_view()),
    path("inbox/<uuid:referral_id>/", packets.InboxItem.as_view()),
    *(path(f"inbox/<uuid:referral_id>/{code}/", view.as_view()) for code, view in packets.STEPS.items()),
    path("inbox/<uuid:referral_id>/assign/", packets.Assign.as_view()),
    path("supervise/", supervision.SuperviseList.as_view()),
    *(
        path(f"supervise/<uuid:referral_id>/{code}/", one.as_view())
        for code, one in supervision.STEPS.items()
    ),
    path("late/", supervision.LateList.as_view()),
    path("timers/", supervision.Timers.as_view()),
]
