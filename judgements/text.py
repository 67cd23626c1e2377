"""Tidying what a text layer gives: the same letters for the same print, whatever program made the file.

`tidy` runs the `STEPS` in order over a whole document at once, pages parted by form feeds. Nothing here knows what
the words mean, except the few a grade is made of: they must be put together again when a line broke inside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

PAGE = "\f"
BROKEN = "\ufffe"
LONGEST_WORD = 40
MOST_BROKEN = 2000
"""Words broken at a line end; no report has a hundred. In a text with more, they are not looked for elsewhere."""

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_BULLETS = {
    **{"\uf06e": "■", "\uf0a7": "▪", "\uf0d8": "➢", "\uf076": "❖", "\uf0fc": "✓", "\uf06f": "□", "\uf0b7": "•"},
    **{"\u25aa": "▪", "\u25fe": "▪", "\u2219": "•", "\u2023": "•", "\u2043": "-", "\u25e6": "o", "\u2212": "–"},
}
_DASHES = "\u2500\u2012\u2015\uf02d"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079\u0000"
_LETTERS = (
    _LIGATURES
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys(map(chr, range(0xF020, 0xF100)), "•")
    | _BULLETS
    | dict.fromkeys(_DASHES, "–")
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\u00b4`\u02bc\u02b9\u2032\uff07", "’")
    | dict.fromkeys("\v\u2028\u2029\r", "\n")
    | dict.fromkeys("\u0002", BROKEN)
    | dict.fromkeys(_NOTHING, "")
)

_OUR_WORDS = frozenset(
    (
        *("adequate", "inadequate", "outstanding", "requires", "require", "improvement", "effectiveness", "judgement"),
        *("inspection", "inspector", "inspectors", "authority", "children", "services", "leadership", "monitoring"),
        *("january", "february", "september", "october", "november", "december"),
    )
)
_BEFORE, _AFTER = re.compile(r"\w*$"), re.compile(r"\n?(\w*)")


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def _letters(text: str) -> str:
    for letter in _LETTERS.keys() & set(text):
        text = text.replace(letter, _LETTERS[letter])
    return text


def _soft_hyphens(text: str) -> str:
    return text.replace("\u00ad\n", "").replace("\u00ad", "")


def _broken_words(text: str) -> str:
    """A hyphen at a line end belongs to the word, unless the document also writes the word without it.

    A text layer gives U+FFFE for every hyphen at a line end, the printed one and the optional one alike.
    """
    pieces = text.split(BROKEN)
    lower = text.lower() if 1 < len(pieces) <= MOST_BROKEN else ""
    whole = pieces[0]
    for piece in pieces[1:]:
        before, after = _BEFORE.search(whole[-LONGEST_WORD:]), _AFTER.match(piece)
        word = (before[0] if before else "") + (after[1] if after else "")
        hyphen = "" if word.lower() in _OUR_WORDS or word.lower() in lower else "-"
        whole += hyphen + piece.removeprefix("\n")
    return whole


STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("line ends are one character", _line_ends),
    ("ligatures, spaces, bullets, dashes and invisible characters are the plain ones", _letters),
    ("optional hyphens are gone", _soft_hyphens),
    ("words broken at a line end are whole", _broken_words),
)


def tidy(pages: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The lines of each page: tidied, without white space at their ends or doubled within, empty ones left out."""
    text = PAGE.join(page.replace(PAGE, "\n") for page in pages)
    for _, step in STEPS:
        text = step(text)
    return tuple(tuple(_lines(page)) for page in text.split(PAGE))


def _lines(page: str) -> list[str]:
    return [words for words in (" ".join(line.split()) for line in page.split("\n")) if words]
