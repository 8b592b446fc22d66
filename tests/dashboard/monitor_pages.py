"""What the tests of monitors' pages and of their form have in common."""

import datetime
import re

MONITORS = "/a/acme/monitors/"
NEW = f"{MONITORS}new/"
FIELDS = {
    "name": "backup",
    "project": "web",
    "kind": "cron",
    "interval": "",
    "cron": "30 2 * * 1-5",
    "timezone": "Europe/Berlin",
    "start_grace": "1 min",
    "grace": "10 min",
    "max_runtime": "",
}
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)  # a Monday


def page_of(monitor):
    return f"{MONITORS}{monitor.pk}/"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))
