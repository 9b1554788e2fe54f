"""Whatever the fuzzer found is still handled."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedpub.validator import inspect

CORPUS = sorted((Path(__file__).resolve().parents[1] / "fuzz" / "validate-corpus").iterdir())


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name[:12])
def test_an_input_that_the_fuzzer_made_up_gives_findings_with_places(file):
    report = inspect(file.read_bytes())
    assert all(finding.line >= 1 and finding.column >= 1 for finding in report.findings)
