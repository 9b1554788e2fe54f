"""The text of a first config: what the user answered, what the files say, and comments that ask for the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feedpub.sources.proposal import Proposal

SITE = "https://example.org"
"""What stands for a site of the user's own where nobody knows it."""

_HEAD = """\
# yaml-language-server: $schema=feedpub.schema.json
# Editors check this file by that schema and complete its keys; make it with: feedpub schema > feedpub.schema.json
version: 1

site:
  title: {title}
  # Where the output folder will be served; readers ask for feeds there.
  base_url: {base_url}
  # A domain of yours, and a year in which you owned it: part of every id, for ever.
  id_authority: {id_authority}
  # language: en
  # author: The name of your newsroom, for articles that name nobody

sources:
"""
_TAIL = """
feeds:
  all:
    title: Everything
    description: Every article, whatever it is about

# A feed of a topic takes the articles that its rule finds; try one with: feedpub explain
# business:
#   title: Business
#   description: Companies, markets and trade
#   any: ["stock market", "oil prices", "interest rate*"]
#   none: ["oil painting"]

output:
  dir: {output}
"""
_ZONE = (
    "# Dates here name no zone; they are meant in this one. Correct it before the first build, as dates stay."
)
_LINK = "# The articles have no link, so readers can't open them. If they are on a site, say how it addresses them:"
_BASE = "# Some links lack their site, so they are left out; say which it is:"


@dataclass(frozen=True, slots=True)
class Answers:
    """What no file says. ``zone`` is the one of dates that name none."""

    title: str
    base_url: str
    id_authority: str
    zone: str


def first_config(
    answers: Answers, proposals: Sequence[Proposal], summaries: Sequence[str] = (), output: str = "feeds"
) -> str:
    """Return the config; the ``summaries`` say in a line what comes of each of the ``proposals``."""
    head = _HEAD.format(
        title=_text(answers.title),
        base_url=_text(answers.base_url),
        id_authority=_text(answers.id_authority),
    )
    sources = "".join(
        _source(proposal, answers, summaries[number] if summaries else "")
        for number, proposal in enumerate(proposals)
    )
    return head + sources + _TAIL.format(output=output)


def _source(proposal: Proposal, answers: Answers, summary: str) -> str:
    patterns = [_text(pattern) for pattern in proposal.patterns]
    path = patterns[0] if len(patterns) == 1 else f"[{', '.join(patterns)}]"
    lines = list(proposal.lines)
    if proposal.asks_zone:
        lines = [_ZONE, f"timezone: {answers.zone}", *lines]
    site = _site(answers.base_url)
    if proposal.link:
        lines += [_LINK, f"# link: {site}{proposal.link}"]
    if proposal.is_relative:
        lines += [_BASE, f"# link_base: {site}/"]
    comment = f"  # {summary}\n" if summary else ""
    return f"{comment}  - path: {path}\n" + "".join(f"    {line}\n" for line in lines)


def _site(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme == "https" else SITE


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
