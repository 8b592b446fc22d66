"""Text is taken for JSON exactly where Python's `json` takes it, and its members, depth and widths are what it says."""

import json
import sys
from json import JSONDecodeError

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taskapi.rest import json_scan
from taskapi.rest.json_scan import MalformedError, check, members_of

DEEP = 400


@pytest.fixture(autouse=True, scope="module")
def _all_digits():
    """Python reads no number of over 4300 digits unless it is told to; that is its limit, not that of JSON."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(before)


def refuse(name):
    raise ValueError(name)


def is_json(text):
    """As RFC 8259 has it: in UTF-8, and with no NaN."""
    try:
        json.loads(text.decode(), parse_constant=refuse)
    except (JSONDecodeError, UnicodeDecodeError, ValueError):
        return False
    return True


def is_taken(text):
    try:
        check(text)
    except MalformedError:
        return False
    return True


SOUND = [
    *[b"null", b"true", b"false", b"0", b"-0", b"-0.0", b"1.5", b"1e5", b"1E+400", b"1e-400", b"0e1", b" 1\t\r\n"],
    *[b"12345678901234567890123", b"1" * 5001, b"0." + b"1" * 5001, b"1.0000000000000000001", b"9" * 400 + b"e9"],
    *[b'""', b'"\\u0000"', b'"\\ud800"', b'"\\uDFFF\\ud800"', b'"\\ud83e\\udda1"', b'"\\ud800\\u0041"', b'"\\\\ud800"'],
    *[b'"\\\\\\ud800"', b'"\\/\\b\\f\\n\\r\\t\\\\\\""', b'"\x7f"', "“π” 🦡 \u2028".encode().join([b'"', b'"'])],
    *[b"[]", b"{}", b"[[],[{}]]", b'{"a":1,"a":2}', b'{"":0}', b'{"\\ud800":1}', b'{"a" : [ 1 , 2 ] }', b'["]}",1]'],
    *[b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP],
]
BROKEN = [
    *[
        b"",
        b" ",
        b"01",
        b"-01",
        b"00",
        b"1.",
        b".5",
        b"+1",
        b"-",
        b"1e",
        b"1e+",
        b"1.5e",
        b"0x10",
        b"1_0",
        b"1 1",
        b"0.0.0",
    ],
    *[b"NaN", b"-NaN", b"Infinity", b"-Infinity", b"tru", b"truee", b"True", b"nul", b"None", b"undefined"],
    *[
        b'"',
        b'"\\',
        b'"\\"',
        b"'a'",
        b'"\n"',
        b'"\t"',
        b'"\x00"',
        b'"\x1f"',
        b'"\\x"',
        b'"\\u12"',
        b'"\\u12G4"',
        b'"\\ud8"',
    ],
    *[b'"\\ud8g0"', b'"\\U0041"', b'"\\ud800', b'"\\ud800\n"', b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', b'"\xc0\x80"'],
    *[
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b"[1",
        b"]",
        b"[1}",
        b"{",
        b'{"a":1,}',
        b"{,}",
        b'{"a"}',
        b'{"a":}',
        b"{a:1}",
        b"{1:2}",
    ],
    *[b'{"a":1 "b":2}', b'{"a",1}', b"/**/1", b"1//", b"1\x00", b"[1]\x0b", b"[\xc2\xa01]", b"\xef\xbb\xbf1", b"[]{}"],
    *[b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000],
]


@pytest.mark.parametrize("text", SOUND, ids=lambda text: repr(text[:25]))
def test_json_is_taken(text):
    check(text)
    assert is_json(text)


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: repr(text[:25]))
def test_what_is_no_json_is_refused(text):
    with pytest.raises(MalformedError):
        check(text)


# Pieces of JSON in any order: mostly almost JSON.
PIECES = st.sampled_from(
    [
        *'[]{},:" \n\t\\/"u0d8a1.-+eEtn',
        "\\u",
        "ud8",
        "\\ud800",
        "\\uDc00",
        "\\n",
        '""',
        "null",
        "true",
        "1.5",
        "é",
        "\x7f",
        *['"a":', "[1,", "NaN", "\x00", "\x1f"],
    ]
)
VALUES = st.recursive(
    st.one_of(
        *[st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)],
        st.text(st.one_of(st.characters(), st.sampled_from('[]{},"\\:\ud800\udfff\x00'))),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(st.characters()), inner)),
    max_leaves=20,
)


@st.composite
def texts(draw):
    """JSON, mostly with a few bytes of it changed."""
    style = draw(st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", "\t:")]))
    text = json.dumps(draw(VALUES), ensure_ascii=True, separators=style).encode()
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(PIECES).encode() + text[place + draw(st.integers(0, 2)) :]
    return text


@settings(max_examples=1500, deadline=None)
@given(text=st.one_of(texts(), st.lists(PIECES).map(lambda pieces: "".join(pieces).encode()), st.binary(max_size=20)))
def test_text_is_taken_where_python_takes_it(text):
    assert is_taken(text) == is_json(text)


@settings(max_examples=500, deadline=None)
@given(
    sent=st.dictionaries(st.text(st.characters()), VALUES, max_size=5),
    style=st.sampled_from([(",", ":"), (" , ", " : "), (",\r\n", ":\t")]),
)
@example(sent={"\ue000\n\ud800": "\ue000", "\ud800\udbff": "\\\\\ue000\ud800"}, style=(",", ":"))
@example(sent={"\ud800": "\ud800", "\U0001f9a1\\ud800": "\\ud800", "\\": "\\\\ud800"}, style=(",", ":"))
def test_members_are_what_was_sent(sent, style):
    text = json.dumps(sent, separators=style).encode()
    assert members_of(b" " + text + b"\n") == {
        name: json.dumps(value, separators=style).encode() for name, value in sent.items()
    }


def test_of_a_repeated_name_the_last_value_counts():
    assert members_of(b'{"a": 1, "b": 2, "\\u0061": "\\ud800"}') == {"a": b'"\\ud800"', "b": b"2"}


@pytest.mark.parametrize("text", [b"[]", b'["a"]', b"1", b'"{}"', b"null"])
def test_only_objects_have_members(text):
    with pytest.raises(MalformedError):
        members_of(text)


def depth(value):
    if isinstance(value, (dict, list)):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def widths(value):
    if isinstance(value, (dict, list)):
        yield len(value)
        for inner in value.values() if isinstance(value, dict) else value:
            yield from widths(inner)


@pytest.mark.parametrize("chunk", [1, 2, 7, 1 << 16])
@settings(max_examples=300, deadline=None)
@given(value=VALUES)
def test_depth_and_width_are_those_of_the_value(chunk, value):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_scan, "CHUNK", chunk)
        found = json_scan.separators(json.dumps(value).encode())
    assert json_scan.depth_of(found) == depth(value)
    assert json_scan.width_of(found) == max([*widths(value), 1])
    assert json_scan.top_width_of(found) == max(len(value) if isinstance(value, (dict, list)) else 1, 1)
