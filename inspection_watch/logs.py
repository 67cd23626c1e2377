"""Structured logs: one JSON line per unit of work on stderr, readable lines at a terminal. No secret gets through."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=://)(?!user:password@)[^/\s:@]+:[^/\s@]+(?=@)")


def without_secrets(text: str) -> str:
    """The text with every Slack token, and every password in an address, blotted out."""
    return _SECRET.sub("[secret]", text)


def start(level: int = logging.INFO) -> None:
    """Log from `level` on, the libraries from warnings on, all through the same blotter."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    tail: list[structlog.types.Processor] = [structlog.processors.format_exc_info, _blot, last]
    structlog.configure(
        processors=[*shared, *tail],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    # It finds SLACK_BOT_TOKEN in the environment as well as in the client it is given, and says so at every start.
    logging.getLogger("slack_bolt.App").setLevel(logging.ERROR)


def _blot(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: _blotted(value) for key, value in event.items()}


def _blotted(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, Mapping):
        return {key: _blotted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_blotted(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else without_secrets(str(value))
