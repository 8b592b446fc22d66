"""All that one does in a checkout, with nothing installed but Python: `python3 dev.py VERB`, or `make VERB`.

  run      migrate, make the first organization and key, serve on http://127.0.0.1:8000; flags go to `manage.py serve`
  demo     a living factory of made-up tasks on the server that `run` has started; flags go to `manage.py demo`
  test     pytest on SQLite, then on PostgreSQL; --sqlite or --postgresql picks one, the rest goes to pytest
  lint     style, security, types, import rules, migrations, OpenAPI snapshot, deployment settings
  bench    the benchmarks; flags go to `python -m benchmarks`
  schema   renew the OpenAPI snapshot, tests/guards/openapi.yaml
  lock     resolve requirements*.in into requirements*.txt; `lock --upgrade` takes newer releases
  install  only make .venv and install requirements.txt; `install apprise` adds what messages to chats need

With make, flags stand in ARGS: make test ARGS="tests/rules -k progress". Another Python: make run PYTHON=python3.12
"""

import difflib
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

if sys.platform != "win32":
    import fcntl

# In syntax this whole file suits Python 3.6 too, so that an old Python shows a sentence and no traceback.
OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit(
        f"taskapi needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\n"
        "With a newer one at hand: make run PYTHON=python3.12, or: python3.12 dev.py run"
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / "python")
LOCK, DEV_LOCK, APPRISE_LOCK = "requirements.txt", "requirements-dev.txt", "requirements-apprise.txt"
STAMP = VENV / "installed.json"
# The same in and out of .venv. A new Python, or a checkout that was moved, calls for a new .venv.
INTERPRETER = f"{sys.version} {sys.base_prefix} {VENV}"
VAR = ROOT / "var"
ADDRESS = "127.0.0.1:8000"
FIELD_MAP = ROOT / "docs" / "fields.md"
SNAPSHOT = ROOT / "tests" / "guards" / "openapi.yaml"
# What settings.py reads, besides TASKAPI_*. What the shell has set for a server must not reach tests and linters:
# they would judge something else, or write to its database.
SETTINGS = {"ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "SECRET_KEY"}


# -- .venv -----------------------------------------------------------------------------------------------------------


def install(lock: str) -> None:
    """Bring .venv up to `lock`. Costs nothing when its stamp says that this was done."""
    # The larger locks hold every pin of the smaller.
    locks = sorted({LOCK, lock})
    done = {"interpreter": INTERPRETER}
    done.update((name, hashlib.sha256((ROOT / name).read_bytes()).hexdigest()) for name in locks)
    if done.items() <= read_stamp().items():
        return
    with one_at_a_time():
        before = read_stamp()
        if done.items() <= before.items():
            return
        if before.get("interpreter") != INTERPRETER and (before or not works()):
            make_venv()
            before = {}
        print(f"Installing {lock} into {VENV.name} ...", flush=True)
        # Whoever finds this mark knows that .venv may be half of something, and starts anew.
        write_stamp({"interpreter": "unfinished"})
        pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
        if call([*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock]):
            write_stamp(before)  # a pip that fails leaves things as they were
            sys.exit(f"Could not install {lock}; pip says why above.")
        write_stamp(done)


def read_stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def write_stamp(content: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(content, indent=1))


def works() -> bool:
    """Whether there is a .venv, made by another tool perhaps, of this Python and with pip."""
    question = [PYTHON, "-c", "import pip, sys; print(sys.version, sys.base_prefix, sys.prefix)"]
    try:
        return subprocess.check_output(question, stderr=subprocess.DEVNULL).decode().strip() == INTERPRETER
    except (OSError, subprocess.CalledProcessError):
        return False


def make_venv() -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            f"{sys.executable} cannot make virtual environments: its venv and ensurepip modules are missing.\n"
            f"On Debian and Ubuntu: apt install python3-venv, or python{'.'.join(sys.version.split('.')[:2])}-venv."
        )
    if VENV.exists():
        print(f"Making {VENV.name} anew: it is unfinished, or of another Python or place.", flush=True)
        shutil.rmtree(VENV)
    VENV.mkdir()
    write_stamp({"interpreter": "unfinished"})
    base = getattr(sys, "_base_executable", None) or sys.executable
    if call([base, "-m", "venv", str(VENV)]):
        sys.exit(f"Could not make {VENV.name}; Python says why above.")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold off another dev.py of this checkout, as in `make -j2 test lint`."""
    if sys.platform == "win32":
        yield
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# -- Running things --------------------------------------------------------------------------------------------------


def call(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run to the end, and never leave the child behind: what stops us stops it."""
    with subprocess.Popen(command, cwd=ROOT, env=environment) as child:
        try:
            return child.wait()
        except BaseException as stop:
            if isinstance(stop, KeyboardInterrupt):  # the terminal has told the child too, and it may have a summary
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=10)
            child.terminate()
            raise


