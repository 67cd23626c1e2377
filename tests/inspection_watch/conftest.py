"""Whatever a test of the program does to its process is undone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """The command line sets up logging for a whole process."""
    root, hook = logging.getLogger(), threading.excepthook
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
    threading.excepthook = hook
    structlog.reset_defaults()
