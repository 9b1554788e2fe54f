"""Packs: files of lists and rules for many configs. feedpub's own are in the folder ``packs``.

A rule of a pack means the same in every config: the options of a config (``matching``) do not apply to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

from feedpub.core.declaration import names
from feedpub.core.errors import ConfigError, Problems
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.rules.compiled import Compiled, Conditions, compiled, from_json
from feedpub.rules.keys import ALL, ANY, DESCRIPTION, PACK_KEYS, PACK_RULE_KEYS
from feedpub.rules.language import parse_rules
from feedpub.rules.rule import Rules
from feedpub.rules.terms import Term

FOLDER = Path(__file__).with_name("packs")
SUFFIXES = (".yaml", ".yml")


class Pack:
    """One pack, read lazily.

    ``file`` is its name in errors. All reading raises :class:`ConfigError` with everything that is wrong.
    """

    def __init__(self, name: str, data: bytes, file: str, *, shipped: bool = False) -> None:
        self.name = name
        self.data = data
        self.file = file
        self.shipped = shipped
        self._conditions: dict[int, Mapping[str, Conditions]] = {}

    @property
    def digest(self) -> str:
        """A digest of the file, in twelve characters."""
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
        """The rules by name, as YAML."""
        return self._top["rules"].mapping() if "rules" in self._top else {}

    @property
    def lists(self) -> Mapping[str, Node]:
        """The lists by name, as YAML."""
        return self._top["lists"].mapping() if "lists" in self._top else {}

    def about(self, rule: str) -> str:
        """Return the line about a rule, or an empty text."""
        mapping = self.rules[rule].mapping()
        return mapping[DESCRIPTION.name].text() if DESCRIPTION.name in mapping else ""

    @cached_property
    def parsed(self) -> Rules:
        """The rules, read like those of feeds with these names; the whole file is checked."""
        problems = Problems()
        as_feeds: dict[str, Node] = {}
        for name, node in self.rules.items():
            mapping = node.fields(names(PACK_RULE_KEYS), (), problems)
            with problems:
                if DESCRIPTION.name in mapping:
                    DESCRIPTION.kind.read(mapping[DESCRIPTION.name])
                if isinstance(node.value, Mapping) and ANY.name not in mapping and ALL.name not in mapping:
                    raise node.error("the rule has no conditions", "add any or all")
            as_feeds[name] = replace(node, value=mapping)
        rules = None
        with problems:
            rules = parse_rules(as_feeds, self._top.get("lists"), None)
        problems.raise_any()
        assert rules is not None
        # The config decides which lists it uses.
        return replace(rules, unused_lists=())

    @cached_property
    def _compiled(self) -> Compiled:
        if self.shipped:
            made = FOLDER / f"{self.name}.json"
            found = from_json(made.read_bytes(), self.digest) if made.exists() else None
            if found is not None:
                return found
        return compiled(self.parsed)

    @cached_property
    def terms(self) -> Sequence[Term]:
        """The terms of its rules, by their numbers."""
        return self._compiled.all_terms()

    def conditions(self, first: int) -> Mapping[str, Conditions]:
        """Return what each rule wants and refuses; ``first`` is the number of the first term."""
        if first not in self._conditions:
            self._conditions[first] = self._compiled.conditions(first)
        return self._conditions[first]


Packs: TypeAlias = Mapping[str, Pack | ConfigError]
"""The packs of a config by name, or the error of one that cannot be read."""


def shipped() -> tuple[str, ...]:
    """Return the names of feedpub's own packs."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def ship(name: str) -> Pack:
    """Return one of feedpub's own packs; a process loads it once."""
    path = FOLDER / f"{name}.yaml"
    return Pack(name, path.read_bytes(), path.name, shipped=True)
