"""What was given up and is to be sent after all: what has been corrected since says what there is to say now.

take what something newer has overtaken -> draw it anew, or leave it where the channel has been told -> write
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.alerting.amending import IN_CHANNEL, STANDING, Means, anew
from bot.alerting.stories import Stories, stories
from bot.alerting.telling import Drawing
from storage.store import Store
from storage.types import Holding, Message, Part, Retried, Told


def retry(store: Store, holding: Holding, now: datetime, key: str | None = None) -> Retried:
    """Let the dead message with this key, or all, be sent again as there is to say now; what was to stand in its
    thread, or to correct it, is sent again with it.

    `holding` is the lease under which changes are told: none is told meanwhile. Raises `StorageError`.
    """
    overtaken = store.overtaken_letters(key)
    family = store.family({each for one in overtaken for each in one.change_keys})
    told = store.told([one.change.key for one in family])
    known = stories(store.family({each for one in told for each in one.change_keys}))
    return store.retry_dead(holding, now, key, instead=_instead(overtaken, told, known))


def _instead(overtaken: Iterable[Told], told: Sequence[Told], known: Stories) -> Mapping[str, Message | None]:
    """What these messages are to say instead, oldest first; None for one that is not to be sent any more."""
    means = Means(known=known, calls={}, muted=(), drawing=Drawing())
    by_key = {one.key: one for one in told}
    instead: dict[str, Message | None] = {}
    for one in overtaken:
        base = by_key.get(one.edits) if one.edits else one
        is_left = any(other in instead and instead[other] is None for other in (one.edits, one.thread_of))
        if base is None or is_left or one.part is Part.NOTE or _is_told(one, told, known):
            instead[one.key] = None
        else:
            instead[one.key] = anew(base, means)
    return instead


def _is_told(one: Told, told: Iterable[Told], known: Stories) -> bool:
    """Whether all that the message was to tell stands in the channel in others of its kind."""
    if one.edits:
        return False
    others = [each for each in told if each.status in STANDING and not each.edits and _kind(each) == _kind(one)]
    standing = {known[key].root for each in others for key in each.change_keys if key in known}
    return all(known[key].root in standing for key in one.change_keys if key in known)


def _kind(one: Told) -> tuple[str, str, bool]:
    return one.team, one.channel, one.part in IN_CHANNEL
