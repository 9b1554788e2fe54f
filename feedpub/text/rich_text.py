"""Rich text of editors in JSON → HTML: Contentful, Strapi, Sanity, ProseMirror, Lexical, Slate and Editor.js.

All of these are trees of nodes. A node has a type (``nodeType``, ``type``, ``_type`` or ``style``) and children
(``content`` or ``children``); leaves have text with marks. Unknown nodes keep their text.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

MAX_NESTING = 50
_INNER = ("content", "children")
_ELEMENTS: Mapping[str, str] = {
    "paragraph": "p",
    "normal": "p",
    "p": "p",
    "blockquote": "blockquote",
    "quote": "blockquote",
    "orderedlist": "ol",
    "numberedlist": "ol",
    "unorderedlist": "ul",
    "bulletlist": "ul",
    "bulletedlist": "ul",
    "ul": "ul",
    "ol": "ol",
    "li": "li",
    "listitem": "li",
    "table": "table",
    "tablerow": "tr",
    "tablecell": "td",
    "tableheadercell": "th",
    "code": "pre",
    "codeblock": "pre",
    **{f"heading{level}": f"h{level}" for level in range(1, 7)},
    **{f"h{level}": f"h{level}" for level in range(1, 7)},
}
_MARKS: Mapping[str, str] = {
    "bold": "strong",
    "strong": "strong",
    "italic": "em",
    "em": "em",
    "code": "code",
    "underline": "u",
    "strike": "s",
    "strikethrough": "s",
    "superscript": "sup",
    "subscript": "sub",
}
_EMPTY: Mapping[str, str] = {
    "hr": "<hr>",
    "horizontalrule": "<hr>",
    "linebreak": "<br>",
    "hardbreak": "<br>",
}
# Lexical encodes them as bits.
_BITS = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"))


def is_rich(value: Any) -> bool:
    """Say whether a value is a tree of rich text."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, Mapping) and is_rich(each) for each in value)
    if not isinstance(value, Mapping):
        return False
    if isinstance(value.get("root"), Mapping):
        return is_rich(value["root"])
    if isinstance(value.get("blocks"), list):
        return all(
            isinstance(each, Mapping) and "type" in each and "data" in each for each in value["blocks"]
        )
    holds = any(isinstance(value.get(name), list) for name in _INNER) or isinstance(value.get("text"), str)
    return bool(_kind(value)) and (holds or "_type" in value)


def to_html(value: Any, depth: int = 0) -> str:
    """Return a tree of rich text as HTML."""
    if depth > MAX_NESTING:
        return ""
    if isinstance(value, list):
        return "".join(to_html(each, depth + 1) for each in value)
    if not isinstance(value, Mapping):
        return ""
    if isinstance(value.get("root"), Mapping):
        return to_html(value["root"], depth + 1)
    if isinstance(value.get("blocks"), list):
        return "".join(_block(each) for each in value["blocks"] if isinstance(each, Mapping))
    return _node(value, depth)


def _kind(node: Mapping[str, Any]) -> str:
    found = next(
        (node[name] for name in ("nodeType", "type", "_type") if isinstance(node.get(name), str)), ""
    )
    if found == "block":
        found = str(node.get("style") or "normal")
    return found.lower().replace("-", "").replace("_", "")


def _node(node: Mapping[str, Any], depth: int) -> str:
    kind = _kind(node)
    text = node.get("text", node.get("value"))
    if isinstance(text, str) and not any(node.get(name) for name in _INNER):
        return _wrapped(_text(node, text), _ELEMENTS.get(kind))
    # A span of Sanity names links that its block defines.
    links = {
        str(each.get("_key")): each.get("href")
        for each in _listed(node.get("markDefs"))
        if isinstance(each, Mapping)
    }
    inner = "".join(_inline(each, links, depth) for name in _INNER for each in _listed(node.get(name)))
    return _EMPTY.get(kind) or (
        _leading if "link" in kind or "image" in kind or "asset" in kind else _holding
    )(node, kind, inner)


