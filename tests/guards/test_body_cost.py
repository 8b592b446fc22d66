"""No body within the limit costs much processor time or memory, through any API, whatever it holds."""

import time
import tracemalloc
from contextlib import suppress

import pytest
from rest_framework.exceptions import APIException

from taskapi.rest.parsing import parsed, raw
from tests.client import credentials

LIMIT = 4 * 1024 * 1024
SECONDS = 0.5
MEGABYTES = 60


def filled(unit, before=b"", after=b""):
    """As many units as a body may hold."""
    return before + unit * ((LIMIT - len(before) - len(after)) // len(unit)) + after


def deep(levels):
    return b"[" * levels + b"]" * levels + b","


# What a value may be, from a list that is all brackets to text that is all escapes. The ends differ: some are cut off.
VALUES = {
    "lists": (b"[],", b"[", b"1]"),
    "objects": (b"{},", b"[", b"1]"),
    "lists with text": (b'["["],', b"[", b"1]"),
    "texts": (b'"",', b"[", b"1]"),
    "numbers": (b"1,", b"[", b"1]"),
    "floats": (b"1e5,", b"[", b"1]"),
    "names": (b'"a":1,', b"{", b'"a":1}'),
    "names of objects": (b'"a":{},', b"{", b'"a":1}'),
    "90 levels": (deep(90), b"[", b"1]"),
    "400 levels": (deep(400), b"[", b"1]"),
    "open brackets": (b"[", b"", b""),
    "open names": (b'{"a":', b"", b""),
    "digits": (b"1", b"", b""),
    "places": (b"1", b"0.", b""),
    "exponent": (b"1", b"1e", b""),
    "4000 digits": (b"1" * 4000 + b",", b"[", b"1]"),
    "places in a list": (b"0." + b"1" * 4000 + b",", b"[", b"1]"),
    "space": (b" ", b"[", b"]"),
    "line ends": (b"\n", b"[", b"]"),
    "line ends of escapes": (b"\\n", b'"', b'"'),
    "backslashes": (b"\\\\", b'"', b'"'),
    "NULs": (b"\\u0000", b'"', b'"'),
    "surrogates": (b"\\ud800", b'"', b'"'),
    "surrogates one by one": (b'"\\ud800",', b"[", b"1]"),
    "surrogates in names": (b'"\\ud800":1,', b"{", b'"a":1}'),
    "half a surrogate at the end": (b"\\ud800", b'"', b'\\ud8"'),
    "escaped quotes without an end": (b'\\"', b'"', b""),
    "quotes": (b'"', b"", b""),
    "letters of three bytes": ("é🦡".encode(), b'"', b'"'),
    "letters": (b"x", b'"', b'"'),
    "percent": (b"%25", b'"', b'"'),
    "bad UTF-8": (b"x", b'"', b'\xff"'),
    "words": (b"null,", b"[", b"1]"),
    "many lists of a thousand": (b"[" + b"1," * 999 + b"1],", b"[", b"1]"),
}
NAMES = (
    "data",
    "nothing",
    "tags",
    "name",
    "value",
    "actions",
    "start_time",
    "parent",
    "users",
    "tags",
    "date_completed",
)


def body_of(name, kind):
    unit, before, after = VALUES[kind]
    return filled(unit, b'{"%s":%s' % (name.encode(), before), after + b"}")


def many_names():
    return b"{%s}" % b",".join(b'"%07d":1' % number for number in range(LIMIT // 12))


def just_within():
    """As much as is parsed at all: 1000 lists of 190 texts, the last of them refused."""
    return b'{"nothing":[%s]}' % b",".join(b"[" + b'"%d",' % number * 190 + b'"\\u0000"]' for number in range(1000))


WHOLE = {
    **{f"top-level {kind}": filled(*VALUES[kind]) for kind in ("lists", "numbers", "names", "surrogates in names")},
    "distinct names": many_names(),
    "just within": just_within(),
}
BODIES = {
    **WHOLE,
    **{f"{kind} in {name}": body_of(name, kind) for name in ("data", "nothing") for kind in VALUES},
}


def cost(work):
    started = time.process_time()
    work()
    return time.process_time() - started


# The largest of each sort: of what is counted, marked, parsed, and merely held.
HEAVY = [*WHOLE, *(f"{kind} in data" for kind in ("lists with text", "texts", "surrogates one by one", "backslashes"))]
HEAVY += [
    f"{kind} in nothing" for kind in ("surrogates", "letters of three bytes", "4000 digits", "many lists of a thousand")
]


@pytest.mark.parametrize("name", HEAVY)
def test_to_parse_a_body_takes_little_memory(name):
    body = BODIES[name]
    assert len(body) <= LIMIT
    tracemalloc.start()
    for read in (lambda: parsed(body, ("data",)), lambda: raw(body)):
        with suppress(APIException):
            read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEGABYTES * 1e6


@pytest.fixture
def send(project, make_task, make_key, organization):
    task, key = make_task(), make_key(organization)

    def send(client, method, path, body, content_type="application/json"):
        url = path.format(id=task["id"], number=task["number"], project=project.pk)
        answers = []
        seconds = cost(
            lambda: answers.append(
                client.generic(method, url, data=body, content_type=content_type, headers=credentials(url, key))
            )
        )
        assert answers[0].status_code < 500
        assert seconds < SECONDS, f"{seconds:.2f} s"
        return answers[0]

    return send


WRITES = {
    "create": ("POST", "/api/acme/web/tasks"),
    "update": ("PATCH", "/api/acme/web/tasks/{id}"),
    "ProjectBubble": ("PUT", "/v2/tasks/{number}"),
    "GoodDay": ("PUT", "/api/v0/tasks/{number}"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_new_task_takes_little_time(client, send, body):
    send(client, *WRITES["create"], body)


@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.parametrize("write", ["update", "ProjectBubble", "GoodDay"])
def test_a_change_takes_little_time(client, send, write, name):
    send(client, *WRITES[write], BODIES[name])


OF_FIELDS = [
    *[(*WRITES["update"], name) for name in ("name", "status", "value", "tags", "parent", "start_time", "actions")],
    *[
        (*WRITES["ProjectBubble"], name)
        for name in ("task_name", "users", "tags", "due_date", "progress", "description")
    ],
    *[(*WRITES["GoodDay"], "billable")],
]
TELLING = ("letters", "digits", "backslashes", "numbers", "names")


@pytest.mark.parametrize("kind", TELLING)
@pytest.mark.parametrize(("method", "path", "name"), OF_FIELDS)
def test_a_field_of_megabytes_takes_little_time(client, send, method, path, name, kind):
    send(client, method, path, body_of(name, kind))


FORMS = {
    "fields": (b"a=1&", b"", b"a=1"),
    "distinct lists": (b"users[]=1&", b"", b"a=1"),
    "ampersands": (b"&", b"", b""),
    "percent": (b"%25", b"a=", b""),
    "plus": (b"+", b"a=", b""),
    "equals": (b"=", b"", b""),
    "brackets": (b"[", b"users", b"=1"),
}
PARTS = {
    "parts": (b"--x\r\n\r\n\r\n", b"", b"--x--"),
    "named parts": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n', b"", b"--x--"),
    "boundaries": (b"--x", b"", b""),
    "line ends": (b"\r\n", b"--x", b"--x--"),
    "a long head": (b"a", b"--x\r\nContent-Disposition: ", b"\r\n\r\n--x--"),
    "parameters of a head": (b";a=b", b"--x\r\nContent-Disposition: form-data", b"\r\n\r\n1\r\n--x--"),
}


@pytest.mark.parametrize(
    ("content_type", "parts"),
    [
        *[pytest.param("application/x-www-form-urlencoded", parts, id=name) for name, parts in FORMS.items()],
        *[pytest.param("multipart/form-data; boundary=x", parts, id=name) for name, parts in PARTS.items()],
    ],
)
def test_a_form_takes_little_time(client, send, content_type, parts):
    send(client, *WRITES["ProjectBubble"], filled(*parts), content_type)
