"""Markdown with front matter, as Hugo, Jekyll, Eleventy and Pelican write it: one article a file.

Front matter is YAML between ``---`` lines, TOML between ``+++`` lines, a JSON object, or Pelican's ``Name:
value`` lines up to a blank one. YAML is read by the strict reader of the config: no timestamp, ``NO`` or
``1.10`` is turned into something else. What its author marked as a draft is not published.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.sources.decoding import UndecodableError, read_whole, text_of_file
from feedpub.sources.field_mapping import DECODER, MAX_DIGITS, record_of
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, Record, RecordError, reject
from feedpub.sources.spec import ParseContext
from feedpub.sources.withheld import Hold

_FENCED = re.compile(
    r"(?P<fence>---|\+\+\+)(?P<language>\w*)[ \t]*\n(?P<matter>.*?)^(?P=fence)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PELICAN = re.compile(r"(?:[A-Za-z][\w -]*:.*\n(?:[ \t]+\S.*\n)*)+(?:[ \t]*\n|\Z)")
_PELICAN_LINE = re.compile(r"([A-Za-z][\w -]*):[ \t]*(.*(?:\n[ \t]+\S.*)*)\n")
# tomllib needs the square of a dotted key in memory.
MAX_MATTER = 64 << 10
MAX_DOTS = 16
_KEY = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+"
_DOTTED = re.compile(rf"(?:^|[{{\[,])[ \t]*+(?:{_KEY}\.[ \t]*+){{{MAX_DOTS + 1}}}", re.MULTILINE)
_HEADING = re.compile(r"\s*#[ \t]+(?P<text>[^\n]+)")
# Jekyll and Eleventy date a post by its file's name.
_DATED_NAME = re.compile(r"(?:.*/)?(\d{4}-\d\d-\d\d)[-_.][^/]*\Z")


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the file's article, or why there is none; a draft is boilerplate with a notice."""
    data, origin = read_whole(stream, reading)
    if not data:
        return
    raw = data[:8192].decode(errors="replace")
    try:
        text = text_of_file(data, reading.spec.encoding)
        values, body = _split(text)
        record = _record(reading, values, body)
    except (RecordError, UndecodableError) as error:
        yield reject(origin, str(error), raw)
        return
    yield from build(reading, origin, record, lambda: raw)


def _split(text: str) -> tuple[Mapping[str, Any], str]:
    """Return the front matter's values and the text behind it. Raises :class:`RecordError`."""
    if fenced := _FENCED.match(text):
        language = fenced["language"].lower() or ("yaml" if fenced["fence"] == "---" else "toml")
        if len(fenced["matter"]) > MAX_MATTER:
            raise RecordError(f"the front matter has more than {MAX_MATTER >> 10} KB")
        if language not in _READERS:
            raise RecordError(f"the front matter is {fenced['language']!r}; yaml, toml and json can be read")
        return _READERS[language](fenced["matter"]), text[fenced.end() :]
    if text.startswith("{"):
        values, end = _json(text)
        return values, text[end:]
    if text.startswith(("---\n", "+++\n")):
        raise RecordError("the front matter is not closed")
    if pelican := _PELICAN.match(text):
        pairs = _PELICAN_LINE.findall(pelican[0] if pelican[0].endswith("\n") else f"{pelican[0]}\n")
        return {name.strip(): " ".join(value.split()) for name, value in pairs}, text[pelican.end() :]
    return {}, text


def _yaml(matter: str) -> Mapping[str, Any]:
    try:
        found = _plain(read_yaml(matter.encode(errors="surrogatepass"), "front matter"))
    except ConfigError as error:
        # The fence is the file's first line.
        raise RecordError(f"the front matter, line {error.where.line + 1}: {error.problem}") from None
    if not isinstance(found, Mapping):
        raise RecordError("the front matter is not a mapping")
    return found


def _plain(node: Node) -> Any:
    if isinstance(node.value, str):
        return None if node.plain and node.value in {"", "~", "null"} else node.value
    if isinstance(node.value, tuple):
        return [_plain(item) for item in node.value]
    return {name: _plain(item) for name, item in node.value.items()}


def _toml(matter: str) -> Mapping[str, Any]:
    if _DOTTED.search(matter):
        raise RecordError(f"the front matter has a key with more than {MAX_DOTS} dots")
    try:
        values = tomllib.loads(matter)
    # A number of too many digits is another ValueError than what is not TOML.
    except (ValueError, RecursionError) as error:
        raise RecordError(f"the front matter is not TOML: {error}") from None
    _refuse_long_numbers(values)
    return values


def _refuse_long_numbers(values: Mapping[str, Any]) -> None:
    """Refuse what Python reads in base 16 and cannot write in base 10."""
    left: list[Any] = [values]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
            raise RecordError(f"a number has more than {MAX_DIGITS} digits")


def _json(text: str) -> tuple[Mapping[str, Any], int]:
    """Return the object that ``text`` begins with, and where it ends."""
    try:
        values, end = DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"the front matter is not JSON: {error}") from None
    if not isinstance(values, Mapping):
        raise RecordError("the front matter is not a mapping")
    return values, end


# Eleventy lets the first fence name the language.
_READERS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "yaml": _yaml,
    "toml": _toml,
    "json": lambda matter: _json(matter.strip())[0],
}


def _record(reading: ParseContext, values: Mapping[str, Any], body: str) -> Record:
    if "_drafts" in reading.file.split("/"):
        return Record(hold=Hold("draft", "it lies in a folder of drafts"))
    record = record_of(values, reading.spec)
    published, title = record.published, record.title
    if not published and (dated := _DATED_NAME.match(reading.file)):
        published = dated[1]
    if not title and (heading := _HEADING.match(body)):
        title, body = _unclosed(heading["text"]), body[heading.end() :]
    return record._replace(title=title, body=_renderer().render(body), html=True, published=published)


def _unclosed(heading: str) -> str:
    """Return a heading's text without the signs that may close it (CommonMark 0.31 §4.2)."""
    text = heading.strip()
    before = text.rstrip("#")
    return before.rstrip() if not before or before[-1].isspace() else text


@lru_cache(maxsize=1)
def _renderer() -> Any:
    # The extra's module. CommonMark with tables; its own limit on nesting keeps time linear.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark").enable("table").enable("strikethrough")
