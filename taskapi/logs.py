"""Log lines: JSON for machines, or text for a terminal, each with the id of the request that it belongs to."""

import logging

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from taskapi.rest import request_id


def add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if current := request_id.current.get():
        event["request_id"] = current
    return event


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
        [structlog.dev.ConsoleRenderer(colors=False)]
        if style == "text"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
