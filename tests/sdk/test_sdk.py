"""The official SDK against a live server, as a user's program would call it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import taskbadger
from taskbadger import Action, DefaultMergeStrategy, EmailIntegration, StatusEnum
from taskbadger.context_providers import ContextProvider
from taskbadger.exceptions import Unauthorized, UnexpectedStatus
from taskbadger.internal.api.action_endpoints import (
    action_cancel,
    action_create,
    action_get,
    action_list,
    action_partial_update,
    action_update,
)
from taskbadger.internal.api.task_endpoints import task_cancel, task_list, task_partial_update, task_update
from taskbadger.internal.models import ActionRequest, PatchedActionRequest, PatchedTaskRequest, TaskRequest
from taskbadger.mug import Badger

SHOWN_BY_THE_SDK = (
    "id",
    "organization",
    "project",
    "name",
    "parent",
    "queue",
    "external_id",
    "status",
    "value",
    "value_max",
    "value_percent",
    "data",
    "time_to_start",
    "max_runtime",
    "stale_timeout",
    "tags",
    "url",
    "public_url",
)
TIMES_SHOWN_BY_THE_SDK = ("created", "updated", "start_time", "end_time")


@pytest.fixture
def same(native, moment):
    """Whether the SDK's object says what the server says."""

    def check(task):
        shown = native.task(task.id)
        for field in SHOWN_BY_THE_SDK:
            assert getattr(task, field) == shown[field], field
        for field in TIMES_SHOWN_BY_THE_SDK:
            expected = shown[field] and moment(shown[field])
            assert getattr(task, field) == expected, field
        return shown

    return check


@pytest.fixture
def place(server):
    """Organization and project, as the SDK's generated endpoints want them."""
    return {"organization_slug": server.organization, "project_slug": server.project}


def attributes(error):
    """The fields that a refusal names."""
    return [problem["attr"] for problem in json.loads(error.value.content)["errors"]]


# Creating and reading


def test_a_created_task_has_the_documented_defaults(sdk, same, server, unique, moment):
    task = sdk.create_task(unique)

    shown = same(task)
    assert {field: shown[field] for field in SHOWN_BY_THE_SDK if field not in ("id", "url", "public_url")} == {
        "organization": "demo",
        "project": "demo",
        "name": unique,
        "parent": None,
        "queue": "",
        "external_id": "",
        "status": "pending",
        "value": None,
        "value_max": 100,
        "value_percent": None,
        "data": None,
        "time_to_start": None,
        "max_runtime": None,
        "stale_timeout": None,
        "tags": {},
    }
    assert shown["start_time"] is None
    assert shown["end_time"] is None
    assert shown["url"] == f"{server.url}/a/demo/tasks/{task.id}/"
    assert shown["public_url"].startswith(f"{server.url}/public/tasks/{task.id}/")
    assert abs(datetime.now(UTC) - moment(shown["created"])) < timedelta(minutes=1)


def test_every_field_of_a_create_is_kept(sdk, same, unique):
    parent = sdk.create_task(unique)
    task = sdk.create_task(
        f"{unique}.child",
        status=StatusEnum.PROCESSING,
        value=30,
        value_max=120,
        data={"rows": [1, 2.5, None, {"deep": True}], "text": "žluť ✓"},
        max_runtime=60,
        stale_timeout=30,
        tags={"env": "prod", "team": "žluť"},
        queue="bulk",
        external_id=unique,
        parent=parent.id,
    )

    shown = same(task)
    assert shown["status"] == "processing"
    assert (shown["value"], shown["value_max"], shown["value_percent"]) == (30, 120, 25)
    assert shown["data"] == {"rows": [1, 2.5, None, {"deep": True}], "text": "žluť ✓"}
    assert (shown["max_runtime"], shown["stale_timeout"]) == (60, 30)
    assert shown["tags"] == {"env": "prod", "team": "žluť"}
    assert (shown["queue"], shown["external_id"], shown["parent"]) == ("bulk", unique, parent.id)
    assert shown["start_time"] is not None


