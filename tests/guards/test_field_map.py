"""The field map of the documentation: fresh, whole, and true."""

import re
from pathlib import Path

from compat.field_map import as_markdown
from compat.projectbubble.wire import FIELDS as PROJECTBUBBLE
from planning.serializers import PlanOutput
from tasks.serializers import TaskOutput
from tests.openapi import document

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "fields.md"
# Words of the map that are no fields of a task or its plan.
OTHERS = {"status_history", "time_reports", "time-reports", "extra-costs", "number", "name"}


def test_the_field_map_is_fresh():
    assert DOCUMENT.read_text() == as_markdown(), "The code has changed what the map says: `make schema`"


def test_each_field_that_a_dialect_shows_is_in_the_map():
    shown = re.findall(r"^\| (\w+) \| `(\w+)` \|", as_markdown(), re.M)
    task = document()["components"]["schemas"]["Task"]["properties"].keys()
    assert {name for api, name in shown if api == "native"} >= set(TaskOutput().fields) | set(PlanOutput().fields)
    embeds = {"actions", "children", "status_history", "plan", "time_reports", "rollup"}
    assert task - embeds - {f"{name}_truncated" for name in embeds} <= {name for _, name in shown}
    assert {name for api, name in shown if api == "ProjectBubble"} >= {field.name for field in PROJECTBUBBLE}


def test_each_field_lives_in_one_that_there_is():
    homes = set(TaskOutput().fields) | {f"plan.{name}" for name in PlanOutput().fields} | OTHERS
    lives = [line.split(" | ")[3] for line in as_markdown().splitlines() if line.startswith(("| Proj", "| Good"))]
    assert lives
    named = {word for cell in lives for word in re.findall(r"`([^`]+)`", cell)} - {"success"}
    assert named <= homes, named - homes
