"""What was typed after `subscribe` -> what is wished. Pure.

    kent and medway, brighton & hove except region london also letters downgrades weekly mon 09:45 mention @group

Options are taken out first, wherever they stand, for no authority's name has such a word in it; what is left are names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import TypeVar

from bot import words
from bot.channels import hows, lists
from bot.channels.lists import Unsure
from bot.grammar import echo
from judgements.authorities import Registry, Unknown
from storage.types import DocumentSort, Movements

LIKE_AN_OPTION = 0.8
_OPTION = "\x00"
_CUT = f" ;{_OPTION}; "
"""Stands where an option was: no name goes on over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was said of how to tell it; None where nothing was said. An empty tuple stands for all of them."""

    documents: tuple[DocumentSort, ...] | None = None
    changes: tuple[Movements, ...] | None = None
    how: str | None = None
    compact: bool | None = None
    threads: bool | None = None
    mention: str | None = None
    mention_on: Movements | None = None
    even_if_empty: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants: scopes that are certain, names that are not, and the options for all of them.

    `excepted` are scopes too; None where nobody was excepted. `mistakes` are sentences, with which nothing is carried
    out, and `instead` is the text that was probably meant, "" if there is none. `also`: besides what the channel has.
    """

    scopes: tuple[str, ...] = ()
    excepted: tuple[str, ...] | None = None
    unsure: tuple[Unsure, ...] = ()
    options: Options = Options()
    also: bool = False
    typed_options: str = ""
    """The options as they are typed, to be put behind another name."""
    mistakes: tuple[str, ...] = ()
    instead: str = ""


_DOCUMENTS: Mapping[str, DocumentSort] = {
    "inspections?": DocumentSort.INSPECTIONS,
    "letters?": DocumentSort.LETTERS,
    "(?:area )?send": DocumentSort.SEND,
    "jtais?": DocumentSort.JTAI,
}
_CHANGES: Mapping[str, Movements] = {
    "downgrades?": Movements.DOWNGRADES,
    "upgrades?": Movements.UPGRADES,
    "priority[ -]actions?": Movements.PRIORITY_ACTIONS,
}
_SWITCHES: Mapping[str, Options] = {
    "(?:even|also) (?:if|when) (?:it is )?empty": Options(even_if_empty=True),
    "(?:not (?:if|when) (?:it is )?empty|unless empty)": Options(even_if_empty=False),
    "(?:all|any) (?:kinds of )?documents?": Options(documents=()),
    "(?:all|any) changes?": Options(changes=()),
    "(?:not compact|compact off|full)": Options(compact=False),
    "compact(?: on)?": Options(compact=True),
    "(?:threads? off|no threads?)": Options(threads=False),
    "threads? on": Options(threads=True),
    "(?:no mentions?|mentions? (?:off|nobody|none))": Options(mention=""),
}
_MENTION = re.compile(rf"\bmention(?:s|ing)?\s+(<[^<>]*>|[^\s;]+)(?:\s+on\s+({'|'.join(_CHANGES)}|\S+))?", re.I)
_ALSO = "also(?! (?:if|when))"
_BETWEEN = r"\s*(?:,|&|\+|/|and\b|or\b)?\s*"
_ANOTHER = re.compile(rf"{_BETWEEN}<[@!]", re.I)
_ANOTHER_CHANGE = re.compile(rf"{_BETWEEN}(?:{'|'.join(_CHANGES)})(?![\w-])", re.I)
_SLACKS = re.compile(r"<(!subteam\^[A-Z0-9]+|@[UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_EXCEPT = re.compile(
    r"[\s,;]*\b(?:except(?: for)?|excepting|excluding|but not|without|minus|apart from|other than)\b[\s:]*", re.I
)
_LEADS_ON = re.compile(r"(?:\band|\bor|&|\+|/)$", re.I)
_NO_EXCEPTION = frozenset(["none", "nobody", "nothing"])
_BEFORE = re.compile(r"^(?:[\s,;:.]|(?:to|for|about|on|and|please)\b)+", re.I)
_BEHIND = re.compile(r"(?:[\s,;:.]|\b(?:only|just|on|with|and|in|as|for|to|please))+$", re.I)
_OPTION_WORDS = (
    *DocumentSort,
    *Movements,
    "daily",
    "weekly",
    "compact",
    "threads",
    "mention",
    "except",
    "region",
    "also",
)

