"""YAML → ``Settings``. Every error names file, line, key path, what is wrong and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from feedpub.article import Author
from feedpub.config.settings import FeedSettings, Guards, Output, Settings, Site
from feedpub.errors import ConfigError, Where
from feedpub.located import Node, read_yaml
from feedpub.rules import RULE_KEYS, compile_rules
from feedpub.sources import parse_source

VERSION = 1
FORMATS = ("rss", "atom", "json")
DEFAULT_FORMATS = ("rss", "atom")
MAX_ITEMS = 50

TOP_KEYS = ("version", "site", "sources", "matching", "lists", "feeds", "output", "guards")
SITE_KEYS = ("title", "base_url", "link", "id_authority", "author", "language", "rights")
FEED_KEYS = ("title", "description", "link", "author", "language", "rights", "max_items")
OUTPUT_KEYS = ("dir", "state", "formats", "max_items")
GUARD_KEYS = ("max_rejects", "max_vanished", "future")
MAX_VANISHED = 0.5

# RFC 4151 §2.1: a domain name or an e-mail address, and a date from which on it was the tagging entity's.
_AUTHORITY = re.compile(
    r"(?:[A-Za-z0-9._%+-]+@)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
    r",[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
)
# RFC 5646 §2.1 in outline: what may be registered is not checked here.
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8})(?:-[A-Za-z0-9]{1,8})*")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
# Names that Windows keeps for devices, and those of the site's own files.
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "index", "manifest", "subscriptions"]
    + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)


def load_config(path: Path) -> Settings:
    """Read and compile the config at ``path``; :class:`ConfigError` says what is wrong with it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(Where(str(path), 1, 1), "there is no such file", "name one with --config") from None
    except OSError as error:
        raise ConfigError(Where(str(path), 1, 1), f"it cannot be read: {error.strerror}") from error
    return parse_config(data, path)


def parse_config(data: bytes, path: Path) -> Settings:
    """Compile a config that was read from ``path``, to whose folder its own paths are relative."""
    root = read_yaml(data, str(path))
    if root.kind == "nothing":
        raise root.error("the config is empty", "begin with version: 1, site:, sources: and feeds:")
    top = root.fields(TOP_KEYS, required=("version", "site", "sources", "feeds"))
    if top["version"].value != str(VERSION):
        raise top["version"].error(
            f"version {top['version'].value!s} is not known here", f"write version: {VERSION}"
        )
    base = path.parent
    site = _site(top["site"])
    feeds = top["feeds"].mapping()
    if not feeds:
        raise top["feeds"].error("there are no feeds", "add at least one feed")
    output, max_items = _output(top.get("output"), base)
    sources = top["sources"].items()
    if not sources:
        raise top["sources"].error("there are no sources", "add at least one - path: …")
    return Settings(
        file=path,
        base=base,
        site=site,
        sources=tuple(parse_source(node, base) for node in sources),
        feeds=tuple(_feed(slug, node, site, max_items) for slug, node in feeds.items()),
        rules=compile_rules(feeds, top.get("lists"), top.get("matching")),
        output=output,
        guards=_guards(top.get("guards")),
    )


def _site(node: Node) -> Site:
    fields = node.fields(SITE_KEYS, required=("title", "base_url", "id_authority"))
    authority = fields["id_authority"].text()
    if not _AUTHORITY.fullmatch(authority):
        raise fields["id_authority"].error(
            f"{authority!r} is no tagging entity (RFC 4151)",
            'write a domain you own and a year in which you owned it, as in "example.org,2023"',
        )
    base_url = _url(fields["base_url"])
    if urlsplit(base_url).query or urlsplit(base_url).fragment:
        raise fields["base_url"].error("a base URL has no ? and no #")
    base_url = base_url if base_url.endswith("/") else base_url + "/"
    title = _line(fields["title"])
    return Site(
        title=title,
        base_url=base_url,
        link=_url(fields["link"]) if "link" in fields else base_url,
        id_authority=authority,
        author=_author(fields["author"]) if "author" in fields else Author(title),
        language=_language(fields["language"]) if "language" in fields else None,
        rights=_line(fields["rights"]) if "rights" in fields else None,
    )