def test_a_task_is_read_back_by_its_id(sdk, same, unique):
    created = sdk.create_task(unique, value=0, data={"a": 1}, tags={"b": "c"})

    task = sdk.get_task(created.id)

    same(task)
    assert task._task == created._task


@pytest.mark.parametrize("status", [pytest.param(status, id=status.value) for status in StatusEnum])
def test_a_task_may_begin_in_any_status(sdk, same, unique, status):
    shown = same(sdk.create_task(unique, status=status))

    assert shown["status"] == status.value
    assert (shown["start_time"] is not None) == status.value.endswith("processing")
    assert (shown["end_time"] is not None) == (status.value in ("success", "error", "cancelled"))


@pytest.mark.parametrize(
    ("fields", "attribute"),
    [
        pytest.param({"value": -1}, "value", id="negative value"),
        pytest.param({"value": 2**63}, "value", id="value over 64 bits"),
        pytest.param({"value_max": -1}, "value_max", id="negative maximum"),
        pytest.param({"max_runtime": 0}, "max_runtime", id="no runtime"),
        pytest.param({"stale_timeout": 2**31}, "stale_timeout", id="timeout over 32 bits"),
        pytest.param({"queue": "q" * 256}, "queue", id="long queue"),
        pytest.param({"external_id": "x" * 256}, "external_id", id="long external id"),
        pytest.param({"parent": "not-an-id"}, "parent", id="parent is no id"),
        pytest.param({"parent": str(uuid4())}, "parent", id="parent is unknown"),
    ],
)
def test_a_bad_field_is_refused_by_its_name(sdk, native, unique, fields, attribute):
    with pytest.raises(UnexpectedStatus) as error:
        sdk.create_task(unique, **fields)

    assert error.value.status_code == 400
    assert attributes(error) == [attribute]
    assert native.listed(name=unique) == []


@pytest.mark.parametrize("name", ["", "n" * 256])
def test_a_name_has_1_to_255_characters(sdk, name):
    with pytest.raises(UnexpectedStatus) as error:
        sdk.create_task(name)

    assert error.value.status_code == 400
    assert attributes(error) == ["name"]


def test_an_unknown_monitor_is_refused(sdk, native, unique):
    with pytest.raises(UnexpectedStatus) as error:
        sdk.create_task(unique, monitor_id=str(uuid4()))

    assert error.value.status_code == 400
    assert native.listed(name=unique) == []


def test_the_callback_before_a_create_can_change_it(configure, native, unique):
    configure(before_create=lambda task: task | {"queue": "by callback", "start_time": "2030-01-02T03:04:05Z"})
    shown = native.task(taskbadger.create_task(unique).id)

    assert shown["queue"] == "by callback"
    assert shown["start_time"].startswith("2030-01-02T03:04:05")


def test_scope_and_global_tags_go_into_every_task(configure, native, unique):
    configure(tags={"env": "test"})
    with taskbadger.current_scope() as scope:
        scope["host"] = "a"
        scope.tag({"team": "blue"})
        inside = taskbadger.create_task(unique, data={"own": 1}, tags={"env": "mine"})
    outside = taskbadger.create_task(unique)

    assert native.task(inside.id)["data"] == {"host": "a", "own": 1}
    assert native.task(inside.id)["tags"] == {"env": "mine", "team": "blue"}
    assert native.task(outside.id)["data"] is None
    assert native.task(outside.id)["tags"] == {"env": "test"}


# Updating


def test_an_update_changes_what_it_names_and_nothing_else(sdk, native, same, unique):
    task = sdk.create_task(unique, value=1, data={"a": 1}, tags={"b": "c"}, queue="q", stale_timeout=50)
    before = native.task(task.id)

    task.update(value=2, max_runtime=70)

    after = same(task)
    changed = {field for field in after if after[field] != before[field]}
    assert changed == {"value", "value_percent", "max_runtime", "updated"}
    assert (after["value"], after["value_percent"], after["max_runtime"]) == (2, 2, 70)


