"""JSON text without Python objects: whether it is well formed, its members, how deep and how wide it is.

Each function takes time and memory proportional to the length of the text, whatever the text is. msgspec checks the
grammar, in C. Where its rules are not those of RFC 8259 they are completed here: it does not check that text is UTF-8,
and it refuses lone surrogates (`"\\ud800"`).
"""

import re
import secrets
from itertools import accumulate, compress
from typing import TypeVar

import msgspec

T = TypeVar("T")

ANY = msgspec.json.Decoder(msgspec.Raw)
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])

PRIVATE = "\ue000"  # a character of no meaning, with which the mark of a text begins

SEPARATORS = b"[]{},"
ALL_BUT_SEPARATORS_AND_QUOTES = bytes(set(range(256)) - {*SEPARATORS, *b'"'})
STEPS = bytes.maketrans(SEPARATORS, b"\x01\xff\x01\xff\x00")  # as signed numbers: one level deeper, one less
COMMAS = bytes.maketrans(SEPARATORS, b"\x00\x00\x00\x00\x01")
CHUNK = 1 << 16


class MalformedError(ValueError):
    """The text is not JSON, or is nested deeper than any parser takes; the message says what is wrong."""


def check(text: bytes) -> None:
    """Raises `MalformedError` unless the text is one JSON value."""
    decoded(ANY, text)


def members_of(text: bytes) -> dict[str, bytes]:
    """The members of a JSON object, the values as they are written; where a name is repeated, its last value.

    Raises `MalformedError`, also for a JSON value that is no object.
    """
    members, marks = decoded(OBJECT, text)
    if marks is None:
        return {name: bytes(value) for name, value in members.items()}
    return {marks.off_name(name): marks.off(bytes(value)) for name, value in members.items()}


def decoded(decoder: "msgspec.json.Decoder[T]", text: bytes) -> tuple[T, "Marks | None"]:
    """What a decoder makes of the text; and where surrogates kept it from doing so, of the text with marks."""
    try:
        if not text.isascii():
            text.decode()
        try:
            return decoder.decode(text), None
        except msgspec.DecodeError:
            if b"\\ud" not in text and b"\\uD" not in text:
                raise
        marks = Marks(text)
        return decoder.decode(marks.on(text)), marks
    except RecursionError:
        raise MalformedError("nested too deep") from None
    except UnicodeDecodeError:
        raise MalformedError("JSON is UTF-8") from None
    except msgspec.DecodeError as error:
        raise MalformedError(str(error).removeprefix("JSON is malformed: ")) from None


class Marks:
    """Other characters in place of a text's surrogates, so that it is well formed exactly if it was before.

    A mark and `\\u1` stand for `\\ud`, a mark and `\\u2` for `\\uD`. An escaped backslash is put out of the way first:
    what follows it is no escape.
    """

    def __init__(self, text: bytes) -> None:
        mark = PRIVATE + secrets.token_hex(3)  # random: a name may hold the same characters as escapes
        while mark.encode() in text:
            mark += secrets.token_hex(1)
        self.mark = mark
        pairs = ((r"\\", rf"\n{mark}."), (r"\ud", rf"{mark}\u1"), (r"\uD", rf"{mark}\u2"))
        self.pairs = [(plain.encode(), marked.encode()) for plain, marked in pairs]

    def on(self, text: bytes) -> bytes:
        for plain, marked in self.pairs:
            text = text.replace(plain, marked)
        return text

    def off(self, text: bytes) -> bytes:
        for plain, marked in self.pairs[::-1]:
            text = text.replace(marked, plain)
        return text

    def off_name(self, name: str) -> str:
        """Of a name whose escapes have become characters. Two surrogates that make a pair are one character."""
        name = name.replace(f"\n{self.mark}.", "\\")
        name = re.sub(f"{self.mark}(.)", lambda found: chr(0xD000 | ord(found[1]) & 0xFFF), name)
        return name.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def separators(text: bytes) -> bytes:
    """The brackets, braces and commas of a well-formed text, without those in its strings.

    Once escaped quotes are gone, each quote begins or ends a string. By chunks: what lies between two quotes may be
    a single byte, and an object of Python's for each of four million would take 200 MB.
    """
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, ALL_BUT_SEPARATORS_AND_QUOTES)
    outside, in_string = bytearray(), 0
    for start in range(0, len(text), CHUNK):
        parts = text[start : start + CHUNK].split(b'"')
        outside += b"".join(parts[in_string::2])
        in_string = (in_string + len(parts) - 1) % 2
    return bytes(outside)


def depth_of(found: bytes) -> int:
    """How deep lists and objects are nested, 0 for a scalar. found: the `separators` of a text."""
    return max(levels(found), default=0)


def top_width_of(found: bytes) -> int:
    """How many items or members the outermost list or object has; 1 for none, which has no comma either."""
    return 1 + sum(map((1).__eq__, compress(levels(found), found.translate(COMMAS))))


def width_of(found: bytes) -> int:
    """How many items or members the widest list or object has. Loops: bound the length of `found` first."""
    widest, commas = 0, [0]
    for step in found:
        if step == 0x2C:
            commas[-1] += 1
        elif step in b"[{":
            commas.append(0)
        else:
            widest = max(widest, commas.pop())
    return widest + 1


def levels(found: bytes) -> "accumulate[int]":
    """The depth behind each of the separators."""
    return accumulate(memoryview(found.translate(STEPS)).cast("b"))
