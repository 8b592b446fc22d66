"""`tags` in an update: PATCH merges, PUT replaces."""

import pytest

from tests.answers import assert_refused

TAGS = {"env": "prod", "team": "a"}
ODD = {"5": "five", "a.b": "dot", 'a"b': "quote", "a__b": "lookup", "a'b": "apostrophe", "$": "%", "é": "\\"}


@pytest.mark.parametrize("verb", ["patch", "post"])
@pytest.mark.parametrize(
    ("sent", "result"),
    [
        pytest.param({}, TAGS, id="none"),
        pytest.param({"region": "eu"}, {**TAGS, "region": "eu"}, id="another"),
        pytest.param({"env": "test"}, {"env": "test", "team": "a"}, id="another value"),
        pytest.param({"env": None}, {"team": "a"}, id="null removes the name"),
        pytest.param({"nobody": None}, TAGS, id="null for a name that is not there"),
        pytest.param({"env": None, "team": None}, {}, id="all removed"),
        pytest.param(ODD, {**TAGS, **ODD}, id="odd names"),
    ],
)
def test_a_patch_lays_tags_over_those_that_are_there(api, make_task, verb, sent, result):
    path = f"tasks/{make_task(tags=TAGS)['id']}"
    assert getattr(api, verb)(path, {"tags": sent}).json()["tags"] == result
    assert api.get(path).json()["tags"] == result


@pytest.mark.parametrize(
    ("body", "result"),
    [
        pytest.param({}, TAGS, id="not sent"),
        pytest.param({"tags": {}}, {}, id="empty"),
        pytest.param({"tags": {"region": "eu"}}, {"region": "eu"}, id="others"),
    ],
)
def test_a_put_replaces_tags_where_it_sends_them(api, make_task, body, result):
    path = f"tasks/{make_task(tags=TAGS)['id']}"
    assert api.put(path, {"name": "export", **body}).json()["tags"] == result
    assert api.get(path).json()["tags"] == result


@pytest.mark.parametrize(
    ("tags", "attr"),
    [
        pytest.param({"env": ""}, "tags.env", id="blank value"),
        pytest.param({"env": "v" * 256}, "tags.env", id="long value"),
        pytest.param({"env": 5}, "tags.env", id="number"),
        pytest.param({"env": True}, "tags.env", id="boolean"),
        pytest.param({"env": ["prod"]}, "tags.env", id="list"),
        pytest.param({"": "x"}, "tags", id="blank name"),
        pytest.param({"n" * 256: "x"}, "tags", id="long name"),
        pytest.param(["env"], "tags", id="list of names"),
        pytest.param("env", "tags", id="text"),
        pytest.param(None, "tags", id="null"),
    ],
)
def test_tags_that_are_no_names_and_texts_are_refused(api, make_task, tags, attr):
    task = make_task(tags=TAGS)
    path = f"tasks/{task['id']}"
    assert_refused(api.patch(path, {"tags": tags}), attr)
    assert_refused(api.put(path, {"name": "export", "tags": tags}), attr)
    assert_refused(api.post("tasks", {"name": "export", "tags": tags}), attr)
    assert api.get(path).json() == task


def test_null_stands_for_removal_in_a_patch_alone(api, make_task):
    task = make_task(tags=TAGS)
    assert_refused(api.put(f"tasks/{task['id']}", {"name": "export", "tags": {"env": None}}), "tags.env")
    assert_refused(api.post("tasks", {"name": "export", "tags": {"env": None}}), "tags.env")
