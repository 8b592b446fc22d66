"""Badges: whatever a task is called, its badge is an SVG of a sensible width that holds nothing but text."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.badges import NAME_MAX, badge, width_of

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {f"{SVG}{name}" for name in ("svg", "title", "clipPath", "rect", "g", "text")}


def texts(svg):
    return [found.text for found in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("status", "percent", "words"),
    [
        ("processing", 62, "processing 62 %"),
        ("processing", None, "processing"),
        ("post_processing", 0, "post processing 0 %"),
        ("pending", None, "pending"),
        ("success", 100, "success"),
        ("cancelled", 40, "cancelled"),
        ("error", 40, "error 40 %"),
        ("stale", 10**20, "stale 999 %"),
    ],
)
def test_a_badge_says_name_status_and_percent(status, percent, words):
    assert texts(badge("export", status, percent)) == ["export", words]


def test_statuses_differ_in_colour():
    drawn = [badge("x", status, None) for status in ("success", "error", "stale", "pending", "processing")]
    assert len({ET.fromstring(svg).findall(f".//{SVG}g/{SVG}rect")[1].get("fill") for svg in drawn}) == 5


@given(st.text(min_size=1, max_size=255))
def test_any_name_makes_a_badge(name):
    svg = ET.fromstring(badge(name, "processing", 5))
    assert {element.tag for element in svg.iter()} <= KNOWN
    assert len(next(svg.iter(f"{SVG}text")).text or "") <= NAME_MAX
    assert 60 < int(svg.get("width")) < 700


HOSTILE = ["</text><script>alert(1)</script>", '" onload="alert(1)', "&lt;b&gt;", "\x00\x1b\u202e]]>"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(name):
    elements = list(ET.fromstring(badge(name, "error", None)).iter())
    assert {element.tag for element in elements} <= KNOWN
    assert not [name for element in elements for name in element.attrib if name.startswith("on")]


def test_a_long_name_is_cut():
    assert texts(badge("x" * 300, "error", None))[0] == "x" * (NAME_MAX - 1) + "…"


def test_wide_letters_take_more_room():
    assert width_of("iiii") < width_of("eeee") < width_of("mmmm") < width_of("漢漢漢漢")
    assert width_of("") == 1