Found = TypeVar("Found")


def read(text: str, registry: Registry) -> Wish:
    """The wish in `text`, which is one line: where a line ended, it has a semicolon."""
    rest, options, mistakes, completed = _options(text)
    what, *excepting = _EXCEPT.split(rest, maxsplit=1)
    wanted, unsure = lists.names(_bare(what), registry)
    excepted, unsure_too = lists.names(_bare(excepting[0]), registry) if excepting else ((), ())
    if excepting and _bare(excepting[0]).casefold() in _NO_EXCEPTION:
        unsure_too = ()
    elif excepting and not _is_of_names(excepting[0]):
        mistakes.append(words.EXCEPT_NAMES_ALONE)
    _, also = _without(text, _ALSO)
    behind = [*([words.EXCEPT.format(names=_bare(excepting[0]))] if excepting else []), typed(options, also=also)]
    return Wish(
        scopes=wanted,
        excepted=excepted if excepting else None,
        unsure=(*unsure, *unsure_too),
        options=options,
        also=also,
        typed_options=" ".join(filter(None, behind)),
        mistakes=(*mistakes, *_of_exceptions(unsure_too), *_of_numbers(unsure), *_of_options(unsure, text)),
        instead=completed or _mistyped(text, (*unsure, *unsure_too)),
    )


def typed(options: Options, *, also: bool = False) -> str:
    """The options as they are typed."""
    said = [*["also"] * also, *(options.documents or ()), *(options.changes or ()), options.how or ""]
    said += ["all documents"] * (options.documents == ()) + ["all changes"] * (options.changes == ())
    said += {None: [], True: ["compact"], False: ["full"]}[options.compact]
    said += {None: [], True: ["threads on"], False: ["threads off"]}[options.threads]
    said += {None: [], True: ["even if empty"], False: ["not if empty"]}[options.even_if_empty]
    if options.mention is not None:
        on = f" on {options.mention_on}" if options.mention_on else ""
        said.append(f"mention {options.mention}{on}" if options.mention else "mention off")
    return " ".join(filter(None, said))


def _options(text: str) -> tuple[str, Options, list[str], str]:
    """What is left of the text without the options in it, the options, and what is wrong with them; and the text in
    which one is completed that was probably meant, "" if none is."""
    mistakes: list[str] = []
    typed, options = text, Options()
    for pattern, switch in _SWITCHES.items():
        text, found = _without(text, pattern)
        options = _and(options, switch) if found else options
    text, options = _mention(text, options, mistakes)
    text, options = _how(text, options, mistakes)
    text, documents = _all_of(text, _DOCUMENTS)
    text, changes = _all_of(text, _CHANGES)
    text, _ = _without(text, _ALSO)
    options = _and(options, Options(documents=documents or None, changes=changes or None))
    return text, options, mistakes, "" if options.how or mistakes else _completed(typed, text, mistakes)


def _how(text: str, options: Options, mistakes: list[str]) -> tuple[str, Options]:
    found = hows.HOW.search(text)
    if not found:
        return text, options
    spelled = hows.spelled(found)
    mistakes += [] if spelled else [words.NO_TIME.format(typed=found["time"])]
    text = f"{text[: found.start()]}{_CUT}{text[found.end() :]}"
    if hows.HOW.search(text) or hows.PART.search(text):
        mistakes.append(words.TWO_TIMES)
    return text, replace(options, how=spelled)


