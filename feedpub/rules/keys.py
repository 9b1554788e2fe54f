"""The declarations of the keys of the rule language: their meaning and the JSON Schema of their values.

Conditions are read by :mod:`feedpub.rules.language`: the meaning of a term depends on the options and lists around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from feedpub.core.declaration import (
    FLAG,
    TEXT,
    Key,
    Kind,
    Schema,
    Value,
    integer,
    list_of,
    mapping_schema,
    one_of,
)
from feedpub.core.yaml_node import Node
from feedpub.rules.fields import FIELDS, WORD_FIELDS, Field
from feedpub.text.folding import LANGUAGES


def _left(schema: Schema) -> Kind[Node]:
    """Return a kind whose values stay nodes, to be read in their context."""
    return Value(lambda node: node, schema)


def _stemming(node: Node) -> str:
    return "" if node.value == "false" else node.choice(LANGUAGES)


def _fields(node: Node) -> tuple[Field, ...]:
    chosen = list_of(one_of(*WORD_FIELDS), single=True).read(node)
    if not chosen:
        raise node.error("no field is left to look at", "name some, such as title and body")
    return chosen


_CONDITIONS = _left({"$ref": "#/$defs/conditions"})
_FIELDS = Value(_fields, list_of(one_of(*WORD_FIELDS), single=True, least=1).schema)
_STEMMING = Value(
    _stemming, {"anyOf": [{"enum": [False, *LANGUAGES]}, {"type": "string", "pattern": "^false$"}]}
)
_FEEDS = list_of(TEXT, single=True)

ANY: Final = Key("any", _CONDITIONS, "terms: one of them, or `min_hits`, must be found")
ALL: Final = Key("all", _CONDITIONS, "terms that must all be found")
NONE: Final = Key("none", _CONDITIONS, "terms that must not be found; they win over everything")
MIN_HITS: Final = Key("min_hits", integer(1), "how many different terms of `any` must be found", default="1")
GROUP_KEYS: Final = (ANY, ALL, NONE, MIN_HITS)

RULE: Final = Key(
    "rule",
    TEXT,
    "a rule of a pack, such as `news-en/sports`: counts as one more item of `any`, and adds its vetoes",
)

IN_FIELDS: Final = Key("fields", _FIELDS, "as in `matching`", without="`matching.fields`")
ACCENTS: Final = Key("accents", FLAG, "as in `matching`", without="`matching.accents`")
STEMMING: Final = Key("stemming", _STEMMING, "as in `matching`", without="`matching.stemming`")
OPTION_KEYS: Final = (IN_FIELDS, ACCENTS, STEMMING)
"""Options of a feed or a group (or, except for ``fields``, a list) that override those around it."""

MATCHING_KEYS: Final = (
    Key(
        "none",
        _left({"anyOf": [_CONDITIONS.schema, {"type": "array", "maxItems": 0}]}),
        "a veto for all feeds",
    ),
    Key(
        "fields",
        _FIELDS,
        f"where to look for terms that do not name a field: any of {', '.join(f'`{name}`' for name in WORD_FIELDS)}",
        default="[title, body]",
    ),
    Key("accents", FLAG, "ignore accents; with `false`, `resume` and `résumé` are two words", default="true"),
    Key(
        "stemming",
        _STEMMING,
        "find inflections of plain words and phrases, in a [Snowball](https://snowballstem.org) language such as `en`;"
        " `false` switches it off",
        default="false",
    ),
)

FALLBACK: Final = Key("fallback", FLAG, "takes articles that no other feed takes", default="false")
INCLUDE: Final = Key("include", _FEEDS, "feeds whose articles it takes as well")
EXCLUDE: Final = Key("exclude", _FEEDS, "feeds whose articles it never takes")

_EXAMPLE: Schema = {
    **mapping_schema([Key(name, TEXT, f"the {name} of an article") for name in FIELDS]),
    "minProperties": 1,
}
_EXAMPLES = list_of(_left({"anyOf": [TEXT.schema, _EXAMPLE]}), single=True)
MATCH: Final = Key("match", _EXAMPLES, "headlines that the rule must take, or `{title: …, body: …}`")
NO_MATCH: Final = Key("no_match", _EXAMPLES, "headlines that the rule must not take")
EXAMPLES: Final = Key(
    "examples",
    _left(mapping_schema([MATCH, NO_MATCH])),
    "`match` and `no_match`: headlines that the rule must and must not take",
)

CONDITION_KEYS: Final = (RULE, *GROUP_KEYS, *OPTION_KEYS)
"""The keys of a feed that say what an article must have, and how to look for it."""

RULE_KEYS: Final = (*CONDITION_KEYS, FALLBACK, INCLUDE, EXCLUDE, EXAMPLES)
"""The keys of a feed that this package reads."""

DESCRIPTION: Final = Key("description", TEXT, "a line about it")
PACK_RULE_KEYS: Final = (DESCRIPTION, *GROUP_KEYS, *OPTION_KEYS, EXAMPLES)
"""The keys of a rule of a pack: those of a feed that do not name other feeds."""

GROUP_CONSTRAINTS: Final[Schema] = {"dependentRequired": {MIN_HITS.name: [ANY.name]}}
RULE_CONSTRAINTS: Final[Schema] = {
    **GROUP_CONSTRAINTS,
    "allOf": [
        {
            "if": {"properties": {FALLBACK.name: {"const": True}}, "required": [FALLBACK.name]},
            "then": {"not": {"anyOf": [{"required": [key.name]} for key in (RULE, ANY, ALL, INCLUDE)]}},
        }
    ],
}
"""What JSON Schema can say about keys of a rule that depend on each other."""

TERMS: Final = Key("terms", _CONDITIONS, "the terms of the list", required=True)
LIST_KEYS: Final = (TERMS, ACCENTS, STEMMING)
"""The keys of a named list that has options of its own."""

LIST: Final = "list"
"""The key of a condition that uses the terms of a named list."""

RULES: Final = Key("rules", _left({}), "the rules by name")
PACK_KEYS: Final = (DESCRIPTION, RULES, Key("lists", _left({}), "the lists by name"))
"""The keys of a pack."""

MATCHING: Final = _left(mapping_schema(MATCHING_KEYS))
LISTS: Final = _left(
    {
        "type": "object",
        "additionalProperties": {"anyOf": [_CONDITIONS.schema, mapping_schema(LIST_KEYS)]},
    }
)

_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_BY_ITSELF: Schema = {
    "type": "object",
    "properties": {
        **{
            name: {
                "anyOf": [_CONDITION, _CONDITIONS.schema],
                "description": f"a condition on the {name} alone",
            }
            for name in FIELDS
        },
        LIST: {
            **TEXT.schema,
            "description": "the name of a list of terms under `lists:`, or in a pack: `news-en/markets`",
        },
    },
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
_GROUP: Schema = mapping_schema(
    (*GROUP_KEYS, *OPTION_KEYS),
    {**GROUP_CONSTRAINTS, "anyOf": [{"required": [key.name]} for key in GROUP_KEYS]},
)
DEFINITIONS: Final[Mapping[str, Schema]] = {
    "condition": {"anyOf": [TEXT.schema, _BY_ITSELF, _GROUP]},
    "conditions": {"anyOf": [TEXT.schema, {"type": "array", "items": _CONDITION, "minItems": 1}]},
}
"""The shared schemas, by their names under ``$defs``."""
