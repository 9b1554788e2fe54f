"""Coverage-guided fuzzing of the readers and of dates, with atheris (not among the dependencies).

    python tests/fuzz/sources.py text -max_total_time=600 [a folder for the corpus]

The first argument is a format or ``dates``; the others are libFuzzer's. A crash, a hang, a line that belongs to
no item or a character that XML can't carry ends the run with the input in a file.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["feedpub"]):
    from feedpub.article import Article, Notice
    from feedpub.dates import DatePolicy, parse_date
    from feedpub.errors import DateError
    from feedpub.located import read_yaml
    from feedpub.sources import parse_source
    from feedpub.sources.building import Reading
    from feedpub.sources.formats import reader
    from feedpub.sources.streams import InputStream

CONFIG = b"path: x\ntimezone: Europe/Berlin\nboilerplate: You Might Like\nrelated_links: Read More\nencoding: cp1252"
READING = Reading(parse_source(read_yaml(CONFIG, "config.yaml"), Path()), "x", "example.org,2023")
LINE_FORMATS = ("text", "jsonl", "csv", "tsv")
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
POLICIES = (
    DatePolicy(zone="Europe/Berlin", two_digit_years=1950, day_first=True),
    DatePolicy(formats=("%d.%m.%Y %H:%M", "epoch-ms"), ambiguous="reject", nonexistent="reject"),
)


def read_any(name: str, data: bytes) -> None:
    """Read ``data`` as format ``name`` and check what must hold for any input."""
    stream = InputStream(io.BytesIO(data))
    items = list(reader(name, "x")(stream, READING))
    for item in items:
        if isinstance(item, Article):
            assert item.published.tzinfo is not None
            assert not UNFIT.search(item.title + item.body)
    # What was compressed or in UTF-16 has other lines than its bytes.
    if name in LINE_FORMATS and data.startswith(stream.head or b"\n") and not stream.problem:
        spans = sorted((i.origin.line, i.origin.last) for i in items if not isinstance(i, Notice))
        covered = [line for first, last in spans for line in range(first, last + 1)]
        assert covered == list(range(1, len(LINE.findall(data.removeprefix(b"\xef\xbb\xbf"))) + 1))


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
    test = read_date if name == "dates" else lambda data: read_any(name, data)
    atheris.Setup([sys.argv[0], *arguments], test)
    atheris.Fuzz()


main()
