"""YAML as values that know their places, read strictly.

YAML 1.1 surprises people: a duplicate key silently wins, ``NO`` is false, ``12:30:00`` is 45000, ``1.10``
is 1.1, and an alias can turn a few bytes into gigabytes. So the text is only *composed* (values are not interpreted by
YAML's rules), duplicates, anchors and tags are errors, and each reader below says what it expects and what would be
right. This module does not know what settings mean.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from feedpub.core.errors import ConfigError, Problems, Where
from feedpub.core.yaml_mistakes import mistake

MAX_BYTES = 4 << 20
MAX_DEPTH = 64

# How YAML 1.1 (https://yaml.org/type/) reads plain scalars that a person may have meant as text.
_READ_AS = (
    ("false", r"no|No|NO|off|Off|OFF|false|False|FALSE|n|N"),
    ("true", r"yes|Yes|YES|on|On|ON|true|True|TRUE|y|Y"),
    ("null", r"~|null|Null|NULL"),
    ("a number in base 60", r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
    ("a number in base 8", r"[-+]?0[0-7_]+"),
    ("a number in base 16 or 2", r"[-+]?0(?:x[0-9a-fA-F_]+|b[01_]+)"),
    ("a number without its last zeros", r"[-+]?[0-9]+\.(?:[0-9]*0)?"),
    ("a number", r"[-+]?(?:[0-9]*_[0-9_]*|[0-9.]+[eE][-+][0-9]+|\.(?:inf|Inf|INF|nan|NaN|NAN))"),
)
# One group for each of them.
_MISREAD = re.compile(rf"(?:{'|'.join(f'({pattern})' for _, pattern in _READ_AS)})\Z")
# NUL ends a path for the system, other control characters are invisible, and a lone surrogate has no bytes.
_NO_PATH = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a config file: text, a list or a mapping, with the place where it is.

    ``value`` is a ``str``, a ``tuple`` of nodes or a ``dict`` of nodes; ``plain`` says that a text was written
    without quotes. The readers raise :class:`ConfigError` with the place and a remedy.
    """

    where: Where
    value: str | tuple[Node, ...] | Mapping[str, Node]
    plain: bool = False
    key_where: Where | None = field(default=None, compare=False)

    @property
    def kind(self) -> str:
        """The kind of the value, for a sentence: ``text``, ``a list`` or ``a mapping``."""
        if isinstance(self.value, str):
            return "text" if self.value or not self.plain else "nothing"
        return "a list" if isinstance(self.value, tuple) else "a mapping"

    def error(self, problem: str, remedy: str = "") -> ConfigError:
        """Return an error for ``problem`` at this place, for the caller to raise."""
        return ConfigError(self.where, problem, remedy)

    def text(self, *, empty: bool = False) -> str:
        """Return the text, refusing values that other YAML readers would not read as text."""
        if not isinstance(self.value, str):
            raise self.error(f"expected text, found {self.kind}")
        if not self.value.strip() and not empty:
            raise self.error("expected text, found nothing")
        if self.plain and (misread := _MISREAD.match(self.value)) and misread.lastindex:
            meaning, _ = _READ_AS[misread.lastindex - 1]
            raise self.error(
                f"YAML reads {self.value} as {meaning}", f'write "{self.value}" in quotes to mean the text'
            )
        return self.value

    def path(self) -> str:
        """Return the text as a path or a pattern of paths, refusing characters that file names should not have."""
        text = self.text()
        if wrong := _NO_PATH.search(text):
            raise self.error(f"a path cannot contain U+{ord(wrong[0]):04X}, which is invisible", "remove it")
        return text

    def flag(self) -> bool:
        """Return a yes or no, which is written ``true`` or ``false``."""
        if self.value == "true":
            return True
        if self.value == "false":
            return False
        raise self.error(f"expected true or false, found {self._shown()}")

    def integer(self, *, minimum: int = 0, maximum: int | None = None) -> int:
        """Return a whole number within bounds."""
        bounds = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        if isinstance(self.value, str) and re.fullmatch(r"-?(?:0|[1-9][0-9]{0,17})", self.value):
            number = int(self.value)
            if number >= minimum and (maximum is None or number <= maximum):
                return number
        raise self.error(f"expected a whole number {bounds}, found {self._shown()}")

    def choice(self, allowed: Collection[str]) -> str:
        """Return one of the ``allowed`` words."""
        if isinstance(self.value, str) and self.value in allowed:
            return self.value
        remedy = f"choose one of {', '.join(allowed)}"
        if isinstance(self.value, str):
            remedy = did_you_mean(self.value, allowed) or remedy
        raise self.error(f"{self._shown()} is not allowed here", remedy)

    def items(self, *, single: bool = False) -> tuple[Node, ...]:
        """Return a list's nodes; with ``single``, one bare value counts as a list of one."""
        if isinstance(self.value, tuple):
            return self.value
        if single and isinstance(self.value, str) and self.kind != "nothing":
            return (self,)
        raise self.error(f"expected a list, found {self.kind}", "write [one, two] or a line with - for each")

    def mapping(self) -> Mapping[str, Node]:
        """Return a mapping's nodes under their keys, in the file's order."""
        if not isinstance(self.value, Mapping):
            raise self.error(f"expected a mapping, found {self.kind}", "write key: value lines")
        return self.value

    def fields(
        self,
        allowed: Collection[str],
        required: Collection[str] = (),
        problems: Problems | None = None,
        misplaced: Callable[[Node], str] = lambda _: "",
    ) -> Mapping[str, Node]:
        """Return a mapping's nodes, refusing keys that are not ``allowed``, and missing ``required`` ones.

        With ``problems``, errors are collected there, and valid keys are returned. ``misplaced`` returns where the
        value of an unknown key belongs, if that can be told.
        """
        found = Problems() if problems is None else problems
        mapping: Mapping[str, Node] = {}
        with found:
            mapping = self.mapping()
            meant = set()
            for key, node in mapping.items():
                if key not in allowed:
                    remedy = misplaced(node) or did_you_mean(key, allowed)
                    meant.add(remedy)
                    remedy = remedy or f"allowed here: {', '.join(allowed)}"
                    found.add(ConfigError(node.key_where or node.where, f"unknown key {key!r}", remedy))
            for key in required:
                # A misspelt key is reported once.
                if key not in mapping and _did_you_mean(key) not in meant:
                    found.add(self.error(f"the key {key!r} is missing", f"add {key}: …"))
        if problems is None:
            found.raise_any()
        return {key: node for key, node in mapping.items() if key in allowed}

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it."""
        yield self
        below = self.value
        for node in (
            below.values() if isinstance(below, Mapping) else below if isinstance(below, tuple) else ()
        ):
            yield from node.walk()

    def _shown(self) -> str:
        return repr(self.value) if isinstance(self.value, str) and self.value else self.kind


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return ``did you mean 'x'?`` for the most similar known word, or an empty text."""
    near = difflib.get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.6)
    return next((_did_you_mean(k) for k in known if k.lower() in near), "")


