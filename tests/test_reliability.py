"""The page on reliability names a test for each promise, and all of these tests exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_test_that_the_page_names_exists(file, test):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {test or 'test_'}", text, re.MULTILINE)


def test_each_of_the_eight_promises_has_a_test():
    promises = re.split(r"^## (?=\d\. )", PAGE, flags=re.MULTILINE)[1:]
    assert [int(promise.split(".")[0]) for promise in promises] == [*range(1, 9)]
    assert all("`tests/" in promise for promise in promises)
