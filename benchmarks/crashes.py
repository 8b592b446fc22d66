"""What a crash loses: kill -9 of the web process and of the worker at random moments, while clients report progress.

Each client takes tasks through values that each pass one point, and repeats an update until it is acknowledged. So what
must arrive is known exactly: each point of each task once, whatever was killed between. A message may come twice, with
the same id; another id for the same point would be a trigger that was doubled, and one that does not come is lost.

    python -m benchmarks.crashes --database postgresql --rounds 20
"""

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import receiver
from benchmarks.places import MANAGE, free_port, manage, running
from tests import postgres

STEPS = range(10, 101, 10)
TRIGGER = ",".join(map(str, STEPS))
PATIENCE = 120.0  # seconds that what is owed has to arrive in after the last kill: twice a lease
PAUSE = (0.4, 1.6)  # seconds between two kills


@dataclass
class Report:
    """What was seen. kills: by process. triggers: points that were committed. repeats: messages that came again."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    triggers: int = 0
    delivered: int = 0
    repeats: int = 0
    pending: int = 0
    lost: list[tuple[str, int]] = field(default_factory=list)
    doubled: list[tuple[str, int]] = field(default_factory=list)
    unexpected: list[Any] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.unexpected)

    def __str__(self) -> str:
        kills = ", ".join(f"{count} of the {name}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.rounds} kills ({kills}): {self.triggers} triggers, {self.delivered} delivered, "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.unexpected)} unexpected; "
            f"{self.repeats} repeats with the same id; {self.pending} not due yet"
        )


class Client(threading.Thread):
    """Takes one task after the other through all of its points until told to stop."""

    def __init__(self, port: int, key: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.key, self.stop = port, key, stop
        self.done: list[str] = []  # tasks that went through all of their points

    def run(self) -> None:
        action = {"trigger": TRIGGER, "integration": "webhook:crash"}
        while not self.stop.is_set():
            task = self.insist("POST", "", {"name": "crash", "value": 1, "actions": [action]})["id"]
            for value in STEPS:
                self.insist("PATCH", f"/{task}", {"value": value})
            self.done.append(task)

    def insist(self, method: str, path: str, body: Any) -> Any:
        """Until it is acknowledged: a server that was killed meanwhile may have done it or not."""
        while True:
            with suppress(OSError, http.client.HTTPException):
                status, answer = call(self.port, self.key, method, f"/api/demo/demo/tasks{path}", body)
                if status in (200, 201):
                    return answer
                if status < 500:
                    raise RuntimeError(f"{method} {path}: {status} {answer}")
            time.sleep(0.05)


def call(port: int, key: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
    finally:
        connection.close()


@contextmanager
def served(database: str, folder: Path, stack: ExitStack) -> Iterator[tuple[int, str, int]]:
    """A whole server, web and worker; gives its port, an admin key of the organization, and the supervisor's pid."""
    if database == "postgresql":
        url = stack.enter_context(postgres.server(durable=True))
    else:
        url = f"sqlite:///{folder / 'taskapi.sqlite3'}"
    port = free_port()
    environment = {
        **os.environ,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TASKAPI_WEBHOOK_ALLOW": "127.0.0.0/8",
        "TASKAPI_DELIVERY_DEADLINE": "3",
    }
    manage(environment, "migrate", "--no-input", "--verbosity", "0")
    manage(environment, "createapikey", "demo/demo", "--create")
    key = manage(environment, "createapikey", "demo", "--admin").strip()
    command = [sys.executable, MANAGE, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with running("server", command, environment, folder, port) as pid:
        yield port, key, pid


def victims(supervisor: int) -> dict[str, list[int]]:
    """The processes below the supervisor that may be killed, by what they are."""
    found: dict[str, list[int]] = {"web": [], "worker": []}
    waiting = [supervisor]
    while waiting:
        parent = waiting.pop()
        listed = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout
        for pid in map(int, listed.split()):
            waiting.append(pid)
            with suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                found["worker" if "manage.py worker" in line else "web"].append(pid)
    return found


def run(database: str, rounds: int, clients: int = 4, failures: float = 0.0, seed: int | None = None) -> Report:
    """Kills `rounds` times, and reports what arrived once everything that is owed has had its time."""
    choose, report = random.Random(seed), Report()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskapi-crashes-", dir="/var/tmp")))
        hook = stack.enter_context(receiver.running(folder, failures))
        port, key, supervisor = stack.enter_context(served(database, folder, stack))
        body = {"kind": "webhook", "slug": "crash", "name": "crash", "config": {"url": hook.url}}
        status, answer = call(port, key, "POST", "/api/demo/integrations", body)
        if status != 201:
            raise RuntimeError(f"No channel: {status} {answer}")
        stop = threading.Event()
        reporters = [Client(port, key, stop) for _ in range(clients)]
        for reporter in reporters:
            reporter.start()
        while report.rounds < rounds:
            time.sleep(choose.uniform(*PAUSE))
            kind = choose.choice(["web", "worker"])
            if pids := victims(supervisor)[kind]:
                with suppress(ProcessLookupError):
                    os.kill(choose.choice(pids), signal.SIGKILL)
                    report.rounds += 1
                    report.kills[kind] += 1
        stop.set()
        for reporter in reporters:
            reporter.join()
        expected = {(task, value) for reporter in reporters for task in reporter.done for value in STEPS}
        wait_for(hook, len(expected))
        judge(report, expected, hook.receipts())
        _, answer = call(port, key, "GET", "/api/demo/deliveries?status=pending&page_size=1000")
        report.pending = len(answer["results"])
    return report


def wait_for(hook: receiver.Receiver, count: int) -> None:
    """Until so many different messages came, and nothing more comes for a while."""
    deadline, last, quiet = time.monotonic() + PATIENCE, -1, 0
    while time.monotonic() < deadline and quiet < 3:
        received = hook.count()
        quiet = quiet + 1 if received == last and received >= count else 0
        last = received
        time.sleep(1)


def judge(report: Report, expected: set[tuple[str, int]], receipts: Any) -> None:
    ids: dict[tuple[str, int], set[str]] = {}
    for receipt in receipts:
        data = receipt.body["data"]
        place = (data["task"]["id"], data["task"]["value"])
        if data["point"] != str(place[1]):
            report.unexpected.append(receipt.body)
        ids.setdefault(place, set()).add(receipt.id)
    report.triggers = len(expected)
    report.delivered = len(expected & ids.keys())
    report.repeats = len(receipts) - sum(map(len, ids.values()))
    report.lost = sorted(expected - ids.keys())
    report.doubled = sorted(place for place, found in ids.items() if len(found) > 1)
    report.unexpected += sorted(ids.keys() - expected)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--failures", type=float, default=0.0, help="share of first attempts that are refused")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    clean = True
    for database in options.database or ["sqlite", "postgresql"]:
        report = run(database, options.rounds, options.clients, options.failures, options.seed)
        print(f"{database}: {report}", flush=True)
        clean = clean and report.is_clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
