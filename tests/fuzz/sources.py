"""Coverage-guided fuzzing of the readers and of dates, with atheris (not among the dependencies).

    python tests/fuzz/sources.py text -max_total_time=600 [a folder for the corpus]

The first argument is a format, ``layout`` or ``dates``; the others are for libFuzzer. The run ends, and the input is
in a file, after a crash, a hang, a line that is in no item or in two, or a character that XML does not allow.
"""

from __future__ import annotations

import importlib
import io
import re
import sys
from functools import partial
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["feedpub"]):
    from feedpub.articles.article import Article, Notice
    from feedpub.config.sources import parse_source
    from feedpub.core.errors import DateError
    from feedpub.core.yaml_node import read_yaml
    from feedpub.sources import SourceSpec
    from feedpub.sources.readers import INPUT_FORMATS, reader
    from feedpub.sources.spec import ParseContext
    from feedpub.sources.streams import InputStream
    from feedpub.text.dates import DatePolicy, parse_date

    # Formats are usually imported at their first use, which is too late to instrument them.
    for known in INPUT_FORMATS.values():
        importlib.import_module(f"feedpub.sources.readers.{known.module}")

CONFIG = b"path: x\ntimezone: Europe/Berlin\nboilerplate: You Might Like\nrelated_links: Read More\nencoding: cp1252"
LAYOUT = b'\nlayout: {separator: "---", order: date title body, headers: {Author: author, URL: link}}'
# Formats in which items never share a line.
LINE_FORMATS = ("text", "jsonl", "csv", "tsv", "layout")
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
POLICIES = (
    DatePolicy(zone="Europe/Berlin", two_digit_years=1950, day_first=True),
    DatePolicy(formats=("%d.%m.%Y %H:%M", "epoch-ms"), ambiguous="reject", nonexistent="reject"),
)


def spec_of(name: str) -> SourceSpec:
    """Return a source for the format ``name``."""
    config = CONFIG + LAYOUT if name == "layout" else CONFIG
    return parse_source(read_yaml(config, "config.yaml"), Path())


def read_any(name: str, spec: SourceSpec, data: bytes) -> None:
    """Read ``data`` as the format ``name`` and check what must hold for any input."""
    stream = InputStream(io.BytesIO(data), spec.encoding)
    read = reader("text" if name == "layout" else name, "x").read
    items = list(read(stream, ParseContext(spec, "x", "example.org,2023")))
    for item in items:
        assert 1 <= item.origin.line <= item.origin.last
        if isinstance(item, Article):
            assert item.published.tzinfo is not None
            assert item.title.strip()
            assert not UNFIT.search(item.title + item.body)
    if name == "parquet":
        return
    # Line numbers are those of the decompressed or decoded text.
    text = InputStream(io.BytesIO(data), spec.encoding).read().removeprefix(b"\xef\xbb\xbf")
    lines = list(range(1, len(LINE.findall(text)) + 1))
    spans = sorted((i.origin.line, i.origin.last) for i in items if not isinstance(i, Notice))
    covered = [line for first, last in spans for line in range(first, last + 1)]
    if name in LINE_FORMATS:
        assert covered == lines
    else:
        assert set(lines) <= set(covered)


def read_date(data: bytes) -> None:
    """Read ``data`` as a date under each policy."""
    text = data.decode("utf-8", "surrogateescape")
    for policy in POLICIES:
        try:
            parsed = parse_date(text, policy)
        except DateError:
            continue
        assert parsed.instant.utcoffset() is not None
        assert parsed.instant.microsecond == 0
        assert 1899 <= parsed.instant.year <= 2100


def main() -> None:
    name, *arguments = sys.argv[1:]
    test = read_date if name == "dates" else partial(read_any, name, spec_of(name))
    atheris.Setup([sys.argv[0], *arguments], test)
    atheris.Fuzz()


main()
