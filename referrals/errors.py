"""What a person can be told when something cannot be done. No error here carries a survivor's data.

``message`` is kind, translatable and safe to show and to log. Denied and missing are not here: they
are ``audit.errors.Denied``, the same 404. What does not open is ``vault.errors.Refused``, which the
doors turn into ``Denied``.
"""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Message = str | Promise


class ReferralError(Exception):
    """Base of what the person may be told; a page shows ``message``."""

    message: Message = _("This could not be done.")

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(type(self).__name__)
        if message is not None:
            self.message = message


class Invalid(ReferralError):
    """Some fields are not right: ``fields`` maps the field's name to what to do about it."""

    message = _("Some answers need another look.")

    def __init__(self, fields: Mapping[str, Message]) -> None:
        super().__init__()
        self.fields = dict(fields)


class ConsentMissing(ReferralError):
    """There is no active consent for this organisation and this service."""

    message = _("There is no active consent for this service. Nothing was sent.")


class ConsentDoesNotCover(ReferralError):
    """Something would leave that the consent does not name."""

    message = _("Her consent does not cover all of this. Nothing was sent.")


class ConflictFound(ReferralError):
    """She excluded this organisation."""

    message = _("She asked that this organisation is never told. Nothing was sent.")


class SecondLookNeeded(ConflictFound):
    """The recipient is an authority of the perpetrator's kind, and nobody else has looked at it."""

    message = _(
        "The person who harmed her belongs to an authority of this kind. "
        "A second colleague must look at this consent first. Nothing was sent."
    )


class MinorNeedsGuardian(ReferralError):
    """She is a minor, and neither a guardian with her assent nor a second person has decided."""

    message = _("She is under 18: a guardian with her assent, or a second colleague, must decide first.")


class AgeNotKnown(MinorNeedsGuardian):
    """Her age is open, and nobody has said that she is an adult."""

    message = _(
        "Her age is open. Ask whether she is 18 or older, then record her decision again. Nothing was sent."
    )


class GuardianIsPerpetrator(MinorNeedsGuardian):
    """The carer is the one who harmed her: the guardian is not asked."""

    message = _("The person who cares for her is the one who harmed her. Do not ask the guardian.")


class LegalDutyNotShown(ReferralError):
    """What the organisation must do by law was not shown, not acknowledged, or has changed since."""

    message = _("First explain what this organisation must do by law, then ask her again.")


class NotReadToHer(ReferralError):
    """The text was not read to her in the words it has now."""

    message = _("Something in the text has changed. Read it to her again, then ask her.")


class AgreementMissing(ReferralError):
    """The recipient does not take part, or there is no valid information-sharing agreement."""

    message = _("There is no valid information-sharing agreement with this organisation.")


class AlreadySent(ReferralError):
    """A live referral of this case to this service exists."""

    message = _("There is already a live referral to this service.")


class WrongState(ReferralError):
    """The step does not fit where the referral or the case stands now."""

    message = _("This step is not possible any more. Look at the page again.")


class SomeoneWasQuicker(ReferralError):
    """Somebody else changed it in the meantime; nothing of one's own change was kept."""

    message = _("Somebody else was quicker. Look at the page again.")
    # What the error page says: how it stands now, the way on, and what was chosen and typed.
    happened: Message = ""
    way: tuple[str, Message] | None = None
    kept: Sequence[tuple[Message, Message]] = ()


class NotSafe(ReferralError):
    """A recorded safety wish stands against it."""

    message = _("This is not safe for her.")