def _completed(typed: str, left: str, mistakes: list[str]) -> str:
    """What was typed with "daily" or "weekly" to a day or a time of day that stands there without either."""
    part = hows.PART.search(left)
    if not part:
        return ""
    how = hows.completed(part)
    mistakes += [] if how else [words.NO_TIME.format(typed=part[0].strip())]
    return typed.replace(part[0], how, 1) if how else ""


def _mention(text: str, options: Options, mistakes: list[str]) -> tuple[str, Options]:
    found = _MENTION.search(text)
    if not found:
        return text, options
    whom, on = _SLACKS.fullmatch(found[1]), found[2]
    if not whom:
        mistakes.append(words.NO_MENTION)
        return text[: found.start()] + text[found.end() :], options
    _, changes = _all_of(on or "", _CHANGES)
    if on and not changes:
        mistakes.append(words.NO_MENTION_ON.format(typed=on))
    behind = text[found.end() :]
    if _MENTION.search(behind) or _ANOTHER.match(behind) or (on and _ANOTHER_CHANGE.match(behind)):
        mistakes.append(words.ONE_MENTION)
    options = replace(options, mention=f"<{whom[1]}>", mention_on=changes[0] if changes else None)
    return f"{text[: found.start()]}{_CUT}{behind}", options


def _and(options: Options, more: Options) -> Options:
    said = {field.name: getattr(more, field.name) for field in fields(more)}
    return replace(options, **{name: value for name, value in said.items() if value is not None})


def _without(text: str, pattern: str) -> tuple[str, bool]:
    """The text with an option cut out."""
    rest, number = re.subn(rf"(?<![\w-])(?:{pattern})(?![\w-])", _CUT, text, flags=re.I)
    return rest, bool(number)


def _all_of(text: str, patterns: Mapping[str, Found]) -> tuple[str, tuple[Found, ...]]:
    found = []
    for pattern, value in patterns.items():
        text, is_there = _without(text, pattern)
        found += [value] if is_there else []
    return text, tuple(found)


def _bare(text: str) -> str:
    """Without the little words around the names, also those that stood between two options."""
    pieces = (_BEHIND.sub("", _BEFORE.sub("", piece)) for piece in text.split(";"))
    return "; ".join(piece for piece in pieces if piece and piece.casefold() not in _LITTLE)


_LITTLE = frozenset(["please", "only", "just", "with", "and", "on", "in", "the", "a", _OPTION])


def _is_of_names(excepting: str) -> bool:
    """Whether what stands behind "except" is names, and options only behind all of them: "except kent weekly"."""
    before, _, behind = excepting.partition(_OPTION)
    named, leads_on = _bare(before), _LEADS_ON.search(before.rstrip(" ;"))
    return bool(named) and not _bare(behind) and not (behind and leads_on)


def _of_exceptions(unsure: tuple[Unsure, ...]) -> list[str]:
    return [words.EXCEPT_WHOM.format(typed=echo(one.typed)) for one in unsure]


def _of_numbers(unsure: tuple[Unsure, ...]) -> list[str]:
    return [words.TOO_MANY_UNKNOWN] if len(unsure) >= lists.MOST_UNSURE else []


def _of_options(unsure: tuple[Unsure, ...], text: str) -> list[str]:
    """What is like no name and stands in a line with options was meant for one, and is not left out: "kent hourly"."""
    strange = [one.typed for one in unsure if isinstance(one.found, Unknown) and not one.found.nearest]
    lines = [line for line in text.split(";") if strange and _OPTION in _options(line)[0]]
    return [words.NO_OPTION.format(typed=echo(one)) for one in strange if any(one in line for line in lines)]


def _mistyped(text: str, unsure: tuple[Unsure, ...]) -> str:
    """The text with the word that is probably a mistyped option put right; "" if there is none."""
    for one in unsure:
        for word in one.typed.split():
            near = get_close_matches(word.casefold(), _OPTION_WORDS, 1, LIKE_AN_OPTION)
            if near and word.casefold() != near[0]:
                return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near[0], text, count=1)
    return ""
