"""Lists of feeds in OPML 2.0, as feed readers export them → the feeds to read, with their names and categories."""

from __future__ import annotations

import glob
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from feedpub.articles.ids import feed_key
from feedpub.core.errors import printable
from feedpub.core.feed_values import web_address
from feedpub.sources.http_cache import is_web

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_MOST = 60


class SubscriptionsError(Exception):
    """A file is not a list of feeds; ``line`` is 1-based, and ``remedy`` says what would be right."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.line = line
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed in a list: its address (or a file pattern relative to the list), its name, and its line."""

    pattern: str
    name: str
    categories: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The feeds of a list, each once and in order, and sentences about unreadable entries, with their lines."""

    feeds: tuple[Subscription, ...]
    passed_over: tuple[tuple[int, str], ...]


def is_list(pattern: str) -> bool:
    """Say whether a source's pattern names a list of feeds."""
    return pattern.lower().endswith(".opml") and "://" not in pattern


def read_subscriptions(data: bytes) -> Subscriptions:
    """Return what a list of feeds says. Raises :class:`SubscriptionsError`."""
    feeds: dict[str, Subscription] = {}
    passed_over: list[tuple[int, str]] = []
    for line, address, name, categories in _outlines(_root(data)):
        shown = printable(name or address or "one without a name")[:_MOST]
        if not address:
            passed_over.append((line, f"the entry {shown!r} has no xmlUrl and was passed over"))
            continue
        pattern, problem = _pattern(address)
        if problem:
            passed_over.append((line, f"the entry {shown!r} {problem} and was passed over"))
            continue
        key = feed_key(pattern)
        first = feeds.setdefault(key, Subscription(pattern, name, categories, line))
        joined = tuple(dict.fromkeys((*first.categories, *categories)))
        feeds[key] = replace(first, name=first.name or name, categories=joined)
    return Subscriptions(tuple(feeds.values()), tuple(passed_over))


def _root(data: bytes) -> Any:
    # Slow to import, and only needed for such lists.
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        said = re.sub(r", line \d+, column \d+.*", "", str(error.msg or "it is empty"))
        remedy = "write & as &amp;" if "EntityRef" in said else "export the list again, or fix what is there"
        raise SubscriptionsError(
            int(error.lineno or 1), f"the list of feeds is not XML: {said}", remedy
        ) from None
    if not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise SubscriptionsError(
            int(str(root.sourceline or 1)),
            f"the file is not OPML: it begins with <{root.tag}>",
            "export the list as OPML",
        )
    return root


def _outlines(root: Any) -> Iterator[tuple[int, str, str, tuple[str, ...]]]:
    """Yield the outlines that are feeds, or should be: line, address, name, categories."""
    waiting = [(each, "") for each in reversed(root.findall("body/outline"))]
    while waiting:
        outline, above = waiting.pop()
        said = {str(name).lower(): " ".join(str(value).split()) for name, value in outline.attrib.items()}
        if said.get("iscomment", "").lower() == "true":
            continue
        name = said.get("title") or said.get("text", "")
        inner = outline.findall("outline")
        waiting += [(each, name or above) for each in reversed(inner)]
        address = said.get("xmlurl", "")
        if address or not inner:
            own = [part.strip().strip("/") for part in said.get("category", "").split(",")]
            categories = tuple(dict.fromkeys(filter(None, own))) or ((above,) if above else ())
            yield outline.sourceline or 1, address, name, categories


def _pattern(address: str) -> tuple[str, str]:
    """Return the pattern of a source for the feed at ``address``, or why there is none, as a clause."""
    # The scheme by which browsers pass an address to a reader.
    address = re.sub(r"\A(?:feed:(?=https?:)|feed:(?=//))", "", address, flags=re.IGNORECASE)
    address = f"http:{address}" if address.startswith("//") else address
    if scheme := _SCHEME.match(address):
        address = f"{scheme[1].lower()}{address[scheme.end(1) :]}"
        if not is_web(address) or not web_address(address):
            return "", f"has an address that is not on the web ({scheme[1].lower()}:)"
        if "@" in re.split(r"[/?#]", address.partition("://")[2])[0]:
            return "", "has an address with a name or a password"
        return address, ""
    path = posixpath.normpath(unquote(address))
    if path.startswith(("/", "../")) or path in {".", ".."} or re.search(r"[\x00-\x1f\x7f-\x9f\\]", path):
        return "", "names a file outside the folder of the list"
    return glob.escape(path), ""
