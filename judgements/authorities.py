"""The registry of English local authorities: from a name, as a person types or a document prints it, to one authority.

A wrong authority is worse than a question, so nothing here guesses: a name is found, or it is ambiguous and the
candidates are named, or it is unknown and (for people) the nearest names are offered. The facts stand in
`authorities.csv`; how names are written and dressed up ("London Borough of …") in `names.py`.

The registry also knows what was and what is to come: `REGISTRY.on(day)` is the country on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib import resources

from judgements.authority import (
    Ambiguous,
    Authority,
    AuthorityType,
    Found,
    Region,
    Renaming,
    Reorganisation,
    Unknown,
    authorities,
)
from judgements.names import COMMON_WORDS, Form, Says, ends, halves, head, likeness, spell, squeeze, undress
from judgements.regions import named_region, region_names, regions
from judgements.succession import heirs, predecessors, renamings, reorganisations, successors

__all__ = [
    "REGISTRY",
    "Ambiguous",
    "Authority",
    "AuthorityType",
    "Found",
    "Region",
    "Registry",
    "Renaming",
    "Reorganisation",
    "Unknown",
    "spell",
]

AS_OF = date(2026, 9, 1)
"""The day `REGISTRY` itself speaks of, when its table was last checked; for any other there is `REGISTRY.on(day)`."""
MOST_NEAREST = 5
NEAR_ENOUGH = 75.0
"""From this likeness (of 100) on, a name is worth offering to somebody who mistyped one: "kemt" for Kent, not "hello"
for Hull."""
LONGEST_NAME = 5
"""Words of the longest name of an authority: "Bath and North East Somerset"."""
MOST_WORDS = 30
"""So many words of a text are looked through for several names."""

_EVERY = frozenset(AuthorityType)
KINDS: Mapping[Says, frozenset[AuthorityType]] = {
    Says.LONDON: frozenset({AuthorityType.LONDON_BOROUGH}),
    Says.METROPOLITAN: frozenset({AuthorityType.METROPOLITAN_DISTRICT}),
    Says.COUNTY: frozenset({AuthorityType.COUNTY, AuthorityType.UNITARY_AUTHORITY}),
    Says.UNITARY: frozenset({AuthorityType.COUNTY, AuthorityType.UNITARY_AUTHORITY}),
    Says.NO_COUNTY: _EVERY - {AuthorityType.COUNTY},
    Says.A_BODY: _EVERY,
}
"""Which authorities a name can mean that says this: no "Leeds County Council", no "London Borough of Leeds"."""


class Registry:
    """All authorities of all times, and the ways to them, as they are on one day. It never changes.

    `current` are those of that day. What people type means one of them, if it can; what documents print has a day of
    its own. With `called_on`, each has the name of that day; without it, the last one that is known.
    """

    def __init__(self, authorities: Iterable[Authority], today: date = AS_OF, *, called_on: date | None = None) -> None:
        self._rows = tuple(authorities)
        self._named_for_good = max((each.day for each in renamings(self._rows)), default=date.min)
        self._called_on = called_on
        self.all = self._rows if called_on is None else tuple(one.as_called(called_on) for one in self._rows)
        self.today = today
        self.current = self._current(self.all)
        self.regions = regions(self.current)
        self._turns = frozenset(turn for one in self._rows for turn in _turns(one) if turn)
        self._by_key = {key: authority for authority in self.all for key in (*authority.keyed_before, authority.urn)}
        self._printed = _index((spell(name), one) for one in self.all for name in _names(one))
        self._short = _index(_heads(self.all))
        self._typed = _index((key, one) for one in self.all for key in _typed_keys(one))
        self._spelled = tuple((spell(name), one) for one in self.current for name in (one.name, *one.aliases))
        self._likely = (*self._spelled, *((spell(name), one) for one in self.current for name in one.nicknames))
        self._region_names = region_names(self.regions)

    def on(self, day: date) -> Registry:
        """The same registry as it is on `day`: who is there, what a name means, who is in a region."""
        turn = self._last_turn(day)
        is_named_so = self._called_on is not None or day >= self._named_for_good
        return self if is_named_so and turn == self._last_turn(self.today) else _registry(self._rows, turn)

    def _last_turn(self, day: date) -> date:
        return max((turn for turn in self._turns if turn <= day), default=date.min)

    def by_urn(self, urn: str) -> Authority | None:
        """The authority of this URN, or of a key it had before its URN was known."""
        return self._by_key.get(urn)

    def successors(self, urn: str) -> tuple[Authority, ...]:
        """Those that take over from it, whatever their day; () for one that is to stay or is not known."""
        return successors(self.all, urn)

    def predecessors(self, urn: str) -> tuple[Authority, ...]:
        """Those it took over from; () for one that has always been there or is not known."""
        return predecessors(self.all, urn)

    def heirs(self, urn: str) -> tuple[Authority, ...]:
        """Those that do its work on this registry's day: itself, or its successors, or theirs.

        () before it exists, and for a URN that is not known.
        """
        return heirs(self.all, urn, self.today)

    def changes_between(self, after: date, until: date) -> tuple[Reorganisation, ...]:
        """What took effect after the day `after`, up to and including the day `until`, the earliest first."""
        return tuple(one for one in reorganisations(self.all) if after < one.day <= until)

    def renamings_between(self, after: date, until: date) -> tuple[Renaming, ...]:
        """Whose name has changed after the day `after`, up to and including the day `until`, the earliest first."""
        return tuple(one for one in renamings(self._rows) if after < one.day <= until)

    def neighbours(self, urn: str) -> tuple[Authority, ...]:
        """Its statistical neighbours, nearest first: ten, or () where nobody has said which.

        One that is no more is replaced by its heirs, so they can be more than ten until new ones are published.
        """
        one = self.by_urn(urn)
        near = one.neighbours if one else ()
        return tuple(dict.fromkeys(heir for key in near for heir in self.heirs(key) if heir != one))

    def region(self, text: str) -> Region | None:
        """The region a person means by `text`: "south-east", "SE", "the South East region", "yorkshire"."""
        return named_region(self._region_names, text)

    def printed(self, text: str, on: date | None = None) -> Found:
        """The authority a document means by `text`, however the name is dressed up.

        Strict: apart from spelling (case, "&", hyphens) and dress a name must be known exactly, and the dress must fit
        ("London Borough of Leeds" is nobody). `on` is a day on which the authority existed, such as the first day of
        the inspection: "Northamptonshire" is one authority in 2016, and ambiguous later or without a date. A name that
        was no longer borne then means the successors.
        """
        name = spell(text)
        if known := self._meant(name):
            return _one_or_ambiguous(known if on is None else self._of_that_day(known, on))
        if both := self._joined(name, on):
            return _one_or_ambiguous(both)
        bare = [*undress(name)][-1].name
        sharing = () if bare in self._printed else self._sharing(bare)
        return Ambiguous(candidates=sharing) if len(sharing) > 1 else Unknown()

    def mentioned(self, text: str, on: date | None = None) -> tuple[Authority, ...]:
        """The authorities whose whole names stand in a sentence of a document, in their order, each once.

        A name begins and ends with a word in capitals or with a capital letter ("in Reading", not "in reading").
        """
        words = text.split()
        found: list[Authority] = []
        place = 0
        while place < len(words):
            runs = (words[place : place + length] for length in range(LONGEST_NAME, 0, -1))
            known = ((run, self._printed.get(spell(" ".join(run)), ())) for run in runs if _is_name(run))
            run, meant = next(((run, ones) for run, ones in known if ones), ([""], ()))
            found += self._of_that_day(meant, on)
            place += len(run)
        return tuple(dict.fromkeys(found))

    def find(self, text: str) -> Found | Region:
        """The authority a person means by `text`: a name, a nickname, a slug, a URN, an ONS code or an LA code.

        A mistyped name is never taken for the name it resembles: it is unknown, with the nearest ones. The answer may
        be an authority that is no more ("Cumbria") or not yet, unless the name could mean one of today.
        """
        name = spell(text)
        bare = [*undress(name)][-1].name
        if known := self._known(name):
            return _one_or_ambiguous(_nearest_first(bare, known))
        if region := self.region(text):
            return region
        sharing = _nearest_first(bare, self._sharing(bare))
        return Ambiguous(candidates=sharing) if len(sharing) > 1 else Unknown(nearest=self._nearest(name, sharing))

    def several(self, text: str) -> tuple[Authority, ...]:
        """The authorities of today that `text` names one after the other, in that order; () if it does not name two.

        Whatever stands between the names: "west-sussex, kent", "bath and north east somerset and bristol". A name that
        may mean several authorities counts once and gives each of them.
        """
        words = spell(text).split()[:MOST_WORDS]
        named: list[tuple[Authority, ...]] = []
        place = 0
        while place < len(words):
            length, found = self._longest(words[place:])
            named.extend([found] if found else [])
            place += length
        return tuple(dict.fromkeys(one for found in named for one in found)) if len(set(named)) > 1 else ()

    def _longest(self, words: list[str]) -> tuple[int, tuple[Authority, ...]]:
        """How many of the first `words` make a name, as many as possible, and whose; one word and () if none do."""
        runs = ((length, self._known(" ".join(words[:length]))) for length in range(len(words), 0, -1))
        found = ((length, today) for length, known in runs if (today := self._current(known)))
        return next(found, (1, ()))

    def _current(self, authorities: Iterable[Authority]) -> tuple[Authority, ...]:
        return tuple(one for one in authorities if one.existed(self.today))

    def _meant(self, name: str) -> tuple[Authority, ...]:
        """Whose name this is exactly, or as its dress allows it to be cut short, whenever they existed."""
        forms = tuple(undress(name))
        found = (self._fitting(self._printed, form) for form in forms)
        return next(filter(None, found), ()) or self._cut_short(forms[-1])

    def _fitting(self, index: Mapping[str, tuple[Authority, ...]], form: Form) -> tuple[Authority, ...]:
        """Those of this name that can be what its dress says; "Derby County" is Derby or Derbyshire."""
        named = index.get(form.name, ())
        if named and Says.COUNTY in form.says:
            named = (*named, *index.get(f"{form.name}shire", ()))
        kinds = _EVERY.intersection(*(KINDS[said] for said in form.says))
        return tuple(one for one in named if one.type in kinds)

    def _cut_short(self, bare: Form) -> tuple[Authority, ...]:
        """ "Southend" and "London Borough of Richmond", but nobody where nothing says that it is an authority."""
        if not bare.says:
            return ()
        joints = ("upon", "on", "with", "and") if Says.LONDON in bare.says else ("upon", "on", "with")
        forms = (Form(f"{bare.name} {joint}", bare.says) for joint in joints)
        return tuple(dict.fromkeys(one for form in forms for one in self._fitting(self._short, form)))

    def _joined(self, name: str, on: date | None) -> tuple[Authority, ...]:
        """Whom two names together mean: those that both can mean, or else either ("Hampshire and Isle of Wight")."""
        for halved in halves(name):
            one, other = (self._of_that_day(self._meant(half), on) for half in halved)
            if one and other:
                return tuple(each for each in one if each in other) or tuple(dict.fromkeys((*one, *other)))
        return ()

    def _of_that_day(self, known: tuple[Authority, ...], on: date | None) -> tuple[Authority, ...]:
        """Of those that bear a name those that did on that day, or else who had come after or been before them."""
        if on is None:
            return known
        if borne := tuple(one for one in known if one.existed(on)):
            return borne
        after = (heir for one in known for heir in heirs(self.all, one.urn, on))
        before = (each for one in known if one.is_to_come(on) for each in (one, *self.predecessors(one.urn)))
        return tuple(dict.fromkeys((*after, *before)))

    def _known(self, name: str) -> tuple[Authority, ...]:
        """Whom a person can mean by this name, however dressed up: of several, those that are still there."""
        forms = tuple(undress(name))
        squeezed = tuple(Form(squeeze(form.name), form.says) for form in forms)
        strict = (self._fitting(self._typed, form) for form in (*forms, *squeezed))
        loose = (self._typed.get(form.name, ()) for form in (*forms, *squeezed))
        known = next(filter(None, strict), ()) or self._cut_short(forms[-1]) or next(filter(None, loose), ())
        return self._current(known) or known

    def _sharing(self, words: str) -> tuple[Authority, ...]:
        """The authorities in whose name `words` stand: two for "Sussex", none for "North East"."""
        if COMMON_WORDS.issuperset(words.split()):
            return ()
        return tuple(dict.fromkeys(one for name, one in self._spelled if f" {words} " in f" {name} "))

    def _nearest(self, name: str, sharing: tuple[Authority, ...]) -> tuple[Authority, ...]:
        """Those whose name is like it, or like its beginning or end where its dress is mistyped too."""
        forms = [form.name for form in undress(name)]
        near = dict.fromkeys((*sharing, *(self._like(forms) or self._like(ends(forms[-1])))))
        return tuple(near)[:MOST_NEAREST]

    def _like(self, typed: Sequence[str]) -> list[Authority]:
        scored = [(max(likeness(one, name) for one in typed), authority) for name, authority in self._likely]
        return [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score >= NEAR_ENOUGH]


@lru_cache(maxsize=4)
def _registry(authorities: tuple[Authority, ...], today: date) -> Registry:
    return Registry(authorities, today, called_on=today)


def _turns(one: Authority) -> Iterator[date | None]:
    yield from (one.opened, one.abolished, *(former.until for former in one.names_before))


def _names(one: Authority) -> Iterator[str]:
    """The names that documents print, those of other days too."""
    yield from (one.name, *one.aliases, *(former.name for former in one.names_before))


def _is_name(words: Sequence[str]) -> bool:
    return bool(words) and words[0][0].isupper() and words[-1][0].isupper()


def _nearest_first(typed: str, found: tuple[Authority, ...]) -> tuple[Authority, ...]:
    """Those whose own name is like what was typed first ("North Yorkshire" for "Yorkshire"), then by name."""

    def far(one: Authority) -> float:
        score = likeness(typed, spell(one.name))
        return -score if score >= NEAR_ENOUGH else 0.0

    return tuple(sorted(found, key=far))


def _heads(authorities: Iterable[Authority]) -> Iterator[tuple[str, Authority]]:
    cut = ((head(spell(one.name)), one) for one in authorities)
    yield from ((" ".join(short), one) for short, one in cut if short)


def _typed_keys(one: Authority) -> Iterator[str]:
    codes = filter(None, (one.urn, *one.keyed_before, one.la_code, one.ons_code, *one.codes_before))
    for name in map(spell, (*_names(one), one.slug, *one.nicknames, *codes)):
        yield from (name, squeeze(name))


def _index(named: Iterable[tuple[str, Authority]]) -> Mapping[str, tuple[Authority, ...]]:
    index: dict[str, dict[Authority, None]] = {}
    for name, one in named:
        index.setdefault(name, {})[one] = None
    return {name: tuple(ones) for name, ones in index.items()}


def _one_or_ambiguous(found: tuple[Authority, ...]) -> Found:
    return found[0] if len(found) == 1 else Ambiguous(candidates=found)


REGISTRY = Registry(authorities(resources.files(__package__).joinpath("authorities.csv").read_text(encoding="utf-8")))
