"""Walls that only the source shows: who may write a task, what pure modules know, and what no file is called."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("*/apps.py"))
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in package.rglob("*.py")
    if path.parent.name not in {"migrations", "__pycache__"}
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

DOOR = "tasks/changes.py"
TIME_DOOR = "tasks/passing.py"  # what time alone does to tasks
ACTION_DOOR = "tasks/action_changes.py"  # writes actions one by one, and no task
SHARING_DOOR = "tasks/sharing.py"  # gives and takes public links
MOVING_DOOR = "tasks/moving.py"  # brings tasks to another project
HISTORY_DOOR = "tasks/history.py"  # brings in what has happened already
DOORS = {DOOR, SHARING_DOOR, MOVING_DOOR, HISTORY_DOOR}
STATEMENTS = "tasks/statements.py"
WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("acreate", "aupdate", "adelete", "asave", "raw_delete"),
}
# What the words for tasks and their kin are called in the source: classes, rows and sets of them.
KIN = re.compile(r"\b(Task|Action|StatusChange|tasks?|actions?|child(ren)?|parent|status_changes?|stored)\b")
PURE = [
    *("projects/keys.py", "projects/scopes.py", "integrations/backoff.py", "integrations/shares.py"),
    *("monitors/schedules.py", "monitors/states.py"),
    *("tasks/name_filter.py", "tasks/statuses.py", "tasks/triggers.py", "tasks/deadlines.py", "tasks/row.py"),
    *("tasks/steps.py", "tasks/durations.py", "planning/recurrence.py", "planning/amounts.py"),
    *("dashboard/charts.py",),
]
FRAMEWORKS = {"django", "rest_framework", "drf_spectacular", "drf_standardized_errors", "psycopg"}


def place(path):
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path):
    """Each call in a file, `Task.objects.create(...)`: what is called on, and by which name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func.value), node.func.attr


def imports(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_there_is_source_to_look_at():
    assert {"taskapi", "projects", "tasks"} <= {package.name for package in PACKAGES}
    assert len(SOURCES) > 30
    assert [name for _, on, name in calls(ROOT / DOOR) if name in WRITES and KIN.search(on)]


def test_only_the_doors_write_tasks_actions_and_history():
    found = [
        f"{place(path)}:{line}: {on}.{name}()"
        for path in SOURCES
        if place(path) not in {DOOR, HISTORY_DOOR}
        for line, on, name in calls(path)
        if name in WRITES and KIN.search(on) and not on.startswith(("super(", "changes"))
        if place(path) != ACTION_DOOR or not re.fullmatch(r"action|Action\.objects", on)
    ]
    assert found == []


def test_only_the_doors_call_the_statements_that_write():
    found = [
        f"{place(path)}:{line}"
        for path in SOURCES
        if place(path) not in DOORS
        for line, on, name in calls(path)
        if on.split(".")[-1] == "statements" and name in {"insert", "update"}
    ]
    imported = [
        place(path)
        for path in SOURCES
        if {"tasks.statements.insert", "tasks.statements.update"} & set(imports(path)) and place(path) not in DOORS
    ]
    assert found + imported == []


def test_only_the_statements_are_sql_that_writes():
    sql = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.I)
    found = [
        f"{place(path)}:{node.lineno}"
        for path in SOURCES
        if place(path) != STATEMENTS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and sql.search(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_knows_no_framework(name):
    known = {module.partition(".")[0] for module in imports(ROOT / name)}
    assert known & FRAMEWORKS == set()


def test_below_the_views_nobody_knows_rest_framework():
    below = [
        ROOT / "tasks" / f"{name}.py"
        for name in ("changes", "passing", "firing", "rules", "statements", "lifecycle", "filters", "global_actions")
    ]
    below += [ROOT / "integrations" / f"{name}.py" for name in ("channels", "outbox", "delivering", "recording")]
    below += [ROOT / "monitors" / f"{name}.py" for name in ("changes", "checkins", "sweeps")]
    below += [ROOT / "planning" / f"{name}.py" for name in ("plans", "completion", "moving", "occurrences", "work")]
    below += [
        ROOT / "planning" / f"{name}.py" for name in ("rows", "expressions", "workflow", "custom_fields", "rollups")
    ]
    below += [path for path in SOURCES if path.parent.name == "models"]
    found = [place(path) for path in below if any(module.startswith("rest_framework") for module in imports(path))]
    assert found == []


def test_nothing_happens_by_signals():
    """Django's own may be let go of."""
    signals = re.compile(r"django\.(dispatch|(db|contrib|test)\b.*\bsignals)\b")
    importing = [place(path) for path in SOURCES if any(signals.search(module) for module in imports(path))]
    listening = [
        f"{place(path)}:{line}"
        for path in SOURCES
        for line, on, name in calls(path)
        if name == "connect" and "sig" in on
    ]
    assert importing + listening == []


def test_no_model_overrides_how_it_is_saved():
    found = [
        f"{place(path)}:{node.lineno}"
        for path in SOURCES
        if path.parent.name == "models"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    assert found == []


def test_a_function_lives_in_the_file_that_is_named_after_its_subject():
    banned = {"utils", "util", "helpers", "common", "misc", "services", "signals"}
    assert [
        place(path) for path in [*SOURCES, *TESTS] if banned & set(path.relative_to(ROOT).with_suffix("").parts)
    ] == []


def test_nothing_is_left_for_later_in_the_source():
    words = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]))
    found = [
        f"{place(path)}:{number}"
        for path in [*SOURCES, *TESTS]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []
