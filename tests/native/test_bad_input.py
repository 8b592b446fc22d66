"""Hostile and broken bodies: each a 4xx that names the field or the reason, and nothing is written."""

import pytest

from tasks.models import Action, StatusChange, Task
from tests.answers import errors_of

INT64_OVER, INT64_UNDER = 2**63, -(2**63) - 1
LIMIT = 4 * 1024 * 1024
EMAIL = '{"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}'


def body(fragment):
    return f'{{"name": "x", {fragment}}}'.encode("utf-8", "surrogatepass")


def nested(opening, closing, depth=100_000):
    return opening * depth + "1" + closing * depth


def characters(escape, id):
    """A character that no text may have, in every place where there is text."""
    yield pytest.param(f'{{"name": "a{escape}b"}}'.encode(), 400, "name", id=f"{id} in name")
    yield pytest.param(f'{{"name": "x", "no{escape}": 1}}'.encode(), 400, "no\ufffd", id=f"{id} in a field's name")
    for fragment, attr in (
        (f'"queue": "{escape}"', "queue"),
        (f'"external_id": "{escape}"', "external_id"),
        (f'"status": "{escape}"', "status"),
        (f'"parent": "{escape}"', "parent"),
        (f'"start_time": "{escape}"', "start_time"),
        (f'"tags": {{"a": "{escape}"}}', "tags.a"),
        (f'"tags": {{"{escape}": "a"}}', "tags.\ufffd"),
        (f'"nothing": {{"a": [0, "{escape}"]}}', "nothing.a.1"),
        (f'"nothing": {{"a": {{"{escape}": 1}}}}', "nothing.a.\ufffd"),
        (f'"actions": [{EMAIL}, {{"trigger": "{escape}"}}]', "actions.1.trigger"),
        (f'"actions": [{{"config": {{"to": "{escape}"}}}}]', "actions.0.config.to"),
    ):
        yield pytest.param(body(fragment), 400, attr, id=f"{id} in {attr!a}")


def numbers():
    for field in ("value", "value_max", "max_runtime", "stale_timeout", "stall_timeout"):
        yield pytest.param(body(f'"{field}": {INT64_OVER}'), 400, field, id=f"{field} over int64")
        yield pytest.param(body(f'"{field}": {INT64_UNDER}'), 400, field, id=f"{field} below int64")
        yield pytest.param(body(f'"{field}": {10**400}'), 400, field, id=f"{field} of 401 digits")
        yield pytest.param(body(f'"{field}": {"1" * 5001}'), 400, "parse_error", id=f"{field} of 5001 digits")
        yield pytest.param(body(f'"{field}": 1e400'), 400, field, id=f"{field} 1e400")
        yield pytest.param(body(f'"{field}": NaN'), 400, "parse_error", id=f"{field} NaN")
        yield pytest.param(body(f'"{field}": 1e30'), 400, field, id=f"{field} 1e30")
    for number, named in (
        (str(INT64_OVER), "nothing.a.0"),
        (str(INT64_UNDER), "nothing.a.0"),
        (str(-(10**400)), "nothing.a.0"),
        ("1e400", "nothing.a.0"),
        ("-1E+0999", "nothing.a.0"),
        ("1" * 5001, "parse_error"),
    ):
        raw = body(f'"nothing": {{"a": [{number}]}}')
        yield pytest.param(raw, 400, named, id=f"{number[:9]} in an unknown field ({len(number)})")
    for number, named in (
        ("NaN", "parse_error"),
        ("Infinity", "parse_error"),
        ("-Infinity", "parse_error"),
        ("01", "parse_error"),
        ("0x1", "parse_error"),
        ("1.", "parse_error"),
    ):
        yield pytest.param(body(f'"data": {{"a": [{number}]}}'), 400, named, id=f"{number[:9]} in data ({len(number)})")


