"""Who led an inspection: names without titles."""

from __future__ import annotations

import re

from judgements.flow import Flow
from judgements.frameworks import Form

_OFFICE = r"(?:Senior |Reporting |Lead )*(?:S?HMI|Her Majesty|His Majesty|Ofsted|Regulatory|Inspector)"
_TITLE = re.compile(rf"^(?:(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame)\.? )+|[,–-]? *\(?\b{_OFFICE}(?:s|’s)?\b.*$", re.IGNORECASE)
_OFFICE_FIRST = re.compile(
    r"^(?:(?:the|senior|lead|team) )*(?:s?hmis?|(?:(?:her|his) majesty[’']?s )?inspectors?)(?: \(s?hmis?\))?"
    r"(?: (?:social care|schools|education))?:?(?: |$)",
    re.IGNORECASE,
)
"""What may stand before a name: "lead inspector", "Her Majesty’s Inspectors (HMIs)", with what they inspect."""
_WORD = r"(?:[A-ZÀ-Þ][\w’'‘.-]*|van|der|de|von|la|le|di|al|bin)"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{1,5}}")
_BETWEEN = re.compile(r", with | with |, and |,| and | & |;")
_SENTENCE = re.compile(r"(?<!\b[A-Z])\. |\.$| to ")
_NAMED_HMI = re.compile(rf"({_NAME.pattern}),? HMI\b")
_IS_CUT = re.compile(rf"{_WORD}?(?:[^,]*(?: and|,))? ?")
"""The rest of a line that is no whole name, or after which one must follow."""
A_FEW_LINES = 300
"""Characters in which the sentence that names the inspectors of a visit ends, and a line that names some."""


def leads(flow: Flow, form: Form, front_end: int) -> tuple[str, ...]:
    """Who led: the name after the first of the form's labels that is followed by one, or before one of its offices."""
    for match in flow.search(form.inspectors):
        if match.start() < front_end or flow.begins_line(match.start()):
            names = people(_after(flow, form, match))
            if names:
                return (*_whole(flow, names, front_end), *_signed(flow, form))
    before = (people(_before(flow, match)) for match in flow.search(form.offices, begin=front_end))
    return next((names for names in before if names), _signed(flow, form))


def _before(flow: Flow, match: re.Match[str]) -> str:
    """What stands in its line before the words of an office."""
    return flow.text[flow.starts[flow.line_at(match.start())] : match.start()][-A_FEW_LINES:]


def _after(flow: Flow, form: Form, match: re.Match[str]) -> str:
    """The rest of the line after a label, or the next line where a name is wrapped into it or there is no rest; in a
    letter the rest of the sentence."""
    if form.letter:
        return _SENTENCE.split(flow.text[match.end() : match.end() + A_FEW_LINES], maxsplit=1)[0]
    line = flow.line_at(max(match.end() - 1, match.start()))
    rest = flow.text[match.end() : flow.line_end(line)][:A_FEW_LINES]
    if _IS_CUT.fullmatch(rest) and line + 1 < len(flow.lines):
        return f"{rest} {flow.lines[line + 1]}"[:A_FEW_LINES]
    return rest


def _whole(flow: Flow, names: tuple[str, ...], front_end: int) -> tuple[str, ...]:
    """A text layer may cut a name off at the edge of a cell and print it whole somewhere else on the front."""
    printed = _NAMED_HMI.findall(flow.text[:front_end])
    return tuple(next((whole for whole in printed if whole.startswith(name)), name) for name in names)


def _signed(flow: Flow, form: Form) -> tuple[str, ...]:
    """The name under "Yours sincerely" of a letter whose writer says "my visit" and names only the others."""
    signed = flow.lower.rfind("yours sincerely")
    if signed < 0 or not any(words.search(flow.lower) for words in form.signed):
        return ()
    return people(" ".join(flow.lines[flow.line_at(signed) + 1 :][:1])[:A_FEW_LINES])


def people(words: str) -> tuple[str, ...]:
    """The names in a list such as "Jane Roe HMI and John Doe, His Majesty's Inspector"."""
    parts = (_OFFICE_FIRST.sub("", part.strip()) for part in _BETWEEN.split(words))
    names = (_TITLE.sub("", _TITLE.sub("", part)).strip(" .,") for part in parts)
    return tuple(name for name in names if _NAME.fullmatch(name))
