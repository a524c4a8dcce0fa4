"""First-visit hints: what each says, whose it is, putting one away, and all of them on a page.

A hint stands on the first page of a role and before a hard moment, until its reader puts it away; that is
kept on the server (``accounts.hints``). One sentence or two: what belongs into a guide stands in the help.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import hints
from accounts.access import signed_in
from accounts.roles import RoleName
from config.leaving import SeeOther, own_path


@dataclass(frozen=True)
class Hint:
    """A few words for the first time; ``roles`` are those who ever meet it."""

    title: Promise | str
    text: Promise | str
    roles: frozenset[RoleName]


_CASEWORKER = frozenset({RoleName.CASEWORKER})
_DESK = frozenset({RoleName.INTAKE})
_SUPERVISOR = frozenset({RoleName.SUPERVISOR})
_EMERGENCY = frozenset({RoleName.SUPERVISOR, RoleName.CUSTODIAN})

HINTS: dict[str, Hint] = {
    "needs-me": Hint(
        _("Your day begins here"),
        _(
            "What cannot wait stands first: running clocks, answers, consents that end. Your open cases "
            "stand below. When others can see the screen, hide the names."
        ),
        _CASEWORKER,
    ),
    "inbox": Hint(
        _("Who waits for your answer"),
        _(
            "The soonest deadline stands first. You read what she needs before you answer, and who she is "
            "only after you have said yes."
        ),
        _DESK,
    ),
    "places": Hint(
        _("Three taps"),
        _(
            "Say how much room there is: how it is now, how many places, save. After a while your word is "
            "too old to count, so say it again even when nothing has changed."
        ),
        _DESK,
    ),
    "oversight": Hint(
        _("You see that something happens, and not to whom"),
        _(
            "What is late, what takes a second person, and what is unusual in the log. No case opens here. "
            "That you look is written down too."
        ),
        _SUPERVISOR,
    ),
    "agency": Hint(
        _("You look after people, and see no case"),
        _(
            "Invite colleagues, compare their numbers, keep the dates of their training. When a date "
            "passes, cases lock by themselves."
        ),
        frozenset({RoleName.ADMINISTRATOR}),
    ),
    "entries": Hint(
        _("Two people look at every change"),
        _(
            "What you change becomes visible when another editor has approved it. Where a safe place is, "
            "you never write down."
        ),
        frozenset({RoleName.EDITOR}),
    ),
    "emergencies": Hint(
        _("Two people, and never in silence"),
        _(
            "A supervisor asks, a custodian releases, for 24 hours. Her caseworker is told each time. Speak "
            "with the colleague who asks before you answer."
        ),
        _EMERGENCY,
    ),
    "unmet": Hint(
        _("Numbers, and nobody in them"),
        _(
            "Small numbers are hidden, and a few more with them, so that nobody can be found. Hidden is not "
            "none."
        ),
        frozenset({RoleName.ANALYST}),
    ),
    "case-new": Hint(
        _("An invented name is enough"),
        _(
            "Ask only what helps her now. You can stop after any page: what you saved is sealed, and waits "
            "on your list."
        ),
        _CASEWORKER,
    ),
    "contact": Hint(
        _("This can protect her or endanger her"),
        _(
            "Ask her who else sees her telephone, and when she is alone. What you write here stands above "
            "everything else in her case."
        ),
        _CASEWORKER,
    ),
    "consent": Hint(
        _("Her yes opens one thing to one organisation"),
        _(
            "The law, what may be told, reading it to her, checking: a page each. Nothing is kept before she "
            "has answered, so you can stop at any time."
        ),
        _CASEWORKER,
    ),
    "send": Hint(
        _("Before you send"),
        _(
            "What stands here is all they will ever read of her, and it cannot be changed afterwards. She "
            "can take her consent back at any time."
        ),
        _CASEWORKER,
    ),
    "decline": Hint(
        _("A quick no helps her too"),
        _(
            "Her caseworker sees your reason at once, and other places with it. Nobody counts how often you "
            "say no."
        ),
        _DESK,
    ),
    "emergency": Hint(
        _("Only when waiting would hurt her"),
        _(
            "You need her case’s reference, a reason, and a custodian who releases it. Her caseworker learns "
            "of it at once. Call them first, if you can."
        ),
        _SUPERVISOR,
    ),
    "erase": Hint(
        _("Nobody can bring it back"),
        _(
            "Do it only when she herself asks, and nobody makes her. First look through what she may still "
            "need: papers, numbers, a referral under way."
        ),
        _CASEWORKER,
    ),
}


def hint_for(request: HttpRequest, code: str, *, is_answer: bool = False) -> Hint | None:
    """Return a hint that its reader has not put away.

    On the answer to a POST there is none, because putting it away would lose what was typed; but where the
    page always is one (``is_answer``), it knows the way.
    """
    unlocked = getattr(request, "unlocked", None)
    hint = HINTS[code]
    if unlocked is None or (request.method != "GET") != is_answer or unlocked.roles.isdisjoint(hint.roles):
        return None
    return None if hints.is_put_away(unlocked, code) else hint


@require_POST
def put_away(request: HttpRequest, code: str) -> HttpResponse:
    """Never show this hint to this person again, and go back to where it stood."""
    unlocked = signed_in(request)
    if code not in HINTS:
        raise Http404
    hints.put_away(unlocked, code)
    return SeeOther(own_path(request.POST.get("next", "")))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every hint of the person's roles, whether they were put away or not."""
    unlocked = signed_in(request)
    mine: list[dict[str, Any]] = [
        {"title": hint.title, "text": hint.text, "is_put_away": hints.is_put_away(unlocked, code)}
        for code, hint in HINTS.items()
        if not unlocked.roles.isdisjoint(hint.roles)
    ]
    return render(request, "hints.html", {"hints": mine, "some": any(one["is_put_away"] for one in mine)})


@require_POST
def show_again(request: HttpRequest) -> HttpResponse:
    """Show all hints again, each where it belongs."""
    hints.show_again(signed_in(request), list(HINTS))
    return SeeOther(f"{request.path.removesuffix('again/')}?done=hints-again")
