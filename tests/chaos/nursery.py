"""Starts the program again and again, in no time: it is loaded once here, and each start is a fork of this process.

    python -m tests.chaos.nursery      (reads orders, one JSON object a line; writes an answer for each)

    {"start": ["run", "--only", "watch"], "environment": {...}}     -> {"pid": 123}

What is started is the real command line in a process of its own, which signals reach as they reach any other. Its time
is another: it runs `CHAOS_SPEED` times as fast as ours from `CHAOS_EPOCH` on and is `CHAOS_OFFSET` seconds ahead, so
that leases, pauses and time-outs of minutes end in seconds. Whatever waits for real seconds waits for as much less, and
what is done by the hundred is done by the two. At some moments it looks whether it is to halt or die (`moments`).
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import inspection_watch.cli
import inspection_watch.wiring
from bot import rounds
from bot.alerting import fanout
from bot.sending import deliver, posting, twins
from bot.slack import client
from storage import engine, keeping, sending
from storage.store import Store
from tests.chaos import moments
from watchers import rota

DAYS = timedelta(days=7)
OFTEN = timedelta(seconds=30)
"""So often a document is asked for again, should it have been replaced."""


def main() -> None:
    """Carry out orders until there are no more; what was started then ends with us."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    living: list[int] = []
    for line in sys.stdin:
        answer = carry_out(json.loads(line), living)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for child in living:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(child, signal.SIGKILL)


def carry_out(order: Mapping[str, Any], living: list[int]) -> dict[str, int]:
    """Do what is ordered. `living`: handles of what was started; a number of a process alone soon means another one."""
    match order:
        case {"start": arguments, "environment": environment}:
            pid = start(arguments, environment)
            living[:] = [one for one in living if lives(one)]
            with suppress(ProcessLookupError):
                living.append(os.pidfd_open(pid))
            return {"pid": pid}
        case _:
            raise ValueError(order)


def lives(child: int) -> bool:
    """Whether the process of this handle has not ended; the handle is given back if it has."""
    if not select.select([child], [], [], 0)[0]:
        return True
    os.close(child)
    return False


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
        wait_for_orders(Path(environment["CHAOS_ORDERS"]))
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
    client.TIMEOUT_SECONDS = client.TIMEOUT_SECONDS / speed  # type: ignore[assignment]
    posting.AROUND = DAYS  # of the clock that Slack goes by ours is far ahead
    keeping.BEAT_SECONDS = keeping.BEAT_SECONDS / speed  # type: ignore[misc]
    engine._IDLE_SECONDS = engine._IDLE_SECONDS / speed  # type: ignore[assignment]
    deliver.TURN_SECONDS = deliver.TURN_SECONDS / speed
    twins.PAUSE_SECONDS = twins.PAUSE_SECONDS / speed
    rounds.AFTER_A_FAULT_SECONDS = tuple(one / speed for one in rounds.AFTER_A_FAULT_SECONDS)  # type: ignore[assignment]
    rota.CHECKED = ((timedelta(days=999), OFTEN),)  # type: ignore[assignment]
    fanout.SLICE = 2
    deliver.AHEAD = deliver.FURTHEST_AHEAD = 1
    deliver.run.__kwdefaults__["workers"] = 2


def wait_for_orders(folder: Path) -> None:
    """Let the program look at its moments whether there is an order."""

    def before(owner: Any, name: str, moment: str, key: Callable[..., str] = lambda *_: "") -> None:
        real = getattr(owner, name)

        def looking(*given: Any, **named: Any) -> Any:
            moments.reached(folder, moment, key(*given))
            return real(*given, **named)

        setattr(owner, name, looking)

    put = posting.put

    def put_and_look(client: Any, delivery: Any, too_late: Any) -> Any:
        done = put(client, delivery, too_late)
        moments.reached(folder, moments.POSTED, delivery.key)
        return done

    posting.put = put_and_look
    before(HTTPConnection, "send", moments.LEAVING, lambda _line, said: moments.A_MESSAGE * (b"unfurl_links" in said))
    before(posting, "_post", moments.SAYING, lambda _client, delivery: str(delivery.key))
    before(deliver, "_refused", moments.REFUSED, lambda _sender, delivery, _ended: str(delivery.key))
    before(sending, "standing", moments.RECORDING)
    before(Store, "fan_out", moments.TELLING)
    before(fanout, "plan", moments.PLANNING)
    before(Store, "end_fan_out", moments.TOLD)


def hastened(moment: float, epoch: float, speed: float, offset: float) -> float:
    """What the program's clock shows at a moment of ours, both in seconds since 1970."""
    return epoch + (moment - epoch) * speed + offset


if __name__ == "__main__":
    main()
