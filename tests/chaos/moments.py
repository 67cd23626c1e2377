"""Moments in the life of a process at which it halts, or dies, if somebody has ordered that.

An order is a file named after the moment, and after what is sent then if that matters. Of the processes that come to
the moment the first one takes the order, and writes down who it was and what it was about to do.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

SAYING, REFUSED, POSTED = "saying", "refused", "posted"
"""A message is about to be posted (what there was to look for was not found); was refused; was posted."""
RECORDING = "recording"
"""The ends of attempts are about to be written, in a transaction that holds the channels."""
LEAVING = "leaving"
"""The next bytes are about to leave for Slack, after the last look at the clock."""
A_MESSAGE = "a message"
"""What is sent then if it is the body of a message."""
TELLING, PLANNING, TOLD = "telling", "planning", "told"
"""The next channels are about to be told; are held, and theirs is planned; all have been told, which is not written."""
ALL = (SAYING, LEAVING, REFUSED, POSTED, RECORDING, TELLING, PLANNING, TOLD)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Who came to the moment, and with the message of which key."""

    pid: int
    key: str


def order(folder: Path, moment: str, how: signal.Signals, key: str = "") -> Path:
    """Let whoever comes to this moment first (with this message) halt or die; the order, which may be called off."""
    path = folder / _name(moment, key)
    for done in folder.glob(f"{path.name}.taken-*"):
        done.unlink()
    draft = path.with_suffix(".draft")
    draft.write_text(how.name, encoding="utf-8")
    draft.replace(path)
    return path


def taken(path: Path) -> Taken | None:
    """Who took the order; None if nobody has yet."""
    for found in path.parent.glob(f"{path.name}.taken-*"):
        _, _, key = found.read_text(encoding="utf-8").partition("\n")
        return Taken(pid=int(found.suffix.removeprefix(".taken-")), key=key)
    return None


def reached(folder: Path, moment: str, key: str = "") -> None:
    """This process has come to the moment: carry out what is ordered."""
    for path in (folder / _name(moment, ""), folder / _name(moment, key)):
        mine = path.with_name(f"{path.name}.mine-{os.getpid()}")
        with suppress(FileNotFoundError):
            path.rename(mine)
            how = signal.Signals[mine.read_text(encoding="utf-8")]
            mine.write_text(f"{how.name}\n{key}", encoding="utf-8")
            mine.rename(path.with_name(f"{path.name}.taken-{os.getpid()}"))
            # To this very thread: a signal to the process may be taken by another one, and then this one goes on for a
            # while, past the program's last look at the clock.
            signal.pthread_kill(threading.get_ident(), how)
            return


def _name(moment: str, key: str) -> str:
    return moment + (f"-{sha256(key.encode()).hexdigest()[:16]}" if key else "")