def test_every_field_can_be_updated(sdk, same, unique):
    task = sdk.create_task(unique)

    task.update(
        name=f"{unique}.renamed",
        status=StatusEnum.POST_PROCESSING,
        value=3,
        value_max=4,
        data={"new": True},
        max_runtime=10,
        stale_timeout=20,
        tags={"k": "v"},
        queue="later",
        external_id=f"x-{unique}",
    )

    shown = same(task)
    assert shown["name"] == f"{unique}.renamed"
    assert shown["status"] == "post_processing"
    assert (shown["value"], shown["value_max"], shown["value_percent"]) == (3, 4, 75)
    assert shown["data"] == {"new": True}
    assert (shown["max_runtime"], shown["stale_timeout"]) == (10, 20)
    assert shown["tags"] == {"k": "v"}
    assert (shown["queue"], shown["external_id"]) == ("later", f"x-{unique}")


def test_data_is_replaced_as_a_whole(sdk, same, unique):
    task = sdk.create_task(unique, data={"a": 1, "b": 2})

    task.update(data={"b": 3})

    assert same(task)["data"] == {"b": 3}


def test_data_that_the_sdk_merged_is_stored_merged(sdk, same, unique):
    task = sdk.create_task(unique, data={"a": 1, "log": "one "})

    task.update(data={"b": 2, "log": "two"}, data_merge_strategy=DefaultMergeStrategy(append_keys=["log"]))

    assert same(task)["data"] == {"a": 1, "b": 2, "log": "one two"}


def test_tags_are_merged_into_what_is_there(sdk, same, unique):
    task = sdk.create_task(unique, tags={"env": "test", "team": "blue"})

    task.tag({"env": "prod", "run": "7"})

    assert same(task)["tags"] == {"env": "prod", "team": "blue", "run": "7"}
    assert task.tags == {"env": "prod", "team": "blue", "run": "7"}


def test_increments_add_up_and_the_percentage_follows(sdk, same, unique):
    task = sdk.create_task(unique, value_max=30)

    task.increment_value(5)
    assert (same(task)["value"], task.value_percent) == (5, 16)
    task.increment_value(20)
    assert (same(task)["value"], task.value_percent) == (25, 83)
    task.increment_value(20)
    assert (same(task)["value"], task.value_percent) == (45, 150)
    task.set_value_max(90)
    assert (same(task)["value"], task.value_percent) == (45, 50)
    task.set_value_max(0)
    assert (same(task)["value_max"], task.value_percent) == (0, None)


def test_progress_is_sent_only_when_the_step_is_reached(sdk, native, unique):
    task = sdk.create_task(unique, value=10)

    assert task.update_value(14, value_step=5) is False
    assert native.task(task.id)["value"] == 10
    assert task.update_value(15, value_step=5) is True
    assert native.task(task.id)["value"] == 15
    # The server's `updated` is what the client measures by.
    assert task.update_value(16, rate_limit=3600) is False
    assert native.task(task.id)["value"] == 15


def test_a_ping_moves_updated_and_changes_nothing_else(sdk, native, unique, moment):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING, value=5, data={"a": 1}, tags={"b": "c"})
    before = native.task(task.id)

    assert task.ping() is True

    after = native.task(task.id)
    assert moment(after["updated"]) > moment(before["updated"])
    assert task.updated == moment(after["updated"])
    assert after | {"updated": before["updated"]} == before


def test_a_ping_within_its_rate_limit_is_not_sent(sdk, native, unique):
    task = sdk.create_task(unique)
    before = native.task(task.id)

    assert task.ping(rate_limit=3600) is False
    assert native.task(task.id) == before


