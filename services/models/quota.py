"""How much one network has asked of the open API in a minute. Nothing here says who."""

from django.db import models


class OpenUse(models.Model):
    """Requests of one network in one minute.

    The key is an HMAC under the pepper of minute and network: no address is kept, and two minutes of
    the same network cannot be joined. ``services.actions.quota`` deletes the row soon after.
    """

    key = models.BinaryField(max_length=32, primary_key=True)
    minute = models.DateTimeField(db_index=True)  # what is over is deleted by this
    spent = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return "counter"
