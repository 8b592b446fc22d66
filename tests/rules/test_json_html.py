"""JSON as a page shows it: any text that is JSON, in bounded time and space."""

import html
import json
import re
import time

import pytest
from orjson import Fragment

from taskapi.rest.json_html import CUT, PAGE_CHARS, ROWS, VALUE_CHARS, as_html, text_as_html
from taskapi.rest.json_tokens import indented


def nowhere(trail, value):
    return None


def seen(shown):
    """What a reader sees."""
    return html.unescape(re.sub(r"<[^>]+>", "", shown.html))


VALUES = [
    pytest.param({}, id="empty object"),
    pytest.param([], id="empty list"),
    pytest.param({"a": [], "b": {}, "c": [[], [{}]]}, id="empty inside"),
    pytest.param([1, 2.5, -3, 1e300, True, None, "x"], id="scalars"),
    pytest.param({"a": {"b": [{"c": "d"}, {"e": 'f"\\\n<&>'}]}}, id="nested"),
    pytest.param("é\u2028😀", id="letters"),
    pytest.param({"é": "{[,:]}", "": "\\"}, id="marks within text"),
    pytest.param(5, id="number"),
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("dump", [json.dumps, lambda value: json.dumps(value, separators=(",", ":"))])
def test_a_value_is_set_out_as_json_is(value, dump):
    shown = text_as_html(dump(value), nowhere)
    assert seen(shown) == json.dumps(value, indent=2, ensure_ascii=False)
    assert not shown.is_shortened
    assert seen(as_html(value, nowhere)) == seen(shown)
    assert indented(dump(value), (), VALUE_CHARS) == seen(shown)


STRANGE = [
    pytest.param('"\\ud800"', id="a lone surrogate"),
    pytest.param("9" * 5000, id="a number of 5000 digits"),
    pytest.param("-1." + "1" * 400 + "E+999999", id="a number of any precision"),
    pytest.param('{"\\udfff\\u0000": "\\u0000"}', id="names that no database keeps"),
]


@pytest.mark.parametrize("raw", STRANGE)
def test_what_python_cannot_hold_is_shown_as_it_is(raw):
    shown = seen(as_html({"data": Fragment(raw)}, nowhere))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", f'{{"data": {raw}}}')


def test_depth_costs_nothing():
    raw = "[" * 500 + "1" + "]" * 500
    assert "".join(seen(text_as_html(raw, nowhere)).split()).startswith("[" * 100)


BIG = [
    pytest.param(json.dumps("x" * 1_000_000), id="one text"),
    pytest.param(json.dumps("é" * 150_000), id="a text of escapes"),
    pytest.param(json.dumps([1] * 300_000), id="numbers"),
    pytest.param("[" * 400 + json.dumps([1] * 300_000) + "]" * 400, id="deep numbers"),
    pytest.param(json.dumps({"n" * 900_000: 1}), id="a name"),
    pytest.param(json.dumps({f"n{n}": {} for n in range(80_000)}), id="names"),
    pytest.param("9" * 1_000_000, id="digits"),
]


@pytest.mark.parametrize("raw", BIG)
def test_of_a_big_value_the_beginning_is_shown(raw):
    begin = time.process_time()
    shown = as_html({"data": Fragment(raw), "after": 1}, nowhere)
    assert time.process_time() - begin < 0.3
    assert shown.is_shortened
    assert shown.html.count(CUT) == 1
    assert VALUE_CHARS <= len(seen(shown)) <= VALUE_CHARS + 200
    assert '"after": 1\n}' in seen(shown)
    assert indented(raw, (), VALUE_CHARS) is None


@pytest.mark.parametrize("size", [VALUE_CHARS - 2, VALUE_CHARS - 1])
def test_a_value_is_cut_at_its_limit(size):
    assert as_html({"a": "x" * size}, nowhere).is_shortened is (size > VALUE_CHARS - 2)


@pytest.mark.parametrize("count", [ROWS, ROWS + 1])
@pytest.mark.parametrize(
    "wrap", [lambda rows: rows, lambda rows: {"next": None, "results": rows}], ids=["list", "page"]
)
def test_of_a_list_a_hundred_rows_are_shown(count, wrap):
    shown = as_html(wrap([{"id": f"row{n}"} for n in range(count)]), nowhere)
    assert shown.is_shortened is (count > ROWS)
    assert seen(shown).count("row") == ROWS


def test_many_long_rows_end_early():
    shown = as_html([{"id": n, "data": "x" * (VALUE_CHARS - 2)} for n in range(ROWS)], nowhere)
    assert shown.is_shortened
    assert PAGE_CHARS <= len(seen(shown)) <= PAGE_CHARS + VALUE_CHARS + 1000


def test_links_lead_from_where_they_are():
    found = []

    def link_of(trail, value):
        found.append((trail, value))
        return "/x" if value == "go" else None

    shown = as_html({"results": [{"id": 5, "more": [{"url": "go"}, True]}]}, link_of)
    assert found == [
        (("results", 0, "id"), 5),
        (("results", 0, "more", 0, "url"), "go"),
        (("results", 0, "more", 1), None),
    ]
    assert '<a class="text" href="/x">&quot;go&quot;</a>' in shown.html
