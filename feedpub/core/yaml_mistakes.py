"""What a person did wrong where text is not YAML: the parser only names the token that it did not expect."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

import yaml

_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7})(?:\s|\Z)")
_CLOSING = {"[": "]", "{": "}"}
# A line that begins with a key of one word, which is unlikely to be the text of the line above.
_KEY = re.compile(r"\s*(?:- +)*[\w-]+\s*\Z")

_NO_LEVEL = (
    "the indentation of this line fits no line above",
    "begin it in the same column as the lines that it belongs with",
)
# What it means that a token is found where a block should end.
_MISPLACED = {
    "'<block mapping start>'": _NO_LEVEL,
    "'<block sequence start>'": _NO_LEVEL,
    "'-'": ("a line with - is among keys", "indent it under the key that it belongs to"),
    "'?'": ("a key is among lines with -", "indent it like the keys that it belongs with"),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, where (``line`` and ``column`` from 1), and what would be right."""

    line: int
    column: int
    problem: str
    remedy: str


def mistake(text: str, error: yaml.MarkedYAMLError) -> Mistake | None:
    """Return what is probably wrong with ``text``, for which the parser raised ``error``; ``None`` if unknown."""
    lines = text.splitlines()
    if (line := next((n for n, line in enumerate(lines) if _CONFLICT.match(line)), None)) is not None:
        return Mistake(
            line + 1,
            1,
            "a merge conflict is not resolved",
            "keep what is right, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>",
        )
    at = error.problem_mark
    if at is None:
        return None
    return _quotes(text, error, at) or _brackets(text, error, at) or _lines(lines, error, at)


def _quotes(text: str, error: yaml.MarkedYAMLError, at: yaml.Mark) -> Mistake | None:
    opened = error.context_mark
    if opened and "quoted scalar" in f"{error.context}" and "unexpected" in f"{error.problem}":
        return _at(
            opened,
            "the quote that opens here is not closed",
            f"write {text[opened.index]} where the text ends",
        )
    quoted = _quoted_before(text, at)
    if quoted is None:
        return None
    start, end = quoted.start_mark, quoted.end_mark
    if start.line < end.line:
        return _at(
            start,
            f"the quote that opens here is closed only in line {end.line + 1}, before other text",
            f"write {quoted.style} where the text ends",
        )
    if "<scalar>" not in f"{error.problem}" or text[at.index] in "'\"":
        return None
    inner = "two single quotes for each '" if quoted.style == "'" else r"\" for each quote"
    return _at(at, "text follows the closing quote", f"put the whole text in quotes, and write {inner} in it")


def _quoted_before(text: str, at: yaml.Mark) -> yaml.ScalarToken | None:
    """Return the text in quotes that ends directly before a place."""
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if token.start_mark.index >= at.index:
                break
            between = text[token.end_mark.index : at.index]
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"') and not between.strip(" \t"):
                return token
    return None


def _brackets(text: str, error: yaml.MarkedYAMLError, at: yaml.Mark) -> Mistake | None:
    if not f"{error.context}".startswith("while parsing a flow"):
        return None
    is_end = "<stream end>" in f"{error.problem}"
    opened = _innermost(text, at) if is_end else error.context_mark
    sign = text[opened.index] if opened and opened.index < len(text) else ""
    if opened is None or sign not in _CLOSING:
        return None
    # Before a key in a later line, a bracket is missing; within braces, it may be a comma only.
    if is_end or (sign == "[" and at.line > opened.line and f"{error.problem}".endswith("got ':'")):
        return _at(opened, f"the {sign} that opens here is not closed", f"write {_CLOSING[sign]} at its end")
    closing = f"the {_CLOSING[sign]} that closes line {opened.line + 1}"
    return _at(at, f"a comma is missing here, or {closing}", "write it before this")


def _innermost(text: str, at: yaml.Mark) -> yaml.Mark | None:
    """Return the place of the innermost bracket that is open at a place."""
    opened: list[yaml.Mark] = []
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if token.start_mark.index > at.index:
                break
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                opened.append(token.start_mark)
            elif opened and isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
                opened.pop()
    return opened[-1] if opened else None


def _lines(lines: list[str], error: yaml.MarkedYAMLError, at: yaml.Mark) -> Mistake | None:
    """Return a mistake in the layout of lines: indentation, colons and dashes."""
    problem = f"{error.problem}"
    if "could not find expected ':'" in problem and error.context_mark:
        return _no_colon(error.context_mark.line, error.context_mark.column)
    if "mapping values are not allowed" in problem:
        return _continued(lines, at)
    expected, _, token = problem.partition(", but found ")
    known = expected in {"expected <block end>", "expected '<document start>'"} and _MISPLACED.get(token)
    return _at(at, *known) if known else None


def _continued(lines: list[str], at: yaml.Mark) -> Mistake | None:
    """Return the mistake if YAML takes a key for more of the text above."""
    line = lines[at.line]
    above = next((n for n in range(at.line - 1, -1, -1) if lines[n].strip()), None)
    if above is None or not _KEY.match(line[: at.column]):
        return None
    here, before = (len(text) - len(text.lstrip(" -")) for text in (line, lines[above]))
    if here <= before:
        return _no_colon(above, before)
    return Mistake(
        at.line + 1,
        here + 1,
        "the line is indented too far, so that YAML takes it for more of the text above",
        "indent it like the keys that it belongs with",
    )


def _no_colon(line: int, column: int) -> Mistake:
    return Mistake(
        line + 1,
        column + 1,
        "the line has no colon with a space after it",
        "write key: value, or - value in a list",
    )


def _at(mark: yaml.Mark, problem: str, remedy: str) -> Mistake:
    return Mistake(mark.line + 1, mark.column + 1, problem, remedy)
