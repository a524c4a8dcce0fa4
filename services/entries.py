"""The named actions of this room in the access log. ``AppConfig.ready`` imports this module."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

AVAILABILITY_REPORTED = register("availability.report", _("Availability reported"))
IMPORT_TRIED = register("directory.import_tried", _("Directory import tried"))
IMPORTED = register("directory.import", _("Directory import committed"))
CHECKED = register("directory.check", _("Directory entry checked"))
REMINDED = register("directory.remind", _("Provider reminded by mail"))
MERGED = register("directory.merge", _("Directory entries merged"))
MERGE_UNDONE = register("directory.unmerge", _("Merge of directory entries undone"))
NOT_THE_SAME = register("directory.not_same", _("Directory entries called different"))
GROUP_SAVED = register("directory.group", _("Working group written down"))
IMPORT_REVIEWED = register("directory.import_review", _("Put-aside import row decided"))
