"""Which of a channel's wishes somebody means, where it has several for one scope that are narrowed otherwise. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from bot.channels.wishes import Options, Wish
from storage.types import Subscription


def edited(wish: Wish, scope: str, held: Sequence[Subscription]) -> tuple[Subscription | None, ...]:
    """What of all that the channel has is to be edited for this scope: None is a new wish; () where it is not clear.

    What was said of documents and changes tells which one is meant; "also" adds one where none is narrowed so.
    """
    here = [one for one in held if one.scope == scope]
    exactly = [one for one in here if _is_narrowed_so(one, wish.options)]
    if not here or (wish.also and not exactly):
        return (None,)
    if wish.options == Options() and wish.excepted is None and not wish.also:
        return tuple(here)
    fitting = exactly or [one for one in here if agrees(one, _narrowing(wish.options))]
    only = fitting if len(here) > 1 else here
    return tuple(only) if len(only) == 1 else ()


def ended(options: Options, scope: str, held: Sequence[Subscription]) -> tuple[Subscription, ...]:
    """The wishes for this scope that are to end: those that are so, or (if nothing was said of them) all."""
    fitting = [one for one in held if one.scope == scope and agrees(one, options)]
    exactly = [one for one in fitting if _is_narrowed_so(one, options)] if _narrowing(options) != Options() else []
    return tuple(exactly or fitting)


def agrees(one: Subscription, options: Options) -> bool:
    """Whether the wish is as was said; of what was not said it may be anything."""
    said = {field.name: getattr(options, field.name) for field in fields(options)}
    return all(_plain(getattr(one, name)) == _plain(value) for name, value in said.items() if value is not None)


def _is_narrowed_so(one: Subscription, options: Options) -> bool:
    return agrees(one, Options(documents=options.documents or (), changes=options.changes or ()))


def _narrowing(options: Options) -> Options:
    return Options(documents=options.documents, changes=options.changes)


def _plain(value: object) -> object:
    return frozenset(value) if isinstance(value, tuple) else value
