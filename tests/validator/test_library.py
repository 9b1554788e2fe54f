"""What programs that import ``feedpub.validator`` can rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

import feedpub
import feedpub.validator
from feedpub.validator import Finding, Level, Report, inspect, is_valid, select, validate

FUTURE = (
    b'<rss version="2.0"><channel><title>News</title><link>https://example.org/</link><description>x</description>'
    b"<pubDate>Fri, 01 Jan 2100 08:00:00 GMT</pubDate></channel></rss>"
)


def finding(code, level):
    return Finding(code, level, "message", 1, 1, "https://example.org/", "remedy")


def test_the_exported_names_are_these():
    assert feedpub.validator.__all__ == [
        "PROFILES",
        "Delivery",
        "Finding",
        "Level",
        "Report",
        "Requirements",
        "inspect",
        "is_valid",
        "select",
        "validate",
    ]
    # The function does not hide the package.
    assert feedpub.validator.validate is feedpub.validator.validate is validate
    assert feedpub.validator.inspect is inspect


def test_a_date_is_in_the_future_only_when_the_time_is_given():
    codes = {found.code for found in validate(FUTURE)}
    assert "implausible-date" not in codes
    codes = {found.code for found in validate(FUTURE, now=datetime(2026, 1, 1, tzinfo=UTC))}
    assert "implausible-date" in codes
    codes = {found.code for found in validate(FUTURE, now=datetime(2100, 1, 1, tzinfo=UTC))}
    assert "implausible-date" not in codes


@pytest.mark.slow
def test_the_same_bytes_give_the_same_findings_in_every_process():
    program = f"from feedpub.validator import validate; print(validate({FUTURE!r}))"
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


def test_a_finding_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        finding("a", Level.HINT).code = "b"


def test_only_errors_make_a_feed_invalid():
    assert is_valid([finding("a", Level.WARNING), finding("b", Level.HINT)])
    assert not is_valid([finding("a", Level.ERROR)])
    assert not Report("rss", (finding("a", Level.ERROR),)).valid


def test_findings_are_selected_by_level_and_code():
    found = [finding("a", Level.ERROR), finding("b", Level.WARNING), finding("c", Level.HINT)]
    assert [f.code for f in select(found)] == ["a", "b", "c"]
    assert [f.code for f in select(found, level=Level.WARNING)] == ["a", "b"]
    assert [f.code for f in select(found, level=Level.ERROR, ignore=["a"])] == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'<rss version="2.0"/>', "rss"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "atom"),
        (b'<entry xmlns="http://www.w3.org/2005/Atom"/>', "atom"),
        (b'\xef\xbb\xbf {"version": 1}', "json"),
        (b"<html/>", "unknown"),
        (b"", "unknown"),
    ],
)
def test_the_format_is_told_by_the_content(data, name):
    assert inspect(data).format == name
