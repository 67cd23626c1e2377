"""Which framework's document is this? The title that begins a line first says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from judgements.flow import Flow, lowered
from judgements.frameworks import Form, Framework
from judgements.types import Document

FRONT = 4000
"""Characters in which the title must stand."""
MOST_OF_A_FRONT = 9000
PAGES_OF_A_FRONT = 2
"""Characters, and pages from the one with the title on, after which the front has ended, whether or not the heading
that ends it was found."""

MOST_PAGES_OF_A_LETTER = 2
"""Pages of a letter that only covers a report."""
_SIGNED = re.compile("yours (?:sincerely|faithfully)")
_OURS = re.compile(r"\bofsted\b|majesty['’]?s (?:chief )?inspector|\bhmi\b")
_NOT_OURS = re.compile("department for education|parliamentary under|secretary of state|improvement notice")
_SUBJECT = re.compile("(?:re|ref|subject) ?[:.–-]? ")


def recognise(flow: Flow, frameworks: Iterable[Framework]) -> tuple[Framework, Form] | None:
    """The framework and the form of a document, or None if no title of any framework stands on its front."""
    found = sorted(_titled(flow, frameworks), key=lambda item: item[0])
    return found[0][1:] if found else None


def behind_a_letter(document: Document) -> Document | None:
    """The pages after a letter of the inspectorate that covers a report in the same file; None if there is none."""
    words = ""
    for place, page in enumerate(document.pages[:MOST_PAGES_OF_A_LETTER], 1):
        words += lowered(" ".join(page.lines)) + " "
        if _SIGNED.search(words, max(words.find("dear "), 0)):
            ours = "dear " in words and _OURS.search(words) and not _NOT_OURS.search(words)
            rest = document.pages[place:]
            return Document(form=document.form, pages=rest) if ours and rest else None
    return None


def title_of(flow: Flow, form: Form) -> re.Match[str] | None:
    """The first of the form's titles that begins a line of the front."""
    return next(iter(titles_of(flow, form)), None)


def titles_of(flow: Flow, form: Form) -> list[re.Match[str]]:
    """The form's titles that begin a line of the front, in their order there; a running header may repeat one."""
    titles = (match for match in flow.search(form.title, end=FRONT) if _is_title(flow, match))
    return sorted(titles, key=lambda match: match.start())


def _is_title(flow: Flow, match: re.Match[str]) -> bool:
    """A title is a heading, and may be led in as the subject of a letter."""
    line = flow.starts[flow.line_at(match.start())]
    return is_heading(flow, match) or _SUBJECT.fullmatch(flow.lower, line, match.start()) is not None


def is_heading(flow: Flow, match: re.Match[str]) -> bool:
    """A heading begins its line, and with a capital: prose that happens to be wrapped there does not."""
    return flow.begins_line(match.start()) and not flow.text[match.start()].islower()


def _titled(flow: Flow, frameworks: Iterable[Framework]) -> Iterator[tuple[int, Framework, Form]]:
    for framework in frameworks:
        for form in framework.forms:
            title = title_of(flow, form) if _fits(flow, form) else None
            if title:
                yield title.start(), framework, form


def _fits(flow: Flow, form: Form) -> bool:
    front = flow.lower[:MOST_OF_A_FRONT]
    return all(words.search(front) for words in form.also) and not any(words.search(front) for words in form.unless)


def front_end(flow: Flow, form: Form) -> int:
    """The place where the front of a document ends: before the first heading that begins its body."""
    title = title_of(flow, form)
    cover = flow.page_at(title.start()) - 1 if title else 0
    last = min(MOST_OF_A_FRONT, flow.page_end(cover + PAGES_OF_A_FRONT))
    ends = (
        match.start()
        for match in flow.search(form.front_ends, end=last)
        if is_heading(flow, match) and flow.ends_line(match.end())
    )
    return min(ends, default=last)
