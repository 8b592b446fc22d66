"""The fast path of a task's body takes exactly what the documented serializers take, and makes the same of it."""

import datetime
import uuid

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from taskapi.rest.raw_json import RawJSON
from tasks import serializers
from tasks.serializers import TaskInput, TaskPatch

INT64_MAX = 2**63 - 1
# What the parser lets through: neither NUL nor lone surrogates, and integers of 64 bits.
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=300)
EDGES = [0, 1, -1, 100, 2**31 - 1, 2**31, INT64_MAX, -(2**63)]
NUMBER = st.one_of(
    st.sampled_from([*EDGES, 1.0, 0.0, -0.0, 0.5, 1e18, 1e19, -1.0, 2147483647.0, 2147483648.0, 9.3e18]),
    st.integers(-(2**63), INT64_MAX),
    st.floats(allow_nan=False, allow_infinity=False),
)
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=5,
)
# What the parser makes of `data`: text that nobody has looked into.
DATA = st.one_of(
    ANY.map(RawJSON.of),
    st.sampled_from(
        ['"\\u0000"', '"\\ud800"', "1e400", "1" * 5001, "null", f'"{"x" * 2**20}"', f'"{"é" * 2**19}"']
    ).map(RawJSON),
)
NAME = st.one_of(st.sampled_from(["export", "", " ", "x" * 255, "x" * 256, "é" * 255, "\n", "\t a", "5", "null"]), TEXT)
STATUS = st.sampled_from([*sorted(serializers.STATUSES), "", "done", "SUCCESS", " success", "Status.SUCCESS"])
TAGS = st.dictionaries(st.one_of(NAME, TEXT), st.one_of(NAME, st.none(), st.integers(0, 9)), max_size=3)
PARENT = st.sampled_from([str(uuid.UUID(int=7)), uuid.UUID(int=7).hex, "{" + str(uuid.UUID(int=7)) + "}", "", "x"])
MOMENT = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+02:00", "2026-01-01", "soon", ""])
EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
ACTIONS = st.sampled_from([[], [EMAIL], [{}], [{**EMAIL, "trigger": "done"}], {}, "email"])
FIELDS = {
    "name": NAME,
    "status": STATUS,
    "value": NUMBER,
    "value_max": NUMBER,
    "data": DATA,
    "tags": TAGS,
    "queue": NAME,
    "external_id": NAME,
    "parent": PARENT,
    "max_runtime": NUMBER,
    "stale_timeout": NUMBER,
    "stall_timeout": NUMBER,
    "start_time": MOMENT,
    "end_time": MOMENT,
    "actions": ACTIONS,
    # Not for a client to say, or of nobody's.
    "id": ANY,
    "number": ANY,
    "created": ANY,
    "nothing": ANY,
}
# Mostly what the field could take; now and then null, or anything.
BODIES = st.fixed_dictionaries(
    {}, optional={name: st.one_of(near, near, near, near, st.none(), ANY) for name, near in FIELDS.items()}
)
# Nothing but what should be plain, so that the fast path itself is taken often.
PLAIN = st.fixed_dictionaries(
    {"name": st.text("abc", min_size=1)},
    optional={
        "status": st.sampled_from(sorted(serializers.STATUSES)),
        "value": st.one_of(st.none(), st.integers(0, INT64_MAX)),
        "value_max": st.integers(0, INT64_MAX),
        "data": ANY.map(RawJSON.of),
        "tags": st.dictionaries(st.text("ab", min_size=1), st.text("ab", min_size=1)),
        "queue": st.text("ab"),
        "external_id": st.text("ab"),
        "max_runtime": st.one_of(st.none(), st.integers(1, 2**31 - 1)),
        "stale_timeout": st.one_of(st.none(), st.integers(1, 2**31 - 1)),
        "stall_timeout": st.one_of(st.none(), st.integers(1, 2**31 - 1)),
        "nothing": ANY,
    },
)


def typed(value):
    """A value together with the types within it: 1, 1.0 and true are three."""
    if isinstance(value, dict):
        return {name: typed(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [typed(inner) for inner in value]
    if isinstance(value, (uuid.UUID, datetime.datetime)):
        return value
    # A subclass of text is text, in whatever guise a serializer passes it on.
    return (str if isinstance(value, str) else type(value), repr(value) if isinstance(value, float) else value)


def outcome(serializer_class, body):
    """The fields that are taken, or the errors by which the body is refused."""
    context = {"organization_id": 0}  # one without channels
    serializer = serializer_class(data=body, partial=serializer_class is TaskPatch, context=context)
    try:
        serializer.is_valid(raise_exception=True)
    except ValidationError as error:
        return "refused", error.get_full_details()
    return "taken", typed(dict(serializer.validated_data))


def slow_outcome(serializer_class, body):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serializers, "plainly", lambda *_, **__: None)
        return outcome(serializer_class, body)


@pytest.mark.parametrize("serializer_class", [TaskInput, TaskPatch])
@settings(max_examples=400, deadline=None)
@given(body=st.one_of(BODIES, PLAIN, ANY))
@example(body=None)
@example(body={})
@example(body={"name": "x", "value": True})
@example(body={"name": "x", "value": 5.0, "max_runtime": 1.0})
@example(body={"name": "x", "tags": {"a": None}})
@example(body={"name": "x", "tags": {"": "a"}})
@example(body={"name": "x", "data": None, "tags": {}})
@example(body={"name": "x", "data": RawJSON("1" * (2**20 + 1))})
def test_the_fast_path_takes_what_the_serializer_takes(serializer_class, body):
    assert outcome(serializer_class, body) == slow_outcome(serializer_class, body)


@settings(max_examples=100, deadline=None)
@given(body=PLAIN)
def test_the_fast_path_is_there_for_the_common_body(body):
    assert serializers.plainly(body, needs_name=True) is not None
    del body["name"]
    assert serializers.plainly(body, needs_name=False) is not None
    assert serializers.plainly(body, needs_name=True) is None


@pytest.mark.parametrize("name", sorted(TaskInput().fields))
def test_every_field_is_covered(name):
    assert name in FIELDS
