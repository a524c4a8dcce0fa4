"""Long lists a part at a time: a query takes a limited number of values, and long ones are slow to plan."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

CHUNK = 500

One = TypeVar("One")


def chunks(values: Iterable[One], size: int = CHUNK) -> Iterator[list[One]]:
    """Yield the values in their order, ``size`` at a time; the last list may be shorter, none is empty."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part
