"""The text of a first config: the user's answers, what the files say, and comments that ask for the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from feedpub.sources.proposal import Proposal

SITE = "https://example.org"
"""A placeholder for the user's own site, if it is unknown."""

_HEAD = """\
# yaml-language-server: $schema=feedpub.schema.json
# Editors use that schema to check this file and complete its keys; make it with: feedpub schema > feedpub.schema.json
version: 1

site:
  title: {title}
  # Where the output folder will be served; readers ask for feeds there.
  base_url: {base_url}
  # A domain of yours, and a year in which you owned it. It is part of every id, so never change it.
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

  # A feed on a topic takes the articles that its rule finds. Remove "# " from the next lines, then try: feedpub explain
  # business:
  #   title: Business
  #   description: Companies, markets and trade
  #   any: ["stock market", "oil prices", "interest rate*"]
  #   none: ["oil painting"]
{each}
output:
  dir: {output}
"""
_EACH = """
  # Feeds can also be made from the data: one for each value that has enough articles.
"""
_EACH_NAMES = {"category": "topic", "source": "from", "author": "by", "language": "in"}
_SHOWN_VALUES = 4
_ZONE = "# Dates here have no time zone, so they are read in this one. Correct it before the first build: dates stay."
_LINK = "# The articles have no link, so entries link to pages of ours. If they are on a site, write their addresses:"
_BASE = "# Some links are relative, so they are left out; write the site that they belong to:"


@dataclass(frozen=True, slots=True)
class Answers:
    """What no file says. ``zone`` is the time zone of dates without one."""

    title: str
    base_url: str
    id_authority: str
    zone: str


def first_config(
    answers: Answers,
    proposals: Sequence[Proposal],
    summaries: Sequence[str] = (),
    output: str = "feeds",
    values: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> str:
    """Return the config; the ``summaries`` say in one line what a build finds for each of the ``proposals``.

    ``values`` are values for which feeds could be made, by field, the most common first.
    """
    head = _HEAD.format(
        title=_text(answers.title),
        base_url=_text(answers.base_url),
        id_authority=_text(answers.id_authority),
    )
    sources = "".join(
        _source(proposal, answers, summaries[number] if summaries else "")
        for number, proposal in enumerate(proposals)
    )
    return head + sources + _TAIL.format(output=output, each=_each(values))


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


def _each(values: Mapping[str, Sequence[str]]) -> str:
    lines = []
    for field, name in _EACH_NAMES.items():
        if found := values.get(field):
            more = " …" if len(found) > _SHOWN_VALUES else ""
            said = " ".join(", ".join(found[:_SHOWN_VALUES]).split())
            lines.append(f"  # {name}: {{each: {field}}}  # {said}{more}\n")
    return _EACH + "".join(lines) if lines else ""


def _site(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme == "https" else SITE


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
