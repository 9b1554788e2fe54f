"""What an export of WordPress (WXR) contains besides a feed.

Authors are logins, and texts are those of the editor: blank lines separate paragraphs, and themes replace
shortcodes in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from feedpub.articles.article import Author, Enclosure
from feedpub.sources.field_mapping import enclosure
from feedpub.sources.readers._wordpress_text import NO_TIME, body_of
from feedpub.text.safe_html import plain_text

_NAMESPACE = "wordpress.org/export/"
_KEPT_DOMAINS = ("category", "post_tag")


class Post(NamedTuple):
    """What the export says about one item; ``left_out`` counts the shortcodes that were removed from the body.

    ``is_listed`` says that the export lists its authors, so that other logins are not authors.
    """

    authors: tuple[Author, ...]
    body: str
    summary: str
    categories: tuple[str, ...]
    published: str
    updated: str
    image: str
    enclosures: tuple[Enclosure, ...]
    left_out: int
    is_listed: bool


def posts(root: Any, count: int, pictures: Mapping[str, str] | None = None) -> list[Post]:
    """Return the items of an export in order; empty if it does not have ``count`` of them.

    ``pictures`` are :func:`attachments` of the whole export, if ``root`` is a part of it.
    """
    if root is None or not any(_NAMESPACE in str(address) for address in root.nsmap.values()):
        return []
    items = list(root.iter("item"))
    if len(items) != count:
        return []
    names = dict(_display_names(root))
    files = dict(attachments(root)) if pictures is None else pictures
    return [_post(item, names, files) for item in items]


def attachments(root: Any) -> Iterator[tuple[str, str]]:
    """Yield number and address of each file in an export, where files are items too."""
    for item in root.iter("item"):
        if url := _text(item, "attachment_url"):
            yield _text(item, "post_id"), url


def _display_names(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter("{*}author"):
        if _NAMESPACE in element.tag and (login := _text(element, "author_login")):
            yield login, _text(element, "author_display_name")


def _post(item: Any, names: Mapping[str, str], files: Mapping[str, str]) -> Post:
    meta = {_text(each, "meta_key"): _text(each, "meta_value") for each in item.iterfind("{*}postmeta")}
    name = names.get(_text(item, "creator"), "")
    body, left_out = body_of(_encoded(item, "content"))
    published = _text(item, "post_date_gmt")
    local = _text(item, "post_date")
    return Post(
        (Author(name),) if name else (),
        body,
        plain_text(_encoded(item, "excerpt")),
        tuple(
            text
            for each in item.iterfind("category")
            if each.get("domain") in _KEPT_DOMAINS and (text := (each.text or "").strip())
        ),
        f"{published}Z" if published and NO_TIME not in published else "" if NO_TIME in local else local,
        _utc(_text(item, "post_modified_gmt")),
        files.get(meta.get("_thumbnail_id", ""), ""),
        tuple(_files(item)),
        left_out,
        bool(names),
    )


def _utc(text: str) -> str:
    return f"{text}Z" if text and NO_TIME not in text else ""


def _files(item: Any) -> Iterator[Enclosure]:
    """Yield the files of an item: address, length and type on a line each."""
    for each in item.iterfind("{*}postmeta"):
        if _text(each, "meta_key") == "enclosure":
            url, length, kind = (*_text(each, "meta_value").split("\n")[:3], "", "")[:3]
            if url.strip():
                yield enclosure(url.strip(), kind.strip(), length.strip())


def _text(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else "".join(found.itertext()).strip()


def _encoded(item: Any, kind: str) -> str:
    """Return ``content:encoded`` or ``excerpt:encoded``, which only differ in their namespace."""
    found = (each for each in item.iterfind("{*}encoded") if kind in each.tag.partition("}")[0])
    return next(("".join(each.itertext()).strip() for each in found), "")
