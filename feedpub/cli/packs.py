"""``feedpub packs``: which ready-made rules there are, and what they contain."""

from __future__ import annotations

from typing import Annotated

import typer

from feedpub.cli.console import DEFAULT_CONFIG, ConfigOption, Misused, count, print_text
from feedpub.config import load_packs
from feedpub.core.yaml_node import did_you_mean
from feedpub.rules.pack import Pack, ship, shipped
from feedpub.rules.pack_text import shown


def packs(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="show NAME",
            help="Print a pack (news-en), or one of its rules or lists with everything it uses (news-en/sports).",
        ),
    ] = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """List the built-in packs and those of a config, with their rules, or print one.

    Example: feedpub packs show news-en/sports
    """
    found = {name: ship(name) for name in shipped()}
    if config != DEFAULT_CONFIG or config.exists():
        found |= load_packs(config)
    if not words:
        for pack in found.values():
            _list(pack)
    elif len(words) == 2 and words[0] == "show":
        _show(words[1], found)
    else:
        raise Misused("write feedpub packs, or feedpub packs show and one name, such as news-en/sports")


def _list(pack: Pack) -> None:
    print_text("  ".join(filter(None, (pack.name, "" if pack.shipped else pack.file, pack.description))))
    names = {f"{pack.name}/{rule}": pack.about(rule) for rule in pack.rules}
    width = max(map(len, names), default=0)
    for name, about in names.items():
        print_text(f"  {name:{width}}  {about}".rstrip())
    if pack.lists:
        print_text(f"  {count(len(pack.lists), 'list')}: feedpub packs show {pack.name}")


def _show(named: str, found: dict[str, Pack]) -> None:
    of_pack, slash, name = named.partition("/")
    known = [*found]
    if of_pack in found:
        pack = found[of_pack]
        text = shown(pack, name) if slash else pack.data.decode("utf-8-sig")
        if text is not None:
            print_text(text.rstrip("\n"))
            return
        known = [f"{of_pack}/{each}" for each in (*pack.rules, *pack.lists)]
    remedy = did_you_mean(named, known) or "feedpub packs lists all"
    raise Misused(f"there is no {named}; {remedy}")
