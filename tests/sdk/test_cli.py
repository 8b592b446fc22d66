"""The `taskbadger` command, as installed, against a live server."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import taskbadger


@pytest.fixture
def cli(server, tmp_path):
    """Run the command in a clean environment, with only what the README tells its users to set."""
    command = shutil.which("taskbadger", path=Path(sys.executable).parent) or shutil.which("taskbadger")
    assert command, "the taskbadger command is not installed"

    def run(*arguments, key=server.key, exit_code=0):
        environment = {
            "COLUMNS": "1000",  # the command wraps what it prints, JSON as well
            "HOME": str(tmp_path),
            "NO_PROXY": "127.0.0.1",
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "TASKBADGER_HOST": server.url,
            "XDG_CONFIG_HOME": str(tmp_path),
        }
        if key:
            environment["TASKBADGER_API_KEY"] = key
        done = subprocess.run(
            [command, *arguments],
            env=environment,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == exit_code, done.stdout + done.stderr
        return done

    return run


def test_create_makes_a_running_task(cli, native, unique):
    options = ("--tag", "env=prod", "--metadata", "rows=12", "--metadata-json", '{"deep": [1]}', "--queue", "bulk")

    task_id = cli("create", unique, *options, "--value-max", "50", "--quiet").stdout.strip()

    task = native.task(task_id)
    assert (task["name"], task["status"], task["value_max"]) == (unique, "processing", 50)
    assert (task["tags"], task["queue"]) == ({"env": "prod"}, "bulk")
    assert task["data"] == {"rows": "12", "deep": [1]}
    assert task["start_time"] is not None


def test_create_prints_the_public_link(cli, native, unique):
    printed = cli("create", unique, "--status", "pending").stdout

    [task] = native.listed(name=unique)
    assert task["status"] == "pending"
    assert printed.split() == ["Task", "created:", task["public_url"]]


def test_create_and_update_take_actions(cli, native, unique):
    task_id = cli("create", unique, "-a", "success,error", "email", "to:a@example.org", "-q").stdout.strip()
    cli("update", task_id, "-a", "90%", "email", "to:b@example.org", "-q")

    actions = sorted(native.actions(task_id), key=lambda action: action["id"])
    assert [(action["trigger"], action["integration"], action["config"]) for action in actions] == [
        ("success,error", "email", {"to": "a@example.org"}),
        ("90%", "email", {"to": "b@example.org"}),
    ]


def test_update_changes_the_task(cli, sdk, native, unique):
    task = sdk.create_task(unique, tags={"env": "test", "team": "blue"}, data={"old": 1})

    options = ("--status", "success", "--value", "80", "--value-max", "160", "--tag", "env=prod", "--metadata", "a=b")
    printed = cli("update", task.id, "--name", f"{unique}.renamed", *options).stdout

    shown = native.task(task.id)
    assert (shown["name"], shown["status"]) == (f"{unique}.renamed", "success")
    assert (shown["value"], shown["value_max"], shown["value_percent"]) == (80, 160, 50)
    assert shown["tags"] == {"env": "prod", "team": "blue"}
    assert shown["data"] == {"a": "b"}
    assert printed.split() == ["Task", "updated:", shown["public_url"]]


def test_get_shows_the_task_in_each_format(cli, sdk, native, unique, moment):
    task = sdk.create_task(unique, value=25, tags={"a": "b"}, data={"c": "d"})
    shown = native.task(task.id)

    pretty = dict(line.split(": ", 1) for line in cli("get", task.id).stdout.splitlines())
    assert pretty == {
        "Task ID": task.id,
        "Created": moment(shown["created"]).isoformat(),
        "Name": unique,
        "Status": "pending",
        "Percent": "25%",
    }
    as_json = json.loads(cli("get", task.id, "--format", "json").stdout)
    for field in ("created", "updated"):
        assert moment(as_json.pop(field)) == moment(shown.pop(field))
    assert as_json == shown
    _, row = csv.reader(cli("get", task.id, "--format", "csv").stdout.splitlines())
    assert row == [task.id, pretty["Created"], unique, "pending", "25"]


def test_list_pages_through_a_project(cli, configure, server, unique):
    key = server.new_key(f"demo/p{unique.split('.')[1][:12]}", "--create")
    configure(token=key)
    created = [taskbadger.create_task(unique).id for _ in range(3)]

    page = json.loads(cli("list", "--format", "json", "--limit", "2", key=key).stdout)
    assert [task["id"] for task in page["results"]] == created[:0:-1]
    rest = cli("list", "--format", "csv", "--limit", "2", "--start-token", page["next_token"], key=key).stdout
    assert [row[0] for row in csv.reader(rest.splitlines())] == ["Task ID", created[0]]
    pretty = cli("list", key=key).stdout
    assert all(task_id in pretty for task_id in created)
    assert "Next page token" not in pretty


def test_run_tracks_a_command_that_succeeds(cli, native, unique):
    done = cli("run", unique, "--tag", "env=prod", "--", 'echo "id: $TASKBADGER_TASK_ID"')

    [task] = native.listed(name=unique)
    assert f"id: {task['id']}" in done.stdout
    assert task["public_url"] in done.stdout
    assert (task["status"], task["value"], task["stale_timeout"]) == ("success", 100, 10)
    assert task["tags"] == {"env": "prod"}
    assert task["data"] is None
    assert task["start_time"] is not None
    assert task["end_time"] is not None


def test_run_tracks_a_command_that_fails(cli, native, unique):
    # The command outlives its output by a little, because what is written last can be lost on its way to the SDK.
    command = f"echo out; echo err >&2; {sys.executable} -c pass; exit 3"

    done = cli("run", unique, "--capture-output", "--", command, exit_code=3)

    [task] = native.listed(name=unique)
    assert task["public_url"] in done.stdout
    assert task["status"] == "error"
    assert task["data"] == {"return_code": 3, "stdout": "out\n", "stderr": "err\n"}
    assert task["value"] is None
    assert task["end_time"] is not None


def test_run_runs_its_command_though_the_key_is_refused(cli, refused_key, native, unique, tmp_path):
    done = cli("run", unique, "--", f"echo done > {tmp_path / 'proof'}", key=refused_key)

    assert "Authentication failed" in done.stderr
    assert (tmp_path / "proof").read_text() == "done\n"
    assert native.listed(name=unique) == []


def test_a_refused_create_says_so(cli, native, unique):
    done = cli("create", unique, "--value-max", "-1")

    assert "Unexpected status code: 400" in done.stderr
    assert native.listed(name=unique) == []


def test_a_command_without_a_key_asks_for_one(cli, native, unique):
    done = cli("create", unique, key=None, exit_code=1)

    assert "Missing configuration" in done.stdout
    assert native.listed(name=unique) == []
