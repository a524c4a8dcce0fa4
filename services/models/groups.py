"""Working groups as entries of the directory: a place and kinds of members, never a person."""

import uuid

from django.db import models

from services.models.places import District, Region


class WorkingGroup(models.Model):
    """A community security working group. It has no access to anything but what is public."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    mahalla = models.CharField(max_length=120, blank=True)
    member_kinds = models.JSONField(default=list)  # codes.GroupMember
    description = models.CharField(max_length=600, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)  # two editors at once: one wins, the other is told
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "name", "mahalla"], name="services_group_of_a_place_once"
            ),
        ]
        indexes = [
            # The public list of groups, region by region.
            models.Index(fields=["is_active", "region", "name", "id"], name="services_groups_list"),
        ]

    def __str__(self) -> str:
        return self.name
