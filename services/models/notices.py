"""Which notice a provider got last, so that no two copies of the clock send it twice."""

from django.db import models
from django.db.models import Q

from services.codes import NoticeKind
from services.models.entries import Service


class NoticeSent(models.Model):
    """The newest notice of one kind to one service's provider. One row each; nothing else is kept."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="notices_sent")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Also the index for asking whether one is due.
            models.UniqueConstraint(fields=["service", "kind"], name="services_notice_one_a_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=NoticeKind.values), name="services_notice_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.service_id}"