def _feed(slug: str, node: Node, site: Site, max_items: int) -> FeedSettings:
    _check_slug(slug, node)
    fields = node.fields((*FEED_KEYS, *sorted(RULE_KEYS)), required=("title",))
    title = _line(fields["title"])
    return FeedSettings(
        slug=slug,
        title=title,
        description=_line(fields["description"]) if "description" in fields else f"{site.title}: {title}",
        link=_url(fields["link"]) if "link" in fields else site.link,
        author=_author(fields["author"]) if "author" in fields else site.author,
        language=_language(fields["language"]) if "language" in fields else site.language,
        rights=_line(fields["rights"]) if "rights" in fields else site.rights,
        max_items=fields["max_items"].integer(minimum=1, maximum=10_000)
        if "max_items" in fields
        else max_items,
        selective="any" in fields or "all" in fields,
    )


def _check_slug(slug: str, node: Node) -> None:
    where = node.key_where or node.where
    if not _SLUG.fullmatch(slug):
        nearest = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:63]
        raise ConfigError(
            where,
            f"{slug!r} cannot name a file and a URL",
            "use a-z, 0-9 and - only" + (f": {nearest}" if nearest else ""),
        )
    if slug in _RESERVED:
        raise ConfigError(where, f"the name {slug!r} is reserved", f"choose another, such as {slug}-news")


def _output(node: Node | None, base: Path) -> tuple[Output, int]:
    fields: Mapping[str, Node] = node.fields(OUTPUT_KEYS) if node else {}
    formats: tuple[str, ...] = DEFAULT_FORMATS
    if "formats" in fields:
        chosen = [item.choice(FORMATS) for item in fields["formats"].items(single=True)]
        if not chosen:
            raise fields["formats"].error("no format is left", f"choose from {', '.join(FORMATS)}")
        formats = tuple(name for name in FORMATS if name in chosen)
    folder = base / (fields["dir"].text() if "dir" in fields else "feeds")
    state = base / (fields["state"].text() if "state" in fields else ".feedpub")
    if state.resolve().is_relative_to(folder.resolve()):
        raise (fields.get("state") or fields["dir"]).error(
            "the state folder lies inside the output folder, which is served", "put them beside each other"
        )
    max_items = fields["max_items"].integer(minimum=1, maximum=10_000) if "max_items" in fields else MAX_ITEMS
    return Output(dir=folder, state=state, formats=formats), max_items


def _guards(node: Node | None) -> Guards:
    fields: Mapping[str, Node] = node.fields(GUARD_KEYS) if node else {}
    return Guards(
        max_rejects=_share(fields["max_rejects"]) if "max_rejects" in fields else None,
        max_vanished=_proper_share(fields["max_vanished"]) if "max_vanished" in fields else MAX_VANISHED,
        future=fields["future"].choice(("hold", "publish")) if "future" in fields else "hold",
    )


def _share(node: Node) -> float | int:
    try:
        return parse_share(node.text())
    except ValueError as error:
        raise node.error(str(error)) from None


def _proper_share(node: Node) -> float:
    share = _share(node)
    if isinstance(share, int):
        raise node.error(f"{share} is a count", f"write a share, such as {MAX_VANISHED:.0%}")
    return share


def parse_share(text: str) -> float | int:
    """Read ``5%`` as the share 0.05 and ``12`` as the count 12; ``ValueError`` says what is wrong."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,6})?%", text) and float(text[:-1]) <= 100:
        return float(text[:-1]) / 100
    raise ValueError(f"{text!r} is neither a count nor a share; write 12 or 5%")


def _author(node: Node) -> Author:
    if isinstance(node.value, str):
        return Author(_line(node))
    fields = node.fields(("name", "email", "uri"), required=("name",))
    email = _line(fields["email"]) if "email" in fields else None
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise fields["email"].error(f"{email!r} is no e-mail address")
    return Author(_line(fields["name"]), email, _url(fields["uri"]) if "uri" in fields else None)


def _language(node: Node) -> str:
    tag = node.text()
    if not _LANGUAGE.fullmatch(tag):
        raise node.error(f"{tag!r} is no language tag (RFC 5646)", "write en, de-AT or zh-Hans")
    return tag


def _url(node: Node) -> str:
    url = node.text()
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid or re.search(r'[\s<>"{}|\\^`\x00-\x20\x7f]', url):
        raise node.error(f"{url!r} is no absolute URL", "write one that begins with https:// or http://")
    return url


def _line(node: Node) -> str:
    """One line of text, fit for XML: runs of white space become one space."""
    text = " ".join(node.text().split())
    if any(ord(c) < 32 or c in "\ufffe\uffff" or "\ud800" <= c <= "\udfff" for c in text):
        raise node.error("the text has a character that XML cannot carry")
    return text
