"""The roles people hold, and which agency keys come with each.

Only names and rules live here: no table, no key.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleName(models.TextChoices):
    """What somebody does in their agency. Nobody is everything, and no role opens a case alone."""

    CASEWORKER = "caseworker", _("Caseworker")
    INTAKE = "intake", _("Intake desk")
    SUPERVISOR = "supervisor", _("Supervisor")
    CUSTODIAN = "custodian", _("Key custodian")
    EDITOR = "editor", _("Directory editor")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


class KeyName(models.TextChoices):
    """The key pairs an agency owns; the seed of each is wrapped to the people of one role."""

    ROOT = "root", _("agency's signing key")
    INBOX = "inbox", _("inbox key")
    AUDITOR = "auditor", _("access log key")
    STATISTICS = "statistics", _("statistics key")
    MEMBER = "member", _("members' key")
    CONTINUITY_A = "continuity_a", _("first half of recovery")
    CONTINUITY_B = "continuity_b", _("second half of recovery")


KEYS_OF_ROLE: dict[str, tuple[KeyName, ...]] = {
    RoleName.CASEWORKER: (),
    RoleName.INTAKE: (KeyName.INBOX,),
    RoleName.SUPERVISOR: (KeyName.AUDITOR, KeyName.CONTINUITY_A),
    RoleName.CUSTODIAN: (KeyName.CONTINUITY_B,),
    RoleName.EDITOR: (),
    RoleName.ANALYST: (KeyName.STATISTICS,),
    RoleName.ADMINISTRATOR: (KeyName.ROOT,),
}

# Without one holder of each of these an agency cannot sign, be supervised or be recovered.
NEVER_WITHOUT_HOLDER = frozenset({KeyName.ROOT, KeyName.AUDITOR, KeyName.CONTINUITY_A, KeyName.CONTINUITY_B})

# The two halves of recovery never meet in one person.
APART = (RoleName.SUPERVISOR, RoleName.CUSTODIAN)


def keys_of(roles: frozenset[str]) -> frozenset[KeyName]:
    """Return the names of the agency keys that come with these roles; everyone is a member."""
    return frozenset({KeyName.MEMBER}.union(*(KEYS_OF_ROLE[role] for role in roles)))
