"""`data`: any JSON, kept as it is on both databases, replaced as a whole by an update."""

import json

import pytest

VALUES = [
    pytest.param(None, id="null"),
    pytest.param(True, id="true"),
    pytest.param(False, id="false"),
    pytest.param(0, id="zero"),
    pytest.param(1.5, id="fraction"),
    pytest.param(0.1, id="a fraction that binary has not"),
    pytest.param(2**63 - 1, id="greatest integer"),
    pytest.param(-(2**63), id="least integer"),
    pytest.param(1e20, id="a float over the integers"),
    pytest.param(1.7976931348623157e308, id="greatest float"),
    pytest.param(5e-324, id="least float"),
    pytest.param("", id="empty text"),
    pytest.param('“π” 🦡 \u2028 \\ " </script> \t', id="odd text"),
    pytest.param([], id="empty list"),
    pytest.param([1, "1", True, None, {}, [[]]], id="list"),
    pytest.param({}, id="empty object"),
    pytest.param({"": 1, "a.b": 2, "a__b": 3, "5": 4, 'a"b': 5, "key": None}, id="odd names"),
    pytest.param({"a": {"b": {"c": [1, {"d": "e"}]}}}, id="nested"),
]


def same(left, right):
    """As JSON tells apart: 1 is not true, but 1 is 1.0, and 1e300 may come back as a 1 with its zeros."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) or isinstance(right, float):
        return float(left) == float(right)
    return isinstance(left, bool) == isinstance(right, bool) and left == right


@pytest.mark.parametrize("data", VALUES)
def test_data_comes_back_as_it_was_sent(api, make_task, data):
    task = make_task(data=data)
    assert same(task["data"], data)
    read = api.get(f"tasks/{task['id']}")
    assert read.status_code == 200, read.content
    assert same(read.json()["data"], data)
    listed = api.get("tasks")
    assert listed.status_code == 200, listed.content
    assert same(listed.json()["results"][0]["data"], data)


@pytest.mark.parametrize("verb", ["patch", "put", "post"])
def test_an_update_replaces_data_whole(api, make_task, verb):
    task = make_task(data={"a": 1, "b": {"c": 2}})
    path = f"tasks/{task['id']}"
    assert getattr(api, verb)(path, {"name": "export", "data": {"b": {"d": 3}}}).json()["data"] == {"b": {"d": 3}}
    assert api.get(path).json()["data"] == {"b": {"d": 3}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(1, True, id="1 to true"),
        pytest.param(True, 1, id="true to 1"),
        pytest.param(0, False, id="0 to false"),
        pytest.param({"a": [1]}, {"a": [True]}, id="deep within"),
        pytest.param({"a": 1}, None, id="to null"),
        pytest.param(None, {"a": 1}, id="from null"),
    ],
)
def test_what_python_holds_equal_is_a_change_all_the_same(api, make_task, before, after):
    path = f"tasks/{make_task(data=before)['id']}"
    assert json.dumps(api.patch(path, {"data": after}).json()["data"]) == json.dumps(after)
    assert json.dumps(api.get(path).json()["data"]) == json.dumps(after)


def test_data_that_is_not_sent_stays(api, make_task):
    path = f"tasks/{make_task(data={'a': 1})['id']}"
    assert api.put(path, {"name": "import"}).json()["data"] == {"a": 1}
    assert api.patch(path, {}).json()["data"] == {"a": 1}


def test_data_may_nest_deep_but_not_without_end(api):
    assert post_nested(api, 50).status_code == 201
    assert post_nested(api, 5000).status_code == 400


def post_nested(api, depth):
    body = b'{"name": "export", "data": ' + b'{"a": ' * depth + b"1" + b"}" * (depth + 1)
    return api.post("tasks", data=body, content_type="application/json")
