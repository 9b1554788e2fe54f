"""Contentful: entries from its API or from ``contentful space export``, with the assets beside them.

By the Content Management API (Entries, Locales), each field of an exported entry has a value for each locale; an
untranslated field only has one for the default locale. Long texts are Markdown, rich texts are documents of nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feedpub.text import commonmark, rich_text

TABLES = ("assets", "entries")
RECORDS = "entries"

_EXPORT = re.compile(rb'\s*\{\s*"(?:contentTypes|editorInterfaces|entries|assets|locales|tags)"\s*:\s*\[')
_SYS = re.compile(rb'"sys"\s*:')
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_DRAFTS = ("version", "publishedCounter")
# Names of text fields, from the program's own examples and templates.
_TEXTS = ("body", "content", "text", "article", "richtext", "bodytext", "copy", "articlebody")
_NAMES = ("name", "title", "fullName", "label")
NO_TEXT = "entry without text"
"""The names of entries that are not articles, such as those of authors."""
MAX_NESTING = 50


def is_export(head: bytes) -> bool:
    """Say whether a file that begins with ``head`` is an export of Contentful, whose entries link to others."""
    return _EXPORT.match(head) is not None and _SYS.search(head) is not None


def is_entry(values: Mapping[str, Any]) -> bool:
    """Say whether a record is an entry, from an export or from the API."""
    own = values.get("sys")
    return isinstance(own, Mapping) and "contentType" in own and isinstance(values.get("fields"), Mapping)


@dataclass(slots=True)
class Tables:
    """The names of entries and the addresses of assets of an export, by id."""

    _names: dict[str, str] = field(default_factory=dict)
    _files: dict[str, tuple[str, str]] = field(default_factory=dict)

    def hear(self, table: str, row: Any) -> None:
        """Read a row of one of :data:`TABLES`; other values are ignored."""
        own = row.get("sys") if isinstance(row, Mapping) else None
        if not isinstance(own, Mapping):
            return
        key, (fields, _) = str(own.get("id")), _in_one_locale(row.get("fields"))
        if table == "entries":
            self._names[key] = next((str(fields[name]) for name in _NAMES if fields.get(name)), "")
        elif isinstance(file := fields.get("file"), Mapping) and isinstance(url := file.get("url"), str):
            # Its addresses have no scheme.
            url = f"https:{url}" if url.startswith("//") else url
            self._files[key] = (url, str(fields.get("title") or ""))

    def joined(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an entry with names and addresses in place of its links to entries and assets."""
        fields, locale = _in_one_locale(entry.get("fields"))
        return {**entry, "followed": self._followed(fields, 0), "locale": locale}

    def _followed(self, value: Any, depth: int) -> Any:
        if depth > MAX_NESTING:
            return None
        if isinstance(value, list):
            return [self._followed(each, depth + 1) for each in value]
        if not isinstance(value, Mapping):
            return value
        own = value.get("sys")
        if isinstance(own, Mapping) and own.get("type") == "Link":
            key = str(own.get("id"))
            if own.get("linkType") == "Asset":
                url, title = self._files.get(key, ("", ""))
                return {"url": url, "title": title} if url else None
            return {"name": name} if (name := self._names.get(key)) else None
        return {name: self._followed(each, depth + 1) for name, each in value.items()}


def as_named(entry: Mapping[str, Any], _: str) -> Mapping[str, Any]:
    """Return an entry as a record; one without a text, such as an author, is not an article."""
    own = entry["sys"]
    fields, locale = _in_one_locale(entry.get("followed", entry["fields"]))
    locale = str(entry.get("locale") or locale)
    text = next((name for name in fields if name.lower().replace("_", "") in _TEXTS and fields[name]), None)
    if text is None:
        return {"post_type": NO_TEXT}
    body = fields.pop(text)
    # What the API delivers is public, and has a revision.
    is_managed = "revision" not in own and (locale or any(name in own for name in _DRAFTS))
    public = own.get("publishedAt") or own.get("publishedVersion")
    status = "archived" if own.get("archivedAt") else "draft" if is_managed and not public else "published"
    made = own.get("firstPublishedAt") or own.get("publishedAt") or own.get("createdAt")
    return {
        "published_utc": made,
        "updated": own.get("publishedAt") or own.get("updatedAt"),
        "language": locale or own.get("locale"),
        **{name: value for name, value in fields.items() if name not in ("id", "html")},
        "status": status,
        "id": own.get("id"),
        "html": html_of(body),
    }


def _in_one_locale(fields: Any) -> tuple[dict[str, Any], str]:
    """Return the fields in the locale that most of them have, and that locale; unchanged without locales."""
    if not isinstance(fields, Mapping):
        return {}, ""
    counts: dict[str, int] = {}
    for value in fields.values():
        if not (isinstance(value, Mapping) and value and all(_LOCALE.match(name) for name in value)):
            return dict(fields), ""
        for name in value:
            counts[name] = counts.get(name, 0) + 1
    locale = max(counts, key=lambda name: counts[name], default="")
    return {name: value[locale] for name, value in fields.items() if locale in value}, locale


def html_of(body: Any) -> str:
    """Return a text as HTML: a document of rich text, else Markdown."""
    return commonmark.to_html(body) if isinstance(body, str) else rich_text.to_html(body)
