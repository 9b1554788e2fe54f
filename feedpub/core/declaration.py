"""Keys of a config, each declared once: its reader, its default, its meaning, its JSON Schema.

A :class:`Section` reads one mapping of the file. It tries every key, so that one run reports all errors, and passes the
results to its ``make`` under the names of the keys. So there is no key without a reader, and none that is not used.
The JSON Schema and the tables in the docs are made from the same declarations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from feedpub.core.errors import Problems
from feedpub.core.yaml_node import Node, read_yaml

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, in the vocabulary that draft 7 and draft 2020-12 share, because editors know one or the other."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Word = TypeVar("Word", bound=str)


class Kind(Protocol[T_co]):
    """A kind of value: its reader and its JSON Schema."""

    @property
    def read(self) -> Callable[[Node], T_co]:
        """The reader. It raises :class:`~feedpub.core.errors.ConfigError` with place and remedy."""

    @property
    def schema(self) -> Schema:
        """The schema. It accepts everything that the reader accepts."""


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """A kind that consists of a reader and a schema."""

    read: Callable[[Node], T]
    schema: Schema


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping; ``doc`` is a line of Markdown.

    ``default`` is the YAML that has the same effect as leaving the key out, and is read instead. If there is no such
    value, ``default`` is ``None``, and so is the result. ``without`` is the default in the words of the docs, if it
    differs from ``default``.
    """

    name: str
    kind: Kind[Any]
    doc: str
    default: str | None = None
    without: str = ""
    required: bool = False

    @property
    def schema(self) -> Schema:
        """The schema of the key's value, with what an editor shows of it."""
        described = {**self.kind.schema, "description": re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", self.doc)}
        if self.default not in (None, "{}", "[]"):
            described["default"] = as_json(_written(self.default))
        return described

    @property
    def shown_default(self) -> str:
        """The default in the docs; a key without one is required."""
        if self.required:
            return "–"
        return self.without or ("none" if self.default is None else f"`{self.default}`")

    def node(self, mapping: Mapping[str, Node], parent: Node) -> Node | None:
        """Return the node of the key in ``mapping`` (the value of ``parent``), or the default."""
        if self.name in mapping or self.default is None:
            return mapping.get(self.name)
        return replace(_written(self.default), where=parent.where)

    def read(self, mapping: Mapping[str, Node], parent: Node) -> Any:
        """Read the value or the default; ``None`` if there is neither."""
        node = self.node(mapping, parent)
        return None if node is None else self.kind.read(node)


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on the values of several ``keys`` of a mapping.

    ``run`` gets the mapping's node and those values, and raises :class:`~feedpub.core.errors.ConfigError`.
    """

    keys: tuple[str, ...]
    run: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """A mapping with known keys.

    ``make`` gets the results by the names of ``keys``. ``others`` are keys of the same mapping that something else
    reads. ``checks`` are conditions between keys; ``constraints`` express them in JSON Schema, as far as possible.
    ``misplaced`` returns where the value of an unknown key belongs, if that can be told.
    """

    keys: tuple[Key, ...]
    make: Callable[..., T]
    others: tuple[Key, ...] = ()
    checks: tuple[Check, ...] = ()
    constraints: Schema = field(default_factory=dict)
    misplaced: Callable[[Node], str] = lambda _: ""

    def read(self, node: Node) -> T:
        """Read ``node``. Raises :class:`~feedpub.core.errors.ConfigError` with everything wrong in it."""
        problems = Problems()
        required = [key.name for key in self.keys if key.required]
        mapping = node.fields(names(self.keys + self.others), required, problems, self.misplaced)
        values: dict[str, Any] = {}
        for key in self.keys:
            with problems:
                if key.name in mapping or not key.required:
                    values[key.name] = key.read(mapping, node)
        for check in self.checks:
            if all(name in values for name in check.keys):
                with problems:
                    check.run(node, *(values[name] for name in check.keys))
        problems.raise_any()
        return self.make(**values)

    @property
    def schema(self) -> Schema:
        """The schema of the mapping."""
        return mapping_schema(self.keys + self.others, self.constraints)


def names(keys: Collection[Key]) -> tuple[str, ...]:
    """Return the names of the keys."""
    return tuple(key.name for key in keys)


def mapping_schema(keys: Collection[Key], constraints: Schema | None = None) -> Schema:
    """Return the schema of a mapping that has these keys and no others."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: key.schema for key in keys},
        "additionalProperties": False,
    }
    if required := [key.name for key in keys if key.required]:
        schema["required"] = required
    return {**schema, **(constraints or {})}


@lru_cache(maxsize=256)
def _written(default: str) -> Node:
    return read_yaml(default.encode(), "a default")


def as_json(node: Node) -> Any:
    """Return a value in JSON, as YAML 1.2 would read it."""
    if isinstance(node.value, Mapping):
        return {name: as_json(value) for name, value in node.value.items()}
    if isinstance(node.value, tuple):
        return [as_json(item) for item in node.value]
    if node.plain and re.fullmatch("0|[1-9][0-9]*", node.value):
        return int(node.value)
    return {"true": True, "false": False}.get(node.value, node.value) if node.plain else node.value


# A text may look like a number (a term such as 747), but not be blank.
TEXT: Kind[str] = Value(Node.text, {"type": ["string", "number"], "pattern": r"\S"})
FLAG: Kind[bool] = Value(Node.flag, {"type": ["boolean", "string"], "pattern": "^(true|false)$"})


def integer(minimum: int, maximum: int | None = None) -> Kind[int]:
    """Return the kind of whole numbers within bounds; quotes are allowed."""
    bounds = {"minimum": minimum} if maximum is None else {"minimum": minimum, "maximum": maximum}
    return Value(
        lambda node: node.integer(minimum=minimum, maximum=maximum),
        {"type": ["integer", "string"], **bounds, "pattern": "^-?[0-9]+$"},
    )


def one_of(*allowed: Word) -> Kind[Word]:
    """Return the kind of a choice between words."""

    def read(node: Node) -> Word:
        chosen = node.choice(allowed)
        return next(word for word in allowed if word == chosen)

    return Value(read, {"enum": list(allowed)})


def list_of(kind: Kind[T], *, single: bool = False, least: int = 0) -> Kind[tuple[T, ...]]:
    """Return the kind of lists; with ``single``, one bare value counts as a list of one.

    ``least`` is for the schema only: the reader decides what an empty list means.
    """

    def read(node: Node) -> tuple[T, ...]:
        problems = Problems()
        found = []
        for item in node.items(single=single):
            with problems:
                found.append(kind.read(item))
        problems.raise_any()
        return tuple(found)

    several: Schema = {"type": "array", "items": kind.schema, **({"minItems": least} if least else {})}
    return Value(read, {"anyOf": [kind.schema, several]} if single else several)


def mapping_of(
    read: Callable[[str, Node], T], schema: Schema, *, named: Schema | None = None, least: int = 0
) -> Kind[tuple[T, ...]]:
    """Return the kind of mappings with keys that people choose; ``read`` gets the name and the value of each.

    ``named`` is the schema of the names. The reader decides what an empty mapping means.
    """

    def read_all(node: Node) -> tuple[T, ...]:
        problems = Problems()
        found = []
        for name, value in node.mapping().items():
            with problems:
                found.append(read(name, value))
        problems.raise_any()
        return tuple(found)

    asked: dict[str, Any] = {"propertyNames": named} if named else {}
    if least:
        asked["minProperties"] = least
    return Value(read_all, {"type": "object", "additionalProperties": schema, **asked})
