"""What an export of WordPress (WXR) says of its posts besides what a feed says.

Its authors are logins, its texts are what an editor holds: paragraphs are blank lines, and short codes in brackets
stand for what a theme makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from feedpub.articles.article import Author, Enclosure
from feedpub.sources.field_mapping import enclosure
from feedpub.text.safe_html import plain_text

_NAMESPACE = "wordpress.org/export/"
_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|table|t[hrd]|tbody|thead|figure|figcaption|hr|section"
    r"|article|aside|header|footer|iframe|video|audio|details|form|address|center)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_PREFORMATTED = re.compile(r"(<pre\b.{0,100000}?</pre>)", re.IGNORECASE | re.DOTALL)
_CAPTION = re.compile(r"\[caption\b[^\]]{0,2000}\](?P<inner>.{0,20000}?)\[/caption\]", re.DOTALL)
_PICTURE = re.compile(r"\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", re.IGNORECASE)
_GENERATED = re.compile(
    r"\[(?P<name>gallery|playlist|embed|audio|video)\b[^\]]{0,2000}\](?:.{0,2000}?\[/(?P=name)\])?", re.DOTALL
)
# Beyond it a text is not looked through, as what is not closed is sought each time.
MAX_SIGNS = 2_000
_KEPT_DOMAINS = ("category", "post_tag")
_NO_TIME = "0000-00-00"


class Post(NamedTuple):
    """What the export says of one item; ``left_out`` counts the short codes that are not in the body.

    ``is_listed`` says that the export lists its authors, so that one who is not among them is nobody.
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
    """Return the items of an export in their order; nothing where ``root`` is none, or has not ``count`` of them.

    ``pictures`` are :func:`attachments` of the whole export, where ``root`` is a part of it.
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
    """Yield number and address of each file of an export, which are items of it too."""
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
        f"{published}Z" if published and _NO_TIME not in published else "" if _NO_TIME in local else local,
        _utc(_text(item, "post_modified_gmt")),
        files.get(meta.get("_thumbnail_id", ""), ""),
        tuple(_files(item)),
        left_out,
        bool(names),
    )


def _utc(text: str) -> str:
    return f"{text}Z" if text and _NO_TIME not in text else ""


def _files(item: Any) -> Iterator[Enclosure]:
    """Yield the files of an item: address, length and type, a line each."""
    for each in item.iterfind("{*}postmeta"):
        if _text(each, "meta_key") == "enclosure":
            url, length, kind = (*_text(each, "meta_value").split("\n")[:3], "", "")[:3]
            if url.strip():
                yield enclosure(url.strip(), kind.strip(), length.strip())


def _text(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else "".join(found.itertext()).strip()


def _encoded(item: Any, kind: str) -> str:
    """Return ``content:encoded`` or ``excerpt:encoded``, which differ in their namespace only."""
    found = (each for each in item.iterfind("{*}encoded") if kind in each.tag.partition("}")[0])
    return next(("".join(each.itertext()).strip() for each in found), "")


def body_of(text: str) -> tuple[str, int]:
    """Return the HTML that WordPress makes of what its editor holds, and how many short codes it lacks."""
    text = text.replace("\r\n", "\n")
    if max(text.count(sign) for sign in ("[", "<!--", "<pre")) > MAX_SIGNS:
        return text.strip(), 0
    text, left_out = _GENERATED.subn("", _COMMENT.sub("", text))
    text = _CAPTION.sub(_figure, text)
    if not _PARAGRAPH.search(text):
        text = "".join(
            part if _PREFORMATTED.fullmatch(part) else _paragraphs(part) for part in _PREFORMATTED.split(text)
        )
    return text.strip(), left_out


def _figure(match: re.Match[str]) -> str:
    inner = match["inner"].strip()
    picture = _PICTURE.match(inner)
    if not picture:
        return inner
    caption = inner[picture.end() :].strip()
    shown = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"\n\n<figure>{picture[0].strip()}{shown}</figure>\n\n"


def _paragraphs(text: str) -> str:
    """Return a text whose paragraphs are blank lines as HTML; blocks stay what they are."""
    made = []
    for part in re.split(r"\n\s*\n", text):
        if not part.strip():
            continue
        made.append(part.strip() if _BLOCK.match(part) else f"<p>{_with_breaks(part.strip())}</p>")
    return "\n".join(made)


def _with_breaks(text: str) -> str:
    return re.sub(r"[ \t]*\n", "<br>\n", text)
