"""Structured logs on stderr: readable for people, or one JSON object a line; no secret is in them."""

from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

import structlog

from connectors.redaction import RedactedStream, redactor
from connectors.settings import Settings


def configure(settings: Settings, **bound: str) -> None:
    """Send all logs of the process, libraries' too, through one format; ``bound`` goes into every line.

    From then on whatever Python writes to stderr, tracebacks too, is without the secrets of the settings.
    """
    sys.stderr = cast(TextIO, RedactedStream(sys.stderr, redactor(settings)))
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(sort_keys=True)
    if settings.log_format == "human":
        shared.remove(structlog.processors.format_exc_info)
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # the default would print local variables
            exception_formatter=structlog.dev.plain_traceback,
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
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    structlog.contextvars.bind_contextvars(**bound)
