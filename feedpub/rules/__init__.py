"""The rule language and its matcher: which feeds take an article, and why."""

from feedpub.rules.language import MATCHING_KEYS, RULE_KEYS
from feedpub.rules.ruleset import RuleSet, compile_rules

__all__ = ["MATCHING_KEYS", "RULE_KEYS", "RuleSet", "compile_rules"]
