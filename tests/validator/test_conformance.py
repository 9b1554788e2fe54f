"""Agreement with the W3C feed validator, if its test files are available."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from feedpub.validator.manual import PAGES

HERE = Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("conformance", HERE / "conformance.py")
assert SPEC is not None
assert SPEC.loader is not None
conformance = importlib.util.module_from_spec(SPEC)
# Its dataclasses look up their module by name.
sys.modules[SPEC.name] = conformance
SPEC.loader.exec_module(conformance)

# Codes without a name in the W3C's validator.
OURS_ALONE = {
    "duplicate-enclosure",
    "missing-recommended-element",
    "missing-required-element",
    "stale-feed",
    "too-few-items",
    "image-without-alternative",
    "item-without-link",
    "items-not-newest-first",
    "localhost-address",
    "markup-escaped-twice",
    "not-on-the-web",
    "podcast-artwork-format",
    "too-deep",
    "too-large",
    "unchecked-format",
    "unread-entity",
}


@pytest.fixture(scope="module")
def outcome():
    if not conformance.FOLDER.is_dir():
        pytest.skip(f"the W3C's test files are not there: {conformance.FOLDER.name}")
    return conformance.run()


def test_the_verdict_agrees_on_99_percent_of_the_files(outcome):
    assert outcome.verdicts >= 0.99, "\n".join(outcome.lines)


def test_98_percent_of_the_expected_warnings_are_given(outcome):
    assert outcome.warned >= 0.98 * outcome.warnings, "\n".join(outcome.lines)


def test_the_expected_silences_are_kept_but_for_the_written_difference(outcome):
    # Markup in the description of RSS 0.91; docs/checks.md says why.
    assert outcome.silent >= outcome.silences - 1, "\n".join(outcome.lines)


def test_the_mapping_names_every_check_of_xml_feeds_and_no_other():
    names = json.loads((HERE / "w3c_names.json").read_text(encoding="utf-8"))
    xml = {code for code in PAGES if not code.startswith(("json-", "http-"))}
    assert names.keys() | OURS_ALONE == xml
    assert not names.keys() & OURS_ALONE
