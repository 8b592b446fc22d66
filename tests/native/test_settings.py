"""The settings, as a process of its own reads them from its environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
SOUND = {
    "SECRET_KEY": "for this test alone: 0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "BASE_URL": "https://tasks.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
}


def manage(folder, *arguments, **environment):
    """Runs a management command with this environment and nothing else."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def without(name):
    return {key: value for key, value in SOUND.items() if key != name}


def test_a_server_behind_https_passes_djangos_own_check_for_deployment(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **SOUND)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_models_and_migrations_agree(tmp_path):
    done = manage(tmp_path, "makemigrations", "--check", "--dry-run", **SOUND)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        pytest.param(without("SECRET_KEY"), "SECRET_KEY", id="no secret key"),
        pytest.param({**SOUND, "SECRET_KEY": ""}, "SECRET_KEY", id="an empty secret key"),
        pytest.param({**SOUND, "BASE_URL": "tasks.example.org"}, "BASE_URL", id="a URL without a scheme"),
        pytest.param({**SOUND, "BASE_URL": "ftp://tasks.example.org"}, "BASE_URL", id="a URL of another scheme"),
        pytest.param({**SOUND, "BASE_URL": "https://"}, "BASE_URL", id="a URL without a host"),
        pytest.param({**SOUND, "DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL", id="a database that is unknown"),
    ],
)
def test_the_server_does_not_start_without_what_it_needs_and_says_what_that_is(tmp_path, environment, named):
    done = manage(tmp_path, "check", **environment)
    assert done.returncode != 0
    assert named in done.stderr.splitlines()[-1]


def test_for_debugging_nothing_has_to_be_set(tmp_path):
    done = manage(tmp_path, "check", DEBUG="1", DATABASE_URL=SOUND["DATABASE_URL"])
    assert done.returncode == 0, done.stderr


def test_no_setting_switches_debugging_on_by_itself(tmp_path):
    done = manage(tmp_path, "shell", "-c", "from django.conf import settings; print(settings.DEBUG)", **SOUND)
    assert done.stdout.split()[-1] == "False", done.stderr


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_behind_https_the_machine_itself_still_asks_by_plain_http(tmp_path, path):
    ask = f"from django.test import Client; print(Client().get({path!r}, headers={{'host': '127.0.0.1'}}).status_code)"
    done = manage(tmp_path, "shell", "-c", ask, **SOUND)
    assert done.stdout.split()[-1] in {"200", "503"}, done.stdout + done.stderr  # 503: this one has no tables
