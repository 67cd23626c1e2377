"""Starts the program again and again, in no time: it is loaded once here, and each start is a fork of this process.

    python -m tests.chaos.nursery      (reads orders, one JSON object a line; writes an answer for each)

    {"start": ["run", "--only", "watch"], "environment": {...}}     -> {"pid": 123}

What is started is the real command line in a process of its own, which signals reach as they reach any other. Only its
time is another: it runs `CHAOS_SPEED` times as fast as ours from `CHAOS_EPOCH` on and is `CHAOS_OFFSET` seconds ahead,
so that leases, pauses and time-outs of minutes end in seconds. Whatever waits for real seconds waits for as much less.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import bot.sending.posting
import bot.slack.client
import inspection_watch.cli
import inspection_watch.wiring
import storage.keeping

DAYS = timedelta(days=7)


def main() -> None:
    """Carry out orders until there are no more; what was started then ends with us."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    started: list[int] = []
    for line in sys.stdin:
        answer = carry_out(json.loads(line), started)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in started:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def carry_out(order: Mapping[str, Any], started: list[int]) -> dict[str, int]:
    match order:
        case {"start": arguments, "environment": environment}:
            started.append(start(arguments, environment))
            return {"pid": started[-1]}
        case _:
            raise ValueError(order)


def start(arguments: list[str], environment: Mapping[str, str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.environ.update(environment)
        hasten(float(environment["CHAOS_EPOCH"]), float(environment["CHAOS_SPEED"]), float(environment["CHAOS_OFFSET"]))
        sys.argv = ["inspection-watch", *arguments]
        inspection_watch.cli.main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(status)


def hasten(epoch: float, speed: float, offset: float) -> None:
    """Let the program's time run faster."""

    def now() -> datetime:
        return datetime.fromtimestamp(hastened(time.time(), epoch, speed, offset), UTC)

    inspection_watch.wiring.now = now
    bot.slack.client.TIMEOUT_SECONDS = bot.slack.client.TIMEOUT_SECONDS / speed  # type: ignore[assignment]
    bot.sending.posting.AROUND = DAYS  # of the clock that Slack goes by ours is far ahead
    storage.keeping.BEAT_SECONDS = storage.keeping.BEAT_SECONDS / speed  # type: ignore[misc]


def hastened(moment: float, epoch: float, speed: float, offset: float) -> float:
    """What the program's clock shows at a moment of ours, both in seconds since 1970."""
    return epoch + (moment - epoch) * speed + offset


if __name__ == "__main__":
    main()
