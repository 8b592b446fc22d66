"""Requests per second of the running server, beside a bare WSGI application and a naive Django REST server.

    python -m benchmarks                          all of it, on SQLite and on PostgreSQL
    python -m benchmarks --quick                  one short round each: does it run, is it far off
    python -m benchmarks --operation get --database postgresql --rounds 9
    python -m benchmarks --before ../before       beside the server of another checkout, such as the version before
    python -m benchmarks --operation dialects     the ProjectBubble and GoodDay dialects beside the native API

Server, database and load share this machine's processors, and whatever else runs takes its part, so requests per second
are of this machine and this hour. What holds is the ratio: each round loads the servers one after the other, in turning
order, on the same tables, and ratios are taken within a round. Shown are their median, least and greatest.

The bare application (`benchmarks/bare`) sends the same statement through the same driver and writes the same answer,
and checks nothing: it is the room that a server in Python has. The naive one (`benchmarks/naive`) is what a tutorial
teaches. On SQLite the bare one has no other process to wait for, so the ratio to it says more of what Python costs for
a request than of the database; the aims were set on PostgreSQL.
"""

import argparse
import os
import platform
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskapi.settings")
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))

from benchmarks import agreement, dialects, load, places, processor, table
from benchmarks.operations import MARK, requests_for
from benchmarks.places import SIZES, Place, place
from benchmarks.table import Rounds

ORDER = ("get", "list", "update", "create")  # the tables grow last
DIALECTS = "dialects"
WARM_UP = 0.5  # seconds for each operation and server
SEEDED = 1000


def main() -> int:
    arguments = parsed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # as an exception, that ends the servers
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors for server, database and load together;")
    print(f"{load.CONNECTIONS} connections kept open; {arguments.rounds} rounds of {arguments.seconds:g} s for each.")
    found: dict[tuple[str, str], Rounds] = {}
    compared = [name for name in arguments.operation if name != DIALECTS]
    for database in ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,):
        workers, threads = SIZES[database]
        print(f"\n{database}, web processes: {workers}, threads of each: {threads}", flush=True)
        if compared:
            with place(database, arguments.servers) as servers:
                ids = agreement.seed(servers, SEEDED)
                agreement.check(servers)
                print(table.HEAD, flush=True)
                for operation in compared:
                    rounds = measure(servers, operation, ids, arguments.rounds, arguments.seconds)
                    found[database, operation] = rounds
                    print("\n".join(table.lines(operation, rounds)), flush=True)
        if DIALECTS in arguments.operation:
            with place(database, ("ours",)) as servers:
                ids = agreement.seed(servers, SEEDED)
                print(dialects.HEAD, flush=True)
                for line in dialects.measure(servers, ids, arguments.rounds, arguments.seconds):
                    print(line, flush=True)
    print("", *table.sqlite_beside_postgresql(found), sep="\n")
    below = [f"{operation} on {database}" for (database, operation), rounds in found.items() if table.is_low(rounds)]
    print(f"Below {MARK} of the bare application: {', '.join(below) or 'nothing'}.")
    return 1 if below and arguments.check else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--operation", choices=(*ORDER, DIALECTS), action="append", help="one alone; may be repeated")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0, help="of load, for one server in one round")
    parser.add_argument("--quick", action="store_true", help="one round of half a second")
    parser.add_argument("--without-naive", action="store_true", help="saves a third of the time")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="another checkout of it, to be compared with")
    parser.add_argument("--check", action="store_true", help=f"exit 1 below {MARK} of the bare application's rate")
    arguments = parser.parse_args()
    arguments.operation = arguments.operation or [*ORDER, DIALECTS]
    arguments.servers = ("ours", "bare") if arguments.without_naive else ("ours", "bare", "naive")
    if arguments.before:
        places.COMMANDS["before"] = places.another_checkout(arguments.before.resolve())
        arguments.servers += ("before",)
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 0.5
    return arguments


def measure(servers: Place, operation: str, ids: Sequence[str], number: int, seconds: float) -> Rounds:
    """Rounds of load, each of every server in turn; the first of one round is the last of the next."""
    names = list(servers.ports)
    rounds = []
    for name in names:
        load.run(servers.ports[name], requests_for(operation, servers.key, ids), min(seconds, WARM_UP))
    for turn in range(number):
        requests = requests_for(operation, servers.key, ids)
        seen = {}
        for name in names if turn % 2 == 0 else names[::-1]:
            before = processor.used(servers.processes[name])
            seen[name] = load.run(servers.ports[name], requests, seconds)
            seen[name].processor = processor.used(servers.processes[name]) - before
        rounds.append(seen)
    return rounds


if __name__ == "__main__":
    sys.exit(main())
