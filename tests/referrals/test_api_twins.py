"""What the pages of casework and of the desk can do, the API can: each page has its twins, or a reason.

Pages are found in the URL resolver. A new one fails here until somebody decided: build its twin, or write
down why a program needs none. Few need none.
"""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from referrals.views.sections import SECTIONS
from tests.security.routes import doors

API = "/api/v1/"
_CASE = "cases/<uuid:case_id>/"
_CONSENT = f"{_CASE}consents/<uuid:consent_id>/"
_DOCUMENT = f"{_CASE}documents/<uuid:document_id>/"
_TASK = f"{_CASE}tasks/<uuid:task_id>/"
_SENT = "referrals/<uuid:referral_id>/"
_PACKET = "inbox/<uuid:referral_id>/"
_SUPERVISED = "supervise/<uuid:referral_id>/"
_OPENING = "emergencies/<uuid:opening_id>/"
_ROOM = "services/<uuid:service_id>/availability/"

# The page: what of the API does the same, all of it together.
TWINS: dict[str, tuple[str, ...]] = {
    "referrals:needs_me": ("GET needs-me/", "GET cases/", "GET offers/"),
    "referrals:case_new": ("POST cases/",),
    # All that was written down, with the versions to change each part of it.
    "referrals:case_check": (f"GET {_CASE}", *(f"PATCH {_CASE}sections/{code}/" for code in SECTIONS)),
    "referrals:case": (f"GET {_CASE}", f"GET {_CASE}shares/"),
    "referrals:case_edit": tuple(f"PATCH {_CASE}sections/{code}/" for code in SECTIONS),
    "referrals:case_reach": (f"GET {_CASE}reach/",),
    "referrals:case_note": (f"POST {_CASE}notes/",),
    "referrals:case_documents": (f"POST {_CASE}documents/",),
    "referrals:case_document": (f"GET {_DOCUMENT}",),
    "referrals:case_document_delete": (f"POST {_DOCUMENT}delete/",),
    "referrals:case_share": (f"GET {_CASE}shares/", f"POST {_CASE}shares/"),
    "referrals:case_unshare": (f"POST {_CASE}shares/<uuid:person>/end/",),
    "referrals:case_transfer": (f"POST {_CASE}transfer/", f"POST {_CASE}transfer/take-back/"),
    "referrals:left": ("GET left/",),
    "referrals:left_case": ("POST left/<uuid:case_id>/",),
    "referrals:case_successor": (f"POST {_CASE}successor/hand-over/", f"POST {_CASE}successor/take/"),
    "referrals:offer": ("POST offers/<uuid:transfer_id>/take/", "POST offers/<uuid:transfer_id>/decline/"),
    "referrals:emergencies": ("GET emergencies/",),
    "referrals:emergency_ask": ("POST emergencies/look/", "POST emergencies/"),
    "referrals:emergency": tuple(f"POST {_OPENING}{step}/" for step in ("release", "refuse", "open", "end")),
    "referrals:case_asked": (f"POST {_CASE}inquiries/take-back/",),
    "referrals:cases_closed": ("GET cases/closed/",),
    "referrals:case_close": (f"POST {_CASE}close/",),
    "referrals:case_reopen": (f"POST {_CASE}reopen/",),
    "referrals:case_task_new": (f"POST {_CASE}tasks/",),
    "referrals:case_task": (f"PATCH {_TASK}", f"POST {_TASK}done/", f"POST {_TASK}delete/"),
    "referrals:case_contact": (f"POST {_CASE}contact/",),
    "referrals:case_keep": (f"POST {_CASE}keep/", f"POST {_CASE}let-go/"),
    "referrals:case_erase_now": (f"POST {_CASE}erase/",),
    "referrals:case_match": (
        f"POST {_CASE}places/",
        f"POST {_CASE}places/none/",
        "POST places/hold/",
        "POST places/release/",
    ),
    "referrals:case_why": (f"POST {_CASE}places/why/",),
    "referrals:consent_new": (
        f"POST {_CASE}offer/",
        f"POST {_CASE}reading/",
        f"POST {_CASE}consents/",
        f"POST {_CASE}refusals/",
    ),
    "referrals:consent_send": (f"POST {_CONSENT}send/", f"POST {_CONSENT}ask/"),
    "referrals:consent_withdraw": (f"POST {_CONSENT}withdraw/",),
    "referrals:consent_narrow": (f"POST {_CONSENT}narrow/",),
    "referrals:consent_confirm": (f"POST {_CONSENT}confirm/",),
    "referrals:disclosures": (f"GET {_CASE}disclosures/",),
    "referrals:referral": (f"GET {_SENT}", "GET referrals/"),
    "referrals:referral_cancel": (f"POST {_SENT}cancel/",),
    "referrals:referral_withdraw": (f"POST {_SENT}withdraw/",),
    "referrals:referral_fail": (f"POST {_SENT}fail/",),
    "referrals:referral_mistake": (f"POST {_SENT}mistake/",),
    "referrals:referral_answer": (f"POST {_SENT}answer/",),
    "referrals:referral_key": (f"POST {_SENT}key/",),
    "referrals:referral_asked": (f"POST {_SENT}asked/",),
    "referrals:referral_feedback": (f"POST {_SENT}feedback/",),
    "referrals:oversight": ("GET oversight/",),
    "referrals:supervise": ("GET supervise/",),
    "referrals:supervise_cancel": (f"POST {_SUPERVISED}cancel/",),
    "referrals:supervise_mistake": (f"POST {_SUPERVISED}report/", f"POST {_SUPERVISED}decide/"),
    "referrals:exports": ("GET copies/switches/", "POST copies/switches/"),
    "referrals:copy": ("GET copies/", "POST copies/"),
    "referrals:unmet": ("GET unmet/",),
    "referrals:waits": ("GET waits/",),
    "referrals:quality": ("GET services/<uuid:service_id>/quality/",),
    "referrals:late": ("GET late/",),
    "referrals:timers": ("GET timers/", "POST timers/"),
    "referrals:retention": ("GET kept/", "POST kept/"),
    "referrals:retention_years": ("POST kept/years/",),
    "referrals:retention_hold": ("POST kept/<uuid:case_id>/",),
    "referrals:inbox": ("GET inbox/",),
    "referrals:inbox_mine": ("GET inbox/",),
    "referrals:duty": ("GET duty/", "POST duty/"),
    "referrals:duty_drop": ("POST duty/<uuid:shift_id>/drop/",),
    "referrals:packet": (f"GET {_PACKET}",),
    "referrals:packet_reach": (f"GET {_PACKET}",),
    "referrals:packet_assign": (f"GET {_PACKET}assign/", f"POST {_PACKET}assign/"),
    "referrals:packet_take_up": (f"POST {_PACKET}take-up/",),
    **{
        f"referrals:packet_{step}": (f"POST {_PACKET}{step}/",)
        for step in ("claim", "release", "accept", "start", "decline", "ask", "appoint", "deliver", "fail")
    },
    "services:availability_desk": ("GET desk/",),
    "services:availability_report": (f"POST {_ROOM}",),
    "services:availability_undo": (f"POST {_ROOM}undo/",),
    "services:availability_history": (f"GET {_ROOM}history/",),
    "services:availability_heard": (f"POST {_ROOM}heard/",),
    "services:link_make": (
        f"GET {_ROOM}links/",
        f"POST {_ROOM}links/",
        f"POST {_ROOM}links/<uuid:link_id>/take-back/",
    ),
    # The open directory; its standard has an API of its own below /api/hsds/.
    "services:search": ("GET services/",),
    "services:service": ("GET services/<uuid:service_id>/", "GET availability/"),
}

