"""`manage.py worker`: runs the sweeps and sends messages until it is told to stop."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from taskapi import worker


class Command(BaseCommand):
    help = (
        "Runs the sweeps and sends messages until SIGTERM, then finishes what is in hand. "
        "`serve` runs one along unless told not to."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="once, until nothing is left to do: for cron and tests")

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            worker.run_once()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker.run(stop)
