"""What to try first in the demo: the main job of each role, who to be for it, and the pages it goes through.

Printed by ``setup_demo`` and shown on the demo's front page; both read it here. Data only.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Stop:
    """One thing to try, and the route of the page where it begins."""

    route: str
    text: Promise | str


@dataclass(frozen=True)
class Way:
    """A role's main job in a few stops; ``person`` is who to sign in as, empty for nobody."""

    person: str
    title: Promise | str
    stops: tuple[Stop, ...]


WAYS = (
    Way(
        "",
        _("Somebody who looks for help"),
        (
            Stop("services:search", _("Find a lawyer in Jizzakh. Nothing asks who you are.")),
            Stop("services:sheets", _("Make a paper that folds into a pocket.")),
            Stop("exit_about", _("Press “Leave now”, then go back in the browser.")),
        ),
    ),
    Way(
        "dilnoza",
        _("A caseworker"),
        (
            Stop("referrals:needs_me", _("Look at what cannot wait: Uzum’s hours are running.")),
            Stop(
                "referrals:case_new",
                _("Open a case with an invented name, find a service, ask for consent, send."),
            ),
            Stop("referrals:needs_me", _("Open Gilos: they say that they have helped. Ask her, then close.")),
        ),
    ),
    Way(
        "nodira",
        _("The desk of a provider"),
        (
            Stop("services:availability_desk", _("Say in three taps how many places are free.")),
            Stop("referrals:inbox", _("Answer the referral that waits. Her name comes only after your yes.")),
        ),
    ),
    Way(
        "saida",
        _("A supervisor, who edits the directory too"),
        (
            Stop("accounts:log", _("See who opened what, and check the whole log.")),
            Stop(
                "referrals:emergencies",
                format_lazy(
                    _("A case was asked for in an emergency. Sign in as {name} to release it, or not."),
                    name="karima",
                ),
            ),
            Stop(
                "services:edit",
                format_lazy(_("Change an entry. Sign in as {name} to approve it."), name="lobar"),
            ),
        ),
    ),
    Way(
        "karima",
        _("An administrator"),
        (
            Stop("accounts:people", _("Invite a colleague, and join with the code in another browser.")),
            Stop("accounts:leaving", _("Choose where “Leave now” leads.")),
        ),
    ),
)
