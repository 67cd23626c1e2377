"""Tidying what a text layer gives: the same letters for the same print, whatever program made the file.

`tidy` runs the `STEPS` in order over a whole document at once, pages parted by form feeds. Nothing here knows what
the words mean, except the few a grade is made of: they must be put together again when a line broke inside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

PAGE = "\f"
BROKEN = "\ufffe"

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_BULLETS = {
    **{"\uf06e": "■", "\uf0a7": "▪", "\uf0d8": "➢", "\uf076": "❖", "\uf0fc": "✓", "\uf06f": "□", "\uf0b7": "•"},
    **{"\u25aa": "▪", "\u25fe": "▪", "\u2219": "•", "\u2023": "•", "\u2043": "-", "\u25e6": "o", "\u2212": "–"},
}
_DASHES = "\u2500\u2012\u2015\uf02d"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079\u0000"
_LETTERS = str.maketrans(
    _LIGATURES
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys(map(chr, range(0xF020, 0xF100)), "•")
    | _BULLETS
    | dict.fromkeys(_DASHES, "–")
    | dict.fromkeys("\u2010\u2011", "-")
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
_BROKEN_WORD = re.compile(rf"(\w*)(?:{BROKEN}\n?|\u00ad\n)(\w*)")
_SOFT = re.compile("\u00ad")


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def _letters(text: str) -> str:
    return text.translate(_LETTERS)


def _broken_words(text: str) -> str:
    """A hyphen at a line end belongs to the word, unless the document also writes the word without it.

    A text layer gives U+FFFE for every hyphen at a line end, the printed one and the optional one alike.
    """
    if BROKEN not in text and "\u00ad" not in text:
        return text
    words = _OUR_WORDS.union(re.findall(r"\w+", text.lower()))

    def mend(match: re.Match[str]) -> str:
        whole = match[1] + match[2]
        return whole if whole.lower() in words or "\u00ad" in match[0] else f"{match[1]}-{match[2]}"

    return _SOFT.sub("", _BROKEN_WORD.sub(mend, text))


STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("line ends are one character", _line_ends),
    ("ligatures, spaces, bullets, dashes and invisible characters are the plain ones", _letters),
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
