"""JSON Lines: one object per line.

A line that is not an object is one reject; blank lines belong to the next object.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from feedpub.articles.article import Origin
from feedpub.core.feed_values import clean
from feedpub.sources.boilerplate import without_tail
from feedpub.sources.decoding import MAX_LINE, Block, UndecodableError, blocks, recover
from feedpub.sources.field_mapping import DECODER, plain_fields, record_of
from feedpub.sources.normalisation import build, has_plain_stories, usual_story
from feedpub.sources.records import ByteStream, Item, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of the lines in ``stream``, in the file's order."""
    return with_blank_lines(_records(stream, reading), reading.file)


def at(lines: Block, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of one object's line; there may be blank lines around it."""
    for number, line in enumerate(lines.lines, lines.first):
        if line and not line.isspace():
            overlong = lines.overlong and number == lines.first
            yield from _items(
                reading, reading.origin(number, number), line, plain=lines.plain, overlong=overlong
            )


def first_record(text: str) -> dict[str, str]:
    """Return the texts of the first object in ``text`` by name. Raises ``ValueError`` if there is none."""
    return texts_of(first_object(text))


def first_object(text: str) -> object:
    """Return the value of the first line in ``text``. Raises ``ValueError`` if it is not JSON."""
    return DECODER.decode(text.lstrip().partition("\n")[0])


def texts_of(values: object) -> dict[str, str]:
    """Return the texts in an object by name, also in nested ones (``text.plain``). Raises ``ValueError``."""
    if not isinstance(values, Mapping):
        raise ValueError("this is not a JSON object")  # noqa: TRY004 - it is about the text
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, Mapping):
            found |= {f"{name}.{inner}": text for inner, text in value.items() if isinstance(text, str)}
    return found


def _records(stream: ByteStream, reading: ParseContext) -> Generator[list[Item], None, int]:
    first = last = 0
    for block in blocks(stream, reading.first):
        for number, line in enumerate(block.lines, block.first):
            first, last = first or number, number
            if line and not line.isspace():
                overlong = block.overlong and number == block.first
                origin = reading.origin(first, number)
                yield list(_items(reading, origin, line, plain=block.plain, overlong=overlong))
                first = 0
    return last


def _items(
    reading: ParseContext, origin: Origin, line: str, *, plain: bool, overlong: bool
) -> Iterator[Item]:
    if overlong:
        yield reject(origin, f"the line has more than {MAX_LINE >> 20} MB", line)
        return
    try:
        values = _object(line if plain else recover(line, reading.spec.encoding))
        if story := _usual(reading, origin, values):
            yield story
            return
        record = record_of(values, reading.spec)
    except (UndecodableError, RecordError) as error:
        yield reject(origin, str(error), line)
    else:
        yield from build(reading, origin, record, lambda: line)


def _usual(reading: ParseContext, origin: Origin, values: Mapping[str, Any]) -> Item | None:
    """Return the article of a record that has nothing but title, body and date, which are good as they are."""
    spec = reading.spec
    if not has_plain_stories(spec) or (fields := plain_fields(values, spec)) is None:
        return None
    title, body, published = fields
    if any(clean(text)[1] for text in fields) or "\n" in title or "\r" in title:
        return None
    body = body.strip()
    if not body or without_tail(body, spec.related_links, spec.boilerplate) != body:
        return None
    return usual_story(reading, origin, title, body, published.strip())


def _object(line: str) -> Mapping[str, Any]:
    try:
        values = DECODER.decode(line.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise RecordError(f"the line is not JSON: {error}") from None
    except RecursionError:
        raise RecordError("the JSON is nested too deeply") from None
    if not isinstance(values, Mapping):
        raise RecordError("the line is not a JSON object")
    return values