def test_a_ping_revives_a_stale_task(sdk, native, unique):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING, stale_timeout=3600)
    start_time = native.task(task.id)["start_time"]
    task.update_status(StatusEnum.STALE)
    assert native.task(task.id)["status"] == "stale"

    task.ping()

    assert task.status == StatusEnum.PROCESSING
    assert native.task(task.id)["status"] == "processing"
    assert native.task(task.id)["start_time"] == start_time


def test_the_life_of_a_task_sets_its_clocks(sdk, same, unique, moment):
    task = sdk.create_task(unique)
    assert (task.start_time, task.end_time, task.time_to_start) == (None, None, None)

    task.pre_processing()
    shown = same(task)
    started = shown["start_time"]
    assert shown["status"] == "pre_processing"
    assert moment(started) >= moment(shown["created"])
    assert shown["time_to_start"].count(":") == 2

    task.starting()
    shown = same(task)
    assert (shown["status"], shown["value"], shown["start_time"]) == ("processing", 0, started)
    task.processing(value=40)
    task.post_processing(value=90)
    shown = same(task)
    assert (shown["status"], shown["value"], shown["start_time"]) == ("post_processing", 90, started)
    assert shown["end_time"] is None

    task.success(value=100)
    shown = same(task)
    assert (shown["status"], shown["value"], shown["value_percent"]) == ("success", 100, 100)
    assert shown["start_time"] == started
    assert moment(shown["end_time"]) >= moment(started)


def test_a_repeated_status_does_not_move_the_start(sdk, same, unique):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)
    started = same(task)["start_time"]
    assert started is not None

    task.processing(value=1)
    task.processing(value=2)

    assert same(task)["start_time"] == started


def test_a_finished_task_can_run_again(sdk, same, unique, moment):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)
    first = same(task)
    task.error()
    assert same(task)["end_time"] is not None

    task.processing()

    again = same(task)
    assert again["status"] == "processing"
    assert again["end_time"] is None
    assert moment(again["start_time"]) > moment(first["start_time"])
    assert again["time_to_start"] == first["time_to_start"]


def test_a_task_can_be_cancelled(sdk, same, unique):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)

    task.canceled()

    shown = same(task)
    assert shown["status"] == "cancelled"
    assert shown["end_time"] is not None


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(lambda task: task.processing(value=5), id="processing"),
        pytest.param(lambda task: task.pre_processing(), id="pre_processing"),
        pytest.param(lambda task: task.post_processing(value=5), id="post_processing"),
        pytest.param(lambda task: task.increment_value(5), id="progress without a status"),
        pytest.param(lambda task: task.ping(), id="ping"),
    ],
)
def test_a_cancel_holds_and_the_client_learns_of_it(sdk, native, place, same, unique, report):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING, value=3)
    with sdk.Session() as client:  # another program, or a person, cancels it
        task_cancel.sync_detailed(client=client, id=task.id, **place)
    cancelled = native.task(task.id)

    report(task)

    shown = same(task)  # the client's own object says what the server says
    assert task.status == StatusEnum.CANCELLED
    kept = ("status", "start_time", "end_time")
    assert {name: shown[name] for name in kept} == {name: cancelled[name] for name in kept}


def test_a_cancelled_task_that_is_set_to_pending_runs_again(sdk, same, unique):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)
    task.canceled()
    task.update_status(StatusEnum.PENDING)
    task.processing()
    assert same(task)["status"] == "processing"


def test_an_error_keeps_the_text_of_its_exception(sdk, same, unique):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)

    task.error(value=7, data={"row": 12}, exception=ValueError("no such row"))

    shown = same(task)
    assert (shown["status"], shown["value"]) == ("error", 7)
    assert shown["data"] == {"exception": "no such row", "row": 12}


