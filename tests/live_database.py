"""Databases for served processes: prepared once, as an operator would, and copied for each."""

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

import psycopg
from psycopg import sql

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
# All that the server inherits. It finds no settings but those given below: the defaults are what is tested.
INHERITED = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "USER")
COMMAND_WITHIN = 120


def neutral_environment(database_url: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "DATABASE_URL": database_url, "SECRET_KEY": secrets.token_urlsafe(50)}


def manage(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    """Run a management command and return what it prints."""
    done = subprocess.run(
        [sys.executable, str(MANAGE), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_WITHIN,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} exited with {done.returncode}.\n{done.stdout}{done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Prepared:
    """A database as an operator prepares it, with a project `demo/demo` and a key: each server gets a copy of it."""

    url: str
    key: str


@cache
def prepared() -> Prepared:
    folder = Path(tempfile.mkdtemp(prefix="taskapi-live-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = new_database(folder)
    environment = neutral_environment(url)
    manage(environment, folder, "migrate", "--no-input")
    return Prepared(url, manage(environment, folder, "createapikey", "demo/demo", "--create").strip())


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The URL of a copy of `prepared`."""
    url = new_database(folder, prepared().url)
    try:
        yield url
    finally:
        drop(url)


def new_database(folder: Path, original: str | None = None) -> str:
    """The URL of a database, empty or a copy: beside DATABASE_URL's own if that is PostgreSQL, else a SQLite file."""
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not url.scheme.startswith(("postgres", "pgsql", "psql")):
        path = folder / "taskapi.sqlite3"
        if original is not None:
            shutil.copyfile(original.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"
    name = f"taskapi_live_{secrets.token_hex(6)}"
    template = "template0" if original is None else urlsplit(original).path[1:]
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(beside(url), autocommit=True) as connection:
        connection.execute(create)
    if original is None:
        atexit.register(drop, urlunsplit(url._replace(path=f"/{name}")))
    return urlunsplit(url._replace(path=f"/{name}"))


def drop(database_url: str) -> None:
    url = urlsplit(database_url)
    if url.scheme == "sqlite":
        return  # with its folder
    with psycopg.connect(beside(url), autocommit=True) as connection:
        name = sql.Identifier(url.path[1:])
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def beside(url: SplitResult) -> str:
    """The server's own database, which is always there to connect to, in the spelling that psycopg knows."""
    return urlunsplit(url._replace(scheme="postgresql", path="/postgres"))
