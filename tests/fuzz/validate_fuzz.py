#!/usr/bin/env python
"""Feed the validator what a coverage-guided fuzzer makes up: no exception, no hang, and findings that make sense.

    pip install atheris
    tests/fuzz/validate_fuzz.py -max_total_time=600 -timeout=10 -max_len=2048 NEW tests/fuzz/validate-corpus

New inputs go into the folder NEW. Those that add coverage are kept small by a merge:

    tests/fuzz/validate_fuzz.py -merge=1 -max_len=700 tests/fuzz/validate-corpus NEW
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["feedpub"]):
    # Not by way of the package, which would load it on first use, without the counters that guide the fuzzer.
    from feedpub.validator._engine import examine
    from feedpub.validator.reports import Validated, json_line, text

FORMATS = {"rss", "atom", "json", "unknown"}


def one_input(data: bytes) -> None:
    report = examine(data, location="https://example.org/feed", now=None)
    assert report.format in FORMATS
    for finding in report.findings:
        assert finding.line >= 1
        assert finding.column >= 1
        assert finding.message
        assert "\n" not in finding.message
    feed = Validated("feed", data, report.format, report.valid, report.findings)
    text(feed).encode("utf-8", "backslashreplace")
    json_line(feed)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