@pytest.mark.parametrize(
    "odd", [10**30, "a\x00b", [[[1e300]]], "x" * 2_000_000], ids=["a number", "NUL", "lists", "2 MB"]
)
def test_no_data_keeps_an_error_from_being_reported(sdk, same, unique, odd):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING, data={"row": 12})

    task.error(value=7, data={"odd": odd}, exception=ValueError("a\x00b"))

    shown = same(task)
    assert (shown["status"], shown["value"]) == ("error", 7)
    whole = {"exception": "a\x00b", "odd": odd}
    assert shown["data"] == ({"row": 12} if odd == "x" * 2_000_000 else whole)


def test_context_providers_add_to_the_data_of_an_error(configure, native, unique):
    class Tracker(ContextProvider):
        identifier = "tracker"

        def capture_error_context(self, exception, snapshot=None):
            return {"issue": str(exception)}

    configure(context_providers=[Tracker()])
    task = taskbadger.create_task(unique)
    task.error(exception=ValueError("#7"))

    assert native.task(task.id)["data"] == {"exception": "#7", "tracker": {"issue": "#7"}}


def test_an_unknown_task_cannot_be_updated(sdk):
    with pytest.raises(UnexpectedStatus) as error:
        sdk.update_task(str(uuid4()), value=1)

    assert error.value.status_code == 404
    assert json.loads(error.value.content)["errors"][0]["code"] == "not_found"


def test_a_session_serves_many_calls_on_one_connection(sdk, native, unique):
    with sdk.Session():
        task = sdk.create_task(unique)
        for value in range(5):
            task.update(value=value)
        task.ping()
        task.success()

    shown = native.task(task.id)
    assert (shown["status"], shown["value"]) == ("success", 4)


# Listing


def test_pages_of_a_project_run_from_the_newest_to_the_oldest(configure, server, unique):
    configure(token=server.new_key(f"demo/p{unique.split('.')[1][:12]}", "--create"))
    created = [taskbadger.create_task(unique).id for _ in range(5)]
    assert [task.id for task in taskbadger.list_tasks()] == created[::-1]

    page = taskbadger.list_tasks(page_size=2)
    seen = [task.id for task in page]
    assert len(page) == 2
    assert page.previous is None
    while page.next_:
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]
        page = taskbadger.list_tasks(page_size=2, cursor=cursor)
        seen += [task.id for task in page]

    assert seen == created[::-1]
    assert len(page) == 1
    back = parse_qs(urlsplit(page.previous).query)["cursor"][0]
    assert [task.id for task in taskbadger.list_tasks(page_size=2, cursor=back)] == created[2:0:-1]


def test_a_listed_task_is_whole_and_can_be_updated(sdk, same, unique):
    parent = sdk.create_task(unique)
    sdk.create_task(f"{unique}.child", parent=parent.id, data={"a": 1}, tags={"b": "c"}, value=3)

    [task] = sdk.list_tasks(parent=parent.id)
    same(task)
    task.success()

    assert same(task)["status"] == "success"


def test_children_are_listed_by_their_parent(sdk, native, unique):
    parent = sdk.create_task(unique)
    children = [sdk.create_task(f"{unique}.{number}", parent=parent.id).id for number in range(3)]
    sdk.create_task(unique)

    assert [task.id for task in sdk.list_tasks(parent=parent.id)] == children[::-1]
    assert [task.id for task in sdk.list_tasks(parent=parent.id, page_size=2)] == children[:0:-1]
    assert [task["id"] for task in native.listed(parent=parent.id)] == children
    assert len(sdk.list_tasks(parent=children[0])) == 0


def test_a_child_has_no_children_and_a_parent_has_no_parent(sdk, native, unique):
    parent = sdk.create_task(unique)
    child = sdk.create_task(unique, parent=parent.id)
    other = sdk.create_task(unique)

    with pytest.raises(UnexpectedStatus) as below:
        sdk.create_task(unique, parent=child.id)
    with pytest.raises(UnexpectedStatus) as above:
        parent.update(parent=other.id)

    assert (below.value.status_code, attributes(below)) == (400, ["parent"])
    assert (above.value.status_code, attributes(above)) == (400, ["parent"])
    assert native.task(parent.id)["parent"] is None


