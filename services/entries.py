"""The named actions of this room in the access log. ``AppConfig.ready`` imports this module."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register, say
from services.codes import AvailabilityStatus, CheckMethod, Disposition

AVAILABILITY_REPORTED = register("availability.report", _("Availability reported"))
IMPORT_TRIED = register("directory.import_tried", _("Directory import tried"))
IMPORTED = register("directory.import", _("Directory import committed"))
CHANGE_PROPOSED = register("directory.propose", _("Change of an entry proposed"))
CHANGE_LOOKED_AGAIN = register("directory.look_again", _("Proposed change looked at again"))
CHANGE_APPROVED = register("directory.approve", _("Change of an entry approved"))
CHANGE_REJECTED = register("directory.reject", _("Change of an entry turned down"))
CHANGE_WITHDRAWN = register("directory.withdraw", _("Proposed change taken back"))
ENTRY_HIDDEN = register("directory.hide", _("Entry hidden from the public"))
SITE_CONCEALED = register("directory.conceal", _("Site made confidential"))
SUGGESTION_CLOSED = register("directory.suggestion_closed", _("Suggestion of the public closed"))
SUGGESTION_DELETED = register("directory.suggestion_deleted", _("Suggestion of the public deleted as spam"))
AVAILABILITY_UNDONE = register("availability.undo", _("Availability report taken back"))
AVAILABILITY_BY_LINK = register("availability.by_link", _("Availability reported by link"))
PLACE_HELD = register("place.hold", _("Shelter place held"))
PLACE_RELEASED = register("place.release", _("Held shelter place given back"))
PROVIDER_LINK_MADE = register("link.make", _("Link for a provider made"))
PROVIDER_LINK_REVOKED = register("link.revoke", _("Link for a provider taken back"))
CHECKED = register("directory.check", _("Directory entry checked"))
REMINDED = register("directory.remind", _("Provider reminded by mail"))
MERGED = register("directory.merge", _("Directory entries merged"))
MERGE_UNDONE = register("directory.unmerge", _("Merge of directory entries undone"))
NOT_THE_SAME = register("directory.not_same", _("Directory entries called different"))
GROUP_SAVED = register("directory.group", _("Working group written down"))
IMPORT_REVIEWED = register("directory.import_review", _("Put-aside import row decided"))

say("disposition", Disposition.choices)
say("method", CheckMethod.choices)
say("status", AvailabilityStatus.choices)
