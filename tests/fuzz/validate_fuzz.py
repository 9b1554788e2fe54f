#!/usr/bin/env python
"""Test the validator with a coverage-guided fuzzer: there is no exception and no hang, and findings make sense.

    pip install atheris
    tests/fuzz/validate_fuzz.py xml -max_total_time=600 -timeout=10 -max_len=2048 NEW tests/fuzz/validate-corpus

The first argument is the reader, ``xml`` or ``json``. New inputs go to the folder NEW. A merge keeps small ones that
add coverage:

    tests/fuzz/validate_fuzz.py xml -merge=1 -max_len=700 tests/fuzz/validate-corpus NEW
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

import atheris

with atheris.instrument_imports(include=["feedpub"]):
    # Not through the package, which would load it at its first use, without the counters of the fuzzer.
    from feedpub.validator import _xml_errors  # noqa: F401 - loaded for feeds that are not well-formed
    from feedpub.validator._engine import examine
    from feedpub.validator.delivery import Delivery
    from feedpub.validator.json_document import read
    from feedpub.validator.recognition import Kind, kind_of, passed_over
    from feedpub.validator.reports import Validated, github, json_line, sarif, text
    from feedpub.validator.requirements import PROFILES, Requirements

FORMATS = {"rss", "atom", "json", "unknown"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = [Requirements(timedelta(days=2), 3, profile) for profile in PROFILES.values()]


def one_input(data: bytes) -> None:
    report = examine(
        data,
        location="https://example.org/feed",
        now=NOW,
        requirements=ASKED[len(data) % 2],
        delivery=Delivery("https://example.org/feed", 200, content_type=data[:40].decode("latin-1")),
    )
    assert report.format in FORMATS
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for finding in report.findings:
        assert 1 <= finding.line <= lines
        assert finding.column >= 1
        assert finding.message
        assert finding.remedy
        assert finding.spec.startswith("https://")
        assert "\n" not in finding.message
    feed = Validated("feed", data, report.format, report.valid, report.findings)
    text(feed).encode("utf-8", "backslashreplace")
    assert len(github([feed]).splitlines()) <= len(report.findings)
    json_line(feed)
    sarif([feed], "1")
    assert kind_of(data) in Kind
    passed_over("public/feed.xml", data)


def one_json(data: bytes) -> None:
    """Compare the fast reader with the standard library's, which accepts more than JSON."""
    if not data.lstrip(b" \t\r\n").startswith((b"{", b"[")):
        data = b"{" + data
    root, broken = read(data)
    assert (root is None) is not (broken is None)
    if root is not None:
        json.loads(data.decode("utf-8-sig"))
    one_input(data)


def one_xml(data: bytes) -> None:
    one_input(b"<" + data if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) else data)


if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, {"json": one_json, "xml": one_xml}[name])
    atheris.Fuzz()
