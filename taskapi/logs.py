"""Log lines: JSON for machines, or text for a terminal, each with the id of its request and without secrets."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from taskapi.masking import mask
from taskapi.rest import request_id


def add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if current := request_id.current.get():
        event["request_id"] = current
    return event


def mask_line(_logger: WrappedLogger, _method: str, line: Any) -> str:
    """Return the whole line, masked: its message, its fields and its traceback."""
    return mask(line)


def formatter(style: str = "json") -> logging.Formatter:
    """The formatter that `LOGGING` names; `style` is `json` or `text`."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(["action", "status", "duration_ms", "method", "path"]),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
    ]
    last: list[Processor] = (
        # Plain: the tracebacks of rich show local variables, and break what is to be masked into several lines.
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
        if style == "text"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, mask_line],
    )
