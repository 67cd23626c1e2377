"""What ends the demonstration, at whatever moment it is told."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest

from inspection_watch.demo import show
from inspection_watch.demo.slack import LocalSlack


class Alive:
    def poll(self) -> None:
        """It has not ended."""


def wait(tmp_path: Path) -> None:
    show._wait(cast("Any", Alive()), lambda: False, tmp_path / "log")


def publish(_tmp_path: Path) -> None:
    console = cast("Any", type("Nobody", (), {"print": lambda *_given, **_named: None})())
    show._publish_on_enter(show.Out(console), cast("Any", None), LocalSlack(url="http://127.0.0.1:1"))


@pytest.mark.parametrize("next_step", [wait, publish])
def test_an_interruption_that_had_to_wait_ends_it_at_its_next_step(
    next_step: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    told: list[BaseException] = []

    def tell() -> bool:
        try:
            show._interrupt()
        except BaseException as error:  # as whatever tidies up behind a library drops it
            told.append(error)
        return False

    try:
        with suppress(KeyboardInterrupt):
            show._asked(tell)
        assert told == [], "nothing is raised while a library is asked"
        with pytest.raises(KeyboardInterrupt):
            next_step(tmp_path)
    finally:
        show._told.clear()
