"""What stands in clear beside the sealed columns, one decision each. A new column fails until decided."""

import pytest
from django.apps import apps

ID = "random id"
KEY = "epoch, revision or key: bound into the seal, says nothing about her"
GRAPH = "who may open what: the pseudonymous grant graph that product and security.md accept"
STATE = "where it stands: named in security.md, Clear columns"
SEALED = "sealed, wrapped or signed: see test_sealed_columns"
MONTH = "month only"
TIDE = "the fortnight in which the half was last sealed: all halves of the site have the same"

CLEAR: dict[str, dict[str, str]] = {
    "Case": {
        "id": ID,
        "agency": STATE,
        "is_open": STATE,
        "month_opened": MONTH,
        "month_closed": MONTH,
        "retention_class": STATE,
        "destroy_after": MONTH,
        "erasure_told": "whether it was told that it will be erased: nothing that destroy_after does not say",
        "key_epoch": KEY,
        "rotation_due": KEY,
        "owner_left": "that nobody owns it: nothing that the rows of who may open it do not say",
        "version": "a counter of changes: the optimistic lock",
        "share_a": SEALED,
        "share_a_signature": SEALED,
        "share_a_key_epoch": KEY,
        "share_b": SEALED,
        "share_b_signature": SEALED,
        "share_b_key_epoch": KEY,
        "shares_granted_by": GRAPH,
    },
    "CaseHalf": {"id": ID, "case": KEY, "epoch": KEY, "half": SEALED, "tide": TIDE},
    "CaseHold": {
        "case": KEY,
        "until": MONTH,
        "asked_by": GRAPH,
        "asked_on": "a day: when somebody asked to keep it longer; why is sealed in the case",
        "agreed_by": GRAPH,
        "lift_asked_by": GRAPH,
    },
    # Sizes are padded; which item of the case it is, the item says too.
    "CaseDocument": {"id": ID, "case": KEY, "sealed": SEALED},
    "DocumentHalf": {"id": ID, "document": KEY, "half": SEALED, "tide": TIDE},
    "CaseItem": {
        "id": ID,
        "case": KEY,
        "section": "which section a sealed item is of; sizes are padded",
        "epoch": KEY,
        "revision": KEY,
        "sealed": SEALED,
    },
    "CaseUserPermission": {
        "id": ID,
        "permission": GRAPH,
        "user": GRAPH,
        "content_object": GRAPH,
        "key_epoch": KEY,
        "recipient_key_epoch": KEY,
        "wrapped_key": SEALED,
        "signature": SEALED,
        "granted_by": GRAPH,
        "expires_at": GRAPH,
    },
    "Referral": {
        "id": ID,
        "sender_agency": STATE,
        "recipient_agency": STATE,
        "state": STATE,
        "reason_code": STATE,
        "version": "a counter of changes: the optimistic lock",
        "policy": "timer policy: named in security.md, Clear columns",
        "sent_at": "exact while live, a day once ended",
        "respond_by": "while live only",
        "escalate_at": "while live only",
        "expires_at": "while live only",
        "consent_expires_at": "while live only",
        "error_asked_by": "who reported a mistake: until a second person decides",
        "paused_until": "while live only",
        "accepted_at": "exact while live, a day once ended",
        "delivered_at": "exact while live, a day once ended",
        "ended_at": "a day",
        "told": "how far a late answer was told: nothing that respond_by and escalate_at do not say",
        "claimed_by": "for ten minutes",
        "claimed_until": "for ten minutes",
        "epoch": KEY,
        "revision": KEY,
        "sealed_opaque": SEALED,
        "sealed_identity": SEALED,
        "sealed_sender": SEALED,
        "sealed_answer": SEALED,
        "sealed_meeting": SEALED,
        "handover": SEALED,
        "handover_signature": SEALED,
        "handover_key_epoch": KEY,
        "handover_until": "while it waits for an answer, or to be taken up, only",
        "handover_by": GRAPH,
        "worker_left": "that nobody works on it: nothing that the rows of who may read it do not say",
        "sent_by": GRAPH,
    },
    "Inquiry": {
        "id": ID,
        "agency": STATE,
        "asked_by": GRAPH,
        "token_hash": "of 32 random bytes: finds the row, cannot be guessed back",
        "sealed_opaque": SEALED,
        "asked_at": "exact while it waits, a day once it is over",
        "expires_at": "while it waits only",
        "answer": "a code, as a referral's state; no service, no organisation, no case",
        "reason_code": STATE,
        "ended_at": "a day",
    },
    "InquiryHalf": {"id": ID, "inquiry": KEY, "half": SEALED, "tide": TIDE},
    "ReferralHalf": {"id": ID, "referral": KEY, "part": KEY, "half": SEALED, "tide": TIDE},
    "ReferralUserPermission": {},
    "ReferralGroupPermission": {},
    "DoneOnce": {
        "id": ID,
        "person": "who posted a form, for a day",
        "key": ID,
        "result": "the id of what was made: in the grant graph too; or a request's hash under its own key",
        "day": "deleted after a day",
    },
    "DutyShift": {
        "id": ID,
        "agency": "how an agency works, nobody's case",
        "person": "who is at the desk when, nobody's case",
        "weekday": "who is at the desk when, nobody's case",
        "day": "who is at the desk when, nobody's case; deleted when over",
        "starts": "who is at the desk when, nobody's case",
        "ends": "who is at the desk when, nobody's case",
    },
    "EmergencyOpening": {
        "id": ID,
        "case": GRAPH,
        "asked_by": GRAPH,
        "reason": "a code why two people opened a case: of the case's owner, not of her",
        "released_by": GRAPH,
        "step": GRAPH,
        "asked_on": "a day; deleted after 90",
        "ends_at": "while it runs only",
        "key_epoch": KEY,
        "recipient_key_epoch": KEY,
        "share_b": SEALED,
        "share_b_signature": SEALED,
    },
    "CaseSuccessor": {
        "case": GRAPH,
        "person": GRAPH,
        "named_by": GRAPH,
        "until": "a moment, while it lasts only",
        "signature": SEALED,
    },
    "CaseTransfer": {
        "id": ID,
        "case": GRAPH,
        "offered_by": GRAPH,
        "offered_to": GRAPH,
        "outcome": GRAPH,
        "ends_shares": GRAPH,
        "offered_on": "a day; deleted two weeks after it ended",
        "expires_at": "while it waits only",
        "ended_on": "a day; deleted two weeks after it ended",
        "key_epoch": KEY,
        "recipient_key_epoch": KEY,
        "wrapped_key": SEALED,
        "signature": SEALED,
        "sealed": SEALED,
    },
    "RetentionPolicy": {
        "id": ID,
        "agency": "how an agency works, nobody's case",
        "version": "how an agency works, nobody's case",
        "standard_years": "how an agency works, nobody's case",
        "child_years": "how an agency works, nobody's case",
        "is_longer": "how an agency works, nobody's case",
        "asked_by": "which supervisor asked",
        "asked_on": "a day",
        "decided_by": "which supervisor decided",
        "decided_on": "a day",
    },
    "TimerPolicy": {
        "id": ID,
        "agency": "how an agency works, nobody's case",
        "version": "how an agency works, nobody's case",
        **{
            f"{urgency}_{name}": "timer policy: named in security.md, Clear columns"
            for urgency in ("emergency", "urgent", "routine")
            for name in ("answer", "supervisor", "end")
        },
        "working_week": "how an agency works, nobody's case",
        "decided_by": "which supervisor decided",
        "decided_on": "a day",
    },
    "UnmetNeed": {
        "id": ID,
        "month": MONTH,
        "district": "only with her consent to statistics; no case, no agency",
        "service_type": "only with her consent to statistics; no case, no agency",
        "reason": "only with her consent to statistics; no case, no agency",
    },
    "WaitSum": {
        "id": ID,
        "quarter": "quarter only",
        "service_type": "a sum about a kind of help; only with her consent to statistics",
        "wait": "a sum about a kind of help; no case, no agency, no person",
        "number": "a sum about a kind of help; no case, no agency, no person",
    },
    "ServiceFeedback": {
        "id": ID,
        "service": "a sum about a service; only with her consent to statistics",
        "quarter": "quarter only",
        "question": "a sum about a service; no case, no agency, no person",
        "yes": "a sum about a service; no case, no agency, no person",
        "no": "a sum about a service; no case, no agency, no person",
    },
    "ExportSwitch": {
        "id": ID,
        "agency": "how an agency works, nobody's case",
        "role": "how an agency works, nobody's case",
        "asked_by": "which two people decided",
        "asked_on": "a day",
        "approved_by": "which two people decided",
        "approved_on": "a day",
    },
}
CLEAR["ReferralUserPermission"] = CLEAR["CaseUserPermission"]
CLEAR["ReferralGroupPermission"] = {
    ("group" if name == "user" else name): why for name, why in CLEAR["CaseUserPermission"].items()
}


