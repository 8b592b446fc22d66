"""How many messages a second several workers on one PostgreSQL send, and whether each is sent once.

python -m benchmarks.deliveries --workers 4 --count 10000
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

from benchmarks import receiver
from benchmarks.places import MANAGE, manage
from taskapi.server.supervisor import die_with_parent
from tests import postgres

PATIENCE = 300.0  # seconds
# Rows as firing writes them, for a channel to the receiver, all due at once.
FILL = """
from django.utils import timezone
from integrations import channels, outbox
from projects.models import Project
project = Project.objects.select_related("organization").get(slug="demo")
now = timezone.now()
channels.create_channel(project.organization, {{"kind": "webhook", "slug": "bench", "config": {{"url": "{url}"}}}}, now)
data = {{"task": {{"name": "export", "data": "x" * 500}}, "point": "success"}}
message = outbox.Message(
    organization_id=project.organization_id, project_id=project.pk, integration="webhook:bench", config={{}},
    point="success", kind="task.triggered", data=data,
)
for _ in range({count} // 100):
    outbox.enqueue([message] * 100, now)
"""


def run(workers: int, count: int) -> str:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskapi-deliveries-", dir="/var/tmp")))
        hook = stack.enter_context(receiver.running(folder))
        environment = {
            **os.environ,
            "DATABASE_URL": stack.enter_context(postgres.server(durable=True)),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "TASKAPI_WEBHOOK_ALLOW": "127.0.0.0/8",
        }
        manage(environment, "migrate", "--no-input", "--verbosity", "0")
        manage(environment, "createapikey", "demo/demo", "--create")
        manage(environment, "shell", "--verbosity", "0", "--command", FILL.format(url=hook.url, count=count))
        started = time.monotonic()
        command = [sys.executable, MANAGE, "worker"]
        processes = [
            subprocess.Popen(command, env=environment, preexec_fn=die_with_parent, stdin=subprocess.DEVNULL)
            for _ in range(workers)
        ]
        try:
            while hook.count() < count and time.monotonic() - started < PATIENCE:
                time.sleep(0.05)
            time.sleep(2)  # for what should not come
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                for process in processes:
                    process.wait(30)
        receipts = hook.receipts()
        times = Counter(receipt.id for receipt in receipts)
        # From the first that arrived: starting the processes is no part of it.
        seconds = max(receipt.at for receipt in receipts) - min(receipt.at for receipt in receipts)
        return (
            f"{workers} workers: {len(times)} of {count} deliveries in {seconds:.1f} s, {len(times) / seconds:.0f}/s; "
            f"sent more than once: {sum(1 for each in times.values() if each > 1)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    print(run(options.workers, options.count))


if __name__ == "__main__":
    main()
