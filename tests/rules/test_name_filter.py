"""Name filters: which names a regular expression lets through, and which expressions are refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import name_filter
from tasks.name_filter import MAX_LENGTH, MAX_MEMORY, compile_filter, matches

LONGEST = 255  # characters of a task's name
# Instructions of eight bytes. Matching takes no more than each of them once for each byte of the name.
LARGEST_PROGRAM = MAX_MEMORY // 8


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        pytest.param("", "account.export", True, id="no filter"),
        pytest.param("", "", True, id="no filter and no name"),
        pytest.param("export", "account.export.daily", True, id="found in the middle"),
        pytest.param("export", "account.import", False, id="not found"),
        pytest.param("^export", "account.export", False, id="not at the beginning"),
        pytest.param("^account", "account.export", True, id="at the beginning"),
        pytest.param("export$", "account.export", True, id="at the end"),
        pytest.param("export$", "account.exports", False, id="not at the end"),
        pytest.param("export$", "export\n", False, id="a line feed belongs to the name"),
        pytest.param("^$", "x", False, id="the empty name alone"),
        pytest.param("Export", "export", False, id="capitals matter"),
        pytest.param("(?i)EXPORT", "Account.Export", True, id="unless the filter says otherwise"),
        pytest.param("a.b", "a-b", True, id="a dot is any character"),
        pytest.param(r"a\.b", "a-b", False, id="unless it is escaped"),
        pytest.param("^(web|api)\\.(daily|weekly)$", "api.weekly", True, id="alternatives"),
        pytest.param("^(web|api)\\.(daily|weekly)$", "api.monthly", False, id="none of the alternatives"),
        pytest.param("(?P<kind>daily)", "export.daily", True, id="a named group"),
        pytest.param("^[^.]+$", "account.export", False, id="a class"),
        pytest.param("^.$", "é", True, id="a letter of two bytes is one character"),
        pytest.param("^.{2}$", "𝔘🐘", True, id="so are those of four bytes"),
        pytest.param("^Übertragung", "Übertragung.täglich", True, id="letters that are not ASCII"),
        pytest.param("(?i)ÜBER", "über", True, id="their capitals"),
        pytest.param(r"^\p{Greek}+$", "ωμέγα", True, id="a script"),
        pytest.param(r"^\w+$", "über", False, id="word characters are ASCII"),
        pytest.param("выгрузка|导出", "日常导出", True, id="other scripts"),
        pytest.param(" ", "a b", True, id="a space is a filter"),
        pytest.param("x" * MAX_LENGTH, "x" * LONGEST, True, id="the longest filter"),
    ],
)
def test_a_filter_finds_a_match_anywhere_in_the_name(text, name, expected):
    assert matches(text, name) is expected
    assert (compile_filter(text).search(name) is not None) is expected
    assert matches(text, name) is expected, "the second time"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("(", "missing )", id="an open group"),
        pytest.param("[a", "missing ]", id="an open class"),
        pytest.param("*", "no argument", id="nothing to repeat"),
        pytest.param("a**", "bad repetition", id="repeated twice"),
        pytest.param("a{2,1}", "{2,1}", id="more at least than at most"),
        pytest.param("[z-a]", "z-a", id="a range from the end"),
        pytest.param("\\", "\\", id="a backslash alone"),
        pytest.param("(é", "(é", id="what is wrong is not ASCII"),
        pytest.param(r"\p{Klingon}", "Klingon", id="no such script"),
        pytest.param("(?=export)", "look-around", id="look-ahead"),
        pytest.param("export(?!s)", "look-around", id="negative look-ahead"),
        pytest.param("(?<=account)x", "look-around", id="look-behind"),
        pytest.param("(?<!account)x", "look-around", id="negative look-behind"),
        pytest.param(r"(a+)\1", "back references", id="a back reference"),
        pytest.param("(?P<x>a)(?P=x)", "back references", id="a back reference by name"),
        pytest.param("(?>a+)b", "(?>", id="an atomic group"),
        pytest.param("a++", "++", id="a possessive repetition"),
        pytest.param(r"export\Z", r"\Z", id="what only Python calls the end"),
        pytest.param("a{1001}", "{1001}", id="repeated too often"),
        pytest.param("\ud800", "surrogate", id="half a character"),
        pytest.param("x" * 256, "255 characters", id="256 characters"),
        pytest.param("é" * 256, "255 characters", id="256 characters of two bytes each"),
    ],
)
def test_what_is_no_filter_is_refused_in_words(text, said, capfd):
    with pytest.raises(ValueError) as caught:
        compile_filter(text)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")
    out, err = capfd.readouterr()
    assert (out, err) == ("", ""), "RE2 would write it to the log by itself"


@pytest.mark.parametrize(
    "text",
    [
        "(((a{1000}){1000}){1000})",
        "((a{100}){100}){100}",
        "(?:" * 20 + "a" + "{1000})" * 20,
        r"\pL{1000}",
        r"\pL{1000}" * 28,
        "(?i:" + r"\pL{999}|\PL{999}|" * 12 + "a)",
        ".{1000}" * 36,
        ".{0,1000}" * 28,
        "(.{1,30}){1,30}" * 17,
        "(?:(?:(?:.?){10}){10}){10}" * 9,
        "[^a]{0,1000}$",
    ],
)
def test_what_would_grow_large_is_refused(text, capfd):
    assert len(text) <= MAX_LENGTH, "and not for its length"
    with pytest.raises(ValueError, match=r"too large|invalid repetition size"):
        compile_filter(text)
    assert capfd.readouterr() == ("", "")


CATASTROPHIC = [
    "(a+)+$",
    "(a*)*$",
    "(a|aa)+$",
    "(a|a?)+$",
    "([a-z]+)*$",
    "(.*a){20}$",
    "(.*)*(.*)*(.*)*=",
    "(x+x+)+y",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?:a?){120}a{120}$",
    "[ab]*a[ab]{200}c",
    "(((((a+)+)+)+)+)+$",
    "a{1000}",
    "(?:.?){254}$",
    "(" * 100 + "a*" + ")*" * 50 + ")" * 50,
]

NAMES = [
    pytest.param("a" * 254 + "!", id="one letter"),
    pytest.param("x" * 255, id="another letter"),
    pytest.param("ab" * 127, id="two letters"),
    pytest.param("é" * 255, id="two bytes each"),
    pytest.param("𝔞" * 254 + "a", id="four bytes each"),
]


@pytest.mark.parametrize("text", CATASTROPHIC)
@pytest.mark.parametrize("name", NAMES)
def test_what_others_would_try_for_ages_ends_at_once(text, name, capfd):
    """Backtracking takes two to the power of the name's length; what RE2 takes is bounded by a product."""
    pattern = compile_filter(text)
    matches(text, name)
    assert pattern.programsize <= LARGEST_PROGRAM
    assert pattern.options.max_mem == MAX_MEMORY
    assert capfd.readouterr() == ("", "")


