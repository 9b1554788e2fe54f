"""Markdown with front matter, as Hugo, Jekyll, Eleventy, Pelican, Nikola and Pandoc write it: one article per file.

Front matter is YAML between ``---`` lines, TOML between ``+++`` lines, a JSON object, Pelican's ``Name:
value`` lines up to a blank one or dashes, Nikola's ``.. name: value`` lines in a comment, or Pandoc's three lines after
percent signs. YAML is read by the strict reader of the config, which does not reinterpret timestamps, ``NO`` or
``1.10``. Drafts are not published.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from feedpub.articles.article import Article, Notice
from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.sources.decoding import UndecodableError, read_whole, text_of_file
from feedpub.sources.field_mapping import DECODER, MAX_DIGITS, record_of
from feedpub.sources.field_names import fold_name
from feedpub.sources.file_names import dated_name
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, Record, RecordError, reject
from feedpub.sources.spec import ParseContext, SourceSpec
from feedpub.sources.withheld import Hold
from feedpub.text.commonmark import renderer, to_html

_FENCED = re.compile(
    r"\n*(?:(?P<fence>---)(?P<language>\w*)[ \t]*\n(?P<matter>.*?)^(?:---|\.\.\.)"
    r"|\+\+\+(?P<other>\w*)[ \t]*\n(?P<toml>.*?)^\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PELICAN = re.compile(
    r"(?:[A-Za-z][\w -]*:.*\n(?:[ \t]+\S.*\n)*)+(?:[ \t]*\n|(?P<dashes>-{3,}|\.{3})[ \t]*(?:\n|\Z)|\Z)"
)
_PELICAN_LINE = re.compile(r"([A-Za-z][\w -]*):[ \t]*(.*(?:\n[ \t]+\S.*)*)\n")
_NIKOLA = re.compile(r"\s*<!--[ \t]*\n(?P<lines>(?:[ \t]*\n|\.\.[ \t].*\n)+)-->[ \t]*(?:\n|\Z)")
_NIKOLA_LINE = re.compile(r"^\.\.[ \t]+([\w-]+):[ \t]*(.*)$", re.MULTILINE)
# Pandoc's extension pandoc_title_block: title, authors and date, each after a percent sign.
_PANDOC = re.compile(
    r"%(?P<title>.*(?:\n[ \t]+\S.*)*)\n%(?P<authors>.*(?:\n[ \t]+\S.*)*)\n%(?P<date>.*)(?:\n|\Z)"
)
# tomllib needs quadratic memory for a dotted key.
MAX_MATTER = 64 << 10
MAX_DOTS = 16
_KEY = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+"
_DOTTED = re.compile(rf"(?:^|[{{\[,])[ \t]*+(?:{_KEY}\.[ \t]*+){{{MAX_DOTS + 1}}}", re.MULTILINE)
# Template code of generators: Liquid, Jinja, Hugo's shortcodes, MDX.
_TEMPLATE = re.compile(
    r"\{%.{1,200}?%\}|\{\{.{1,200}?\}\}|^(?:import|export)\s[^\n]{1,200}", re.MULTILINE | re.DOTALL
)
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r"<(code|pre)[\s>].*?</\1>", re.DOTALL)
# By CommonMark 0.31, §4.2 and §4.3: a line with #, or one line above = or -.
_MARKED = re.compile(r"#{1,6}(?:[ \t]|\Z)")
_UNMARKED = re.compile(r"(?![#>*+|`~<-]|\d+[.)])")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*\Z")
MAX_HEADING = 1_000
_ATTRIBUTES = re.compile(r"\{[#.:][^{}]*\}\s*\Z")


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the file's article, or why there is none."""
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
    items = build(reading, origin, record, lambda: raw)
    yield from items
    found = _TEMPLATE.findall(html.unescape(_TAG.sub("", _CODE.sub("", record.body))))
    if found and any(isinstance(item, Article) for item in items):
        told = f"contains template code ({len(found):,}), such as {found[0][:80]!r}, which is published unchanged"
        yield Notice(origin, "template-code", told)


def _split(text: str) -> tuple[Mapping[str, Any], str]:
    """Return the values of the front matter and the text after it. Raises :class:`RecordError`."""
    if fenced := _FENCED.match(text):
        language = (fenced["language"] or fenced["other"] or ("yaml" if fenced["fence"] else "toml")).lower()
        matter = fenced["matter"] if fenced["fence"] else fenced["toml"]
        if len(matter) > MAX_MATTER:
            raise RecordError(f"the front matter has more than {MAX_MATTER >> 10} KB")
        if language not in _READERS:
            raise RecordError(f"the front matter is {language!r}; yaml, toml and json can be read")
        try:
            return _READERS[language](matter), text[fenced.end() :]
        except RecordError:
            # After blank lines, dashes may belong to the text.
            if not text.startswith("\n"):
                raise
            return {}, text
    if text.startswith("{"):
        values, end = _json(text)
        return values, text[end:]
    if text.startswith(("---\n", "+++\n")):
        raise RecordError("the front matter is not closed")
    return _lines(text)


