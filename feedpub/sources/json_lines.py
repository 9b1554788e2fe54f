"""JSON Lines: one object a line. A line that is none costs itself only; blank lines belong to the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from feedpub.article import Boilerplate
from feedpub.sources.building import Item, Reading, RecordError, build, reject, stretch
from feedpub.sources.decoding import UndecodableError, recover
from feedpub.sources.lines import MAX_LINE, blocks
from feedpub.sources.mapped import DECODER, record_of


def read(stream: BinaryIO, reading: Reading) -> Iterator[Item]:
    """Yield what the lines of ``stream`` become, in the file's order."""
    held: list[Item] = []
    first = last = 0
    for block in blocks(stream):
        for number, line in enumerate(block.lines, block.first):
            first, last = first or number, number
            if line and not line.isspace():
                yield from held
                overlong = block.overlong and number == block.first
                held = list(_items(reading, first, number, line, overlong=overlong))
                first = 0
    if first and not held:
        held = [Boilerplate(reading.origin(first, last))]
    yield from stretch(held, last)


def _items(reading: Reading, first: int, last: int, line: str, *, overlong: bool) -> Iterator[Item]:
    origin = reading.origin(first, last)
    if overlong:
        yield reject(origin, f"the line has more than {MAX_LINE >> 20} MB", line)
        return
    try:
        values = DECODER.decode(recover(line, reading.spec.encoding))
        if not isinstance(values, Mapping):
            raise RecordError("the line is no JSON object")
        record = record_of(values, reading.spec)
    except (UndecodableError, RecordError) as error:
        yield reject(origin, str(error), line)
    except RecursionError:
        yield reject(origin, "the JSON is nested too deeply", line)
    except ValueError as error:
        yield reject(origin, f"the line is no JSON: {error}", line)
    else:
        yield from build(reading, origin, record, lambda: line)
