"""The manual of the checks, made from their docstrings: one page for each, and all of them in ``docs/checks.md``.

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

# Several checks may share a code, for values, HTML and elements. The first has the page.
PAGES: Final[dict[str, Check]] = {check.code: check for check in reversed(CHECKS)}

# The headings of docs/checks.md, and the modules whose checks are below them.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Any XML feed": ("wellformedness", "root", "structure", "links", "paging"),
    "Any format": ("feeds", "values", "addresses", "people", "texts", "markup"),
    "RSS": ("rss", "rss_advice"),
    "Atom": ("atom", "atom_text"),
    "JSON Feed": ("json_feed",),
    "Podcasts and Media RSS": ("podcasts", "media_rss"),
    "Feeds validated at their address": ("delivery",),
    "Your own requirements": ("requirements",),
}

_IN_FINDINGS: Final = "each finding names its paragraph"

# Where feedpub differs from the W3C feed validator on purpose: the case, what each does, and why feedpub does so.
DIFFERENCES: Final = (
    (
        "Language tags",
        "languages of ISO 639 and a few countries",
        "RFC 5646; codes of two letters must be in ISO 639-1",
        "Atom and XML refer to RFC 3066, which RFC 5646 replaced. `zh-Hant-HK` is well-formed.",
    ),
    (
        "Entity expansion, nesting deeper than 256 levels, UTF-7",
        "accepted",
        "errors",
        "They are attacks on readers, not feeds.",
    ),
    (
        "Items or entries that are not newest first",
        "nothing",
        "hints",
        "No specification requires an order, but some readers only show the first few.",
    ),
    (
        "A document that is not well-formed",
        "also findings before the mistake",
        "only that finding",
        "Findings about half a document are noise.",
    ),
    (
        "Markup in the description of RSS 0.91",
        "nothing",
        "warnings",
        "Readers treat descriptions as HTML in every version.",
    ),
    (
        "Repeated Dublin Core elements",
        "errors for some",
        "nothing",
        "The specification says that all of them are repeatable.",
    ),
    (
        "Tags such as `itunes:block` with a word other than Yes or No",
        "errors",
        "warnings",
        "Apple ignores other words.",
    ),
    (
        "A person in RSS in the form `Name (address)`",
        "error",
        "warning",
        "The podcast namespace's own example has this form.",
    ),
    (
        "`itunes:duration` in a form other than seconds or `h:mm:ss`",
        "error",
        "warning",
        "Apple says that it accepts different formats.",
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
        "Apple no longer requires them.",
    ),
    (
        "RSS dates with an hour of one digit",
        "error",
        "warning",
        "Readers accept such dates.",
    ),
    (
        "RSS 0.93 and 0.94",
        "errors",
        "nothing",
        "Both versions were published.",
    ),
    (
        "A namespace that is nearly a known one, such as `https://www.w3.org/2005/Atom`",
        "nothing",
        "error",
        "No specification forbids it, but readers ignore everything in it.",
    ),
    (
        "RSS 1.0 and its modules, OPML, KML, Google Base and FeedSync",
        "checked",
        "not checked",
        "Out of scope. RSS 1.0 is reported as `unchecked-format`; elements of the others may be in any feed.",
    ),
)


def page(check: Check) -> str:
    """Return a check's page as text: code, level, what is wrong, a wrong and a right example, and the remedy."""
    spec = check.spec or _IN_FINDINGS
    return f"{check.code} ({check.level})\n\n{check.manual}\n\nRemedy: {check.remedy}.\nSpecification: {spec}"


def rule(check: Check, spec: str) -> dict[str, object]:
    """Return a check as a rule of SARIF: its title, which GitHub shows, its page, and ``spec`` as its link."""
    summary = _summary(check).replace("``", "`")
    return {
        "id": check.code,
        "shortDescription": {"text": summary.partition(". ")[0].partition(": ")[0].rstrip(".")},
        "fullDescription": {"text": summary},
        "help": {"text": page(check), "markdown": f"{check.manual}\n\nRemedy: {_escaped(check.remedy)}."},
        "helpUri": spec,
    }


def similar(code: str) -> str:
    """Return the code that is most similar to ``code``, or an empty text."""
    return next(iter(difflib.get_close_matches(code, PAGES, n=1)), "")


def document() -> str:
    """Return ``docs/checks.md``."""
    lines = [
        "# The checks of `feedpub validate`",
        "",
        "An *error* makes a feed invalid, a *warning* is about something that some readers cannot handle, and a",
        "*hint* is advice. `feedpub validate --explain CODE` prints the page of one check.",
        "",
        f"A feed may have up to {MAX_BYTES >> 20} MB, {MAX_ELEMENTS:,} elements and {MAX_DEPTH} levels of nesting.",
        "Files that it refers to are never fetched.",
        "",
        "`python -m feedpub.validator.manual` generates this page from the docstrings of the checks.",
        "",
        "## Where feedpub differs from the W3C feed validator on purpose",
        "",
        "| case | W3C | feedpub | why |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in DIFFERENCES),
        "",
        "## All checks",
    ]
    for name in GROUPS:
        lines += ["", f"### {name}", "", "| code | level | what |", "|---|---|---|"]
        lines += [f"| [`{c.code}`](#{c.code}) | {c.level} | {_summary(c)} |" for c in in_group(name)]
    for name in GROUPS:
        lines += ["", f"## {name}"]
        for check in in_group(name):
            spec = f"[specification]({check.spec})" if check.spec else _IN_FINDINGS
            lines += ["", f"### {check.code}", "", f"*{check.level}* · {spec}", "", check.manual]
            lines += ["", f"Remedy: {_escaped(check.remedy)}."]
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
    """Return plain text as Markdown, in which ``&`` and ``<`` would begin entities and tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.buffer.write(document().encode())
