"""Which authority took over from which, or took another name, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from judgements.authority import Authority, Renaming, Reorganisation


def successors(authorities: Sequence[Authority], key: str) -> tuple[Authority, ...]:
    """Those that take over from the authority with this key, in the order of its row."""
    known = _by_key(authorities)
    one = known.get(key)
    return tuple(known[heir] for heir in one.successors) if one else ()


def predecessors(authorities: Sequence[Authority], key: str) -> tuple[Authority, ...]:
    """Those that the authority with this key takes over from."""
    known = _by_key(authorities)
    one = known.get(key)
    return tuple(each for each in authorities if one in [known[heir] for heir in each.successors])


def heirs(authorities: Sequence[Authority], key: str, on: date) -> tuple[Authority, ...]:
    """Those that do the work of an authority on a day: itself, or its successors, or theirs; () before it is there."""
    one = _by_key(authorities).get(key)
    if one is None or one.is_to_come(on):
        return ()
    if not one.is_past(on):
        return (one,)
    after = (heir for each in successors(authorities, key) for heir in heirs(authorities, each.urn, on))
    return tuple(dict.fromkeys(after))


def reorganisations(authorities: Sequence[Authority]) -> tuple[Reorganisation, ...]:
    """Everything that was or will be reorganised, the earliest first; what shares a successor is one."""
    groups: list[tuple[date, set[Authority]]] = []
    for one in authorities:
        if one.abolished:
            group = {one, *successors(authorities, one.urn)}
            met = [other for other in groups if other[0] == one.abolished and other[1] & group]
            groups = [other for other in groups if other not in met]
            groups.append((one.abolished, group.union(*(members for _, members in met))))
    whole = (_reorganisation(authorities, day, members) for day, members in groups)
    return tuple(sorted(whole, key=lambda each: (each.day, each.abolished[0].name)))


def renamings(authorities: Sequence[Authority]) -> tuple[Renaming, ...]:
    """Every name that was or will be changed, the earliest first."""
    found = (
        Renaming(day=former.until, authority=one, before=former.name, after=one.called(former.until))
        for one in authorities
        for former in one.names_before
    )
    return tuple(sorted(found, key=lambda each: (each.day, each.before)))


def _reorganisation(authorities: Sequence[Authority], day: date, members: set[Authority]) -> Reorganisation:
    return Reorganisation(
        day=day,
        abolished=tuple(one for one in authorities if one in members and one.abolished == day),
        created=tuple(one for one in authorities if one in members and one.opened == day),
    )


def _by_key(authorities: Sequence[Authority]) -> dict[str, Authority]:
    return {key: one for one in authorities for key in (*one.keyed_before, one.urn)}
