"""What the local copy of the source site can do wrong, address by address.

Each verb takes the beginning of an address, "/search", "/provider/44/80578", "/v1/file/50250001" or "/" for all of
them: whole parts of it, so that "/v1/file/5" does not stand for "/v1/file/50". It holds for the next `times` requests,
None: until `heal`. Where two hold for an address, the first one is used up first.

    answer   another answer altogether: a refusal, an error, a redirect, a page we are working on
    freeze   "not modified" to whoever asks on that condition, though it may be
    rewrite  the good answer with other markup
    label    the good answer under another content type
    pack     the good answer in gzip
    bomb     gzip that stands for very much more
    cut      the good answer, its connection closed in the middle of it
    reset    the same, but torn down
    drip     the good answer, very slowly from some point on
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong under an address. None and empty things leave the good answer as it is.

    `frozen`: it is not sent to whoever has an older one. `status` and `body` replace it; `rewritten` is words of it and
    what stands in their place; after `cut_after` bytes it ends, torn down if `torn`; after `drip_after` bytes each
    further one takes `pace` seconds.
    """

    path_prefix: str
    times: int | None = 1
    frozen: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str | None = None
    rewritten: tuple[str, str] | None = None
    packed: bool = False
    cut_after: int | None = None
    torn: bool = False
    drip_after: int | None = None
    pace: float = 0.0

    def concerns(self, path: str) -> bool:
        """Whether an address, with or without a query, is under ours."""
        mine = self.path_prefix.rstrip("/")
        return path.startswith(self.path_prefix) and path[len(mine) : len(mine) + 1] in ("", "/", "?")

    @property
    def breaks_off(self) -> bool:
        """The answer never comes whole, or not in any time worth waiting for."""
        return self.cut_after is not None or self.drip_after is not None


class Faults:
    """The faults that are asked for and not used up. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._faults: list[Fault] = []

    def answer(
        self,
        path_prefix: str,
        *,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int | None = 1,
    ) -> None:
        self._break(Fault(path_prefix=path_prefix, status=status, headers=headers or {}, body=body, times=times))

    def freeze(self, path_prefix: str, *, times: int | None = 1) -> None:
        self._break(Fault(path_prefix=path_prefix, frozen=True, times=times))

    def rewrite(self, path_prefix: str, old: str, new: str, *, times: int | None = 1) -> None:
        self._break(Fault(path_prefix=path_prefix, rewritten=(old, new), times=times))

    def label(self, path_prefix: str, content_type: str, *, times: int | None = 1) -> None:
        self._break(Fault(path_prefix=path_prefix, content_type=content_type, times=times))

    def pack(self, path_prefix: str, *, times: int | None = 1) -> None:
        self._break(Fault(path_prefix=path_prefix, packed=True, times=times))

    def bomb(self, path_prefix: str, *, megabytes: int, times: int | None = 1) -> None:
        bomb = gzip.compress(bytes(megabytes * 2**20))
        self.answer(path_prefix, status=200, headers={"Content-Encoding": "gzip"}, body=bomb, times=times)

    def cut(self, path_prefix: str, *, after: int, times: int | None = 1) -> None:
        self._break(Fault(path_prefix=path_prefix, cut_after=after, times=times))

    def reset(self, path_prefix: str, *, after: int, times: int | None = 1) -> None:
        self._break(Fault(path_prefix=path_prefix, cut_after=after, torn=True, times=times))

    def drip(self, path_prefix: str, *, after: int = 0, pace: float, times: int | None = 1) -> None:
        """`pace`: seconds that each byte takes after the first `after`."""
        self._break(Fault(path_prefix=path_prefix, drip_after=after, pace=pace, times=times))

    def _break(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def heal(self) -> None:
        """Forget every fault that was asked for."""
        with self._lock:
            self._faults.clear()

    def take_fault(self, path: str) -> Fault | None:
        """The first fault for this path, one use of it taken."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.concerns(path):
                    self._wear(place, fault)
                    return fault
        return None

    def _wear(self, place: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times > 1:
            self._faults[place] = replace(fault, times=fault.times - 1)
        else:
            del self._faults[place]