def test_a_parent_once_set_stays(sdk, native, unique):
    parent, other, task = (sdk.create_task(unique) for _ in range(3))

    task.update(parent=parent.id)
    assert native.task(task.id)["parent"] == parent.id
    task.update(parent=parent.id, value=1)
    assert native.task(task.id)["value"] == 1

    with pytest.raises(UnexpectedStatus) as error:
        task.update(parent=other.id)
    assert (error.value.status_code, attributes(error)) == (400, ["parent"])
    assert native.task(task.id)["parent"] == parent.id


def test_a_task_is_not_its_own_parent(sdk, unique):
    task = sdk.create_task(unique)

    with pytest.raises(UnexpectedStatus) as error:
        task.update(parent=task.id)

    assert (error.value.status_code, attributes(error)) == (400, ["parent"])


# Actions


def test_a_task_is_created_with_its_actions(sdk, native, unique):
    actions = [
        Action("success,error", EmailIntegration(to="a@example.org")),
        Action("*/25%", EmailIntegration(to="a@example.org, b@example.org")),
    ]

    with pytest.deprecated_call():
        task = sdk.create_task(unique, actions=actions)

    shown = sorted(native.actions(task.id), key=lambda action: action["id"])
    assert [(a["trigger"], a["integration"], a["config"], a["status"]) for a in shown] == [
        ("success,error", "email", {"to": "a@example.org"}, "active"),
        ("*/25%", "email", {"to": "a@example.org, b@example.org"}, "active"),
    ]
    assert {action["task"] for action in shown} == {task.id}
    assert "actions" not in native.task(task.id)


def test_actions_are_added_to_a_task(sdk, native, unique):
    with pytest.deprecated_call():
        task = sdk.create_task(unique, actions=[Action("success", EmailIntegration(to="a@example.org"))])

    with pytest.deprecated_call():
        task.add_actions([Action("error", EmailIntegration(to="b@example.org"))])

    assert sorted(action["trigger"] for action in native.actions(task.id)) == ["error", "success"]


def test_a_trigger_that_does_not_parse_is_refused(sdk, native, unique):
    with pytest.deprecated_call(), pytest.raises(UnexpectedStatus) as error:
        sdk.create_task(unique, actions=[Action("success,whenever", EmailIntegration(to="a@example.org"))])

    assert error.value.status_code == 400
    assert attributes(error) == ["actions.0.trigger"]
    assert b"whenever" in error.value.content
    assert native.listed(name=unique) == []


def test_the_generated_action_endpoints_work(sdk, native, place, unique):
    task = sdk.create_task(unique)

    with sdk.Session() as client:
        created = action_create.sync(
            client=client,
            task_id=task.id,
            body=ActionRequest("50%", "email", {"to": "a@example.org"}),
            **place,
        )
        assert native.actions(task.id) == [created.to_dict() | _moments(native.actions(task.id)[0])]
        assert created.task == task.id
        assert created.status == "active"

        one = {"client": client, "task_id": task.id, "id": created.id, **place}
        assert action_get.sync(**one) == created
        assert action_list.sync(client=client, task_id=task.id, **place) == [created]

        patched = action_partial_update.sync(**one, body=PatchedActionRequest(trigger="75%"))
        assert (patched.trigger, patched.config) == ("75%", {"to": "a@example.org"})
        put = action_update.sync(**one, body=ActionRequest("error", "email", {"to": "b@example.org"}))
        assert (put.id, put.trigger, put.config) == (created.id, "error", {"to": "b@example.org"})
        assert [action["trigger"] for action in native.actions(task.id)] == ["error"]

        assert action_cancel.sync_detailed(**one).status_code == 204
        assert action_get.sync(**one).status == "cancelled"


def _moments(shown):
    return {"created": shown["created"], "updated": shown["updated"]}


# The rest of the generated client, which the SDK's own functions do not use


