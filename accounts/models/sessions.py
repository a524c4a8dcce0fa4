"""Sessions and slow-down counters: what exists while somebody is, or tries to be, signed in."""

import uuid

from django.db import models

from accounts.models.people import Person


class Session(models.Model):
    """A person's seed, sealed under the two halves in their cookies. Ending it deletes the row.

    Neither half is here: the id only as a hash, the other half not at all. Times are coarse.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    id_hash = models.BinaryField(max_length=32, unique=True)  # the look-up of every request
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    sealed = models.BinaryField()
    # Waiting for the code from the telephone. The seal says so too: flipping this opens nothing.
    is_waiting = models.BooleanField(default=False)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)  # the clock sweeps sessions that ended by themselves
    stepped_up_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Throttle(models.Model):
    """A slow-down counter. Its key is an HMAC under the pepper: neither name nor address is kept."""

    key = models.BinaryField(max_length=32, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    forget_at = models.DateTimeField(db_index=True)  # the clock deletes counters that are over

    def __str__(self) -> str:
        return "counter"
