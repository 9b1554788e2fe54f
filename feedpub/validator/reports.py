"""Findings as text, JSON, SARIF and GitHub annotations. The functions return strings; the command line prints them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from feedpub.validator._source_text import LINE_END, decode
from feedpub.validator.delivery import is_web
from feedpub.validator.finding import Finding, Level

_TITLES: Final = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed", "unknown": "unknown format"}
_SARIF_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.HINT: "note"}
_GITHUB_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.HINT: "notice"}
_WIDTH: Final = 100
# What differs between messages of the same kind: values of the feed, and numbers.
_VALUE: Final = re.compile(r"'.*'|[0-9]+")
_GRAVITY: Final = tuple(Level)
# The number of findings of one code that are shown for a file.
_PLACES: Final = 3
# The number of annotations of each level that GitHub shows for a step. It drops the others silently.
_ANNOTATIONS: Final = 10


@dataclass(frozen=True, slots=True)
class Validated:
    """One feed that was validated: its name for the user, its bytes, its format, and the findings to report.

    ``unchecked`` says what it is if it could not be checked. Then ``valid`` is None, as nobody knows.
    """

    file: str
    data: bytes
    format: str
    valid: bool | None
    findings: tuple[Finding, ...]
    unchecked: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one code in a feed: those to show, in the order of their places, and the others.

    Each kind of message is shown once before any is shown twice, because two missing elements have two causes.
    """

    shown: list[Finding]
    others: list[Finding]

    @property
    def level(self) -> Level:
        return self.shown[0].level

    def more(self) -> str:
        """Return how many others there are, and where; empty if there are none."""
        if not self.others:
            return ""
        lines = list(dict.fromkeys(finding.line for finding in self.others))
        if lines == [self.shown[-1].line]:
            return f"{len(self.others):,} more in this line"
        named = ", ".join(map(str, lines[:_PLACES])) + (" …" if len(lines) > _PLACES else "")
        return f"{len(self.others):,} more, in {'lines' if len(lines) > 1 else 'line'} {named}"


def _grouped(findings: Iterable[Finding], *, rounds: int) -> list[_Group]:
    """Return the findings grouped by code: the gravest level first, then in the order of their first places.

    ``rounds`` is how many messages of one kind may be shown.
    """
    groups: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        groups.setdefault(finding.code, {}).setdefault(_VALUE.sub("", finding.message), []).append(finding)
    made = []
    for kinds in groups.values():
        every = [finding for kind in kinds.values() for finding in kind]
        in_turn = [
            finding for turn in range(rounds) for kind in kinds.values() for finding in kind[turn : turn + 1]
        ]
        chosen = set(map(id, in_turn[:_PLACES]))
        every.sort(key=lambda finding: (finding.line, finding.column))
        made.append(
            _Group(
                [finding for finding in every if id(finding) in chosen],
                [finding for finding in every if id(finding) not in chosen],
            )
        )
    return sorted(made, key=lambda group: _GRAVITY.index(group.level))


def text(feed: Validated) -> str:
    """Return a feed's findings as lines of text: each finding with its line of the feed, and a caret under the place.

    Of each code, only the first few findings are shown, and how many more there are. A remedy follows the first finding
    that it is for.
    """
    verdict = f"{_TITLES[feed.format]}, {'valid' if feed.valid else 'not valid'}"
    if feed.valid is None:
        verdict = f"not checked, {feed.unchecked}"
    lines = [f"{_printable(feed.file)}: {verdict}{_counted(feed.findings)}"]
    source = _Source(feed.data) if feed.findings else None
    for group in _grouped(feed.findings, rounds=_PLACES):
        remedies = {finding.remedy: finding for finding in reversed(group.shown)}
        for finding in group.shown:
            lines.append(f"  {_headline(finding)}")
            if source is not None and not _is_binary(source.line(finding.line)):
                lines += _pointed(source.line(finding.line), finding.column)
            if finding is remedies[finding.remedy]:
                lines.append(f"      {finding.remedy} ({finding.spec})")
        if group.others:
            lines.append(f"      and {group.more()}")
    return "\n".join(lines)


def _headline(finding: Finding) -> str:
    return f"{finding.line}:{finding.column} {finding.level} {finding.code}: {_printable(finding.message)}"


def _counted(findings: Iterable[Finding]) -> str:
    levels = [finding.level for finding in findings]
    counts = [(levels.count(level), level) for level in Level]
    words = ", ".join(f"{count} {level}" + ("s" if count > 1 else "") for count, level in counts if count)
    return f" ({words})" if words else ""


