"""One-time links: what lets somebody without an account do one thing for one service."""

import uuid

from django.db import models
from django.db.models import Q

from services.codes import LinkKind
from services.models.entries import Service


class OneTimeLink(models.Model):
    """A link as its giver knows it. Of the token itself only a hash is kept (services.links)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=LinkKind.choices)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="one_time_links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_by = models.UUIDField(null=True)  # a person's id; None: the clock
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # the first use
    uses = models.PositiveSmallIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="services_link_kind_known"),
            models.CheckConstraint(
                condition=Q(uses=0, used_at__isnull=True) | Q(uses__gt=0, used_at__isnull=False),
                name="services_link_used_when_used",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
