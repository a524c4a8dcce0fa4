"""The columns of a half: sealed under a tide as it is written, opened as it is read.

Whoever reads or writes ``half`` deals with the 32 bytes themselves; the database never holds them.
"""

from typing import TYPE_CHECKING, Any

from django.db import models

from referrals import tides

if TYPE_CHECKING:
    _Bytes = models.BinaryField[bytes, bytes]
    _Number = models.PositiveIntegerField[int, int]
else:
    _Bytes, _Number = models.BinaryField, models.PositiveIntegerField


class HalfField(_Bytes):
    """32 random bytes, in the database sealed under the tide of the day (``referrals.tides``).

    A half whose tide was destroyed reads as nothing, and opens nothing. The model has a ``TideField``
    named ``tide`` behind it.
    """

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else tides.open_half(value)

    def get_prep_value(self, value: Any) -> Any:
        if not value or isinstance(value, tides.Sealed):
            return super().get_prep_value(value)
        return tides.seal_half(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        half = super().pre_save(model_instance, add)
        if not half:
            return half
        sealed = tides.seal_half(half)
        model_instance.tide = sealed.tide  # type: ignore[attr-defined]
        return sealed


class TideField(_Number):
    """Which tide the half of this row is sealed under: by this the clock finds what to seal anew.

    Stands after the half, which fills it; being saved with it, also where only the half is named.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(default=0, editable=False, db_index=True)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return super().pre_save(model_instance, add)
