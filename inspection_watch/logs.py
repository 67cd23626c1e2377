"""Structured logs: one JSON line per unit of work on stderr, readable lines at a terminal. No secret gets through."""

from __future__ import annotations

import io
import logging
import re
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

SHORTEST = 8
"""Characters of a secret that is blotted wherever it stands: a shorter one may be any word."""

_SECRETS = (
    # Slack's tokens; what is said of them, "xoxb-…", is none.
    (("xox", "xapp-"), re.compile(r"()(?:xox[a-z]|xapp)-\w[^\s\"'<>]*")),
    # Up to the last @, for a password may have any of /, : and @ in it. The example in our own words is none.
    (("://",), re.compile(r"(://)(?!user:password@)[^/\s:@]*:\S+(?=@)")),
    # In an address ("?ticket=…", as Slack's web sockets have it), in JSON, and in a list of a database's parameters.
    (
        ("password", "secret", "ticket", "token"),
        re.compile(
            r"""(\b\w*(?:password|secret|ticket|token)(?:=|["']\s*:\s*))(?:"[^"]*"|'[^']*'|[^&\s"'<>]+)""",
            re.IGNORECASE,
        ),
    ),
    # Whoever has such an address may answer in our name, or put a file there.
    (("slack.com/",), re.compile(r"(https://(?:hooks|files)\.slack\.com/)[^\s\"'<>]+")),
    (("authorization",), re.compile(r"(Authorization[\"']?\s*:\s*[\"']?\w+\s+)[^\s\"'<>]+", re.IGNORECASE)),
)
"""What looks like a secret, each behind its marks, in small letters. Most of what is logged has none of them, which is
soon seen."""

_known: list[str] = []


def keep_secret(secrets: Iterable[str]) -> None:
    """From now on, blot these, and no earlier ones, wherever they stand and whatever is around them."""
    long_enough = {secret for secret in secrets if len(secret) >= SHORTEST}
    _known[:] = sorted(long_enough, key=len, reverse=True)  # one may stand in another


def without_secrets(text: str) -> str:
    """The text with every secret of the settings, every Slack token, and whatever else looks like one blotted out."""
    for known in _known:
        text = text.replace(known, "[secret]")
    # Beyond ASCII a letter has more forms than a small and a capital one, and the patterns know them all.
    small = text.lower() if text.isascii() else None
    for marks, secret in _SECRETS:
        if small is None or any(mark in small for mark in marks):
            text = secret.sub(r"\1[secret]", text)
    return text


class _Lines:
    """Where lines are written: on stderr, at once, or together at the end of `together`."""

    def __init__(self, *_about: Any) -> None:
        self.file = sys.stderr

    def msg(self, line: str) -> None:
        held = getattr(_held, "lines", None)
        if held is None:
            _write(self.file, line + "\n")
        else:
            held.append(line + "\n")

    debug = info = warning = error = critical = exception = log = msg


_PLAIN = (str, int, float, bool, type(None))
_held = threading.local()
_one_at_a_time = threading.Lock()


@contextmanager
def together() -> Iterator[None]:
    """Write what this thread logs meanwhile at its end, in one go: for each line alone it waits for other threads.

    Not within another one.
    """
    _held.lines = []
    try:
        yield
    finally:
        lines, _held.lines = _held.lines, None
        if lines:
            _write(sys.stderr, "".join(lines))


def _write(file: TextIO, lines: str) -> None:
    # Where nothing is buffered (PYTHONUNBUFFERED) one call may write a part of many lines, and nobody sees to the rest.
    alone = isinstance(getattr(file, "buffer", None), io.RawIOBase)
    with _one_at_a_time:
        for each in lines.splitlines(keepends=True) if alone else (lines,):
            file.write(each)
        file.flush()


def start(level: int = logging.INFO, observe: Callable[[Mapping[str, Any]], None] = lambda _line: None) -> None:
    """Log from `level` on, the libraries from warnings on, all through the same blotter.

    `observe` is shown every line of ours, before it is written, as its fields; it must not raise.
    """

    def shown(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        observe(event)
        return event

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
        processors=[*shared, shown, *tail],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines,
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
    threading.excepthook = _log_thread
    # It finds SLACK_BOT_TOKEN in the environment as well as in the client it is given, and says so at every start. (It
    # sets the logger's own level anew each time; a filter stays.)
    logging.getLogger("slack_bolt.App").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return "`token` will be unused" not in record.getMessage()


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    """Python's own hook prints a traceback as it is, with whatever is in it."""
    error = ended.exc_value or ended.exc_type()
    structlog.get_logger().critical("thread failed", thread=ended.thread and ended.thread.name, exc_info=error)


def put_down(error: BaseException, error_id: str) -> str:
    """Write the whole story, blotted, into the log, or where this process has none into a file; says where it is."""
    if logging.getLogger().isEnabledFor(logging.ERROR):
        structlog.get_logger().critical("failed", id=error_id, exc_info=error)
        return f"The log has the whole story under {error_id}."
    story = without_secrets("".join(traceback.format_exception(error)))
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"inspection-watch-{error_id}-", delete=False
    ) as file:
        file.write(story)
    return f"The whole story is in {file.name}."


def _blot(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    if _is_without_secrets(event.values()):
        return event
    return {key: _blotted(value) for key, value in event.items()}


def _is_without_secrets(values: Collection[Any]) -> bool:
    """Whether a look at them all together finds none, as in nearly every line: each alone takes its time.

    Only what is written as it reads as a string can be looked at so.
    """
    if not all(type(value) in _PLAIN for value in values):
        return False
    together = "\0".join(map(str, values))
    return without_secrets(together) == together


def _blotted(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, Mapping):
        return {key: _blotted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_blotted(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else without_secrets(str(value))
