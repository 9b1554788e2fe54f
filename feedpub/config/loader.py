"""YAML → ``Settings``. Every error names file, line, key path, what is wrong and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from feedpub.articles.article import Author
from feedpub.articles.duplicates import Exact
from feedpub.articles.ids import is_authority
from feedpub.config.scalars import (
    read_author,
    read_language,
    read_line,
    read_proper_share,
    read_share,
    read_size,
    read_url,
)
from feedpub.config.settings import Archive, FeedSettings, Guards, Limits, Output, Settings
from feedpub.config.sources import parse_source
from feedpub.core.errors import ConfigError, Where
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.documents.channel import Site
from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.rules import RULE_KEYS, compile_rules

VERSION = 1
LAYOUTS = ("files", "releases")
MAX_ITEMS = 50
MAX_BYTES = 512 << 10
LEAST_BYTES = 4 << 10
MOST_ITEMS = 10_000

TOP_KEYS = ("version", "site", "sources", "matching", "lists", "dedup", "feeds", "output", "guards")
SITE_KEYS = ("title", "base_url", "link", "id_authority", "author", "language", "rights")
LIMIT_KEYS = ("max_items", "max_bytes", "archive")
ABOUT_KEYS = ("title", "description", "link", "author", "language", "rights")
FEED_KEYS = (*ABOUT_KEYS, *LIMIT_KEYS, "dedup")
DEDUP_KEYS = ("near",)
SITE_DEDUP_KEYS = ("exact",)
EXACT: tuple[Exact, ...] = ("across", "all", "none")
RETIRED_KEYS = ("moved_to",)
OUTPUT_KEYS = ("dir", "state", "formats", "layout", "gzip", *LIMIT_KEYS)
GUARD_KEYS = ("max_rejects", "max_vanished", "future")
MAX_VANISHED = 0.5
NEAR = 0.8
LEAST_NEAR = 0.5

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
        raise ConfigError(
            Where(str(path), 1, 1),
            "there is no such file",
            "name one with --config, or let feedpub init write one",
        ) from None
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
    output, limits = _output(top.get("output"), base)
    sources = top["sources"].items()
    if not sources:
        raise top["sources"].error("there are no sources", "add at least one - path: …")
    retired = {slug: node for slug, node in feeds.items() if _is_retired(node)}
    active = {slug: node for slug, node in feeds.items() if slug not in retired}
    return Settings(
        file=path,
        base=base,
        site=site,
        sources=tuple(parse_source(node, base, (output.dir, output.state)) for node in sources),
        feeds=tuple(_feed(slug, node, site, limits) for slug, node in active.items()),
        retired=tuple(_retired(slug, node, site, limits) for slug, node in retired.items()),
        rules=compile_rules(active, top.get("lists"), top.get("matching")),
        output=output,
        guards=_guards(top.get("guards")),
        exact=_exact(top.get("dedup")),
    )


def _site(node: Node) -> Site:
    fields = node.fields(SITE_KEYS, required=("title", "base_url", "id_authority"))
    authority = fields["id_authority"].text()
    if not is_authority(authority):
        raise fields["id_authority"].error(
            f"{authority!r} is no tagging entity (RFC 4151)",
            'write a domain you own and a year in which you owned it, as in "example.org,2023"',
        )
    base_url = read_url(fields["base_url"])
    if urlsplit(base_url).query or urlsplit(base_url).fragment:
        raise fields["base_url"].error("a base URL has no ? and no #")
    base_url = base_url if base_url.endswith("/") else base_url + "/"
    title = read_line(fields["title"])
    return Site(
        title=title,
        base_url=base_url,
        link=read_url(fields["link"]) if "link" in fields else base_url,
        id_authority=authority,
        author=read_author(fields["author"]) if "author" in fields else Author(title),
        language=read_language(fields["language"]) if "language" in fields else None,
        rights=read_line(fields["rights"]) if "rights" in fields else None,
    )


def _feed(slug: str, node: Node, site: Site, limits: Limits) -> FeedSettings:
    fields = node.fields((*FEED_KEYS, "retired", *sorted(RULE_KEYS)), required=("title",))
    dedup: Mapping[str, Node] = fields["dedup"].fields(DEDUP_KEYS) if "dedup" in fields else {}
    near = read_proper_share(dedup["near"], example=NEAR, minimum=LEAST_NEAR) if "near" in dedup else None
    return replace(
        _about(slug, node, site, _limits(fields, limits)),
        near=near,
        selective="any" in fields or "all" in fields,
    )


def _is_retired(node: Node) -> bool:
    return isinstance(node.value, Mapping) and "retired" in node.value


def _retired(slug: str, node: Node, site: Site, limits: Limits) -> FeedSettings:
    allowed = (*ABOUT_KEYS, "retired")
    for key, value in node.mapping().items():
        if key in RULE_KEYS or (key in FEED_KEYS and key not in ABOUT_KEYS):
            raise ConfigError(
                value.key_where or value.where,
                f"a retired feed takes no articles and has no {key!r}",
                "remove it",
            )
    fields = node.fields(allowed, required=("title",))
    moved_to = read_url(fields["retired"].fields(RETIRED_KEYS, required=RETIRED_KEYS)["moved_to"])
    return replace(_about(slug, node, site, limits), moved_to=moved_to)


def _about(slug: str, node: Node, site: Site, limits: Limits) -> FeedSettings:
    _check_slug(slug, node)
    fields = node.mapping()
    title = read_line(fields["title"])
    return FeedSettings(
        slug=slug,
        title=title,
        description=read_line(fields["description"]) if "description" in fields else f"{site.title}: {title}",
        link=read_url(fields["link"]) if "link" in fields else site.link,
        author=read_author(fields["author"]) if "author" in fields else site.author,
        language=read_language(fields["language"]) if "language" in fields else site.language,
        rights=read_line(fields["rights"]) if "rights" in fields else site.rights,
        max_items=limits.max_items,
        max_bytes=limits.max_bytes,
        archive=limits.archive,
        selective=False,
    )


def _limits(fields: Mapping[str, Node], default: Limits) -> Limits:
    return Limits(
        max_items=fields["max_items"].integer(minimum=1, maximum=MOST_ITEMS)
        if "max_items" in fields
        else default.max_items,
        max_bytes=read_size(fields["max_bytes"], minimum=LEAST_BYTES)
        if "max_bytes" in fields
        else default.max_bytes,
        archive=_archive(fields["archive"]) if "archive" in fields else default.archive,
    )


def _archive(node: Node) -> Archive:
    if node.value in ("off", "monthly"):
        return "monthly" if node.value == "monthly" else None
    if isinstance(node.value, str) and node.value.isdecimal():
        return node.integer(minimum=1, maximum=MOST_ITEMS)
    raise node.error(
        f"{node.value!r} is no way to archive"
        if isinstance(node.value, str)
        else f"expected text, found {node.kind}",
        "write off, monthly or a number of entries for each document",
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


def _output(node: Node | None, base: Path) -> tuple[Output, Limits]:
    fields: Mapping[str, Node] = node.fields(OUTPUT_KEYS) if node else {}
    formats = tuple(known for known in OUTPUT_FORMATS.values() if known.default)
    if "formats" in fields:
        chosen = [item.choice(OUTPUT_FORMATS) for item in fields["formats"].items(single=True)]
        if not chosen:
            raise fields["formats"].error("no format is left", f"choose from {', '.join(OUTPUT_FORMATS)}")
        formats = tuple(known for known in OUTPUT_FORMATS.values() if known.name in chosen)
    folder = base / (fields["dir"].path() if "dir" in fields else "feeds")
    state = base / (fields["state"].path() if "state" in fields else ".feedpub")
    if state.resolve().is_relative_to(folder.resolve()):
        raise (fields.get("state") or fields["dir"]).error(
            "the state folder lies inside the output folder, which is served", "put them beside each other"
        )
    output = Output(
        dir=folder,
        state=state,
        formats=formats,
        layout="releases"
        if "layout" in fields and fields["layout"].choice(LAYOUTS) == "releases"
        else "files",
        gzip="gzip" in fields and fields["gzip"].flag(),
    )
    return output, _limits(fields, Limits(MAX_ITEMS, MAX_BYTES, archive=None))


def _exact(node: Node | None) -> Exact:
    fields: Mapping[str, Node] = node.fields(SITE_DEDUP_KEYS) if node else {}
    chosen = fields["exact"].choice(EXACT) if "exact" in fields else EXACT[0]
    return next(name for name in EXACT if name == chosen)


def _guards(node: Node | None) -> Guards:
    fields: Mapping[str, Node] = node.fields(GUARD_KEYS) if node else {}
    return Guards(
        max_rejects=read_share(fields["max_rejects"]) if "max_rejects" in fields else None,
        max_vanished=read_proper_share(fields["max_vanished"], example=MAX_VANISHED)
        if "max_vanished" in fields
        else MAX_VANISHED,
        future=fields["future"].choice(("hold", "publish")) if "future" in fields else "hold",
    )
