"""Every file in ``tests/data/validator`` has exactly the findings that its header names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.validator import Level, document, validate
from feedpub.validator._source_text import decode
from feedpub.validator.manual import PAGES, in_group

DATA = Path(__file__).resolve().parents[1] / "data" / "validator"
FILES = sorted(file for file in DATA.rglob("*") if file.is_file())
WILD = sorted((DATA / "wild").iterdir())
NOW = datetime(2026, 1, 1, tzinfo=UTC)
# A file beyond the limits would have 64 MB, so a test below lowers them. Requirements and answers of servers are not
# in files either.
WITHOUT_FILE = {"too-large"} | {
    check.code
    for name in ("Your own requirements", "Feeds validated at their address")
    for check in in_group(name)
}
# These programs violate their specifications, as each file says in its header: no <updated>, or a <published> in a
# feed; groups of one; ids that are not IRIs; an author, or the content of an item, in a channel.
TRULY_INVALID = {"youtube.xml", "reddit.xml", "spotify-for-creators.xml", "megaphone.xml"}


def header(file: Path) -> tuple[set[str], str | None]:
    """Return the codes that a file's header expects, and its location."""
    text = decode(file.read_bytes()).data.decode()
    expected = re.search(r'(?:Expect: |"_expect": ")([a-z0-9, -]+?)"?,?\s*$', text, re.MULTILINE)
    location = re.search(r"^Location: (\S+)$", text, re.MULTILINE)
    assert expected, f"{file} has no header that says what is expected"
    codes = set() if expected[1] == "nothing" else set(expected[1].split(", "))
    return codes, location[1] if location else None


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(DATA)))
def test_a_file_has_the_findings_that_its_header_expects_and_no_others(file):
    expected, location = header(file)
    found = validate(file.read_bytes(), location, now=NOW)
    assert {finding.code for finding in found} == expected, found


@pytest.mark.parametrize("code", sorted(PAGES.keys() - WITHOUT_FILE))
def test_every_check_has_a_failing_and_a_silent_case(code):
    failing = [file for file in FILES if file.stem == code]
    silent = [file for file in FILES if file.stem == f"{code}-silent"]
    assert failing, f"no failing case of {code}"
    assert silent, f"no silent case of {code}"
    assert code in header(failing[0])[0]
    assert code not in header(silent[0])[0]


@pytest.mark.parametrize("file", WILD, ids=lambda file: file.stem)
def test_feeds_as_common_programs_write_them_have_no_errors(file):
    errors = [finding for finding in validate(file.read_bytes(), now=NOW) if finding.level is Level.ERROR]
    assert bool(errors) is (file.name in TRULY_INVALID), errors


def test_a_feed_beyond_the_limits_is_a_finding_and_not_read_further(monkeypatch):
    data = (DATA / "wild" / "hugo.xml").read_bytes()
    assert "too-large" not in {finding.code for finding in validate(data)}
    for limit in ("MAX_BYTES", "MAX_ELEMENTS"):
        with monkeypatch.context() as lowered:
            lowered.setattr(document, limit, 10)
            assert [finding.code for finding in validate(data)] == ["too-large"]


def test_findings_come_in_the_order_of_lines_and_point_into_the_feed():
    for file in FILES:
        data = file.read_bytes()
        lines = decode(data).data.decode("utf-8", "replace").split("\n")
        found = validate(data, now=NOW)
        assert [finding.line for finding in found] == sorted(finding.line for finding in found)
        for finding in found:
            assert 1 <= finding.line <= len(lines)
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
            assert finding.spec.startswith("https://")
            assert finding.remedy
            assert "\n" not in finding.message