def test_a_put_replaces_tags_and_keeps_what_it_leaves_out(sdk, native, place, unique):
    task = sdk.create_task(unique, value=5, queue="q", tags={"a": "1", "b": "2"})

    with sdk.Session() as client:
        body = TaskRequest.from_dict({"name": f"{unique}.put", "tags": {"b": "3"}})
        answered = task_update.sync(client=client, id=task.id, body=body, **place)

    shown = native.task(task.id)
    assert shown["name"] == answered.name == f"{unique}.put"
    assert shown["tags"] == {"b": "3"}
    assert (shown["value"], shown["queue"]) == (5, "q")


def test_a_task_that_was_read_can_be_put_back(sdk, native, place, unique):
    parent = sdk.create_task(unique)
    task = sdk.create_task(unique, value=5, data={"a": [1]}, tags={"b": "2"}, parent=parent.id)
    task.processing()
    before = native.task(task.id)

    with sdk.Session() as client:
        body = TaskRequest.from_dict(before)
        answered = task_update.sync_detailed(client=client, id=task.id, body=body, **place)

    assert answered.status_code == 200, answered.content
    after = native.task(task.id)
    assert after | {"updated": before["updated"]} == before


def test_a_client_may_set_the_times_of_a_run(sdk, native, place, unique, moment):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)
    start, end = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2030, 1, 2, 4, 4, 5, 600000, tzinfo=UTC)

    with sdk.Session() as client:
        body = PatchedTaskRequest(start_time=start, end_time=end, status=StatusEnum.SUCCESS)
        answered = task_partial_update.sync(client=client, id=task.id, body=body, **place)

    shown = native.task(task.id)
    assert (moment(shown["start_time"]), moment(shown["end_time"])) == (start, end)
    assert (answered.start_time, answered.end_time) == (start, end)
    assert shown["start_time"].endswith("Z")


def test_a_nullable_field_can_be_emptied(sdk, native, place, unique):
    task = sdk.create_task(unique, value=5, data={"a": 1}, max_runtime=5, stale_timeout=6)

    with sdk.Session() as client:
        body = PatchedTaskRequest(value=None, data=None, max_runtime=None, stale_timeout=None)
        task_partial_update.sync(client=client, id=task.id, body=body, **place)

    shown = native.task(task.id)
    assert [shown[field] for field in ("value", "value_percent", "data", "max_runtime", "stale_timeout")] == [None] * 5


def test_an_update_without_a_body_is_a_ping(sdk, native, place, unique, moment):
    task = sdk.create_task(unique)
    before = native.task(task.id)

    with sdk.Session() as client:
        answered = task_partial_update.sync_detailed(client=client, id=task.id, **place)

    assert answered.status_code == 200, answered.content
    after = native.task(task.id)
    assert moment(after["updated"]) > moment(before["updated"])
    assert after | {"updated": before["updated"]} == before


def test_a_cancel_answers_204_and_is_repeatable(sdk, native, place, unique):
    task = sdk.create_task(unique, status=StatusEnum.PROCESSING)

    with sdk.Session() as client:
        assert task_cancel.sync_detailed(client=client, id=task.id, **place).status_code == 204
        cancelled = native.task(task.id)
        assert cancelled["status"] == "cancelled"
        assert task_cancel.sync_detailed(client=client, id=task.id, **place).status_code == 204

    assert native.task(task.id) == cancelled


def test_a_cursor_that_we_did_not_make_is_not_found(sdk, place):
    with sdk.Session() as client:
        assert task_list.sync_detailed(client=client, cursor="cD0yMDI2", **place).status_code == 404


# Keys


def test_a_wrong_key_is_unauthorized(configure, refused_key, native, unique):
    configure()
    task = taskbadger.create_task(unique)
    before = native.task(task.id)
    configure(token=refused_key)

    with pytest.raises(Unauthorized):
        taskbadger.create_task(unique)
    with pytest.raises(Unauthorized):
        taskbadger.update_task(task.id, value=1)
    with pytest.raises(Unauthorized):
        taskbadger.list_tasks()
    assert taskbadger.get_task(task.id)._task is None

    assert native.task(task.id) == before
    assert len(native.listed(name=unique)) == 1


