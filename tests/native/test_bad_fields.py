"""A wrong type or value for each field of a task: a 400 that names the field, and nothing is written."""

import pytest

from tests.answers import assert_refused

NO_TEXT = [5, 1.5, True, False, [], ["a"], {}]
NO_INTEGER = ["5", "", 1.5, 0.1, True, False, [], [5], {}]
NO_SECONDS = [*NO_INTEGER, 0, -1, 2**31]
NO_MOMENT = [
    *[5, 1.5, True, [], {}, "", "soon", "12:00", "1767225600"],
    *["2026-02-30T00:00:00Z", "2026-01-01T24:01:00Z", "2026-01-01T00:00:00+99:00", "2026-01-01T00:00:00 Z Z"],
    *["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z"],
]
WRONG = {
    "name": [*NO_TEXT, None, "", "x" * 256, "é" * 256],
    "status": [*NO_TEXT, None, "", "done", "PENDING", " pending", "pending ", "0"],
    "value": [*NO_INTEGER, -1, -0.5],
    "value_max": [*NO_INTEGER, -1, None],
    "tags": [5, True, "a", [], [["a", "b"]]],
    "queue": [*NO_TEXT, None, "x" * 256],
    "external_id": [*NO_TEXT, None, "x" * 256],
    "parent": [5, 1.5, True, [], {}, "", "x"],
    "max_runtime": NO_SECONDS,
    "stale_timeout": NO_SECONDS,
    "stall_timeout": NO_SECONDS,
    "start_time": NO_MOMENT,
    "end_time": NO_MOMENT,
    "actions": [None, "email", 5, {}],
}
CASES = [pytest.param(field, value, id=f"{field} {value!r:.40}") for field in WRONG for value in WRONG[field]]


@pytest.mark.parametrize(("field", "value"), CASES)
def test_a_wrong_value_is_refused_by_field(api, make_task, field, value):
    task = make_task(value=1, tags={"a": "b"})
    sent = {"name": "import", field: value}
    named = api.post("tasks", sent)
    assert_refused(named, named.json()["errors"][0]["attr"])
    assert named.json()["errors"][0]["attr"].split(".")[0] == field
    for method in ("PUT", "PATCH", "POST"):
        assert api.request(method, f"tasks/{task['id']}", sent).json() == named.json()
    assert api.get("tasks").json()["results"] == [task]


@pytest.mark.parametrize("field", ["value", "value_max", "max_runtime", "stale_timeout", "stall_timeout"])
def test_a_number_without_a_fraction_is_an_integer_however_it_is_written(api, project, field):
    response = api.post("tasks", data=f'{{"name": "x", "{field}": 1.2e1}}'.encode(), content_type="application/json")
    assert response.status_code == 201, response.content
    assert response.content.count(f'"{field}":12,'.encode()) == 1
