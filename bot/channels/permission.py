"""Who may change what a channel is told."""

from __future__ import annotations

from bot import words
from bot.grammar import Asked, refused
from bot.types import Asker, Reply


def granted(asked: Asked) -> Asker | Reply:
    """Who asks for something that alters what a channel is told; or the reply that it may not be altered."""
    asker = in_a_channel(asked)
    why = "" if isinstance(asker, Reply) else why_not(asker)
    return refused(why) if why else asker


def in_a_channel(asked: Asked) -> Asker | Reply:
    """Who asks, and in which channel; or the reply that it has to be asked in one."""
    if asked.asker is None:
        return refused(words.WHICH_CHANNEL)
    return asked.asker if asked.asker.channel else refused(words.IN_NO_CHANNEL)


def why_not(asker: Asker) -> str:
    """Why this person may not change what the channel is told, in a sentence; "" if they may."""
    if asker.is_stranger:
        return words.NOT_FOR_STRANGERS
    if asker.is_unknown:
        return words.WHO_IS_IT
    if asker.is_out_of_reach:
        return words.NOT_BETWEEN_PEOPLE
    if asker.is_restricted:
        return words.NOT_FOR_GUESTS
    return words.ONLY_ADMINS if asker.only_admins and not asker.is_admin else ""
