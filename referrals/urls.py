"""Addresses of the referrals room. None holds a case's id together with a referral's or a service's."""

from django.urls import URLPattern, URLResolver, path

from referrals.views import (
    cases,
    closing,
    consent,
    decided,
    disclosures,
    documents,
    duty,
    emergency,
    exports,
    feedback,
    find,
    followup,
    home,
    inbox,
    inquiry,
    late,
    question,
    referral,
    retention,
    sharing,
    statistics,
    succession,
    supervise,
    transfer,
)

app_name = "referrals"

_CASE = "cases/<uuid:case_id>/"
_CONSENT = f"{_CASE}consents/<uuid:consent_id>/"
_DOCUMENT = f"{_CASE}documents/<uuid:document_id>/"
_SENT = "referrals/<uuid:referral_id>/"
_PACKET = "inbox/<uuid:referral_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.needs_me, name="needs_me"),
    path("cases/new/", cases.case_new, name="case_new"),
    path(_CASE, cases.case, name="case"),
    path(f"{_CASE}edit/<slug:code>/", cases.case_edit, name="case_edit"),
    path(f"{_CASE}reach/", cases.case_reach, name="case_reach"),
    path(f"{_CASE}notes/", cases.case_note, name="case_note"),
    path(f"{_CASE}documents/", documents.case_documents, name="case_documents"),
    path(_DOCUMENT, documents.case_document, name="case_document"),
    path(f"{_DOCUMENT}delete/", documents.case_document_delete, name="case_document_delete"),
    path(f"{_CASE}share/", sharing.case_share, name="case_share"),
    path(f"{_CASE}share/<uuid:person>/end/", sharing.case_unshare, name="case_unshare"),
    path(f"{_CASE}transfer/", transfer.case_transfer, name="case_transfer"),
    path(f"{_CASE}successor/", succession.case_successor, name="case_successor"),
    path("left/", succession.left, name="left"),
    path("left/<uuid:case_id>/", succession.left_case, name="left_case"),
    path("emergencies/", emergency.emergencies, name="emergencies"),
    path("emergencies/ask/", emergency.ask, name="emergency_ask"),
    path("emergencies/<uuid:opening_id>/", emergency.emergency, name="emergency"),
    path("offers/<uuid:transfer_id>/", transfer.offer, name="offer"),
    path(f"{_CASE}asked/", inquiry.case_asked, name="case_asked"),
    path("cases/closed/", closing.cases_closed, name="cases_closed"),
    path(f"{_CASE}close/", closing.case_close, name="case_close"),
    path(f"{_CASE}reopen/", closing.case_reopen, name="case_reopen"),
    path(f"{_CASE}tasks/", followup.case_task_new, name="case_task_new"),
    path(f"{_CASE}tasks/<uuid:task_id>/", followup.case_task, name="case_task"),
    path(f"{_CASE}contact/", followup.case_contact, name="case_contact"),
    path(f"{_CASE}keep/", retention.case_keep, name="case_keep"),
    path(f"{_CASE}erase/", retention.case_erase, name="case_erase"),
    path(f"{_CASE}erase/now/", retention.case_erase_now, name="case_erase_now"),
    path(f"{_CASE}find/", find.case_match, name="case_match"),
    path(f"{_CASE}consent/", consent.consent_new, name="consent_new"),
    path(f"{_CONSENT}send/", consent.consent_send, name="consent_send"),
    path(f"{_CONSENT}withdraw/", consent.consent_withdraw, name="consent_withdraw"),
    path(f"{_CONSENT}paper/", decided.consent_paper, name="consent_paper"),
    path(f"{_CONSENT}narrow/", decided.consent_narrow, name="consent_narrow"),
    path(f"{_CASE}disclosures/", disclosures.disclosures, name="disclosures"),
    path("consent-form/<slug:text>/", decided.consent_form, name="consent_form"),
    path(f"{_CONSENT}confirm/", consent.consent_confirm, name="consent_confirm"),
    path(_SENT, referral.referral, name="referral"),
    path(f"{_SENT}cancel/", referral.referral_cancel, name="referral_cancel"),
    path(f"{_SENT}withdraw/", referral.referral_withdraw, name="referral_withdraw"),
    path(f"{_SENT}fail/", referral.referral_fail, name="referral_fail"),
    path(f"{_SENT}mistake/", supervise.referral_mistake, name="referral_mistake"),
    path("supervise/", supervise.supervise, name="supervise"),
    path("supervise/<uuid:referral_id>/cancel/", supervise.supervise_cancel, name="supervise_cancel"),
    path("supervise/<uuid:referral_id>/mistake/", supervise.supervise_mistake, name="supervise_mistake"),
    path(f"{_SENT}answer/", question.referral_answer, name="referral_answer"),
    path(f"{_SENT}key/", question.referral_key, name="referral_key"),
    path(f"{_SENT}asked/", referral.referral_asked, name="referral_asked"),
    path("ask/answered/", inquiry.answered, name="inquiry_answered"),
    path("ask/<str:token>/", inquiry.provider, name="inquiry"),
    path("copies/", exports.exports, name="exports"),
    path("copies/take/", exports.copy, name="copy"),
    path("unmet/", statistics.unmet, name="unmet"),
    path(f"{_SENT}feedback/", feedback.referral_feedback, name="referral_feedback"),
    path("quality/<uuid:service_id>/", feedback.quality, name="quality"),
    path("late/", late.late, name="late"),
    path("timers/", late.timers, name="timers"),
    path("kept/", retention.kept, name="retention"),
    path("kept/years/", retention.decide_years, name="retention_years"),
    path("kept/<uuid:case_id>/", retention.decide_hold, name="retention_hold"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/mine/", inbox.mine, name="inbox_mine"),
    path("duty/", duty.roster, name="duty"),
    path("duty/<uuid:shift_id>/drop/", duty.drop, name="duty_drop"),
    path("inbox/full/", inbox.packet_full, name="packet_full"),
    path(_PACKET, inbox.packet, name="packet"),
    path(f"{_PACKET}reach/", inbox.packet_reach, name="packet_reach"),
    path(f"{_PACKET}assign/", inbox.packet_assign, name="packet_assign"),
    path(f"{_PACKET}appoint/", inbox.packet_appoint, name="packet_appoint"),
    *(
        path(f"{_PACKET}{code}/", inbox.packet_step, {"code": code}, name=f"packet_{code}")
        for code in ("claim", "release", "accept", "start", "take_up")
    ),
    *(
        path(f"{_PACKET}{code}/", inbox.packet_question, {"code": code}, name=f"packet_{code}")
        for code in ("decline", "ask", "deliver", "fail")
    ),
]
