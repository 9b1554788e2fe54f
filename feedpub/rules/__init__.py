"""The rule language and its matcher: which feeds take an article, and why."""

from feedpub.rules.keys import (
    CONDITION_KEYS,
    DEFINITIONS,
    GROUP_CONSTRAINTS,
    LISTS,
    MATCHING,
    MATCHING_KEYS,
    RULE_CONSTRAINTS,
    RULE_KEYS,
)
from feedpub.rules.ruleset import RuleSet, compile_rules

__all__ = [
    "CONDITION_KEYS",
    "DEFINITIONS",
    "GROUP_CONSTRAINTS",
    "LISTS",
    "MATCHING",
    "MATCHING_KEYS",
    "RULE_CONSTRAINTS",
    "RULE_KEYS",
    "RuleSet",
    "compile_rules",
]