def test_a_bare_secret_works_as_a_legacy_key(configure, server, native, unique):
    secret = base64.b64decode(server.key).decode().rsplit("/", 1)[1]

    with pytest.warns(DeprecationWarning, match="Legacy API keys"):
        configure(token=secret, organization_slug="demo", project_slug="demo")
    assert native.task(taskbadger.create_task(unique).id)["name"] == unique


def test_a_project_key_reaches_no_other_project(configure, server, native, unique):
    configure()
    task = taskbadger.create_task(unique)
    project = f"p{unique.split('.')[1][:12]}"
    configure(token=server.new_key(f"demo/{project}", "--create"))

    with pytest.raises(UnexpectedStatus) as error:
        taskbadger.update_task(task.id, value=1)
    assert error.value.status_code == 404
    assert taskbadger.get_task(task.id)._task is None
    assert len(taskbadger.list_tasks()) == 0
    assert native.task(task.id)["value"] is None


# Tracking that must never hurt the program that it tracks


def test_safe_calls_do_what_the_plain_ones_do(sdk, native, unique):
    task = sdk.create_task_safe(unique, value=1)
    assert native.task(task.id)["value"] == 1

    assert sdk.update_task_safe(task.id, value=2).value == 2
    assert native.task(task.id)["value"] == 2


def test_safe_calls_swallow_a_refusal(sdk, native, unique, caplog):
    assert sdk.create_task_safe(unique, value=-1) is None
    assert sdk.update_task_safe(str(uuid4()), value=1) is None

    assert native.listed(name=unique) == []
    assert [record.getMessage().rsplit(": ", 1)[1] for record in caplog.records if record.name == "taskbadger"] == [
        "400",
        "404",
    ]


def test_a_tracked_function_is_a_task_that_runs_and_succeeds(sdk, native, unique):
    @sdk.track(name=unique, max_runtime=60, tags={"env": "test"}, value_max=7)
    def work(number):
        [task] = native.listed(name=unique)
        return task["status"], number

    assert work(3) == ("processing", 3)

    [task] = native.listed(name=unique)
    assert task["status"] == "success"
    assert (task["max_runtime"], task["tags"], task["value_max"]) == (60, {"env": "test"}, 7)
    assert task["start_time"] is not None
    assert task["end_time"] is not None


def test_a_tracked_function_that_raises_is_an_error_with_its_exception(sdk, native, unique):
    @sdk.track(name=unique, data={"input": 5})
    def work():
        raise ValueError("out of range")

    with pytest.raises(ValueError, match="out of range"):
        work()

    [task] = native.listed(name=unique)
    assert task["status"] == "error"
    assert task["data"] == {"input": 5, "exception": "out of range"}


def test_a_tracked_function_is_named_after_itself(sdk, native, server, unique):
    @sdk.track(external_id=unique)
    def named_after_itself():
        return Badger.current.settings.base_url

    assert named_after_itself() == server.url

    [task] = native.listed(external_id=unique)
    assert task["name"] == f"{__name__}.{named_after_itself.__qualname__}"
    assert task["status"] == "success"


def test_tracked_functions_nest_one_level_deep(sdk, native, unique):
    @sdk.track(name=f"{unique}.c")
    def innermost():
        pass

    @sdk.track(name=f"{unique}.b")
    def inner():
        innermost()

    @sdk.track(name=f"{unique}.a")
    def outer():
        inner()

    outer()

    [root] = native.listed(name=f"{unique}.a")
    assert root["parent"] is None
    assert [task["name"] for task in native.listed(parent=root["id"])] == [f"{unique}.b", f"{unique}.c"]
    assert {task["status"] for task in native.listed(name_contains=unique)} == {"success"}
