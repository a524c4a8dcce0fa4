"""Run the clock: once, or again and again. It holds no key of anybody.

Expires what expired, ends access whose consent ran out, tells people of late answers, sends the notices
that wait, erases cases whose time is over, and deletes what is over. Any number may run at once; none has to.
"""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from accounts import notices
from accounts.actions import sweep
from referrals.actions.clock import tick
from referrals.actions.tides import turn
from services import links

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """``run_clock [--once | --every SECONDS]``: print what one pass did, in numbers only."""

    help = "Expire, escalate, notify and sweep. Once, or every so many seconds until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="one pass (what happens without an option)")
        how.add_argument("--every", type=int, metavar="SECONDS", help="a pass every so many seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        every: int | None = options["every"]
        if every is None:
            self._pass()
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                self._pass()
            except DatabaseError as error:
                # The database may be away for a while; a clock that gave up would be worse.
                logger.error("a pass of the clock failed: %s", type(error).__name__)
            stop.wait(max(1, every))

    def _pass(self) -> None:
        now = timezone.now()
        done = tick(now=now)
        sent = notices.send_due(now=timezone.now())
        swept = done.swept + sweep(now=now) + links.sweep(now=now)
        turned = turn(now=now)
        self.stdout.write(
            f"ended {done.ended}, escalated {done.escalated}, late {done.late}, sent {sent}, swept {swept}, "
            f"erased {done.erased}, sealed anew {turned.sealed}"
        )
