"""What every page needs to know: its language, the way back, the main navigation.

Works without the database and before anyone has signed in: then it looks only at what the request
already carries. Who has signed in sees how many updates wait on each page (one query).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import notices
from config import done

# How each language calls itself, and its tag for the reader's screen reader.
LANGUAGES = {
    "uz": ("Oʻzbekcha", "uz-Latn"),
    "uz-cyrl": ("Ўзбекча", "uz-Cyrl"),
    "ru": ("Русский", "ru"),
    "en": ("English", "en"),
}


@dataclass(frozen=True)
class Entry:
    """One place of the main navigation, and whose it is: an empty ``roles`` is everybody's."""

    name: str
    label: Promise | str
    icon: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Link:
    url: str
    label: Promise | str
    icon: str
    current: str
    updates: int = 0


FIND = Entry("services:search", _("Find a service"), "search")
SIGN_IN = Entry("accounts:sign_in", _("Sign in"), "person")
# The first page of each role first, then what is looked at most. An address that stands twice is shown once,
# where it comes first for this person.
FOR_SIGNED_IN = (
    Entry("referrals:needs_me", _("What needs me now"), "list", frozenset({"caseworker"})),
    Entry("referrals:inbox", _("Inbox"), "inbox", frozenset({"intake"})),
    Entry("services:availability_desk", _("Our places"), "home", frozenset({"intake"})),
    Entry("referrals:oversight", _("What needs a look"), "eye", frozenset({"supervisor"})),
    Entry("referrals:agency", _("Our organisation"), "home", frozenset({"administrator"})),
    Entry("services:edit", _("Entries"), "edit", frozenset({"editor"})),
    Entry("services:verify", _("Entries to check"), "ok", frozenset({"editor"})),
    FIND,
    Entry("referrals:late", _("Waiting too long"), "wait", frozenset({"supervisor"})),
    Entry("referrals:emergencies", _("Emergency openings"), "shield", frozenset({"supervisor", "custodian"})),
    Entry("accounts:people", _("People"), "people", frozenset({"administrator"})),
    Entry("referrals:needs_me", _("What needs me now"), "list", frozenset({"supervisor"})),
    Entry("referrals:supervise", _("What we have sent"), "forward", frozenset({"supervisor"})),
    Entry("referrals:retention", _("Kept and erased"), "calendar", frozenset({"supervisor"})),
    Entry("referrals:unmet", _("Help that was missing"), "list", frozenset({"analyst"})),
    Entry("referrals:waits", _("How long help took"), "wait", frozenset({"analyst"})),
    Entry("referrals:exports", _("Copies"), "download", frozenset({"supervisor", "administrator"})),
    Entry("accounts:log", _("Who opened what"), "eye", frozenset({"supervisor"})),
    Entry("referrals:duty", _("Who is on duty"), "calendar", frozenset({"administrator"})),
    Entry("accounts:account", _("My account"), "person"),
)
# So many stand in a row; when there are more, all but the first few fold away.
MOST_IN_A_ROW = 6
FIRST_FEW = 4


def page(request: HttpRequest) -> dict[str, Any]:
    """Return ``page``: languages, the way back, navigation and what of it folds, what was done, the cookie
    of a screen that was locked.
    """
    code = get_language() or settings.LANGUAGE_CODE
    name, lang = LANGUAGES[code if code in LANGUAGES else settings.LANGUAGE_CODE]
    # An error page says nothing that depends on the address asked for, so that denied and
    # missing are the same bytes.
    plain = getattr(request, "plain_page", False)
    return {
        "page": {
            "lang": lang,
            "language_name": name,
            "languages": [
                {"code": other, "name": label, "lang": tag, "current": other == code}
                for other, (label, tag) in LANGUAGES.items()
            ],
            "next": "" if plain else _way_back(request),
            **_folded(list(_navigation(request, plain=plain))),
            # A form is sent to the address it stands on: what was done before is not what was refused now.
            "done": "" if plain or request.method == "POST" else done.text_of(request.GET.get("done", "")),
            "signed_in": getattr(request, "unlocked", None) is not None,
            "lock_cookie": settings.LOCK_COOKIE,
            "names_hidden": request.COOKIES.get(settings.NAMES_COOKIE) == "hidden",
        }
    }


def _way_back(request: HttpRequest) -> str:
    """Return the address to come back to after switching the language."""
    return request.get_full_path() if request.method == "GET" else request.path


def _navigation(request: HttpRequest, *, plain: bool) -> Iterator[Link]:
    unlocked = getattr(request, "unlocked", None)
    roles = {str(role) for role in unlocked.roles} if unlocked else set()
    entries = FOR_SIGNED_IN if unlocked else (FIND, SIGN_IN)
    # An error page asks the database nothing, and is the same for everybody.
    updates = notices.counts(unlocked) if unlocked and not plain else {}
    shown: set[str] = set()
    for entry in entries:
        if entry.name in shown or (entry.roles and not entry.roles & roles):
            continue
        shown.add(entry.name)
        url = url_or_none(entry.name)
        if url is None:
            continue
        current = "" if plain else "page" if request.path == url else ""
        yield Link(url, entry.label, entry.icon, current, updates.get(entry.name, 0))


def _folded(links: list[Link]) -> dict[str, Any]:
    """Return ``navigation``, the links in a row, and ``folded``, those that fold away, if any do.

    What is folded says on its outside which of it is the page one is on, and how many updates wait inside.
    """
    if len(links) <= MOST_IN_A_ROW:
        return {"navigation": links, "folded": None}
    inside = links[FIRST_FEW:]
    folded = {
        "links": inside,
        "current": next((link for link in inside if link.current), None),
        "updates": sum(link.updates for link in inside),
    }
    return {"navigation": links[:FIRST_FEW], "folded": folded}


def url_or_none(name: str) -> str | None:
    """Return the address of a page another room brings, or None where that room is not wired in."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def open_page(name: str, roles: frozenset[str]) -> str:
    """Return the address of a page of the navigation that one of the roles opens, else an empty string."""
    mine = (entry for entry in FOR_SIGNED_IN if roles and (not entry.roles or entry.roles & roles))
    return (url_or_none(name) or "") if any(entry.name == name for entry in mine) else ""