def _did_you_mean(word: str) -> str:
    return f"did you mean {word!r}?"


def read_yaml(data: bytes, file: str, problems: Problems | None = None) -> Node:
    """Read one YAML document; ``file`` is its name in errors.

    Raises :class:`ConfigError` if it is not UTF-8, not YAML, too large or too deep, and for duplicate keys,
    anchors, aliases, tags and keys that are not text. With ``problems``, errors that do not prevent reading the rest
    are collected there.
    """
    found = Problems() if problems is None else problems
    document: Node | None = None
    with found:
        document = _read(_decoded(data, file), file, found)
    if problems is None or document is None:
        found.raise_any()
    assert document is not None
    return document


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise ConfigError(Where(file, 1, 1), f"the file has more than {MAX_BYTES >> 20} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(Where(file, line, 1), "the file is not UTF-8", "save it as UTF-8") from error


def _hint(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in str(error.problem):
        return "indent with spaces, not tabs"
    if "cannot start any token" in str(error.problem):
        return "put text that begins with such a character in quotes"
    if "escape" in str(error.problem):
        return r"write \\ for a backslash, or use single quotes"
    if "mapping values are not allowed" in str(error.problem):
        return "put text with a colon in quotes"
    if "alias" in f"{error.context}{error.problem}" or "anchor" in f"{error.context}{error.problem}":
        return "put text that begins with * or & in quotes"
    return ""


def _read(text: str, file: str, problems: Problems) -> Node:
    if yaml.__with_libyaml__:
        found = Problems()
        try:
            # Ten times as fast, but its error messages differ.
            document = _document(yaml.parse(text, Loader=yaml.CSafeLoader), file, found)
        except yaml.YAMLError:
            pass
        else:
            problems.add_all(found)
            return document
    try:
        return _document(yaml.parse(text, Loader=yaml.SafeLoader), file, problems)
    except yaml.MarkedYAMLError as error:
        if known := mistake(text, error):
            raise ConfigError(Where(file, known.line, known.column), known.problem, known.remedy) from error
        mark = error.problem_mark or error.context_mark
        place = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
        problem = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise ConfigError(place, f"this is not valid YAML: {problem}", _hint(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(
            Where(file, line, 1),
            f"YAML does not allow the character U+{ord(text[error.position]):04X}",
            "remove it",
        ) from error


def _document(events: Iterator[yaml.Event], file: str, problems: Problems) -> Node:
    start = Where(file, 1, 1)
    document: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if document is not None:
                problems.add(
                    ConfigError(
                        _at(event, start), "a second YAML document begins here", "remove the line ---"
                    )
                )
                break
            document = _Composer(events, problems).value(next(events), start, 0)
    return document or Node(start, "", plain=True)


@dataclass(frozen=True, slots=True)
class _Composer:
    """Makes nodes from ``events``; errors go to ``problems``, and composing goes on."""

    events: Iterator[yaml.Event]
    problems: Problems

    def value(self, event: yaml.Event, parent: Where, depth: int) -> Node:
        """Return the value that begins with ``event``, consuming its events."""
        where = _at(event, parent)
        if depth > MAX_DEPTH:
            raise ConfigError(where, f"more than {MAX_DEPTH} levels deep")
        if refused := _refused(event, where):
            self.problems.add(refused, cause=True)
        if isinstance(event, yaml.AliasEvent):
            return Node(where, f"*{event.anchor}")
        if isinstance(event, yaml.ScalarEvent):
            return Node(where, event.value, plain=not event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(event, _below(where, len(items)), depth + 1))
            return Node(where, tuple(items))
        mapping: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.value(event, where, depth + 1)
            name = key.value if isinstance(key.value, str) else ""
            place = _below(key.where, name)
            node = self.value(next(self.events), place, depth + 1)
            if not isinstance(key.value, str):
                self.problems.add(
                    ConfigError(key.where, "a key must be text", "write a word before the colon")
                )
            elif name in mapping:
                first = mapping[name].where.line
                self.problems.add(
                    ConfigError(place, f"the key {name!r} appears twice", f"the first is on line {first}")
                )
            else:
                mapping[name] = Node(node.where, node.value, node.plain, place)
        return Node(where, mapping)


def _refused(event: yaml.Event, where: Where) -> ConfigError | None:
    anchor = getattr(event, "anchor", None)
    if anchor:
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
        return ConfigError(
            where, f"YAML takes {sign}{anchor} for an alias", f'write "{sign}{anchor}" in quotes'
        )
    tag = getattr(event, "tag", None)
    if tag not in (None, "!"):
        return ConfigError(where, f"YAML takes {tag} for a tag", "put text that begins with ! in quotes")
    return None


def _at(event: yaml.Event, parent: Where) -> Where:
    """Return the place of ``event`` under the file and key path of ``parent``."""
    mark = event.start_mark
    return Where(parent.file, mark.line + 1, mark.column + 1, parent.path) if mark else parent


def _below(where: Where, step: str | int) -> Where:
    return Where(where.file, where.line, where.column, (*where.path, step))