def become(command: list[str], environment: Mapping[str, str]) -> NoReturn:
    """End as `command`, which so gets every signal itself."""
    if os.name == "nt":
        sys.exit(call(command, environment))
    os.chdir(ROOT)
    os.execve(command[0], command, environment)


def manage(*arguments: str) -> list[str]:
    return [PYTHON, "manage.py", *arguments]


def neutral_environment(**settings: str) -> dict[str, str]:
    """The shell's environment without its settings for taskapi."""
    kept = {k: v for k, v in os.environ.items() if k not in SETTINGS and not k.startswith("TASKAPI_")}
    return {**kept, "SECRET_KEY": secrets.token_urlsafe(50), **settings}


# -- Verbs -----------------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    install(LOCK)
    bind = bound_to(arguments)
    if bind is None:
        bind = ADDRESS
        arguments = ["--bind", bind, *arguments]
    environment = served_environment(bind)
    for command in (manage("migrate", "--no-input", "--verbosity", "0"), manage("bootstrap")):
        code = call(command, environment)
        if code:
            return code
    become(manage("serve", *arguments), environment)


def demo(arguments: list[str]) -> int:
    install(LOCK)
    environment = served_environment(ADDRESS)
    code = call(manage("migrate", "--no-input", "--verbosity", "0"), environment)
    return code or call(manage("demo", *arguments), environment)


def served_environment(bind: str) -> dict[str, str]:
    """What the shell has set, and for want of that what suits this machine."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    VAR.chmod(0o700)  # settings.py or an older umask may have made it
    environment = {"BASE_URL": base_url(bind), "SECRET_KEY": "", **os.environ}
    environment["SECRET_KEY"] = environment["SECRET_KEY"] or secret_key()
    return environment


def bound_to(arguments: list[str]) -> str | None:
    """The value of --bind."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--bind="):
            return argument.partition("=")[2]
        if argument == "--bind":
            return "".join(arguments[index + 1 : index + 2])
    return None


def base_url(bind: str) -> str:
    """Where a browser on this machine finds the server."""
    host, _, port = bind.rpartition(":")
    return f"http://{'127.0.0.1' if host in {'', '0.0.0.0', '[::]'} else host}:{port}"


def secret_key() -> str:
    """The key of this checkout, made once: with a new one every session would end."""
    path = VAR / "secret_key"
    if not path.exists() or not path.read_text().strip():
        # Complete under another name first: an empty key must not come of an interruption.
        handle, new = tempfile.mkstemp(dir=VAR)  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
        Path(new).replace(path)
    return path.read_text().strip()


def test(arguments: list[str]) -> int:
    install(DEV_LOCK)
    launchers = {"SQLite": [], "PostgreSQL": [PYTHON, "-m", "tests.postgres", "--"]}
    flags = {f"--{name.lower()}": name for name in launchers}
    chosen = [flags[argument] for argument in arguments if argument in flags] or list(launchers)
    pytest = [PYTHON, "-m", "pytest", *(argument for argument in arguments if argument not in flags)]
    codes = {}
    for database in chosen:
        print(f"\n== Tests on {database} ==", flush=True)
        codes[database] = call([*launchers[database], *pytest], neutral_environment())
    print("\nTests:", ", ".join(f"{name} {'failed' if code else 'passed'}" for name, code in codes.items()), flush=True)
    return 1 if any(codes.values()) else 0


