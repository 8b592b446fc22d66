"""`manage.py events`: serves event streams, and in front of web processes all else as well."""

import argparse
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from events.serving import serve
from taskapi.management.commands.serve import ADDRESS_HEADER, GRACE, address, refuse_taken
from taskapi.wsgi import application


class Command(BaseCommand):
    help = (
        "Serves event streams on an address of their own, for a proxy to send /api/*/*/tasks/events to, until SIGTERM. "
        "`serve` runs one along, on its own port."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", type=address, default=("127.0.0.1", 8001), metavar="HOST:PORT")
        parser.add_argument("--web", action="append", default=[], help=argparse.SUPPRESS)  # sockets, by `serve`

    def handle(self, *, bind: tuple[str, int], web: list[str], **options: Any) -> None:
        refuse_taken(bind)
        serve(application, bind, web, os.environ.get(ADDRESS_HEADER, ""), GRACE - 2)