def shapes():
    for text in ("null", "5", "1.5", "true", '"name"', "[]", '["name"]', '[{"name": "x"}]'):
        yield pytest.param(text.encode(), 400, "non_field_errors", id=f"{text} for an object")
    for name, raw in (
        ("space", b" "),
        ("unclosed object", b'{"name": "x"'),
        ("unclosed text", b'{"name": "x'),
        ("trailing comma", b'{"name": "x",}'),
        ("single quotes", b"{'name': 'x'}"),
        ("two objects", b'{"name": "x"}{"name": "y"}'),
        ("a comment", b'{"name": "x"} // x'),
        ("a form", b"name=x"),
        ("control character", b'{"name": "a\nb"}'),
        ("raw NUL", b'{"name": "a\x00b"}'),
        ("NUL after the end", b'{"name": "x"}\x00'),
        ("two byte order marks", b'\xef\xbb\xbf\xef\xbb\xbf{"name": "x"}'),
        ("a byte order mark behind a space", b' \xef\xbb\xbf{"name": "x"}'),
        ("Latin-1", b'{"name": "\xe9"}'),
        ("half a character", b'{"name": "\xc3"}'),
        ("overlong encoding", b'{"name": "\xc0\x80"}'),
        ("a surrogate in UTF-8", b'{"name": "\xed\xa0\x80"}'),
        ("UTF-16", '{"name": "x"}'.encode("utf-16")),
        ("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
        ("a broken escape", b'{"name": "\\ud8"}'),
        ("deep lists", nested("[", "]").encode()),
        ("deep objects", nested('{"a":', "}").encode()),
        ("deep and unclosed", b"[" * 100_000),
        ("deep in data", body(f'"data": {nested("[", "]")}')),
        ("deep in an unknown field", body(f'"nothing": {nested("[", "]")}')),
        ("501 deep in data", body(f'"data": {nested("[", "]", 501)}')),
        ("501 deep in data beside text full of brackets", body(f'"data": ["]]]]\\"]", {nested("[", "]", 500)}]')),
        ("100 deep in an unknown field", body(f'"nothing": {nested("[", "]", 100)}')),
        ("data in Latin-1", b'{"name": "x", "data": "\xe9"}'),
        ("half a character in data", b'{"name": "x", "data": "\xc3"}'),
        ("a surrogate in the UTF-8 of data", b'{"name": "x", "data": "\xed\xa0\x80"}'),
        ("raw NUL in data", b'{"name": "x", "data": "a\x00b"}'),
        ("a broken escape in data", b'{"name": "x", "data": "\\ud8"}'),
        ("trailing comma in data", b'{"name": "x", "data": [1,]}'),
    ):
        yield pytest.param(raw, 400, "parse_error", id=name)
    yield pytest.param(b'{"name": "' + b"x" * 1_000_000 + b'"}', 400, "name", id="name of a megabyte")
    yield pytest.param(body(f'"queue": "{"x" * 1_000_000}"'), 400, "queue", id="queue of a megabyte")
    yield pytest.param(b'{"name": "' + b"x" * LIMIT + b'"}', 413, "request_too_large", id="a body over the limit")
    yield pytest.param(b"[" * (LIMIT + 1), 413, "request_too_large", id="a deep body over the limit")


def sizes():
    for fragment, attr, about in (
        (f'"nothing": [{"1," * 1000}1]', "nothing", "1001 items"),
        (f'"nothing": [[{"{}," * 1000}1]]', "nothing", "1001 items of a list in a list"),
        (f'"tags": {{{names(1001)}}}', "tags", "1001 tags"),
        (f'"actions": [{"{}," * 1000}{{}}]', "actions", "1001 actions"),
        (f'"actions": [{{"config": {{{names(1001)}}}}}]', "actions", "1001 names of a config"),
        (names(1000), "non_field_errors", "1001 fields"),
        (f'"nothing": [{",".join(["[" + "1," * 300 + "1]"] * 1000)}]', "nothing", "301000 parts in all"),
    ):
        yield pytest.param(body(fragment), 400, attr, id=about)


def names(count):
    return ",".join(f'"n{number}": "x"' for number in range(count))


BROKEN = [*characters("\\u0000", "NUL"), *characters("\\ud800", "surrogate"), *numbers(), *shapes(), *sizes()]


@pytest.fixture
def unchanged(make_task):
    """A task; after the test there is still that one alone, as it was."""

    def rows():
        return [*Task.objects.values(), *Action.objects.values(), *StatusChange.objects.values()]

    task = make_task(value=1, tags={"a": "b"})
    before = rows()
    yield task
    assert rows() == before


def assert_names(response, status, named):
    assert response.status_code == status, (response.status_code, response.content[:300])
    error = errors_of(response)[0]
    assert named in {error["attr"], error["code"]}, error


@pytest.mark.parametrize(("raw", "status", "named"), BROKEN)
def test_a_task_is_not_made(api, unchanged, raw, status, named):
    assert_names(api.post("tasks", data=raw, content_type="application/json"), status, named)


@pytest.mark.parametrize(("raw", "status", "named"), BROKEN)
def test_a_task_is_not_changed(api, unchanged, raw, status, named):
    path = f"tasks/{unchanged['id']}"
    assert_names(api.patch(path, data=raw, content_type="application/json"), status, named)


def test_a_task_is_not_made_of_nothing(api, unchanged):
    for raw in (b"", b"{}"):
        assert_names(api.post("tasks", data=raw, content_type="application/json"), 400, "name")


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        pytest.param("bz2_codec", b'{"name": "x"}', id="no encoding of text"),
        pytest.param("undefined", b'{"name": "x"}', id="undefined"),
        pytest.param("idna", b'{"name": "x"}' * 9, id="domain names"),
        pytest.param("utf-16", b'{"name": "x"}', id="another than the body's"),
        pytest.param("utf-7", b'{"name": "a+AAA-"}', id="NUL in UTF-7"),
        pytest.param("utf-7", b'{"name": "a+2AA-"}', id="surrogate in UTF-7"),
        pytest.param("unicode_escape", b'{"name": "\\ud800"}', id="surrogate by an escape of Python"),
        pytest.param("utf-16", '{"name": "x", "data": "\\u0000"}'.encode("utf-16"), id="NUL in UTF-16"),
    ],
)
def test_a_charset_opens_no_back_door(api, unchanged, charset, raw):
    response = api.post("tasks", data=raw, content_type=f"application/json; charset={charset}")
    assert response.status_code == 400, response.content
    assert errors_of(response)


def test_what_is_unusual_but_sound_is_kept(api, project):
    raw = '{"name": "\\ud83e\\udda1 \\\\u0000", "data": [1e-400, -0.0, 12345678901234567890e-10], "n": "\uffff"}'
    response = api.post("tasks", data=raw.encode(), content_type="application/json")
    assert response.status_code == 201, response.content
    assert response.json()["name"] == "🦡 \\u0000"
    assert api.get("tasks").json()["results"][0]["name"] == "🦡 \\u0000"


def test_a_body_of_just_the_limit_is_read(api, project):
    raw = b'{"name": "x", "data": "' + b"x" * (LIMIT - 25) + b'"}'
    assert len(raw) == LIMIT
    assert api.post("tasks", data=raw, content_type="application/json").status_code == 201
