"""Exports of Ghost: posts, and tables with their authors, tags and readers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TABLES = ("posts_authors", "posts_meta", "posts_tags", "settings", "tags", "users")
"""The tables that are read besides the posts; others are private, such as members."""
RECORDS = "posts"

_EXPORT = re.compile(rb'\s*\{\s*(?:"db"\s*:\s*\[\s*\{|"meta"\s*:\s*\{\s*"exported_on")')
_EDITORS = ("mobiledoc", "lexical")
# Every post has one of these beside its HTML, however few fields were requested.
_MARKS = frozenset((*_EDITORS, "comment_id", "custom_excerpt", "feature_image", "published_at"))
# The placeholder for the address of the site.
OWN_SITE = "__GHOST_URL__"


def is_export(head: bytes) -> bool:
    """Say whether a file that begins with ``head`` is an export of Ghost, whose tables have to be joined."""
    return _EXPORT.match(head) is not None


def is_post(values: Mapping[str, Any]) -> bool:
    """Say whether a record is a post of Ghost, from an export or from its API."""
    return "visibility" in values and "html" in values and not _MARKS.isdisjoint(values)


@dataclass(slots=True)
class Tables:
    """The tables of an export, by ids of posts; people have names here, not logins or addresses."""

    language: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    _tags: dict[str, str] = field(default_factory=dict)
    _authors: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    _tagged: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    _mailed: set[str] = field(default_factory=set)

    def hear(self, table: str, row: Any) -> None:
        """Read a row of one of :data:`TABLES`; other values are ignored."""
        if not isinstance(row, Mapping):
            return
        key, post = str(row.get("id")), str(row.get("post_id"))
        order = row.get("sort_order")
        place = order if isinstance(order, int) else 0
        match table:
            case "settings" if row.get("key") in ("locale", "default_locale") and not self.language:
                self.language = str(row.get("value") or "")
            case "users":
                self._names[key] = str(row.get("name") or "")
            case "tags" if is_shown(row):
                self._tags[key] = str(row.get("name") or "")
            case "posts_authors":
                self._authors[post].append((place, str(row.get("author_id"))))
            case "posts_tags":
                self._tagged[post].append((place, str(row.get("tag_id"))))
            case "posts_meta" if row.get("email_only") in (True, 1):
                self._mailed.add(post)
            case _:
                pass

    def joined(self, post: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a post with its authors, tags and language, as Ghost's API gives them."""
        key = str(post.get("id"))
        # Older versions have one author for a post.
        authors = self._authors.get(key) or [(0, str(post.get("author_id")))]
        found = {
            "authors": [{"name": name} for name in _ordered(authors, self._names)],
            "tags": _ordered(self._tagged.get(key, ()), self._tags),
            "language": post.get("locale") or self.language,
            "email_only": key in self._mailed or post.get("email_only"),
        }
        return {**post, **{name: value for name, value in found.items() if value}}


def is_shown(tag: Mapping[str, Any]) -> bool:
    """Say whether a tag is for readers; tags that begin with # are for themes and editors."""
    return tag.get("visibility") != "internal" and not str(tag.get("name") or "").startswith("#")


def _ordered(places: Iterable[tuple[int, str]], names: Mapping[str, str]) -> list[str]:
    return [name for _, key in sorted(places) if (name := names.get(key, ""))]


def as_named(post: Mapping[str, Any], link_base: str) -> Mapping[str, Any]:
    """Return a post with the texts that readers see, and the address that Ghost gives it."""
    values = {name: value for name, value in post.items() if name not in ("excerpt", *_EDITORS)}
    own = values.pop("url", None) or values.get("canonical_url")
    slug = str(values.get("slug") or "").strip("/")
    link = own or (f"{link_base.rstrip('/')}/{slug}/" if link_base and slug else None)
    tags = values.get("tags")
    if isinstance(tags, list):
        values["tags"] = [tag for tag in tags if not isinstance(tag, Mapping) or is_shown(tag)]
    return {**values, "url": link}
