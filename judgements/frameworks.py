"""What is known of each inspection framework, read from `frameworks/*.toml`: one file, one framework.

The Python here knows no framework. A file with a key it does not know, or without one it needs, is a `TypeError` or
`KeyError` when the module is loaded. `docs/frameworks.md` says how to add one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from re import Pattern
from types import MappingProxyType
from typing import Any

from judgements.types import Grade, Kind, NotJudged, Outcome

Patterns = tuple[Pattern[str], ...]

_WORDS = re.compile("[a-z-]+,?")
_TAIL = r"(?=(?P<mark> ?\d{0,2}[.:;]? ?))(?P=mark)(?:$|because\b|[^a-z])"
"""What follows the grade of a statement: the end, a footnote's number, a new sentence; no prose that runs on."""
_OPTIONAL = re.compile(r"[\w,-]\?")
_TABLE_WORDS = ("judgement", "judgements", "judgment", "judgments", "grade", "grades", "&")
_JUDGED = ("scale", "wordings", "areas", "editions")
"""What a framework takes over from one it is like: what is judged and how, not the documents."""
_SPELLINGS = (
    ("{inspection dates}", r"(?:inspection (?:dates?(?: ?\(s\))?|period)|dates? of (?:the |this )?inspection)"),
    ("n's", "n(?:’s|s’)"),
    ("'", "’"),
    ("’", "['’‘]?"),
    ("judgement", "judge?ment"),
    (" and ", " (?:and|&) "),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One thing a framework judges.

    `theme` is its stable key, the same in every framework where it means the same. `compares_with` names the themes
    of other editions or older frameworks it may be set beside: the parent of a split judgement, or a cousin; none
    means that it can only be compared with itself. `takes_in` names themes that have become a part of it and are not
    set beside it. `printed` is how reports word it. `group` is the service it belongs to where one report judges two.
    """

    theme: str
    label: str
    printed: Pattern[str]
    compares_with: tuple[str, ...] = ()
    takes_in: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A framework between two of its own boundaries. `first` and `last` are days on which an inspection began.

    `optional` are the areas that a report of this edition may leave out.
    """

    key: str
    first: date | None
    last: date | None
    areas: tuple[Area, ...]
    overall: Area | None
    optional: frozenset[str] = frozenset()

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of grades: after a heading that is one of `begins` or, without any, from its first row on.

    It stands on the front or, if `closing`, after the last such heading of the document. `groups` are the areas that
    can have a row, service by service. A line of the table holds nothing but grades and words of `vocabulary`; `also`
    are headings between its rows.
    """

    name: str
    groups: tuple[tuple[Area, ...], ...]
    vocabulary: frozenset[str]
    begins: Patterns = ()
    closing: bool = False
    also: Patterns = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A heading or a sentence that gives a grade.

    `words` are searched; `lead` is what may stand before them in their line, and `tail` what must follow the grade.
    Where one pattern is that of several areas (two services, each with its own "Leadership and management"), its
    matches are theirs in order. `lower` says that the grade must be in lower case, `front` and `body` in which part of
    the document it counts, and `alone` whether it is enough by itself or only together with another.
    """

    name: str
    words: tuple[tuple[tuple[Area, ...], Pattern[str]], ...]
    lead: Pattern[str]
    tail: Pattern[str]
    lower: bool = False
    front: bool = True
    body: bool = True
    alone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeWords:
    """The sentence of an outcome, and other words one of which must stand on the same front page with it."""

    outcome: Outcome
    words: Pattern[str]
    confirmed: Patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list under a heading, or after one of `sentences` that announce it. It ends before a line that begins with
    one of `ends`.

    `shape`: "marked" (bullets or numbers), "paragraphs" (rows of a table with one column) or "rows" (rows of a table
    whose first column names the bodies responsible). `every` says that there is one list for each of several services,
    and all of them count. Prose in place of a list is only repeated if its first sentence has one of `prose`; without
    any, whatever it says.
    """

    heading: Patterns
    ends: Patterns = ()
    shape: str = "marked"
    sentences: Patterns = ()
    prose: Patterns = ()
    every: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of document of a framework and how it is laid out.

    A document is of this form if one of `title` begins a line of its front and all of `also` stand there. `front_ends`
    are the headings that end the front. `authority` patterns have a group of that name; `dates`, `published` and
    `inspectors` end where the value begins; `dates` begin their line, except in a letter or where they are
    `dates_in_prose`. `promised` are areas that a document judges whose front has these words, though
    its edition may leave them out.
    """

    kind: Kind
    title: Patterns
    also: Patterns = ()
    unless: Patterns = ()
    front_ends: Patterns = ()
    authority: Patterns = ()
    authority_above: bool = False
    dates: Patterns = ()
    dates_in_prose: bool = False
    published: Patterns = ()
    letter: bool = False
    outcomes: tuple[OutcomeWords, ...] = ()
    visit_number: Patterns = ()
    previous: Patterns = ()
    signed: Patterns = ()
    offices: Patterns = ()
    inspectors: Patterns = ()
    table: Table | None = None
    statements: tuple[Statement, ...] = ()
    improvements: Section | None = None
    priority_actions: Section | None = None
    promised: tuple[tuple[Area, Pattern[str]], ...] = ()
    graded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A made-up document of a framework and what must be read from it. A field that is left out is not tested."""

    text: str
    kind: Kind
    edition: str
    authority: str | None = None
    start: date | None = None
    end: date | None = None
    published: date | None = None
    outcome: Outcome | None = None
    improvements: int | None = None
    priority_actions: int = 0
    inspectors: tuple[str, ...] | None = None
    visit_number: int | None = None
    previous: str | None = None
    """Grade and month, "inadequate 2019-06"."""
    grades: tuple[tuple[str, Grade | NotJudged], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """One inspection framework: its scale (best grade first), its editions, oldest first, and its documents.

    `any_grade` matches every wording of a grade, the longer ones first.
    """

    key: str
    name: str
    scale: tuple[Grade, ...]
    wordings: tuple[tuple[Grade | NotJudged, Pattern[str]], ...]
    any_grade: Pattern[str]
    grade_words: frozenset[str]
    editions: tuple[Edition, ...]
    forms: tuple[Form, ...]
    examples: tuple[Example, ...]

    def grade(self, words: str) -> Grade | NotJudged | None:
        """The grade these lower-case words are, if they are nothing else."""
        return next((grade for grade, wording in self.wordings if wording.fullmatch(words)), None)

    def edition_on(self, day: date) -> Edition | None:
        return next((edition for edition in self.editions if edition.covers(day)), None)


def pattern(words: str) -> Pattern[str]:
    """A pattern as framework files write it, for each way in which the same words are spelt.

    An apostrophe stands for each kind of apostrophe, after the "s" or for none; " and " for "&" too, "judgement" for
    "judgment"; "{inspection dates}" for each label of these dates.
    """
    for spelt, others in _SPELLINGS:
        words = words.replace(spelt, others)
    return re.compile(words)


def area(framework: str, edition: str, theme: str) -> Area | None:
    """The area with this theme in one edition of a framework; None where that edition does not judge it."""
    for candidate in FRAMEWORKS[framework].editions:
        if candidate.key == edition:
            return next((area for area in candidate.areas if area.theme == theme), None)
    return None


def load(text: str, others: Mapping[str, str] = MappingProxyType({})) -> Framework:
    """A framework from the text of its file. `others` are the texts of those it may be `like`, by their keys."""
    data = tomllib.loads(text)
    if "like" in data:
        judged = tomllib.loads(others[data.pop("like")])
        data = {name: judged[name] for name in _JUDGED if name in judged} | data
    areas = {item["theme"]: _area(item) for item in data.get("areas", ())}
    printed = {item["theme"]: item["printed"] for item in data.get("areas", ())}
    wordings = _wordings(data.get("wordings", {}))
    grade = "(?P<grade>" + "|".join(words for _, words in wordings) + r")(?![^\W\d])"
    return Framework(
        key=data["key"],
        name=data["name"],
        scale=tuple(map(Grade, data.get("scale", ()))),
        wordings=tuple((name, pattern(words)) for name, words in wordings),
        any_grade=pattern(grade),
        grade_words=_grade_words(words for _, words in wordings),
        editions=tuple(_edition(item, areas) for item in data["editions"]),
        forms=tuple(_form(item, areas, printed, grade) for item in _forms(data["forms"])),
        examples=tuple(map(_example, data["examples"])),
    )


def _wordings(data: dict[str, list[str]]) -> list[tuple[Grade | NotJudged, str]]:
    pairs = [(_grade(name), words) for name, wordings in data.items() for words in wordings]
    return sorted(pairs, key=lambda pair: len(pair[1]), reverse=True)


def _grade_words(wordings: Iterable[str]) -> frozenset[str]:
    return frozenset(_words(" ".join(wordings)))


def _words(patterns: str) -> list[str]:
    """Every word of some patterns, with and without its optional letters."""
    return _WORDS.findall(patterns.replace("?", "") + " " + _OPTIONAL.sub("", patterns))


def _grade(name: str) -> Grade | NotJudged:
    return NotJudged.NOT_JUDGED if name == NotJudged.NOT_JUDGED else Grade(name)


def _area(data: dict[str, Any]) -> Area:
    themes = {name: tuple(data.get(name, ())) for name in ("compares_with", "takes_in")}
    return Area(**data | themes | {"printed": pattern(data["printed"])})


def _edition(data: dict[str, Any], areas: Mapping[str, Area]) -> Edition:
    return Edition(
        key=data["key"],
        first=data.get("from"),
        last=data.get("until"),
        areas=tuple(areas[theme] for theme in data.get("areas", ())),
        overall=areas[data["overall"]] if "overall" in data else None,
        optional=frozenset(data.get("optional", ())),
    )


def _patterns(items: Iterable[str]) -> Patterns:
    return tuple(map(pattern, items))


def _forms(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The forms as written, each one that is `like` an earlier one completed with what that says."""
    said: dict[str, dict[str, Any]] = {}
    for item in items:
        said[item["kind"]] = said.get(item.get("like", ""), {}) | item
        yield deepcopy({name: value for name, value in said[item["kind"]].items() if name != "like"})


def _form(data: dict[str, Any], areas: Mapping[str, Area], printed: Mapping[str, str], grade: str) -> Form:
    lists = [field.name for field in fields(Form) if field.type == "Patterns" and field.name != "previous"]
    data |= {name: _patterns(data[name]) for name in lists if name in data}
    data["previous"] = _patterns(words.replace("{grade}", grade) for words in data.get("previous", ()))
    data["outcomes"] = tuple(map(_outcome, data.get("outcomes", ())))
    data |= {name: _section(data[name]) for name in ("improvements", "priority_actions") if name in data}
    if "table" in data:
        data["table"] = _table(data["table"], areas)
    promised = data.get("promised", {})
    data["promised"] = tuple((areas[theme], pattern(words)) for theme, words in promised.items())
    statements = tuple(_statement(item, areas, printed, grade) for item in data.pop("statements", ()))
    return Form(**data | {"kind": Kind(data["kind"]), "statements": statements})


def _table(data: dict[str, Any], areas: Mapping[str, Area]) -> Table:
    rows = [areas[theme] for theme in data.pop("themes", areas)]
    words = [area.label + " " + area.printed.pattern for area in rows] + list(data.get("also", ()))
    groups = {area.group: tuple(other for other in rows if other.group == area.group) for area in rows}
    vocabulary = [*_words(" ".join(words).lower()), *data.pop("words", ()), *_TABLE_WORDS]
    data |= {name: _patterns(data[name]) for name in ("begins", "also") if name in data}
    return Table(**data, groups=tuple(groups.values()), vocabulary=frozenset(vocabulary))


def _outcome(data: dict[str, Any]) -> OutcomeWords:
    return OutcomeWords(
        outcome=Outcome(data["outcome"]), words=pattern(data["words"]), confirmed=_patterns(data["confirmed"])
    )


def _section(data: dict[str, Any]) -> Section:
    lists = ("heading", "ends", "sentences", "prose")
    return Section(**data | {name: _patterns(data[name]) for name in lists if name in data})


def _statement(data: dict[str, Any], areas: Mapping[str, Area], printed: Mapping[str, str], grade: str) -> Statement:
    words = data.pop("words").replace("{grade}", grade)
    about: dict[str, list[Area]] = {}
    for theme in data.pop("themes", areas):
        about.setdefault(words.replace("{area}", printed[theme]), []).append(areas[theme])
    return Statement(
        **data
        | {
            "words": tuple((tuple(ones), pattern(full)) for full, ones in about.items()),
            "lead": pattern(data.get("lead", "")),
            "tail": pattern(data.get("tail", _TAIL)),
        }
    )


def _example(data: dict[str, Any]) -> Example:
    outcome = Outcome(data["outcome"]) if "outcome" in data else None
    grades = tuple((theme, _grade(name)) for theme, name in data.get("grades", {}).items())
    inspectors = tuple(data["inspectors"]) if "inspectors" in data else None
    return Example(
        **data | {"kind": Kind(data["kind"]), "outcome": outcome, "grades": grades, "inspectors": inspectors}
    )


def _load_all() -> Mapping[str, Framework]:
    folder = resources.files("judgements") / "frameworks"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    texts = {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in files}
    return MappingProxyType({item.key: item for item in (load(text, texts) for text in texts.values())})


FRAMEWORKS: Mapping[str, Framework] = _load_all()
