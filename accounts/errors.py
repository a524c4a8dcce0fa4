"""What can go wrong in this room. No error here carries a name, a code or a key."""

from django.utils.translation import gettext_lazy as _


class AccountsError(Exception):
    """The parent of every error of this room; ``message`` may be shown to the person."""

    message = _("This could not be done.")

    def __init__(self) -> None:
        super().__init__(type(self).__name__)


class SignInFailed(AccountsError):
    """Name, password and card do not open anything together; which of them is never said."""

    message = _("The name, the password or the card is not right. Check them and try again.")


class NotActive(AccountsError):
    """The password is right, but the administrator has not signed this person's keys yet."""

    message = _("Your administrator has not activated your account yet. Read them your number.")


class SlowDown(AccountsError):
    """Too many attempts; ``seconds`` is how long to wait."""

    message = _("Too many attempts. Wait a little and try again.")

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class Busy(AccountsError):
    """Too many people are signing in at this moment."""

    message = _("Many people are signing in right now. Try again in a moment.")


class WrongCode(AccountsError):
    """A one-time code from the telephone does not fit, or was used before."""

    message = _("This code is not right, or it was used already. Wait for the next one.")


class CodeUnknown(AccountsError):
    """An invitation code is mistyped, used or too old; which of them is never said."""

    message = _("This code is not known, or it was used already, or it is too old.")


class WeakPassword(AccountsError):
    """The password is too short, too simple or too close to the name."""

    message = _("Choose at least 12 characters: not your name, not only digits, nothing repeated.")


class NameTaken(AccountsError):
    """Somebody signs in with this name already."""

    message = _("Somebody uses this sign-in name already. Choose another.")


class NameAlike(AccountsError):
    """A colleague would be taken for another one, and be given what is meant for them."""

    message = _("A colleague has this name already. Add what tells the two apart.")


class NotAllowed(AccountsError):
    """A rule of this room forbids the change; the parent of the more exact ones below."""

    message = _("This is not allowed.")


class NotYourself(NotAllowed):
    """Nobody gives themselves a role or removes themselves."""

    message = _("You cannot do this for yourself. Ask another administrator.")


class RolesApart(NotAllowed):
    """Supervisor and key custodian hold the two halves of recovery: never the same person."""

    message = _("Nobody can be supervisor and key custodian at the same time.")


class LastHolder(NotAllowed):
    """The agency would lose a key for ever."""

    message = _("They are the last to hold a key of your organisation. First give the role to a colleague.")


class KeysChanged(NotAllowed):
    """What is to be signed is not what was shown."""

    message = _("The keys are not the ones you compared. Do not activate this person; tell your supervisor.")


class SetUpIncomplete(NotAllowed):
    """A new agency needs an administrator, a supervisor and a key custodian."""

    message = _("A new organisation needs an administrator, a supervisor and a key custodian.")


class SignInNeeded(AccountsError):
    """Nobody is signed in: the middleware leads to the sign-in page."""


class StepUpNeeded(AccountsError):
    """The password is asked once more before this page. ``then``: where to go on, when not to this page."""

    def __init__(self, then: str = "") -> None:
        super().__init__()
        self.then = then


class CasesLocked(AccountsError):
    """Training or code of conduct has lapsed: cases stay closed, and the page says so."""

    message = _("Your cases are locked.")