class _Source:
    """The lines of a feed. The last line that was used is kept, because many feeds are one long line."""

    def __init__(self, data: bytes) -> None:
        self._lines = LINE_END.split(decode(data).data)
        self._last = (0, "")

    def line(self, number: int) -> str:
        """Return a line by its number, from 1; empty after the end."""
        if self._last[0] != number:
            raw = self._lines[number - 1] if 0 < number <= len(self._lines) else b""
            self._last = (number, raw.decode("utf-8", "replace").replace("\t", " "))
        return self._last[1]


def _pointed(line: str, column: int) -> list[str]:
    start = max(0, column - 1 - _WIDTH // 2) if column > _WIDTH else 0
    return [
        f"      | {_printable(line[start : start + _WIDTH])}",
        f"      | {' ' * (column - 1 - start)}^",
    ]


def _is_binary(line: str) -> bool:
    """Tell whether a line is not text, so that it helps nobody to show it."""
    shown = line[:_WIDTH]
    return 4 * sum(not char.isprintable() or char == "\N{REPLACEMENT CHARACTER}" for char in shown) > len(
        shown
    )


def _printable(line: str) -> str:
    """Return a line without characters that would end it or move the cursor of a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)


def json_line(feed: Validated) -> str:
    """Return a feed and its findings as a JSON object on one line."""
    content = {
        "file": feed.file,
        "format": feed.format,
        "valid": feed.valid,
        "findings": [
            {
                "code": finding.code,
                "level": str(finding.level),
                "message": finding.message,
                "line": finding.line,
                "column": finding.column,
                "spec": finding.spec,
                "remedy": finding.remedy,
            }
            for finding in feed.findings
        ],
    }
    return json.dumps(content, ensure_ascii=False)


def github(feeds: Iterable[Validated]) -> str:
    """Return workflow commands, which GitHub Actions turns into annotations; empty if there are no findings.

    There is one annotation for each kind of message in a file, but for each level no more than GitHub shows: first one
    of each code in each file, then the next. The rest are plain lines of the log.
    """
    ranked = []
    for feed in feeds:
        for rank, group in enumerate(_grouped(feed.findings, rounds=1)):
            for turn, finding in enumerate(group.shown):
                more = f"; {group.more()}" if group.others and finding is group.shown[-1] else ""
                ranked.append(((_GRAVITY.index(group.level), turn, rank), feed.file, finding, more))
    ranked.sort(key=lambda one: one[0])
    left = dict.fromkeys(Level, _ANNOTATIONS)
    lines = []
    for _, file, finding, more in ranked:
        left[finding.level] -= 1
        if left[finding.level] < 0:
            lines.append(f"{_printable(file)}:{_headline(finding)}{more}")
            continue
        lines.append(
            f"::{_GITHUB_LEVELS[finding.level]} file={_property(file)},line={finding.line},col={finding.column},"
            f"title={_property(finding.code)}::{_escaped(f'{finding.message}; {finding.remedy}{more}')}"
        )
    return "\n".join(lines)


def _escaped(value: str) -> str:
    return _printable(value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(value: str) -> str:
    return _escaped(value).replace(":", "%3A").replace(",", "%2C")


def sarif(feeds: Iterable[Validated], version: str) -> str:
    """Return one SARIF 2.1.0 log for all feeds, for code scanning; ``version`` is that of feedpub."""
    from feedpub.validator.manual import PAGES, rule  # noqa: PLC0415 - loads the checks

    specs: dict[str, str] = {}
    results = []
    for feed in feeds:
        for finding in feed.findings:
            specs.setdefault(finding.code, finding.spec)
            region = {"startLine": max(finding.line, 1), "startColumn": max(finding.column, 1)}
            place = {"artifactLocation": {"uri": _uri(feed.file)}, "region": region}
            results.append(
                {
                    "ruleId": finding.code,
                    "level": _SARIF_LEVELS[finding.level],
                    "message": {"text": f"{finding.message}; {finding.remedy}"},
                    "locations": [{"physicalLocation": place}],
                }
            )
    driver = {
        "name": "feedpub",
        "version": version,
        "rules": [
            rule(PAGES[code], spec) | {"defaultConfiguration": {"level": _SARIF_LEVELS[PAGES[code].level]}}
            for code, spec in sorted(specs.items())
        ],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _uri(file: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - only this format needs it

    if is_web(file):
        return quote(file, safe="/-._~:?#[]@!$&'()*+,;=%")
    # File names are bytes, which may not be UTF-8.
    path = quote(file.replace("\\", "/"), safe="/-._~", errors="surrogateescape")
    if PurePath(file).is_absolute():
        # A drive letter is the first part of the path.
        return f"file://{path}" if path.startswith("/") else f"file:///{path.replace('%3A', ':', 1)}"
    return path
