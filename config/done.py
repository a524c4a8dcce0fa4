"""What a page says after a redirect: ``?done=<code>`` becomes the sentence kept here.

The address carries only the code, never a name, a number or a word of a case; an unknown code
says nothing. Add one line a code, in the past tense, without data.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "language": _("The language was changed."),
    "saved": _("Saved."),
    "case-opened": _("The case was opened."),
    "case-closed": _("The case was closed."),
    "document-added": _("The document is sealed in the case."),
    "document-deleted": _("The document was destroyed. Nobody opens it any more."),
    "case-reopened": _("The case is open again."),
    "case-shared": _("The case was shared."),
    "case-unshared": _("The case is no longer shared."),
    "consent-recorded": _("Her consent was recorded."),
    "refusal-recorded": _("Her refusal was recorded. Nothing else changes for her."),
    "consent-narrowed": _("Her consent says less now. They read only the rest, from this moment."),
    "consent-withdrawn": _("Her consent was withdrawn. Access ended just now."),
    "referral-sent": _("The referral was sent."),
    "referral-claimed": _("You have taken this referral."),
    "referral-released": _("You gave this referral back."),
    "referral-accepted": _("The referral was accepted."),
    "referral-declined": _("The referral was declined."),
    "referral-cancelled": _("The referral was cancelled. Access ended just now."),
    "referral-asked": _("Your question was sent. The clock stands still meanwhile."),
    "referral-answered": _("Your answer was sent. Their time to answer goes on."),
    "mistake-reported": _("Reported. A supervisor who did not send it decides."),
    "mistake-set-aside": _("The referral stays as it is."),
    "referral-taken-out": _(
        "Taken out. Nobody can read it any more; the access log keeps that it was there."
    ),
    "appointment-given": _("The appointment was saved. Her caseworker reads it."),
    "referral-started": _("Marked as started."),
    "referral-delivered": _("Marked as delivered."),
    "referral-failed": _("Marked as not possible."),
    "referral-closed": _("The referral was closed."),
    "inquiry-taken-back": _("The question was taken back. Its link opens nothing any more."),
    "question-asked": _("Your question was sent."),
    "question-answered": _("Your answer was sent."),
    "availability-reported": _("Thank you. Your places are up to date."),
    "change-proposed": _("Thank you. An editor has to approve it before anything changes."),
    "change-approved": _("Approved. The entry says so now."),
    "change-rejected": _("Turned down. The entry stays as it is."),
    "change-withdrawn": _("Taken back. The entry stays as it is."),
    "change-looked-again": _("Looked at again. Another editor has to approve it."),
    "entry-hidden": _("The public no longer sees this entry."),
    "site-concealed": _("The site is confidential now. What told where it is was deleted."),
    "told": _("Thank you. An editor will look at it. We kept nothing about you."),
    "suggestion-closed": _("Closed. Its text was deleted."),
    "suggestion-deleted": _("Deleted. Nothing of it was kept."),
    "availability-heard": _("Thank you. Everybody sees now what you heard."),
    "availability-undone": _("Taken back. It says again what it said before."),
    "nothing-to-undo": _("There is nothing to take back any more. Tap how it is now."),
    "link-revoked": _("The link opens nothing any more."),
    "checked": _("Written down: who checked, how, and what came of it."),
    "still-correct": _("Thank you. The entry is marked as checked today."),
    "change-told": _("Thank you. An editor will look at it."),
    "merged": _("One entry stands for both now. It can be undone for 30 days."),
    "merge-undone": _("Both entries stand for themselves again."),
    "not-the-same": _("Remembered: these are two services."),
    "duplicates-found": _("All entries were compared."),
    "group-saved": _("The group is in the directory."),
    "imported": _("The import is complete."),
    "row-decided": _("Your decision is kept."),
    "invited": _("The invitation is ready."),
    "activated": _("This person can now sign in."),
    "removed": _("This person can no longer sign in."),
    "role-changed": _("The roles were changed."),
    "password-changed": _("Your password was changed."),
    "locked": _("Locked. Sign in to go on where you were."),
    "signed-out": _("You are signed out."),
    "signed-out-everywhere": _("You are signed out on every device."),
    "confirmed": _("Thank you. It is confirmed that it is you."),
    "code-sent": _("A code is on its way to your address. It takes a few minutes."),
    "log-verified": _("The log was verified."),
}


def text_of(code: str) -> Promise | str:
    """Return the sentence for a known code, else an empty string."""
    return SENTENCES.get(code, "")