def lint(_: list[str]) -> int:
    install(DEV_LOCK)
    # Nothing here needs data: the database in memory keeps lint from making var/.
    environment = neutral_environment(DATABASE_URL="sqlite://:memory:")
    checks = {
        "style": [str(BIN / "ruff"), "check"],
        "format": [str(BIN / "ruff"), "format", "--check"],
        "types": [str(BIN / "mypy"), "."],
        "imports": [str(BIN / "lint-imports")],
        "migrations": manage("makemigrations", "--check", "--dry-run"),
        "schema": [],
        "deployment": manage("check", "--deploy", "--fail-level", "WARNING"),
    }
    public = {**environment, "BASE_URL": "https://tasks.example.org"}

    def check(name: str) -> tuple[str, str | None, float]:
        start = time.monotonic()
        if name == "schema":
            wrong = stale_snapshot(environment)
        else:
            wrong = complaint(checks[name], public if name == "deployment" else environment)
        return name, wrong, time.monotonic() - start

    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, wrong, seconds in pool.map(check, checks):
            print(f"{'ok  ' if wrong is None else 'FAIL'} {name:<12}{seconds:5.1f} s", flush=True)
            if wrong is not None:
                print(wrong, flush=True)
                failed.append(name)
    print("Lint:", "failed: " + ", ".join(failed) if failed else "passed", flush=True)
    return 1 if failed else 0


def complaint(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """What a failing command prints; None when it succeeds."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout.decode(errors="replace").rstrip() or f"exit {done.returncode}" if done.returncode else None


def write_schema(path: Path, environment: Mapping[str, str]) -> str | None:
    command = manage("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    return complaint(command, environment)


def stale_snapshot(environment: Mapping[str, str]) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / SNAPSHOT.name
        wrong = write_schema(fresh, environment)
        if wrong:
            return wrong
        old = SNAPSHOT.read_text().splitlines() if SNAPSHOT.exists() else []
        new = fresh.read_text().splitlines()
    difference = list(difflib.unified_diff(old, new, str(SNAPSHOT.relative_to(ROOT)), "the code", lineterm="", n=1))
    return "\n".join([*difference[:40], "The snapshot is stale: make schema renews it."]) if difference else None


def schema(_: list[str]) -> int:
    install(DEV_LOCK)
    SNAPSHOT.parent.mkdir(parents=True, exist_ok=True)
    environment = neutral_environment(DATABASE_URL="sqlite://:memory:")
    if wrong := write_schema(SNAPSHOT, environment):
        print(wrong)
        return 1
    field_map = subprocess.run(manage("fieldmap"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    FIELD_MAP.write_bytes(field_map.stdout)
    print(f"{SNAPSHOT.relative_to(ROOT)} and {FIELD_MAP.relative_to(ROOT)} are up to date.")
    return 0


def bench(arguments: list[str]) -> int:
    install(DEV_LOCK)
    become([PYTHON, "-m", "benchmarks", *arguments], neutral_environment())


def lock(arguments: list[str]) -> int:
    install(DEV_LOCK)
    # For every platform at once and with all hashes; no header and no index, so that anyone's run gives the same bytes.
    resolve = [str(BIN / "uv"), "pip", "compile", "-q", "--generate-hashes", "--universal", "--python-version", "3.11"]
    resolve += ["--no-header", *arguments]
    larger = {
        DEV_LOCK: ["requirements-dev.in"],
        APPRISE_LOCK: ["pyproject.toml", "--extra", "apprise"],
    }
    code = call([*resolve, "requirements.in", "-o", LOCK])
    for name, sources in larger.items():
        code = code or call([*resolve, "-c", LOCK, "requirements.in", *sources, "-o", name])
    if any("://" in (ROOT / name).read_text() for name in (LOCK, *larger)):
        sys.exit("The lock names an index or a URL: it would bind everyone to this machine's.")
    return code


def only_install(arguments: list[str]) -> int:
    install(APPRISE_LOCK if "apprise" in arguments else LOCK)
    return 0


VERBS = {
    "run": run,
    "demo": demo,
    "test": test,
    "lint": lint,
    "bench": bench,
    "schema": schema,
    "lock": lock,
    "install": only_install,
}


def main() -> int:
    verb, *arguments = sys.argv[1:] or ["help"]
    if verb not in VERBS:
        print(__doc__)
        return 0 if verb in {"help", "-h", "--help"} else 2

    def stop(*_: object) -> NoReturn:  # as an exception, so that call() can stop its child
        sys.exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    try:
        return VERBS[verb](arguments)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
