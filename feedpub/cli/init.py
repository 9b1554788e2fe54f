"""``feedpub init``: look at a folder of articles and write a first config that explains itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from feedpub.cli.console import DEFAULT_CONFIG, FAILED, count, print_error, print_text
from feedpub.core.errors import printable
from feedpub.sources.proposal import Proposal, propose

_HEAD = """\
# yaml-language-server: $schema=feedpub.schema.json
# Editors check this file by that schema and complete its keys; make it with: feedpub schema > feedpub.schema.json
version: 1

site:
  title: My feeds
  base_url: http://localhost:8000/      # where the output folder will be served; change it before you publish
  id_authority: "example.org,{year}"      # a domain of yours and a year you owned it in; part of every id, for ever
  author: {{name: Newsroom}}
  language: en

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
  dir: feeds
"""


def init(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the articles.", metavar="FOLDER")],
    config: Annotated[
        Path, typer.Option("--config", "-c", help="Where to write.", metavar="FILE")
    ] = DEFAULT_CONFIG,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a config that is there.")] = False,
) -> None:
    """Look at a folder of files, say what can be read, and write a first config with comments.

    Example: feedpub init articles
    """
    if config.exists() and not force:
        print_error(
            f"{config} is there already; replace it with --force, or write another with --config FILE"
        )
        raise typer.Exit(FAILED)
    if not folder.is_dir():
        print_error(f"{folder} is not a folder")
        raise typer.Exit(FAILED)
    found = propose(folder, config.parent)
    proposals = [proposal for proposal in found if proposal.lines]
    for proposal in found:
        if not proposal.lines:
            print_error(
                f"passed over {printable(proposal.path)} (files {proposal.files:,}): {proposal.problem}"
            )
    if not proposals:
        print_error(f"no article was found in {folder}; docs/sources.md says what can be read")
        raise typer.Exit(FAILED)
    text = _HEAD.format(year=datetime.now(UTC).year) + "".join(map(_source, proposals)) + _TAIL
    try:
        config.write_text(text, encoding="utf-8")
    except OSError as error:
        print_error(f"{config} cannot be written: {error.strerror}")
        raise typer.Exit(FAILED) from None
    for proposal in proposals:
        print_text(_summary(proposal))
    print_text(f"Wrote {config}. Read its comments, then run: feedpub check && feedpub build")


def _source(proposal: Proposal) -> str:
    first, *others = proposal.lines
    return f"  # {_summary(proposal)}\n  - {first}\n" + "".join(f"    {line}\n" for line in others)


def _summary(proposal: Proposal) -> str:
    formats = ", ".join(sorted({found.format for found in proposal.surveyed}))
    rejects = sum(found.rejects for found in proposal.surveyed)
    read = len(proposal.surveyed)
    sample = "" if read == proposal.files else f", of which {read} were read"
    given = f"{count(proposal.articles, 'article')}, {count(rejects, 'reject')}"
    return f"{proposal.path}: {count(proposal.files, 'file')} ({formats}){sample}: {given}"
