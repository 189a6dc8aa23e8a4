"""Frozen dataclasses as JSON and back, strictly: whatever does not fit is refused in words."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache

KIND = "type"
"""The field that names the class, wherever a union leaves a choice and at the top."""


class MessageError(ValueError):
    """Bytes that are no message of ours, or a message that cannot be sent; says what is wrong."""


def encode(message: object, kinds: Mapping[str, type]) -> bytes:
    """A message as UTF-8 JSON; raises MessageError for a class or a number that cannot be sent."""
    try:
        return json.dumps(
            _plain(message, kinds), allow_nan=False, separators=(",", ":"), ensure_ascii=True
        ).encode("ascii")
    except (TypeError, ValueError) as problem:
        raise MessageError(f"Cannot send {type(message).__name__}: {problem}") from problem


def decode(data: bytes, kinds: Mapping[str, type]) -> object:
    """The message in the bytes; raises MessageError for an unknown kind, field or type."""
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise MessageError(f"Not a JSON message: {problem}") from problem
    return _choose(value, kinds, "message")


def _plain(value: object, kinds: Mapping[str, type]) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_plain(item, kinds) for item in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    result = {
        field.name: _plain(getattr(value, field.name), kinds) for field in dataclasses.fields(value)
    }
    name = type(value).__name__
    if kinds.get(name) is type(value):
        result[KIND] = name
    return result


def _choose(value: object, kinds: Mapping[str, type], where: str) -> object:
    if not isinstance(value, dict):
        raise MessageError(f"{where}: a table was expected, not {_shown(value)}.")
    kind = value.get(KIND)
    chosen = kinds.get(kind) if isinstance(kind, str) else None
    if chosen is None:
        raise MessageError(f"{where}: unknown kind {_shown(kind)}.")
    rest = {key: item for key, item in value.items() if key != KIND}
    return _build(chosen, rest, kinds)


def _build(cls: type, values: dict[str, object], kinds: Mapping[str, type]) -> object:
    hints = _hints(cls)
    if unknown := values.keys() - hints.keys():
        raise MessageError(f"{cls.__name__}: unknown field {sorted(unknown)[0]!r}.")
    if missing := hints.keys() - values.keys():
        raise MessageError(f"{cls.__name__}: field {sorted(missing)[0]!r} is missing.")
    return cls(
        **{
            name: _typed(values[name], hint, kinds, f"{cls.__name__}.{name}")
            for name, hint in hints.items()
        }
    )


@cache
def _hints(cls: type) -> dict[str, object]:
    return typing.get_type_hints(cls)


def _typed(value: object, hint: object, kinds: Mapping[str, type], where: str) -> object:
    origin = typing.get_origin(hint)
    if origin is tuple:
        return _tuple(value, typing.get_args(hint), kinds, where)
    if origin in (types.UnionType, typing.Union):
        return _union(value, typing.get_args(hint), kinds, where)
    if not isinstance(hint, type):
        raise MessageError(f"{where}: the type {hint} cannot be sent.")
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise MessageError(f"{where}: a table was expected, not {_shown(value)}.")
        return _build(hint, value, kinds)
    if issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError as problem:
            raise MessageError(f"{where}: {problem}.") from problem
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise MessageError(f"{where}: {hint.__name__} was expected, not {_shown(value)}.")
    return value


def _tuple(
    value: object, items: tuple[object, ...], kinds: Mapping[str, type], where: str
) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise MessageError(f"{where}: a list was expected, not {_shown(value)}.")
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_typed(item, items[0], kinds, where) for item in value)
    if len(items) != len(value):
        raise MessageError(f"{where}: {len(items)} items were expected, not {len(value)}.")
    return tuple(_typed(item, hint, kinds, where) for item, hint in zip(value, items, strict=True))


def _union(
    value: object, choices: tuple[object, ...], kinds: Mapping[str, type], where: str
) -> object:
    if value is None and type(None) in choices:
        return None
    rest = [choice for choice in choices if choice is not type(None)]
    if len(rest) == 1:
        return _typed(value, rest[0], kinds, where)
    allowed = {name: kind for name, kind in kinds.items() if kind in rest}
    return _choose(value, allowed, where)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
