"""Cuts entries out of our closed documents and leaves every other byte as it was.

Withdrawn articles have to leave documents that are otherwise final (RFC 5005 §4). So these are not written anew: a
parser says at which byte an entry begins and ends, and nothing else is touched.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from feedpub.articles.ids import id_from_atom

_BLANK = b" \t\r\n"


class _Span(NamedTuple):
    """The position of an entry in the bytes of its document, and its id."""

    begin: int
    end: int
    id: str


def cut_atom(data: bytes, ids: Container[str]) -> bytes:
    """Return an Atom document without the entries of ``ids``; ``ValueError`` if feedpub did not write it."""
    atom = "http://www.w3.org/2005/Atom "
    (own, *_) = [span.id for span in _elements(data, (f"{atom}feed", f"{atom}id"))] or [""]
    authority = own.removeprefix("tag:").partition(":")[0]
    entries = _elements(data, (f"{atom}feed", f"{atom}entry"), f"{atom}id")
    return _cut_xml(data, [s for s in entries if s.id in ids or id_from_atom(authority, s.id) in ids])


def cut_rss(data: bytes, ids: Container[str]) -> bytes:
    """Return an RSS document without the items of ``ids``; ``ValueError`` if feedpub did not write it."""
    return _cut_xml(data, [s for s in _elements(data, ("rss", "channel", "item"), "guid") if s.id in ids])


def cut_json(data: bytes, ids: Container[str]) -> bytes:
    """Return a JSON Feed document without the items of ``ids``; ``ValueError`` if feedpub did not write it."""
    text = data.decode("utf-8")
    try:
        spans = list(_items(text))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("not a document of ours") from error
    kept = [span for span in spans if span.id not in ids]
    if len(kept) == len(spans):
        return data
    before, after = text[: spans[0].begin], text[spans[-1].end :]
    if not kept:
        return (before.rstrip() + after.lstrip()).encode("utf-8")
    # Each item is cut with the comma before it.
    items = [
        (text[spans[number - 1].end : span.begin] if number else "", text[span.begin : span.end])
        for number, span in enumerate(spans)
        if span.id not in ids
    ]
    (_, first), *others = items
    return "".join((before, first, *(gap + item for gap, item in others), after)).encode("utf-8")


def _cut_xml(data: bytes, spans: Iterable[_Span]) -> bytes:
    parts: list[bytes] = []
    position = 0
    for span in spans:
        # Cut the rest of its line, too.
        parts.append(data[position : span.begin].rstrip(_BLANK))
        position = span.end
    return b"".join((*parts, data[position:]))


def _elements(data: bytes, path: tuple[str, ...], child: str = "") -> list[_Span]:
    """Return the elements at ``path``; the id of each is the text of a ``child``, or its own text."""
    where_id = (*path, child) if child else path
    if not data.startswith((b"<", b"\xef\xbb\xbf<")) or b"<!DOCTYPE" in data:
        raise ValueError("not a document of ours")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    stack: list[str] = []
    found: list[_Span] = []
    begin = 0
    told: list[str] = []

    def start(name: str, _attributes: Any) -> None:
        nonlocal begin
        stack.append(name)
        if tuple(stack) == path:
            begin = parser.CurrentByteIndex
            told.clear()

    def text(characters: str) -> None:
        if tuple(stack) == where_id:
            told.append(characters)

    def end(_name: str) -> None:
        if tuple(stack) == path:
            # For an empty element, this is where it begins.
            close = data.index(b">", parser.CurrentByteIndex) + 1
            found.append(_Span(begin, close, "".join(told)))
        stack.pop()

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    return found


def _items(text: str) -> Iterator[_Span]:
    """Yield the objects in the ``items`` of the JSON object ``text``."""
    decoder = json.JSONDecoder()
    json.loads(text)  # after this, it is known to be well-formed
    position = _next(text, 0)
    if text[position] != "{":
        raise ValueError("not an object")
    position = _next(text, position + 1)
    while text[position] != "}":
        name, position = decoder.raw_decode(text, position)
        position = _next(text, _next(text, position) + 1)
        if name == "items":
            yield from _objects(text, position, decoder)
        _, position = decoder.raw_decode(text, position)
        position = _next(text, position)
        if text[position] == ",":
            position = _next(text, position + 1)


def _objects(text: str, position: int, decoder: json.JSONDecoder) -> Iterator[_Span]:
    position = _next(text, position + 1)
    while text[position] != "]":
        item, end = decoder.raw_decode(text, position)
        yield _Span(position, end, str(item["id"]))
        position = _next(text, end)
        if text[position] == ",":
            position = _next(text, position + 1)


def _next(text: str, position: int) -> int:
    while text[position] in " \t\r\n":
        position += 1
    return position
