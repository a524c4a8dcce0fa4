"""The named actions of this room in the access log. ``AppConfig.ready`` imports this module."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

AVAILABILITY_REPORTED = register("availability.report", _("Availability reported"))
IMPORT_TRIED = register("directory.import_tried", _("Directory import tried"))
IMPORTED = register("directory.import", _("Directory import committed"))
IMPORT_REVIEWED = register("directory.import_review", _("Put-aside import row decided"))
