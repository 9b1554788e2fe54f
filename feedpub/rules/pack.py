"""Packs: files of lists and rules, to be used in many configs. Some ship with feedpub, in the folder ``packs``.

A rule of a pack means the same in every config: the options of a config (``matching``) do not reach into it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

from feedpub.core.declaration import names
from feedpub.core.errors import ConfigError, Problems
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.rules.conditions import Condition, Has, Not
from feedpub.rules.keys import ALL, ANY, DESCRIPTION, PACK_KEYS, PACK_RULE_KEYS
from feedpub.rules.language import parse_rules
from feedpub.rules.rule import Rules
from feedpub.rules.terms import Term

FOLDER = Path(__file__).with_name("packs")
SUFFIXES = (".yaml", ".yml")

Conditions: TypeAlias = tuple[Condition, Condition | None]
"""What a rule wants, and what it refuses."""


class Pack:
    """One pack, read as far as it is asked for.

    ``file`` is the name that errors give. Whatever reads the file raises :class:`ConfigError` with all that is wrong.
    """

    def __init__(self, name: str, data: bytes, file: str, *, shipped: bool = False) -> None:
        self.name = name
        self.data = data
        self.file = file
        self.shipped = shipped
        self._conditions: dict[int, Mapping[str, Conditions]] = {}

    @property
    def digest(self) -> str:
        """What tells this state of the file from others, in twelve characters."""
        return hashlib.sha256(self.data).hexdigest()[:12]

    @cached_property
    def _top(self) -> Mapping[str, Node]:
        problems = Problems()
        root = read_yaml(self.data, self.file, problems)
        if root.kind == "nothing":
            raise root.error("the pack is empty", "begin with rules: or lists:")
        top: Mapping[str, Node] = {}
        with problems:
            top = root.mapping()
        for key, node in top.items():
            if key not in names(PACK_KEYS):
                remedy = "write lists of terms under lists: and rules under rules:"
                problems.add(ConfigError(node.key_where or node.where, f"unknown key {key!r}", remedy))
        if DESCRIPTION.name in top:
            with problems:
                DESCRIPTION.kind.read(top[DESCRIPTION.name])
        for key in ("rules", "lists"):
            if key in top:
                with problems:
                    top[key].mapping()
        problems.raise_any()
        if not ("rules" in top or "lists" in top):
            raise root.error("the pack has no rules and no lists", "add rules: or lists:")
        return top

    @property
    def description(self) -> str:
        """The line about the pack, or an empty text."""
        return self._top[DESCRIPTION.name].text() if DESCRIPTION.name in self._top else ""

    @property
    def rules(self) -> Mapping[str, Node]:
        """The rules by name, as they are written."""
        return self._top["rules"].mapping() if "rules" in self._top else {}

    @property
    def lists(self) -> Mapping[str, Node]:
        """The lists by name, as they are written."""
        return self._top["lists"].mapping() if "lists" in self._top else {}

    def about(self, rule: str) -> str:
        """Return the line about a rule, or an empty text."""
        mapping = self.rules[rule].mapping()
        return mapping[DESCRIPTION.name].text() if DESCRIPTION.name in mapping else ""

    @cached_property
    def parsed(self) -> Rules:
        """The rules as those of feeds of their names would be; all that the file says is checked."""
        problems = Problems()
        as_feeds: dict[str, Node] = {}
        for name, node in self.rules.items():
            mapping = node.fields(names(PACK_RULE_KEYS), (), problems)
            with problems:
                if DESCRIPTION.name in mapping:
                    DESCRIPTION.kind.read(mapping[DESCRIPTION.name])
                if isinstance(node.value, Mapping) and ANY.name not in mapping and ALL.name not in mapping:
                    raise node.error("the rule asks for nothing", "add any or all")
            as_feeds[name] = replace(node, value=mapping)
        rules = None
        with problems:
            rules = parse_rules(as_feeds, self._top.get("lists"), None)
        problems.raise_any()
        assert rules is not None
        # Which of its lists a config uses is the config's to say.
        return replace(rules, unused_lists=())

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of its rules, by their numbers."""
        return self.parsed.terms

    def conditions(self, start: int) -> Mapping[str, Conditions]:
        """Return what each rule wants and refuses, if the number of the first term is ``start``."""
        if start not in self._conditions:
            self._conditions[start] = self._made(start)
        return self._conditions[start]

    def _made(self, start: int) -> Mapping[str, Conditions]:
        moved = _Moved(start)
        return {
            rule.slug: (moved(rule.wanted), None if rule.veto is None else moved(rule.veto))
            for rule in self.parsed.feeds
            if rule.wanted is not None
        }


Packs: TypeAlias = Mapping[str, Pack | ConfigError]
"""The packs of a config by name, or why one cannot be read."""


class _Moved:
    """Makes conditions over terms whose numbers begin elsewhere; of one that stands in several places, one."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._made: dict[int, Condition] = {}

    def __call__(self, condition: Condition) -> Condition:
        if id(condition) not in self._made:
            self._made[id(condition)] = self._move(condition)
        return self._made[id(condition)]

    def _move(self, condition: Condition) -> Condition:
        if isinstance(condition, Has):
            return Has(condition.term + self._start)
        if isinstance(condition, Not):
            return Not(self(condition.of))
        return replace(condition, of=tuple(map(self, condition.of)))


def shipped() -> tuple[str, ...]:
    """Return the names of the packs that ship."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def ship(name: str) -> Pack:
    """Return a pack that ships; in one process, it is one."""
    path = FOLDER / f"{name}.yaml"
    return Pack(name, path.read_bytes(), path.name, shipped=True)
