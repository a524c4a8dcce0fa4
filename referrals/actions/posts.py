"""A request that is sent twice, by a program that heard no answer: done once, answered the same way.

Beside the row of the action itself (``steps.Once``) two more: one remembers which request a key was used
for, one what that request made. Kept for a day, like every posted form.
"""

from uuid import UUID, uuid5

from django.db import transaction

from accounts.unlocked import Unlocked
from referrals.errors import ReferralError
from referrals.models import DoneOnce
from vault.kdf import keyed_hash


class DoneAlready(Exception):
    """The same request was done before, or at this moment; ``made`` is the id of what it made, if any."""

    def __init__(self, made: UUID | None) -> None:
        super().__init__("done already")
        self.made = made


class KeyUsedElsewhere(ReferralError):
    """The key belongs to another request: a key is drawn anew for each change."""


class Posted:
    """One request under its key. Reads before the door opens, writes within the change's transaction."""

    def __init__(self, unlocked: Unlocked, key: UUID, address: str, body: bytes) -> None:
        self._unlocked = unlocked
        self._request, self._made = uuid5(key, "request"), uuid5(key, "made")
        # The body holds what she said. Under the key, which is kept nowhere, its hash tells a thief nothing.
        self._mark = UUID(bytes=keyed_hash(key.bytes, address, body)[:16])

    def look(self) -> None:
        """Raise ``DoneAlready`` or ``KeyUsedElsewhere`` when the key was used before."""
        used = DoneOnce.objects.filter(person=self._unlocked.person, key=self._request).first()
        if used is not None:
            self._refuse(used)

    def begin(self) -> None:
        """Take the key, inside the change's transaction: of two at once the second waits, then raises."""
        used, is_new = DoneOnce.objects.get_or_create(
            person=self._unlocked.person,
            key=self._request,
            defaults={"day": self._unlocked.today, "result": self._mark},
        )
        if not is_new:
            self._refuse(used)

    def made(self, result: UUID) -> None:
        """Remember what was made, for whoever asks again."""
        with transaction.atomic():
            DoneOnce.objects.create(
                person=self._unlocked.person, key=self._made, day=self._unlocked.today, result=result
            )

    def _refuse(self, used: DoneOnce) -> None:
        if used.result != self._mark:
            raise KeyUsedElsewhere
        made = DoneOnce.objects.filter(person=self._unlocked.person, key=self._made).first()
        raise DoneAlready(made.result if made else None)
