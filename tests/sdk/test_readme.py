"""The examples of README.md, run as they stand there."""

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_sdk_example_reports_a_task(server):
    (example,) = re.findall(r"```python\n(import taskbadger\n.*?)```", README, re.DOTALL)
    names: dict = {}
    exec(example.replace("http://127.0.0.1:8000", server.url).replace("KEY", server.key), names)
    shown = server.request("GET", f"/api/demo/demo/tasks/{names['task'].id}", key=server.key).json()
    assert (shown["name"], shown["status"], shown["value"], shown["value_max"]) == (
        "nightly.import",
        "success",
        50,
        200,
    )


def test_the_celery_example_imports_what_there_is():
    # Its last line would bind the whole process to a server: test_celery.py does that with care.
    (example,) = re.findall(r"```python\n(from celery import Celery\n.*?)```", README, re.DOTALL)
    exec("\n".join(line for line in example.splitlines() if line.startswith("from ")), {})