def _leading(node: Mapping[str, Any], kind: str, inner: str) -> str:
    """Return a link or a picture."""
    said = _first_mapping(node, "attrs", "data", "fields")
    target = _first_mapping(said, "target")
    if "link" in kind:
        return _link(inner, node.get("url") or said.get("uri") or said.get("url") or target.get("url"))
    image = _first_mapping(node, "image", "attrs") or target
    shown = image.get("alternativeText") or image.get("alt") or image.get("title")
    return _image(image.get("url") or image.get("src") or node.get("url"), shown)


def _holding(node: Mapping[str, Any], kind: str, inner: str) -> str:
    """Return a paragraph, a heading, a list or the like."""
    if kind == "heading":
        level = node.get("level") or _first_mapping(node, "attrs", "data").get("level")
        return _wrapped(inner, _ELEMENTS.get(str(node.get("tag") or f"h{level}")))
    if kind == "list":
        is_counted = node.get("format") == "ordered" or node.get("listType") == "number"
        return _wrapped(inner, "ol" if is_counted else "ul")
    if listed := node.get("listItem"):
        return _wrapped(_wrapped(inner, "li"), "ol" if listed == "number" else "ul")
    return _wrapped(inner, _ELEMENTS.get(kind))


def _inline(child: Any, links: Mapping[str, Any], depth: int) -> str:
    shown = to_html(child, depth + 1)
    for mark in _listed(child.get("marks")) if links and isinstance(child, Mapping) else ():
        shown = _link(shown, links.get(mark)) if isinstance(mark, str) else shown
    return shown


def _wrapped(inner: str, tag: str | None) -> str:
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _text(node: Mapping[str, Any], text: str) -> str:
    shown = escape(text, quote=False).replace("\n", "<br>")
    tags = [tag for name, tag in _MARKS.items() if node.get(name) is True]
    bits = node.get("format")
    tags += [tag for bit, tag in _BITS if isinstance(bits, int) and bits & bit]
    for mark in _listed(node.get("marks")):
        name = str(mark.get("type") if isinstance(mark, Mapping) else mark)
        if name == "link" and isinstance(mark, Mapping):
            shown = _link(shown, _first_mapping(mark, "attrs").get("href"))
        tags += [_MARKS[name]] if name in _MARKS else []
    for tag in tags:
        shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _block(block: Mapping[str, Any]) -> str:
    """Return a block of Editor.js, whose texts are HTML."""
    kind, data = str(block.get("type")).lower(), _first_mapping(block, "data")
    text = data.get("text") if isinstance(data.get("text"), str) else ""
    if kind == "header":
        tag = f"h{data.get('level')}"
        return f"<{tag}>{text}</{tag}>" if tag in _ELEMENTS else f"<p>{text}</p>"
    if kind == "list":
        tag = "ol" if data.get("style") == "ordered" else "ul"
        items = [
            each.get("content") if isinstance(each, Mapping) else each for each in _listed(data.get("items"))
        ]
        return f"<{tag}>{''.join(f'<li>{each}</li>' for each in items if isinstance(each, str))}</{tag}>"
    if kind == "image":
        return _image(_first_mapping(data, "file").get("url") or data.get("url"), data.get("caption"))
    tag = {"quote": "blockquote", "code": "pre"}.get(kind, "p")
    text = text or (escape(data["code"]) if isinstance(data.get("code"), str) else "")
    return f"<{tag}>{text}</{tag}>" if text else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first_mapping(node: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    return next((node[name] for name in names if isinstance(node.get(name), Mapping)), {})


def _link(inner: str, url: Any) -> str:
    return f'<a href="{escape(url)}">{inner}</a>' if isinstance(url, str) and url else inner


def _image(url: Any, shown: Any) -> str:
    if not isinstance(url, str) or not url:
        return ""
    return f'<p><img src="{escape(url)}" alt="{escape(shown if isinstance(shown, str) else "")}"></p>'
