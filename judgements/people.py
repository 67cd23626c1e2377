"""Who led an inspection: names without titles."""

from __future__ import annotations

import re

from judgements.flow import Flow
from judgements.frameworks import Form

_OFFICE = r"(?:Senior |Reporting |Lead )*(?:HMI|Her Majesty|His Majesty|Ofsted|Regulatory|Inspector)"
_TITLE = re.compile(rf"^(?:(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame)\.? )+|,? *\b{_OFFICE}\b.*$")
_WORD = r"(?:[A-Z][\w’'‘.-]*|van|der|de|von|la|le|di|al|bin)"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{1,5}}")


def leads(flow: Flow, form: Form) -> tuple[str, ...]:
    """The lead inspectors named after the first of the form's labels that is followed by a name."""
    for match in flow.search(form.inspectors):
        line = flow.line_at(match.start())
        if flow.begins_line(match.start()) and (names := people(flow.text[match.end() : flow.line_end(line)])):
            return names
    return ()


def people(words: str) -> tuple[str, ...]:
    """The names in a list such as "Jane Roe HMI and John Doe, His Majesty's Inspector"."""
    parts = re.split(r",| and | & |;", words)
    names = (_TITLE.sub("", part.strip()).strip(" .") for part in parts)
    return tuple(name for name in names if _NAME.fullmatch(name))