def test_every_table_is_decided() -> None:
    assert {table.__name__ for table in apps.get_app_config("referrals").get_models()} == set(CLEAR)


@pytest.mark.parametrize("table", sorted(CLEAR))
def test_every_column_is_decided(table: str) -> None:
    model = apps.get_model("referrals", table)
    assert {column.name for column in model._meta.concrete_fields} == set(CLEAR[table])


def test_what_waits_to_be_told_names_a_person_and_a_page_and_nothing_else() -> None:
    """The outbox and the numbers on pages: no id of a case or a referral, no text."""
    columns = {
        "Notice": {"id", "person", "channel", "is_urgent", "number", "attempts", "not_before"},
        "Update": {"id", "person", "page", "number"},
        "Gateway": {"agency", "url", "secret_epoch"},
        "NoticeChoice": {
            "person", "email", "waiting_email", "code_until", "wrong_codes", "language", "by_email",
            "by_gateway", "handle", "emergencies_at_night", "told_at",
        },
    }  # fmt: skip
    for table, names in columns.items():
        model = apps.get_model("accounts", table)
        assert {column.name for column in model._meta.concrete_fields} == names


def test_referral_does_not_lead_to_its_case() -> None:
    """No column of a referral's tables points at a case, directly or through another table."""
    tables = [apps.get_model("referrals", name) for name in CLEAR if name.startswith("Referral")]
    targets = {
        column.related_model.__name__
        for table in tables
        for column in table._meta.concrete_fields
        if column.related_model is not None
    }
    assert targets == {"Agency", "Person", "Referral", "Permission", "Group"}
