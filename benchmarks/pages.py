"""Server time to the first byte of each page of the dashboard, with a million tasks in one project, on PostgreSQL.

    python -m benchmarks.pages
    python -m benchmarks.pages --tasks 100000 --rounds 5

One request at a time, by an owner who is signed in, against the server as it is served; the time is the client's, from
the request's last byte to the answer's first. Shown are the median, the least and the greatest of the rounds, each of
which asks for every page once. `cold` is the first request of all for that page: templates are compiled in it.
"""

import argparse
import http.client
import json
import os
import re
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode

from benchmarks.many import PUBLIC_TOKEN, seed
from benchmarks.places import Place, manage, place

MARK = 100  # milliseconds
OF_PROJECT = "?project=demo"
# Name of the URL, what is named in its path beside the organization, the query.
PAGES: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("overview", {}, ""),
    ("overview", {}, "?span=30d"),
    ("overview", {}, OF_PROJECT),
    ("overview", {}, f"{OF_PROJECT}&span=7d"),
    ("overview", {}, f"{OF_PROJECT}&span=30d"),
    ("overview", {}, f"{OF_PROJECT}&part=now"),
    ("tasks", {}, ""),
    ("tasks", {}, OF_PROJECT),
    ("tasks", {}, f"{OF_PROJECT}&status=error"),
    ("tasks", {}, f"{OF_PROJECT}&status=processing&status=pending"),
    ("tasks", {}, f"{OF_PROJECT}&name=job.3"),
    ("tasks", {}, f"{OF_PROJECT}&queue=queue-2"),
    ("tasks", {}, f"{OF_PROJECT}&tag=region:r3"),
    ("tasks", {}, f"{OF_PROJECT}&tag=region:nowhere"),
    ("tasks", {}, f"{OF_PROJECT}&name=nobody"),
    ("tasks", {}, f"{OF_PROJECT}&name_contains=nobody"),
    ("tasks", {}, f"{OF_PROJECT}&created_before=2020-01-01"),
    ("tasks", {}, f"{OF_PROJECT}&created_after=2020-01-01"),
    ("tasks", {}, f"{OF_PROJECT}&updated_before=2020-01-01"),
    ("tasks", {}, "?tag=region:nowhere"),
    ("tasks", {}, "?name_contains=nobody"),
    ("task-page", {"id": "task"}, ""),
    ("task-edit", {"id": "task"}, ""),
    ("public-task-page", {"id": "task", "token": "token"}, ""),
    ("task-badge", {"id": "task", "token": "token"}, ""),
    ("monitors", {}, OF_PROJECT),
    ("monitor-new", {}, OF_PROJECT),
    ("monitor-page", {"id": "monitor"}, ""),
    ("deliveries", {}, ""),
    ("deliveries", {}, "?integration=email"),
    ("delivery-page", {"id": "delivery"}, ""),
    ("setup", {}, ""),
    ("projects", {}, ""),
    ("project", {"slug": "project"}, ""),
    ("keys", {}, ""),
    ("members", {}, ""),
    ("teams", {}, ""),
    ("integrations", {}, ""),
    ("global-actions", {}, ""),
    ("global-action-new", {}, ""),
    ("workflow-statuses", {}, ""),
    ("custom-fields", {}, ""),
)
SIGN_IN = "/api/auth/login/"
OWNER = "demo@owner.invalid"  # made with the organization
PASSWORD = secrets.token_urlsafe(12)
PREPARE = """
import json
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from projects.models import User
from tasks.ends import count_ends
while count_ends(timezone.now(), 20_000):
    pass
owner = User.objects.get(email="demo@owner.invalid")
owner.set_password("{password}")
owner.save()
def path(name, named):
    for kwargs in (dict(named, org="demo"), named):
        try:
            return reverse(name, kwargs=kwargs)
        except NoReverseMatch:
            pass
found = [(shown, path(name, named), query) for shown, name, named, query in {pages!r}]
print(json.dumps([(shown, place and place + query) for shown, place, query in found]))
"""
HEAD = f"{'page':64}{'median ms':>10}{'least':>8}{'greatest':>10}{'cold':>8}{'kB':>7}"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--check", action="store_true", help=f"exit 1 where a page takes more than {MARK} ms")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # as an exception, that ends the servers
    with place("postgresql", ("ours",)) as servers:
        started = time.monotonic()
        pages = prepare(servers, options.tasks)
        print(
            f"{options.tasks:,} tasks, made in {time.monotonic() - started:.0f} s; {options.rounds} rounds", flush=True
        )
        slow = list(measure(servers, pages, signed_in(servers.ports["ours"]), options.rounds))
    print(f"Over {MARK} ms: {', '.join(slow) or 'nothing'}.")
    return 1 if slow and options.check else 0


def prepare(servers: Place, count: int) -> list[tuple[str, str | None]]:
    """Fills the database and counts what is in it; gives what is shown of each page, and its path where it has one."""
    ids = {**seed(servers.database_url, count), "token": PUBLIC_TOKEN, "project": "demo"}
    pages = [
        (f"{name} {query}".strip(), name, {key: ids[value] for key, value in wanted.items()}, query)
        for name, wanted, query in PAGES
    ]
    environment = {**os.environ, "DATABASE_URL": servers.database_url, "SECRET_KEY": secrets.token_urlsafe(50)}
    code = PREPARE.format(pages=pages, password=PASSWORD)
    return json.loads(manage(environment, "shell", "--verbosity", "0", "--command", code))


def signed_in(port: int) -> str:
    """The cookies of the owner, who signs in as people do."""
    with answered(port, SIGN_IN, "") as (_, page):
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.read())
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    sent = {"csrfmiddlewaretoken": token[1].decode(), "username": OWNER, "password": PASSWORD}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", SIGN_IN, urlencode(sent), headers)
    answer = connection.getresponse()
    cookies = [text.partition(";")[0] for text in answer.headers.get_all("Set-Cookie") or []]
    connection.close()
    if answer.status != 302:
        raise RuntimeError(f"The owner could not sign in: {answer.status}.")
    return "; ".join(cookies)


def measure(servers: Place, pages: list[tuple[str, str | None]], cookie: str, rounds: int) -> Iterator[str]:
    """Prints a line for each page; yields those that are too slow."""
    asked = [(name, path) for name, path in pages if path]
    times: dict[str, list[float]] = {path: [] for _, path in asked}
    sizes, statuses = {}, {}
    for _ in range(rounds + 1):
        for _, path in asked:
            with answered(servers.ports["ours"], path, cookie) as (milliseconds, answer):
                times[path].append(milliseconds)
                sizes[path], statuses[path] = len(answer.read()), answer.status
    print(HEAD)
    for name in (name for name, path in pages if not path):
        print(f"{name:64}  there is no such page")
    for name, path in asked:
        cold, *warm = times[path]
        figures = f"{median(warm):10.1f}{min(warm):8.1f}{max(warm):10.1f}{cold:8.1f}{sizes[path] / 1000:7.1f}"
        print(f"{name:64}{figures if statuses[path] == 200 else f'  answered {statuses[path]}'}")
        if statuses[path] == 200 and median(warm) > MARK:
            yield name


@contextmanager
def answered(port: int, path: str, cookie: str) -> Iterator[tuple[float, http.client.HTTPResponse]]:
    """One request, and the milliseconds until its answer began."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.connect()
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
        answer = connection.getresponse()
        yield (time.perf_counter() - started) * 1000, answer
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
