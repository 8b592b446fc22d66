"""JSON text token by token, set out on lines to read.

Nothing is parsed but short strings: text that Python can't hold (numbers of thousands of digits, lone surrogates) or
that is nested hundreds deep is set out as any other, and what comes after the part that is shown costs nothing.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

Trail = tuple[str | int, ...]  # the names and places that lead to a value

INDENT = "  "
DEEPEST_INDENT = 8  # what lies deeper is not indented more: a list in a list in a list would be mostly space
TOKEN = re.compile(r'\{\s*\}|\[\s*\]|[{}\[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+', re.DOTALL)
LETTERS_PARSED = 20_000


class Token(NamedTuple):
    """kind: `mark`, `space`, `name`, or of a value `text`, `number`, `word`. trail: of a value, what leads to it."""

    kind: str
    text: str
    trail: Trail = ()


def tokens(raw: str, trail: Trail = ()) -> Iterator[Token]:
    """The tokens of a JSON text whose value lies at `trail`, with line breaks and indentation between them."""
    path: list[str | int] = list(trail)
    brackets: list[str] = []
    is_name = False
    for match in TOKEN.finditer(raw):
        part = match[0]
        if part in {"{", "["}:
            brackets.append(part)
            path.append(0)
            is_name = part == "{"
            yield Token("mark", part)
            yield line(path)
        elif part in {"}", "]"}:
            brackets.pop()
            path.pop()
            yield line(path)
            yield Token("mark", part)
        elif part == ",":
            is_name = brackets[-1] == "{"
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else path[-1]
            yield Token("mark", part)
            yield line(path)
        elif part == ":":
            yield Token("mark", ": ")
        elif is_name:
            is_name = False
            path[-1] = text_of(part) or ""
            yield Token("name", readable(part))
        else:
            yield Token(kind_of(part), readable(part), tuple(path))


def line(path: list[str | int]) -> Token:
    return Token("space", "\n" + INDENT * min(len(path), DEEPEST_INDENT))


def kind_of(token: str) -> str:
    if token[0] == '"':
        return "text"
    return "number" if token[0] in "-0123456789" else "word"


def readable(token: str) -> str:
    """A string with its letters in place of escapes, where these are letters; any other token as it is."""
    text = text_of(token)
    return token if text is None else json.dumps(text, ensure_ascii=False)


def text_of(token: str) -> str | None:
    """What a string token says; None for other tokens, very long ones, and what is no text."""
    if token[0] != '"' or len(token) > LETTERS_PARSED:
        return None
    text: str = json.loads(token, strict=False)
    return text if text.isascii() or is_encodable(text) else None


def is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True


def indented(raw: str, trail: Trail, most: int) -> str | None:
    """A JSON text set out on lines; None where that has more than `most` characters."""
    pieces: list[str] = []
    length = 0
    for token in tokens(raw, trail):
        length += len(token.text)
        if length > most:
            return None
        pieces.append(token.text)
    return "".join(pieces)
