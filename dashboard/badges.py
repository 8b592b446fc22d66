"""A task's badge: a small SVG of its name, its status and how far it is. Pure.

The widths of texts are estimated, for nobody knows which font a reader has: `textLength` makes each text as wide as its
half of the badge expects.
"""

import unicodedata
from html import escape

HEIGHT = 20
PADDING = 7
NAME_MAX = 40
COLOURS = {
    "success": "#1b6e3c",
    "error": "#a42a20",
    "stale": "#8a5a00",
    "cancelled": "#5d6878",
    "pending": "#5d6878",
}
RUNNING = "#1f5fa8"
DARK = "#3b4350"
# Widths of a sans-serif of 11 px, in tenths of a pixel.
NARROW, WIDE, USUAL, FULL = 38, 92, 65, 115
NARROW_LETTERS = frozenset("fijltrI1.,:;!'|()[]{}-/ ")
WIDE_LETTERS = frozenset("mwMW@%&QOGDHNU_")
FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # not all of them can stand in XML


def badge(name: str, status: str, percent: int | None) -> str:
    """An SVG document. name: anything that somebody typed."""
    left = shortened(name)
    right = status.replace("_", " ")
    if percent is not None and status not in {"success", "cancelled"}:
        right = f"{right} {min(percent, 999)} %"
    left_width, right_width = width_of(left) + 2 * PADDING, width_of(right) + 2 * PADDING
    width = left_width + right_width
    colour = COLOURS.get(status, RUNNING)
    title = escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" '
        f'role="img" aria-label="{title}"><title>{title}</title>'
        f'<clipPath id="r"><rect width="{width}" height="{HEIGHT}" rx="4" fill="#fff"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left_width}" height="{HEIGHT}" fill="{DARK}"/>'
        f'<rect x="{left_width}" width="{right_width}" height="{HEIGHT}" fill="{colour}"/></g>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" text-anchor="middle">'
        f"{text(left, left_width / 2, left_width - 2 * PADDING)}"
        f"{text(right, left_width + right_width / 2, right_width - 2 * PADDING)}</g></svg>"
    )


def text(words: str, middle: float, width: int) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{width}" lengthAdjust="spacingAndGlyphs">{escape(words)}</text>'


def shortened(name: str) -> str:
    """The name without what no XML may hold or what would turn the text around, and no longer than fits."""
    name = "".join(" " if unicodedata.category(letter) in FORBIDDEN else letter for letter in name).strip()
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"


def width_of(words: str) -> int:
    """In whole pixels, at least one."""
    return max(round(sum(map(letter_width, words)) / 10), 1)


def letter_width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in {"F", "W"}:
        return FULL
    return NARROW if letter in NARROW_LETTERS else WIDE if letter in WIDE_LETTERS else USUAL
