"""Name filters: regular expressions of users, matched by RE2, whose time is linear in the length of the name.

Python's own `re` backtracks: `(a+)+$` on a name of forty letters would hold a worker for hours. What only backtracking
can do, look-around and back references, RE2 refuses. Pure rules: no database, no clock.
"""

import logging
from functools import lru_cache
from typing import Any

import re2

logger = logging.getLogger(__name__)

MAX_LENGTH = 255
# Bytes, for the program of one filter and what matching remembers of it: the worst that fits costs hundredths of a
# second with the worst name. RE2's own default allows sixty times that.
MAX_MEMORY = 128 * 1024


def compile_filter(text: str) -> Any:
    """Read a name filter.

    In: the text, case-sensitive unless it says `(?i)` itself. Out: a pattern with `search(name)`, which finds a match
    anywhere in the name; that of the empty text matches all names. Raises ValueError, its text for people, for what RE2
    can't take: bad syntax, look-around, back references, more than `MAX_LENGTH` characters, more than `MAX_MEMORY`.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"A name filter has at most {MAX_LENGTH} characters.")
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.never_capture = True  # groups only group: nobody asks what they matched
    options.log_errors = False  # RE2 would write each refusal to stderr
    try:
        return re2.compile(text, options)
    except UnicodeEncodeError:
        raise ValueError("A name filter is text: lone surrogates are none.") from None
    except re2.error as error:
        raise ValueError(explained(error)) from None


def matches(text: str, name: str) -> bool:
    """Whether the name filter of that text lets a name through; the empty one lets all through. Raises nothing."""
    # The same few filters and names come with every update of a busy task.
    return not text or _matches_cached(text, name)


def _matches(text: str, name: str) -> bool:
    pattern = _compiled(text)
    return pattern is not None and pattern.search(name) is not None


_matches_cached = lru_cache(maxsize=4096)(_matches)


@lru_cache(maxsize=512)
def _compiled(text: str) -> Any:
    """None for what was stored once and is refused now, by another version of RE2: no task may fail by that."""
    try:
        return compile_filter(text)
    except ValueError as error:
        logger.error("A name filter matches nothing any more: %s", error)
        return None


def explained(error: re2.error) -> str:
    """What RE2 found, `invalid perl operator: (?=`, as a sentence for whoever wrote the filter."""
    found = error.args[0] if error.args else b""
    reason, _, part = (found.decode(errors="replace") if isinstance(found, bytes) else str(found)).partition(": ")
    if reason.startswith("pattern too large"):
        return "This regular expression is too large: repeat less, or shorter parts."
    text = f"RE2 can't take this regular expression: {reason}{f' “{part}”' if part else ''}."
    if reason in {"invalid perl operator", "invalid escape sequence"}:
        text += " It has neither look-around nor back references."
    return text