def _lines(text: str) -> tuple[Mapping[str, Any], str]:
    """Return the values of lines at the top, such as ``Name: value``, and the text after them."""
    if (pandoc := _PANDOC.match(text)) and pandoc["title"].strip():
        authors = [part.strip() for part in re.split(r"[;\n]", pandoc["authors"] or "") if part.strip()]
        values = {"title": " ".join(pandoc["title"].split()), "author": authors}
        return {**values, "date": (pandoc["date"] or "").strip()}, text[pandoc.end() :]
    if nikola := _NIKOLA.match(text):
        values = {name: value.strip() for name, value in _NIKOLA_LINE.findall(nikola["lines"])}
        if {"title", "date"} <= values.keys():
            return values, text[nikola.end() :]
    if pelican := _PELICAN.match(text):
        pairs = _PELICAN_LINE.findall(pelican[0] if pelican[0].endswith("\n") else f"{pelican[0]}\n")
        values = {name.strip(): " ".join(value.split()) for name, value in pairs}
        # A line above dashes may be a heading with a colon.
        if not pelican["dashes"] or {"title", "date"} & {fold_name(name) for name in values}:
            return values, text[pelican.end() :]
    return {}, text


def _yaml(matter: str) -> Mapping[str, Any]:
    try:
        found = _plain(read_yaml(matter.encode(errors="surrogatepass"), "front matter"))
    except ConfigError as error:
        # The first fence is line 1.
        raise RecordError(f"the front matter, line {error.where.line + 1}: {error.problem}") from None
    if found is None or found == "":
        return {}
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
    # A number with too many digits raises another ValueError than invalid TOML.
    except (ValueError, RecursionError) as error:
        raise RecordError(f"the front matter is not TOML: {error}") from None
    _refuse_long_numbers(values)
    return values


def _refuse_long_numbers(values: Mapping[str, Any]) -> None:
    """Refuse numbers that Python can read in base 16 but not write in base 10."""
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


# In Eleventy, the first fence may name the language.
_READERS: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "yaml": _yaml,
    "toml": _toml,
    "json": lambda matter: _json(matter.strip())[0],
}


def _record(reading: ParseContext, values: Mapping[str, Any], body: str) -> Record:
    if "_drafts" in reading.file.split("/"):
        return Record(hold=Hold("draft", "it is in a folder of drafts"))
    taxonomies = values.get("taxonomies")
    if isinstance(taxonomies, Mapping):
        # Zola has its tags and categories there.
        values = {**{name: taxonomies.get(name) for name in ("categories", "tags")}, **values}
    record = record_of(values, _without_body(reading.spec))
    published, title = record.published, record.title
    if not published:
        published = dated_name(reading.file)
    if not title:
        title, body = _without_heading(body)
    return record._replace(title=title, body=to_html(body), html=True, published=published)


@lru_cache(maxsize=64)
def _without_body(spec: SourceSpec) -> SourceSpec:
    """Return the options for front matter, which has no body: its description is the summary."""
    return replace(spec, fields=(*spec.fields, ("body", "")))


def _without_heading(body: str) -> tuple[str, str]:
    """Return the text of the heading that a body begins with, of any level, and what follows it; comments may precede.

    Its links, code and emphasis are text, and attributes in braces at its end are not.
    """
    start = _behind_comments(body)
    end = _line_end(body, start)
    line, below = body[start:end].strip(), body[end : _line_end(body, end)]
    if len(line) > MAX_HEADING:
        return "", body
    if line and _UNMARKED.match(line) and _UNDERLINE.match(below.rstrip("\n")):
        end += len(below)
        line += f"\n{below}"
    elif not _MARKED.match(line):
        return "", body
    tokens = renderer().parse(line)
    if len(tokens) < 3 or tokens[0].type != "heading_open":
        return "", body
    title = " ".join(_ATTRIBUTES.sub("", "".join(map(_text_of, tokens[1].children))).split())
    return (title, body[:start] + body[end:]) if title else ("", body)


def _behind_comments(body: str) -> int:
    """Return where the text of a body begins, after white space and HTML comments."""
    at = 0
    while True:
        while at < len(body) and body[at].isspace():
            at += 1
        end = body.find("-->", at) if body.startswith("<!--", at) else -1
        if end < 0:
            return at
        at = end + len("-->")


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end + 1


def _text_of(token: Any) -> str:
    return "" if token.type == "html_inline" else " " if token.type.endswith("break") else str(token.content)