_PAPER = "a page to print; what stands in it is in the case's consents"
_BETWEEN = "words between two pages; nothing is read or changed"
_PEOPLE = "people, papers and agreements are looked after in person; its switches are copies/switches/"
_BY_LINK = "for who has no account: the link is the whole of it"
_PUBLIC = "the public directory: /api/hsds/ gives the same records"
_EDITING = "editors' work on the directory, which programs bring by import"
_MEETINGS = "working groups meet; no program holds their list"
# Without a twin, each with its reason.
WITHOUT: dict[str, str] = {
    "referrals:consent_paper": _PAPER,
    "referrals:consent_form": _PAPER,
    "referrals:case_erase": _BETWEEN,
    "referrals:packet_full": _BETWEEN,
    "referrals:agency": _PEOPLE,
    "referrals:inquiry": _BY_LINK,
    "referrals:inquiry_answered": _BY_LINK,
    "services:provider_link": _BY_LINK,
    "services:still_correct": _BY_LINK,
    "services:wrong": "a word from a passer-by, by a form against floods",
    **dict.fromkeys(("services:place", "services:place_page"), _PUBLIC),
    **dict.fromkeys(("services:exports", "services:export", "services:hsds_profile"), _PUBLIC),
    **dict.fromkeys(("services:sheets", "services:sheet", "services:sheet_pocket"), "pages to print"),
    **dict.fromkeys(
        (f"services:group{one}" for one in ("s", "", "_new", "_edit")),
        _MEETINGS,
    ),
    **dict.fromkeys(
        (
            *(
                f"services:edit{one}"
                for one in ("", "_new", "_waiting", "_proposal", "_entry", "_publication")
            ),
            *(f"services:edit_{one}" for one in ("new_site", "site", "remove_site", "section")),
            *(f"services:{one}" for one in ("told", "told_one", "verify", "verify_entry")),
            *(f"services:{one}" for one in ("duplicates", "duplicate", "merges", "merge_undo")),
            *(f"services:import{one}" for one in ("", "_map", "_review", "_decide", "_run", "_report")),
        ),
        _EDITING,
    ),
}
ROOMS = ("referrals:", "services:")


def pages() -> set[str]:
    """Return the names of all pages of both rooms."""
    return {door.name for door in doors() if door.name.startswith(ROOMS)}


def operations() -> set[str]:
    """Return what can be asked of the API: method and address."""
    return set(_walk(get_resolver().url_patterns, "/"))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for entry in patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, address)
        elif address.startswith(API):
            view = entry.callback.cls
            yield from (
                f"{method} {address.removeprefix(API)}"
                for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
                if hasattr(view, method.lower())
            )


def test_every_page_has_twins_or_a_reason() -> None:
    assert set(TWINS) | set(WITHOUT) == pages()
    assert set(TWINS) & set(WITHOUT) == set()
    assert {one for twins in TWINS.values() for one in twins} - operations() == set()


def test_the_api_does_nothing_that_no_page_does() -> None:
    organizations = {"GET organizations/", "GET organizations/<uuid:organization_id>/"}  # as /api/hsds/ does
    assert operations() - {one for twins in TWINS.values() for one in twins} == organizations
