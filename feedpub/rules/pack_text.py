"""A part of a pack as text, for people to read, or to make a pack of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.rules.keys import LIST
from feedpub.rules.pack import Pack


def shown(pack: Pack, name: str) -> str | None:
    """Return a rule or a list as a pack, with the lists that it uses; ``None`` if it does not exist.

    The lines are those of the file, with the comments above them. If several things are on one line, the whole pack is
    returned.
    """
    rules = {name: pack.rules[name]} if name in pack.rules else {}
    lists = _used(pack, *rules.values())
    if not rules and name in pack.lists:
        lists = {name, *_used(pack, pack.lists[name])}
    if not rules and not lists:
        return None
    text = pack.data.decode("utf-8-sig")
    lines = text.split("\n")
    parts = {
        "rules": rules,
        "lists": {each: node for each, node in pack.lists.items() if each in lists},
    }
    cut = "\n\n".join(
        "\n".join((f"{key}:", *(line for node in nodes.values() for line in _lines(lines, node))))
        for key, nodes in parts.items()
        if nodes
    )
    try:
        again = read_yaml(cut.encode(), pack.file).mapping()
    except ConfigError:
        return text
    whole = all(
        _value(again[key]) == {each: _value(node) for each, node in nodes.items()}
        for key, nodes in parts.items()
        if nodes
    )
    return cut if whole else text


def _used(pack: Pack, *nodes: Node) -> set[str]:
    """Return the names of the lists that parts of a pack use."""
    found = set[str]()
    wanted = [*nodes]
    while wanted:
        new = set(_named(wanted.pop())) - found
        found |= new
        wanted += (pack.lists[name] for name in new)
    return found


def _named(node: Node) -> Iterator[str]:
    for below in node.walk():
        if isinstance(below.value, Mapping) and LIST in below.value:
            yield below.value[LIST].text()


def _lines(lines: list[str], node: Node) -> list[str]:
    """Return the lines from the comment above a key to the end of its value."""
    place = node.key_where or node.where
    start = place.line - 1
    end = start + 1
    while end < len(lines) and _is_below(lines[end], place.column):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    while lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return lines[start:end]


def _is_below(line: str, column: int) -> bool:
    """Say whether a line belongs to the value of a key that is at the column."""
    # The items of a list may be right below its key.
    indent = len(line) - len(line.lstrip())
    return not line.strip() or indent >= column or (indent == column - 1 and line.lstrip().startswith("- "))


def _value(node: Node) -> object:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, tuple):
        return [_value(item) for item in node.value]
    return {key: _value(value) for key, value in node.value.items()}