ATOMS = st.sampled_from([".", "a", "[ab]", "[^a]", r"\pL", r"\w", "(?i:é)", r"\b", "$", "x?", "(?s:.)", r"\C"])
AGAIN = st.sampled_from(["", "*", "+", "?", "*?", "{31}", "{0,100}", "{1000}", "{0,1000}", "{2,}"])
HOSTILE = st.recursive(
    st.tuples(ATOMS, AGAIN).map("".join),
    lambda inner: st.one_of(
        st.tuples(inner, AGAIN).map(lambda parts: "(?:{}){}".format(*parts)),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda parts: "(?:{}|{})".format(*parts)),
    ),
)


@given(st.one_of(HOSTILE, st.text(max_size=300)), st.text(st.characters(exclude_categories=["Cs"]), max_size=LONGEST))
def test_any_text_is_a_small_filter_or_refused(text, name):
    try:
        pattern = compile_filter(text)
    except ValueError:
        return
    assert len(text) <= MAX_LENGTH
    assert pattern.programsize <= LARGEST_PROGRAM
    assert matches(text, name) in (True, False)


@given(st.text(st.sampled_from("ab.é|*+?()[]^"), max_size=12), st.text(st.sampled_from("abé.c"), max_size=12))
def test_what_both_engines_take_they_find_alike(text, name):
    try:
        pattern, other = compile_filter(text), re.compile(text)
    except (ValueError, re.error, FutureWarning):
        return
    assert (pattern.search(name) is None) == (other.search(name) is None)


def test_a_stored_filter_that_is_refused_meanwhile_matches_nothing_and_is_logged_once(caplog):
    for name in ("one", "two"):
        assert matches("(?=of an older version)", name) is False
    (record,) = caplog.records
    assert "older version" not in record.getMessage()
    assert "(?=" in record.getMessage()


def test_a_filter_is_compiled_once_and_a_name_is_matched_once(monkeypatch):
    compiled = []
    monkeypatch.setattr(name_filter, "compile_filter", lambda text: compiled.append(text) or compile_filter(text))
    for _ in range(3):
        assert matches("^only once", "only once, and this one too")
        assert not matches("^only once", "never")
    assert compiled == ["^only once"]
