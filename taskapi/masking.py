"""Secrets in text, masked: what goes into the log is read by more people than may use a key or follow a link.

Each pattern takes time proportional to the length of the text, and replaces nothing that has a meaning in JSON.
"""

import re
from typing import NamedTuple

MASK = "…"
PART = r"""[^/?&\s"'\\<>]+"""  # of a path
UUID_REST = r"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Secret(NamedTuple):
    """word: what a text with such a secret holds, in lower case; asked first, for most lines hold none."""

    word: str
    pattern: re.Pattern[str]
    replacement: str


def secret(word: str, pattern: str, replacement: str = rf"\1{MASK}") -> Secret:
    return Secret(word, re.compile(pattern, re.IGNORECASE), replacement)


SECRETS = (
    # A monitor's id is all that a ping needs. Its first eight digits tell monitors apart.
    secret("monitor", rf"((?:/monitors|\bmonitor)[/= ]+[0-9a-f]{{8}}){UUID_REST}", rf"\1-{MASK}"),
    secret("/ping/", rf"(/ping/+[0-9a-f]{{8}}){UUID_REST}", rf"\1-{MASK}"),
    secret("/ping/", rf"(/ping/+)(?![0-9a-f]{{8}}-{MASK}){PART}"),
    secret("/public/", rf"(/public/+tasks/+{PART}/+){PART}"),
    secret("/account/", rf"(/account/+invitation/+){PART}"),
    secret("/account/", rf"(/account/+password-reset/+{PART}/+){PART}"),
    secret("/cron/", rf"(/api/+[0-9]+/+cron/+{PART}/+){PART}"),
    # The first characters of a key are shown beside its name everywhere.
    secret("tak_", r"(tak_[0-9a-z]{4})[0-9a-z]{4,}"),
    secret("whsec_", r"(whsec_)[0-9a-z+/_-]{4,}=*"),
    secret("bearer", r"""\b(bearer\s+)[^\s"'\\,;]+"""),
    secret("sessionid", r"""\b(sessionid=)[^\s"'\\,;]+"""),
    secret("csrftoken", r"""\b(csrftoken=)[^\s"'\\,;]+"""),
    secret("://", r"""(://[^/\s"'\\:@]*:)[^/\s"'\\@]+(?=@)"""),
)
# A whole key is `base64("organization/project/tak_…")`: this is its `tak_`, by the place that it has in the text.
KEY_IN_BASE64 = ("dGFrX", "Rha18", "Rha19", "0YWtf")
BASE64 = re.compile(r"[0-9A-Za-z+/_-]{60,}=*")  # the secret alone makes more


def mask(text: str) -> str:
    """Return the text with each secret replaced: keys, tokens in paths and headers, passwords in URLs."""
    lower = text.lower()
    for word, pattern, replacement in SECRETS:
        if word in lower:
            text = pattern.sub(replacement, text)
    if any(part in text for part in KEY_IN_BASE64):
        text = BASE64.sub(whole_key, text)
    return text


def whole_key(found: re.Match[str]) -> str:
    return MASK if any(part in found[0] for part in KEY_IN_BASE64) else found[0]
