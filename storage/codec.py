"""Values <-> what a JSON column holds, without loss.

The shapes are those of the dataclasses in `judgements.types`, read by pydantic: a field that is added there with a
default is read from older rows as that default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from judgements.types import Change, Reading
from storage.types import DocumentSort, Movements

Value = TypeVar("Value")
Json = Any
"""Dictionaries, lists, strings, numbers, booleans and None, as the `json` module has them."""

# PostgreSQL stores no NUL in text or JSONB, and a broken PDF may well contain one. The backslash marks the escape.
_NOT_STORABLE = re.compile(r"[\x00\\]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


def escape(text: str) -> str:
    """`text` as both databases can store it; `unescape` gives it back exactly."""
    return _NOT_STORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class Codec(Generic[Value]):
    """Encodes and decodes one type of value. `decode` raises ValueError for JSON that is no such value."""

    def __init__(self, adapter: TypeAdapter[Value]) -> None:
        self._adapter = adapter
        self._validator = SchemaValidator(_first_that_fits(adapter.core_schema))

    def encode(self, value: Value) -> Json:
        return _in_strings(escape, self._adapter.dump_python(value, mode="json"))

    def decode(self, stored: Json | bytes) -> Value:
        """`stored` is JSON as text, or as what its text says; a value of ours is never a text alone.

        Where nothing was escaped, which is nearly always, the text is read at once: three times as fast.
        """
        if not isinstance(stored, str | bytes):
            return self._value(self._validator.validate_python(_in_strings(unescape, stored)))
        text = stored.decode() if isinstance(stored, bytes) else stored
        if _BACKSLASH in text:
            return self.decode(json.loads(text))
        return self._value(self._validator.validate_json(text))

    def _value(self, validated: Any) -> Value:
        value: Value = validated
        return value


_BACKSLASH = "\\\\"
"""How JSON writes a backslash: with one begins whatever `escape` has escaped."""


def misfit(error: Exception) -> str:
    """Why something could not be decoded, in a few words: where and how it does not fit, but not what it holds."""
    if not isinstance(error, ValidationError):
        return type(error).__name__
    first, *_ = error.errors(include_url=False, include_context=False, include_input=False)
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _in_strings(treat: Callable[[str], str], tree: Json) -> Json:
    match tree:
        case str():
            return treat(tree)
        case list():
            return [_in_strings(treat, item) for item in tree]
        case dict():
            return {name: _in_strings(treat, item) for name, item in tree.items()}
        case _:
            return tree


def _first_that_fits(schema: Any) -> Any:
    """The same schema, in which what may be one thing or another is the first of them that it can be.

    No two of ours share a value, and to try them all for the best would take three times as long.
    """
    match schema:
        case dict():
            treated = {name: _first_that_fits(each) for name, each in schema.items()}
            return treated | {"mode": "left_to_right"} if treated.get("type") == "union" else treated
        case list() | tuple():
            return type(schema)(map(_first_that_fits, schema))
        case _:
            return schema


READING: Codec[Reading] = Codec(TypeAdapter(Reading))
CHANGE: Codec[Change] = Codec(TypeAdapter(Change))
HEADERS: Codec[tuple[tuple[str, str], ...]] = Codec(TypeAdapter(tuple[tuple[str, str], ...]))
WORDS: Codec[tuple[str, ...]] = Codec(TypeAdapter(tuple[str, ...]))
DOCUMENT_SORTS: Codec[tuple[DocumentSort, ...]] = Codec(TypeAdapter(tuple[DocumentSort, ...]))
MOVEMENTS: Codec[tuple[Movements, ...]] = Codec(TypeAdapter(tuple[Movements, ...]))
BLOCKS: Codec[tuple[dict[str, Any], ...]] = Codec(TypeAdapter(tuple[dict[str, Any], ...]))
