"""The outcome of an area SEND inspection: one of three sentences, confirmed by what the same page says next."""

from __future__ import annotations

from judgements.flow import Flow
from judgements.frameworks import Form
from judgements.types import SendOutcome


def outcome(text: Flow, form: Form, end: int) -> tuple[SendOutcome | None, tuple[str, ...]]:
    """The outcome whose sentence stands on the front, if it is one only and other words there confirm it."""
    found = [(one, match) for one in form.outcomes for match in one.words.finditer(text.lower, 0, end)]
    if not form.outcomes:
        return None, ()
    if len(found) != 1:
        return None, ("It is not certain which outcome the inspection had.",)
    one, match = found[0]
    if not any(words.search(text.lower, 0, end) for words in one.confirmed):
        return None, ("The sentence of the outcome is not confirmed by what follows it.",)
    return SendOutcome(outcome=one.outcome, span=text.span(match.start(), match.end())), ()
