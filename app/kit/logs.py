"""Logs: one JSON object a line, or readable on a terminal; never bodies, never secrets."""

import logging
import sys
import traceback
from typing import Any

import structlog

_FIRST_LINE = 200
_LONGEST_CHAIN = 10


def brief(error: BaseException) -> str:
    """Return what kind of error it is and its first line: the rest may quote what was stored."""
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first[:_FIRST_LINE]}"


def _failure(exc_info: Any) -> str:
    """Format a traceback without the rows and values that drivers put into their messages."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(parts) < _LONGEST_CHAIN:
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{brief(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich came of:\n".join(parts)


def configure_logs(form: str, level: str) -> None:
    """Send all logs, ours and libraries', through structlog to standard error."""
    pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_failure),
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if pretty
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("pgqueuer", "alembic", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
