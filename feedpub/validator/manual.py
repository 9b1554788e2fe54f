"""The manual of the checks, from their docstrings: a page each, and all of them as ``docs/checks.md``.

python -m feedpub.validator.manual > docs/checks.md
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from typing import Final

from feedpub.validator.check_kinds import Check
from feedpub.validator.checks import CHECKS
from feedpub.validator.document import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS

# The same thing may be looked for in values, in HTML and in elements.
PAGES: Final[dict[str, Check]] = {check.code: check for check in reversed(CHECKS)}

# The groups of the page, and the modules whose checks are in them.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Any XML feed": ("wellformedness", "root", "structure", "links", "paging"),
    "Any format": ("feeds", "values", "addresses", "people", "texts", "markup"),
    "RSS": ("rss", "rss_advice"),
    "Atom": ("atom", "atom_text"),
    "JSON Feed": ("json_feed",),
    "Podcasts and Media RSS": ("podcasts", "media_rss"),
    "A feed that is validated by its address": ("delivery",),
    "What was asked for": ("requirements",),
}

# Where this validator differs from the W3C feed validator on purpose: what, theirs, ours, why.
DIFFERENCES: Final = (
    (
        "Language tags",
        "ISO 639 and a few countries",
        "RFC 5646, with ISO 639-1 for two letters",
        "RFC 4287 and XML name RFC 3066, which RFC 5646 replaced; `zh-Hant-HK` is well-formed.",
    ),
    (
        "Entity expansion, nesting deeper than 256, UTF-7",
        "read",
        "errors",
        "They are attacks on readers, not feeds.",
    ),
    (
        "Order of items and entries",
        "not looked at",
        "hints",
        "The specifications leave it open; readers that take the first few do not.",
    ),
    (
        "A document that is not well-formed",
        "further findings up to the mistake",
        "that one finding",
        "What follows from half a document is noise.",
    ),
    (
        "Markup in the description of RSS 0.91",
        "no warning",
        "warnings",
        "Readers treat every version's description as HTML.",
    ),
    (
        "Elements of Dublin Core that are repeated",
        "errors for some",
        "nothing",
        "The element set says that all are repeatable.",
    ),
    (
        "`itunes:block` and the like with another word than Yes and No; a person written as `Name (address)`",
        "errors",
        "warnings",
        "Apple ignores other words; the podcast namespace's own example has that form.",
    ),
    (
        "`itunes:duration` in another form than seconds or `h:mm:ss`",
        "error",
        "warning",
        "Apple says that it takes different formats.",
    ),
    (
        "`itunes:explicit` as `yes`, `no` or `clean`",
        "error",
        "warning",
        "Apple listed these words until about 2019 and still understands them.",
    ),
    (
        "`itunes:owner` without a name or an address",
        "error",
        "nothing",
        "Apple no longer asks for it.",
    ),
    (
        "A date of RSS with an hour of one digit; RSS 0.93 and 0.94",
        "errors",
        "a warning; nothing",
        "Readers take such dates; both versions were published.",
    ),
    (
        "A namespace that is nearly a known one, such as `https://www.w3.org/2005/Atom`",
        "nothing",
        "an error",
        "No specification forbids it, but readers ignore all that is in it.",
    ),
    (
        "The modules of RSS 1.0, OPML, KML, Google Base and FeedSync",
        "checked",
        "not checked",
        "Out of scope: their elements pass as foreign markup, RSS 1.0 is `unchecked-format`.",
    ),
)


def page(check: Check) -> str:
    """Return a check's page as text: code, level, what it means, an example of each kind, and what to do."""
    spec = check.spec or "the paragraph that defines the element"
    return f"{check.code} ({check.level})\n\n{check.manual}\n\nRemedy: {check.remedy}.\nSpecification: {spec}"


def rule(check: Check, spec: str) -> dict[str, object]:
    """Return what SARIF says of a check, with a title, which GitHub shows, and the paragraph ``spec`` as its page."""
    summary = _summary(check).replace("``", "`")
    return {
        "id": check.code,
        "shortDescription": {"text": summary.partition(". ")[0].partition(": ")[0].rstrip(".")},
        "fullDescription": {"text": summary},
        "help": {"text": page(check), "markdown": f"{check.manual}\n\nRemedy: {check.remedy}."},
        "helpUri": spec,
    }


def similar(code: str) -> str:
    """Return the known code nearest to ``code``, or an empty text."""
    return next(iter(difflib.get_close_matches(code, PAGES, n=1)), "")


def document() -> str:
    """Return ``docs/checks.md``."""
    lines = [
        "# The checks of `feedpub validate`",
        "",
        "This page is written by `python -m feedpub.validator.manual` from the docstrings of the checks.",
        "",
        f"A feed of up to {MAX_BYTES >> 20} MB, {MAX_ELEMENTS:,} elements and {MAX_DEPTH} levels is read; nothing is",
        "fetched. An *error* makes a feed invalid, a *warning* hurts some readers, a *hint* is advice.",
        "",
        "## Where it differs from the W3C feed validator on purpose",
        "",
        "| what | W3C | here | why |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in DIFFERENCES),
        "",
        "## All checks",
    ]
    for name in GROUPS:
        lines += ["", f"### {name}", "", "| code | level | what |", "|---|---|---|"]
        lines += [
            f"| [`{c.code}`](#{c.code}) | {c.level} | {_escaped(_summary(c))} |" for c in in_group(name)
        ]
    for name in GROUPS:
        lines += ["", f"## {name}"]
        for check in in_group(name):
            spec = f"[{check.spec}]({check.spec})" if check.spec else "the paragraph that defines the element"
            lines += ["", f"### {check.code}", "", f"*{check.level}* · {spec}", "", check.manual]
            lines += ["", f"Remedy: {check.remedy}."]
    return "\n".join(lines) + "\n"


def in_group(name: str) -> list[Check]:
    """Return the checks of a group, by their codes."""
    modules = GROUPS[name]
    found = [check for check in PAGES.values() if _module(check) in modules]
    return sorted(found, key=lambda check: check.code)


def _module(check: Check) -> str:
    find: Callable[..., object] = check.find  # type: ignore[attr-defined] # every kind of check has it
    return find.__module__.rpartition(".")[2]


def _summary(check: Check) -> str:
    first = check.manual.partition("\n\n")[0]
    return " ".join(first.split())


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.buffer.write(document().encode())
